"""The table from M numbers to the tests that cite them: `python -m tests.behaviours` writes it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START, END = "<!-- behaviours:start -->", "<!-- behaviours:end -->"
_BEHAVIOUR = re.compile(r"^- (M\d+) (.+?)(?=^- M\d+ |^## |\Z)", re.MULTILINE | re.DOTALL)


def behaviours() -> dict[str, str]:
    """M number to its text, in order, from docs/behaviours.md."""
    text = (ROOT / "docs" / "behaviours.md").read_text(encoding="utf-8")
    return {number: " ".join(said.split()) for number, said in _BEHAVIOUR.findall(text)}


def citations() -> dict[str, list[tuple[str, str]]]:
    """M number to (file, test name) of every test whose name or docstring cites it."""
    cited: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = f"{node.name} {ast.get_docstring(node) or ''}"
                for number in _numbers(said):
                    cited[number].append((file.relative_to(ROOT).as_posix(), node.name))
    return cited


def _numbers(said: str) -> list[str]:
    ranges = re.findall(r"\bM(\d+) to M(\d+)\b", said)
    spread = {f"M{n}" for a, b in ranges for n in range(int(a), int(b) + 1)}
    cited = re.findall(r"(?<![A-Za-z0-9])[Mm]\d+\b", said.replace("_", " "))
    return sorted({*(number.upper() for number in cited), *spread})


def table() -> str:
    """The Markdown table: each behaviour, with up to three of the tests that show it."""
    cited = citations()
    lines = ["| | behaviour | shown by |", "| --- | --- | --- |"]
    for number, said in behaviours().items():
        tests = cited.get(number, [])
        shown = ", ".join(f"[`{name}`]({file})" for file, name in tests[:3])
        more = f" and {len(tests) - 3} more" if len(tests) > 3 else ""
        short = said if len(said) <= 110 else said[:107].rsplit(" ", 1)[0] + " …"
        lines.append(f"| {number} | {short} | {shown + more or 'not yet'} |")
    return "\n".join(lines)


def with_table(readme: str) -> str:
    """The README with the table renewed between its marks."""
    before, rest = readme.split(START)
    _, after = rest.split(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    page = ROOT / "README.md"
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
