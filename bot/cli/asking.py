"""Commands that ask: search, next, stage, check, understand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.batch import each, run_batch
from bot.cli.root import note, print_json, tools_of
from bot.flow.choosing import in_english
from bot.flow.explaining import explain
from bot.flow.judging import check_line, read_stage
from bot.flow.lines import CheckLine, FactsLine, NextLine, SearchLine, StageLine, UnderstandLine
from bot.flow.near_leads import lead_on_record
from bot.flow.next_touch import next_touch
from bot.flow.tools import Tools
from bot.flow.understand import understand
from bot.views.explained import print_explanation
from bot.views.json_forms import (
    checks_form,
    explanation_form,
    result_form,
    stage_form,
    suggestion_form,
    understanding_form,
)
from bot.views.terminal import print_results, print_suggestion
from knowledge.assets import AssetStatus
from knowledge.clock import team_date
from knowledge.errors import BadInput, TrailguideError
from knowledge.journey import parse_stage
from knowledge.leads import LeadFacts
from knowledge.touch import Ask

Batch = Annotated[Path | None, typer.Option("--batch", metavar="IN", help="JSON lines to answer.")]
Output = Annotated[
    Path | None, typer.Option("--output", metavar="OUT", help="Where the answers go.")
]
NeededBatch = Annotated[Path, typer.Option("--batch", metavar="IN", help="JSON lines to answer.")]
NeededOutput = Annotated[
    Path, typer.Option("--output", metavar="OUT", help="Where the answers go.")
]
Top = Annotated[int, typer.Option(min=1, max=100, help="Most results.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("search")(search)
    app.command("next")(next_)
    app.command("stage")(stage)
    app.command("check")(check)
    app.command("understand")(understand_)


def search(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="What to look for, in English.")] = None,
    top: Top = 10,
    as_json: AsJson = False,
    batch: Batch = None,
    output: Output = None,
) -> None:
    """Find approved assets; promotion is not filtered here."""
    with tools_of(context) as tools:
        _say_if_empty(tools)
        if batch or output:
            source, target = _both(batch, output, query)
            run_batch(
                source,
                target,
                SearchLine,
                lambda lines: _search_lines(lines, top, tools),
                "Searching",
            )
            return
        if not (query or "").strip():
            raise BadInput(
                "The query is empty; say what to look for, such as: trailguide search downtime."
            )
        (asked,) = in_english([query or ""])
        found = tools.finder.search(asked, top)
        results = [result_form(i, c) for i, c in enumerate(found, 1)]
        print_json({"query": query, "results": results}) if as_json else print_results(found)


def _search_lines(
    lines: list[SearchLine], top: int, tools: Tools
) -> Iterator[dict[str, Any] | TrailguideError]:
    refused: dict[int, TrailguideError] = {}
    for i, line in enumerate(lines):
        try:
            if not in_english([line.query]):
                refused[i] = BadInput("the query is empty")
        except BadInput as refusal:
            refused[i] = refusal
    good = [line.query for i, line in enumerate(lines) if i not in refused]
    answers = tools.finder.search_many(good, top)
    for i, line in enumerate(lines):
        if i in refused:
            yield refused[i]
            continue
        found = next(answers)
        yield {
            "id": line.id,
            "results": [{"asset_id": c.asset.id, "score": round(c.score, 6)} for c in found],
        }


def next_(
    context: typer.Context,
    lead: Annotated[str | None, typer.Option(help="Id of a stored lead.")] = None,
    stage: Annotated[str | None, typer.Option(help="Stage, when you know it.")] = None,
    persona: Annotated[str | None, typer.Option(help="What the person does.")] = None,
    industry: Annotated[str | None, typer.Option()] = None,
    company_size: Annotated[int | None, typer.Option(min=0, help="Employees.")] = None,
    product_line: Annotated[
        str | None, typer.Option(help="Which of our lines it is about.")
    ] = None,
    question: Annotated[
        list[str] | None, typer.Option(help="A question of the lead; repeatable.")
    ] = None,
    channel: Annotated[
        str, typer.Option(help="email, text, social, phone or direct_mail.")
    ] = "email",
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Show what every rule said, of the choice and the next."),
    ] = False,
    as_json: AsJson = False,
    batch: Batch = None,
    output: Output = None,
) -> None:
    """Recommend the next touch for a lead: what, when, why, and a draft to review."""
    with tools_of(context) as tools:
        _say_if_empty(tools)
        if batch or output:
            source, target = _both(batch, output, lead or question)
            run_batch(
                source,
                target,
                NextLine,
                each(lambda line: _next_line(line, tools, explained=explained)),
                "Recommending",
            )
            return
        facts = LeadFacts(
            stage=parse_stage(stage) if stage else None,
            persona=persona,
            industry=industry,
            company_size=company_size,
            product_line=product_line,
        )
        if not (lead or question) and facts == LeadFacts():
            note(
                "No lead is named, so this is for one of whom nothing is known; "
                "say who with --lead ID, or what is known with --stage, --persona or --question."
            )
        if lead:
            lead_on_record(lead, tools)  # a batch line tells its error as it is: nobody waits there
        ask = Ask(
            today=team_date(tools.clock, tools.settings.time_zone),
            lead_id=lead,
            facts=facts,
            questions=tuple(question or ()),
            channel=channel,
            asked_by="command line",
        )
        suggestion = next_touch(ask, tools)
        why = explain(suggestion, tools) if explained else None
        if as_json:
            form = suggestion_form(suggestion)
            print_json(
                {**form, "explain": explanation_form(why.ranking, why.profiling)} if why else form
            )
            return
        print_suggestion(suggestion)
        if why:
            print_explanation(suggestion, why.ranking, why.profiling)


def _next_line(line: NextLine, tools: Tools, *, explained: bool = False) -> dict[str, Any]:
    given = LeadFacts(
        stage=line.stage,
        persona=line.persona,
        industry=line.industry,
        company_size=line.company_size,
    )
    facts = given.over(line.lead.facts()) if isinstance(line.lead, FactsLine) else given
    ask = Ask(
        today=line.today or team_date(tools.clock, tools.settings.time_zone),
        lead_id=line.lead if isinstance(line.lead, str) and line.lead else None,
        facts=facts,
        history=tuple(h.entry() for h in line.history),
        questions=line.questions,
        channel=line.channel,
    )
    suggestion = next_touch(ask, tools, keep=False)
    form = suggestion_form(suggestion)
    del form["suggestion_id"]  # nothing of a batch is stored
    if explained:
        why = explain(suggestion, tools)
        form["explain"] = explanation_form(why.ranking, why.profiling)
    return {"id": line.id, **form}


def stage(context: typer.Context, batch: NeededBatch, output: NeededOutput) -> None:
    """Read the stage from questions and history, with the evidence."""
    with tools_of(context) as tools:

        def answer(line: StageLine) -> dict[str, Any]:
            history = tuple(h.entry() for h in line.history)
            today = line.today or team_date(tools.clock, tools.settings.time_zone)
            return {"id": line.id, **stage_form(read_stage(line.questions, history, today, tools))}

        run_batch(batch, output, StageLine, each(answer), "Reading stages")


def check(context: typer.Context, batch: NeededBatch, output: NeededOutput) -> None:
    """Judge drafts and assets by the rules; what is absent is not judged."""
    with tools_of(context) as tools:

        def answer(line: CheckLine) -> dict[str, Any]:
            report = check_line(
                line.kind,
                line.text,
                tools,
                subject=line.subject,
                stage=line.stage,
                type_name=line.type,
                asset_id=line.asset_id,
                channel=line.channel,
                lead=line.lead.facts() if isinstance(line.lead, FactsLine) else line.lead,
                questions=line.questions,
            )
            return {
                "id": line.id,
                "hype": round(report.hype, 4),
                **checks_form(report),
                "skipped": list(report.skipped),
            }

        run_batch(batch, output, CheckLine, each(answer), "Checking")


def understand_(context: typer.Context, batch: NeededBatch, output: NeededOutput) -> None:
    """Read reps' messages: intent, lead, company, role, questions and signals."""
    with tools_of(context) as tools:

        def answer(line: UnderstandLine) -> dict[str, Any]:
            return {"id": line.id, **understanding_form(understand(line.text, tools))}

        run_batch(batch, output, UnderstandLine, each(answer), "Understanding")


def _both(batch: Path | None, output: Path | None, single: object) -> tuple[Path, Path]:
    if batch is None or output is None:
        raise BadInput("--batch IN and --output OUT go together; give both.")
    if single:
        raise BadInput("Give either one question or --batch, not both.")
    return batch, output


def _say_if_empty(tools: Tools) -> None:
    if tools.library.any_approved():
        return
    drafts = len(tools.library.all(AssetStatus.DRAFT))
    what = (
        f"{drafts} wait as drafts, approve them with: trailguide library approve --all"
        if drafts
        else "add some with: trailguide library add PATH --approve --base-url https://…"
    )
    note(f"The library in {tools.settings.home} has no approved assets yet; {what}")
