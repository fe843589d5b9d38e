"""How content gets in: arguments to sources, sources to assets, and reasons where that fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.asset_fields import (
    Place,
    build_asset,
    check_base_url,
    page_url,
    title_from_name,
    url_path,
)
from knowledge.assets import Asset, asset_id
from knowledge.errors import BadInput, UnreadableSource
from knowledge.front_matter import read_markdown
from knowledge.manifest import read_manifest
from knowledge.parsing import MAX_FILE_BYTES, PARSED_KINDS, DocumentParser
from knowledge.rejected import Rejected
from knowledge.text_files import MAX_TEXT_BYTES, decode, looks_binary

if TYPE_CHECKING:
    from knowledge.fetching import Fetched  # which loads TLS, for pages only

__all__ = ["Rejected", "Source", "discover", "folders", "read", "read_all"]

KINDS = {
    ".md": "markdown", ".markdown": "markdown", ".mdx": "mdx", ".html": "html", ".htm": "html",
    ".txt": "text", ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".epub": "epub",
}  # fmt: skip
NOT_READ = {
    **dict.fromkeys((".doc", ".odt", ".rtf", ".pages"), "save it as .docx or PDF"),
    **dict.fromkeys((".ppt", ".odp", ".key"), "save it as .pptx or PDF"),
    **dict.fromkeys((".xls", ".xlsx", ".ods"), "save what a lead is to read as a PDF or web page"),
    **dict.fromkeys((".msg", ".eml"), "mails are no library pieces; save the text itself"),
    **dict.fromkeys((".zip", ".7z", ".rar", ".tar", ".gz"), "unpack it first"),
}
"""Documents that are met in folders and not read, and what to do about each; what is of any other
kind, such as pictures and code, is passed over."""
MANIFESTS = {".jsonl": "jsonl", ".csv": "csv"}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read, found without reading it.

    `location` is an absolute path or an address, `folder` the folder or manifest it came with
    (empty for single files and addresses). `kind` is a value of `KINDS` or `MANIFESTS`, `url`, or
    `refused`, whose `reason` says why it is not read.
    """

    location: str
    folder: str
    kind: str
    reason: str = ""


def discover(arguments: Sequence[str]) -> list[Source]:
    """The sources that files, folders, manifests and addresses stand for, each once.

    Folders give their files in sorted order, without hidden ones. Raises `BadInput` for a path
    that does not exist or cannot be read, and for a kind of file that is not read.
    """
    found: dict[str, Source] = {}
    for argument in arguments:
        for source in _discover_one(argument):
            found.setdefault(source.location, source)
    return list(found.values())


def folders(arguments: Sequence[str]) -> tuple[str, ...]:
    """The folders and manifests named, as they stand in `Asset.folder`, empty ones included."""
    paths = [Path(a).expanduser().resolve() for a in arguments if not is_url(a)]
    return tuple(
        dict.fromkeys(str(p) for p in paths if p.is_dir() or p.suffix.lower() in MANIFESTS)
    )


def read(
    source: Source, base_url: str | None = None, parser: DocumentParser | None = None
) -> Iterator[Asset | Rejected]:
    """The asset of a source (of a manifest, all of them), or why there is none.

    `parser` is shared over many calls by `read_all`; without one a parse costs a process start.
    """
    try:
        if source.kind in MANIFESTS.values():
            yield from read_manifest(Path(source.location), source.kind, base_url)
        elif parser is None:
            with DocumentParser() as own:
                yield _read_one(source, base_url, own)
        else:
            yield _read_one(source, base_url, parser)
    except UnreadableSource as error:
        yield Rejected(source.location, str(error))
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        yield Rejected(source.location, f"cannot be read: {reason}")


def read_all(
    arguments: Sequence[str],
    base_url: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Asset | Rejected]:
    """Everything the arguments stand for; `progress` hears of pieces done and about how many.

    An id may be used once; a second piece that claims it is rejected. Raises `BadInput`, on the
    first step, for a bad argument or base URL.
    """
    check_base_url(base_url)
    sources = discover(arguments)
    sizes = [pieces_in(source) for source in sources]
    tell = progress or (lambda _done, _total: None)
    owners: dict[str, str] = {}
    before = 0
    with DocumentParser() as parser:
        for source, size in zip(sources, sizes, strict=True):
            for nth, item in enumerate(read(source, base_url, parser), 1):
                tell(before + min(nth, size), sum(sizes))
                if isinstance(item, Asset):
                    owner = owners.setdefault(item.id, item.source)
                    if owner != item.source:
                        yield Rejected(item.source, f"id '{item.id}' is already used by {owner}")
                        continue
                yield item
            before += size
            tell(before, sum(sizes))


def pieces_in(source: Source) -> int:
    """How many pieces a source holds: the lines of a manifest, else one."""
    if source.kind not in {"jsonl", "csv"}:
        return 1
    with Path(source.location).open("rb") as lines:
        return max(1, sum(1 for line in lines if line.strip()) - (source.kind == "csv"))


def is_url(argument: str) -> bool:
    return argument.lower().startswith(("http://", "https://"))


