"""How much memory and time a batch of checks takes: `python -m benchmarks.check_batch [--write]`.

The real command judges 1,000 lines and then 10,000, each in a process of its own, over a home with
the sample library. Half the lines are drafts, half assets, put together from the sample library's
sentences and the phrases of the tests, each with words of its own; one in a hundred is 100 kB long,
and one in a hundred cannot be judged. If nothing piles up, both batches peak alike.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.page import keep
from knowledge.sentences import prose, sentences
from tests.draft_phrases import FOUND, HARMLESS

LIBRARY = Path(__file__).resolve().parents[1] / "knowledge" / "sample" / "library"
SIZES = (1_000, 10_000)
MOST_GROWTH = 1.10
"""The longer batch may peak at this many times the shorter one's memory."""
LONG_TEXT = 100_000
LONG_EVERY, BAD_EVERY = 100, 100

_STAGES = ("awareness", "interest", "consideration", "decision", "customer", None)
_CHANNELS = ("email", "text", "phone", "social", "direct_mail", None)
_PERSONAS = ("operations", "finance", "it", "executive", "maintenance", None)
_TYPES = ("blog", "guide", "case_study", "brochure", "whitepaper", None)
_SYLLABLES = ("ba", "den", "for", "gil", "ka", "lor", "men", "nos", "pra", "ri", "sel", "tur", "ve")
_BAD = (
    "no JSON at all", "[1, 2]", '{"id": "b", "kin', '{"id": "b", "kind": "draft"}',
    '{"id": "b", "kind": "x", "text": "a"}', '{"id": "b", "kind": "draft", "text": "  "}',
    '{"id": "b", "kind": "asset", "text": "\\ud800"}',
    '{"id": "b", "kind": "draft", "text": "Hi", "asset_id": "no-such-asset"}',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One batch: lines, seconds from start to end, and the most memory at any moment, in MB."""

    lines: int
    seconds: float
    peak: float


def lines(count: int, seed: int = 1) -> Iterator[str]:
    """JSON lines for `check --batch`, the same for the same seed, none held."""
    rng = random.Random(seed)
    said, ids = _material()
    for number in range(count):
        if number % BAD_EVERY == 7:
            yield rng.choice(_BAD)
            continue
        draft = number % 2 == 0
        # A long draft and a long asset take turns.
        long = number % LONG_EVERY == 50 + number // LONG_EVERY % 2
        length = LONG_TEXT if long else 0
        made = _draft(rng, said, ids, length) if draft else _asset(rng, said, length)
        yield json.dumps({"id": number, **made}, ensure_ascii=False)


def _material() -> tuple[list[str], list[str]]:
    """Sentences to draw from, and the ids of the sample library's pieces."""
    said = [phrase for phrases in FOUND.values() for phrase in phrases] + list(HARMLESS)
    ids = []
    for file in sorted(LIBRARY.glob("*.md")):
        _, head, text = file.read_text(encoding="utf-8").split("---\n", 2)
        said += sentences(prose(text))
        ids.append(head.split("id: ", 1)[1].split("\n", 1)[0])
    return said, ids


def _draft(rng: random.Random, said: list[str], ids: list[str], length: int) -> dict[str, Any]:
    question = f"How do we keep the {_word(rng)} of {_word(rng)} running?"
    given = {
        "subject": f"On {_word(rng)}" if rng.random() < 0.7 else None,
        "stage": rng.choice(_STAGES),
        "channel": rng.choice(_CHANNELS),
        "asset_id": rng.choice(ids) if rng.random() < 0.7 else None,
        "lead": {"persona": rng.choice(_PERSONAS), "problem": f"Too little {_word(rng)}"}
        if rng.random() < 0.5
        else None,
        "questions": [question] if rng.random() < 0.5 else None,
    }
    body = _text(rng, said, length or rng.randint(150, 900))
    return {"kind": "draft", "text": f"Hello,\n\n{question}\n\n{body}", **given}


def _asset(rng: random.Random, said: list[str], length: int) -> dict[str, Any]:
    text = _text(rng, said, length or rng.randint(500, 6_000))
    given = {"type": rng.choice(_TYPES), "stage": rng.choice(_STAGES)}
    return {"kind": "asset", "text": f"# {_word(rng).title()}\n\n{text}", **given}


def _text(rng: random.Random, said: list[str], length: int) -> str:
    parts: list[str] = []
    while length > 0:
        own = f"The {_word(rng)} of line {rng.randint(2, 9_999)} needs {_word(rng)}."
        parts.append(rng.choice(said) if len(parts) % 4 else own)
        length -= len(parts[-1]) + 1
    return "\n\n".join(" ".join(parts[at : at + 5]) for at in range(0, len(parts), 5))


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(3, 6)))


def run(home: Path, count: int) -> Run:
    """Write a batch of `count` lines and have the real command judge it."""
    source, target = home / f"{count}.jsonl", home / f"{count}.checked.jsonl"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(count))
    began = time.perf_counter()
    peak = trailguide(home, "check", "--batch", str(source), "--output", str(target))
    seconds = time.perf_counter() - began
    with target.open(encoding="utf-8") as file:
        answered = sum(1 for _ in file)
    assert answered == count, f"{answered} answers to {count} lines"
    return Run(count, seconds, peak)


def trailguide(home: Path, *arguments: str) -> float:
    """Run one command of the command line to its end; returns the peak of its memory in MB.

    A child starts with its parent's peak on its account, so this process must stay the smaller one.
    """
    command = [sys.executable, "-m", "bot.cli", "--home", str(home), *arguments]
    child = os.posix_spawn(sys.executable, command, os.environ)
    _, status, used = os.wait4(child, 0)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert status == 0, f"{arguments} ended with {status}"
    assert own < used.ru_maxrss, f"this process is larger ({own} kB) than the one it measures"
    return used.ru_maxrss / 1024


def report(runs: list[Run]) -> str:
    """The runs as Markdown, and whether memory stayed flat."""
    short, long = runs[0], runs[-1]
    rows = [
        f"| {r.lines:,} | {r.peak:.1f} MB | {r.seconds:.0f} s | {each:.1f} ms |"
        for r in runs
        for each in [1000 * r.seconds / r.lines]
    ]
    return "\n".join([
        f"`python -m benchmarks.check_batch --write`, {time.strftime('%Y-%m-%d')}. The real "
        "command over drafts and assets, half each, one in a hundred 100 kB long and one in a "
        "hundred not to be judged.",
        "",
        "| lines | peak memory | time | a line |",
        "|---|---|---|---|",
        *rows,
        "",
        f"The longer batch peaks at {long.peak / short.peak:.3f} times the shorter one's memory. "
        f"Goal: at most {MOST_GROWTH:.2f}.",
    ])  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        trailguide(home, "library", "add", str(LIBRARY), "--approve")
        runs = [run(home, count) for count in SIZES]
    text = report(runs)
    print(text)
    if "--write" in sys.argv:
        keep("check-batch", f"## A batch of checks: memory stays flat\n\n{text}")
    if runs[-1].peak > MOST_GROWTH * runs[0].peak:
        sys.exit("The batch's memory grows with its lines.")


if __name__ == "__main__":
    main()
