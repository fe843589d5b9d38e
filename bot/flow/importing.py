"""Durable imports: planned in SQL, worked on in small groups, and gone on with after a kill.

Reading and writing happen in the caller's thread, in the order of the plan; auditing and embedding
in as many threads as the models are worth (`BulkModels.lanes`). A group is stored before its pieces
are noted as done, so a kill repeats at most the groups under way, to the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.flow.bulk_models import BulkModels
from bot.flow.import_planning import STDIN, Options, pieces_named
from bot.flow.import_reading import Reader
from bot.flow.import_run import Progress, Run
from bot.flow.requests_answered import tell_of_all
from bot.flow.storing import GUESSED, IN_REVIEW, PROMOTIONAL, UNAPPROVED, Added, retire_gone
from bot.flow.tools import Tools
from knowledge.parsing import DocumentParser
from knowledge.polite import Visitor
from knowledge.reading import folders, is_url
from knowledge.rejected import Rejected
from storage.import_records import REJECTED, STOPPED, ImportRecord
from storage.imports import Imports

KEEP_FOR = timedelta(days=90)
"""How long an import that ended stays in the list."""


@dataclass
class Worked:
    """How far a stretch of work came: `wait` seconds until more can be done, None when it is over.

    `retired` and `kept` are what the end of the import found gone, or could not see.
    """

    wait: float | None = None
    retired: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def plan(
    sources: Sequence[str],
    tools: Tools,
    options: Options,
    *,
    by: str = "command line",
    typed: Sequence[str] | None = None,
    for_bot: bool = False,
) -> str:
    """Plan an import of files, folders, manifests, sitemaps, feeds and addresses; returns its id.

    `typed` are the lines that the source `-` stands for. Raises `BadInput` for a bad source.
    """
    imports = Imports(tools.db, tools.clock)
    imports.purge(KEEP_FOR)
    pieces = pieces_named(sources, options, typed)
    kept = replace(options, by=by).kept()
    return imports.plan(_lasting(sources), kept, by, pieces, for_bot=for_bot)


def work(
    identity: str,
    tools: Tools,
    models: BulkModels | None = None,
    *,
    visitor: Visitor | None = None,
    progress: Progress | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Worked:
    """Work on an import until it is done, `enough` says so, or its sites want to be left alone.

    Safe to run again after any end: it goes on with what is still to do.
    """
    imports = Imports(tools.db, tools.clock)
    record = imports.get(identity)
    if record.ended_at is not None:
        return Worked()
    models = models or tools.bulk_models
    visitor = visitor or Visitor(tools.settings.import_pause_seconds)
    options = Options.of(dict(record.options))
    with DocumentParser() as parser:
        reader = Reader(identity, options, tools, parser, visitor)
        if not Run(record, tools, models, options, progress).all(reader, enough):
            return Worked() if imports.has_ended(identity) else Worked(0.0)
    return _wait_or_end(record, tools, imports)


def result(identity: str, tools: Tools, worked: Worked | None = None) -> Added:
    """What became of the pieces of an import so far; what was retired is of the last stretch."""
    done = Added()
    for told in Imports(tools.db, tools.clock).pieces(identity):
        if told.became == REJECTED:
            done.rejected.append(Rejected(told.location, told.reason))
        elif told.became in {"added", "updated", "unchanged"}:
            getattr(done, told.became).append(told.asset_id)
            if told.reason and told.became != "unchanged":
                done.remarks.append(Rejected(told.location, told.reason))
            for flag in (PROMOTIONAL, UNAPPROVED, IN_REVIEW, GUESSED):
                if flag in told.flags:
                    getattr(done, flag).append(told.asset_id)
    if worked is not None:
        done.retired, done.kept = list(worked.retired), list(worked.kept)
    return done


def stop(identity: str, tools: Tools) -> None:
    """Give an import up: what is in the library stays, the rest is not read."""
    imports = Imports(tools.db, tools.clock)
    imports.get(identity)
    imports.end(identity, STOPPED)


def _lasting(sources: Sequence[str]) -> list[str]:
    """The sources as they are known from any other folder too."""
    return [s if s == STDIN or is_url(s) else str(Path(s).expanduser().resolve()) for s in sources]


def _wait_or_end(record: ImportRecord, tools: Tools, imports: Imports) -> Worked:
    until = imports.waits_until(record.id)
    if until is not None:
        return Worked(max(0.0, (until - tools.clock.now()).total_seconds()))
    if imports.get(record.id).left:
        return Worked(0.0)  # waiting pieces whose time has come
    told = imports.pieces(record.id)
    outcome = Added(rejected=[Rejected(t.location, t.reason) for t in told if t.became == REJECTED])
    named = folders([s for s in record.sources if s != STDIN])
    retire_gone(
        named, {t.location for t in told}, outcome, tools, record.by, before=record.planned_at
    )
    if Options.of(dict(record.options)).approve:
        tell_of_all({t.asset_id for t in told if t.became in {"added", "updated"}}, tools)
    imports.end(record.id)
    return Worked(None, outcome.retired, outcome.kept)
