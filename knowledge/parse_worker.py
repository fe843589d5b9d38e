"""The process that parses untrusted documents: few rights, little memory, and nothing to lose.

Run as `python -m knowledge.parse_worker MEMORY_BYTES CPU_SECONDS`. It reads a JSON line
`{"kind", "size"}` and then `size` bytes on stdin, and answers each document with one JSON line on
stdout: `{"text", "title", "url", "published", "description"}` or `{"error"}`.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import socket
import sys
import zipfile
from typing import Any, BinaryIO, NoReturn

from knowledge.text_files import MAX_TEXT_BYTES

MAX_UNPACKED_BYTES = 200_000_000
"""What the parts of a DOCX or PPTX may add up to: four times the largest file we take."""

MAX_ZIP_ENTRIES = 5_000

MAX_PDF_PAGES = 1_000

_NAMES = {"pdf": "PDF", "docx": "Word", "pptx": "PowerPoint", "html": "HTML",
    "epub": "EPUB", "listing": "XML"}  # fmt: skip
_MAIN_PART = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml",
    "epub": "META-INF/container.xml"}  # fmt: skip
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_SLIDE_MARK = re.compile(r"<!-- Slide number: \d+ -->")
_SPEAKER_NOTES = re.compile(r"^### Notes:\n.*?(?=^<!-- Slide number: \d+ -->|\Z)", re.M | re.S)
"""Notes are the speaker's own: who opens the published slides does not see them."""

_ABOUT_BOOK = re.compile(r"\A(?:\*\*[\w ]+:\*\* .*\n?)+")
"""Title, author and other facts that the converter puts above the text of a book."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Unreadable(Exception):
    """A document that gives no text; the message is the reason."""


def parse(kind: str, body: bytes) -> dict[str, str]:
    """The text of one document as Markdown, with what it says about itself.

    Raises `Unreadable`; whatever else a library raises means a damaged document.
    """
    if kind == "listing":
        return _listing(body)
    found = _READERS[kind](kind, body)
    if len(found["text"].encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        raise Unreadable(f"holds more than {MAX_TEXT_BYTES // 1_000_000} MB of text")
    if not found["text"].strip():
        raise Unreadable(f"the {_NAMES[kind]} file holds no text (perhaps only pictures)")
    return found


def _listing(body: bytes) -> dict[str, str]:
    from knowledge.parse_listing import NoList, parse_listing

    try:
        return parse_listing(body)
    except NoList as error:
        raise Unreadable(str(error)) from None


def _html(_kind: str, body: bytes) -> dict[str, str]:
    from knowledge.parse_page import parse_page

    return parse_page(body)


def _pdf(_kind: str, body: bytes) -> dict[str, str]:
    if b"%PDF-" not in body[:1024]:
        raise Unreadable("is not a PDF")
    import pdfplumber
    from markitdown import StreamInfo
    from markitdown.converters import PdfConverter
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(body)) as document:
            if len(document.pages) > MAX_PDF_PAGES:
                raise Unreadable(f"the PDF has more than {MAX_PDF_PAGES} pages")
            title = str((document.metadata or {}).get("Title") or "")
    except PDFPasswordIncorrect:
        raise Unreadable("the PDF is encrypted") from None
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect):
            raise Unreadable("the PDF is encrypted") from None
        raise
    text = PdfConverter().convert(io.BytesIO(body), StreamInfo(extension=".pdf")).markdown
    # Programs put "untitled" or the file's name there, which says less than the name it has now.
    is_name = title.startswith("Microsoft") or re.search(r"\.\w{2,5}$", title)
    return {"text": text, "title": "" if is_name or " " not in title else title}


def _office(kind: str, body: bytes) -> dict[str, str]:
    name = _NAMES[kind]
    if body.startswith(_OLE) and kind != "epub":
        raise Unreadable(f"is encrypted or an old {name} file; save it as .{kind} without password")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable(f"is not a {name} file or is damaged") from None
    if len(entries) > MAX_ZIP_ENTRIES or sum(e.file_size for e in entries) > MAX_UNPACKED_BYTES:
        raise Unreadable("unpacks to far more than a document holds")
    if _MAIN_PART[kind] not in {entry.filename for entry in entries}:
        raise Unreadable(f"is not a {name} file")
    from markitdown import StreamInfo
    from markitdown.converters import DocxConverter, EpubConverter, PptxConverter

    converters: dict[str, Any] = {
        "docx": DocxConverter, "pptx": PptxConverter, "epub": EpubConverter,
    }  # fmt: skip
    told = converters[kind]().convert(io.BytesIO(body), StreamInfo(extension=f".{kind}"))
    text = told.markdown
    if kind == "pptx":
        text = _SLIDE_MARK.sub("\n\n", _SPEAKER_NOTES.sub("", text))
    if kind == "epub":
        text = _ABOUT_BOOK.sub("", text)
    return {"text": _PICTURE.sub("", text), "title": (told.title or "") if kind == "epub" else ""}


_READERS = {"html": _html, "pdf": _pdf, "docx": _office, "pptx": _office, "epub": _office}


def _answer(kind: str, body: bytes) -> dict[str, str]:
    answer = _parsed_or_why_not(kind, body)
    # A library that swallows its own lack of memory leaves the worker full of what it had begun.
    return answer | ({"fatal": "yes"} if "error" in answer and _is_full() else {})


def _is_full() -> bool:
    """Whether half the memory allowed was ever in use."""
    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return allowed != resource.RLIM_INFINITY and peak > allowed / 2


def _parsed_or_why_not(kind: str, body: bytes) -> dict[str, str]:
    try:
        return parse(kind, body)
    except Unreadable as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": "needs too much memory to read", "fatal": "yes"}
    except RecursionError:
        return {"error": "is nested too deeply to read"}
    except Exception:  # noqa: BLE001 - parsers fail in any way on a damaged file; each means the same
        return {"error": f"the {_NAMES[kind]} file is damaged and cannot be read"}


def _no_network(*_: object) -> NoReturn:
    raise OSError("The parser has no network.")


def _limit(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to pipes only, never to a file
    if sys.platform != "darwin":  # macOS refuses this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    socket.socket.connect = _no_network  # type: ignore[method-assign]


def _grant_seconds(seconds: int) -> None:
    """Let the next document use so many seconds of CPU on top of what was used so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(requests: BinaryIO, answers: BinaryIO, cpu_seconds: int) -> None:
    """Answer documents until the input ends."""
    while line := requests.readline(1000):
        request = json.loads(line)
        body = requests.read(request["size"])
        _grant_seconds(cpu_seconds)
        answer = _answer(request["kind"], body)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "fatal" in answer:
            return  # memory is in an unknown state: a fresh worker takes the next document


def main() -> None:
    """Take the limits, keep the libraries from printing, and serve."""
    memory_bytes, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _limit(memory_bytes)
    serve(sys.stdin.buffer, answers, cpu_seconds)


if __name__ == "__main__":
    main()
