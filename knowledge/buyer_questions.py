"""The six questions every buyer has at every stage, and how people name them (M43)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from knowledge.errors import BadInput


class BuyerQuestion(StrEnum):
    """What a buyer wants to know; the journey map has each in the words of a stage."""

    HELP = "help"
    HASSLE = "hassle"
    WORK = "work"
    RIVALS = "rivals"
    CREDIBLE = "credible"
    AFFORD = "afford"


IN_SHORT = {
    BuyerQuestion.HELP: "Will it help us?",
    BuyerQuestion.HASSLE: "Is it worth the hassle?",
    BuyerQuestion.WORK: "Will it work, and can they prove it?",
    BuyerQuestion.RIVALS: "Is somebody else better?",
    BuyerQuestion.CREDIBLE: "Is the company credible?",
    BuyerQuestion.AFFORD: "Can we afford it?",
}

ALIASES = {
    "benefit": BuyerQuestion.HELP,
    "effort": BuyerQuestion.HASSLE,
    "proof": BuyerQuestion.WORK,
    "alternatives": BuyerQuestion.RIVALS,
    "comparison": BuyerQuestion.RIVALS,
    "trust": BuyerQuestion.CREDIBLE,
    "company": BuyerQuestion.CREDIBLE,
    "cost": BuyerQuestion.AFFORD,
    "price": BuyerQuestion.AFFORD,
    "money": BuyerQuestion.AFFORD,
}


def parse_buyer_question(text: str) -> BuyerQuestion:
    """The question that a person named; `BadInput` names the six there are."""
    word = text.strip().lower()
    if word in ALIASES:
        return ALIASES[word]
    by_wording = {said.lower().rstrip("?"): question for question, said in IN_SHORT.items()}
    if word.rstrip("?") in by_wording:
        return by_wording[word.rstrip("?")]
    try:
        return BuyerQuestion(word)
    except ValueError:
        known = ", ".join(BuyerQuestion)
        raise BadInput(f"Unknown buyer question '{text[:40]}'; use one of: {known}.") from None


def in_order(questions: Sequence[BuyerQuestion]) -> tuple[BuyerQuestion, ...]:
    """The questions, each once, in the order of the six."""
    return tuple(q for q in BuyerQuestion if q in questions)
