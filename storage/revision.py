"""The library's revision: a counter moved on with every change that search can see."""

from __future__ import annotations

import secrets

from sqlmodel import Session

from storage.tables import CounterRow

_NAME = "library"


def bump(session: Session) -> None:
    """Move on. The random token keeps a restored backup from repeating a revision once seen."""
    row = session.get(CounterRow, _NAME) or CounterRow(name=_NAME)
    row.value += 1
    row.token = secrets.token_hex(4)
    session.add(row)


def current(session: Session) -> str:
    """The revision, `0` for a library that nothing was put into."""
    row = session.get(CounterRow, _NAME)
    return f"{row.value}-{row.token}" if row else "0"
