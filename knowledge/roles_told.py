"""Roles and acts in plain words, for the one sentence that tells why something is refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from knowledge.roles import POLICY, Act, Reach, Role, who_may

ROLE_NAMES = {
    Role.REP: "a rep",
    Role.MARKETER: "a marketer",
    Role.MANAGER: "a manager",
    Role.ADMIN: "an admin",
}

WHAT = {
    Act.ASK: "ask for a suggestion",
    Act.SEE_DUE: "see who is due",
    Act.SEE_LEAD: "see that lead's record",
    Act.SEE_ACCOUNT: "see the people of that account",
    Act.IMPORT_LEADS: "bring in leads",
    Act.SEE_CARD: "see what is behind that card",
    Act.DECIDE_CARD: "decide on that card",
    Act.CORRECT_STAGE: "correct that card",
    Act.SHARE_PIECE: "share the piece of that card",
    Act.RECORD_SENT: "say what was sent",
    Act.RECORD_OUTCOME: "say what came of it",
    Act.PROPOSE_PIECE: "propose a piece for the library",
    Act.IMPORT_PIECES: "bring in many pieces at once",
    Act.APPROVE_PIECE: "approve a piece",
    Act.SEND_BACK_PIECE: "send a piece back",
    Act.SEE_REVIEW: "see what waits for review",
    Act.VERIFY_PIECE: "verify that piece",
    Act.REPLACE_PIECE: "replace that piece",
    Act.RETIRE_PIECE: "retire that piece",
    Act.DECIDE_REQUEST: "decide on a content request",
    Act.SEE_LIBRARY: "see the health of the library",
    Act.SEE_COVERAGE: "see what the library covers",
    Act.SEE_PLANS: "see segments, tracks and definitions",
    Act.HAND_OVER: "hand that lead over, or give it back",
    Act.SEE_OWN_TOUCHES: "see their suggestions",
    Act.SEE_ALL_TOUCHES: "see the touches of others",
    Act.REVIEW_TOUCHES: "review the touches of others",
    Act.EXPORT_TOUCHES: "export touches",
    Act.SEE_REPORT: "see the report",
    Act.SEE_CRM: "see how the CRM stands",
    Act.ERASE_LEAD: "erase a lead",
    Act.EXPORT_LEAD: "export all about a lead",
    Act.SET_RETENTION: "set how long things are kept",
    Act.SEE_ROLES: "see who has which role",
    Act.CHANGE_ROLES: "change roles",
}
"""What is done, after "may"."""

_CARD = "the person who asked for it, or who owns its lead,"
_PIECE = "the owner of that piece, or somebody named as reviewer or keeper,"
_REVIEW = "somebody named as a reviewer"

OWNERS = {
    Act.SEE_LEAD: "the owner of that lead",
    Act.SEE_ACCOUNT: "the owner of one of its leads",
    Act.IMPORT_LEADS: "whoever owns the leads",
    Act.SEE_CARD: _CARD,
    Act.DECIDE_CARD: _CARD,
    Act.CORRECT_STAGE: _CARD,
    Act.SHARE_PIECE: _CARD,
    Act.RECORD_SENT: _CARD,
    Act.RECORD_OUTCOME: _CARD,
    Act.HAND_OVER: _CARD,
    Act.APPROVE_PIECE: _REVIEW,
    Act.SEND_BACK_PIECE: _REVIEW,
    Act.SEE_REVIEW: _REVIEW,
    Act.VERIFY_PIECE: _PIECE,
    Act.REPLACE_PIECE: _PIECE,
    Act.RETIRE_PIECE: _PIECE,
}
"""Whose own it is, for every act that reaches no further than that for some role."""

NO_ROLE = "You have no role in Trailguide yet, so it does nothing for you; an admin can give one."


def refusal(act: Act, roles: Collection[Role]) -> str:
    """One sentence: what somebody with these roles may not do, and who may."""
    if not roles:
        return NO_ROLE
    entitled = [ROLE_NAMES[role] for role in who_may(act)]
    if Reach.OWN in POLICY.get(act, {}).values():
        entitled = [OWNERS[act], *entitled]
    if not entitled:
        return f"Nobody may {WHAT[act]}."
    return f"Only {_either(entitled)} may {WHAT[act]}."


def _either(names: Sequence[str]) -> str:
    """The names with "or" before the last."""
    if len(names) == 1:
        return names[0]
    listed = ", ".join(name.rstrip(",") for name in names[:-1])
    return f"{listed} or {names[-1].rstrip(',')}"
