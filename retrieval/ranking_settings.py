"""How much each ranking rule weighs, and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """Points of each rule, on the scale of the fused retrieval score (0 to 1).

    Relevance leads: a question's best asset and a random one lie about 0.4 apart, the best and the
    fifth about 0.1 to 0.15. All other rules together stay near 0.4, so that they choose among
    pieces that answer and cannot lift one that does not. Except where a line says otherwise the
    figures are judgement, to be fitted once there are decisions to learn from.
    """

    relevance: float = 1.0
    weak_similarity: float = 0.2
    """Cosine under which a piece has nothing to do with the lead's situation, when no question was
    asked; for questions the search's own measured threshold (`Candidate.answers`) decides."""
    sure_answer: float = 0.55
    """Fused score from which a card says "it answers" and not "it comes near". Of openstatus' 332
    questions, 93 % of the labelled pieces score as much, and 26 % of the pieces in fifth place."""
    several_answers: float = 0.04
    """For each further question that one piece answers (M20: one touch, one asset)."""
    same_stage: float = 0.12
    earlier_stage: float = 0.06
    """One stage early still teaches; two early does nothing."""
    later_stage: tuple[float, float, float, float] = (-0.06, -0.16, -0.26, -0.26)
    """One, two, three or four stages too late: talk of solutions before its time (M22, M27)."""
    least_stage_trust: float = 0.4
    """A guessed stage counts by its confidence, but never less than this."""
    persona: float = 0.08
    other_persona: float = -0.04
    industry: float = 0.06
    other_industry: float = -0.06
    company_size: float = 0.04
    other_company_size: float = -0.04
    buying_role: float = 0.05
    product: float = 0.05
    wish: float = 0.06
    """At most, when every word of an obstacle or outcome is in title, topics or description."""
    convincing: float = 0.10
    """Material to win colleagues over, for one who must (M36)."""
    same_format: tuple[float, ...] = (-0.04, -0.02, -0.01)
    """The same type as the last, last but one ... piece (M44)."""
    fresh: float = 0.02
    fresh_days: int = 365
    stale: float = -0.03
    stale_days: int = 1095
