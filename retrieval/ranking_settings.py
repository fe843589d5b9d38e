"""How much each ranking rule weighs, and why."""

from __future__ import annotations

from dataclasses import dataclass

ANCHORS = (0.226, 0.627)
"""Scores that all weights here are set against: the medians, over the preferences on relevance, of
the piece that should not come first and of the one that should, when the weights were set."""


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """Points of each rule, on a scale where a right and a wrong piece lie about 0.4 apart.

    Set on the open two thirds of the preferences in `benchmarks/ranking`, near to what was judged
    before and rounded; `python -m benchmarks.ranking_weights` measures them and what each rule is
    for (benchmarks/README.md). Relevance leads: a piece that answers clearly better (0.15) wins
    over one that merely fits the stage. Where a line gives no other evidence, that benchmark is it;
    but a rule whose row shows no loss there (several_answers, company_size, buying_role, product,
    obstacle, committee, trust, same_format) is judgement, until there are decisions to learn from.
    """

    relevance: float = 1.0
    relevance_scale: tuple[float, float] = (0.195, 0.536)
    """The same two medians with the search as it is now: when its scores shift, measure them again
    with `python -m benchmarks.ranking_weights --scale`, and every weight here keeps its meaning."""
    weak_similarity: float = 0.2
    """Cosine under which a piece has nothing to do with the lead's situation, when no question was
    asked; for questions the search's own measured threshold (`Candidate.answers`) decides."""
    sure_answer: float = 0.55
    """Calibrated score from which a card says "it answers" and not "it comes near". Of openstatus'
    332 questions, 93 % of the labelled pieces score as much, and 26 % of those in fifth place."""
    several_answers: float = 0.04
    """For each further question that one piece answers (M20: one touch, one asset)."""
    asked_for: float = 0.30
    """The kind of answer that a question without a subject asks for (M43). As much as the search
    can be wrong there: "How much is it?" is nearest to a piece on how much stock is enough."""
    same_stage: float = 0.11
    earlier_stage: float = 0.03
    """One stage early still teaches; two early does nothing."""
    later_stage: tuple[float, float, float, float] = (-0.05, -0.06, -0.07, -0.08)
    """One, two, three or four stages too late: talk of solutions before its time (M22, M27). With
    0.06 to 0.26, as it was, a late piece lost though only it answered; and one that is out of place
    at any score is refused as promotional, not outweighed."""
    least_stage_trust: float = 0.4
    """A guessed stage counts by its confidence, but never less than this."""
    persona: float = 0.08
    other_persona: float = -0.04
    industry: float = 0.08
    other_industry: float = -0.08
    company_size: float = 0.05
    other_company_size: float = -0.08
    buying_role: float = 0.07
    product: float = 0.05
    outcome: float = 0.10
    obstacle: float = 0.08
    """Both at most, when every word of it is in title, topics or description (M28)."""
    convincing: float = 0.12
    """Material to win colleagues over, for one who must (M36)."""
    committee: float = 0.06
    """Something to pass on to a role of the account that nobody reached (M35)."""
    trust: float = 0.06
    """A kind of piece that closes a gap in trust (M37)."""
    same_format: tuple[float, ...] = (-0.06, -0.03, -0.015)
    """The same type as the last, last but one ... piece (M44)."""
    track: float = 0.06
    """What the last act calls for (M45)."""
    fresh: float = 0.03
    fresh_days: int = 365
    stale: float = -0.06
    stale_days: int = 1095
    """A year and three: judgement, short enough that figures in a piece still hold."""

    def calibrated(self, score: float) -> float:
        """A score of the search on the scale that the other weights are set for."""
        low, high = self.relevance_scale
        return ANCHORS[0] + (score - low) * (ANCHORS[1] - ANCHORS[0]) / (high - low)
