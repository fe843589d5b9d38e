"""Which list one lead stands in, and why: the first that applies, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.flow.choosing import OPTED_OUT
from bot.flow.plans import NOTHING, Kept, given_back, place_by, plan_files
from bot.flow.recalling import as_known, in_team_zone
from bot.flow.something_new import fresh_pieces, is_long_term, new_for
from bot.flow.tools import Tools
from knowledge import lead_record
from knowledge.channels import open_channels
from knowledge.due import Because, Listed, Reason
from knowledge.journey import Stage
from knowledge.leads import AccountTouch, Action, HistoryEntry, LeadProfile
from knowledge.pacing import decide_pace
from knowledge.plan_place import Place
from knowledge.plan_rules import Standing
from knowledge.product_lines import for_line
from knowledge.touch import Pace, PaceDecision, StageReading
from storage.overview import LeadOverview, Suggested


@dataclass(frozen=True, slots=True)
class Known:
    """A lead as an ask would recall it, with what was suggested for it here."""

    profile: LeadProfile
    suggested: tuple[Suggested, ...]
    added_on: date
    kept: Kept = NOTHING

    @property
    def stage(self) -> Stage | None:
        """The stage on record, else the one read last."""
        last = self.suggested[-1].stage if self.suggested else None
        return self.profile.facts.stage or last

    @property
    def last_decision(self) -> Suggested | None:
        """What was decided last about a suggestion for this lead."""
        decided = [(s.decided_at, n) for n, s in enumerate(self.suggested) if s.decided_at]
        return self.suggested[max(decided)[1]] if decided else None


_SPEAKS = frozenset({
    Action.ASKED, Action.REPLIED, Action.REQUESTED_DEMO, Action.REQUESTED_QUOTE,
    Action.BOOKED_MEETING,
})  # fmt: skip
"""Acts by which a lead turns to us."""

_HEEDED = frozenset({"all_sent", "no_channel"})
"""Waits that only a full ask finds out; until its date the last such answer holds."""


def known(
    lead: LeadOverview,
    suggested: tuple[Suggested, ...],
    account_touched_on: date | None,
    tools: Tools,
    *,
    kept: Kept = NOTHING,
    account_touches: tuple[date, ...] = (),
) -> Known:
    """The lead as `recall_lead` would recall it, as far as the pace goes by it."""
    made = Known(lead.record, suggested, lead.added_on, kept)
    last = made.last_decision
    snoozed = last.snoozed_until if last and last.state == "snoozed" else None
    approved = sorted(
        (s.decided_at, s.id, HistoryEntry(Action.SENT, s.touched_on, s.asset_id))
        for s in suggested
        if s.decided_at and s.touched_on
    )
    sent = sorted((entry for _, _, entry in approved), key=lambda entry: entry.on)
    profile = as_known(lead.record, sent, snoozed)
    facts = replace(
        for_line(profile.facts, profile.facts.product_line),
        replied_at=in_team_zone(profile.facts.replied_at, tools),
        answered_at=in_team_zone(profile.facts.answered_at, tools),
        account_touched_on=account_touched_on,
    )
    touches = tuple(AccountTouch(on) for on in account_touches)
    whole = replace(profile, facts=facts, account_touches=touches, given_back_on=given_back(kept))
    return replace(made, profile=whole)


def place_in(lead: Known, today: date, tools: Tools) -> Place:
    """Where the lead stands in its plan, by the record alone."""
    standing = Standing(lead.profile, today, lead.stage, lead.kept.source)
    return place_by(standing, lead.kept, plan_files(tools))


def pace_of(lead: Known, today: date, tools: Tools, place: Place) -> Pace | None:
    """What an ask would decide by the record alone; None when no channel is left just now.

    A lead's words are heard by rule; the ask itself hears them by the sentence model as well.
    """
    left = open_channels(lead.profile, today, tools.pacing.call_after_download_days)
    channel = left[0] if left and "email" not in left else "email"
    stage = StageReading(lead.stage, 1.0, ()) if lead.stage else None
    pace = decide_pace(lead.profile, today, tools.pacing, stage, channel, plan=place.pace)
    return None if pace.decision is PaceDecision.SEND and not left else pace


def reason_for(lead: Known, user: str, today: date, tools: Tools) -> Reason | None:
    """Why this lead stands in a list of this person's, or None while there is nothing to do."""
    if _put_off(lead, today):
        return None
    place = place_in(lead, today, tools)
    pace = pace_of(lead, today, tools, place)
    if pace is None or pace.rule in {OPTED_OUT, "handed_over"}:
        return None
    if pace.decision is PaceDecision.HAND_OVER:
        return Reason(Listed.READY, Because.READY, _turned_to_us(lead.profile, today), pace.reason)
    asked = unanswered(lead.profile, today)
    card = _card_of(lead, user)
    if card and not (asked and asked.on and asked.on > card.on):
        because = Because.EDITED_CARD if card.state == "edited" else Because.CARD
        return Reason(Listed.REVIEW, because, card.on, card=card.id)
    due = asked or _due(lead, pace, today, tools)
    return due or _with_news(_neglected(lead, pace, today, tools), lead, place, tools)


