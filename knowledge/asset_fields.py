"""What a source says about a piece (manifest columns, front matter) turned into an `Asset`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urljoin, urlsplit

from knowledge.assets import Asset, asset_id
from knowledge.buyer_questions import BuyerQuestion, in_order, parse_buyer_question
from knowledge.errors import BadInput, UnreadableSource
from knowledge.journey import TYPE_STAGES, AssetType, Stage, parse_stage, parse_type
from knowledge.language import detect_language
from knowledge.text_files import MAX_TEXT_BYTES, MIN_WORDS, clean, count_words

MAX_TITLE = 300
MAX_ID = 200
MAX_OWNER = 200
SHOWN = 40

ALIASES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body"),
    "stages": ("stages", "stage"),
    "personas": ("personas", "persona"),
    "industries": ("industries", "industry"),
    "topics": ("topics", "topic", "tags"),
    "published": ("published", "date"),
    "buyer_questions": ("buyer_questions", "buyer_question"),
}
"""Names under which a field is found, the first one given wins."""

_ABSENT = frozenset({"", "null", "none", "~", "[]"})
_DATE_FORMATS = ("%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")
_H1 = re.compile(r"^#[ \t]+(.+?)[ \t#]*$|^([^\n]+)\n=+[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*`]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece was found, and what that place says when the piece itself is silent.

    `source` is the asset's stable name, or empty when it is to be `key#id` (manifest rows).
    `path` holds the folder names above the piece, which hint at its type; `title` and `url` are
    used when the fields name none.
    """

    source: str
    folder: str = ""
    key: str = ""
    path: tuple[str, ...] = ()
    title: str = ""
    url: str | None = None
    base_url: str | None = None


def build_asset(fields: Mapping[str, object], text: str, place: Place) -> Asset:
    """The asset that `fields` and `text` describe.

    Raises `UnreadableSource` whose message is the reason, without the source's name.
    """
    text = clean(text)
    _check_length(text)
    title = _title(fields, text, place)
    url = absolute_url(scalar(fields, "url"), place.base_url) or place.url
    given_type = scalar(fields, "type")
    kind = parse_type(given_type) if given_type else guess_type((*place.path, *url_path(url)))
    given_id = scalar(fields, "id")
    if given_id is not None:
        check_id(given_id)
    # A manifest row's source holds its id, so a missing id is made of what else names the row.
    identity = given_id or asset_id(title, place.source or f"{place.key}#{url or title}")
    return Asset(
        id=identity,
        title=title,
        type=kind,
        text=text,
        source=place.source or f"{place.key}#{identity}",
        folder=place.folder,
        url=url,
        description=clean(scalar(fields, "description") or ""),
        stages=_stages(words(fields, "stages"), kind),
        personas=tuple(w.lower() for w in words(fields, "personas")),
        industries=tuple(w.lower() for w in words(fields, "industries")),
        topics=words(fields, "topics"),
        buyer_questions=_buyer_questions(words(fields, "buyer_questions")),
        published=parse_date(scalar(fields, "published")),
        language=detect_language(text),
        review_by=parse_date(scalar(fields, "review_by")),
        owner=(scalar(fields, "owner") or "")[:MAX_OWNER],
        type_guessed=not given_type and kind is AssetType.OTHER,
        remarks=tuple(_remarks(fields)),
    )


def _remarks(fields: Mapping[str, object]) -> Iterator[str]:
    """What the fields say that cannot be used; the piece is taken all the same."""
    kind = scalar(fields, "type")
    if kind and parse_type(kind) is AssetType.OTHER and kind.strip().lower() != AssetType.OTHER:
        yield (
            f"its type '{kind[:SHOWN]}' is not known, so it fits no stage; use one of: "
            f"{', '.join(AssetType)}"
        )
    for name in ("published", "review_by"):
        if (day := scalar(fields, name)) and parse_date(day) is None:
            yield f"its {name} '{day[:SHOWN]}' is no day, so it was left out; write 2026-01-31"
    if (link := scalar(fields, "url")) and urlsplit(link).scheme and not absolute_url(link, None):
        yield f"its url '{link[:SHOWN]}' is no web address, so it was left out"


def scalar(fields: Mapping[str, object], name: str) -> str | None:
    """A single value as text, None when absent; `UnreadableSource` for a list or an object."""
    for key in ALIASES.get(name, (name,)):
        value = fields.get(key)
        if value is None or (isinstance(value, str) and value.strip().lower() in _ABSENT):
            continue
        if isinstance(value, bool | list | dict) or not isinstance(value, str | int | float | date):
            raise UnreadableSource(f"its {key} is {kind_of(value)}; write one text instead")
        return clean(str(value))
    return None


