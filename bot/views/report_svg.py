"""SVG of matplotlib made part of a page: named, described, in the page's colours and type."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from markupsafe import Markup

COLOURS = {
    "#a10001": "--forward", "#a10002": "--back", "#a10003": "--ink", "#a10004": "--muted",
    "#a10005": "--rule",
}  # fmt: skip
"""Stand-in colours, which nothing else has, and what the page's CSS calls them."""

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_POINTS_AT = ("clip-path", _XLINK, "href")
_REFERENCE = re.compile(r"#(?=\w)")
_FAMILY = re.compile(r"\s*font-family:[^;]*;?")


def inline(svg: bytes, name: str, title: str, told: str) -> Markup:
    """The SVG as an element of a page; `name` keeps its ids apart from those of other charts."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(svg, parser)
    _remove(root, f"{_SVG}metadata")
    _remove(root, f"{_SVG}style")
    used = {found.decode() for found in re.findall(rb"#(\w+)", svg)}
    for element in root.iter():
        _own_ids(element, name, used)
        if (look := element.get("style")) is not None:
            element.set("style", _look(look))
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    for tag, words in (("desc", told), ("title", title)):
        words_of = etree.Element(f"{_SVG}{tag}", id=f"{name}-{tag}")
        words_of.text = printable(words)
        root.insert(0, words_of)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-desc")
    root.set("focusable", "false")
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704 - made of elements above


def printable(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return "".join(c for c in text if c.isprintable())


def _own_ids(element: Any, name: str, used: set[str]) -> None:
    """Drop an id that nothing points at, and give the others the chart's name."""
    identity = element.attrib.pop("id", None)
    if identity in used:
        element.set("id", f"{name}-{identity}")
    for key in _POINTS_AT:
        if (target := element.get(key)) is not None:
            element.set(key, _REFERENCE.sub(f"#{name}-", target))


def _remove(root: Any, tag: str) -> None:
    for old in list(root.iter(tag)):
        old.getparent().remove(old)


def _look(style: str) -> str:
    """An inline style in the page's colours, without a font family of its own."""
    for stand_in, variable in COLOURS.items():
        style = style.replace(stand_in, f"var({variable})")
    return _FAMILY.sub("", style)
