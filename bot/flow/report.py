"""The report of a period: rows read once, counted by pure functions (M54, M55, M47)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from bot.flow import report_lines as lines
from bot.flow import report_quality as quality
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.pacing_settings import PacingSettings
from knowledge.personas import load_definitions
from knowledge.report import Asked, Period, Report
from knowledge.track_record import PROGRESS_DAYS
from storage.names import Names
from storage.report_rows import (
    ActRow,
    CardRow,
    EditRow,
    FindingsRow,
    MissRow,
    PersonRow,
    ReportRows,
    ToldStage,
)

LAST_DAYS = 90
"""Days of a report when nobody names others: about a quarter, and up to today."""
SIZES = ((0, "under 50"), (50, "50 to 249"), (250, "250 to 999"), (1000, "1,000 and more"))
"""Bands by employees: the small, medium and large of the European Union, the large ones halved."""
NOT_KNOWN = "not known"
NO_NAME = "name not known"
GONE = "a piece since removed"

T = TypeVar("T")
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything a report counts; `names` are display names by who asked."""

    cards: list[CardRow]
    people: list[PersonRow]
    acts: list[ActRow]
    told: list[ToldStage]
    snoozed: dict[str, date]
    edits: list[EditRow]
    findings: list[FindingsRow]
    misses: list[MissRow]
    titles: dict[str, str]
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """How to count: `today` is the team's, `least` the count from which a share is shown."""

    today: date
    zone: str
    least: int
    pacing: PacingSettings


def report(
    tools: Tools,
    first: date | None = None,
    last: date | None = None,
    asked: Asked = Asked(),  # noqa: B008 - frozen
    progress: Progress = lambda _section: None,
) -> Report:
    """The report of a period, the last 90 days when nobody names it.

    `BadInput` where nothing was ever suggested, for days that cannot be, and for a rep or segment
    that nobody is of. `progress` hears the name of each step.
    """
    zone = tools.settings.time_zone
    today = team_date(tools.clock, zone)
    period = period_of(first, last, today)
    rows = read(tools, progress, period.last)
    if not rows.cards:
        raise BadInput(
            "There is nothing to report yet: no touch was ever suggested here. Ask for one first, "
            "or look at a fictional quarter (`trailguide --home DIR simulate quarter`)."
        )
    progress("counting")
    built = build(
        rows, period, asked, Terms(today, zone, tools.settings.report_least, tools.pacing)
    )
    known = load_definitions(tools.settings.home)
    told = (
        f"{word.replace('_', ' ').capitalize()}: {known.of(word)}" for word, _ in known.meanings
    )
    return replace(built, definitions=tuple(told))


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """The days to report on; `BadInput` for those that cannot be."""
    why = "as asked" if first or last else f"the last {LAST_DAYS} days"
    end = last or today
    begin = first or end - timedelta(days=LAST_DAYS - 1)
    if begin > end:
        raise BadInput(f"The report cannot begin on {begin} and end on {end}; swap the two.")
    if begin > today:
        raise BadInput(f"{begin} has not come yet; name a day up to today, {today}.")
    return Period(begin, min(end, today), why)


def read(tools: Tools, progress: Progress = lambda _section: None, last: date = date.max) -> Rows:
    """Read everything in one snapshot, section by section; what was put off as of `last`."""

    def section(name: str, get: Callable[[], T]) -> T:
        progress(name)
        return get()

    names = Names(tools.db, tools.clock).all()
    with tools.db.read() as session:
        held = ReportRows(session, tools.settings.time_zone)
        return Rows(
            cards=section("cards", held.cards),
            people=section("leads", held.people),
            acts=section("histories", held.acts),
            told=section("stages", held.told_stages),
            snoozed=section("put off", lambda: held.snoozed(last)),
            edits=section("edits", held.edits),
            findings=section("checks", held.findings),
            misses=section("misses", held.misses),
            titles=section("titles", held.titles),
            names=names,
        )


