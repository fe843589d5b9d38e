"""The report's figures once more, counted the plain way from raw rows: a second opinion.

No code of the report is used here. Days are those of UTC, and every lead's days are walked one by
one where the report takes shortcuts.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import text

from tests.databases import opened

ORDER = ["awareness", "interest", "consideration", "decision", "customer"]
REACTIONS = {
    "clicked", "downloaded", "read", "watched", "attended", "registered", "forwarded", "asked",
    "replied", "visited_pricing", "requested_demo", "requested_quote", "booked_meeting",
    "opted_in", "bought",
}  # fmt: skip
DAYS = 21


def _plain(value: Any) -> Any:
    """As SQLite keeps it: a text, whatever the other database makes of it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, dict | list) else value


@dataclass
class Naive:
    """Rows of a home as dictionaries."""

    suggestions: list[dict[str, Any]] = field(default_factory=list)
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    acts: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    misses: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path) -> Naive:
        with opened(home) as db:

            def rows(query: str) -> list[dict[str, Any]]:
                found = db.execute(text(query)).mappings()
                return [{name: _plain(value) for name, value in row.items()} for row in found]

            made = rows(
                "select s.*, o.outcome, o.helped, t.card, t.checks, t.original_body, t.body "
                "from suggestion s left join touch_outcome o on o.suggestion_id = s.id "
                "left join suggestion_text t on t.suggestion_id = s.id"
            )
            for row in made:
                row["at"] = datetime.fromisoformat(row["created_at"])
                row["on"] = row["at"].date()
                decided = row["decided_at"]
                sent = row["sent_on"] or (decided or "")[:10]
                is_touch = row["state"] == "approved" and row["asset_id"]
                row["touched"] = date.fromisoformat(sent) if is_touch else None
                row["is_card"] = row["decision"] == "send" and row["asset_id"] is not None
                row["card"] = json.loads(row["card"]) if row["card"] else None
                row["checks"] = json.loads(row["checks"] or "null")
            leads = rows("select id, facts from lead")
            return cls(
                sorted(made, key=lambda r: (r["at"], r["id"])),
                {row["id"]: json.loads(row["facts"]) for row in leads},
                rows("select * from lead_history"),
                rows(
                    "select lead_id, learnt_at, cast(value as text) as value from lead_fact "
                    "where fact = 'stage' order by learnt_at"
                ),
                rows(
                    "select m.*, r.stage as asked_at, r.id as request, r.group_id, g.state "
                    "from content_miss m join content_request r on r.id = m.request_id "
                    "left join request_group g on g.id = r.group_id"
                ),
                {r["slack_user"]: r["name"] for r in rows("select * from person_name")},
                {r["id"]: r["title"] for r in rows("select id, title from asset")},
            )

    def readings(self, lead: str) -> list[tuple[date, str]]:
        told = [
            (r["at"], r["on"], r["stage"])
            for r in self.suggestions
            if r["lead_id"] == lead and r["stage_confidence"] >= 0.5
        ]
        for fact in self.facts:
            if fact["lead_id"] == lead:
                at = datetime.fromisoformat(fact["learnt_at"])
                told.append((at, at.date(), json.loads(fact["value"])))
        return [(on, stage) for _, on, stage in sorted(told, key=lambda one: one[0])]

    def touch_days(self, lead: str) -> list[date]:
        mine = [r for r in self.suggestions if r["lead_id"] == lead and r["touched"]]
        return sorted(r["touched"] for r in mine)

    def touches(self, first: date, last: date) -> list[dict[str, Any]]:
        return [r for r in self.suggestions if r["touched"] and first <= r["touched"] <= last]

    def judge(self, touch: dict[str, Any], today: date) -> tuple[str | None, bool | None]:
        """Where the lead stood afterwards, and whether it reacted."""
        lead, on = touch["lead_id"], touch["touched"]
        if lead not in self.leads:
            return None, None
        later = [day for day in self.touch_days(lead) if day > on]
        end = on + timedelta(days=DAYS)
        until = min([end, *later])
        stood = [s for day, s in self.readings(lead) if day <= on]
        change = None
        if stood and until <= today:
            now = [s for day, s in self.readings(lead) if on < day <= until]
            moved = ORDER.index(now[-1]) - ORDER.index(stood[-1]) if now else 0
            change = "forward" if moved > 0 else "back" if moved < 0 else "none"
        if end >= today:
            return change, None
        reacted = False
        for act in self.acts:
            if act["lead_id"] != lead or act["action"] not in REACTIONS:
                continue
            day = date.fromisoformat(act["happened_on"])
            if day > today:
                continue
            about_it = act["asset_id"] == touch["asset_id"] and on <= day <= end
            other = not act["asset_id"] and on < day <= until
            reacted = reacted or about_it or other
        if touch["outcome"] in {"replied", "moved_on"}:
            reacted = True
        if touch["outcome"] == "opted_out":
            reacted = False
        return change, reacted

    def line(self, touches: list[dict[str, Any]], today: date) -> dict[str, Any]:
        judged = [self.judge(t, today) for t in touches]
        changes = [c for c, _ in judged if c]
        reacted = [r for _, r in judged if r is not None]
        return {
            "touches": len(touches),
            "leads": len({t["lead_id"] for t in touches}),
            "forward": (changes.count("forward"), len(changes)),
            "back": (changes.count("back"), len(changes)),
            "reacted": (sum(reacted), len(reacted)),
        }

    def in_stage(self, touch: dict[str, Any]) -> int:
        """The number of this touch since the lead came to the stage where it then stood."""
        begun, stage = date.min, None
        for day, read in self.readings(touch["lead_id"]):
            if day > touch["touched"]:
                break
            if read != stage:
                begun, stage = day, read
        days = self.touch_days(touch["lead_id"])
        return len([d for d in days if begun <= d <= touch["touched"]])

    def moves(self, first: date, last: date) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for lead in self.leads:
            stage = None
            for day, read in self.readings(lead):
                if stage is not None and read != stage and first <= day <= last:
                    found[stage, read] += 1
                stage = read
        return found

    def stage_times(self, first: date, last: date) -> dict[str, dict[str, Any]]:
        ended: dict[str, list[tuple[str, int]]] = defaultdict(list)
        still: dict[str, list[int]] = defaultdict(list)
        for lead in self.leads:
            begun, stage = None, None
            for day, read in self.readings(lead):
                if day > last:
                    break
                if stage is not None and read != stage and begun is not None:
                    if first <= day:
                        way = "forward" if ORDER.index(read) > ORDER.index(stage) else "back"
                        ended[stage].append((way, (day - begun).days))
                    begun = day
                begun = begun or day
                stage = read
            if stage is not None and begun is not None:
                still[stage].append((last - begun).days)
        return {
            stage: {
                "forward": len([1 for way, _ in ended[stage] if way == "forward"]),
                "back": len([1 for way, _ in ended[stage] if way == "back"]),
                "days": median(d for _, d in ended[stage]) if ended[stage] else None,
                "still": len(still[stage]),
                "still_days": median(still[stage]) if still[stage] else None,
            }
            for stage in ORDER
        }

    def covered(self, last: date, gap: int = 7, neglected: int = 60) -> Counter[str]:
        groups: Counter[str] = Counter()
        for lead, facts in self.leads.items():
            ours = [d for d in self.touch_days(lead) if d <= last]
            out = False
            for act in sorted(self.acts, key=lambda a: (a["happened_on"], a["id"])):
                day = date.fromisoformat(act["happened_on"])
                if act["lead_id"] == lead and day <= last:
                    if act["action"] in {"sent", "called"}:
                        ours.append(day)
                    if act["action"] in {"opted_out", "opted_in"}:
                        out = act["action"] == "opted_out"
            ever = any(a["lead_id"] == lead and a["action"] == "opted_out" for a in self.acts)
            mine = [
                r
                for r in self.suggestions
                if r["lead_id"] == lead
                and r["decided_at"]
                and date.fromisoformat(r["decided_at"][:10]) <= last
            ]
            decided = max(mine, key=lambda r: (r["decided_at"], r["created_at"]), default=None)
            until = decided["snoozed_until"] if decided and decided["state"] == "snoozed" else None
            if out or (facts.get("opted_out") and not ever):
                groups["opted_out"] += 1
            elif until and date.fromisoformat(until) > last:
                groups["put_off"] += 1
            elif not ours:
                groups["never"] += 1
            elif (last - max(ours)).days > neglected:
                groups["neglected"] += 1
            else:
                groups["overdue" if (last - max(ours)).days > gap else "in_step"] += 1
        return groups
