"""Links that open a filled mail in Gmail, Outlook on the web, or the mail program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.views import escape
from knowledge.touch import Draft

GMAIL = "https://mail.google.com/mail/"
OUTLOOK = "https://outlook.office.com/mail/deeplink/compose"
BUTTON_URL_LIMIT = 3000
"""Slack's most for the address of a button."""


@dataclass(frozen=True, slots=True)
class MailLinks:
    """Addresses that open a filled mail; `mailto` is empty when it cannot be a link.

    `without_text` names those that the text had to be left out of, by field.
    """

    gmail: str
    outlook: str
    mailto: str
    without_text: frozenset[str] = frozenset()


def mail_links(draft: Draft, address: str | None) -> MailLinks | None:
    """The links for a draft to this address (or none); None when it is no e-mail."""
    if draft.channel != "email":
        return None
    to, subject = escape.one_line(address or ""), escape.one_line(draft.subject)
    body = escape.clean(draft.body)
    gmail, all_of_gmail = _fitting(
        lambda s, b: _query(GMAIL, {"view": "cm", "fs": "1", "to": to, "su": s, "body": b}),
        subject, body, BUTTON_URL_LIMIT,
    )  # fmt: skip
    outlook, all_of_outlook = _fitting(
        lambda s, b: _query(OUTLOOK, {"to": to, "subject": s, "body": b}),
        subject, body, BUTTON_URL_LIMIT,
    )  # fmt: skip
    mailto, all_of_it = "", True
    if "@" in to:  # Slack makes no link of an address that is none
        mailto, all_of_it = _fitting(
            lambda s, b: _mailto(to, s, b), subject, body, escape.LINK_LIMIT
        )
    whole = {"gmail": all_of_gmail, "outlook": all_of_outlook, "mailto": all_of_it}
    return MailLinks(
        gmail, outlook, mailto, frozenset(k for k, all_in in whole.items() if not all_in)
    )


def _fitting(
    make: Callable[[str, str], str], subject: str, body: str, limit: int
) -> tuple[str, bool]:
    """The address with as much as fits, and whether that is all: first the body is left out."""
    for s, b in ((subject, body), (subject, ""), ("", "")):
        url = make(s, b)
        if escape.cost(escape.entities(url)) <= limit:
            return url, b == body
    return "", False


def _query(base: str, told: dict[str, str]) -> str:
    return f"{base}?{urlencode({k: v for k, v in told.items() if v}, quote_via=quote)}"


def _mailto(to: str, subject: str, body: str) -> str:
    """RFC 6068: line breaks are CRLF, and a space is %20, never a plus sign."""
    told = {"subject": subject, "body": body.replace("\n", "\r\n")}
    query = urlencode({k: v for k, v in told.items() if v}, quote_via=quote)
    return f"mailto:{quote(to, safe='@')}" + (f"?{query}" if query else "")
