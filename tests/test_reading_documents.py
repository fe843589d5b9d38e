"""Untrusted documents: text or a plain reason, and a hostile one ends only the subprocess."""

from __future__ import annotations

import contextlib
import io
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.asset_fields import MAX_TITLE
from knowledge.assets import Asset
from knowledge.errors import UnreadableSource
from knowledge.parsing import DocumentParser, Limits
from knowledge.reading import read_all
from tests.documents import LESSON, LIBRARY, docx, pdf, pptx

PAGE = f"<html><body><article><h1>Schedules</h1><p>{LESSON}</p></article></body></html>".encode()


@pytest.fixture(scope="module")
def parser() -> Iterator[DocumentParser]:
    with DocumentParser() as parser:
        yield parser


def test_word_file_gives_headings_and_text(parser: DocumentParser) -> None:
    text = parser.parse("docx", docx("Schedules that work", LESSON)).text
    assert text.startswith("# Schedules that work")
    assert LESSON in text


def test_slides_give_their_words_but_not_the_speaker_notes(parser: DocumentParser) -> None:
    """M26 A claim must be found in what the lead will see, and notes are not shown."""
    text = parser.parse("pptx", pptx("Schedules", LESSON, "Do not mention the price rise")).text
    assert "# Schedules" in text
    assert LESSON in text
    assert "price rise" not in text
    assert "<!--" not in text


def test_pdf_gives_text_and_title(parser: DocumentParser) -> None:
    parsed = parser.parse("pdf", pdf(LESSON, "Schedules that work"))
    assert "nobody reads prevents nothing" in parsed.text
    assert parsed.title == "Schedules that work"


@pytest.mark.parametrize("title", ["untitled", "Microsoft Word - final v3", "plan 2026.docx"])
def test_pdf_title_left_by_a_program_is_not_taken(parser: DocumentParser, title: str) -> None:
    assert parser.parse("pdf", pdf(LESSON, title)).title == ""


def test_page_gives_the_article_without_menus_and_scripts(parser: DocumentParser) -> None:
    page = (LIBRARY / "case-studies" / "pump-house.html").read_bytes()
    parsed = parser.parse("html", page)
    assert "## What did they change?" in parsed.text
    assert not any(word in parsed.text for word in ("Pricing", "tracking", "Imprint"))
    assert parsed.title == "How a pump house halved call-outs"
    assert parsed.url == "https://www.tidewell.example/case-studies/pump-house"


def test_page_without_an_article_still_gives_its_words(parser: DocumentParser) -> None:
    rows = "".join(f"<tr><td>part {n}</td><td>shelf {n}</td></tr>" for n in range(30))
    page = f"<html><title>Shelves</title><body><table>{rows}</table></body></html>"
    assert "shelf 29" in parser.parse("html", page.encode()).text


