"""Rules of shape: one topic, the right link, length, plain words, no blanks left (M20, M23)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from knowledge.channels import parse_channel
from knowledge.sentences import sentences
from knowledge.touch import Finding
from prompts.checks.reading import grade
from prompts.checks.rule import MOST_CHARACTERS, CheckContext, Rule, listed, pattern
from prompts.wording import why

LENGTHS: dict[str, tuple[int, int]] = {
    "email": (60, 140),  # M23
    "text": (12, 60),  # two or three screens of a phone
    "social": (25, 90),
    "phone": (25, 140),
    "direct_mail": (50, 160),
}
"""Fewest and most words of a body, addresses not counted, by channel."""

MAX_QUESTIONS = 2
HARDEST_GRADE = 11.0
"""A draft is aimed at grade 9; single long words swing a short text by about two grades."""
_FEWEST_WORDS_TO_GRADE = 30


def same_address(one: str, other: str) -> bool:
    """Whether two addresses name the same page; case of the host and a last slash do not matter."""
    a, b = (urlsplit(u if "://" in u else f"https://{u}") for u in (one, other))
    return (a.hostname, a.port, a.path.rstrip("/"), a.query, a.fragment) == (
        b.hostname,
        b.port,
        b.path.rstrip("/"),
        b.query,
        b.fragment,
    ) and a.username is None


def _foreign_link(context: CheckContext) -> Iterator[Finding]:
    url = context.asset.url if context.asset else None
    for found in dict.fromkeys(context.urls):
        if not url or not same_address(found, url):
            yield Finding("foreign_link", found[:300], why("foreign_link"))


FOREIGN_LINK = Rule("foreign_link", _foreign_link, lambda c: c.asset is not None).binding()
"""Binding, as is a second link: a wording is a matter of taste, but an address that is not the
piece's own leads the reader to what nobody approved."""


def _links(context: CheckContext) -> Iterator[Finding]:
    own = context.asset.url if context.asset else None
    different = list(dict.fromkeys(u.rstrip("/").lower() for u in context.urls))
    if len(different) > 1:
        strange = (u for u in different if own and not same_address(u, own.lower()))
        yield Finding("one_topic", next(strange, different[1])[:300], why("one_topic", "link"))


def _questions(context: CheckContext) -> Iterator[Finding]:
    body = context.own_text.removeprefix(context.subject.strip())
    unquoted = re.sub(r"[\"\u201c][^\"\u201c\u201d]*[\"\u201d]", "…", body)
    asked = [s for s in sentences(unquoted) if s.rstrip("\"'\u201d)* ").endswith("?")]
    if len(asked) > MAX_QUESTIONS:
        yield Finding("one_topic", asked[-1][:300], why("one_topic", "question"))


_SEVERAL = pattern(*listed("several_assets"))


def _assets(context: CheckContext) -> Iterator[Finding]:
    for sentence in context.sentences:
        if _SEVERAL.search(sentence):
            yield Finding("one_topic", sentence[:300], why("one_topic", "asset"))


ONE_TOPIC = (
    Rule("one_topic", _links).binding() | Rule("one_topic", _questions) | Rule("one_topic", _assets)
)

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.I)


def word_count(body: str) -> int:
    """Words of a body as a reader counts them: addresses do not count."""
    return len(re.findall(r"\w[\w'\u2019.,%-]*", _ADDRESS.sub(" ", body)))


def _length(context: CheckContext) -> Iterator[Finding]:
    fewest, most = LENGTHS[parse_channel(context.channel) or "email"]
    count = word_count(context.body)
    if count > most:
        yield Finding("length", f"{count} words, at most {most}", why("length", "long"))
    elif count < fewest:
        yield Finding("length", f"{count} words, at least {fewest}", why("length", "short"))


LENGTH = Rule("length", _length)


def reading_grade(context: CheckContext) -> float:
    """The grade of the draft's own words: the lead's quoted words, titles and links left out."""
    body = re.sub(r"^\W*(?:hi|hello|dear)\b[^\n]{0,60}$", "", context.own_text, flags=re.I | re.M)
    return grade(body)


def _hard_to_read(context: CheckContext) -> Iterator[Finding]:
    if word_count(context.body) < _FEWEST_WORDS_TO_GRADE:
        return
    if reading_grade(context) > HARDEST_GRADE:
        hardest = max(context.sentences, key=grade, default="")
        yield Finding("hard_to_read", hardest[:300], why("hard_to_read"))


HARD_TO_READ = Rule("hard_to_read", _hard_to_read)

_LEFT_TO_FILL = re.compile("|".join(f"(?:{t})" for t in listed("placeholder")), re.M)


def _placeholder(context: CheckContext) -> Iterator[Finding]:
    text = f"{context.subject}\n{context.body}"[:MOST_CHARACTERS]
    for line in text.splitlines():
        if _LEFT_TO_FILL.search(line):
            yield Finding("placeholder", line.strip()[:300], why("placeholder"))


PLACEHOLDER = Rule("placeholder", _placeholder)
