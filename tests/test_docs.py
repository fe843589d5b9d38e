"""What the pages say is true: commands, links, pins, and the generated table."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import typer

from bot.cli import app
from tests.behaviours import behaviours, citations, with_table
from tests.draft_pages import LEADS, PAGE, drafts_page, suggestions

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
)


def test_the_behaviours_table_of_the_readme_is_current() -> None:
    readme = (ROOT / "README.md").read_text()
    assert with_table(readme) == readme, "run `make docs`"


def test_the_page_of_drafts_is_current(home: Path) -> None:
    """M19 M20 M23 M52 Four stages by three channels; all pass the checks."""
    found = suggestions(home)
    assert len({(lead.stage, lead.channel) for lead in LEADS}) == len(found) == 12
    assert [made.draft.channel for made in found if made.draft] == [lead.channel for lead in LEADS]
    assert all(made.draft.checks.passed for made in found if made.draft)
    assert drafts_page(found) == PAGE.read_text(), "run `make docs`"


def test_tests_cite_only_behaviours_that_exist() -> None:
    assert set(citations()) <= set(behaviours())
    assert list(behaviours()) == [f"M{n}" for n in range(1, 61)]


def test_every_command_is_in_the_design() -> None:
    page = (ROOT / "docs" / "design.md").read_text()
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert re.search(rf"`{name}[ `\\|]|`{name}`", page), f"`{name}` is not in docs/design.md"


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_commands_that_the_readme_shows_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.MULTILINE)) <= targets
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for shown in re.findall(
        r"^(?:\.venv/bin/)?trailguide (?:--home \S+ )?([a-z]+)", readme, re.MULTILINE
    ):
        assert shown in commands


def test_every_requirement_is_pinned_and_no_host_is_named() -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert "torch==2.13.0" in pins
    for line in pins:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line), line


def test_the_sample_says_how_many_assets_and_leads_it_has() -> None:
    sample = ROOT / "knowledge" / "sample"
    page = (sample / "README.md").read_text()
    assert f"{len(list((sample / 'library').glob('*.md')))} content assets" in page
    assert f"{len((sample / 'leads.csv').read_text().splitlines()) - 1} leads" in page


def test_runtime_data_is_never_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert not [f for f in tracked if f.startswith("var/") or f.endswith((".db", ".onnx"))]


def test_every_test_that_the_page_of_threats_names_exists() -> None:
    """A control is shown by a test, or it is a wish."""
    page = (ROOT / "docs" / "threats.md").read_text()
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", page))
    assert len(named) > 50
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(), f"{file}::{test}"
    _, *threats = re.split(r"^## Requests from outside", page, flags=re.MULTILINE)
    rows = [line for line in threats[0].splitlines() if re.match(r"\| (?!---|threat|risk)", line)]
    assert [row[:60] for row in rows if "::" not in row] == [], "no test shows it"
