"""What on a web page is not its lesson: menus, cookie bars, share buttons, comments, footers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TAGS = {
    "nav", "footer", "form", "dialog", "script", "style", "noscript", "template", "iframe", "svg",
    "button", "aside",
}  # fmt: skip
_UNSEEN = {"script", "style", "noscript", "template", "svg", "button"}
_ROLES = {
    "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "complementary",
    "menu", "menubar",
}  # fmt: skip
_BESIDE = re.compile(
    r"(?:^|[-_ ])(?:nav(?:bar|igation)?|top-?(?:bar|menu|nav)|\w{0,20}-?menu|bread-?crumbs?"
    r"|(?:side|top|bottom)-?bar|site-?header|footer|pagination|pager|newsletter|subscribe|sign-?up"
    r"|pop-?up|modal|related|recommended|read-?next|more-?posts|promo|votes?|skip-?links?"
    r"|author-?(?:bio|box)|toc|widgets?|ads?|advert\w{0,10})(?:$|[-_ ])"
)
"""Words of classes and ids; the element goes unless it holds much of the page's prose."""

_NEVER = re.compile(
    r"(?:^|[-_ ])(?:cookies?|consent|gdpr|onetrust|cookiebot|disqus|comments?|respond"
    r"|share(?!d|holder)\w{0,12}|sharedaddy|addtoany|addthis|social|click-?to-?tweet|ctt|tweet\w{0,8}"
    r"|bctt|print-?only|sr-?only|visually-?hidden|screen-?reader-?text)(?:$|[-_ ])"
)
"""The element goes whatever it holds, unless the page's heading is in it."""

_LINES = re.compile(
    r"(?:click to tweet|(?:re)?tweet (?:this|it)|share (?:this\b.*|on \w+|via \w+)|share|tweet"
    r"|pin it|leave a (?:comment|reply)|no comments(?: yet)?|\d+ comments?"
    r"|skip to (?:main )?content"
    r"|accept (?:all|cookies)(?: cookies)?|(?:older|newer|previous|next) (?:posts?|entries)"
    r"|(?:copyright )?(?:©|\(c\)).{0,120}|.{0,60}all rights reserved.{0,60}"
    r"|subscribe(?: now| to our newsletter.{0,60})?|was this (?:article |page )?helpful\?)[.!»→ ]*",
    re.IGNORECASE,
)
"""Whole lines that are never part of a lesson."""

_MOST = 0.4
"""Of the page's prose: an element with more of it is the lesson itself, however it is named."""
_BLOCKS = ("h1", "h2", "h3", "h4", "p", "ul", "ol")


def prune(body: Any) -> None:
    """Take out of a page's tree, in place, what stands around the lesson."""
    prose = _words_of_prose(body) or 1
    for element in list(body.iter()):
        tag = element.tag
        if not isinstance(tag, str) or element is body or element.getparent() is None:
            continue
        if (_is_never(element) and element.find(".//h1") is None) or (
            _is_beside(element, tag) and not _is_lesson(element, prose)
        ):
            _drop(element)
    for picture in list(body.iter("img", "picture", "figcaption")):
        _drop(picture)


def open_layout_tables(body: Any) -> None:
    """Turn tables that hold headings, paragraphs or lists into plain divisions, in place."""
    for table in list(body.iter("table")):
        if any(table.find(f".//{block}") is not None for block in _BLOCKS):
            for part in table.iter("table", "tbody", "thead", "tr", "td", "th"):
                part.tag = "div"


def without_lines(text: str) -> str:
    """Markdown without the lines that only invite to share, comment or accept."""
    kept = [
        line
        for line in text.split("\n")
        if not _LINES.fullmatch(line.strip().lstrip("-*+#> ").strip())
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_never(element: Any) -> bool:
    return element.get("aria-hidden") == "true" or bool(_NEVER.search(_names(element)))


def _is_beside(element: Any, tag: str) -> bool:
    return (
        tag in _TAGS
        or (element.get("role") or "").lower() in _ROLES
        or bool(_BESIDE.search(_names(element)))
    )


def _is_lesson(element: Any, prose: int) -> bool:
    if element.tag in _UNSEEN:
        return False
    if any(element.find(f".//{tag}") is not None for tag in ("h1", "main", "article")):
        return True
    return _words_of_prose(element) > _MOST * prose


def _names(element: Any) -> str:
    """Classes and id in small words, `FooterRoot` as `footer-root`."""
    told = f"{element.get('class') or ''} {element.get('id') or ''}"[:300]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", told).lower().replace("__", "-")


def _words_of_prose(element: Any) -> int:
    return sum(len(text.split()) for text in _prose(element))


def _prose(element: Any) -> Iterator[str]:
    for paragraph in element.iter("p", "li", "blockquote", "pre"):
        if paragraph.tag != "li" or paragraph.find(".//a") is None:  # lists of links are menus
            yield "".join(paragraph.itertext())


def _drop(element: Any) -> None:
    """Remove an element and keep the words that follow it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = f"{before.tail or ''} {tail}"
        else:
            parent.text = f"{parent.text or ''} {tail}"
    parent.remove(element)
