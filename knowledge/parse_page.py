"""Web pages to Markdown without what stands around them; runs in the process of `parse_worker`."""

from __future__ import annotations

import contextlib
import re
from typing import Any

from knowledge.page_parts import open_layout_tables, prune, without_lines
from knowledge.shortcodes import without_shortcodes
from knowledge.text_files import MIN_WORDS, count_words

_HEADING = re.compile(r"^#{1,6} ", re.M)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)]) ", re.M)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
MAX_ELEMENTS = 200_000
"""A page of more is left to the extractor alone: pruning looks at each element's inside."""
WHOLE = 2.0
"""When what is left of a page after pruning has at most so many times the words of what the
extractor took, it is the lesson itself, and is taken with its headings and lists."""


def parse_page(body: bytes) -> dict[str, str]:
    """The text of a page as Markdown, with what it says about itself."""
    import trafilatura

    page = trafilatura.utils.decode_file(body)
    found = {"text": ""}
    pruned = _pruned(page)
    # The extractor gives up on damaged pages in many ways; the plain converter then takes over.
    with contextlib.suppress(Exception):
        found["text"] = (
            trafilatura.extract(
                page if pruned is None else _copy(pruned),
                output_format="markdown",
                include_comments=False,
                include_links=False,
            )
            or ""
        )
    with contextlib.suppress(Exception):
        about = trafilatura.extract_metadata(page, extensive=False)  # a stated date, no guess
        found |= {
            "title": about.title or "",
            "url": about.url or "",
            "published": about.date or "",
            "description": about.description or "",
        }
    whole, title = _converted(page, pruned)
    if _says_more(whole, found["text"]):
        found["text"] = whole
        found["title"] = found.get("title") or title
    found["text"] = without_lines(without_shortcodes(found["text"]))
    return found


def _pruned(page: str) -> Any:
    """The tree of a page without what stands around the lesson; None when it cannot be had."""
    import trafilatura

    with contextlib.suppress(Exception):  # as above
        tree = trafilatura.load_html(page)
        body = None if tree is None else tree.find(".//body")
        if body is not None and sum(1 for _ in body.iter()) <= MAX_ELEMENTS:
            prune(body)
            open_layout_tables(body)
            return tree
    return None


def _copy(tree: Any) -> Any:
    from copy import deepcopy

    return deepcopy(tree)  # the extractor works in place


def _converted(page: str, pruned: Any) -> tuple[str, str]:
    """All that is left of a page as Markdown without pictures and link targets, and its title."""
    from lxml import etree
    from markitdown.converters import HtmlConverter

    source = page if pruned is None else etree.tostring(pruned, encoding="unicode", method="html")
    plain = HtmlConverter().convert_string(source)
    return _LINK.sub(r"\1", _PICTURE.sub("", plain.markdown)), plain.title or ""


def _says_more(whole: str, taken: str) -> bool:
    """Whether the whole page is the better text: the extractor found nothing, or lost structure."""
    words, of_taken = count_words(whole), count_words(taken)
    if of_taken < MIN_WORDS:
        return words > of_taken
    lost = len(_HEADING.findall(taken)) < len(_HEADING.findall(whole)) or len(
        _ITEM.findall(taken)
    ) < len(_ITEM.findall(whole))
    return lost and words <= WHOLE * of_taken
