"""Text that would be run: as a formula, a template, an object, a page or a terminal's command."""

from __future__ import annotations

import csv
import io
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.inert import InertText, inert
from bot.cli.root import app
from bot.flow.touch_rows import cell
from knowledge.asset_fields import Place
from knowledge.errors import UnreadableSource
from knowledge.front_matter import read_markdown
from knowledge.spreadsheets import inert as inert_cell
from prompts.composer import Composer
from storage.crm_file import COLUMNS, OURS, put
from tests.conftest import Ran
from tests.drafts import draft_request
from tests.fuzzing import fuzzed, one_sentence

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1",
    "\r=1", "\n=1", " =1", "\u00a0=1",
    "\u200b=1", "\ufeff=1", "\uff1d1+1", "\uff20SUM(A1)", "\x00=1", "%0A=1", "|calc", "\u202e=1",
)  # fmt: skip
BODY = "\n---\n\n# What a stop costs\n\n" + "A line that stands still costs parts and trust. " * 12


def is_formula(text: str) -> bool:
    """As a spreadsheet sees it: what stands first once all that is unseen is gone."""
    seen = "".join(c for c in text if c.isprintable() and not c.isspace())
    return seen[:1] in set("=+-@|%\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize("attack", FORMULAS)
def test_no_cell_of_a_list_we_write_is_a_formula(attack: str, tmp_path: Path) -> None:
    """Exports of touches, and the file for another system."""
    assert not is_formula(cell(attack))
    assert not any(is_formula(part) for part in cell(["fine", attack]).split("; "))
    put(tmp_path, [dict.fromkeys(COLUMNS, attack)])
    rows = list(csv.reader((tmp_path / OURS).open(newline="")))
    assert len(rows) == 2
    assert not [c for c in rows[1] if is_formula(c)]


@fuzzed(30)
@given(st.text(max_size=20))
def test_no_text_becomes_a_formula_and_none_is_lost(text: str) -> None:
    told = inert_cell(text)
    assert not is_formula(told)
    assert told.removeprefix("'") == text.replace("\x00", "").removeprefix("'")


def test_every_list_we_write_goes_through_one_rule() -> None:
    """A new `csv.writer` must be looked at: whoever writes one says here how its cells are safe."""
    known = {
        "bot/cli/touches.py": "cells", "bot/listeners/touches.py": "cells",
        "storage/crm_file.py": "inert",
        "bot/listeners/lead_files.py": "kept in the database, read by nobody but us",
    }  # fmt: skip
    root = Path(__file__).resolve().parents[1]
    found = {
        f.relative_to(root).as_posix()
        for folder in ("bot", "knowledge", "prompts", "retrieval", "storage")
        for f in (root / folder).rglob("*.py")
        if "csv.writer(" in f.read_text() or "csv.DictWriter(" in f.read_text()
    }
    assert found == set(known)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)
FRONT = {
    "an object": "title: !!python/object/apply:os.system ['touch owned']",
    "a tag": "title: !!python/name:os.system",
    "a tag of ours": "title: !evil x",
    "a billion laughs": LAUGHS + "title: *j",
    "a billion laughs as words": LAUGHS + "topics: *j\ntitle: T",
    "itself": "a: &a\n  b: *a\ntitle: T",
    "itself in a list": "a: &a [*a]\ntitle: T",
    "a merge": "a: &a {title: stolen}\n<<: *a",
    "deep": "title: " + "[" * 3000,
    "two documents": "title: T\n--- !!python/object/apply:os.system ['touch owned']",
    "no anchor": "title: *nothing",
}


@pytest.mark.parametrize("which", FRONT)
def test_front_matter_builds_no_object_and_does_not_grow(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59 A piece or one sentence, at once."""
    monkeypatch.chdir(tmp_path)
    began = time.process_time()
    try:
        piece = read_markdown(f"---\n{FRONT[which]}{BODY}", Place("a.md"))
    except UnreadableSource as refused:
        one_sentence(refused)
    else:
        assert len(str(piece)) < 5000
        assert piece.title != "stolen"
    assert time.process_time() - began < 5
    assert not list(tmp_path.iterdir())


TEMPLATES = (
    "{{ 7 * 7 }}", "{% for x in (1, 2) %}x{% endfor %}", "{{ ''.__class__ }}", "{# gone #}",
    "${7*7}", "#{7*7}", "<%= 7*7 %>", "%(name)s", "{name}", "{0.__class__}",
)  # fmt: skip


@pytest.mark.parametrize("attack", TEMPLATES)
def test_what_looks_like_a_template_is_shown_as_it_is(attack: str) -> None:
    """A lead's name, question and a piece's title are values: never a template, never a format."""
    request = draft_request(name=f"Dana {attack} Ortiz", question=f"What does {attack} cost us?")
    request = replace(request, asset=replace(request.asset, title=f"Rollout {attack} plan"))
    draft = Composer().write(request)
    told = f"{draft.subject}\n{draft.body}"
    assert "49" not in told
    assert "xx" not in told
    assert "<class" not in told


@pytest.mark.parametrize(
    "attack",
    ["\x1b]0;owned\x07", "\x1b[2J", "\x1b]52;c;b3duZWQ=\x1b\\", "\x9b2J", "\x1bc", "\x08\x08",
     "\x1b]8;;http://evil.example\x1b\\", "\u202e", "\x1b\x1b[2J", "\x1bP1$r\x1b\\"],
)  # fmt: skip
def test_a_terminal_is_told_nothing_but_text(attack: str) -> None:
    """A name may not set the title, move the cursor, fill the clipboard or turn the line round."""
    assert inert(f"Dana{attack} Ortiz") == "Dana Ortiz"
    out = io.StringIO()
    InertText(out).write(f"\x1b[1mDana{attack}\x1b[0m\tM\u00fcller\n")
    assert out.getvalue() == "\x1b[1mDana\x1b[0m\tM\u00fcller\n"


class Screen(io.StringIO):
    """A terminal, as far as a program asks."""

    def isatty(self) -> bool:
        return True


def test_whatever_a_command_prints_to_a_terminal_goes_through_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trailguide: Callable[..., Ran]
) -> None:
    """Also errors, which quote what was typed."""
    lists = tmp_path / "leads.csv"
    lists.write_text('lead_id,name,email\nd1,"Dana\x1b]0;owned\x07 Ortiz",dana@x.example\n')
    home = tmp_path / "home"
    assert trailguide("--home", home, "leads", "import", lists, "--yes").status == 0
    screen, complaints = Screen(), Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", complaints)
    for command in (["leads", "list"], ["leads", "show", "d1"], ["plan", "no\x1b]0;owned\x07one"]):
        with pytest.raises(SystemExit):
            app(["--home", str(home), *command])
    told = screen.getvalue() + complaints.getvalue()
    assert "Ortiz" in told
    assert "owned" not in told.replace("no\x1b]0;owned", "")
    assert "\x1b]" not in told
    assert "\x07" not in told