def build(rows: Rows, period: Period, asked: Asked, terms: Terms) -> Report:
    """Count the rows; nothing is read here."""
    people = {p.id: p for p in rows.people}
    rep_names = called(rows)
    wanted = narrowed(asked, people, rep_names)
    path = lines.paths(rows.cards, rows.told)
    cards = [c for c in rows.cards if wanted(c.rep, c.lead)]
    theirs = [p for p in rows.people if p.added_on <= period.last and _is_theirs(p, asked, cards)]
    ways = {p.id: path[p.id] for p in theirs if p.id in path}
    touches = [
        t
        for t in lines.followed(cards, path, rows.acts, people.keys(), terms.today)
        if period.holds(t.on)
    ]
    shown = [c for c in cards if c.is_card and period.holds(c.made_on)]
    found = lines.moves_in(ways.values(), period)
    touch_ids = {t.card.id for t in touches}
    card_ids = {c.id for c in shown}
    approved = {c.id for c in shown if c.state == "approved"}
    drafts = [f for f in rows.findings if f.id in card_ids]

    def segment(value: Callable[[PersonRow], str]) -> Callable[[lines.Followed], str]:
        def of(touch: lines.Followed) -> str:
            person = people.get(touch.card.lead or "")
            return (value(person) if person else "") or NOT_KNOWN

        return of

    by = lines.progress_by
    reps = sorted({c.rep for c in shown}, key=lambda rep: (rep_names[rep].casefold(), rep))
    return Report(
        period=period,
        asked=asked,
        zone=terms.zone,
        days_after=PROGRESS_DAYS,
        least=terms.least,
        leads=len(theirs),
        touches=len(touches),
        touched_leads=len({t.card.lead or t.card.id for t in touches}),
        whole=lines.progress("all touches", touches),
        cards=lines.cards_line("all cards", shown),
        weeks=lines.week_lines(touches, found, period),
        stages=lines.stage_lines(ways.values(), period),
        moves=lines.move_lines(found),
        by_asset=by(touches, lambda t: t.card.asset or "", lambda i: rows.titles.get(i, GONE)),
        by_step=by(touches, lines.step_of, order=lines.STEP_ORDER),
        by_count=by(touches, lines.count_of, order=lines.COUNT_ORDER),
        by_industry=by(touches, segment(lambda p: p.industry)),
        by_size=by(touches, segment(size_of), order=[name for _, name in SIZES]),
        by_persona=by(touches, segment(lambda p: p.persona)),
        by_rep=by(touches, lambda t: t.card.rep, rep_names.__getitem__),
        cards_by_rep=tuple(
            lines.cards_line(rep_names[rep], [c for c in shown if c.rep == rep]) for rep in reps
        ),
        edits=quality.edits_of([e for e in rows.edits if e.id in touch_ids]),
        rules=quality.rule_lines(drafts, approved),
        promotion=quality.promotion_of(drafts, approved),
        covered=quality.covered(
            theirs, path, rows.acts, rows.snoozed, terms.pacing, last=period.last
        ),
        missed=quality.missed(
            [m for m in rows.misses if wanted(m.rep, m.lead)],
            [c for c in cards if period.holds(c.made_on)],
            period,
        ),
        came=lines.came_of(touches),
    )


def size_of(person: PersonRow) -> str:
    """The band of a company's size; empty when it is not known."""
    fits = [name for low, name in SIZES if person.size is not None and person.size >= low]
    return fits[-1] if fits else ""


def called(rows: Rows) -> dict[str, str]:
    """By who asked, the name to show: never an id."""
    return {c.rep: rows.names.get(c.rep) or _plain(c.rep) for c in rows.cards}


def narrowed(
    asked: Asked, people: Mapping[str, PersonRow], names: Mapping[str, str]
) -> Callable[[str, str | None], bool]:
    """Whether a row of a rep about a lead belongs to what was asked; `BadInput` for nobody."""
    said = asked.rep.casefold()
    reps = {rep for rep, name in names.items() if said in {name.casefold(), rep.casefold()}}
    if asked.rep and not reps:
        known = ", ".join(sorted({n for n in names.values() if n != NO_NAME}, key=str.casefold)[:8])
        raise BadInput(f"No rep is called '{asked.rep[:60]}'; there are: {known}.")
    leads = {p.id for p in people.values() if in_segment(p, asked.segment)}
    if asked.segment and not leads:
        known = ", ".join(sorted({s for p in people.values() for s in segments_of(p)})[:14])
        raise BadInput(f"No lead is of the segment '{asked.segment[:60]}'; there are: {known}.")

    def wanted(rep: str, lead: str | None) -> bool:
        return (not asked.rep or rep in reps) and (not asked.segment or lead in leads)

    return wanted


def segments_of(person: PersonRow) -> tuple[str, ...]:
    """Everything by which a lead is grouped: industry, size, persona, and the record's segment."""
    told = (person.industry, size_of(person), person.persona, person.segment)
    return tuple(word for word in told if word)


def in_segment(person: PersonRow, segment: str) -> bool:
    """Whether a lead is of a segment; everybody is of none."""
    return not segment or segment.casefold() in {s.casefold() for s in segments_of(person)}


def _is_theirs(person: PersonRow, asked: Asked, cards: list[CardRow]) -> bool:
    if not asked.rep:
        return in_segment(person, asked.segment)
    return any(card.lead == person.id for card in cards)


def _plain(rep: str) -> str:
    """A name told on the command line is one; an id of Slack's is none."""
    return rep if rep and not _is_id(rep) else NO_NAME


def _is_id(rep: str) -> bool:
    return rep[:1] in {"U", "W"} and rep[1:].isalnum() and rep == rep.upper()
