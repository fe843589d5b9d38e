"""Why pieces that fit are not sent now, and what each would do for the lead all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.touch import PaceDecision, Ranked

NOT_NOW = {
    PaceDecision.SEND: "Fits as well",
    PaceDecision.WAIT: "Fits, but not now",
    PaceDecision.ASK: "May fit, once the lead's problem is known",
    PaceDecision.HAND_OVER: "Fits, but this lead is ready for sales",
}
"""Why a piece that fits is not sent, by what is done instead."""


def why_not_now(ranked: Sequence[Ranked], decision: PaceDecision) -> tuple[str, ...]:
    """One sentence for each piece, best first: the reason that all share, then its own.

    Its own is the strongest that no better piece has given, so that the list can be told apart; a
    piece with nothing of its own says under which heading it comes nearest, or no more at all.
    """
    told: set[str] = set()
    sentences = []
    for piece in ranked:
        own = next((said for said in _said_for(piece) if said not in told), "")
        told.add(own)
        sentences.append(f"{NOT_NOW[decision]}: {own}." if own else f"{NOT_NOW[decision]}.")
    return tuple(sentences)


def _said_for(piece: Ranked) -> Iterator[str]:
    for reason in piece.reasons:
        yield reason[:1].lower() + reason[1:].removesuffix(".")
    heading = piece.candidate.passage_heading.strip()
    if heading and heading.casefold() != piece.asset.title.strip().casefold():
        yield f"it comes nearest under “{heading}”"
