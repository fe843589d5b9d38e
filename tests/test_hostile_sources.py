"""Forty hostile sources and sixty addresses: each ends in time, in text or one plain sentence."""

from __future__ import annotations

import gzip
import io
import os
import socket
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.errors import UnreadableSource
from knowledge.fetching import fetch
from knowledge.listing import read_listing
from knowledge.network import Network
from knowledge.parsing import DocumentParser, Limits
from knowledge.public_hosts import is_public
from knowledge.reading import Rejected, read_all
from tests.documents import LESSON, docx, pdf, pptx

LIMITS = Limits(cpu_seconds=8, wall_seconds=20)
"""Shorter than those in force, which are kept to in the same way."""


@pytest.fixture(scope="module")
def parser() -> Iterator[DocumentParser]:
    with DocumentParser(LIMITS) as parser:
        yield parser


def zipped(parts: dict[str, bytes], body: bytes = b"") -> bytes:
    """A zip of these parts, on top of those of another."""
    file = io.BytesIO(body)
    with zipfile.ZipFile(file, "a" if body else "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


ZEROS = b"\0" * 45_000_000
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 if n else str()};" * 10}">' for n in range(12))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OUTSIDE_DTD = '<!DOCTYPE x SYSTEM "https://127.0.0.1/x.dtd">'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/p"> %p;]>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word_xml(doctype: str, inside: str) -> dict[str, bytes]:
    text = f"<w:p><w:r><w:t>{inside} {LESSON}</w:t></w:r></w:p>"
    body = f'{doctype}<w:document xmlns:w="{WORD}"><w:body>{text}</w:body></w:document>'
    return {"word/document.xml": body.encode()}


