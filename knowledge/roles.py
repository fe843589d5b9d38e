"""Who may do what: roles, acts, and one table of both; what it does not name is denied (M53)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is to Trailguide; somebody may be several, and each only adds."""

    REP = "rep"
    MARKETER = "marketer"
    MANAGER = "manager"
    ADMIN = "admin"


class Reach(StrEnum):
    """How far an act goes: over one's own only, or over everybody's; no entry is nothing."""

    OWN = "own"
    ALL = "all"


class Act(StrEnum):
    """Everything that somebody may do; the value is how the audit log names it.

    What "own" means goes by the act: a card that one asked for or whose lead one owns, a lead that
    one owns or that nobody owns, an account with such a lead, a piece that one owns or is named
    for, a review one is named for.
    """

    ASK = "ask"
    SEE_DUE = "see_due"
    SEE_LEAD = "see_lead"
    SEE_ACCOUNT = "see_account"
    IMPORT_LEADS = "import_leads"
    SEE_CARD = "see_card"
    DECIDE_CARD = "decide_card"
    CORRECT_STAGE = "correct_stage"
    SHARE_PIECE = "share_piece"
    RECORD_SENT = "record_sent"
    RECORD_OUTCOME = "record_outcome"
    PROPOSE_PIECE = "propose_piece"
    IMPORT_PIECES = "import_pieces"
    APPROVE_PIECE = "approve_piece"
    SEND_BACK_PIECE = "send_back_piece"
    SEE_REVIEW = "see_review"
    VERIFY_PIECE = "verify_piece"
    REPLACE_PIECE = "replace_piece"
    RETIRE_PIECE = "retire_piece"
    DECIDE_REQUEST = "decide_request"
    SEE_LIBRARY = "see_library"
    SEE_COVERAGE = "see_coverage"
    SEE_PLANS = "see_plans"
    HAND_OVER = "hand_over"
    SEE_OWN_TOUCHES = "see_own_touches"
    SEE_ALL_TOUCHES = "see_all_touches"
    REVIEW_TOUCHES = "review_touches"
    EXPORT_TOUCHES = "export_touches"
    SEE_REPORT = "see_report"
    SEE_CRM = "see_crm"
    ERASE_LEAD = "erase_lead"
    EXPORT_LEAD = "export_lead"
    SET_RETENTION = "set_retention"
    SEE_ROLES = "see_roles"
    CHANGE_ROLES = "change_roles"


def _everybody(reach: Reach, **more: Reach) -> dict[Role, Reach]:
    return {**dict.fromkeys(Role, reach), **{Role(name): told for name, told in more.items()}}


def _only(*roles: Role) -> dict[Role, Reach]:
    return dict.fromkeys(roles, Reach.ALL)


_ALL, _OWN = Reach.ALL, Reach.OWN
_SEEN_BY_ALL = {"manager": _ALL, "admin": _ALL}
_LIBRARY = _everybody(_OWN, marketer=_ALL, admin=_ALL)
"""Marketing owns the library; whoever owns a piece, or is named for it, looks after that one."""

_TABLE: dict[Act, dict[Role, Reach]] = {
    # Reps own their leads and cards; a manager looks, and leaves deciding to whoever owns the lead.
    Act.ASK: _everybody(_ALL),
    Act.SEE_DUE: _everybody(_ALL),
    Act.SEE_LEAD: _everybody(_OWN, **_SEEN_BY_ALL),
    # An account is one's own by any of its leads: who decides there is seen together (M35).
    Act.SEE_ACCOUNT: _everybody(_OWN, **_SEEN_BY_ALL),
    # A rep brings in leads of their own, and never over a colleague's.
    Act.IMPORT_LEADS: _everybody(_ALL, rep=_OWN),
    Act.SEE_CARD: _everybody(_OWN, **_SEEN_BY_ALL),
    Act.DECIDE_CARD: _everybody(_OWN),
    Act.CORRECT_STAGE: _everybody(_OWN),
    Act.SHARE_PIECE: _everybody(_OWN),
    Act.RECORD_SENT: _everybody(_OWN),
    Act.RECORD_OUTCOME: _everybody(_OWN),
    # Anybody may propose a piece; it serves nobody until a marketer approves it.
    Act.PROPOSE_PIECE: _everybody(_ALL),
    Act.IMPORT_PIECES: _only(Role.MARKETER, Role.ADMIN),
    Act.APPROVE_PIECE: _LIBRARY,
    Act.SEND_BACK_PIECE: _LIBRARY,
    Act.SEE_REVIEW: {**_LIBRARY, Role.MANAGER: _ALL},
    Act.VERIFY_PIECE: _LIBRARY,
    Act.REPLACE_PIECE: _LIBRARY,
    Act.RETIRE_PIECE: _LIBRARY,
    Act.DECIDE_REQUEST: _only(Role.MARKETER, Role.ADMIN),
    Act.SEE_LIBRARY: _everybody(_ALL),
    Act.SEE_COVERAGE: _everybody(_ALL),
    # Marketers own segments and tracks as files; everybody reads them.
    Act.SEE_PLANS: _everybody(_ALL),
    Act.HAND_OVER: _everybody(_OWN),
    # Managers see all.
    Act.SEE_OWN_TOUCHES: _everybody(_ALL),
    Act.SEE_ALL_TOUCHES: _only(Role.MANAGER, Role.ADMIN),
    Act.REVIEW_TOUCHES: _only(Role.MANAGER, Role.ADMIN),
    Act.EXPORT_TOUCHES: _only(Role.MANAGER, Role.ADMIN),
    Act.SEE_REPORT: _only(Role.MARKETER, Role.MANAGER, Role.ADMIN),
    Act.SEE_CRM: _only(Role.MANAGER, Role.ADMIN),
    # What cannot be undone, and who is who.
    Act.ERASE_LEAD: _only(Role.ADMIN),
    Act.EXPORT_LEAD: _only(Role.ADMIN),
    Act.SET_RETENTION: _only(Role.ADMIN),
    Act.SEE_ROLES: _everybody(_ALL),
    Act.CHANGE_ROLES: _only(Role.ADMIN),
}

POLICY: Mapping[Act, Mapping[Role, Reach]] = MappingProxyType(
    {act: MappingProxyType(by_role) for act, by_role in _TABLE.items()}
)
"""How far each role's right to each act goes; what is not in it is denied."""


def allowed(roles: Iterable[str], act: str, *, own: bool = False) -> bool:
    """Whether somebody with these roles may do it, to their `own` or to anybody's."""
    granted = {reach_of(role, act) for role in roles}
    return _ALL in granted or (own and _OWN in granted)


def reach_of(role: str, act: str) -> Reach | None:
    """How far one role's right goes; None for nothing, and for a role or act that is not known."""
    if act not in set(Act) or role not in set(Role):
        return None
    return POLICY.get(Act(act), {}).get(Role(role))


def who_may(act: Act) -> tuple[Role, ...]:
    """The roles that may do it to anybody's, in the order of `Role`."""
    return tuple(role for role in Role if reach_of(role, act) is _ALL)
