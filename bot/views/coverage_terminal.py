"""Coverage and content requests on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from bot.views import words_coverage as words
from bot.views.terminal import console
from knowledge.buyer_questions import IN_SHORT, BuyerQuestion
from knowledge.content_requests import ContentRequest
from knowledge.coverage import Coverage
from knowledge.journey import Stage


def print_coverage(covered: Coverage, persona: str | None = None) -> None:
    """Print pieces by stage and persona, then by stage and buyer question, then the requests."""
    shown = console()
    table = Table(box=box.SIMPLE, title="Recommendable assets by stage and persona")
    table.add_column("stage")
    for named in covered.personas:
        table.add_column(Text(named), justify="right")
    for stage in Stage:
        counts = [len(covered.cells[stage, p]) for p in covered.personas]
        table.add_row(stage, *(_number(n) for n in counts))
    shown.print(table)
    shown.print(_by_question(covered, persona))
    print_requests(covered.requests)


def print_requests(requests: Sequence[ContentRequest]) -> None:
    """Print content requests, each with its number, count and example wordings."""
    shown = console()
    if requests:
        shown.print("Questions nothing answers, most asked first:")
    for request in requests:
        about = ", ".join([*request.stages, *request.personas])
        state = "" if request.state == "open" else f", {words.STATE_WORDS[request.state]}"
        question = request.question or words.ERASED
        shown.print(Text(f"{request.count:4} x {question}  ({about}{state}) [{request.id}]"))
        for wording in request.wordings[1:4]:
            shown.print(Text(f"         {wording}", style="dim"))


def print_request(request: ContentRequest) -> None:
    """Print one request with all its wordings by number, who asked, and what was decided."""
    print_requests([request])
    shown = console()
    numbers = {m.wording_id: m.wording or words.ERASED for m in request.misses}
    for number, wording in numbers.items():
        shown.print(Text(f"  wording {number}: {wording}"))
    if request.askers:
        shown.print(Text(f"  asked by {', '.join(request.askers)}"))
    if request.asset_id:
        shown.print(Text(f"  answered by {request.asset_id}"))
    if request.because:
        shown.print(Text(f"  because: {request.because}"))


def _by_question(covered: Coverage, persona: str | None) -> Table:
    whom = persona or words.ANYBODY
    table = Table(box=box.SIMPLE, title=Text(f"Pieces by stage and buyer question, for {whom}"))
    table.add_column("question")
    for stage in Stage:
        table.add_column(stage, justify="right")
    for question in BuyerQuestion:
        row = [_cell(covered, stage, persona, question) for stage in Stage]
        table.add_row(IN_SHORT[question], *row)
    return table


def _cell(covered: Coverage, stage: Stage, persona: str | None, question: BuyerQuestion) -> Text:
    number = _number(len(covered.answering(stage, persona, question)))
    missed = covered.misses_in(stage, persona, question)
    return Text.assemble(number, (f", {missed} missed", "bold") if missed else "")


def _number(count: int) -> Text:
    return Text(str(count), style="red" if count == 0 else "")
