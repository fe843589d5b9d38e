"""Two teams that are alike in everything but a few words, and a look whether any crossed over."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.flow.add_assets import add_assets
from bot.views import request_window
from knowledge.clock import Clock
from knowledge.leads import LeadFacts
from knowledge.roles import Role
from knowledge.teams import folder_of
from tests.slack.local import buttons
from tests.slack.payloads import texts
from tests.teams.houses import EAST, WEST, House, TeamOffice, house_of
from tests.traces import traces

PIECE = """---
title: Gasket wear at {company}
type: guide
---
# What gasket wear costs

Gaskets wear out before anybody sees it, {company} found. Teams that look at gasket wear once a week
find three leaks of four before they stop a line. Write the date on each gasket that is changed.

# How to look for gasket wear

Feel along the edge, look for dust, and note what was found. {company} does it in ten minutes.
"""


@dataclass(frozen=True)
class Marks:
    """The words by which a team's own things are told from those of the other."""

    name: str
    company: str
    person: str
    mail: str

    @property
    def lead(self) -> str:
        return f"lead-{self.name.split()[0].lower()}"

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.name.split(), self.company, self.person, self.mail)


MARKS = {
    EAST: Marks(
        "Zephyrinella Quuxleighton", "Quartzmoorings", "U0EVADNEEVADNE", "evadne@east.example"
    ),
    WEST: Marks(
        "Ottolinehurst Vyxenbrookes", "Marshfoldings", "U0WOLFRAMWOLF", "wolfram@west.example"
    ),
}
"""One team's lead, its company, and the rep it belongs to, who is also the team's admin. The words
are long, so that none stands in a file by chance."""


def prepare(home: Path, seeded: Path, scratch: Path) -> dict[str, Path]:
    """The homes of both teams: the same library and leads, and a piece and a lead of one's own."""
    with house_of(home, dict.fromkeys(MARKS, seeded)) as house:
        for team, marks in MARKS.items():
            office = house.offices[team]
            office.give(marks.person, Role.ADMIN, Role.MARKETER, Role.MANAGER)
            piece = scratch / team / "gasket-wear.md"
            piece.parent.mkdir()
            piece.write_text(PIECE.format(company=marks.company))
            at = "https://works.example"
            add_assets([str(piece)], office.tools, approve=True, base_url=at, by=marks.person)
            facts = LeadFacts(name=marks.name, company=marks.company, owner=marks.mail,
                              problem="Leaks that stop the line")  # fmt: skip
            office.tools.leads.put(marks.lead, facts, "import", marks.person)
            office.tools.finder.search("gasket wear", 1)
    return {team: folder_of(home, team) for team in MARKS}


@contextmanager
def two_teams(
    home: Path, prepared: dict[str, Path], clock: Clock | None = None, **more: Any
) -> Iterator[House]:
    """A house with copies of the prepared homes, and nothing on any desk."""
    for team, source in prepared.items():
        shutil.copytree(source, folder_of(home, team))
    with house_of(home, dict.fromkeys(prepared), clock, **more) as house:
        for team, office in house.offices.items():
            known = {"real_name": "A Rep", "profile": {"email": MARKS[team].mail}}
            office.slack.users[MARKS[team].person] = known
        yield house


TELLING = 12
"""Letters of a word that is looked for in files, where shorter ones stand by chance."""

Ask = Callable[[TeamOffice, Marks], Any]


def _find_lead(office: TeamOffice, marks: Marks) -> Any:
    return office.options("lead", marks.name[:3], user=marks.person)


def _find_piece(office: TeamOffice, marks: Marks) -> Any:
    return office.options(request_window.ASSET, "gasket", user=marks.person)


def _command(words: str) -> Ask:
    def ask(office: TeamOffice, marks: Marks) -> Any:
        office.command(words.format(lead=marks.name), user=marks.person)
        return None

    return ask


def whole_ask(office: TeamOffice, marks: Marks) -> Any:
    """A rep asks, gets a card, and approves it."""
    text = f"{marks.name} asked what gasket wear costs. What do I send next?"
    channel = f"D{marks.person[1:]}"
    office.send(office.event(text, user=marks.person, channel=channel))
    if office.cards and "approve" in buttons(office.card):
        office.click(office.card, "approve", user=marks.person)


