"""What people read when workspaces are installed, turned away and removed."""

from __future__ import annotations

NOT_INSTALLED = (
    "Trailguide is not installed in this workspace any more; an admin can install it again."
)
NOT_FOR_ORGANIZATIONS = (
    "Trailguide serves single workspaces, not a whole organization; have it installed in this "
    "workspace."
)
OF_ANOTHER_TEAM = (
    "This belongs to another workspace than the one it was sent from, so nothing was done; open it "
    "anew in your own workspace."
)

INSTALLED = "Trailguide is installed in {team}. In Slack, open it under Apps and say hello."
CANCELLED = "Nothing was installed, as you wished. You can begin again at any time."
EXPIRED = (
    "This installation was begun too long ago, in another browser, or was finished already; "
    "please begin again."
)
CODE_REFUSED = "Slack did not accept this installation; please begin again."
NOT_KEPT = "The installation could not be kept just now; please begin again in a minute."

REMOVED = "Workspace {team} is removed with all that it held."
WILL_BE_REMOVED = "Workspace {team} is shut out; the running bot removes what it held in a minute."
REALLY = (
    "Remove workspace {name} ({team}) with all that it holds? Nothing brings it back but a backup"
)
NO_TEAMS = "No workspace has installed Trailguide yet; docs/teams.md says how."

_REASONS = {
    "access_denied": CANCELLED,
    "invalid_browser": EXPIRED,
    "invalid_state": EXPIRED,
    "missing_code": CODE_REFUSED,
    "invalid_code": CODE_REFUSED,
    "storage_error": NOT_KEPT,
    "organization": NOT_FOR_ORGANIZATIONS,
}


def why_not_installed(reason: str) -> str:
    """The sentence for a reason of Bolt's flow, or of Slack's."""
    return _REASONS.get(reason, CODE_REFUSED)