def _zip(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


HOSTILE = {
    "a PDF in name only": ("pdf", b"MZ\x90 not a pdf", "is not a PDF"),
    "an encrypted PDF": ("pdf", pdf(LESSON, encrypted=True), "the PDF is encrypted"),
    "a PDF cut off": ("pdf", pdf(LESSON)[:200], "the PDF file"),
    "a PDF without text": ("pdf", pdf(""), "holds no text"),
    "a PDF of noise": ("pdf", b"%PDF-1.7\n" + os.urandom(5000), "the PDF file"),
    "a Word file in name only": ("docx", b"hello", "is not a Word file"),
    "a zip of something else": ("docx", _zip(readme=b"x"), "is not a Word file"),
    "slides passed off as Word": ("docx", pptx("A", LESSON, ""), "is not a Word file"),
    "a locked Office file": ("docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "encrypted"),
    "a damaged Word file": ("docx", docx("A", LESSON)[:-400], "Word file"),
    "broken XML inside": ("docx", _zip(**{"word/document.xml": b"<w:document"}), "damaged"),
    "slides with nothing inside": ("pptx", _zip(**{"ppt/presentation.xml": b""}), "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bad_document_gives_a_plain_reason(
    parser: DocumentParser, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    kind, body, reason = HOSTILE[name]
    with pytest.raises(UnreadableSource, match=reason):
        parser.parse(kind, body)
    assert capfd.readouterr() == ("", ""), "no library's warning reaches the terminal"


def test_zip_bomb_is_refused_by_its_directory(parser: DocumentParser) -> None:
    bomb = docx("A", LESSON, extra={f"word/media/{n}.bin": b"\0" * 50_000_000 for n in range(5)})
    assert len(bomb) < 1_000_000
    with pytest.raises(UnreadableSource, match="unpacks to far more"):
        parser.parse("docx", bomb)


def test_zip_with_countless_parts_is_refused(parser: DocumentParser) -> None:
    with pytest.raises(UnreadableSource, match="unpacks to far more"):
        parser.parse("docx", docx("A", LESSON, extra={f"w/{n}": b"" for n in range(6000)}))


def test_entity_bomb_gives_a_reason(parser: DocumentParser) -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    xml = f'<!DOCTYPE w [<!ENTITY e0 "boom">{entities}]><w:document>&e9;</w:document>'
    with pytest.raises(UnreadableSource):
        parser.parse("docx", _zip(**{"word/document.xml": xml.encode()}))


def test_deeply_nested_page_gives_text_or_a_reason(parser: DocumentParser) -> None:
    with contextlib.suppress(UnreadableSource):
        parser.parse("html", b"<div>" * 100_000 + LESSON.encode())
    assert LESSON[:40] in parser.parse("html", PAGE).text, "the next document is read as ever"


def test_huge_document_is_refused_unread() -> None:
    with DocumentParser() as parser, pytest.raises(UnreadableSource, match="larger than 50 MB"):
        parser.parse("pdf", bytes(50_000_001))


def test_document_that_takes_too_long_is_cut_off_and_the_next_is_read() -> None:
    with DocumentParser(Limits(cpu_seconds=1)) as parser:
        slow = b"<html><body>" + b"<p>" * 200_000 + b"<table><tr><td>x" * 200_000
        started = time.monotonic()
        with pytest.raises(UnreadableSource, match="takes too long"):
            parser.parse("html", slow)
        assert time.monotonic() - started < 20
        assert LESSON[:40] in parser.parse("docx", docx("A", LESSON)).text


def test_worker_that_hangs_is_ended() -> None:
    with (
        DocumentParser(Limits(wall_seconds=0.05)) as parser,  # it cannot even start in that time
        pytest.raises(UnreadableSource, match="takes too long"),
    ):
        parser.parse("html", PAGE)


def test_document_that_needs_too_much_memory_ends_only_the_worker() -> None:
    with DocumentParser(Limits(memory_bytes=400_000_000)) as parser:
        with pytest.raises(UnreadableSource):
            parser.parse("html", b"<p>word " * 5_000_000)
        assert LESSON[:40] in parser.parse("docx", docx("A", LESSON)).text


def test_worker_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    with DocumentParser() as parser:
        parser.parse("docx", docx("A", LESSON))
        worker = parser._worker
        assert worker is not None
        environment = Path(f"/proc/{worker.pid}/environ")
        if not environment.exists():
            pytest.skip("this system shows no process environments")
        assert b"xoxb-secret" not in environment.read_bytes()


def test_one_worker_serves_many_documents_and_ends_with_the_parser() -> None:
    with DocumentParser(Limits(documents_per_worker=3)) as parser:
        workers = []
        for _ in range(4):
            parser.parse("docx", docx("A", LESSON))
            workers.append(parser._worker)
    assert workers[0] is workers[1] is workers[2]
    assert workers[3] is not workers[2]
    assert all(worker is not None and worker.returncode is not None for worker in workers)


def test_real_documents_each_give_text_or_a_plain_reason() -> None:
    data = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not data:
        pytest.skip("TRAILGUIDE_DEV_DATA is not set: no real documents to read")
    results = list(read_all([str(Path(data) / "samples" / "docs_ingest")]))
    assets = [item for item in results if isinstance(item, Asset)]
    reasons = [item.reason for item in results if not isinstance(item, Asset)]
    assert len(assets) >= 40
    assert all(asset.title and len(asset.title) <= MAX_TITLE for asset in assets)
    known = ("too short", "holds no text", "encrypted", "damaged", "is empty", "is not", "has no")
    assert [reason for reason in reasons if not any(part in reason for part in known)] == []


def test_real_malformed_pages_end_in_text_or_a_plain_reason(dev_data: Path) -> None:
    pages: list[bytes] = []
    for file in sorted((dev_data / "samples" / "docs_ingest" / "html5lib_tests").rglob("*.dat")):
        body = file.read_bytes()
        pages += [body, *body.split(b"#data\n")[1::40]]
    assert len(pages) > 50
    with DocumentParser() as parser:
        for page in pages:
            try:
                told = parser.parse("html", page).text
            except UnreadableSource as reason:
                told = str(reason)
            assert told
            assert "crash" not in told
            assert "too long" not in told
