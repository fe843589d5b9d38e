"""Fills an empty home with a fictional quarter: leads, suggestions, decisions, outcomes (M54).

Everything is drawn from a seed, written in one transaction and audited as it would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any, cast

from bot.flow.add_assets import add_assets
from bot.flow.audit_key import audit_key
from bot.flow.simulated_drafts import sample_drafts
from bot.flow.simulated_people import Rep, SimulatedLead, leads, reps
from bot.flow.simulated_story import QUARTER_DAYS, Story, Teller, Touch, World
from bot.flow.simulated_touches import Shown, texts_after, touch_values
from bot.flow.tools import Tools
from bot.sample import SAMPLE
from knowledge.assets import Asset, AssetStatus
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.journey import TYPE_STAGES, Stage
from knowledge.leads import LeadFacts
from knowledge.tone import is_promotional
from storage.audit import Audit
from storage.bulk import Bulk, is_empty
from storage.bulk_audit import BulkAudit
from storage.library import Library
from storage.outcomes import CORRECTION

Progress = Callable[[int, int], None]
Event = tuple[datetime, int, Callable[[], object]]

NEVER_SHARE, NEGLECTED_SHARE = 0.08, 0.07
"""Shares of leads that nobody wrote to, and that nobody wrote to since the first weeks."""
FEWEST, MOST_EACH = 1, 26
"""Suggestions for a lead: the touch budget allows 27 touches (M10)."""
SIGNED_BY = "simulation"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is to be: reps, leads, suggestions."""

    reps: int
    leads: int
    touches: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was written, and the days it covers."""

    leads: int
    touches: int
    first: date
    last: date


@dataclass
class MovedClock:
    """A clock that stands where the story puts it."""

    at: datetime

    def now(self) -> datetime:
        """The moment of the story."""
        return self.at


def simulate_quarter(
    size: Size, seed: int, tools: Tools, until: date | None = None, progress: Progress | None = None
) -> Simulated:
    """Write a quarter that ends on `until`, today by default; the sample library where it lacks.

    `BadInput` for a home that holds leads or suggestions, and for a size that cannot be.
    """
    _require_sensible(size)
    _require_empty(tools)
    last = until or team_date(tools.clock, tools.settings.time_zone)
    first = last - timedelta(days=QUARTER_DAYS - 1)
    _add_library(tools, datetime.combine(first, time(0, 1), UTC))
    rng = Random(seed)
    team = reps(size.reps, rng)
    world = _world(tools, first, last, seed)
    people = leads(size.leads, team, rng)
    stories = _stories(people, team, world, size.touches, rng)
    _write(stories, team, world, tools, progress or (lambda _done, _all: None))
    return Simulated(len(people), sum(len(s.touches) for s in stories), first, last)


def _require_sensible(size: Size) -> None:
    if min(size.reps, size.leads, size.touches) < 1:
        raise BadInput("A quarter needs at least one rep, one lead and one touch.")
    most = int(size.leads * (1 - NEVER_SHARE - NEGLECTED_SHARE)) * MOST_EACH
    if size.touches > most:
        raise BadInput(
            f"{size.leads} leads have room for {most} touches in a quarter; "
            "ask for fewer touches or more leads."
        )


def _require_empty(tools: Tools) -> None:
    with tools.db.read() as session:
        if not is_empty(session):
            raise BadInput(
                f"{tools.settings.home} holds leads or suggestions already; "
                "name an empty folder with --home."
            )


def _add_library(tools: Tools, at: datetime) -> None:
    """Add and approve the sample library as of a moment, so that the log tells it in order."""
    home, clock = tools.settings.home, MovedClock(at)
    audit = Audit(audit_key(tools.settings), home / "audit.head", clock)
    earlier = _Earlier(tools, Library(tools.db, clock, audit))
    add_assets([str(SAMPLE / "library")], cast(Tools, earlier), approve=True, by=SIGNED_BY)


class _Earlier:
    """The tools with a library of another time."""

    def __init__(self, tools: Tools, library: Library) -> None:
        self._tools = tools
        self.library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tools, name)


def _world(tools: Tools, first: date, last: date, seed: int) -> World:
    usable: dict[Stage, list[str]] = {stage: [] for stage in Stage}
    promotional = []
    for asset in _sample(tools):
        fits = [s for s in asset.stages or TYPE_STAGES[asset.type] if _fits(asset, s)]
        for stage in fits:
            usable[stage].append(asset.id)
        if not fits:
            promotional.append(asset.id)
    rng = Random(f"{seed}/pieces")
    every = sorted({i for ids in usable.values() for i in ids})
    retired_on = datetime.combine(first + timedelta(days=60), time(9, 30), UTC)
    quality = {i: rng.uniform(0.35, 1.75) for i in every}
    return World(
        usable, promotional, quality, min(every, key=quality.__getitem__), retired_on, first, last,
        seed,
    )  # fmt: skip


def _sample(tools: Tools) -> list[Asset]:
    """The sample's pieces in use; a home may hold others beside them."""
    held = sorted(tools.library.all(AssetStatus.APPROVED), key=lambda a: a.id)
    known = sample_drafts()
    return [a for a in held if a.id in known or a.type.value == "brochure"]


def _fits(asset: Asset, stage: Stage) -> bool:
    return is_promotional(asset.type, asset.hype, stage, asset.hype_overruled) is None


