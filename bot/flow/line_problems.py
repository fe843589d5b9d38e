"""What is wrong with a line of a batch or a list of leads, in words that its writer knows."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

LONGEST_SHOWN = 40
"""Characters of a wrong value that are repeated: enough to find it in the line."""

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,29}")
"""A field's name that can be no value: no digits, no address."""

_TAGS = {"facts", "id", "none"}
_VALIDATORS = {"str", "int", "function-before[_day(), date]"}
"""What the validator adds to a place and nobody reading it wants."""

_WANTED_OF = {
    "id": "give a text in quotes or a whole number",
    "lead": "give the id of a stored lead in quotes, or an object of facts in braces",
}
"""What to write instead, by the field that takes more than one kind of value."""

_WANTED = {
    "string": "give a text in quotes",
    "tuple": "give a list in square brackets",
    "model": "give an object in braces",
    "int": "give a whole number",
    "bool": "give true or false",
    "date": "give a date like 2026-11-03",
    "datetime": "give a date like 2026-11-03, or a time like 2026-11-03T14:30",
}
"""What to write instead, by the kind of value that the validator expected."""


def first_problem(wrong: ValidationError) -> str:
    """Say in one clause what is wrong with the first bad field, where, and what to write."""
    error = wrong.errors(include_url=False)[0]
    where = _place(error["loc"])
    if error["type"] == "missing":
        return f"{where} is missing"
    if error["type"] == "value_error":  # our own words, which quote the value where it matters
        return f"{where} is wrong: {error['msg'].removeprefix('Value error, ').rstrip('.')}"
    return f"{where} is {_shown(error['input'])}; {_remedy(error)}"


def untold_problem(wrong: ValidationError, page: str) -> str:
    """The same without a word of what was sent, for answers that end in other people's logs.

    A field of theirs that is none of ours is named where its name is a plain one.
    """
    error = wrong.errors(include_url=False)[0]
    if error["type"] == "extra_forbidden":
        field = str(error["loc"][-1])
        named = f"'{field}'" if _PLAIN_NAME.fullmatch(field) else "a field"
        return f"{named} is not known; {page} lists the fields"
    where = _place(error["loc"])
    if error["type"] in {"missing", "value_error"}:
        return first_problem(wrong)
    return f"{where} is wrong; {_remedy(error, page)}"


def _place(loc: tuple[int | str, ...]) -> str:
    """The field as its writer knows it, entries of a list counted from 1."""
    told = [p for n, p in enumerate(loc) if not (n and p in _TAGS) and p not in _VALIDATORS]
    name = ".".join(p for p in told if isinstance(p, str))
    entries = [p + 1 for p in told if isinstance(p, int)]
    return f"'{name}' (entry {entries[0]})" if entries else f"'{name}'"


def _shown(value: Any) -> str:
    match value:
        case str():
            cut = "…" if len(value) > LONGEST_SHOWN else ""
            return f"'{' '.join(value[:LONGEST_SHOWN].split())}{cut}'"
        case list():
            return "a list"
        case dict():
            return "an object"
    return json.dumps(value, default=str)


def _remedy(error: ErrorDetails, page: str = "docs/batches.md") -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "enum" | "literal_error":
            return "use one of: " + str(context["expected"]).replace("'", "").replace(" or ", ", ")
        case "greater_than_equal":
            least = context["ge"]
            return f"give {least} or {'later' if isinstance(least, str) else 'more'}"
        case "less_than_equal":
            most = context["le"]
            return f"give {most} or {'earlier' if isinstance(most, str) else 'less'}"
        case "string_too_long":
            return f"give at most {context['max_length']:,} characters"
    field, kind = str(error["loc"][0]), error["type"].split("_")[0]
    whole = len(error["loc"]) <= 2  # the field itself, told apart by at most one tag
    wanted = _WANTED_OF.get(field) if whole else None
    return wanted or _WANTED.get(kind, f"{page} says what it takes")
