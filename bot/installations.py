"""Which workspaces have installed Trailguide, and their tokens, sealed: slack_sdk's own store.

A token is sealed with Fernet before it is kept, under the first key of `TRAILGUIDE_TOKEN_KEYS`; the
others only open. A workspace is told by its team id alone; installations for a whole organization
are refused, since they would stand for many teams at once.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt.error import BoltError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import SQLAlchemyOAuthStateStore

from knowledge.errors import SetupMissing
from knowledge.teams import is_team_id
from storage.database import Database
from storage.installed import reseal, teams_in

SEALED = "sealed:"
LONGEST = 1000
"""Characters of a sealed token: slack_sdk's column has room for a bare one."""
STATE_SECONDS = 600
"""How long an installation that was begun may take."""


class OrganizationInstall(BoltError):
    """An installation for a whole organization, which is not served."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A workspace as it was installed last."""

    team: str
    name: str
    token: str = field(repr=False)
    bot_user: str
    bot_id: str
    at: datetime


class Seal:
    """Seals tokens under the first of some Fernet keys, and opens what any of them sealed."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise SetupMissing(
                "TRAILGUIDE_TOKEN_KEYS is not set; `trailguide teams new-key` makes a key."
            )
        self._keys = MultiFernet([Fernet(key) for key in keys])

    def close(self, token: str | None) -> str | None:
        """The token sealed; one that is sealed already stays as it is."""
        if token is None or token.startswith(SEALED):
            return token
        return SEALED + self._keys.encrypt(token.encode()).decode()

    def open(self, held: str | None) -> str | None:
        """The token itself; `SetupMissing` when the key that sealed it is not among ours."""
        if held is None or not held.startswith(SEALED):
            return held
        return self._opened(held, self._keys.decrypt)

    def again(self, held: str) -> str:
        """The same sealed anew, under the first key."""
        if not held.startswith(SEALED):
            return str(self.close(held))
        return SEALED + self._opened(held, self._keys.rotate)

    def _opened(self, held: str, how: Callable[[bytes], bytes]) -> str:
        try:
            return how(held.removeprefix(SEALED).encode()).decode()
        except InvalidToken:
            raise SetupMissing(
                "A workspace's token was sealed with a key that TRAILGUIDE_TOKEN_KEYS no longer "
                "holds; put that key back, after the first."
            ) from None


class SealedStore(SQLAlchemyInstallationStore):
    """slack_sdk's store with sealed tokens, for workspaces alone."""

    def __init__(self, client_id: str, engine: Any, seal: Seal) -> None:
        super().__init__(client_id=client_id, engine=engine, logger=_quiet())
        self._seal = seal
        self.before_keeping: Callable[[str], None] = _nothing
        for column in (*self.bots.columns, *self.installations.columns):
            if column.name.endswith("_token"):
                column.type.length = LONGEST

    def save(self, installation: Installation) -> None:
        """Keep an installation, under its team alone."""
        if installation.is_enterprise_install or not is_team_id(installation.team_id):
            raise OrganizationInstall("installations for a whole organization are not served")
        self.before_keeping(str(installation.team_id))
        super().save(self._with(installation, self._seal.close))

    def save_bot(self, bot: Bot) -> None:
        """Keep a bot's token, under its team alone."""
        super().save_bot(self._with(bot, self._seal.close))

    def find_bot(self, **asked: Any) -> Bot | None:
        """The bot of a team, with its token opened."""
        found = super().find_bot(**{**asked, "enterprise_id": None})
        return self._with(found, self._seal.open) if found else None

    def find_installation(self, **asked: Any) -> Installation | None:
        """The installation of a team, with its tokens opened."""
        found = super().find_installation(**{**asked, "enterprise_id": None})
        return self._with(found, self._seal.open) if found else None

    def _with(self, held: Any, change: Callable[[str | None], str | None]) -> Any:
        changed = copy.copy(held)
        changed.enterprise_id = None
        for name in vars(held):
            if name.endswith("_token"):
                setattr(changed, name, change(getattr(held, name)))
        return changed


class OnceStore(SQLAlchemyOAuthStateStore):
    """slack_sdk's states, each good once even when two processes are shown it at the same time."""

    def __init__(self, db: Database) -> None:
        super().__init__(expiration_seconds=STATE_SECONDS, engine=db.engine, logger=_quiet())
        self._db = db

    def consume(self, state: str) -> bool:
        """Whether this state was issued, is not too old, and was not used before."""
        if self._db.is_sqlite:
            return bool(super().consume(state))  # each of our transactions there is a writer's
        with self._db.write():
            return bool(super().consume(state))


class Installations:
    """All installations; `store` and `states` are what Bolt's flow works with."""

    def __init__(self, db: Database, client_id: str, keys: tuple[str, ...]) -> None:
        self._db = db
        self._seal = Seal(keys)
        self.store = SealedStore(client_id, db.engine, self._seal)
        self._reading = SealedStore(client_id, db.reading_engine, self._seal)
        self.states = OnceStore(db)
        self._client_id = client_id
        self.store.create_tables()  # type: ignore[no-untyped-call]
        self.states.create_tables()  # type: ignore[no-untyped-call]

    def teams(self) -> list[str]:
        """Ids of the teams that have Trailguide."""
        known = teams_in(self._db, self.store.bots, self._client_id)
        return [team for team in known if is_team_id(team)]

    def find(self, team: str) -> Installed | None:
        """The installation of this team and no other; None when there is none."""
        if not is_team_id(team):
            return None
        bot = self._reading.find_bot(enterprise_id=None, team_id=team)
        if bot is None or not bot.bot_token:
            return None
        return Installed(
            team=team,
            name=str(bot.team_name or ""),
            token=bot.bot_token,
            bot_user=str(bot.bot_user_id or ""),
            bot_id=str(bot.bot_id or ""),
            at=_moment(bot.installed_at),
        )

    def forget(self, team: str) -> None:
        """Delete everything that was kept of a team's installations."""
        self.store.delete_all(enterprise_id=None, team_id=team)

    def renew(self) -> int:
        """Seal every token anew under the first key; return how many."""
        return reseal(self._db, (self.store.bots, self.store.installations), self._seal.again)


def new_key() -> str:
    """A fresh key for `TRAILGUIDE_TOKEN_KEYS`."""
    return Fernet.generate_key().decode()


def _nothing(_: str) -> None:
    """Nothing has to be done before an installation is kept."""


def _quiet() -> logging.Logger:
    quiet = logging.getLogger("trailguide.oauth")
    quiet.setLevel(logging.WARNING)  # its debug lines hold states and rows
    return quiet


def _moment(told: float) -> datetime:
    """The moment of an installation: slack_sdk keeps it in UTC and reads it as local time."""
    return datetime.fromtimestamp(told).replace(tzinfo=UTC)  # noqa: DTZ006 - undone that way
