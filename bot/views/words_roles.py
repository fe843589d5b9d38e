"""Words about roles: whom to ask after a refusal, who has which role, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.roles import Role
from knowledge.roles_told import ROLE_NAMES

HEAD = "Who has which role"
EVERYBODY = "Everybody else is a rep: asks, and decides on their own cards and leads."
NOBODY_ELSE = "Everybody else has no role, and the bot does nothing for them."
STAND_IN = "Nobody was made an admin yet, so the owners and admins of this workspace count as such."
HOW = (
    "An admin changes it: `/trailguide roles grant @somebody marketer`, "
    "`/trailguide roles revoke @somebody marketer`."
)
USAGE = (
    "Say whom and which role, such as `/trailguide roles grant @somebody marketer` or "
    "`/trailguide roles revoke @somebody marketer`. The roles are "
    f"{', '.join(Role)}."
)
NOT_FOUND = "I do not know that person; name them by mention, such as @somebody."
ROLE_PLURALS = {
    Role.REP: "Reps",
    Role.MARKETER: "Marketers",
    Role.MANAGER: "Managers",
    Role.ADMIN: "Admins",
}
MOST_SHOWN = 30


def whom_to_ask(admin: str) -> str:
    """Beside a refusal; `admin` is a Slack id."""
    return f"You can ask <@{admin}>, an admin here."


def listed(role: Role, people: Sequence[str]) -> str:
    """One role with who has it; the ids are Slack users'."""
    shown = ", ".join(f"<@{user}>" for user in people[:MOST_SHOWN])
    left = len(people) - MOST_SHOWN
    return f"*{ROLE_PLURALS[role]}*: {shown}{f' and {left} more' if left > 0 else ''}"


def granted(user: str, role: Role, *, new: bool) -> str:
    """After a grant."""
    return f"<@{user}> is {'now' if new else 'already'} {ROLE_NAMES[role]}."


def revoked(user: str, role: Role, *, still: str) -> str:
    """After a revocation; `still` says by what else they have the role, empty for nothing."""
    if still:
        return f"<@{user}> stays {ROLE_NAMES[role]}, by {still}."
    return f"<@{user}> is not {ROLE_NAMES[role]} any more."


def not_granted(user: str, role: Role, *, by: str) -> str:
    """When there was no grant to take back; `by` says where the role comes from, or is empty."""
    if by:
        return f"<@{user}> is {ROLE_NAMES[role]} by {by}, which no command takes away."
    return f"<@{user}> was not {ROLE_NAMES[role]} by a grant, so nothing changed."


BY = {
    "setting": "the setting `TRAILGUIDE_FIRST_ADMIN`",
    "group": "a Slack user group",
    "workspace": "owning or administering this workspace while nobody was made an admin",
    "default": "being here, as everybody is",
}
"""What gives a role without a grant."""
