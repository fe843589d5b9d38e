"""DOCX, PPTX and PDF files for tests, made by code so that their content can be seen here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

LIBRARY = Path(__file__).parent / "fixtures" / "library"

LESSON = (
    "A schedule that nobody reads prevents nothing. Put it where the shift starts, and name one "
    "person who answers for each line. After a month, strike out what nobody missed."
)

_WORD_XML = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE_RELATION = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
)


def docx(heading: str, text: str, extra: dict[str, bytes] | None = None) -> bytes:
    """A Word file with one heading and one paragraph."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD_XML}"><w:body>'
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
        f"<w:r><w:t>{escape(heading)}</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:body></w:document>"
    )
    styles = (
        f'<w:styles xmlns:w="{_WORD_XML}"><w:style w:type="paragraph" w:styleId="Heading1">'
        '<w:name w:val="heading 1"/></w:style></w:styles>'
    )
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{main}.styles+xml"/></Types>'
    )
    root = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE_RELATION}" '
        'Target="word/document.xml"/></Relationships>'
    )
    inner = (
        f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE_RELATION.removesuffix("officeDocument")}styles" '
        'Target="styles.xml"/></Relationships>'
    )
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": root,
        "word/document.xml": body,
        "word/styles.xml": styles,
        "word/_rels/document.xml.rels": inner,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return file.getvalue()


def pptx(title: str, text: str, notes: str) -> bytes:
    """A presentation of one slide with speaker notes."""
    from pptx import Presentation

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = title
    slide.placeholders[1].text = text
    slide.notes_slide.notes_text_frame.text = notes
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def pdf(text: str, title: str = "", *, encrypted: bool = False) -> bytes:
    """A PDF of one page, written by hand; the encrypted one has a password nobody knows."""
    escaped = [
        text[i : i + 70].replace("(", "\\(").replace(")", "\\)") for i in range(0, len(text), 70)
    ]
    shown = " T* ".join(f"({line}) Tj" for line in escaped)
    stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET" if text else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Title ({title}) >>",
        f"<< /Filter /Standard /V 1 /R 2 /P -44 /O <{'41' * 32}> /U <{'42' * 32}> >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = f"/Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R"
    if encrypted:
        trailer += f" /Encrypt 7 0 R /ID [<{'43' * 16}> <{'43' * 16}>]"
    count = len(objects) + 1
    out += (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< {trailer} >>\n"
        f"startxref\n{len(out)}\n%%EOF\n"
    ).encode()
    return out