QUICK: tuple[Ask, ...] = (_find_lead, _find_piece)
CHEAP: tuple[Ask, ...] = tuple(
    map(_command, ("due", "lead {lead}", "gaps", "audit", "roles", "plan {lead}", "library"))
)


@dataclass
class Asked:
    """What was asked of each team, and what was answered at once."""

    of: dict[str, int]
    options: dict[str, list[Any]]


def interleaved(house: House, *, whole: int, cheap: int, quick: int, seed: int = 7) -> Asked:
    """Ask both teams in turns that chance decides; the figures are those of both together."""
    dice = random.Random(seed)
    asks = [whole_ask] * whole + [dice.choice(CHEAP) for _ in range(cheap)]
    asks += [QUICK[n % len(QUICK)] for n in range(quick)]
    turns = [(list(MARKS)[n % 2], ask) for n, ask in enumerate(asks)]
    dice.shuffle(turns)
    asked = Asked(dict.fromkeys(MARKS, 0), {team: [] for team in MARKS})
    for team, ask in turns:
        found = ask(house.offices[team], MARKS[team])
        asked.options[team].extend(found or ())
        asked.of[team] += ask not in QUICK
    return asked


def crossings(house: House, asked: Asked, *, on_disk: bool = False) -> list[str]:
    """Everything of one team that shows in the other, and every ask that was not answered.

    `on_disk` looks into every byte of their folders, too, which takes a while.
    """
    found = []
    own = {team: _words_of(house, team) for team in MARKS}
    for team, office in house.offices.items():
        (other,) = set(MARKS) - {team}
        foreign = own[other] - own[team]
        shown = json.dumps([
            office.slack.messages, office.slack.whispers, office.slack.views, office.slack.homes,
            asked.options[team],
        ]).lower()  # fmt: skip
        found += [f"{team} was shown {word}" for word in foreign if word.lower() in shown]
        if not all(mark.lower() in shown for mark in (MARKS[team].company,)):
            found.append(f"{team} was shown nothing of its own")
        folder = folder_of(house.tools.settings.home, team)
        held = traces(folder, [w for w in foreign if len(w) >= TELLING]) if on_disk else {}
        found += [f"{team} holds {word} in {files[0]}" for word, files in held.items()]
        found += _unanswered(office, asked.of[team])
        found += _strange_keys(office)
    found += _of_teams(house, own)
    return found


def _words_of(house: House, team: str) -> set[str]:
    """A team's marks, its token, and the ids of what was made for it."""
    with house.registry.lend(team) as edge:
        tools = edge.tools
        entries = tools.audit.entries(tools.db)
        made = {e.subject_id for e in entries if e.kind == "suggestion.made" and e.subject_id}
        return {*MARKS[team].words, house.slacks.token(team), MARKS[team].lead, *made}


def _unanswered(office: TeamOffice, asked: int) -> list[str]:
    waiting = office.tools.inbox.pending()
    told = [f"{office.team} left {key}" for key in waiting]
    words = [t for m in office.slack.messages for t in (m.get("text") or "", *texts(m["blocks"]))]
    told += [f"{office.team} was told {w[:80]}" for w in words if "went wrong" in w]
    if len(office.slack.messages) < asked:
        told.append(f"{office.team} got {len(office.slack.messages)} answers to {asked} asks")
    return told


def _strange_keys(office: TeamOffice) -> list[str]:
    """Keys of events that do not say whose they are."""
    return [
        f"{office.team} was handed {key}" for key in office.started if f":{office.team}:" not in key
    ]


def _of_teams(house: House, own: dict[str, set[str]]) -> list[str]:
    """What a team's tools keep in memory: pieces and vectors of the other."""
    found = []
    for team, marks in MARKS.items():
        (other,) = set(MARKS) - {team}
        with house.registry.lend(team) as edge:
            tools = edge.tools
            if edge.team != team:
                found.append(f"{team} was lent the edge of {edge.team}")
            hits = tools.finder.search("gasket wear", 20)
            titles = {hit.asset.title for hit in hits}
            if any(MARKS[other].company in title for title in titles):
                found.append(f"{team} finds a piece of {other}")
            if not any(marks.company in title for title in titles):
                found.append(f"{team} does not find its own piece")
    return found
