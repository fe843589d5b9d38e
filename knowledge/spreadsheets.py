"""Text that a spreadsheet shows as text, and never runs as a formula."""

from __future__ import annotations

import unicodedata

FORMULA_STARTS = frozenset("=+-@|%")
"""A spreadsheet runs a cell that begins with one of these, whatever its width in Unicode; a bar or
a per cent sign begins a call in some. A leading quote makes the cell text."""
_QUOTE = "'"


def inert(text: str) -> str:
    """Quoted where the first thing that is seen begins a formula, or could be made to."""
    text = text.replace("\x00", "")
    return f"{_QUOTE}{text}" if _begins_formula(text) else text


def _begins_formula(text: str) -> bool:
    if text[:1] in {"\t", "\r", "\n"}:
        return True
    for character in text:
        if _is_unseen(character):
            continue
        return unicodedata.normalize("NFKC", character)[:1] in FORMULA_STARTS
    return False


def _is_unseen(character: str) -> bool:
    """White space, marks, and what is no character or has no look: a spreadsheet may drop it."""
    return character.isspace() or unicodedata.category(character)[0] in {"C", "M", "Z"}