def _discover_one(argument: str) -> Iterator[Source]:
    if is_url(argument):
        if not argument.lower().startswith("https://"):
            raise BadInput(f"Pages are fetched by https only; change '{argument[:200]}' to https.")
        yield Source(argument, "", "url")
        return
    if not argument.strip() or "\0" in argument:
        raise BadInput("A path to add is empty or broken; name a file, a folder or an address.")
    try:
        path = Path(argument).expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        denied = isinstance(error, PermissionError)
        why = "may not be read" if denied else "does not exist"
        advice = "its permissions" if denied else "the spelling"
        raise BadInput(f"The path '{argument[:200]}' {why}; check {advice}.") from None
    if not os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0)):
        raise BadInput(f"The path '{argument[:200]}' may not be read; check its permissions.")
    if path.is_dir():
        yield from _walk(path)
        return
    suffix = path.suffix.lower()
    kind = KINDS.get(suffix) or MANIFESTS.get(suffix)
    if kind is None or not path.is_file():
        readable = ", ".join(name[1:] for name in (*KINDS, *MANIFESTS))
        raise BadInput(f"'{argument[:200]}' is not a kind of file that is read: {readable}.")
    yield Source(str(path), str(path) if kind in MANIFESTS.values() else "", kind)


def _walk(folder: Path) -> Iterator[Source]:
    """Files of a folder in sorted order; what is left out with reason comes as `refused`."""
    unreadable: list[Source] = []

    def note(error: OSError) -> None:
        reason = (error.strerror or "the system refused").lower()
        unreadable.append(
            Source(str(error.filename), str(folder), "refused", f"cannot be read: {reason}")
        )

    found: list[Source] = []
    for directory, subfolders, names in os.walk(folder, onerror=note):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        linked = [name for name in subfolders if (Path(directory) / name).is_symlink()]
        visible = (Path(directory) / name for name in (*names, *linked) if name[0] != ".")
        found += [source for path in visible if (source := _entry(path, folder))]
    yield from sorted((*found, *unreadable), key=lambda source: Path(source.location).parts)


def _entry(path: Path, folder: Path) -> Source | None:
    kind = KINDS.get(path.suffix.lower())
    if path.is_symlink():
        target = Path(os.path.realpath(path))  # unlike resolve, it bears links in a circle
        if not target.is_relative_to(folder):
            if kind is None and not target.is_dir():
                return None
            reason = "is a link that leads out of the folder"
            return Source(str(path), str(folder), "refused", reason)
        hidden = any(part.startswith(".") for part in target.relative_to(folder).parts)
        if kind and not target.exists():
            return Source(str(path), str(folder), "refused", "is a link that leads nowhere")
        if target.is_dir() or (target.suffix.lower() in KINDS and not hidden):
            return None  # met at its own place
    if kind is None and (advice := NOT_READ.get(path.suffix.lower())) and path.is_file():
        reason = f"is of a kind that is not read ({path.suffix.lower()[1:]}); {advice}"
        return Source(str(path), str(folder), "refused", reason)
    # Pipes and devices may wear any name, and reading one could take for ever.
    return Source(str(path), str(folder), kind) if kind and path.is_file() else None


def _read_one(source: Source, base_url: str | None, parser: DocumentParser) -> Asset:
    if source.kind == "refused":
        raise UnreadableSource(source.reason)
    if source.kind == "url":
        return _read_page(source, parser)
    path = Path(source.location)
    size = path.stat().st_size
    limit = MAX_FILE_BYTES if source.kind in PARSED_KINDS else MAX_TEXT_BYTES
    if size == 0:
        raise UnreadableSource("is empty")
    if size > limit:
        raise UnreadableSource(f"is larger than {limit // 1_000_000} MB")
    if source.folder:
        relative = path.relative_to(source.folder).parts
        above = (Path(source.folder).name, *relative[:-1])
    else:
        relative = (path.name,)
        above = (path.parent.name,)
    # A page named index is known by its folder.
    name = above[-1] if path.stem.lower() in {"index", "_index"} else path.stem
    place = Place(
        source=source.location,
        folder=source.folder,
        path=above,
        title=title_from_name(name),
        url=page_url(base_url, relative),
        base_url=base_url,
    )
    return asset_from_bytes(source.kind, path.read_bytes(), place, parser)


def _read_page(source: Source, parser: DocumentParser) -> Asset:
    from knowledge.fetching import fetch

    return asset_of_page(source.location, fetch(source.location), parser)


def asset_of_page(location: str, page: Fetched, parser: DocumentParser) -> Asset:
    """The asset of a page that was fetched from `location`; `UnreadableSource` when it is none."""
    above = url_path(page.final_url)
    name = page.final_url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    place = Place(source=location, path=above, title=title_from_name(name.rsplit(".", 1)[0]))
    asset = asset_from_bytes(page.kind, page.body, place, parser)
    # A page may not say which stored asset it is, nor that a lead should be sent elsewhere.
    return replace(asset, id=asset_id(asset.title, asset.source), url=page.final_url)


def asset_from_bytes(kind: str, body: bytes, place: Place, parser: DocumentParser) -> Asset:
    """The piece that the bytes of a `kind` in `KINDS` hold; `UnreadableSource` when they do not."""
    if kind in PARSED_KINDS:
        if kind == "html" and looks_binary(body):
            raise UnreadableSource("is not text")
        parsed = parser.parse(kind, body)
        said = {
            "title": parsed.title,
            "url": parsed.url,
            "published": parsed.published,
            "description": parsed.description,
        }
        return build_asset(said, parsed.text, place)
    text = decode(body)
    if kind == "text":
        return build_asset({}, text, place)
    return read_markdown(text, place, mdx=kind == "mdx")
