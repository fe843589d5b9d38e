"""How the CRM and this agree: when it was pulled, what waits, what is open."""

from __future__ import annotations

from collections import Counter

from bot.flow.crm_desk import Desk
from bot.flow.crm_pull import NOT_KNOWN, ROUND
from knowledge.crm_status import CrmStatus, Named
from knowledge.errors import NotFound
from storage.crm import Link
from storage.crm_queue import CONFLICT, DONE, REFUSED, WAITING
from storage.crm_writes import Queued


def status(desk: Desk) -> CrmStatus:
    """The state, from our own tables: nothing is asked of the CRM."""
    pulled, counts, writes = desk.cursors.get(ROUND), desk.records.counts(), desk.writes.count()
    noted: Counter[str] = Counter()
    for cursor in desk.cursors.all():
        noted.update(cursor.noted)
    del noted[NOT_KNOWN]  # those are read once more; the mapping is not to blame
    return CrmStatus(
        crm=desk.crm.name,
        pulled_at=pulled.done_at,
        under_way=pulled.is_under_way,
        trouble=pulled.trouble,
        linked=counts["linked"],
        gone=counts["gone"],
        waiting=writes[WAITING],
        written=writes[DONE],
        conflicts=writes[CONFLICT],
        refused=writes[REFUSED],
        writes=tuple(sorted(desk.mapping.writes())),
        noted=dict(noted),
        undecided=tuple(link.lead_id for link in desk.records.undecided()),
    )


def gone_leads(desk: Desk) -> list[Named]:
    """Leads that are gone from the CRM and nobody has said what that means."""
    return [_named(link, desk) for link in desk.records.undecided() if link.gone_at]


def conflict_lead(queued: Queued, desk: Desk) -> str:
    """What to call the lead of a conflict."""
    return _name(queued.lead_id, desk)


def _named(link: Link, desk: Desk) -> Named:
    since = link.gone_at or link.changed_at
    return Named(link.lead_id, _name(link.lead_id, desk), since)


def _name(lead_id: str, desk: Desk) -> str:
    try:
        facts = desk.tools.leads.get(lead_id).facts
    except NotFound:
        return lead_id
    return facts.name or facts.email or lead_id
