"""What the command line shows a person: the review card and tables, drawn with rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.views.lead_plan import step_words
from bot.views.plain_passage import plain_passage
from knowledge.assets import Asset
from knowledge.fact_trust import used_of
from knowledge.journey import type_name
from knowledge.leads import LeadProfile
from knowledge.touch import Candidate, CheckReport, Draft, PaceDecision, Suggestion
from storage.leads import LearntFact, ToldAct

WORDS_A_MINUTE = 220
"""Reading speed for "4 min read": the usual figure for plain English prose."""
PASSAGE_LENGTH = 320
SHORTEST_TITLE = 20
"""Characters of a title in the library's table, however narrow the screen is."""
UNBOUNDED = 100_000
_TITLES = {
    PaceDecision.SEND: ("Send next", "green"),
    PaceDecision.WAIT: ("Send nothing now", "yellow"),
    PaceDecision.ASK: ("Ask first", "cyan"),
    PaceDecision.HAND_OVER: ("Hand over to sales", "magenta"),
}


def console() -> Console:
    """Stdout, at most 100 columns wide so that drafts read well."""
    shown = Console(highlight=False)
    shown.width = min(shown.width, 100)
    return shown


def print_suggestion(suggestion: Suggestion) -> None:
    """Print the review card."""
    console().print(card(suggestion))


def card(suggestion: Suggestion) -> RenderableType:
    """The review card: decision, lead and stage, asset, reasons, draft, alternates."""
    title, colour = _TITLES[suggestion.pace.decision]
    if suggestion.pace.decision is PaceDecision.SEND and suggestion.chosen is None:
        title, colour = "Nothing good enough to send", "red"
    parts: list[RenderableType] = [_headline(suggestion), Text(suggestion.pace.reason)]
    if suggestion.step is not None:
        parts.append(Text(step_words(suggestion.step), style="dim"))
    parts += [Text(f"Note: {w}", style="yellow") for w in suggestion.pace.warnings]
    if suggestion.pace.decision is PaceDecision.WAIT and suggestion.pace.when:
        parts.append(Text(f"Look again on {suggestion.pace.when:%d %B %Y}.", style="bold"))
    if suggestion.chosen is not None:
        parts += [Rule(style="dim"), *_asset_part(suggestion)]
    parts += [
        Text.assemble(("No good asset for: ", "bold red"), q, "  (counted as a content request)")
        for q in suggestion.unanswered
    ]
    if suggestion.draft is not None:
        parts += [Rule(style="dim"), *_draft_part(suggestion.draft)]
    if suggestion.pace.decision is PaceDecision.ASK and suggestion.profiling_question:
        parts.append(Text.assemble(("Ask: ", "bold"), suggestion.profiling_question))
    if suggestion.alternates:
        parts += [Rule(style="dim"), *_alternates_part(suggestion)]
    return Panel(Group(*parts), title=f"[bold]{title}[/bold]", border_style=colour, padding=(0, 1))


def _headline(suggestion: Suggestion) -> Text:
    facts, stage, pace = suggestion.profile.facts, suggestion.stage, suggestion.pace
    who = facts.name or "This lead"
    about = ", ".join(p for p in (facts.role, facts.company) if p)
    sure = f"{stage.confidence:.0%} sure" if stage.confidence < 1 else "as given"
    line = Text.assemble((who, "bold"), f" ({about})" if about else "")
    line.append(f" · {stage.stage} ({sure}) · touch {pace.touch_number} of {pace.budget}\n")
    line.append(" ".join(stage.evidence[:2]), style="dim")
    return line


def _asset_part(suggestion: Suggestion) -> list[RenderableType]:
    assert suggestion.chosen is not None  # noqa: S101 - the caller looked
    asset = suggestion.chosen.asset
    minutes = max(1, round(len(asset.text.split()) / WORDS_A_MINUTE))
    parts: list[RenderableType] = [
        Text.assemble(
            (asset.title, "bold"),
            f"  {type_name(asset.type)}, {minutes} min read\n",
            (asset.url or "", "blue underline"),
        )
    ]
    passage = plain_passage(suggestion.chosen.candidate.passage)
    if passage:
        parts.append(Text(f"“{shortened(passage, PASSAGE_LENGTH)}”", style="italic dim"))
    parts += [Text(f"• {reason}") for reason in suggestion.reasons]
    return parts


def _draft_part(draft: Draft) -> list[RenderableType]:
    by = "the built-in composer" if draft.source == "composer" else "the chat model"
    verdict = "all checks passed" if draft.checks.passed else "see the findings"
    parts: list[RenderableType] = [
        Text(f"Draft ({draft.channel}), written by {by}; {verdict}", style="dim")
    ]
    if draft.note:
        parts.append(Text(draft.note, style="dim"))
    if draft.subject:
        parts.append(Text.assemble(("Subject: ", "bold"), draft.subject))
    parts.append(Text(draft.body))
    parts += [
        Text(f"! {f.rule}: {f.sentence} ({f.why})", style="red") for f in draft.checks.findings
    ]
    return parts


def _alternates_part(suggestion: Suggestion) -> list[RenderableType]:
    parts: list[RenderableType] = [Text("Passed over", style="bold")]
    for turned_down in suggestion.alternates[:4]:
        asset = turned_down.candidate.asset
        parts.append(
            Text.assemble(
                f"• {asset.title} ({type_name(asset.type)}): ", (turned_down.why_not, "dim")
            )
        )
    return parts


