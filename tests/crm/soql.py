"""As much SOQL as the adapter says: fields, one object, conditions, an order, a limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]
_TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|\(|\)|,|>=|<=|!=|=|>|<|[\w.:+-]+)")
_QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<kind>\w+)(?: WHERE (?P<where>.+?))?"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?$"
)


@dataclass(frozen=True)
class Query:
    fields: list[str]
    kind: str
    fits: Callable[[Row], bool]
    order: list[str]
    limit: int | None
    named: frozenset[str]


class Malformed(Exception):
    """What Salesforce calls MALFORMED_QUERY."""


def parse(text: str) -> Query:
    told = _QUERY.match(text.strip())
    if not told:
        raise Malformed(text)
    fields = [f.strip() for f in told["fields"].split(",")]
    if len(set(fields)) != len(fields):
        raise Malformed("duplicate field selected")
    order = [f.strip() for f in (told["order"] or "").split(",") if f.strip()]
    where = _Where(told["where"]) if told["where"] else None
    fits = where.whole() if where else (lambda _: True)
    named = frozenset([*fields, *order, *(where.named if where else ())])
    return Query(
        fields, told["kind"], fits, order, int(told["limit"]) if told["limit"] else None, named
    )


class _Where:
    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.named: list[str] = []
        self.at = 0

    def whole(self) -> Callable[[Row], bool]:
        made = self._any()
        if self.at != len(self.tokens):
            raise Malformed(str(self.tokens[self.at :]))
        return made

    def _next(self) -> str:
        self.at += 1
        return str(self.tokens[self.at - 1])

    def _peek(self) -> str:
        return str(self.tokens[self.at]) if self.at < len(self.tokens) else ""

    def _any(self) -> Callable[[Row], bool]:
        parts = [self._every()]
        while self._peek() == "OR":
            self._next()
            parts.append(self._every())
        return lambda row: any(p(row) for p in parts)

    def _every(self) -> Callable[[Row], bool]:
        parts = [self._one()]
        while self._peek() == "AND":
            self._next()
            parts.append(self._one())
        return lambda row: all(p(row) for p in parts)

    def _one(self) -> Callable[[Row], bool]:
        if self._peek() == "(":
            self._next()
            made = self._any()
            assert self._next() == ")"
            return made
        name, how = self._next(), self._next()
        self.named.append(name)
        if how == "IN":
            assert self._next() == "("
            values = {value(self._next())}
            while self._next() == ",":
                values.add(value(self._next()))
            return lambda row: row.get(name) in values
        than = value(self._next())
        compare: dict[str, Callable[[Any, Any], bool]] = {
            "=": lambda a, b: a == b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
        }  # fmt: skip
        return lambda row: compare[how](row.get(name), than)


def value(token: str) -> Any:
    if token.startswith("'"):
        return token[1:-1]
    if token in {"true", "false"}:
        return token == "true"
    if re.match(r"\d{4}-\d\d-\d\dT", token):
        return datetime.fromisoformat(token.replace("Z", "+00:00"))
    return token
