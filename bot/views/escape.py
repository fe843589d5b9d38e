"""Text made safe for Slack: one place for escaping, link rules and sizes.

Nothing here trusts its input. Slack has no escape for formatting marks, so marks in foreign text
are shown as look-alikes; what a rep copies goes through `preformatted` or `plain`, which keep
every character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

ELLIPSIS = "…"
LINK_LIMIT = 2000
"""Longer addresses are shown as text: a section holds 3,000 characters, label and quote too."""

READ_AT_LEAST = 1_000
"""Characters of a long text that are cleaned before a look whether they are enough."""

_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_SHORTCODE = re.compile(r":(?=[A-Za-z0-9_+'-]+:)")
_BROADCAST = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"^(\s*)>", re.MULTILINE)
_DROPPED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+"
)
"""Control characters but for tab and line feed, lone surrogates, and what turns the direction."""


def cost(text: str) -> int:
    """Length as Slack may count it: UTF-16 units, the larger of the usual ways to count."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Text without control characters, lone surrogates, bidi overrides or runs of blank lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return re.sub(r"\n{3,}", "\n\n", _DROPPED.sub("", text)).strip()


def one_line(text: str) -> str:
    """Clean text with every run of white space made one space."""
    return " ".join(clean(text).split())


def _start(text: str, limit: int) -> str:
    """As much of a text as tells what `clip` makes of the whole, cleaned; long ones cost time.

    Cleaning only leaves out and joins, so the start of a text becomes the start of what the text
    becomes, and one character past the limit is all that `clip` looks at.
    """
    end = READ_AT_LEAST + 2 * limit
    while end < len(text):
        if len(one_line(text[:end])) > limit + 1:
            return text[:end]
        end *= 4
    return text


def clip(text: str, limit: int, render: Callable[[str], str] = str) -> str:
    """Render `text`, shortened so that the result costs at most `limit`.

    The cut falls on whole characters of the source, so no entity, surrogate pair or combined
    character is split; it prefers the end of a word. `render` must not shorten its input.
    """
    if len(text) <= limit:  # a longer one cannot fit, and is not worth rendering whole
        whole = render(text)
        if cost(whole) <= limit:
            return whole
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if cost(render(text[:middle])) + 1 <= limit:
            low = middle
        else:
            high = middle - 1
    end = _boundary(text, low)
    return render(text[:end].rstrip()) + ELLIPSIS if limit > 0 else ""


def whole_sentences(text: str, limit: int) -> str:
    """Cut text after the last sentence, else line, that ends within `limit`, if one does."""
    if len(text) <= limit:
        return text
    # A question is often the heading of what follows, and no end.
    end = max(text.rfind(mark, limit // 3, limit) for mark in (". ", ".\n"))
    if end > 0:
        return text[: end + 1]
    end = text.rfind("\n", limit // 3, limit)
    return text[:end] if end > 0 else text


def _boundary(text: str, end: int) -> int:
    space = text.rfind(" ", max(0, end - 40), end + 1)
    if space > 0:
        return space
    while 0 < end < len(text) and _joins(text[end - 1], text[end]):
        end -= 1
    return end


def _joins(before: str, after: str) -> bool:
    joiners = "\u200d\ufe0e\ufe0f"
    return (
        after in joiners
        or before == "\u200d"
        or unicodedata.combining(after) != 0
        or 0x1F3FB <= ord(after) <= 0x1F3FF
    )


def entities(text: str) -> str:
    """`& < >` as Slack's entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _inert(text: str) -> str:
    text = text.replace("*", "\u2217").replace("~", "\u223c").replace("`", "\u02cb")
    # Most texts have none of these, and a look costs a tenth of a search.
    if "_" in text:
        text = _EDGE_UNDERSCORE.sub("\u02cd", text)
    if ":" in text:
        text = _SHORTCODE.sub("\u2236", text)
    if "@" in text:
        text = _BROADCAST.sub("\uff20", text)
    if ">" in text:
        text = _QUOTE_MARK.sub("\\1\u203a", text)
    return entities(text)


def mrkdwn(text: str, limit: int) -> str:
    """Foreign text on one line for a mrkdwn field: nothing in it formats, links or mentions."""
    return clip(one_line(_start(text, limit)), limit, _inert)


def quoted(text: str, limit: int) -> str:
    """Foreign text as a quote, line breaks kept, inert as in `mrkdwn`."""

    def render(part: str) -> str:
        return "\n".join(f"> {_inert(line)}".rstrip() for line in part.split("\n"))

    return clip(clean(_start(text, limit)), limit, render)


def plain(text: str, limit: int) -> str:
    """Foreign text for a plain_text field, which formats nothing; never empty, as Slack demands."""
    return clip(one_line(_start(text, limit)), limit) or "-"


def pieces(text: str, limit: int) -> list[str]:
    """Clean text cut into pieces that each cost at most `limit`, losing nothing but the cuts."""
    cut: list[str] = []
    rest = clean(text)
    while rest:
        if cost(rest) <= limit:
            return [*cut, rest]
        end = limit // 2  # every character may cost two
        space = max(rest.rfind("\n", 1, end), rest.rfind(" ", end - 80, end))
        end = space if space > 0 else max(1, _boundary(rest, end))
        cut.append(rest[:end])
        rest = rest[end:].strip()
    return cut


def preformatted(text: str, limit: int) -> str | None:
    """Text to copy, in a code block; None when it would not fit whole or holds a fence itself."""
    body = clean(text)
    block = f"```\n{entities(body)}\n```"
    return block if body and "```" not in body and cost(block) <= limit else None


def link(url: str | None, label: str, allowed: Iterable[str | None], limit: int) -> str:
    """`<url|label>` when the address is allowed and well formed, else the label alone."""
    shown = mrkdwn(label, limit)
    address = url or ""
    # A bar or an angle bracket would end the address early and let the rest speak for itself.
    if address not in set(allowed) or re.search(r"[\s|<>\"\x00-\x1f]", address):
        return shown
    try:
        parts = urlsplit(address)
    except ValueError:
        return shown
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return shown
    written = entities(address)
    return f"<{written}|{shown or address}>" if cost(written) <= LINK_LIMIT else shown
