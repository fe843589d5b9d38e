"""What is known of the CRM: links between its records and our leads, accounts and owners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import col, func, or_, select

from knowledge.clock import Clock
from knowledge.errors import NotFound
from storage import crm_erased, notices
from storage.audit import Audit
from storage.database import Database, batches
from storage.lead_merge import merge_leads
from storage.salts import salted
from storage.tables import LeadRow
from storage.tables_crm import CrmAccountRow, CrmLinkRow, CrmOwnerRow

GONE = "crm_gone"
"""The name of the message that leads are gone from the CRM."""


@dataclass(frozen=True, slots=True)
class Link:
    """A person's record and the lead it is; `seen` is what the record said when last pulled."""

    id: str
    kind: str
    lead_id: str
    changed_at: datetime
    account_id: str = ""
    seen: Mapping[str, Any] = field(default_factory=dict)
    merged_into: str = ""
    gone_at: datetime | None = None
    missed: int = 0
    kept_by: str | None = None


class CrmRecords:
    """Links, accounts and owners of one CRM."""

    def __init__(self, db: Database, clock: Clock, audit: Audit, crm: str) -> None:
        self._db, self._clock, self._audit, self._crm = db, clock, audit, crm

    def links(self, ids: Collection[str]) -> dict[str, Link]:
        """By record, the links there are, merged ones under their own id."""
        found: dict[str, Link] = {}
        with self._db.read() as session:
            for batch in batches(ids):
                query = select(CrmLinkRow).where(
                    CrmLinkRow.crm == self._crm, col(CrmLinkRow.external_id).in_(batch)
                )
                found |= {row.external_id: _link(row) for row in session.exec(query)}
        return found

    def of_leads(self, lead_ids: Collection[str]) -> dict[str, Link]:
        """By lead, its record that is there; of several the one changed last."""
        found: dict[str, Link] = {}
        with self._db.read() as session:
            for batch in batches(lead_ids):
                query = (
                    select(CrmLinkRow)
                    .where(
                        CrmLinkRow.crm == self._crm,
                        col(CrmLinkRow.lead_id).in_(batch),
                        col(CrmLinkRow.gone_at).is_(None),
                        CrmLinkRow.merged_into == "",
                    )
                    .order_by(col(CrmLinkRow.changed_at))
                )
                found |= {row.lead_id: _link(row) for row in session.exec(query)}
        return found

    def of_accounts(self, account_ids: Collection[str]) -> list[Link]:
        """The people of these accounts who are there."""
        found: list[Link] = []
        with self._db.read() as session:
            for batch in batches(account_ids):
                query = select(CrmLinkRow).where(
                    CrmLinkRow.crm == self._crm, col(CrmLinkRow.account_id).in_(batch),
                    col(CrmLinkRow.gone_at).is_(None), CrmLinkRow.merged_into == "",
                )  # fmt: skip
                found += [_link(row) for row in session.exec(query)]
        return found

    def least_looked_at(self, most: int, before: datetime) -> list[Link]:
        """Those to look for again: not looked for since `before`, or missed the last time."""
        query = (
            select(CrmLinkRow)
            .where(
                CrmLinkRow.crm == self._crm,
                col(CrmLinkRow.gone_at).is_(None),
                CrmLinkRow.merged_into == "",
                or_(CrmLinkRow.looked_at < before, CrmLinkRow.missed > 0),
            )
            .order_by(col(CrmLinkRow.looked_at), col(CrmLinkRow.external_id))
            .limit(most)
        )
        with self._db.read() as session:
            return [_link(row) for row in session.exec(query)]

    def keep(self, links: Sequence[Link]) -> None:
        """Note what records said; one that came back is not gone any more.

        A lead that was erased while its record came in gets no link.
        """
        now = self._clock.now()
        with self._db.write() as session:
            for link in links:
                if session.get(LeadRow, link.lead_id) is None:
                    continue
                row = session.get(CrmLinkRow, (self._crm, link.id)) or CrmLinkRow(
                    crm=self._crm, external_id=link.id, kind=link.kind, lead_id=link.lead_id,
                    changed_at=link.changed_at, seen={}, looked_at=now,
                )  # fmt: skip
                row.kind, row.lead_id, row.account_id = link.kind, link.lead_id, link.account_id
                row.changed_at, row.seen = link.changed_at, dict(link.seen)
                row.merged_into, row.gone_at, row.missed, row.kept_by = "", None, 0, None
                row.looked_at = now
                session.add(row)

    def looked(self, there: Collection[str], missed: Collection[str]) -> list[Link]:
        """Note who was found and who was not; returns those who were missed a second time."""
        now, twice = self._clock.now(), []
        with self._db.write() as session:
            for id_ in (*there, *missed):
                row = session.get(CrmLinkRow, (self._crm, id_))
                if row is None:
                    continue
                row.looked_at = now
                row.missed = row.missed + 1 if id_ in missed else 0
                session.add(row)
                if row.missed > 1:
                    twice.append(_link(row))
        return twice

    def follow(self, loser: str, winner: str) -> bool:
        """Go along with a merge of two records: all of the one's lead moves to the other's.

        Where only the loser is known here, its lead goes on as the winner's. True when something
        changed; a second time nothing does.
        """
        now = self._clock.now()
        with self._db.write() as session:
            old = session.get(CrmLinkRow, (self._crm, loser))
            if old is None or old.merged_into or loser == winner:
                return False
            if crm_erased.among(session, self._crm, [winner]):
                old.merged_into = winner
                session.add(old)
                return True
            new = session.get(CrmLinkRow, (self._crm, winner))
            if new is None:
                new = CrmLinkRow(
                    crm=self._crm, external_id=winner, kind=old.kind, lead_id=old.lead_id,
                    account_id=old.account_id, changed_at=old.changed_at, seen=dict(old.seen),
                    looked_at=now,
                )  # fmt: skip
                session.add(new)
            elif new.lead_id != old.lead_id:
                merge_leads(
                    session, self._audit, now, gone=old.lead_id, survivor=new.lead_id, by="crm"
                )
                session.refresh(old)
            old.lead_id, old.merged_into, old.gone_at = new.lead_id, winner, None
            session.add(old)
            return True

    def gone(self, ids: Collection[str]) -> list[Link]:
        """Mark records as deleted in the CRM; the leads stay. Returns those newly marked.

        A message to whoever decides what that means is left in the same transaction.
        """
        now, newly = self._clock.now(), []
        with self._db.write() as session:
            for id_ in ids:
                row = session.get(CrmLinkRow, (self._crm, id_))
                if row is None or row.gone_at is not None or row.merged_into:
                    continue
                row.gone_at, row.looked_at = now, now
                session.add(row)
                session.flush()
                mark = salted(session, row.lead_id, row.lead_id)
                self._audit.append(session, "lead.gone_from_crm", mark, "crm", {"lead": mark})
                newly.append(_link(row))
            if newly:
                notices.leave(session, f"{GONE}:{self._crm}:{now.isoformat()}", GONE, now)
        return newly

    def undecided(self) -> list[Link]:
        """Records that are gone, and nobody has said yet what that means for their leads."""
        query = (
            select(CrmLinkRow)
            .where(
                CrmLinkRow.crm == self._crm,
                col(CrmLinkRow.gone_at).is_not(None),
                col(CrmLinkRow.kept_by).is_(None),
            )
            .order_by(col(CrmLinkRow.gone_at), col(CrmLinkRow.external_id))
        )
        with self._db.read() as session:
            return [_link(row) for row in session.exec(query)]

    def keep_lead(self, lead_id: str, by: str) -> int:
        """A person's word that a lead stays though its record is gone; `NotFound` for another."""
        query = select(CrmLinkRow).where(
            CrmLinkRow.crm == self._crm, CrmLinkRow.lead_id == lead_id,
            col(CrmLinkRow.gone_at).is_not(None), col(CrmLinkRow.kept_by).is_(None),
        )  # fmt: skip
        with self._db.write() as session:
            rows = session.exec(query).all()
            if not rows:
                raise NotFound(
                    f"Of lead '{lead_id[:80]}' nothing is open; `trailguide crm status` lists "
                    "what is gone from the CRM."
                )
            for row in rows:
                row.kept_by = by
                session.add(row)
            mark = salted(session, lead_id, lead_id)
            self._audit.append(session, "lead.kept", mark, by, {"lead": mark})
            return len(rows)

    def lead_by_mail(self, mails: Iterable[str]) -> dict[str, str]:
        """By address in small letters, the lead that has it; none of two that share one."""
        wanted = {m.casefold() for m in mails if m}
        found: dict[str, list[str]] = {}
        with self._db.read() as session:
            for batch in batches(sorted(wanted)):
                query = select(LeadRow.id, LeadRow.email).where(
                    func.lower(col(LeadRow.email)).in_(batch)
                )
                for lead_id, mail in session.exec(query):
                    found.setdefault(str(mail).casefold(), []).append(lead_id)
        return {mail: ids[0] for mail, ids in found.items() if len(ids) == 1}

    def erased(self, ids: Collection[str]) -> frozenset[str]:
        """Those of the records whose leads were erased here: they must not come back."""
        with self._db.read() as session:
            return crm_erased.among(session, self._crm, ids)

    def erased_became(self, successors: Mapping[str, str]) -> None:
        """By record what it turned into: of an erased one that must not come back either."""
        if self.erased(successors):
            with self._db.write() as session:
                crm_erased.became(session, self._crm, successors)

    # Accounts and owners

    def changed_accounts(
        self, accounts: Mapping[str, tuple[Mapping[str, Any], datetime]]
    ) -> set[str]:
        """Those of the companies of which something is new; nothing is noted by that."""
        known = self.accounts(accounts)
        return {id_ for id_, (facts, _) in accounts.items() if known.get(id_) != facts}

    def keep_accounts(self, accounts: Mapping[str, tuple[Mapping[str, Any], datetime]]) -> None:
        """Note companies."""
        with self._db.write() as session:
            for id_, (facts, at) in accounts.items():
                row = session.get(CrmAccountRow, (self._crm, id_))
                row = row or CrmAccountRow(crm=self._crm, external_id=id_, facts={}, changed_at=at)
                row.facts, row.changed_at = dict(facts), at
                session.add(row)

    def accounts(self, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """By id, what is known of companies."""
        found: dict[str, Mapping[str, Any]] = {}
        with self._db.read() as session:
            for batch in batches(ids):
                query = select(CrmAccountRow).where(
                    CrmAccountRow.crm == self._crm, col(CrmAccountRow.external_id).in_(batch)
                )
                found |= {row.external_id: row.facts for row in session.exec(query)}
        return found

    def keep_owners(self, owners: Mapping[str, tuple[str, str]]) -> None:
        """Note who owns records: name and mail address by id."""
        with self._db.write() as session:
            for id_, (name, email) in owners.items():
                row = session.get(CrmOwnerRow, (self._crm, id_)) or CrmOwnerRow(
                    crm=self._crm, external_id=id_
                )
                row.name, row.email = name, email
                session.add(row)

    def owners(self) -> dict[str, str]:
        """By id, the mail address of each owner, else the name."""
        query = select(CrmOwnerRow).where(CrmOwnerRow.crm == self._crm)
        with self._db.read() as session:
            rows = session.exec(query)
            return {row.external_id: row.email or row.name for row in rows}

    def counts(self) -> dict[str, int]:
        """How many people are linked, and how many of those are gone."""
        with self._db.read() as session:
            here = select(func.count()).where(
                CrmLinkRow.crm == self._crm, CrmLinkRow.merged_into == ""
            )
            gone = here.where(col(CrmLinkRow.gone_at).is_not(None))
            return {"linked": session.exec(here).one(), "gone": session.exec(gone).one()}


def _link(row: CrmLinkRow) -> Link:
    return Link(
        row.external_id, row.kind, row.lead_id, row.changed_at, row.account_id, row.seen,
        row.merged_into, row.gone_at, row.missed, row.kept_by,
    )  # fmt: skip
