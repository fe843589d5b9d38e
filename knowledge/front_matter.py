"""Markdown and MDX to assets: front matter read, page code removed, the words kept."""

from __future__ import annotations

import re

from knowledge.asset_fields import Place, build_asset
from knowledge.assets import Asset
from knowledge.errors import UnreadableSource
from knowledge.shortcodes import without_shortcodes

_OPEN = re.compile(r"\A---[ \t]*\n(?=[\w\"'-]+[ \t]*:(?:\s|$))")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
_IMPORT = re.compile(r"""^import\s+(?:[\w*{}\s,$]+\s+from\s+)?['"]""")
_EXPORT = re.compile(r"^export\s+(?:default\b|const\b|let\b|var\b|function\b|class\b|async\b|[{*])")
_CUTS = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        (r"<!--", r"-->"),
        (r"\{/\*", r"\*/\}"),
        (r"\{\{[<%]", r"[%>]\}\}"),  # shortcodes of site generators
        (r"<script\b", r"</script\s*>"),
        (r"<style\b", r"</style\s*>"),
    )
)
"""What a reader of the page never sees: where it starts and where it ends."""

_TAG_START = re.compile(r"</?([A-Za-z][\w.-]*)?(?=[\s/>])")
_SPACE = re.compile(r"\{[\"'] *[\"']\}")
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)(.{1,300}?)(?<!`)\1(?!`)")

_HTML_TAG_NAMES = (
    "a abbr article aside audio b blockquote br button center cite code dd del details div dl dt "
    "em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input "
    "ins kbd label li main mark nav object ol option p picture pre q s section select small "
    "source span strong sub summary sup svg table tbody td tfoot th thead tr u ul video"
)
_HTML_TAGS = frozenset(_HTML_TAG_NAMES.split())
"""Tags removed from Markdown; others, such as `<your-name>`, may be words of the author."""

_INLINE_NAMES = "a abbr b cite code del em font i ins kbd mark q s small span strong sub sup u"
_INLINE_TAGS = frozenset(_INLINE_NAMES.split())
"""Tags inside a word or sentence: nothing takes their place, where others leave a space."""

_MAX_TAG = 4000
_MAX_UNCLOSED = 20  # a text with more is no page, and each costs a search of _MAX_TAG characters


def read_markdown(text: str, place: Place, *, mdx: bool = False) -> Asset:
    """The asset of a Markdown text, described by its front matter.

    Raises `UnreadableSource`; for broken front matter the message names the line in the file.
    """
    fields, body = split_front_matter(text)
    return build_asset(fields, plain_markdown(body, mdx=mdx), place)


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """The YAML fields, every plain value as text, and the body below them."""
    import frontmatter
    import yaml

    class PlainYaml(frontmatter.YAMLHandler):  # type: ignore[misc]  # ships no types
        """Values stay text: a title `2024` or `yes` is meant as written, and no merge key acts."""

        def load(self, fm: str, **_: object) -> object:
            return yaml.load(fm, Loader=yaml.BaseLoader)  # noqa: S506 - builds text, lists, dicts only

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.startswith("---"):
        return {}, text
    try:
        fields, body = frontmatter.parse(text, handler=PlainYaml())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" at line {mark.line + 1}" if mark else ""
        raise UnreadableSource(
            f"its front matter is not valid YAML{line}: {error.problem or error.context}"
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise UnreadableSource("its front matter is not valid YAML") from None
    if not fields and _OPEN.match(text) and not re.search(r"\n---[ \t]*(?:\n|\Z)", text):
        raise UnreadableSource("its front matter is not closed by a line of three hyphens")
    return (dict(fields), body) if fields or _empty_front_matter(text) else ({}, text)


def plain_markdown(body: str, *, mdx: bool = False) -> str:
    """Markdown without comments, scripts, shortcodes and tags; code blocks stay as they are."""
    parts: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            parts.append(line)
            if mark and mark.group(1).startswith(fence) and not line.strip(" \t`~"):
                fence = ""
        elif mark:
            parts.append(_plain_prose("\n".join(prose), mdx=mdx))
            prose, fence = [], mark.group(1)
            parts.append(line)
        else:
            prose.append(line)
    parts.append(_plain_prose("\n".join(prose), mdx=mdx))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip()


def _empty_front_matter(text: str) -> bool:
    return re.match(r"\A---[ \t]*\n(?:[ \t]*(?:#.*)?\n)*---[ \t]*(?:\n|\Z)", text) is not None


def _plain_prose(text: str, *, mdx: bool) -> str:
    if mdx:
        blocks = re.split(r"(\n[ \t]*\n)", text)
        text = "".join("" if _is_code(block) else block for block in blocks)
    for start, end in _CUTS:
        text = _cut(text, start, end)
    if mdx:
        text = _SPACE.sub(" ", text)
    # Inline code is split off, so that `<div>` as an example survives.
    kept: list[str] = []
    position = 0
    for code in _INLINE_CODE.finditer(text):
        kept += [_plain_words(text[position : code.start()], mdx=mdx), code.group()]
        position = code.end()
    kept.append(_plain_words(text[position:], mdx=mdx))
    return re.sub(r"^[ \t]+$", "", "".join(kept), flags=re.MULTILINE)


def _is_code(block: str) -> bool:
    start = block.lstrip("\n")
    return bool(_IMPORT.match(start) or _EXPORT.match(start))


def _cut(text: str, start: re.Pattern[str], end: re.Pattern[str]) -> str:
    """The text without what lies between the marks; one that never ends stays."""
    kept: list[str] = []
    position = 0
    while (opening := start.search(text, position)) and (
        closing := end.search(text, opening.end())
    ):
        kept += [text[position : opening.start()], " "]
        position = closing.end()
    kept.append(text[position:])
    return "".join(kept)


def _plain_words(text: str, *, mdx: bool) -> str:
    return without_shortcodes(_without_tags(text, mdx=mdx))


def _without_tags(text: str, *, mdx: bool) -> str:
    kept: list[str] = []
    position = unclosed = 0
    for start in _TAG_START.finditer(text):
        if start.start() < position:
            continue  # inside a tag already removed
        name = start.group(1) or ""
        component = mdx and (not name or name[0].isupper() or "." in name)
        if not component and name.lower() not in _HTML_TAGS:
            continue
        end = _tag_end(text, start.end())
        if end:
            kept += [text[position : start.start()], "" if name in _INLINE_TAGS else " "]
            position = end
        elif (unclosed := unclosed + 1) > _MAX_UNCLOSED:
            break
    kept.append(text[position:])
    return "".join(kept)


def _tag_end(text: str, position: int) -> int:
    """Position after the `>` that closes the tag, 0 when none does."""
    depth, quote = 0, ""
    for index in range(position, min(len(text), position + _MAX_TAG)):
        letter = text[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif letter == ">" and depth <= 0:
            return index + 1
        elif letter == "<" and depth <= 0:
            return 0
    return 0
