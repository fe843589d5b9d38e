"""What is due for one rep: leads in five lists, each lead in the most urgent one only (M55).

Fast for thousands of leads: the pace of each is decided from what is stored, and nothing is
searched, read by a model or written. Opening a row asks in full, and that answer counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from bot.flow.account import nearest
from bot.flow.due_reason import Known, known, reason_for
from bot.flow.plans import kept_handovers, kept_of_all, kept_plans, plan_files
from bot.flow.something_new import Fresh, fresh_pieces
from bot.flow.tools import Tools
from bot.flow.whose import Person, mine
from knowledge.clock import team_date
from knowledge.companies import company_key
from knowledge.due import Because, Due, DueLists, Listed, Reason
from knowledge.pacing_settings import CAP_WINDOW_DAYS
from storage.overview import LeadHead, Marks, OpenCard, Overview, Suggested

Mark = tuple[date, Marks | None, tuple[Suggested, ...], date | None, tuple[date, ...], object]
"""All that a row depends on: the day, facts and acts, suggestions, the account's touches, and the
plan."""


class DueBook:
    """What was worked out before, by person and lead, with what it was worked out from.

    Most leads have not changed since a list was opened last; one for the whole process.
    """

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, tuple[Mark, Due | None]]] = {}
        self.shelf: tuple[str, tuple[Fresh, ...]] | None = None
        """The library's revision, and its pieces with the day they came out, the latest first."""

    def of(self, user: str) -> dict[str, tuple[Mark, Due | None]]:
        """What is known for a person, by lead id."""
        return self._rows.get(user, {})

    def keep(self, user: str, rows: dict[str, tuple[Mark, Due | None]]) -> None:
        """Put what holds now in the place of all that was known for a person."""
        self._rows[user] = rows


def due_lists(person: Person, tools: Tools) -> DueLists:
    """Work out what is due for a person today, by the team's calendar."""
    today = team_date(tools.clock, tools.settings.time_zone)
    overview = Overview(tools.db, tools.settings.time_zone)
    heads = overview.heads()
    theirs = mine(person, heads, overview.asked_about())
    rows = _rows(person, theirs, Accounts(heads, overview, today, tools), overview, tools)
    rows += [_card_of_nobody(card) for card in overview.nameless_cards(person.user)]
    lists: dict[Listed, list[Due]] = defaultdict(list)
    for row in sorted(rows, key=_urgency):
        lists[row.why.listed].append(row)
    ordered = {listed: tuple(lists[listed]) for listed in Listed if lists[listed]}
    return DueLists(today, len(theirs), ordered)


def _rows(
    person: Person, theirs: Iterable[str], accounts: Accounts, overview: Overview, tools: Tools
) -> list[Due]:
    """A row for each lead with a reason; only what changed is worked out anew."""
    marks, suggested = overview.marks(), overview.suggested(list(theirs))
    plans, sales = kept_plans(tools).marks(), kept_handovers(tools).marks()
    files, pieces = plan_files(tools), fresh_pieces(tools)
    newest = pieces[0].on if pieces else None
    before, now = tools.due_book.of(person.user), {}
    anew: dict[str, Mark] = {}
    for lead_id in theirs:
        mark: Mark = (
            accounts.today, marks.get(lead_id), suggested.get(lead_id, ()),
            accounts.touched_on(lead_id), accounts.touches(lead_id),
            (plans.get(lead_id), sales.get(lead_id), id(files.segments), id(files.tracks), newest),
        )  # fmt: skip
        held = before.get(lead_id)
        if held and held[0] == mark:
            now[lead_id] = held
        else:
            anew[lead_id] = mark
    kept = kept_of_all(anew.keys(), tools)
    for lead in overview.leads(anew):
        lead_id = str(lead.record.lead_id)
        mark = anew[lead_id]
        recalled = known(lead, mark[2], mark[3], tools, kept=kept[lead_id], account_touches=mark[4])
        why = reason_for(recalled, person.user, accounts.today, tools)
        now[lead_id] = (mark, _row(recalled, why) if why else None)
    tools.due_book.keep(person.user, now)
    return [row for _, row in now.values() if row]


class Accounts:
    """Who touched which account lately, looked up once for all leads (M16, M35)."""

    def __init__(
        self, heads: Sequence[LeadHead], overview: Overview, today: date, tools: Tools
    ) -> None:
        self.today = today
        self._keys: dict[str, str] = {}
        self._own = {h.id: h.account_touched_on for h in heads}
        self._days: dict[str, list[tuple[str, date]]] = defaultdict(list)
        self._ours: dict[str, list[date]] = defaultdict(list)
        days_back = max(tools.pacing.account_quiet_days, CAP_WINDOW_DAYS)
        touched = overview.touched(today - timedelta(days=days_back))
        for head in heads:
            ours = [d for d in touched.get(head.id, ()) if d <= today]
            days = [*ours, *([head.account_touched_on] if head.account_touched_on else [])]
            if head.company and (key := company_key(head.company)):
                self._keys[head.id] = key
                self._days[key] += [(head.id, day) for day in days]
                self._ours[key] += ours

    def touches(self, lead_id: str) -> tuple[date, ...]:
        """Our touches of anybody in the lead's account in the last week, itself included."""
        since = self.today - timedelta(days=CAP_WINDOW_DAYS)
        days = self._ours.get(self._keys.get(lead_id, ""), ())
        return tuple(sorted(d for d in days if d > since))

    def touched_on(self, lead_id: str) -> date | None:
        """The nearest contact of ours with the lead's account, the lead's own history aside."""
        others = self._days.get(self._keys.get(lead_id, ""), ())
        days = [day for who, day in others if who != lead_id]
        own = self._own[lead_id]
        return nearest([*days, *([own] if own else [])], self.today)


def _row(lead: Known, why: Reason) -> Due:
    facts = lead.profile.facts
    return Due(why, lead.profile.lead_id, facts.name, facts.company, lead.stage)


def _card_of_nobody(card: OpenCard) -> Due:
    because = Because.EDITED_CARD if card.edited else Because.CARD
    why = Reason(Listed.REVIEW, because, card.on, card=card.suggestion_id)
    return Due(why, None, card.name, card.company, card.stage)


def _urgency(row: Due) -> tuple[date, str, str]:
    """Whoever waits longest comes first; a lead of no known day before all."""
    return row.why.on or date.min, row.name or "", row.lead_id or ""
