"""M56 What every table holds about leads is told, so that export and erasure leave none out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, String, TypeDecorator

import storage.tables  # noqa: F401 - registers every table
from bot.settings import Settings
from bot.views.words_privacy import GOES, HELD
from knowledge.retention import RULES, Kept
from storage.columns import metadata
from storage.holdings import HOLDINGS, By, Erased
from storage.lead_export import SECRET

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "privacy.md").read_text()


def is_text(column: Any) -> bool:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String | JSON)


def test_every_table_is_told_of() -> None:
    """M56 A new table fails here until somebody says what it holds and how it is erased."""
    assert [h.table for h in HOLDINGS if h.table not in metadata.tables] == []
    assert {h.table for h in HOLDINGS} == set(metadata.tables)


def test_every_column_of_text_is_told_of() -> None:
    """M56 Words that may speak of a lead, or plain: ids, labels, hashes, the team's own content."""
    for holding in HOLDINGS:
        columns = metadata.tables[holding.table].columns
        texts = {c.name for c in columns if is_text(c)}
        told = holding.words | holding.plain
        assert not holding.words & holding.plain, holding.table
        assert texts == told, f"{holding.table}: {texts ^ told}"
        assert holding.words <= {c.name for c in columns}


def test_words_about_a_lead_never_stay() -> None:
    for holding in HOLDINGS:
        if holding.words:
            assert holding.by is not By.NOTHING
            assert holding.erased is not Erased.KEPT, holding.table


def test_what_refers_to_another_row_goes_before_it() -> None:
    order = {holding.table: n for n, holding in enumerate(HOLDINGS)}
    for holding in HOLDINGS:
        for key in metadata.tables[holding.table].foreign_keys:
            other = key.column.table.name
            if holding.by is not By.NOTHING and holding.erased is Erased.DELETED:
                assert order[holding.table] < order.get(other, 99), (holding.table, other)


def test_an_export_has_a_chapter_for_every_table_that_holds_something() -> None:
    held = {h.table for h in HOLDINGS if h.by is not By.NOTHING} - SECRET
    assert set(HELD) == held | {"audit"}


def test_the_page_lists_every_table_and_every_kind_with_its_days() -> None:
    """M56 docs/privacy.md says what the code does."""
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| ([a-z ]+) \|", PAGE, re.MULTILINE))
    held = {h.table: h.erased.value for h in HOLDINGS if h.by is not By.NOTHING}
    assert {table: told for table, told in rows.items() if table in held} == held
    for rule in RULES:
        days = Settings.model_fields[rule.setting].default
        name = f"TRAILGUIDE_{rule.setting.upper()}"
        row = f"| {rule.goes} | `{name}` | {days} | {rule.stays} |"
        assert row in PAGE, row
    assert [rule.kept for rule in RULES] == list(Kept)
    assert set(GOES) == set(Kept)
