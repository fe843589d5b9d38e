"""A year with invented leads, day by day, by the real pacing, plans and ranking (M6, M50, M55).

A lead is decided upon only on days when something happened to it or its account, or when its day to
look again has come. Nothing is written: histories and plans are kept in memory.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from bot.flow.account import nearest
from bot.flow.next_touch import Recommendation, recommend_for
from bot.flow.plans import Kept, place_of_lead, plan_files
from bot.flow.tools import Tools
from bot.flow.year_checks import check_year
from bot.flow.year_people import REPLIES, YearLead, year_leads
from bot.flow.year_tools import year_tools
from knowledge.errors import BadInput
from knowledge.handover import Handover
from knowledge.journey import Stage
from knowledge.journey_map import load_journey
from knowledge.leads import TOUCHES, AccountTouch, Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.pacing import decide_pace
from knowledge.plan_place import HeldPlan, Place
from knowledge.touch import Ask, Pace, PaceDecision
from knowledge.year import YearAct, YearLog, YearLook, YearReport, YearSales, YearTouch

DAYS = 365
MOST_LEADS = 20_000
BUSY_SHARE = 0.12
"""How often a rep does not come to a touch on its day, and does some days later."""
SALES_WINS, SALES_RETURNS = 0.35, 0.35
"""What becomes of leads with sales; the others stay there."""

Progress = Callable[[int, int], None]


@dataclass
class _State:
    """One lead under way."""

    lead: YearLead
    facts: LeadFacts
    history: list[HistoryEntry] = field(default_factory=list)
    plan: HeldPlan | None = None
    handover: Handover | None = None
    touched: int = 0
    look: date | None = None
    last: Place | None = None


class Year:
    """One year; `play` tells it, `log` is all that happened."""

    def __init__(
        self, leads: Sequence[YearLead], questions: Sequence[str], tools: Tools, first: date,
        rng: Random,
    ) -> None:  # fmt: skip
        self._tools, self._rng, self._questions = tools, rng, questions
        self.first, self.last = first, first + timedelta(days=DAYS - 1)
        self._states = {lead.id: _State(lead, lead.facts) for lead in leads}
        self._accounts: dict[str, list[str]] = defaultdict(list)
        self._happen: dict[date, list[tuple[str, Action, str | None, str]]] = defaultdict(list)
        self._back: dict[date, list[tuple[str, bool]]] = defaultdict(list)
        self._told: dict[date, list[str]] = defaultdict(list)
        self._due: dict[date, set[str]] = defaultdict(set)
        self._sales: dict[str, list[YearSales]] = defaultdict(list)
        self._touches: list[YearTouch] = []
        self._acts: list[YearAct] = []
        self._looks: list[YearLook] = []
        for lead in leads:
            self._accounts[lead.account].append(lead.id)
            on = first + timedelta(days=lead.starts)
            self._due[on].add(lead.id)
            if lead.entry is not None:
                note = rng.choice(questions) if lead.entry is Action.ASKED else ""
                self._happen[on].append((lead.id, lead.entry, None, note))

    def play(self, progress: Progress) -> YearLog:
        """Tell the year day by day."""
        for n in range(DAYS):
            today = self.first + timedelta(days=n)
            self._morning(today)
            waiting = sorted(self._due.pop(today, ()))
            self._rng.shuffle(waiting)
            for lead_id in waiting:
                self._decide(self._states[lead_id], today)
            progress(n + 1, DAYS)
        return YearLog(
            self.first, self.last,
            {i: s.facts for i, s in self._states.items()},
            {i: s.lead.account for i, s in self._states.items()},
            tuple(self._touches), tuple(self._acts), tuple(self._looks),
            tuple(span for spans in self._sales.values() for span in spans),
        )  # fmt: skip

    def ends(self) -> Counter[str]:
        """Where leads stand at the end, by the track or the bucket they are in."""
        return Counter(_stands(s) for s in self._states.values())

    def _morning(self, today: date) -> None:
        """What leads did, what they told, and what sales did, before anybody decides."""
        for lead_id, action, asset, note in self._happen.pop(today, ()):
            state = self._states[lead_id]
            if action is not Action.OPTED_OUT and self._said_no(state):
                continue
            self._act(state, HistoryEntry(action, today, asset, note))
        for lead_id in self._told.pop(today, ()):
            state = self._states[lead_id]
            state.facts = replace(state.facts, problem=state.facts.problem or "Stops every week")
            self._due[today].add(lead_id)
        for lead_id, won in self._back.pop(today, ()):
            self._from_sales(self._states[lead_id], today, won=won)

    def _act(self, state: _State, entry: HistoryEntry) -> None:
        state.history.append(entry)
        self._acts.append(YearAct(state.lead.id, entry.on, entry.action, entry.note))
        self._due[entry.on].add(state.lead.id)

    def _from_sales(self, state: _State, today: date, *, won: bool) -> None:
        held = state.handover
        if held is None:
            return
        spans = self._sales[state.lead.id]
        spans[-1] = replace(spans[-1], until=today)
        state.facts = replace(state.facts, qualified=False)
        if won:
            state.facts = replace(state.facts, stage=Stage.CUSTOMER)
            self._act(state, HistoryEntry(Action.BOUGHT, today))
        else:
            state.handover = replace(held, back_on=today, back_by="sales")
            self._due[today].add(state.lead.id)

    def _decide(self, state: _State, today: date) -> None:
        profile, kept = self._profile(state, today), Kept(state.plan, state.handover)
        stage = self._tools.stage_reader.read(profile, today, {})
        place = place_of_lead(profile, today, stage.stage, self._tools, kept)
        state.last = place
        if place.ended and state.plan and state.plan.ended_on is None:
            state.plan = replace(state.plan, ended_on=today, ended_because=place.ended)
        pace = decide_pace(
            profile, today, self._tools.pacing, stage, hear=self._tools.request_reader,
            plan=place.pace,
        )  # fmt: skip
        if pace.decision is PaceDecision.SEND:
            found = recommend_for(Ask(today, state.lead.id), profile, self._tools, kept=kept)
            again = self._send(state, found, today)
            pace = found.pace
        else:
            again = self._other(state, pace, today)
        state.look = again
        self._looks.append(YearLook(state.lead.id, today, pace.decision, pace.rule, again))
        if again is not None:
            self._due[again].add(state.lead.id)

    def _send(self, state: _State, found: Recommendation, today: date) -> date | None:
        """A rep makes the touch, or does not come to it; the day to look again."""
        if found.pace.decision is not PaceDecision.SEND:
            return self._other(state, found.pace, today)
        if found.chosen is None:
            return today + timedelta(days=self._tools.pacing.all_sent_rest_days)
        if self._rng.random() < BUSY_SHARE:
            return today + timedelta(days=self._rng.randint(1, 4))
        self._begin(state, found.situation.place, today)
        return self._touch(state, found.chosen.asset.id, found, today)

    def _touch(
        self, state: _State, asset: str | None, found: Recommendation | None, today: date
    ) -> date:
        state.history.append(HistoryEntry(Action.SENT, today, asset))
        state.touched += 1
        step = found.step if found else None
        self._touches.append(YearTouch(state.lead.id, today, asset or "", step))
        self._react(state, asset, today)
        for other in self._accounts[state.lead.account]:
            if other != state.lead.id and self._states[other].look == today:
                self._due[today].add(other)
        return today + timedelta(days=1)

    def _other(self, state: _State, pace: Pace, today: date) -> date | None:
        match pace.decision:
            case PaceDecision.HAND_OVER:
                if pace.rule != "handed_over":
                    self._hand_over(state, pace, today)
                return None
            case PaceDecision.ASK:
                return self._ask(state, today)
            case _ if pace.rule == "unanswered_reply":
                answered = today + timedelta(days=self._rng.randint(0, 2))
                self._happen[max(answered, today + timedelta(days=1))].append(
                    (state.lead.id, Action.ANSWERED, None, "")
                )
        return pace.when

    def _ask(self, state: _State, today: date) -> date:
        """Ask for the problem: a touch as well, and half of them tell."""
        kept = Kept(state.plan, state.handover)
        found = recommend_for(
            Ask(today, state.lead.id), self._profile(state, today), self._tools, kept=kept
        )
        if found.pace.decision is not PaceDecision.ASK:
            return today + timedelta(days=1)
        if self._rng.random() < 0.5:
            self._told[today + timedelta(days=self._rng.randint(1, 5))].append(state.lead.id)
        return self._touch(state, None, found, today)

    def _hand_over(self, state: _State, pace: Pace, today: date) -> None:
        state.handover = Handover(
            f"h-{state.lead.id}-{today}", state.lead.id, pace.rule, pace.reason, "", 1, "", today
        )
        self._sales[state.lead.id].append(YearSales(state.lead.id, today))
        drawn = self._rng.random()
        if drawn < SALES_WINS + SALES_RETURNS:
            on = today + timedelta(days=self._rng.randint(10, 60))
            self._back[on].append((state.lead.id, drawn < SALES_WINS))

    def _begin(self, state: _State, place: Place | None, today: date) -> None:
        """As `note_plan` keeps it: a track begins with the first touch."""
        if place is None or place.track is None or place.held:
            return
        if place.trigger is not None and place.anchor is not None:
            state.plan = HeldPlan(
                place.track, place.trigger.value, place.anchor, place.touches_before, today
            )

    def _react(self, state: _State, asset: str | None, today: date) -> None:
        """What the lead does after a touch, by chance and by its kind."""
        lead, rng = state.lead, self._rng
        if state.touched > lead.fades:
            if lead.wakes and rng.random() < 0.02:
                self._soon(state, Action.VISITED, None, "", today)
            return
        if rng.random() < lead.leaves:
            self._soon(state, Action.OPTED_OUT, None, "", today)
            return
        if asset and rng.random() < lead.reads:
            self._soon(state, rng.choice((Action.CLICKED, Action.READ)), asset, "", today)
        if rng.random() < lead.replies:
            notes, weights = zip(*REPLIES, strict=True)
            (note,) = rng.choices(notes, weights)
            self._soon(state, Action.REPLIED, None, note, today)
        if rng.random() < lead.asks:
            self._soon(state, Action.ASKED, None, rng.choice(self._questions), today)
        if rng.random() < 0.03:
            own = rng.choice((Action.DOWNLOADED, Action.ATTENDED, Action.VISITED_PRICING))
            self._soon(state, own, None, "", today)

    def _soon(
        self, state: _State, action: Action, asset: str | None, note: str, today: date
    ) -> None:
        on = today + timedelta(days=self._rng.randint(1, 5))
        self._happen[on].append((state.lead.id, action, asset, note))

    def _said_no(self, state: _State) -> bool:
        return any(e.action is Action.OPTED_OUT for e in state.history)

    def _profile(self, state: _State, today: date) -> LeadProfile:
        """The lead as `recall_lead` would recall it, its account's touches included."""
        own, day = state.lead.id, today - timedelta(days=60)
        touches = tuple(
            AccountTouch(e.on, own=i == own)
            for i in self._accounts[state.lead.account]
            for e in self._states[i].history
            if e.action in TOUCHES and e.on >= day
        )
        others = [t.on for t in touches if not t.own]
        facts = replace(state.facts, account_touched_on=nearest(others, today))
        history = tuple(sorted(state.history, key=lambda e: e.on))
        back = state.handover.back_on if state.handover else None
        return LeadProfile(facts, history, (), own, account_touches=touches, given_back_on=back)


