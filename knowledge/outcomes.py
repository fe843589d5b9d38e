"""What a rep says came of a touch, and what it means for the lead's history (M48, M56)."""

from __future__ import annotations

from enum import StrEnum

from knowledge.leads import Action


class Outcome(StrEnum):
    """What happened after a touch, in the order a window shows it."""

    REPLIED = "replied"
    MOVED_ON = "moved_on"
    NO_ANSWER = "no_answer"
    OPTED_OUT = "opted_out"


ACTS = {
    Outcome.REPLIED: Action.REPLIED,
    Outcome.MOVED_ON: Action.READ,
    Outcome.NO_ANSWER: Action.NO_ANSWER,
    Outcome.OPTED_OUT: Action.OPTED_OUT,
}
"""How each is written into the lead's history; who moved on has read the piece."""

_TELLS_OF_THE_PIECE = frozenset({Outcome.MOVED_ON})


def asset_of_act(outcome: Outcome, asset_id: str | None) -> str:
    """The asset that the history's entry names: only reading is about the piece itself."""
    return asset_id or "" if outcome in _TELLS_OF_THE_PIECE else ""


def moved_as_told(moved: bool | None, outcome: str | None) -> bool | None:
    """Whether a lead moved on, a rep's word put beside what its history shows.

    A reply or a reading is progress, a no is none; "no answer" stands until the history shows one.
    """
    match outcome:
        case Outcome.REPLIED | Outcome.MOVED_ON:
            return True
        case Outcome.OPTED_OUT:
            return False
        case Outcome.NO_ANSWER:
            return bool(moved)
        case _:
            return moved
