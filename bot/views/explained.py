"""`trailguide next --explain`: every rule's points, the refused and the reasons, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.views.terminal import console
from knowledge.journey import type_name
from knowledge.touch import Pace, Ranked, Ranking, StageReading, Suggestion, TurnedDown
from retrieval.profiling import Effect, ProfilingChoice

SIDE_BY_SIDE = 3
"""The choice and the next two: more columns get too narrow to read on a terminal."""
REFUSED = 8
"""Refused pieces named, nearest first; a large library refuses hundreds as too far away."""


def print_explanation(
    suggestion: Suggestion, ranking: Ranking, profiling: ProfilingChoice | None
) -> None:
    """Print what stood behind a suggestion."""
    console().print(explained(suggestion, ranking, profiling))


def explained(
    suggestion: Suggestion, ranking: Ranking, profiling: ProfilingChoice | None
) -> RenderableType:
    """Points side by side, refused pieces, stage, pace and the question to ask."""
    parts: list[RenderableType] = []
    if ranking.ranked:
        parts.append(_points(ranking.ranked[:SIDE_BY_SIDE], chosen=suggestion.chosen is not None))
    else:
        parts.append(Text("No candidate was left to rank.", style="bold"))
    if ranking.refused:
        parts.append(_refused(ranking.refused))
    parts += [_stage(suggestion.stage), _pace(suggestion.pace)]
    parts += [_profiling(profiling, ranking.ranked)]
    return Group(*parts)


def _points(shown: Sequence[Ranked], *, chosen: bool) -> Table:
    """One row a rule, one column a piece; the last row adds up."""
    table = _table("What each rule said")
    table.add_column("rule", no_wrap=True)
    for place, ranked in enumerate(shown, 1):
        head = Text(f"{place}. {ranked.asset.title}\n")
        mark = "chosen, " if chosen and place == 1 else ""
        head.append(f"{mark}{type_name(ranked.asset.type)}", style="dim")
        table.add_column(head, ratio=1)
    # Every rule once, in the order in which the first piece that has it was judged.
    rules = dict.fromkeys(c.rule for r in shown for c in r.contributions)
    for rule in rules:
        table.add_row(rule.replace("_", " "), *(_cell(ranked, rule) for ranked in shown))
    table.add_section()
    table.add_row(Text("sum", style="bold"), *(Text(f"{r.score:+.3f}", "bold") for r in shown))
    return table


def _cell(ranked: Ranked, rule: str) -> Text:
    said = [c for c in ranked.contributions if c.rule == rule]
    if not said:
        return Text("-", style="dim")
    colour = "green" if said[0].points > 0 else "red"
    return Text.assemble((f"{said[0].points:+.3f}", colour), f" {said[0].sentence}")


def _refused(refused: Sequence[TurnedDown]) -> RenderableType:
    # Those that broke a rule come before those that were merely too far away.
    order = sorted(refused, key=lambda t: (t.rule == "weak_match", -t.score))
    table = _table("Refused")
    table.add_column("piece", ratio=1)
    table.add_column("rule", no_wrap=True)
    table.add_column("why", ratio=1)
    for turned_down in order[:REFUSED]:
        asset = turned_down.candidate.asset
        table.add_row(
            Text(f"{asset.title} ({type_name(asset.type)})"),
            turned_down.rule.replace("_", " "),
            Text(turned_down.why_not),
        )
    more = len(order) - REFUSED
    return Group(table, Text(f"and {more} more", style="dim")) if more > 0 else table


def _stage(stage: StageReading) -> Text:
    sure = f"{stage.confidence:.0%} sure" if stage.confidence < 1 else "as given"
    told = Text.assemble(("Stage: ", "bold"), f"{stage.stage}, {sure}")
    return _bullets(told, stage.evidence)


def _pace(pace: Pace) -> Text:
    said = pace.decision.replace("_", " ")
    told = Text.assemble(("Pace: ", "bold"), f"{said} ({pace.rule.replace('_', ' ')})")
    if pace.when:
        told.append(f", {pace.when:%d %B %Y}")
    told.append(f"; touch {pace.touch_number} of {pace.budget}, {pace.gap_days} days between")
    return _bullets(told, (pace.reason, *pace.also, *(f"Note: {w}" for w in pace.warnings)))


def _profiling(choice: ProfilingChoice | None, ranked: Sequence[Ranked]) -> RenderableType:
    if choice is None:
        return Text.assemble(("Ask next: ", "bold"), "nothing, for this lead.")
    first = choice.effects[0]
    told = Text.assemble(("Ask next: ", "bold"), choice.question, "\n", why_asked(first, ranked))
    table = _table("What each answer would change")
    for column in ("of the lead", "answers tried", "change the choice", "points", "places moved"):
        table.add_column(column, justify="left" if column == "of the lead" else "right")
    for effect in choice.effects:
        table.add_row(
            effect.attribute.replace("_", " "),
            str(effect.answers),
            str(effect.changing),
            f"{effect.gain:.3f}",
            f"{effect.moved:.0%}",
        )
    return Group(told, table)


def why_asked(effect: Effect, ranked: Sequence[Ranked]) -> str:
    """Why this question: how many of its answers change the choice, with one of them."""
    about = effect.attribute.replace("_", " ")
    if effect.changing:
        titles = {r.asset.id: r.asset.title for r in ranked}
        return (
            f"{effect.changing} of {effect.answers} answers on {about} would change the choice: "
            f"“{effect.example}” would bring “{titles[effect.instead]}”."
        )
    if effect.moved:
        return (
            f"No answer would change the choice; those on {about} would move the pieces after it "
            "most."
        )
    return f"No answer would change the choice; {about} help a draft most."


def _bullets(told: Text, lines: Sequence[str]) -> Text:
    for line in lines:
        told.append(f"\n• {line}", style="dim")
    return told


def _table(title: str) -> Table:
    return Table(box=box.SIMPLE, title=title, title_justify="left", title_style="bold", expand=True)