def simulate_year(
    leads: int, seed: int, tools: Tools, first: date, progress: Progress = lambda *_: None
) -> tuple[YearReport, YearLog]:
    """Play a year and check it; `BadInput` for a size that cannot be, or without any piece."""
    if not 1 <= leads <= MOST_LEADS:
        raise BadInput(f"A year takes 1 to {MOST_LEADS:,} leads.")
    if not tools.library.any_approved():
        raise BadInput("The library has no approved pieces; add some, or name an empty home.")
    began, rng = time.monotonic(), Random(seed)
    journey = load_journey(tools.settings.home)
    questions = [q for told in journey.values() for q in told.prototypes[:4]]
    own = year_tools(tools)
    year = Year(year_leads(leads, rng), questions, own, first, rng)
    log = year.play(progress)
    tracks = Counter(t.step.track or "none" for t in log.touches if t.step)
    report = YearReport(
        seed=seed, leads=leads, days=DAYS, touches=len(log.touches), decisions=len(log.looks),
        seconds=round(time.monotonic() - began, 1), by_track=dict(tracks.most_common()),
        by_rule=dict(Counter(look.rule for look in log.looks).most_common()),
        ends=dict(year.ends().most_common()),
        broken=check_year(log, plan_files(tools).tracks, tools.pacing),
    )  # fmt: skip
    return report, log


def _stands(state: _State) -> str:
    place = state.last
    if place is None:
        return "never looked at"
    if place.track:
        return f"on {place.track.id}"
    return place.bucket.bucket if place.bucket else "with sales or a customer"
