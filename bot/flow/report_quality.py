"""What a report says of drafts, leads and gaps: edits, checks, coverage of leads, misses."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from bot.flow.report_lines import LeadPath, opted_out
from knowledge.draft_parts import PARTS, compared
from knowledge.journey import Stage
from knowledge.leads import TOUCHES, Action
from knowledge.pacing_settings import PacingSettings
from knowledge.report import (
    Covered,
    Edits,
    Missed,
    MissLine,
    PartLine,
    Period,
    Promotion,
    RuleLine,
    WordLine,
)
from knowledge.shares import Share
from storage.report_rows import ActRow, CardRow, EditRow, FindingsRow, MissRow, PersonRow

FEWEST_LEADS = 5
"""A sentence is shown only when it was changed for so many leads: then it is nobody's own."""
SENTENCES_SHOWN = 6
"""Of each kind: more would be read by nobody."""
SELLING_RULES = frozenset({
    "pitch", "product_talk", "solution_too_early", "price", "meeting_ask", "urgency",
    "ready_to_buy", "checking_in", "hype", "shouting", "competitor_bashing",
})  # fmt: skip
"""Checks that find promotion or pressure; the others are about support and form."""


class _Sentences:
    """Sentences with the leads for whom each was changed."""

    def __init__(self) -> None:
        self._drafts: Counter[str] = Counter()
        self._leads: dict[str, set[str]] = defaultdict(set)

    def note(self, sentence: str, lead: str) -> None:
        """One more draft in which it was changed."""
        self._drafts[sentence] += 1
        self._leads[sentence].add(lead)

    def often(self) -> tuple[WordLine, ...]:
        """Those changed oftenest, for enough leads to be nobody's own."""
        often = [s for s in self._drafts if len(self._leads[s]) >= FEWEST_LEADS]
        often.sort(key=lambda s: (-self._drafts[s], s))
        return tuple(WordLine(s, self._drafts[s]) for s in often[:SENTENCES_SHOWN])


def edits_of(rows: Sequence[EditRow]) -> Edits:
    """What people change in drafts: by part, and the sentences changed oftenest."""
    changed, out, new = (Counter[str]() for _ in range(3))
    gone, come = _Sentences(), _Sentences()
    for row in rows:
        taken, put = compared(row.before, row.after)
        changed.update({part for part, _ in (*taken, *put)})
        for told, counted, often in ((taken, out, gone), (put, new, come)):
            for (part, sentence), count in told.items():
                counted[part] += count
                if part != "greeting" and not _speaks_of(sentence, row.lead_words):
                    often.note(sentence, row.lead or row.id)
    return Edits(
        of=len(rows),
        parts=tuple(
            PartLine(part, Share(changed[part], len(rows)), out[part], new[part])
            for part in PARTS
            if changed[part]
        ),
        taken_out=gone.often(),
        put_in=come.often(),
    )


def _speaks_of(sentence: str, lead_words: Iterable[str]) -> bool:
    """Whether a sentence holds a word of the lead's name, company or address, or an address."""
    words = {w for text in lead_words for w in re.findall(r"\w{3,}", text.casefold())}
    return "://" in sentence or bool(words & set(re.findall(r"\w{3,}", sentence.casefold())))


def rule_lines(rows: Iterable[FindingsRow], approved: Collection[str]) -> tuple[RuleLine, ...]:
    """For each check, in how many drafts it found something, and what became of that."""
    told = list(rows)
    found, mended, brought, kept = (Counter[str]() for _ in range(4))
    for row in told:
        first, last = set(row.first), set(row.last)
        found.update(first)
        mended.update(first - last)
        brought.update(last - first)
        if row.id in approved:
            kept.update(last)
    return tuple(
        RuleLine(rule, Share(found[rule], len(told)), mended[rule], brought[rule], kept[rule])
        for rule in sorted({*found, *brought})
    )


def promotion_of(rows: Iterable[FindingsRow], approved: Collection[str]) -> Promotion:
    """What sold: pieces refused, drafts in which it was found, mended or kept."""
    told = list(rows)
    first = [r for r in told if SELLING_RULES & set(r.first)]
    return Promotion(
        cards=len(told),
        pieces_refused=sum(row.refused_promotion for row in told),
        drafts_found=len(first),
        mended=sum(not SELLING_RULES & set(row.last) for row in first),
        kept=sum(bool(SELLING_RULES & set(row.last)) and row.id in approved for row in told),
    )


def covered(
    people: Sequence[PersonRow],
    path: Mapping[str, LeadPath],
    acts: Sequence[ActRow],
    snoozed: Mapping[str, date],
    pacing: PacingSettings,
    *,
    last: date,
) -> Covered:
    """Every lead on record by a day, in the first group that holds."""
    said_no = opted_out(acts, last)
    dated = {act.lead for act in acts if act.action is Action.OPTED_OUT}
    ours: dict[str, date] = {}
    for act in acts:
        if act.action in TOUCHES and act.on <= last:
            ours[act.lead] = max(ours.get(act.lead, act.on), act.on)
    groups: Counter[str] = Counter()
    for person in people:
        way = path.get(person.id, LeadPath((), ()))
        days = [day for day in (*way.touches, ours.get(person.id)) if day and day <= last]
        since = (last - max(days)).days if days else None
        stage = person.stage or (way.readings[-1].stage if way.readings else None)
        gap = pacing.plan_for(person.product_line or None, person.segment or None, stage).gap_days
        # The flag is of today: where an act says when, the act decides.
        if person.id in said_no or (person.opted_out and person.id not in dated):
            groups["opted_out"] += 1
        elif snoozed.get(person.id, last) > last:
            groups["put_off"] += 1
        elif since is None:
            groups["never"] += 1
        elif since > pacing.neglected_days:
            groups["neglected"] += 1
        else:
            groups["overdue" if since > gap else "in_step"] += 1
    return Covered(
        leads=len(people),
        never=groups["never"],
        neglected=groups["neglected"],
        overdue=groups["overdue"],
        in_step=groups["in_step"],
        put_off=groups["put_off"],
        opted_out=groups["opted_out"],
        neglected_days=pacing.neglected_days,
    )


def missed(rows: Sequence[MissRow], asks: Sequence[CardRow], period: Period) -> Missed:
    """Questions that nothing answered, counted by stage and persona."""
    told = [row for row in rows if period.holds(row.on)]
    stages = [(stage.value, [r for r in told if r.stage is stage]) for stage in Stage]
    personas = sorted({row.persona for row in told})
    by_persona = [(p or "not known", [r for r in told if r.persona == p]) for p in personas]
    return Missed(
        asks=len(asks),
        misses=len(told),
        requests=len({row.request for row in told}),
        still_open=len({row.request for row in told if row.state == "open"}),
        by_stage=_miss_lines(stages),
        by_persona=_miss_lines(by_persona),
    )


def _miss_lines(groups: Iterable[tuple[str, Sequence[MissRow]]]) -> tuple[MissLine, ...]:
    return tuple(
        MissLine(name, len(rows), len({row.request for row in rows}))
        for name, rows in groups
        if rows
    )
