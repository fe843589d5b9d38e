"""Workspaces ("teams") that one Trailguide serves, and the names under which each one's data lie.

Every name that tells one team's things from another's is made here: its folder, its schema, its
collections, its jobs. The empty id stands for the one workspace of a set-up without OAuth, whose
names are as they always were.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from knowledge.errors import BadInput, TrailguideError

FOLDER = "teams"
"""Of the home folder; below it each team has a home of its own."""
MARK = "team."
"""Begins the name of a job of one team among many; no inbox key of ours begins so."""
SCHEMAS = "team_"
"""How the schemas of teams begin."""
KEY_BYTES = 32
"""Of a Fernet key."""
_TEAM = re.compile(r"T[A-Z0-9]{1,30}")


class NotInstalled(TrailguideError):
    """A workspace that has not installed Trailguide, or no longer has it."""

    exit_status = 2


def is_team_id(told: object) -> bool:
    """Whether this is the Slack id of a workspace; it names folders and schemas, so no more."""
    return isinstance(told, str) and _TEAM.fullmatch(told) is not None


def require_team_id(told: str) -> str:
    """The id as it is; `BadInput` for anything else."""
    if not is_team_id(told):
        raise BadInput(f"'{told[:40]}' is not the Slack id of a workspace, such as T0123ABCD.")
    return told


def folder_of(home: Path, team: str) -> Path:
    """The home folder of a team within the operator's; the operator's own for no team."""
    return home / FOLDER / require_team_id(team) if team else home


def schema_of(team: str) -> str:
    """The PostgreSQL schema of a team; empty (the database's own) for no team."""
    return f"{SCHEMAS}{require_team_id(team).lower()}" if team else ""


def collection_prefix(team: str) -> str:
    """How the names of a team's collections on a Chroma server begin."""
    return f"trailguide-{require_team_id(team)}-" if team else "trailguide-"


def job_name(team: str, key: str) -> str:
    """The name of a team's job, or of its lane: unlike that of any other team."""
    return f"{jobs_of(team)}{key}"


def jobs_of(team: str) -> str:
    """How the names of a team's jobs begin; empty for no team."""
    return f"{MARK}{require_team_id(team)}." if team else ""


def team_and_key(job: str) -> tuple[str, str]:
    """What `job_name` was made of."""
    if not job.startswith(MARK):
        return "", job
    team, _, key = job.removeprefix(MARK).partition(".")
    return (team, key) if is_team_id(team) else ("", job)


def is_token_key(told: str) -> bool:
    """Whether this may be a Fernet key, under which tokens are sealed."""
    try:
        return len(base64.b64decode(told, altchars=b"-_", validate=True)) == KEY_BYTES
    except ValueError:
        return False