def _stories(
    people: Sequence[SimulatedLead], team: Sequence[Rep], world: World, touches: int, rng: Random
) -> list[Story]:
    """Tell all stories; what a lead who said no leaves over goes to those after it."""
    never = round(len(people) * NEVER_SHARE)
    early = round(len(people) * NEGLECTED_SHARE)
    shares = [rng.uniform(0.4, 1.6) for _ in people]
    order = rng.sample(range(len(people)), len(people))
    quiet, rare, busy = order[:never], order[never : never + early], order[never + early :]
    stories = {i: Teller(people[i], team, world).story for i in quiet}
    left = touches
    for i in rare:
        count = min(2, max(0, left - len(busy)))
        stories[i] = Teller(people[i], team, world).tell(count, early=True)
        left -= len(stories[i].touches)
    weight = sum(shares[i] for i in busy)
    for i in busy:
        count = round(left * shares[i] / weight) if weight else left
        count = min(MOST_EACH, max(FEWEST, count), left)
        stories[i] = Teller(people[i], team, world).tell(count, early=False)
        left -= len(stories[i].touches)
        weight -= shares[i]
    return [stories[i] for i in range(len(people))]


def _write(
    stories: Sequence[Story], team: Sequence[Rep], world: World, tools: Tools, progress: Progress
) -> None:
    home = tools.settings.home
    clock = MovedClock(datetime.combine(world.first, time(0, 5), UTC))
    audit = BulkAudit(audit_key(tools.settings), home / "audit.head", clock)
    shown = Shown(tools.library, world)
    with tools.db.write() as session:
        bulk = Bulk(session, audit, clock)
        bulk.names({rep.user: rep.name for rep in team})
        events = sorted(_events(stories, world, bulk, shown), key=lambda e: e[:2])
        for done, (at, _, happen) in enumerate(events, 1):
            clock.at = at
            happen()
            if done % 500 == 0 or done == len(events):
                progress(done, len(events))
        bulk.finish()


def _events(stories: Sequence[Story], world: World, bulk: Bulk, shown: Shown) -> Iterator[Event]:
    """Everything that is written, with its moment and a number that keeps equal ones in order."""
    number = 0
    for story in stories:
        for at, happen in _of_story(story, world, bulk, shown):
            number += 1
            yield at, number, happen
    yield world.retired_at, 0, partial(bulk.retired, world.retired, SIGNED_BY)


def _of_story(
    story: Story, world: World, bulk: Bulk, shown: Shown
) -> Iterator[tuple[datetime, Callable[[], object]]]:
    lead = story.lead
    begun = datetime.combine(world.first, time(0, 6), UTC)
    if story.acts:
        begun = min(begun, *(at for at, *_ in story.acts)) - timedelta(minutes=1)
    yield begun, partial(bulk.lead, lead.id, list(_learnt(story, begun)))
    for at, action, piece, note in story.acts:
        yield at, partial(bulk.act, lead.id, action.value, at.date(), piece, note)
    before: Stage | None = None
    for at, stage in story.corrections:
        by = next(t.rep.user for t in story.touches if t.decided_at == at)
        yield at, partial(bulk.corrected, lead.id, by, before, stage)
        before = stage
    for touch in story.touches:
        yield from _of_touch(touch, bulk, shown)


def _learnt(story: Story, begun: datetime) -> Iterator[tuple[datetime, str, str, LeadFacts]]:
    yield begun, "import of leads.csv", SIGNED_BY, story.lead.facts
    rep = story.touches[0].rep.user if story.touches else SIGNED_BY
    told = [(at, CORRECTION, LeadFacts(stage=stage)) for at, stage in story.corrections]
    if story.problem_told:
        told.append((story.problem_told, "card", LeadFacts(problem="Told on the phone")))
    for at, source, facts in sorted(told, key=lambda one: one[0]):
        yield at, source, rep, facts


def _of_touch(
    touch: Touch, bulk: Bulk, shown: Shown
) -> Iterator[tuple[datetime, Callable[[], object]]]:
    by, piece = touch.rep.user, touch.asset_id or ""

    def made() -> None:
        bulk.made(shown.suggestion(touch), touch_values(touch, shown), texts_after(touch, shown))
        if touch.missed:
            lead = (touch.lead.id, touch.lead.facts.persona, by)
            bulk.missed(touch.id, touch.question, touch.stage, lead)

    yield touch.at, made
    if touch.edited_at and shown.is_edited(touch):
        edited = partial(shown.stored, touch, "edited")
        yield touch.edited_at, lambda: bulk.decided("edited", by, edited())
    if touch.decided_at:
        yield touch.decided_at, lambda: bulk.decided(touch.state, by, shown.stored(touch))
    if touch.state == "withdrawn":
        gone = partial(bulk.withdrawn, touch.id, piece, SIGNED_BY, "retired")
        yield shown.world.retired_at, gone
    if touch.sent_at:
        yield touch.sent_at, lambda: bulk.sent(shown.stored(touch))
    moments = [told[-1] for told in (touch.outcome, touch.helped) if told]
    if not moments:
        return
    came = partial(bulk.came, outcome=touch.outcome, helped=touch.helped)
    yield min(moments), lambda: came(shown.stored(touch), by)
    if touch.outcome:
        what, on, at = touch.outcome
        yield at, partial(bulk.told, touch.id, by, piece, what, on)
    if touch.helped:
        helped, at = touch.helped
        yield at, partial(bulk.answered, touch.id, by, piece, helped=helped)
