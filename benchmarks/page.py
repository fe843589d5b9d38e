"""benchmarks/README.md: each benchmark keeps its figures between marks of its own."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).with_name("README.md")


def keep(name: str, text: str) -> None:
    """Put a benchmark's text into the page in place of what it kept before."""
    README.write_text(placed(README.read_text(encoding="utf-8"), name, text), encoding="utf-8")


def placed(page: str, name: str, text: str) -> str:
    """The page with `text` between the marks of `name`, at the end when they are not there yet."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if start not in page or end not in page:
        page = f"{page.rstrip()}\n\n{start}\n{end}\n"
    before, _, rest = page.partition(start)
    after = rest.partition(end)[2]
    return f"{before}{start}\n{text.strip()}\n{end}{after}"
