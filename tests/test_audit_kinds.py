"""M56 docs/audit.md names every kind of entry that the code writes, with the fields it has."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from storage.audit import Audit
from storage.audit_kinds import KINDS

pytest_plugins = ("tests.databases",)

ROOT = Path(__file__).resolve().parents[1]
KIND = re.compile(r"[a-z]+\.[a-z_]+")


def written_in_code() -> set[str]:
    """The kinds among the strings of the code, and what is written like one and is none."""
    found: set[str] = set()
    begun: set[str] = set()
    for path in (p for room in ("storage", "bot") for p in (ROOT / room).rglob("*.py")):
        if path.name in {"audit_kinds.py", "story.py"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))  # as in f"review.{done}"
    subjects = {kind.partition(".")[0] for kind in KINDS if "." in kind}
    columns = {f"{subject}.id" for subject in subjects}
    like = {k for k in found if KIND.fullmatch(k) and k.partition(".")[0] in subjects} - columns
    whole = {kind for kind in KINDS if kind.partition(".")[0] + "." in begun}
    return like | whole | (found & set(KINDS))


def in_the_page() -> dict[str, frozenset[str]]:
    rows = re.findall(
        r"^\| `([a-z_.]+)` \|[^|]*\|(.*)\|$", (ROOT / "docs/audit.md").read_text(), re.MULTILINE
    )
    return {kind: frozenset(re.findall(r"`([a-z_]+)`", data)) for kind, data in rows}


def test_the_page_names_every_kind_that_the_code_writes() -> None:
    """M56"""
    assert written_in_code() == set(KINDS) == set(in_the_page())


def test_the_page_names_the_fields_of_every_kind() -> None:
    """M56"""
    assert in_the_page() == KINDS


def test_an_entry_with_a_field_that_nobody_knows_is_refused(db) -> None:
    with pytest.raises(ValueError, match="has no field 'mood'"), db.write() as session:
        Audit(b"k" * 32).append(session, "lead.erased", "s", "U1", {"mood": 1})
