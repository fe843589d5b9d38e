"""Who the leads of an export are, and all that its files say of each: one person, one lead.

A line of people is a lead, or more of the person that it refers to. A deal belongs to its person;
where the files name none, the deal itself stands for the unknown person at its company.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from bot.flow.lead_intake import Incoming, new_lead_id
from bot.flow.lead_rows import (
    LONGEST_NOTE,
    Gathered,
    Joined,
    Line,
    Trouble,
    acts_of,
    at_noon,
    consent_of,
    facts_of,
    refused_on,
)
from bot.flow.lines import FactsLine
from knowledge.csv_tables import Table
from knowledge.foreign_words import plain
from knowledge.journey import Stage
from knowledge.lead_mapping import LeadMapping, TableKind
from knowledge.leads import Action, HistoryEntry, LeadFacts, LineStage
from knowledge.mail_address import is_mail

MISTYPED_MAIL = "'{column}' is '{value}', which is no mail address; left out"


@dataclass
class Gathering:
    """What came of the files: leads in the order they were met, signs of nobody known, and counts.

    `planned` are acts that have not happened, `lost` rows whose person is in no file.
    """

    leads: dict[str, Gathered] = field(default_factory=dict)
    strangers: list[Line] = field(default_factory=list)
    planned: int = 0
    lost: int = 0


def gather(
    tables: Iterable[Table],
    mapping: LeadMapping,
    mails: Mapping[str, str],
    today: date,
    bad: Trouble,
) -> Gathering:
    """Gather the leads; `mails` holds the leads on record by their addresses and by their ids."""
    joined = Joined(tables, mapping, bad)
    work = _Gatherer(joined, dict(mails), today)
    for kind, read in (
        (TableKind.PEOPLE, work.person),
        (TableKind.DEALS, work.deal),
        (TableKind.ACTS, work.act),
        (TableKind.PURCHASES, work.purchase),
    ):
        for table in joined.of_kind(kind):
            for line in joined.lines(table.name):
                read(line)
    return work.found


def incoming(lead: Gathered) -> Incoming:
    """What was gathered of a lead as it is taken in."""
    facts = dict(lead.facts)
    stage = facts.pop("stage", None)
    told = FactsLine.model_validate(
        facts | {"stage": stage, "line_stages": [_plain(s) for s in lead.lines.values()]}
    ).facts()
    at, staged = at_noon(lead.changed), at_noon(lead.staged or lead.changed)
    changed = {"stage": staged} if staged else {}
    changed |= {fact: noon for fact, on in lead.refused.items() if (noon := at_noon(on))}
    return Incoming(
        lead.lead_id, told.email, told, tuple(dict.fromkeys(lead.acts)), at, changed,
        f"{lead.where[0]} line {lead.where[1]}",
    )  # fmt: skip


def by_file(came: Incoming, lead: Gathered) -> Iterator[tuple[str, Incoming]]:
    """What is taken in of a lead in a part for each file that told of it, its own file first.

    So that each fact and act is kept with the file that it came from.
    """
    own = lead.where[0]
    facts: dict[str, dict[str, Any]] = {own: {}}
    for one in fields(came.facts):
        value = getattr(came.facts, one.name)
        if value != one.default:
            facts.setdefault(lead.of.get(one.name, own), {})[one.name] = value
    acts: dict[str, list[HistoryEntry]] = {}
    for given, kept in zip(dict.fromkeys(lead.acts), came.acts, strict=True):
        acts.setdefault(lead.did_in.get(given, own), []).append(kept)
    for file in dict.fromkeys([*facts, *acts]):
        told = LeadFacts(**facts.get(file, {}))
        yield file, replace(came, facts=told, acts=tuple(acts.get(file, ())))


class _Gatherer:
    def __init__(self, joined: Joined, mails: dict[str, str], today: date) -> None:
        self.found = Gathering()
        self._joined, self._mails, self._today = joined, mails, today
        self._first: dict[tuple[str, str], int] = {}

    def person(self, line: Line) -> None:
        """A line of people: a lead of its own, or more of the one that it refers to."""
        root = self._joined.person_of(line)
        lead = self._lead(root)
        if lead is None:
            line.wrong("it names nobody: no id, mail address or name")
            return
        otherwise = self._describe(lead, line)
        if root is line:
            self._told_twice(lead, line, otherwise)
        on = line.day("changed")
        lead.changed = max(filter(None, (lead.changed, on)), default=None)
        file = line.table.name
        lead.did([a for a in acts_of(line) if self._is_past(a)], file)
        if stage := line.meant("stage"):
            lead.stand(Stage(stage), on, file)
        if line.says_yes("converted"):
            lead.stand(Stage.CUSTOMER, on, file)

    def deal(self, line: Line) -> None:
        """A deal: the stage of its person, for its product line where it names one."""
        lead = self._lead(self._joined.person_of(line)) or self._by_mail(line)
        if lead is None:
            line.wrong("it names nobody: no id, mail address or name")
            return
        self._describe(lead, line)
        begun, ended = line.day("changed"), line.day("on")
        stage = line.meant("stage")
        closed = stage == Stage.CUSTOMER or "lost" in plain(line.of("stage"))
        on = (ended if closed else begun) or begun or ended
        on = min(on, self._today) if on else None
        lead.changed = max(filter(None, (lead.changed, on)), default=None)
        product = line.of("product_line")
        file = line.table.name
        if stage:
            lead.stand(Stage(stage), on, file)
            known = lead.lines.get(product.casefold())
            if product and (known is None or (on or date.min) >= (known.on or date.min)):
                evidence = f"deal stage {line.of('stage')}"[:120]
                lead.lines[product.casefold()] = LineStage(product, Stage(stage), evidence, on)
                lead.of["line_stages"] = file
        if stage == Stage.CUSTOMER and ended and ended <= self._today:
            lead.did([HistoryEntry(Action.BOUGHT, ended, None, "", product)], file)
            owned = _many(lead.facts.get("products", []))
            if product and product not in owned:
                lead.facts["products"], lead.of["products"] = [*owned, product], file

    def act(self, line: Line) -> None:
        """Something that happened with a person, if it has happened."""
        action, on = line.meant("action") or line.table.act, line.day("on")
        if not action:
            line.wrong(f"'{line.of('action')[:40]}' is no act that is known here; left out")
        elif on is None:
            line.wrong("it has no day; left out")
        elif line.says_yes("done") is False or on > self._today:
            self.found.planned += 1
        else:
            note = line.of("note")[:LONGEST_NOTE]
            asset, product = line.of("asset") or None, line.of("product_line")
            entry = HistoryEntry(Action(action), on, asset, note, product)
            lead = self._lead(self._joined.person_of(line)) or self._by_mail(line)
            if lead is None:
                self.found.strangers.append(line)
                return
            refused = entry.action is Action.OPTED_OUT
            file = line.table.name
            lead.did([entry, *([] if refused else consent_of(line, on))], file)
            if entry.action is Action.BOUGHT:
                lead.stand(Stage.CUSTOMER, on, file)

    def purchase(self, line: Line) -> None:
        """A sale: the person bought, and is a customer."""
        on = line.day("on")
        lead = self._lead(self._joined.person_of(line)) or self._by_mail(line)
        if lead is None or on is None:
            self.found.lost += 1
        elif on <= self._today:
            product = line.of("product_line")
            lead.did([HistoryEntry(Action.BOUGHT, on, None, "", product)], line.table.name)
            lead.stand(Stage.CUSTOMER, on, line.table.name)
        else:
            self.found.planned += 1

    def _describe(self, lead: Gathered, line: Line) -> list[str]:
        """The facts of a line and of its company; returns those that were told otherwise before."""
        facts = facts_of(line)
        if "email" in facts and not is_mail(facts["email"]):
            column = line.table.column_of("email")
            name = column.name if column else "email"
            line.cut(MISTYPED_MAIL.format(column=name, value=facts.pop("email")[:40]))
        otherwise = lead.tell(facts, line.table.name)
        lead.refuse(refused_on(line))
        if company := self._joined.company_of(line):
            more = {k: v for k, v in facts_of(company).items() if k != "owner"}
            lead.tell(more, company.table.name)
        return otherwise

    def _told_twice(self, lead: Gathered, line: Line, otherwise: list[str]) -> None:
        """Tell of a line whose lead stands in the same file before."""
        first = self._first.setdefault((line.table.name, lead.lead_id), line.number)
        if first != line.number:
            named = ", ".join(name.replace("_", " ") for name in otherwise)
            left = f"; what it says otherwise is left out: {named}" if named else ""
            line.cut(f"it names the same lead as line {first}{left}")

    def _lead(self, line: Line) -> Gathered | None:
        """The lead of a line of people or of a deal; the same one each time."""
        if line.table.kind in {TableKind.ACTS, TableKind.PURCHASES}:
            return None
        lead_id = self._id(line)
        if not lead_id:
            return None
        if lead_id not in self.found.leads:
            where = (line.table.name, line.number)
            self.found.leads[lead_id] = Gathered(lead_id, where=where)
        return self.found.leads[lead_id]

    def _id(self, line: Line) -> str:
        """The lead on record with that address, else the id of the line, else one made of both."""
        email = line.of("email") if is_mail(line.of("email")) else ""
        name = line.of("name") or f"{line.of('first_name')} {line.of('last_name')}".strip()
        held = self._mails.get(email.casefold(), "") if email else ""
        own = line.of("id")
        lead_id = held or own or (new_lead_id(name, email) if email or name else "")
        if email and lead_id:
            self._mails.setdefault(email.casefold(), lead_id)
        return lead_id

    def _by_mail(self, line: Line) -> Gathered | None:
        """The lead that an act names by mail or id; new where it has a name, else None."""
        email, own = line.of("email").casefold(), line.of("id")
        lead_id = self._mails.get(email, "") if email else ""
        if not lead_id and not line.table.column_of("email"):
            lead_id = self._mails.get(own.casefold(), "")
        name = line.of("name") or f"{line.of('first_name')} {line.of('last_name')}".strip()
        if not lead_id and is_mail(email) and name:
            lead_id = self._mails[email] = new_lead_id(name, line.of("email"))
        if not lead_id:
            return None
        if lead_id not in self.found.leads:
            where = (line.table.name, line.number)
            self.found.leads[lead_id] = Gathered(lead_id, where=where)
        lead = self.found.leads[lead_id]
        if name:
            lead.tell(facts_of(line), line.table.name)
            lead.refuse(refused_on(line))
        return lead

    def _is_past(self, entry: HistoryEntry) -> bool:
        if entry.on > self._today:
            self.found.planned += 1
        return entry.on <= self._today


def _many(owned: Any) -> list[str]:
    return [p.strip() for p in owned.split(";")] if isinstance(owned, str) else list(owned)


def _plain(stage: LineStage) -> dict[str, Any]:
    return {"line": stage.line, "stage": stage.stage, "evidence": stage.evidence, "on": stage.on}
