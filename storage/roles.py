"""Who has which role: what was granted, what Slack last said of groups, and who was refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from knowledge.clock import Clock
from knowledge.errors import BadInput
from knowledge.roles import Role
from storage.audit import Audit
from storage.database import Database
from storage.salts import salted
from storage.tables import InboxRow, LeadRow
from storage.tables_roles import RoleGrantRow, RosterMemberRow, RosterRow, WorkspaceAdminRow

GRANTED, REVOKED, REFUSED = "role_granted", "role_revoked", "refused"
LONGEST_SUBJECT = 120
"""Of the id in an entry about a refusal; a longer one is none of ours."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody gave to a Slack user."""

    user: str
    role: Role
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """A group or a channel as it was last read: `read_at` None for never.

    `trouble` is Slack's word for why the last try failed, `not_before` when it may be asked again.
    """

    id: str
    members: frozenset[str]
    read_at: datetime | None
    tried_at: datetime
    not_before: datetime | None = None
    trouble: str = ""
    trouble_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether Slack said that somebody owns or administers the workspace, and when."""

    is_admin: bool
    seen_at: datetime


class Roles:
    """Grants are audited in the transaction of the change; what Slack says is only kept."""

    def __init__(self, db: Database, clock: Clock, audit: Audit) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit

    def grants(self, user: str | None = None) -> list[Grant]:
        """Every grant, or one person's, by person and role."""
        query = select(RoleGrantRow).order_by(col(RoleGrantRow.slack_user), col(RoleGrantRow.role))
        if user is not None:
            query = query.where(RoleGrantRow.slack_user == user)
        with self._db.read() as session:
            found = list(session.exec(query))
        known = set(Role)
        return [
            Grant(r.slack_user, Role(r.role), r.granted_by, r.granted_at)
            for r in found
            if r.role in known
        ]

    def grant(self, user: str, role: Role, by: str) -> bool:
        """Give a role; False when they had it by grant already, which leaves no trace."""
        with self._db.write() as session:
            if session.get(RoleGrantRow, (user, role.value)) is not None:
                return False
            row = RoleGrantRow(
                slack_user=user, role=role.value, granted_by=by, granted_at=self._clock.now()
            )
            session.add(row)
            self._audit.append(session, GRANTED, user, by, {"role": role.value})
        return True

    def revoke(self, user: str, role: Role, by: str, *, other_admins: bool = False) -> bool:
        """Take a granted role back; False when they had none.

        `BadInput` for the last admin, unless there are `other_admins` by a setting or a group.
        """
        with self._db.write() as session:
            row = session.get(RoleGrantRow, (user, role.value))
            if row is None:
                return False
            if role is Role.ADMIN and not other_admins and not _another_admin(session, user):
                raise BadInput("That is the last admin; make somebody else an admin first.")
            session.delete(row)
            self._audit.append(session, REVOKED, user, by, {"role": role.value})
        return True

    def refused(self, act: str, user: str, about: str, *, once: str = "") -> None:
        """Note a refused try in the audit log: who, which act, the id it was about.

        A second note under the same key `once` changes nothing: a job may run twice.
        """
        with self._db.write() as session:
            if once:
                if session.get(InboxRow, f"refused:{once}") is not None:
                    return
                now = self._clock.now()
                session.add(
                    InboxRow(key=f"refused:{once}", kind=REFUSED, received_at=now, done_at=now)
                )
            subject = about if len(about) <= LONGEST_SUBJECT else ""
            if subject and session.get(LeadRow, subject) is not None:
                subject = salted(session, subject, subject)  # nothing is erased from the log
            self._audit.append(session, REFUSED, subject, user, {"act": act})

    def rosters(self) -> dict[str, Roster]:
        """Every group and channel that was asked for, by id."""
        members: dict[str, set[str]] = {}
        with self._db.read() as session:
            for row in session.exec(select(RosterMemberRow)):
                members.setdefault(row.roster_id, set()).add(row.slack_user)
            return {
                r.id: Roster(
                    r.id,
                    frozenset(members.get(r.id, ())),
                    r.read_at,
                    r.tried_at,
                    r.not_before,
                    r.trouble,
                    r.trouble_since,
                )
                for r in session.exec(select(RosterRow))
            }

    def roster_read(self, roster_id: str, members: Collection[str]) -> None:
        """Keep who is in it now; nobody else is any more."""
        now = self._clock.now()
        with self._db.write() as session:
            row = session.get(RosterRow, roster_id) or RosterRow(id=roster_id, tried_at=now)
            row.read_at, row.tried_at, row.not_before = now, now, None
            row.trouble, row.trouble_since = "", None
            session.add(row)
            session.flush()
            session.exec(delete(RosterMemberRow).where(col(RosterMemberRow.roster_id) == roster_id))
            for member in sorted(set(members)):
                session.add(RosterMemberRow(roster_id=roster_id, slack_user=member))

    def roster_failed(
        self, roster_id: str, trouble: str, not_before: datetime | None = None
    ) -> None:
        """Keep why it could not be read; its last known members stay."""
        now = self._clock.now()
        with self._db.write() as session:
            row = session.get(RosterRow, roster_id) or RosterRow(id=roster_id, tried_at=now)
            if row.trouble != trouble or row.trouble_since is None:
                row.trouble_since = now
            row.tried_at, row.trouble, row.not_before = now, trouble, not_before
            session.add(row)

    def standing(self, user: str) -> Standing | None:
        """What Slack said of somebody in the workspace; None when it was not asked."""
        with self._db.read() as session:
            row = session.get(WorkspaceAdminRow, user)
            return Standing(row.is_admin, row.seen_at) if row else None

    def standings(self) -> dict[str, Standing]:
        """What Slack said of everybody it was asked about."""
        with self._db.read() as session:
            found = session.exec(select(WorkspaceAdminRow))
            return {r.slack_user: Standing(r.is_admin, r.seen_at) for r in found}

    def stands(self, user: str, *, is_admin: bool) -> None:
        """Keep what Slack said of somebody in the workspace."""
        now = self._clock.now()
        with self._db.write() as session:
            row = session.get(WorkspaceAdminRow, user) or WorkspaceAdminRow(
                slack_user=user, is_admin=is_admin, seen_at=now
            )
            row.is_admin, row.seen_at = is_admin, now
            session.add(row)


def _another_admin(session: Session, user: str) -> bool:
    query = select(RoleGrantRow).where(
        RoleGrantRow.role == Role.ADMIN.value, RoleGrantRow.slack_user != user
    )
    return session.exec(query.limit(1)).first() is not None
