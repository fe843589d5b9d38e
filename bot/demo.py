"""The guided first run: the sample library indexed, and four leads walked through."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.rule import Rule
from rich.text import Text

from bot.flow.next_touch import next_touch
from bot.flow.tools import Tools
from bot.sample import seed_sample
from bot.views.terminal import card, console
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.touch import Ask
from retrieval.directory_lock import DirectoryLock


@dataclass(frozen=True, slots=True)
class Scene:
    """One lead of the walk-through: what to watch for, and what the rep asks."""

    title: str
    explanation: str
    lead_id: str
    questions: tuple[str, ...] = ()


SCENES = (
    Scene(
        "A plain recommendation",
        "Dana is a CFO. She gets one piece that answers, the reasons, and a draft to review.",
        "lead-dana-ortiz",
        ("What does maintenance software really cost over five years?",),
    ),
    Scene(
        "No good asset",
        "Tomas asks something the library does not answer. Trailguide says so and counts the miss "
        "for marketing, instead of offering the nearest thing.",
        "lead-tomas-lind",
        ("Can our drones upload thermal images of the pipes by satellite link?",),
    ),
    Scene(
        "Send nothing now",
        "Marcus heard from us two days ago. The answer is to wait, with the date to look again.",
        "lead-marcus-feld",
    ),
    Scene(
        "The best text match is a brochure",
        "Priya asks how to cut downtime. A brochure repeats her words; the educational piece wins.",
        "lead-priya-raman",
        ("How do I cut unplanned downtime on the presses in my plant?",),
    ),
)

MARK = ".made-by-the-demo"
"""Shows that a folder is the demo's own to empty."""

FAREWELL = """
Next:
  make slack                  the bot in a local Slack in your browser, with this library
  README, "Connect Slack"     a real workspace in under ten minutes (slack_manifest.yaml)
  trailguide --home {home} next --lead lead-ines-carvalho      another lead, from here
  trailguide --home {home} library coverage                    what the library lacks
"""


def show_demo(tools: Tools) -> None:
    """Index the sample library with a progress bar, then show the four cards."""
    out = console()
    out.print("Tidewell is a fictional company; its library and its leads ship with Trailguide.\n")
    columns = (TextColumn("Indexing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Indexing", total=None)
        seed_sample(tools, lambda done, total: bar.update(task, completed=done, total=total))
    today = team_date(tools.clock, tools.settings.time_zone)
    for number, scene in enumerate(SCENES, 1):
        out.print()
        out.print(Rule(f"{number}. {scene.title}", align="left"))
        out.print(Text(scene.explanation, style="italic"))
        ask = Ask(today=today, lead_id=scene.lead_id, questions=scene.questions, asked_by="demo")
        if scene.questions:
            out.print(Text(f"The lead asks: {scene.questions[0]}"))
        out.print(card(next_touch(ask, tools)))
    out.print(FAREWELL.format(home=tools.settings.home), markup=False, soft_wrap=True)


def fresh_home(home: Path) -> None:
    """Empty the demo's own folder, so that every run starts the same.

    Nothing is removed that the demo did not make (`BadInput`) or that a bot is using (`IndexBusy`).
    """
    mark = home / MARK
    if home.exists() and not mark.exists():
        raise BadInput(
            f"{home} exists and is not the demo's; run the demo with another --home, "
            "such as: trailguide --home ~/trailguide demo"
        )
    if home.exists():
        DirectoryLock(home / "chroma").release()
        shutil.rmtree(home)
    home.mkdir(parents=True)
    mark.write_text("Made by `trailguide demo`; removed and made again by its next run.\n")
