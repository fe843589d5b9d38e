"""The workspaces that are served, as listeners and jobs know them: an edge is lent, never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

import structlog

from bot.listeners.edge import Edge
from knowledge.teams import NotInstalled, team_and_key
from storage.inbox import Inbox

T = TypeVar("T")
log = structlog.get_logger("trailguide.teams")

TEAM = "served_team"
"""Set in Bolt's context where many teams are served: whose request it is."""


class Teams(Protocol):
    """Lends each team's edge for as long as a piece of work lasts."""

    @property
    def house(self) -> Inbox:
        """Where is kept what belongs to no team, such as a process's heartbeat."""

    def ids(self) -> Sequence[str]:
        """The teams that are served now."""

    def lend(self, team: str) -> AbstractContextManager[Edge]:
        """The edge of this team and of no other; `NotInstalled` for one that is not served."""

    def leaving(self) -> Sequence[str]:
        """Teams that are to be removed with all they hold."""

    def remove(self, team: str) -> bool:
        """Remove one of those; False when something of it is in use, to try again later."""


class OnlyTeam:
    """The one workspace of a set-up without OAuth; its id is empty wherever names are made."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge

    @property
    def house(self) -> Inbox:
        """Its own."""
        return self._edge.tools.inbox

    def ids(self) -> Sequence[str]:
        """Itself."""
        return ("",)

    @contextmanager
    def lend(self, team: str) -> Iterator[Edge]:
        """Its edge; what is left of a time with many teams is not its own."""
        if team:
            raise NotInstalled(f"Workspace {team} is not the one that is served here.")
        yield self._edge

    def leaving(self) -> Sequence[str]:
        """It never leaves."""
        return ()

    def remove(self, team: str) -> bool:
        """Nothing to do."""
        return not team


def as_teams(given: Edge | Teams) -> Teams:
    """The teams as they are; an edge alone is the only team's."""
    return OnlyTeam(given) if isinstance(given, Edge) else given


def of_team(job: str, teams: Teams, work: Callable[[str, Edge], T], gone: T) -> T:
    """Do this work of a job with its team's edge; `gone` when the team is no longer served."""
    team, key = team_and_key(job)
    try:
        with teams.lend(team) as edge:
            return work(key, edge)
    except NotInstalled:
        log.info("team_gone", team=team)
        return gone