def docx_with(parts: dict[str, bytes]) -> bytes:
    """A Word file in which some parts stand twice or are replaced by others."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(docx("A", LESSON))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry, old.read(entry))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def pdf_with(extra: str, catalog: str = "") -> bytes:
    """A PDF with further objects, and more in its catalog."""
    body = pdf(LESSON).replace(b"/Pages 2 0 R", f"/Pages 2 0 R {catalog}".encode(), 1)
    return body.replace(b"xref\n", f"{extra}\nxref\n".encode(), 1)


def circular_outline() -> bytes:
    items = "8 0 obj\n<< /First 9 0 R /Last 9 0 R /Count 1 >>\nendobj\n"
    items += "9 0 obj\n<< /Title (a) /Parent 8 0 R /Next 9 0 R /First 8 0 R >>\nendobj"
    return pdf_with(items, "/Outlines 8 0 R")


def packed_stream() -> bytes:
    """A page whose content unpacks to a hundred times what the file holds."""
    bomb = zlib.compress(b"BT (x) Tj ET " * 2_000_000)
    stream = f"<< /Length {len(bomb)} /Filter /FlateDecode >>\nstream\n".encode()
    old = pdf("")
    return old.replace(b"<< /Length 0 >>\nstream\n\nendstream", stream + bomb + b"\nendstream")


def lying_zip() -> bytes:
    """A Word file whose directory says that a part is small."""
    body = bytearray(docx("A", LESSON, {"word/media/x.bin": b"\0" * 30_000_000}))
    at = 0
    while (at := body.find((30_000_000).to_bytes(4, "little"), at)) >= 0:
        body[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(body)


DOCUMENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb in a Word file": (
        "docx", lambda: docx("A", LESSON, {f"word/{n}.bin": ZEROS for n in range(5)})),
    "zip bomb in slides": (
        "pptx", lambda: zipped({f"ppt/{n}.bin": ZEROS for n in range(5)}, pptx("A", LESSON, ""))),
    "zip bomb in a book": (
        "epub",
        lambda: zipped({"META-INF/container.xml": b"<a/>", **{f"{n}": ZEROS for n in range(5)}})),
    "a zip that lies about sizes": ("docx", lying_zip),
    "10,000 entries": ("docx", lambda: docx("A", LESSON, {f"w/{n}": b"" for n in range(10_000)})),
    "a zip within a zip within a zip": (
        "docx", lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c": ZEROS})})})),
    "paths that climb out of a Word file": (
        "docx", lambda: docx("A", LESSON, {"../../../tmp/evil": b"x", "/etc/evil": b"x"})),
    "paths that climb out of a book": (
        "epub", lambda: zipped({
            "META-INF/container.xml": b'<c><rootfiles><rootfile full-path="../../etc/passwd"/>'
            b"</rootfiles></c>"})),
    "external entity in a Word file": ("docx", lambda: docx_with(word_xml(OUTSIDE, "&a;"))),
    "external DTD in a Word file": ("docx", lambda: docx_with(word_xml(OUTSIDE_DTD, ""))),
    "billion laughs in a Word file": ("docx", lambda: docx_with(word_xml(LAUGHS, "&a11;"))),
    "billion laughs in slides": (
        "pptx", lambda: zipped({"ppt/presentation.xml": f"{LAUGHS}<p>&a11;</p>".encode()})),
    "billion laughs in a book": (
        "epub", lambda: zipped({"META-INF/container.xml": f"{LAUGHS}<c>&a11;</c>".encode()})),
    "a million nested elements in a Word file": (
        "docx", lambda: docx_with({"word/document.xml": b"<a>" * 300_000})),
    "a link to a file in a Word file": (
        "docx", lambda: docx_with({"word/_rels/document.xml.rels":
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r1" Type="x/image" Target="file:///etc/passwd" '
            b'TargetMode="External"/></Relationships>'})),
    "an encrypted PDF": ("pdf", lambda: pdf(LESSON, encrypted=True)),
    "an encrypted Word file": ("docx", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)),
    "a PDF with a circular outline": ("pdf", circular_outline),
    "a PDF whose page is its own parent": (
        "pdf", lambda: pdf(LESSON).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")),
    "a PDF with a page repeated for ever": (
        "pdf", lambda: pdf(LESSON).replace(b"/Kids [3 0 R]", b"/Kids [3 0 R 2 0 R]")),
    "a PDF that claims a billion pages": (
        "pdf", lambda: pdf(LESSON).replace(b"/Count 1 ", b"/Count 1000000000 ")),
    "a PDF with a stream without an end": (
        "pdf", lambda: pdf(LESSON).replace(b"endstream", b"") + b"A" * 3_000_000),
    "a PDF with a stream that unpacks without end": ("pdf", packed_stream),
    "a PDF whose table points at itself": (
        "pdf", lambda: pdf(LESSON).replace(b"/Root 1 0 R", b"/Prev 0 /XRefStm 0 /Root 1 0 R")),
    "a PDF of open brackets": ("pdf", lambda: b"%PDF-1.4\n" + b"[" * 2_000_000),
    "a page of open tags": ("html", lambda: b"<div>" * 200_000 + LESSON.encode()),
    "a page of tables in tables": ("html", lambda: b"<table><tr><td>" * 3_000 + LESSON.encode()),
    "a page of menus in menus": ("html", lambda: b"<nav class=menu>" * 20_000 + LESSON.encode()),
    "a page with one endless attribute": ("html", lambda: b"<a href='" + b"x" * 5_000_000),
    "a page of NUL bytes": ("html", lambda: b"<p>" + bytes(1_000_000)),
    "a page that says it is UTF-7": (
        "html", lambda: b"<meta charset=utf-7><p>+ADw-script+AD4- " + LESSON.encode()),
    "external entity in a sitemap": (
        "listing", f"{OUTSIDE}<urlset><url><loc>&a;</loc></url></urlset>".encode),
    "billion laughs in a sitemap": (
        "listing", f"{LAUGHS}<urlset><url><loc>&a11;</loc></url></urlset>".encode),
    "billion laughs in a feed": (
        "listing", f"{LAUGHS}<rss><item><link>&a11;</link></item></rss>".encode),
    "external parameter entity in a feed": (
        "listing", f"{PARAMETER}<rss><item><link>x</link></item></rss>".encode),
    "a gzip bomb as a sitemap": ("listing", lambda: gzip.compress(ZEROS + ZEROS)),
    "a sitemap in a gzip in a gzip": (
        "listing", lambda: gzip.compress(gzip.compress(b"<urlset/>"))),
    "a sitemap of a million addresses": (
        "listing", lambda: b"<urlset>" + b"<url><loc>/a</loc></url>" * 300_000 + b"</urlset>"),
    "a sitemap nested a million times": ("listing", lambda: b"<urlset>" * 1_000_000),
    "a feed that is cut off": ("listing", lambda: b"<rss><channel><item><li"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_ends_in_time_in_text_or_a_sentence(
    parser: DocumentParser, name: str, tmp_path: Path
) -> None:
    kind, make = DOCUMENTS[name]
    body = make()
    before, began = sorted(tmp_path.parent.iterdir()), time.monotonic()
    told, reason = "", "none"
    try:
        told = parser.parse(kind, body).text
    except UnreadableSource as refused:
        reason = str(refused)
    assert reason
    assert "\n" not in reason
    assert "Traceback" not in reason
    assert time.monotonic() - began < LIMITS.wall_seconds + 10
    assert "root:" not in told, "a file of the machine was read"
    assert "hahahaha" not in told
    assert sorted(tmp_path.parent.iterdir()) == before
    assert LESSON[:40] in parser.parse("docx", docx("A", LESSON)).text, "the next one is read"


def test_there_are_forty() -> None:
    assert len(DOCUMENTS) >= 40


def test_what_is_outside_a_sitemap_is_never_looked_up(parser: DocumentParser) -> None:
    with pytest.raises(UnreadableSource, match="entities"):
        read_listing(DOCUMENTS["external entity in a sitemap"][1](), "https://a.example", parser)


def test_a_list_is_cut_at_fifty_thousand_addresses(parser: DocumentParser) -> None:
    rows = "".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(50_010))
    found = read_listing(f"<urlset>{rows}</urlset>".encode(), "", parser)
    assert len(found.pages) == 50_000


def test_links_and_pipes_of_a_folder_lead_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text(f"# Secret\n\n{LESSON}")
    folder = tmp_path / "content"
    (folder / "sub").mkdir(parents=True)
    (folder / "out.md").symlink_to(secret)
    (folder / "root").symlink_to("/")
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "circle").symlink_to(folder / "circle")
    os.mkfifo(folder / "pipe.md")
    found = list(read_all([str(folder)]))
    assert {(Path(r.source).name, r.reason) for r in found if isinstance(r, Rejected)} >= {
        ("out.md", "is a link that leads out of the folder"),
        ("root", "is a link that leads out of the folder"),
    }
    assert all(isinstance(item, Rejected) for item in found)


def test_kinds_that_are_not_read_are_named_with_what_to_do(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.msg", "c.doc", "d.zip", "e.png"):
        (tmp_path / name).write_bytes(b"x")
    told = {Path(r.source).name: r.reason for r in read_all([str(tmp_path)])}  # type: ignore[union-attr]
    assert set(told) == {"a.xlsx", "b.msg", "c.doc", "d.zip"}
    assert told["c.doc"] == "is of a kind that is not read (doc); save it as .docx or PDF"


# Spellings of this machine and of networks that are not public; each is followed by nothing.
_LITERAL = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0x7f.1 017700000001 0177.0.0.1 0177.1
127.0.0.1. 127.255.255.254 00000177.0.0.1 0x7F000001 0 0.0.0.0 00 0x0 [::1] [0:0:0:0:0:0:0:1]
[::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1]
[2002:7f00:1::] [2001:0:53aa:64c:0:0:80ff:fffe] [fe80::1] [fc00::1] [fd00:ec2::254] [ff02::1]
[fec0::1] [2001:db8::1] [100::1] 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1
192.168.1.1. 169.254.169.254 169.254.170.2 100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192
198.18.0.1 198.51.100.1 203.0.113.1 192.0.2.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
2852039166 0xa9fe.0xa9fe 192.88.99.1 localhost localhost. LOCALHOST a.localhost printer.local
metadata.google.internal host.docker.internal router.lan
"""
LITERAL = _LITERAL.split()
TRICKS = [
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://１２７.0.0.1/",  # noqa: RUF001
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://www.good.example@127.0.0.1/",
    "https://127.0.0.1@www.good.example/",
    "https://www.good.example:443@127.0.0.1/",
    "https://127.0.0.1\\@www.good.example/",
    "https://127.0.0.1%2f@www.good.example/",
    "https://127%2e0%2e0%2e1/",
    "https://127.0.0.1%00.good.example/",
    "https://[::1%25lo]/",
    "https://[::ffff:127.0.0.1%25eth0]/",
    "https:///127.0.0.1/",
    "https:127.0.0.1",
    "https://127.0.0.1:443/",
    "https://127.0.0.1:8443/",
    "https://./",
    "https://127.0.0.1\t/",
    "https://\n127.0.0.1/",
    "https://[127.0.0.1]/",
    "https://-/",
    "http://127.0.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/",
    "dict://127.0.0.1/",
    "jar:https://127.0.0.1!/",
    "//127.0.0.1/",
]
NAMES = {
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "localtest.example": ["127.0.0.1"],
    "both.example": ["93.184.215.14", "10.0.0.1"],
    "six.example": ["::1"],
    "mapped.example": ["::ffff:169.254.169.254"],
    "scoped.example": ["fe80::1%eth0"],
    "zero.example": ["0.0.0.0"],
    "carrier.example": ["100.64.1.1"],
    "cloud.example": ["168.63.129.16"],
}
"""Names as nip.io and its like give them, with what they resolve to."""


