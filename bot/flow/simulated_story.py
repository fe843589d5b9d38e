"""What happens with one lead in a simulated quarter: touches, decisions, and what comes of them.

Pure: the same seed, lead and reps give the same story. Nothing here is searched or drafted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.flow.simulated_edits import SELLING, Edit
from bot.flow.simulated_people import Rep, SimulatedLead
from knowledge.journey import Stage
from knowledge.leads import Action
from knowledge.outcomes import Outcome
from knowledge.touch import PaceDecision

QUARTER_DAYS = 90
TEAM = "TSIMULATED"
_STYLE = tuple(edit for edit in Edit if edit not in SELLING)
_SELLS = tuple(sorted(SELLING))

MISSES = (
    "Can your drones upload thermal images of the pipes?",
    "Is there a version for ships that are offline for weeks?",
    "How do works councils usually take to tracking of technicians?",
    "What does the new machinery directive ask of our records?",
    "Does anybody plan maintenance by the price of electricity?",
)
QUESTIONS = {
    "finance": "When does it pay back, and what if the gain is half as large?",
    "it": "Which system owns which record?",
    "executive": "What result can we count on, and by when?",
    "operations": "How do others cut unplanned work?",
}
PUT_OFF = ("Inventory week, they asked for quiet.", "On leave until then.", "Budget round first.")
KEPT = (
    "They asked for exactly this on the phone.",
    "Agreed with my manager.",
    "The lead brought it up first.",
)


@dataclass(slots=True)
class Touch:
    """One suggestion and what became of it; moments are in UTC."""

    id: str
    lead: SimulatedLead
    rep: Rep
    at: datetime
    number: int
    stage: Stage
    confidence: float
    decision: PaceDecision
    rule: str
    asset_id: str | None = None
    refused: str | None = None
    question: str = ""
    missed: bool = False
    slipped: Edit | None = None
    edit: Edit | None = None
    edited_at: datetime | None = None
    state: str = "pending"
    decided_at: datetime | None = None
    reason: str = ""
    kept_reason: str = ""
    until: date | None = None
    replaced_by: str | None = None
    corrected: Stage | None = None
    sent_on: date | None = None
    sent_at: datetime | None = None
    outcome: tuple[Outcome, date, datetime] | None = None
    helped: tuple[bool, datetime] | None = None


@dataclass(slots=True)
class Story:
    """A lead's quarter: its touches, its acts (added at, action, asset, note), what was learnt."""

    lead: SimulatedLead
    touches: list[Touch] = field(default_factory=list)
    acts: list[tuple[datetime, Action, str, str]] = field(default_factory=list)
    problem_told: datetime | None = None
    corrections: list[tuple[datetime, Stage]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class World:
    """What all stories share: pieces by stage, how good each is (about 1), the days, the seed."""

    pieces: Mapping[Stage, Sequence[str]]
    promotional: Sequence[str]
    quality: Mapping[str, float]
    retired: str
    retired_at: datetime
    first: date
    last: date
    seed: int


class Teller:
    """Tells the story of one lead."""

    def __init__(self, lead: SimulatedLead, team: Sequence[Rep], world: World) -> None:
        self._rng = Random(f"{world.seed}/{lead.id}")
        self._lead, self._team, self._world = lead, team, world
        self._stage = lead.stage
        self._seen: list[str] = []
        self._over = False
        self._end = _moment(world.last, 18, 0)
        self.story = Story(lead)

    def tell(self, count: int, *, early: bool) -> Story:
        """So many suggestions over the quarter, or in its first weeks alone; fewer after a no."""
        self._before()
        days = self._days(count, QUARTER_DAYS // 4 if early else QUARTER_DAYS)
        follows: Touch | None = None
        for number, day in enumerate(days, 1):
            if self._over:
                break
            follows = self._touch(number, day, follows)
        return self.story

    def _before(self) -> None:
        """What the lead did before the quarter began."""
        rng, first = self._rng, self._world.first
        if rng.random() < 0.8:
            at = _moment(first - timedelta(rng.randint(5, 60)), 9, 0)
            self.story.acts.append((at, Action.JOINED_LIST, "", ""))

    def _days(self, count: int, span: int) -> list[date]:
        rng = self._rng
        start = rng.uniform(0, min(20, span / 3))
        step = (span - start) / max(1, count)
        days = []
        for number in range(count):
            offset = start + (number + 0.5 + rng.uniform(-0.3, 0.3)) * step
            day = self._world.first + timedelta(int(min(offset, span - 1)))
            days.append(min(_weekday(day), self._world.last))
        return days

    def _touch(self, number: int, day: date, follows: Touch | None) -> Touch | None:
        """One suggestion; returned when the next takes its place."""
        rng = self._rng
        rep = self._team[self._lead.rep] if rng.random() > 0.04 else rng.choice(self._team)
        at = _moment(day, rng.randint(7, 14), rng.randint(0, 59), rng.randint(0, 59))
        if follows is not None and follows.decided_at:
            at, rep = follows.decided_at + timedelta(seconds=rng.randint(2, 9)), follows.rep
        stage, sure = self._read(follows)
        touch = Touch(
            id=f"touch-{rng.getrandbits(48):012x}", lead=self._lead, rep=rep, at=at, number=number,
            stage=stage, confidence=sure, decision=PaceDecision.SEND, rule="due",
        )  # fmt: skip
        self.story.touches.append(touch)
        if follows is not None:
            follows.replaced_by = touch.id
        if self._settled_without_a_piece(touch):
            return None
        self._choose(touch)
        self._decide(touch)
        return touch if touch.state == "replaced" else None

    def _read(self, follows: Touch | None) -> tuple[Stage, float]:
        if follows is not None and follows.corrected:
            return follows.corrected, 1.0
        rng = self._rng
        if rng.random() < 0.93:
            return self._stage, round(rng.uniform(0.55, 0.97), 2)
        near = [s for s in Stage if abs(s.order - self._stage.order) == 1 and s.order < 4]
        return rng.choice(near or [self._stage]), round(rng.uniform(0.3, 0.6), 2)

    def _settled_without_a_piece(self, touch: Touch) -> bool:
        """Wait, ask and hand over have no draft; a miss has no piece."""
        rng, facts = self._rng, self._lead.facts
        if not facts.problem and not self.story.problem_told:
            touch.decision, touch.rule = PaceDecision.ASK, "problem_unknown"
            if rng.random() < 0.6:
                self.story.problem_told = touch.at + timedelta(hours=30)
            return True
        roll = rng.random()
        if roll < 0.05:
            touch.decision, touch.rule = PaceDecision.WAIT, rng.choice(("gap", "account_touched"))
            return True
        if roll < 0.07 and touch.stage is Stage.DECISION:
            touch.decision, touch.rule = PaceDecision.HAND_OVER, "asked_for_sales"
            self._act(touch.at - timedelta(days=1), Action.REQUESTED_DEMO)
            return True
        if roll < 0.105:
            touch.question, touch.missed = rng.choice(MISSES), True
            return True
        return False

    def _choose(self, touch: Touch) -> None:
        rng, world = self._rng, self._world
        fits = [*world.pieces[touch.stage]]
        near = [s for s in Stage if abs(s.order - touch.stage.order) == 1]
        fresh = [a for a in fits if self._open(a, touch)]
        fresh = fresh or [a for s in near for a in world.pieces[s] if self._open(a, touch)]
        fresh = fresh or [a for each in world.pieces.values() for a in each if self._open(a, touch)]
        touch.asset_id = rng.choice(fresh or fits)
        touch.refused = rng.choice(world.promotional) if rng.random() < 0.12 else None
        if rng.random() < 0.25:
            touch.question = QUESTIONS[self._lead.facts.persona or "operations"]
        if rng.random() < 0.02:
            touch.slipped = rng.choice((Edit.HYPE, Edit.PRICE))

    def _open(self, asset_id: str, touch: Touch) -> bool:
        gone = asset_id == self._world.retired and touch.at > self._world.retired_at
        return asset_id not in self._seen and not gone

    def _decide(self, touch: Touch) -> None:
        rng, rep = self._rng, touch.rep
        delay = timedelta(hours=min(rng.expovariate(1 / rep.slow_hours), 96))
        at = touch.at + max(delay, timedelta(minutes=2))
        roll = rng.random()
        waits = at > self._end or roll > rep.approves + rep.replaces + rep.snoozes
        gone = self._world.retired_at if touch.asset_id == self._world.retired else self._end
        if touch.at < gone < self._end and (waits or gone < at):
            touch.state = "withdrawn"
            return
        if waits:
            return
        touch.decided_at = at
        if touch.stage is not self._stage and rng.random() < 0.3:
            touch.state, touch.corrected = "replaced", self._stage
            self.story.corrections.append((at, self._stage))
            return
        if roll < rep.replaces:
            touch.state = "replaced"
            return
        if roll < rep.replaces + rep.snoozes:
            touch.state, touch.until = (
                "snoozed",
                _weekday(at.date() + timedelta(rng.randint(7, 30))),
            )
            touch.reason = rng.choice(PUT_OFF)
            return
        touch.state = "approved"
        self._edit(touch)
        self._seen.append(str(touch.asset_id))
        if rng.random() < 0.85:
            touch.sent_at = min(at + timedelta(minutes=rng.randint(3, 900)), self._end)
            touch.sent_on = touch.sent_at.date()
        self._come_of(touch)

    def _edit(self, touch: Touch) -> None:
        rng, rep = self._rng, touch.rep
        if touch.slipped is None and rng.random() > rep.edits:
            return
        sells = rng.random() < rep.oversells
        touch.edit = rng.choice(_SELLS) if sells else _STYLE[rng.choices(rep.style, (5, 3, 1))[0]]
        touch.edited_at = (touch.decided_at or touch.at) - timedelta(seconds=rng.randint(20, 90))
        touch.edited_at = max(touch.edited_at, touch.at + timedelta(seconds=30))
        if sells:
            touch.kept_reason = rng.choice(KEPT)

    def _come_of(self, touch: Touch) -> None:
        """What the lead does after an approved touch, and what the rep tells of it."""
        rng, piece = self._rng, str(touch.asset_id)
        sent = touch.sent_at or touch.decided_at or touch.at
        base = 0.24 * self._world.quality[piece]
        base *= 0.5 if touch.edit in SELLING else 1.15 if touch.edit else 1.0
        reacts = rng.random() < base
        after = sent + timedelta(days=rng.uniform(0.2, 6))
        if reacts:
            self._act(after, rng.choice((Action.CLICKED, Action.READ, Action.DOWNLOADED)), piece)
            if rng.random() < 0.2:
                self._act(after, Action.REPLIED)
                self._act(after + timedelta(days=1), Action.ANSWERED)
            if rng.random() < 0.3 and self._stage.order < 4:
                self._stage = list(Stage)[self._stage.order + 1]
        elif rng.random() < 0.015 and 0 < self._stage.order < 4:
            self._stage = list(Stage)[self._stage.order - 1]
        leaves = rng.random() < (0.03 if touch.edit in SELLING else 0.004)
        if rng.random() < touch.rep.tells:
            self._tell(touch, sent, reacts=reacts, leaves=leaves)
        if leaves and after < self._end:
            self._act(after, Action.OPTED_OUT)
            self._over = True
        told = sent + timedelta(days=rng.uniform(4, 15))
        if rng.random() < touch.rep.says_helped and told < self._end:
            touch.helped = (rng.random() < (0.85 if reacts else 0.3), told)

    def _tell(self, touch: Touch, sent: datetime, *, reacts: bool, leaves: bool) -> None:
        rng = self._rng
        if leaves:
            what = Outcome.OPTED_OUT
        elif reacts:
            what = rng.choice((Outcome.REPLIED, Outcome.MOVED_ON, Outcome.MOVED_ON))
        else:
            what = Outcome.NO_ANSWER
        told = sent + timedelta(days=rng.uniform(3, 14))
        if told < self._end:
            on = max(sent.date(), told.date() - timedelta(days=rng.randint(0, 2)))
            touch.outcome = (what, on, told)

    def _act(self, at: datetime, action: Action, piece: str = "", note: str = "") -> None:
        if at < self._end:
            self.story.acts.append((at, action, piece, note))


def _moment(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), UTC)


def _weekday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
