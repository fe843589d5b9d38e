"""A manager's weekly sample: some by chance, some by risk, drawn once and by nobody's choice."""

from __future__ import annotations

from collections import Counter

from bot.flow.permitting import require
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.review import Drawn, How, Sampled, Verdict, week_before
from knowledge.review_risk import Material, risk_of, unusual_reps, weighted_order
from knowledge.roles import Act
from storage.sampling import Samples


def samples(tools: Tools) -> Samples:
    """The kept samples, by the team's weeks."""
    return Samples(tools.db, tools.audit, tools.clock, tools.settings.time_zone)


def week_to_review(tools: Tools) -> str:
    """The last whole week: its suggestions are all made, and most are decided."""
    return week_before(team_date(tools.clock, tools.settings.time_zone))


def sample_of(week: str, user: str, tools: Tools) -> tuple[Sampled, ...]:
    """The sample of a week, drawn now when nobody asked for it before; `NotAllowed`."""
    require(user, Act.REVIEW_TOUCHES, tools)
    kept = samples(tools)
    found = kept.of(week)
    if found is not None:
        return found
    material = kept.material(week)
    drawn = draw(
        material,
        kept.marks(week, (m.id for m in material)),
        unusual_reps(Counter(m.rep for m in material), kept.past(week)),
        (tools.settings.sample_random, tools.settings.sample_risk),
    )
    return kept.keep(week, drawn, user, len(material))


def judge(week: str, suggestion_id: str, verdict: Verdict, user: str, tools: Tools) -> Sampled:
    """Mark a sampled suggestion as reviewed; `NotAllowed`, `NotFound`."""
    require(user, Act.REVIEW_TOUCHES, tools, about=suggestion_id)
    return samples(tools).judge(week, suggestion_id, verdict, user)


def draw(
    material: list[Material],
    marks: dict[str, float],
    unusual: frozenset[str],
    sizes: tuple[int, int],
) -> list[Drawn]:
    """First the risky ones, the weightiest on top, then as many by pure chance; each once.

    `marks` are the week's random numbers, `sizes` how many by chance and by risk. What chance alone
    draws does not depend on the risks.
    """
    by_chance, by_risk = sizes
    risks = {m.id: risk_of(m, unusual=unusual) for m in material}
    chance = sorted(marks, key=lambda i: (marks[i], i))[:by_chance]
    rest = {i: r.score for i, r in risks.items() if i not in set(chance)}
    # The other end of the same numbers, so that being drawn by chance says nothing of the other.
    flipped = {i: 1 - marks[i] for i in rest}
    risky = sorted(
        weighted_order(flipped, rest)[:by_risk], key=lambda i: (-risks[i].score, marks[i])
    )
    return [
        Drawn(i, how, risks[i].score, tuple(s.value for s in risks[i].signs))
        for how, ids in ((How.RISK, risky), (How.RANDOM, chance))
        for i in ids
    ]
