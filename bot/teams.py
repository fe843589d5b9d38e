"""The workspaces that one Trailguide serves: each one's edge made when it is needed, and lent.

A team's edge is never held beyond a piece of work, so that the longest unused can be closed when
many are open, and all of a team's can be removed when it leaves.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog
from slack_bolt.error import BoltError

from bot.bootstrap import build
from bot.flow.tools import Tools
from bot.installations import Installations, Installed
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.listeners.owning import mails
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from bot.team_removal import Removals, removed_all
from bot.team_settings import for_team
from bot.team_tools import TeamTools
from knowledge.errors import SetupMissing
from knowledge.teams import NotInstalled
from storage.inbox import Inbox

MOST_OPEN = 32
"""Teams whose files and connections are held at a time: each keeps a connection to PostgreSQL or a
handful of files, and some megabytes of vectors. More are served by closing the longest unused."""
IN_USE_SECONDS = 10.0
"""How long a removal waits for what works on the team; then the next sweep tries again."""

log = structlog.get_logger("trailguide.teams")

StartFor = Callable[[str], Callable[[str], None]]
"""How work of a team is handed over by its inbox key."""


@dataclass(slots=True)
class _Open:
    """A team's edge, the installation that it was made for, and how many work with it."""

    installed: Installed
    tools: TeamTools
    edge: Edge
    users: int = 0


class Registry:
    """Lends the edges of all installed teams; `bot.listeners.teams.Teams` says how it is used."""

    def __init__(
        self,
        house: Tools,
        installations: Installations,
        start_for: StartFor,
        *,
        most_open: int = MOST_OPEN,
    ) -> None:
        self._house = house
        self.installations = installations
        self._start_for = start_for
        self._most_open = most_open
        self._open: OrderedDict[str, _Open] = OrderedDict()
        self._changed = threading.Condition(threading.RLock())
        self._removals = Removals(house, installations)
        installations.store.before_keeping = self._finish_leaving

    @property
    def house(self) -> Inbox:
        """The operator's own inbox."""
        return self._house.inbox

    @property
    def settings(self) -> Settings:
        """The operator's."""
        return self._house.settings

    def ids(self) -> Sequence[str]:
        """The teams that have Trailguide."""
        return self.installations.teams()

    def installed(self, team: str) -> Installed:
        """The installation of a team; `NotInstalled` when there is none."""
        found = self.installations.find(team)
        if found is None or found.team != team:
            raise NotInstalled(f"Workspace {team[:32]} has not installed Trailguide.")
        return found

    @contextmanager
    def lend(self, team: str) -> Iterator[Edge]:
        """The edge of this team and of no other; `NotInstalled` for one that is not served."""
        try:
            taken = self._taken(self.installed(team))
        except NotInstalled:
            self._close(team)
            raise
        try:
            yield taken.edge
        finally:
            with self._changed:
                taken.users -= 1
                self._close_unused()
                self._changed.notify_all()

    def leave(self, team: str, said_at: datetime) -> bool:
        """Keep that a team leaves, and let nobody in; False for what was said of an older one."""
        return self._removals.begin(team, said_at)

    def leaving(self) -> Sequence[str]:
        """Teams that are to be removed with all they hold."""
        return self._removals.waiting()

    def remove(self, team: str) -> bool:
        """Remove one of those; False when something of it is in use, to try again later."""
        if not self._let_go(team):
            return False
        return removed_all(team, self._house, self.installations)

    def _finish_leaving(self, team: str) -> None:
        """A workspace that comes back starts empty, or must wait until it does."""
        if team in self.leaving() and not self.remove(team):
            raise BoltError("what this workspace held is still being removed")

    def close(self) -> None:
        """Give back what every open team holds."""
        with self._changed:
            while self._open:
                self._open.popitem()[1].tools.close()

    def _taken(self, installed: Installed) -> _Open:
        with self._changed:
            held = self._open.get(installed.team)
            if held is not None and held.installed != installed:
                self._close(installed.team)  # another process may have removed it in between
                held = self._open.get(installed.team)
            if held is None:
                installed = self.installed(installed.team)  # it may have left since it was found
                tools = TeamTools(for_team(self._house.settings, installed.team), self._house)
                held = _Open(installed, tools, self._edge(installed, tools))
                self._open[installed.team] = held
            elif held.installed != installed:  # in use, and installed anew: another token
                held.installed, held.edge = installed, self._edge(installed, held.tools)
            self._open.move_to_end(installed.team)
            held.users += 1
            self._close_unused()
            return held

    def _edge(self, installed: Installed, tools: TeamTools) -> Edge:
        settings = self._house.settings
        client = make_client(installed.token, settings.slack_api_url)
        newer = tools.settings.slack_blocks == "new"
        return Edge(
            tools=tools,
            poster=Poster(client, tools.outbox, newer=newer),
            bot_user=installed.bot_user,
            start=self._start_for(installed.team),
            mail_of=mails(client),
            team=installed.team,
            channels=Channels(client, installed.team),
        )

    def _close_unused(self) -> None:
        """Close the longest unused teams beyond the most that are held; those in use stay."""
        idle = [team for team, held in self._open.items() if not held.users]
        for team in idle[: max(0, len(self._open) - self._most_open)]:
            self._open.pop(team).tools.close()

    def _close(self, team: str) -> None:
        """Close a team's edge if nobody works with it."""
        with self._changed:
            held = self._open.get(team)
            if held is not None and not held.users:
                self._open.pop(team).tools.close()

    def _let_go(self, team: str) -> bool:
        """Close a team that nobody can enter any more; False while somebody works in it."""
        give_up = time.monotonic() + IN_USE_SECONDS
        with self._changed:
            while (held := self._open.get(team)) is not None:
                if not held.users:
                    self._open.pop(team).tools.close()
                elif not self._changed.wait(max(0.0, give_up - time.monotonic())):
                    log.info("team_in_use", team=team)
                    return False
        return True


def settings_of_team(house: Settings, team: str) -> Settings:
    """The settings for a command about one team; `NotInstalled` for one that is not served."""
    tools = build(house)
    try:
        if installations_of(tools).find(team) is None:
            raise NotInstalled(
                f"Workspace {team} has not installed Trailguide; `trailguide teams list` names "
                "those that have."
            )
        return for_team(house, team)
    finally:
        tools.close()


def installations_of(house: Tools) -> Installations:
    """Who has installed Trailguide; `SetupMissing` without the app's id or a key for tokens."""
    settings = house.settings
    if not settings.slack_client_id:
        raise SetupMissing(
            "SLACK_CLIENT_ID is not set, so this bot serves one workspace; docs/teams.md says how "
            "one bot serves many."
        )
    keys = tuple(key.get_secret_value() for key in settings.token_keys)
    return Installations(house.db, settings.slack_client_id, keys)