def print_results(found: Sequence[Candidate]) -> None:
    """Print search results."""
    if not found:
        console().print("Nothing found.")
        return
    for rank, candidate in enumerate(found, 1):
        asset = candidate.asset
        passage = shortened(" ".join(plain_passage(candidate.passage).split()), 200)
        console().print(
            Text.assemble(
                f"{rank:2}. ",
                (asset.title, "bold"),
                f"  {asset.type}  {candidate.score:.3f}\n",
                f"    {asset.url or asset.id}\n",
                (f"    {passage}", "dim"),
            )
        )


def print_library(assets: Sequence[Asset]) -> None:
    """Print the assets as a table: ids whole, and titles too where a program reads it."""
    shown = Console(highlight=False)
    table = _library_table(assets)
    too_wide = _natural_width(table, shown) - shown.width
    if shown.is_terminal and too_wide > 0:
        longest = max(cell_len(asset.title) for asset in assets)
        table.columns[1].max_width = max(SHORTEST_TITLE, longest - too_wide)
    # Wider than the screen is folded by the terminal, which loses nothing; rich would cut.
    shown.width = max(shown.width, _natural_width(table, shown))
    shown.print(table)


def _library_table(assets: Sequence[Asset]) -> Table:
    table = Table(box=box.SIMPLE)
    for column in ("id", "title", "type", "stages", "status", "hype"):
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    for asset in assets:
        table.add_row(
            Text(asset.id),
            Text(asset.title),
            f"{asset.type}{'?' if asset.type_guessed else ''}",
            ", ".join(asset.fitting_stages),
            asset.status,
            f"{asset.hype:.2f}",
        )
    return table


def _natural_width(table: Table, shown: Console) -> int:
    """The width at which nothing of a table is cut."""
    return shown.measure(table, options=shown.options.update(max_width=UNBOUNDED)).maximum


def print_whole_asset(asset: Asset, report: CheckReport) -> None:
    """Print one asset with what its audit found."""
    shown = console()
    shown.print(
        Text.assemble((asset.title, "bold"), f"\n{asset.id} · {asset.type} · {asset.status}")
    )
    shown.print(Text(f"{asset.url or 'no web address'}\nfrom {asset.source}", style="dim"))
    for label, told in _facts_of(asset):
        shown.print(Text.assemble((f"{label}: ", "bold"), told))
    shown.print(f"Hype {asset.hype:.2f}; {len(report.findings)} findings.")
    for finding in report.findings:
        shown.print(Text(f"• {finding.rule}: {finding.sentence} ({finding.why})"))
    shown.print(Text(f"\n{asset.text}"))


def _facts_of(asset: Asset) -> Iterator[tuple[str, str]]:
    """What a marketer comes to check: whom it is for, where it fits, and who answers for it."""
    if asset.type_guessed:
        yield "type", f"{asset.type} was read in the text; name it in the front matter or manifest"
    yield "stages", ", ".join(asset.fitting_stages) or "none: it would fit nobody; name its type"
    if asset.personas:
        yield "personas", ", ".join(asset.personas)
    if asset.industries:
        yield "industries", ", ".join(asset.industries)
    if asset.topics:
        yield "topics", ", ".join(asset.topics)
    if asset.buyer_questions:
        yield "buyer questions", ", ".join(asset.buyer_questions)
    yield "owner", asset.owner or "nobody"
    if asset.review_by:
        yield "review by", asset.review_by.isoformat()


def _as_of(fact: LearntFact) -> str:
    """From when it is, where that is not the day on which it was learnt."""
    if fact.as_of is None or fact.as_of.date() == fact.at.date():
        return ""
    return f", as of {fact.as_of:%Y-%m-%d}"


def print_lead(
    profile: LeadProfile, learnt: Sequence[LearntFact] = (), acts: Sequence[ToldAct] = ()
) -> None:
    """Print what is known of a lead, each fact with who told it last, and what happened."""
    shown = console()
    used = {
        fact: next((f for f in reversed(learnt) if f.word == word), None)
        for fact in dict.fromkeys(f.fact for f in learnt)
        if (word := used_of(fact, (f.word for f in learnt if f.fact == fact)))
    }
    last = {
        fact: f"  ({f.source}, {f.by}, {f.at:%Y-%m-%d}{_as_of(f)})" for fact, f in used.items() if f
    }
    for name in type(profile.facts).__dataclass_fields__:
        if name == "line_stages":
            continue
        value = getattr(profile.facts, name)
        if value not in (None, (), ""):
            words = "; ".join(value) if isinstance(value, tuple) else str(value)
            label = (f"{name.replace('_', ' ')}: ", "bold")
            shown.print(Text.assemble(label, words, (last.get(name, ""), "dim")))
    told = dict(enumerate(acts))
    for place, entry in enumerate(profile.history):
        about = " ".join(p for p in (entry.asset_id or "", entry.note, entry.line) if p)
        act = told.get(place)
        whence = f"  ({', '.join(p for p in (act.source, act.by) if p)})" if act else ""
        source = (whence if whence.strip(" ()") else "", "dim")
        shown.print(Text.assemble(f"{entry.on}  {entry.action}  {about}", source))


def shortened(text: str, length: int) -> str:
    """The text cut at a word boundary, with an ellipsis when something is left out."""
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
