"""Pulling from the CRM: page by page, each kept with how far it came, so that any stop goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.flow.crm_desk import GONE, Desk, name_of
from bot.flow.crm_facts import Said, account_said, act_said, person_said
from bot.flow.crm_gone import ManyMissing, follow_absorbed, follow_gone, look_around
from bot.flow.crm_taking import Came, take
from knowledge.crm import Record, Stream
from knowledge.errors import CrmBusy, CrmFailed, CrmUnreachable
from knowledge.leads import HistoryEntry
from storage.crm import Link
from storage.crm_writes import CLOCKS_DIFFER, LONGEST_PAUSE

OVERLAP = timedelta(minutes=5)
"""How far before the last change a pull begins: indexes of a CRM lag behind by seconds to a minute,
and long transactions come to light late. What comes twice changes nothing."""
ROUND = "round"
"""The cursor of a pull as a whole."""
PAUSE = timedelta(minutes=5)
"""After a CRM that gave no answer."""
MENDING = timedelta(hours=1)
"""After a refusal: somebody must mend something first."""
NOT_KNOWN = "somebody who is not known yet"
"""Counts activities of people whom the streams before did not bring."""
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)
"""How far a stream came that has brought nobody yet; the overlap still fits before it."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a stretch of a pull brought; `trouble` is why it stopped early, in a sentence."""

    over: bool
    records: int = 0
    trouble: str = ""


def is_due(desk: Desk, now: datetime) -> bool:
    """Whether the bot's own pull is due, or one is under way that may go on."""
    minutes = desk.tools.settings.crm_minutes
    known = desk.cursors.get(ROUND)
    longest = now + LONGEST_PAUSE + CLOCKS_DIFFER  # a clock that was ahead made a longer one
    if known.not_before and now < known.not_before <= longest:
        return False
    if known.is_under_way or not minutes:
        return known.is_under_way and bool(minutes)
    if known.done_at is None or known.done_at > now:  # a clock that went ahead was put back
        return True
    return known.done_at <= now - timedelta(minutes=minutes)


def pull(desk: Desk, enough: Callable[[], bool] = lambda: False) -> Pulled:
    """Pull what changed since the last time; stops between two pages when it is `enough`.

    A trouble is kept, told, and never lost data: the next pull goes on where this one stopped.
    """
    done = list(filter(None, (desk.cursors.begin(ROUND).cursor or "").split(" ")))
    steps: list[tuple[str, Callable[[], int]]] = [
        (name_of(stream, kind), partial(_stream, desk, stream, kind, enough))
        for stream, kind in desk.streams()
    ]
    steps += [
        (f"{GONE}:{kind}", partial(_gone, desk, kind, enough)) for kind in desk.mapping.people
    ]
    brought = 0
    try:
        for name, step in steps:
            if name in done:
                continue
            brought += step()
            if desk.cursors.get(name).is_under_way:
                return Pulled(over=False, records=brought)
            done.append(name)
            desk.cursors.page_done(ROUND, " ".join(done))
    except CrmFailed as trouble:
        return Pulled(over=False, records=brought, trouble=_kept(desk, trouble))
    # The round is over before anybody is looked for: what goes wrong there holds no change up.
    desk.cursors.page_done(ROUND, None, records=brought)
    try:
        look_around(desk)
    except CrmFailed as trouble:
        return Pulled(over=True, records=brought, trouble=_kept(desk, trouble))
    return Pulled(over=True, records=brought)


def _kept(desk: Desk, trouble: CrmFailed) -> str:
    """The sentence of a trouble, kept with how long the CRM is left alone."""
    told, wait = str(trouble), MENDING
    if isinstance(trouble, CrmBusy):
        wait = min(timedelta(seconds=trouble.seconds), LONGEST_PAUSE)
    elif isinstance(trouble, CrmUnreachable):
        wait = PAUSE
    elif isinstance(trouble, ManyMissing):
        wait = timedelta(0)  # the next pull brings what changed, as ever
    desk.cursors.trouble(ROUND, told, desk.tools.clock.now() + wait)
    return told


def _stream(desk: Desk, stream: Stream, kind: str, enough: Callable[[], bool]) -> int:
    name, brought = name_of(stream, kind), 0
    known = desk.cursors.begin(name)
    since = known.since - OVERLAP if known.since else None
    cursor = known.cursor
    while not enough():
        page = desk.crm.read(stream, kind, since, cursor)
        # A record twice in one page: the later one counts.
        records = tuple({r.id: r for r in page.records}.values())
        noted = _TAKERS[stream](desk, kind, records, since)
        highest = max((r.changed_at for r in records), default=None)
        brought += len(records)
        known = desk.cursors.page_done(
            name, page.cursor, highest=highest, records=len(records), noted=noted,
            most=_people_upto(desk) if NOT_KNOWN in {*noted, *known.noted} else None,
        )  # fmt: skip
        cursor = page.cursor
        if cursor is None:
            break
    return brought


def _gone(desk: Desk, kind: str, enough: Callable[[], bool]) -> int:
    name, brought = f"{GONE}:{kind}", 0
    known = desk.cursors.begin(name)
    since = known.since - OVERLAP if known.since else None
    cursor = known.cursor
    while not enough():
        page = desk.crm.gone(kind, since, cursor)
        follow_gone(desk, page.gone)
        brought += len(page.gone)
        desk.cursors.page_done(name, page.cursor, highest=page.upto, records=len(page.gone))
        cursor = page.cursor
        if cursor is None:
            break
    return brought


Noted = Counter[str]


