"""Records that are not there any more: merges are followed, of deletions a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.flow.crm_desk import Desk
from knowledge.crm import Gone, Record
from knowledge.errors import CrmFailed

LOOKED_AT = 300
"""People looked for in one round, beside those that the CRM tells of: three calls."""
EVERY = timedelta(days=1)
"""How often somebody is looked for who does not change."""
AT_MOST, SHARE = 10, 0.2
"""More missing at once than this many, and than this share, is no deletion: a permission is gone,
or another account is connected."""
MISSING = (
    "{missing} of {looked} people who were looked for cannot be seen any more; nobody was marked "
    "as gone. Check the permissions, and that it is the same account."
)


class ManyMissing(CrmFailed):
    """So many are missing at once that it cannot be true."""


def follow_absorbed(desk: Desk, records: Sequence[Record]) -> None:
    """Go along with merges that the surviving records tell of."""
    told = {loser: r.id for r in records for loser in r.absorbed}
    for loser, link in desk.records.links(list(told)).items():
        if not link.merged_into:
            desk.records.follow(loser, told[loser])


def follow_gone(desk: Desk, gone: Sequence[Gone]) -> None:
    """Go along with merges, and mark what was deleted; nothing is erased by that."""
    for one in gone:
        if one.survivor:
            desk.records.follow(one.id, one.survivor)
    desk.records.gone([one.id for one in gone if not one.survivor])


def look_around(desk: Desk) -> None:
    """Look for some people who did not change, since no list tells of a deletion for good.

    Only who is missed twice is marked as gone. `ManyMissing` when that cannot be true.
    """
    since = desk.tools.clock.now() - EVERY
    links = desk.records.least_looked_at(LOOKED_AT, since)
    if not links:
        return
    seen = desk.crm.look({link.id: link.kind for link in links})
    missed = {id_ for id_, one in seen.items() if one.record is None}
    if len(missed) > max(AT_MOST, SHARE * len(links)):
        raise ManyMissing(MISSING.format(missing=len(missed), looked=len(links)))
    for id_, one in seen.items():
        if one.record is not None and one.record.id != id_:
            desk.records.follow(id_, one.record.id)
    there = [link.id for link in links if link.id not in missed]
    twice = desk.records.looked(there, missed)
    desk.records.gone([link.id for link in twice])