def unanswered(profile: LeadProfile, today: date) -> Reason | None:
    """The reply or question that nobody answered, a reply first."""
    past = lead_record.past(profile, today)
    if waiting := lead_record.waiting_since(profile, today):
        words = [e.note for e in past if e.action is Action.REPLIED and e.on == waiting.on]
        told = words[-1] if words else ""
        return Reason(Listed.ASKED, Because.REPLIED, waiting.on, told)
    places = [n for n, e in enumerate(past) if e.action is Action.ASKED]
    facts = profile.facts
    if not places or facts.waiting_for_answer is False:
        return None
    asked = past[places[-1]]
    answered = any(e.action in lead_record.ANSWERS for e in past[places[-1] + 1 :])
    if answered or (facts.answered_at and facts.answered_at.date() >= asked.on):
        return None
    return Reason(Listed.ASKED, Because.ASKED, asked.on, asked.note)


def _put_off(lead: Known, today: date) -> bool:
    """Whether a rep said not now until a day to come, and the lead has not turned to us since."""
    last = lead.last_decision
    if last is None or last.state != "snoozed" or (last.snoozed_until or today) <= today:
        return False
    since = last.decided_on or today
    return not any(e.action in _SPEAKS and since < e.on <= today for e in lead.profile.history)


def _turned_to_us(profile: LeadProfile, today: date) -> date | None:
    return max(
        (e.on for e in profile.history if e.action in _SPEAKS and e.on <= today), default=None
    )


def _card_of(lead: Known, user: str) -> Suggested | None:
    """The card this person has to review: the latest draft made for them, while it is open."""
    drafts = [s for s in lead.suggested if s.has_draft and s.asked_by == user]
    return drafts[-1] if drafts and drafts[-1].is_open else None


def _due(lead: Known, pace: Pace, today: date, tools: Tools) -> Reason | None:
    """A touch whose day has come, unless that day is long past: then the lead is neglected."""
    if not _may_touch(lead, pace, today):
        return None
    ask_first = pace.decision is PaceDecision.ASK
    last = lead_record.last_touch(lead.profile, today)
    because, came = _later_date(lead, last, today)
    if came is None and last is not None:
        because, came = Because.GAP_OVER, min(today, last + timedelta(days=pace.gap_days))
    if came is None or _is_long(max(came, last or came), today, tools):
        return None
    if because is Because.GAP_OVER and last and _is_long(last, today, tools):
        return None
    return Reason(Listed.DUE, because, came, ask_first=ask_first)


def _later_date(lead: Known, last: date | None, today: date) -> tuple[Because, date | None]:
    """The day that was agreed for hearing from us again, when it has come since our last touch."""
    came = lead_record.later_date(lead.profile, today)
    if came is None or came > today or (last and came <= last):
        return Because.LATER_DATE_CAME, None
    decided = lead.last_decision
    by_rep = decided is not None and decided.snoozed_until == came
    return (Because.PUT_OFF_OVER if by_rep else Because.LATER_DATE_CAME), came


def _neglected(lead: Known, pace: Pace, today: date, tools: Tools) -> Reason | None:
    """Never touched, or not for long; a spent budget rests its time first (M1, M55)."""
    last = lead_record.last_touch(lead.profile, today)
    if pace.rule == "budget":
        rested = last is None or (today - last).days >= tools.pacing.budget_rest_days
        return Reason(Listed.NEGLECTED, Because.BUDGET_SPENT, last) if rested else None
    if not _may_touch(lead, pace, today):
        return None
    ask_first = pace.decision is PaceDecision.ASK
    if last is None:
        return Reason(Listed.NEGLECTED, Because.NEVER_TOUCHED, lead.added_on, ask_first=ask_first)
    return Reason(Listed.NEGLECTED, Because.LONG_UNTOUCHED, last, ask_first=ask_first)


def _with_news(why: Reason | None, lead: Known, place: Place, tools: Tools) -> Reason | None:
    """A neglected long-term lead with the piece that is new for it, where there is one (M55)."""
    if why is None or why.on is None or not is_long_term(place):
        return why
    if why.because is Because.NEVER_TOUCHED:
        return why
    piece = new_for(lead.profile, lead.stage, why.on, fresh_pieces(tools))
    return replace(why, because=Because.SOMETHING_NEW, told=piece.title) if piece else why


def _may_touch(lead: Known, pace: Pace, today: date) -> bool:
    if pace.decision not in {PaceDecision.SEND, PaceDecision.ASK}:
        return False
    last = lead.suggested[-1] if lead.suggested else None
    told_to_wait = last is not None and last.rule in _HEEDED and (last.act_on or today) > today
    return not told_to_wait


def _is_long(since: date, today: date, tools: Tools) -> bool:
    return (today - since).days > tools.pacing.neglected_days
