"""JSON lines in, JSON lines out, in order; a bad line is answered and the batch goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.crashes import log_bug
from bot.cli.root import note
from bot.flow.line_problems import first_problem
from bot.flow.lines import Line
from bot.flow.unknown_fields import UnknownFields
from knowledge.errors import BadInput, StorageFailed, TrailguideError

L = TypeVar("L", bound=Line)
AT_ONCE = 256
"""Lines read ahead of the answers: enough to embed questions together, and memory stays flat."""
CHARACTERS_AT_ONCE = 4_000_000
"""Fewer lines are read ahead once they hold this many characters together."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read, with its id where that could be told."""

    id: str | int | None
    error: str


def run_batch(
    source: Path,
    target: Path,
    form: type[L],
    answer: Callable[[list[L]], Iterable[dict[str, Any] | TrailguideError]],
    what: str,
) -> None:
    """Answer every line of `source` in `target`, and say on stderr how many could not be.

    Fields that nothing reads are named there too: a typo must not pass for an answer to it.
    `answer` takes good lines and gives one answer or error for each, in order.
    """
    total = _count_lines(source)
    bad = 0
    unknown = UnknownFields(form)
    with _writing(target, source) as out, _progress() as bar:
        task = bar.add_task(what, total=total)
        for lines in _groups(source, form, unknown):
            answers = iter(answer([line for line in lines if not isinstance(line, BadLine)]))
            for line in lines:
                result = line if isinstance(line, BadLine) else next(answers)
                if isinstance(result, BadLine | TrailguideError):
                    bad += 1
                    result = {"id": line.id, "error": getattr(result, "error", str(result))}
                out.write(json.dumps(result, ensure_ascii=False) + "\n")
                bar.advance(task)
    if bad:
        note(f"{bad} of {total} lines have an error in {target}.")
    for sentence in unknown.sentences():
        note(sentence)


def each(
    answer: Callable[[L], dict[str, Any]],
) -> Callable[[list[L]], Iterator[dict[str, Any] | TrailguideError]]:
    """Answer line by line, an error of one line staying with that line."""

    def answers(lines: list[L]) -> Iterator[dict[str, Any] | TrailguideError]:
        for line in lines:
            try:
                yield answer(line)
            except TrailguideError as refusal:
                yield refusal
            except Exception as bug:  # noqa: BLE001 - one line's bug must not cost the others
                yield TrailguideError(log_bug(bug))

    return answers


def _groups(source: Path, form: type[L], unknown: UnknownFields) -> Iterator[list[L | BadLine]]:
    group: list[L | BadLine] = []
    characters = 0
    with source.open(encoding="utf-8-sig", errors="replace") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            group.append(_parsed(text, number, form, unknown))
            characters += len(text)
            if len(group) == AT_ONCE or characters >= CHARACTERS_AT_ONCE:
                yield group
                group, characters = [], 0
    if group:
        yield group


def _parsed(text: str, number: int, form: type[L], unknown: UnknownFields) -> L | BadLine:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return BadLine(None, f"line {number}: not JSON; write one object in braces")
    if not isinstance(data, dict):
        return BadLine(None, f"line {number}: not an object; write one in braces")
    if not text.isascii() or "\\u" in text:
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return BadLine(None, f"line {number}: half a character (a lone surrogate)")
    unknown.look(data, number)
    given = data.get("id")
    known_id = given if isinstance(given, str | int) else None
    try:
        return form.model_validate(data)
    except ValidationError as wrong:
        return BadLine(known_id, f"line {number}: {first_problem(wrong)}")


def _count_lines(source: Path) -> int:
    try:
        with source.open("rb") as file:
            return sum(1 for line in file if line.strip())
    except FileNotFoundError:
        raise BadInput(f"There is no file {source}; give --batch a file of JSON lines.") from None
    except OSError as refused:
        raise BadInput(f"{source} cannot be read: {refused.strerror}.") from None


@contextmanager
def _writing(target: Path, source: Path) -> Iterator[TextIO]:
    if target.exists() and target.samefile(source):
        raise BadInput(f"--output is the same file as --batch ({source}); choose another.")
    try:
        file = target.open("w", encoding="utf-8")
    except OSError as refused:
        raise StorageFailed(
            f"{target} cannot be written: {refused.strerror}. Choose another --output."
        ) from None
    with file:
        yield file


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        yield bar
