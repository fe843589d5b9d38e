"""What the columns of another tool's list may stand for: our fields, by how others name them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.foreign_words import plain
from knowledge.leads import Action
from knowledge.refusal_columns import refusal_named


class Kind(StrEnum):
    """What a column's values are."""

    MAIL = "mail addresses"
    DAY = "days"
    NUMBER = "numbers"
    YES_NO = "yes or no"
    STAGE = "stages"
    ACTION = "acts"
    LINK = "addresses of pages"
    ID = "ids"
    TEXT = "words"
    EMPTY = "nothing"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of ours: `names` are how others call it, `fits` which values it may have.

    `means` says it in a sentence, for people and for the sentence model.
    """

    name: str
    means: str
    names: tuple[str, ...]
    fits: frozenset[Kind]


_ANY = frozenset({Kind.TEXT, Kind.STAGE, Kind.ACTION, Kind.YES_NO, Kind.ID, Kind.NUMBER})
_WORDS = frozenset({Kind.TEXT, Kind.STAGE, Kind.ACTION, Kind.ID})
_SHORT = _WORDS | {Kind.NUMBER, Kind.YES_NO}
_DAYS, _FLAG = frozenset({Kind.DAY}), frozenset({Kind.YES_NO, Kind.TEXT})
_REFUSAL = _FLAG | _DAYS | {Kind.STAGE, Kind.ACTION, Kind.NUMBER, Kind.ID}
"""A refusal must not be lost for the words that it is told in: "Opted out", or its day."""


def _field(name: str, means: str, names: str, fits: frozenset[Kind] = _WORDS) -> Field:
    return Field(name, means, tuple(plain(n) for n in names.split(",")), fits)


FIELDS: tuple[Field, ...] = (
    _field("id", "the number that tells this person apart",
           "id, lead id, contact id, prospect id, person id, record id, lead number, prospect, "
           "customer id, client id, uid, uuid, guid, hubspot id, opportunity id, deal id", _ANY),
    _field("name", "the name of the person",
           "name, full name, contact name, lead name, person, contact, attendee, attendee name, "
           "customer name, client name, contact full name, primary contact, participant, "
           "participant name", _WORDS),
    _field("first_name", "the person's first name",
           "first name, firstname, given name, forename, vorname"),
    _field("last_name", "the person's last name",
           "last name, lastname, surname, family name, nachname"),
    _field("email", "the person's mail address",
           "email, e mail, mail, email address, e mail address, work email, business email, "
           "contact email, lead email, primary email, user email, attendee email",
           frozenset({Kind.MAIL})),
    _field("role", "the person's job title or occupation",
           "role, title, job title, position, job, job role, occupation, function, profession, "
           "designation, contact title, what is your current occupation, job function"),
    _field("buying_role", "the person's part in the decision to buy",
           "buying role, decision role, role in decision, deal role, contact role, influence"),
    _field("persona", "the kind of person", "persona, buyer persona"),
    _field("company", "the company that the person works for",
           "company, company name, account, account name, organization, organisation, employer, "
           "organization name, organisation name, firm, business, business name, firma, client, "
           "customer, associated company", _SHORT),
    _field("industry", "the industry that the company is in",
           "industry, sector, vertical, branch, branche, line of business, industry sector, "
           "business sector, market, specialization, specialisation, account industry, "
           "company industry"),
    _field("company_size", "how many people the company employs",
           "company size, employees, number of employees, size, headcount, employee count, staff, "
           "no of employees, num employees, employee range, company employees, team size, "
           "mitarbeiter, mitarbeiterzahl, anzahl mitarbeiter, anzahl der mitarbeiter",
           frozenset({Kind.NUMBER, Kind.TEXT, Kind.DAY, Kind.ID})),
    _field("products", "products and systems that the company has installed",
           "products, installed products, product owned, products owned, tech stack, technology, "
           "technologies, software used, systems, installed base, current solution, erp"),
    _field("product_line", "the product of ours that it is about",
           "product line, product, product interest, product of interest, interested product, "
           "product name, item, solution, solution of interest, line", _SHORT),
    _field("stage", "where the lead or the deal stands",
           "stage, status, lead status, lifecycle stage, deal stage, opportunity stage, "
           "lead stage, contact status, funnel stage, pipeline stage, sales stage, stage name, "
           "journey stage, prospect stage, phase, state of lead",
           frozenset({Kind.STAGE, Kind.TEXT})),
    _field("converted", "whether the lead became a customer",
           "converted, is converted, customer yes no, won, is won, became customer, is customer",
           _FLAG),
    _field("qualified", "whether sales has the lead already",
           "qualified, is qualified, sales ready, sql flag, handed over", _FLAG),
    _field("segment", "the segment that the lead belongs to",
           "segment, customer segment, tier, lead segment, market segment, account tier"),
    _field("owner", "who in our team looks after the lead",
           "owner, lead owner, contact owner, account owner, deal owner, opportunity owner, "
           "sales agent, sales rep, rep, salesperson, sales person, assigned to, assignee, agent, "
           "account manager, account executive, sales owner, owner name, owner email",
           _SHORT | {Kind.MAIL}),
    _field("problem", "the problem that the lead wants to solve",
           "problem, pain, pain point, pain points, challenge, challenges, need, needs, "
           "business problem, biggest challenge"),
    _field("intent", "what first brought the lead here",
           "intent, original intent, interest, reason for contact, what are you looking for, "
           "topic, topic of interest, enquiry about, message"),
    _field("outcome", "what the lead wants to have in the end",
           "outcome, desired outcome, goal, goals, objective, target outcome"),
    _field("obstacles", "what keeps the lead from going on",
           "obstacles, obstacle, objections, objection, blockers, blocker, concerns"),
    _field("trust_gaps", "what the lead does not believe yet", "trust gaps, trust gap"),
    _field("contact_after", "the day from which the lead wants to hear from us",
           "contact after, follow up date, next contact, next contact date, snooze until, "
           "call back on, callback date, next follow up", _DAYS),
    _field("opted_out", "whether the lead wants to hear nothing from us",
           "opted out, opt out, unsubscribed, do not contact, dnc, has opted out, gdpr opt out, "
           "unsubscribed from all email and calls, blocklisted, unsubscribe, unsub, unsub time, "
           "unsub date, unsubscribe time, unsubscribe date, unsubscribed at, unsubscribed on, "
           "date unsubscribed, opt out date, opt out time, opted out at, opted out on, optout, "
           "optout date, optout time", _REFUSAL),
    _field("opted_out:email", "whether the lead wants no mails",
           "do not email, email opt out, no email, unsubscribed from all email, "
           "has opted out of email, unsubscribed from email, email unsubscribed, "
           "opted out of email, email opt out date, email optout, email unsubscribe date",
           _REFUSAL),
    _field("opted_out:phone", "whether the lead wants no calls",
           "do not call, phone opt out, no calls, no phone, phone opt out date", _REFUSAL),
    _field("opted_in", "whether the lead agreed to hear from us, or when",
           "consent, opted in, opt in, gdpr consent, marketing consent, email consent, "
           "email opt in, newsletter consent, permission, subscribed, agreed to marketing, "
           "communication consent, consent date, opt in date", _FLAG | _DAYS),
    _field("changed", "the day from which the facts of the line are",
           "last modified, modified, updated, last updated, modified date, last modified date, "
           "updated at, created, created date, create date, date created, created at, "
           "date added, entry date, added on, engage date, engaged on, open date, last changed",
           _DAYS),
    _field("action", "what was done",
           "action, activity, activity type, event type, type of activity, event, event name, "
           "task type, interaction, interaction type, engagement type, type, signal",
           frozenset({Kind.ACTION, Kind.TEXT, Kind.STAGE})),
    _field("on", "the day on which it was done",
           "on, date, day, when, timestamp, time, activity date, event date, due date, "
           "completed date, happened on, occurred at, sales date, sale date, order date, "
           "purchase date, close date, closed date, visit date, date of activity, "
           "event time, webinar date, download date, submitted at, created on", _DAYS),
    _field("asset", "the piece of content that it was about",
           "asset, asset id, asset title, content, content title, page, page url, url, link, "
           "page title, resource, document, webinar, webinar title, webinar name, piece, "
           "campaign asset, file, file name, landing page, article",
           _SHORT | {Kind.LINK}),
    _field("note", "words about it",
           "note, subject, summary, comment on activity, activity subject, activity notes"),
    _field("done", "whether it has happened",
           "done, completed, is completed, finished, is done, is closed activity", _FLAG),
    *(
        _field(f"act:{action}", f"whether or when the lead {words}", names, _FLAG | _DAYS)
        for action, words, names in (
            (Action.REGISTERED, "registered",
             "registered, registration time, registration date, registered at, registered on, "
             "registration"),
            (Action.ATTENDED, "attended",
             "attended, join time, attendance, joined at, attended live, attendance date, "
             "attended webinar, present"),
            (Action.DOWNLOADED, "downloaded it",
             "downloaded, download time, downloaded at, downloaded on"),
            (Action.WATCHED, "watched it", "watched, watched at, watched recording"),
            (Action.OPENED, "opened it", "opened, opened at, open time, email opened"),
            (Action.CLICKED, "clicked on it", "clicked, clicked at, click time, email clicked"),
            (Action.REPLIED, "replied", "replied, replied at, reply date"),
            (Action.BOOKED_MEETING, "booked a meeting", "meeting booked, booked meeting"),
            (Action.JOINED_LIST, "joined a list",
             "subscribed at, subscription date, signup date, sign up date, joined list"),
        )
    ),
)  # fmt: skip
"""Everything that a column may stand for; of equals the earlier one is taken."""

BY_NAME = {field.name: field for field in FIELDS}
_BY_WORDS: dict[str, str] = {}
for _one in FIELDS:
    _BY_WORDS.setdefault(plain(_one.name), _one.name)
    for _word in _one.names:
        _BY_WORDS.setdefault(_word, _one.name)

PRIVATE = (
    "phone", "mobile", "cell", "fax", "telephone", "tel", "handy", "street", "address line",
    "home address", "mailing address", "billing address", "shipping address", "postal code",
    "postcode", "zip", "zip code", "plz", "birthday", "birth date", "birthdate", "date of birth",
    "dob", "age", "gender", "sex", "marital status", "salutation", "ssn", "social security",
    "passport", "nationality", "religion", "ethnicity", "ip address", "ip", "latitude",
    "longitude", "city", "state", "province", "country", "region", "home phone", "work phone",
    "phone number", "mobile phone", "salary", "income", "credit card", "iban", "password",
    "office location", "location", "address", "linkedin", "twitter", "facebook", "photo",
)  # fmt: skip
"""Columns that say more of a person than is needed; left out, and said so."""
UNUSED = (
    "source", "lead source", "lead origin", "origin", "utm source", "utm medium", "utm campaign",
    "campaign", "channel", "score", "lead score", "revenue", "amount", "close value", "value",
    "estimated value", "price", "unit price", "sales price", "currency", "tax", "quantity",
    "inventory", "probability", "notes", "description", "comments", "comment", "year established",
    "founded", "website", "domain", "total visits", "page views", "page view count", "total time",
    "visits", "subsidiary of", "parent company", "parent account", "manager", "regional office",
    "engage quarter", "close quarter", "quarter", "payment status", "profit margin", "line price",
    "last activity", "last notable activity", "tags", "language", "timezone", "time in session",
    "total time spent on website", "page views per visit", "duration", "session length",
    "series", "category", "is active",
)  # fmt: skip
"""Columns that are common and that nothing here goes by."""

_PRIVATE, _UNUSED = frozenset(PRIVATE), frozenset(UNUSED)


def field_named(column: str) -> str | None:
    """The field that a column stands for by its name; None when its name does not tell."""
    words = plain(column)
    if words in _BY_WORDS:
        return _BY_WORDS[words]
    for part in ("lead ", "contact ", "customer ", "prospect ", "person ", "attendee ", "your ",
                 "work ", "current "):  # fmt: skip
        rest = words.removeprefix(part)
        if rest != words and rest in _BY_WORDS and _BY_WORDS[rest] != "id":
            return _BY_WORDS[rest]
    return refusal_named(words)


def is_private(column: str) -> bool:
    """Whether a column's name says that it holds more of a person than is needed."""
    words = plain(column)
    ends = words.split()
    return words in _PRIVATE or (
        bool(ends) and (ends[-1] in _PRIVATE or " ".join(ends[-2:]) in _PRIVATE)
        and field_named(column) is None
    )  # fmt: skip


def is_unused(column: str) -> bool:
    """Whether a column is one of those that nothing here goes by."""
    return plain(column) in _UNUSED