def _owners(desk: Desk, _: str, records: Sequence[Record], __: datetime | None) -> Noted:
    told = {r.id: (str(r.fields.get("name") or ""), str(r.fields.get("email") or ""))
            for r in records}  # fmt: skip
    desk.records.keep_owners(told)
    return Counter()


def _accounts(desk: Desk, _: str, records: Sequence[Record], __: datetime | None) -> Noted:
    """Companies; what is new of one is told of everybody who is there."""
    said = {r.id: (account_said(r, desk.mapping), r.changed_at) for r in records}
    changed = desk.records.changed_accounts(said)
    links = desk.records.of_accounts(changed)
    owners = desk.records.owners()
    came = []
    for link in links:
        account, at = said[link.account_id]
        record = Record(link.id, link.kind, link.changed_at, link.seen)
        told = person_said(record, desk.mapping.people[link.kind], owners, account)
        came.append(Came(link.lead_id, told.facts, at=max(at, link.changed_at)))
    take(desk, came)
    # Kept last: after a stop in between, the same page is still news to everybody.
    desk.records.keep_accounts({id_: said[id_] for id_ in changed})
    return Counter()


def _people(desk: Desk, kind: str, records: Sequence[Record], since: datetime | None) -> Noted:
    follow_absorbed(desk, records)
    turned = {r.id: r.became for r in records if r.became}
    desk.records.erased_became(turned | {old: r.id for r in records for old in r.absorbed})
    erased = desk.records.erased([r.id for r in records])
    records = [r for r in records if r.id not in erased]
    links = desk.records.links([r.id for r in records])
    if since is not None:  # the first pull takes all, so that a changed mapping can be applied
        records = [r for r in records if not _is_known(r, links.get(r.id))]
    mapping, owners = desk.mapping.people[kind], desk.records.owners()
    field = mapping.account or ""
    ids = {str(r.fields.get(field)) for r in records if field and r.fields.get(field)}
    accounts = desk.records.accounts(ids)
    said = {
        r.id: person_said(r, mapping, owners, accounts.get(str(r.fields.get(field))))
        for r in records
    }
    leads = _leads(desk, records, said, links)
    take(desk, [Came(leads[r.id], said[r.id].facts, at=r.changed_at) for r in records])
    desk.records.keep([
        Link(r.id, kind, leads[r.id], r.changed_at, said[r.id].account_id, said[r.id].seen)
        for r in records
    ])  # fmt: skip
    for record in records:
        if record.became:
            desk.records.follow(record.id, record.became)
    return sum((s.noted for s in said.values()), Counter[str]())


def _leads(
    desk: Desk, records: Sequence[Record], said: Mapping[str, Said], links: Mapping[str, Link]
) -> dict[str, str]:
    """By record the lead it is: the linked one, else who has its mail address, else a new one."""
    new = [r.id for r in records if r.id not in links]
    mails = {id_: (said[id_].facts.email or "").casefold() for id_ in new}
    by_mail = desk.records.lead_by_mail(mails.values())
    found = {id_: link.lead_id for id_, link in links.items()}
    for id_ in new:
        mail = mails[id_]
        found[id_] = by_mail.get(mail) or f"{desk.crm.name}-{id_}"
        if mail:
            by_mail.setdefault(mail, found[id_])
    return found


def _is_known(record: Record, link: Link | None) -> bool:
    """Whether this very state of a record was taken in before."""
    return (
        link is not None
        and link.gone_at is None
        and not link.merged_into
        and not record.became
        and link.changed_at == record.changed_at
        and dict(link.seen) == dict(record.fields)
    )


def _activities(desk: Desk, kind: str, records: Sequence[Record], __: datetime | None) -> Noted:
    """What happened; our own touches are known here.

    A person who is not may have been made after the people were read: that is counted, and such
    activities are read once more when the people came further.
    """
    ours = desk.writes.ours([r.id for r in records])
    zone = desk.tools.settings.time_zone
    mapping = desk.mapping.activities[kind]
    links = desk.records.links({p for r in records for p in r.people})
    acts: dict[str, list[HistoryEntry]] = {}
    for record in records:
        entry = act_said(record, mapping, zone)
        if entry is None or record.key or record.id in ours:
            continue
        for lead_id in {links[p].lead_id for p in record.people if p in links}:
            acts.setdefault(lead_id, []).append(entry)
    take(desk, [replace(Came(lead_id), acts=tuple(told)) for lead_id, told in acts.items()])
    return Counter({NOT_KNOWN: n} if (n := _not_known(desk, records, links)) else {})


def _not_known(desk: Desk, records: Sequence[Record], links: Mapping[str, Link]) -> int:
    """How many activities, of after the people came to, name somebody who is not known."""
    upto = _people_upto(desk) - OVERLAP
    strangers = {
        r.id: missing for r in records
        if r.changed_at >= upto and (missing := set(r.people) - set(links))
    }  # fmt: skip
    erased = desk.records.erased({p for missing in strangers.values() for p in missing})
    return sum(bool(missing - erased) for missing in strangers.values())


def _people_upto(desk: Desk) -> datetime:
    """How far every stream of people came."""
    known = [desk.cursors.get(name_of(Stream.PEOPLE, k)).since for k in desk.mapping.people]
    return min((since or BEGINNING for since in known), default=BEGINNING)


_TAKERS: dict[Stream, Callable[[Desk, str, Sequence[Record], datetime | None], Noted]] = {
    Stream.OWNERS: _owners,
    Stream.ACCOUNTS: _accounts,
    Stream.PEOPLE: _people,
    Stream.ACTIVITIES: _activities,
}