def words(fields: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of words: a real list, or one text divided by semicolons; duplicates go."""
    for key in ALIASES.get(name, (name,)):
        value = fields.get(key)
        if value is None or value in ("", []):
            continue
        items = value if isinstance(value, list) else str(value).split(";")
        wrong: list[object] = [item for item in (value, *items) if isinstance(item, dict)]
        wrong += [item for item in items if isinstance(item, list)]
        if wrong:
            told = "is" if wrong[0] is value else "holds"
            raise UnreadableSource(
                f"its {key} {told} {kind_of(wrong[0])}; write a list of words instead"
            )
        found = (clean(str(item)) for item in items if item is not None)
        return tuple(dict.fromkeys(word for word in found if word.lower() not in _ABSENT))
    return ()


def kind_of(value: object) -> str:
    """What a value of the wrong kind is, in words."""
    match value:
        case bool():
            return "true or false"
        case list():
            return "a list"
        case dict():
            return "an object of its own"
        case int() | float():
            return "a number"
    return "no text"


def check_id(text: str) -> None:
    """Refuse an id that cannot be typed, printed or quoted in one piece."""
    if len(text) > MAX_ID or not text.isprintable() or any(c.isspace() for c in text):
        raise UnreadableSource(f"its id must be 1 to {MAX_ID} printable characters without spaces")


def absolute_url(text: str | None, base_url: str | None) -> str | None:
    """An address a rep may send: absolute http(s), a relative one joined to `base_url`, else None.

    Addresses with a user name, blanks or characters that break a link are turned down.
    """
    if not text:
        return None
    if base_url and not urlsplit(text).scheme:
        text = urljoin(base_url.rstrip("/") + "/", text)
    if len(text) > 2000 or not text.isprintable() or re.search(r'[\s<>|"\\^`{}]', text):
        return None
    try:
        parts = urlsplit(text)
        valid = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        )
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        return None
    return text if valid else None


def page_url(base_url: str | None, path: Sequence[str]) -> str | None:
    """The address a file has on a site whose pages lie as the files do, without the extension."""
    if not base_url or not path:
        return None
    *above, name = path
    stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
    pieces = above if stem in {"index", "_index"} else [*above, stem]
    return "/".join([base_url.rstrip("/"), *(quote(piece) for piece in pieces)])


def check_base_url(base_url: str | None) -> None:
    """Refuse a base that is no absolute http(s) address."""
    if base_url is not None and absolute_url(base_url, None) is None:
        raise BadInput(
            f"The base URL '{base_url[:80]}' is not an absolute http or https address; "
            "give one like https://www.example.com."
        )


def guess_type(path: Sequence[str]) -> AssetType:
    """The content type that the nearest folder name tells of (`blog`, `case-studies`)."""
    for name in reversed(path):
        for form in (name, re.sub(r"ies$", "y", name.lower()), re.sub(r"s$", "", name.lower())):
            kind = parse_type(form)
            if kind is not AssetType.OTHER:
                return kind
    return AssetType.OTHER


def url_path(url: str | None) -> tuple[str, ...]:
    """The folder names in an address, the page's own name left out."""
    return tuple(part for part in urlsplit(url or "").path.split("/")[:-1] if part)


def title_from_name(name: str) -> str:
    """A file name in words: `cut-down_time` becomes `Cut down time`."""
    text = re.sub(r"[-_\s]+", " ", name).strip()
    return text[:1].upper() + text[1:]


def first_heading(text: str) -> str:
    """The first top heading of a Markdown text without its marks, or nothing."""
    match = _H1.search(_FENCE.sub("", text[:10_000]))
    return _MARKS.sub(r"\1", (match.group(1) or match.group(2))[:1000]).strip() if match else ""


def parse_date(text: str | None) -> date | None:
    """A day as ISO or in common English forms; None for one that cannot be told."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        for form in _DATE_FORMATS:
            try:
                return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    return None


def _title(fields: Mapping[str, object], text: str, place: Place) -> str:
    title = scalar(fields, "title") or first_heading(text) or place.title
    title = " ".join(title.split())
    if not title:
        raise UnreadableSource("has no title")
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"


def _check_length(text: str) -> None:
    if not text:
        raise UnreadableSource("has no text")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise UnreadableSource(f"holds more than {MAX_TEXT_BYTES // 1_000_000} MB of text")
    if (count := count_words(text)) < MIN_WORDS:
        raise UnreadableSource(f"too short: {count} {'word' if count == 1 else 'words'}")


def _stages(labels: Sequence[str], kind: AssetType) -> tuple[Stage, ...]:
    """Stages given by hand, earliest first.

    `early` covers awareness and interest, so a type that says which of the two decides (M39).
    """
    if [label.lower() for label in labels] == ["early"] and TYPE_STAGES[kind] == (Stage.INTEREST,):
        return ()
    try:
        found = {parse_stage(label) for label in labels}
    except BadInput as error:
        message = str(error).rstrip(".")
        raise UnreadableSource(message[:1].lower() + message[1:]) from None
    return tuple(sorted(found, key=lambda stage: stage.order))


def _buyer_questions(labels: Sequence[str]) -> tuple[BuyerQuestion, ...]:
    """Questions named by hand, in the order of the six (M43)."""
    try:
        return in_order([parse_buyer_question(label) for label in labels])
    except BadInput as error:
        message = str(error).rstrip(".")
        raise UnreadableSource(message[:1].lower() + message[1:]) from None