def never(*_: object) -> socket.socket:
    raise AssertionError("it was connected to")


def by_hand(host: str, _port: int) -> list[str]:
    """As a system resolves numbers that are spelt in its many ways."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return NAMES.get(host) or [host]


@pytest.mark.parametrize("host", LITERAL)
def test_an_address_of_no_public_host_is_not_reached(host: str) -> None:
    with pytest.raises(UnreadableSource, match=r"not on the public internet|not valid"):
        fetch(f"https://{host}/", Network(resolve=by_hand, connect=never))


@pytest.mark.parametrize("url", TRICKS)
def test_a_trick_with_the_spelling_reaches_nothing(url: str) -> None:
    with pytest.raises(UnreadableSource) as told:
        fetch(url, Network(resolve=by_hand, connect=never))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("host", NAMES)
def test_a_name_that_leads_inside_is_not_reached(host: str) -> None:
    with pytest.raises(UnreadableSource, match="not on the public internet"):
        fetch(f"https://{host}/", Network(resolve=by_hand, connect=never))


def test_there_are_more_than_sixty_addresses() -> None:
    assert len(LITERAL) + len(TRICKS) + len(NAMES) >= 100


def test_a_name_that_resolves_otherwise_the_second_time_is_asked_once() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    reached: list[str] = []

    def connect(address: str, _port: int, _seconds: float) -> socket.socket:
        reached.append(address)
        raise OSError(111, "Connection refused")

    with pytest.raises(UnreadableSource, match="connection refused"):
        fetch("https://a.example/", Network(resolve=lambda *_: next(answers), connect=connect))
    assert reached == ["93.184.215.14"]


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
