"""PostgreSQL as `storage.database` opens it: one schema, texts without NUL, errors without rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url

KEPT_OF_A_TEAM, MOST_OF_A_TEAM = 1, 9
"""Connections to PostgreSQL that each of many teams keeps, and has more at most: the server's usual
hundred must do for all of them."""
USUAL_PORT = 5432
LINE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How a line is found dead whose other end vanished without a word: after 25 s of silence, or 20 s
(given in ms) in which nothing that was sent was acknowledged. Left to itself the system waits for
hours, and a thread with it. What a URL says itself counts more."""

_NUL = re.compile(r"((?<!\\)(?:\\\\)*)\\u0000")
"""As JSON writes it, and not where its backslash is itself escaped."""


class _WithoutNul(StrDumperUnknown):
    """A text as PostgreSQL takes it: it keeps no NUL, and SQLite does."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", ""))


def postgresql_engine(url: URL, schema: str, connect_seconds: float) -> Engine:
    """Connections to the server at `url`; with a `schema` each sees that one alone."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        json_serializer=lambda value: _NUL.sub(r"\1", json.dumps(value)),
        connect_args={"connect_timeout": int(connect_seconds), **_line(url)},
        **({"pool_size": KEPT_OF_A_TEAM, "max_overflow": MOST_OF_A_TEAM} if schema else {}),
    )
    event.listen(engine, "handle_error", _drop_detail)
    event.listen(engine, "connect", _keep_texts, insert=True)
    if schema:
        event.listen(engine, "connect", _within(schema), insert=True)
    return engine


def with_dead_lines_found(url: str) -> str:
    """The same address with `LINE`, for a library that makes its connections itself."""
    parsed = make_url(url)
    told = {name: str(value) for name, value in _line(parsed).items()}
    return parsed.update_query_dict(told).render_as_string(hide_password=False)


def address_of(url: URL) -> str:
    """Where a server is looked for, for a person: host or socket folder, port, and the database."""
    host = url.host or url.query.get("host", "")
    if isinstance(host, tuple):  # several, each with a port of its own
        return f"{','.join(host)}/{url.database}"
    if not host or host.startswith("/"):
        host = f"local socket {host}".rstrip()
    return f"{host}:{url.port or url.query.get('port') or USUAL_PORT}/{url.database}"


def _line(url: URL) -> dict[str, int]:
    return {name: value for name, value in LINE.items() if name not in url.query}


def _keep_texts(connection: Any, _record: object) -> None:
    connection.adapters.register_dumper(str, _WithoutNul)


def _within(schema: str) -> Callable[[Any, object], None]:
    """Have each connection see this schema alone, before anything else is asked of it."""

    def set_up(connection: Any, _record: object) -> None:
        before, connection.autocommit = connection.autocommit, True
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('search_path', quote_ident(%s), false)", (schema,))
        connection.autocommit = before

    return set_up


def _drop_detail(context: ExceptionContext) -> None:
    """Cut an error's text after its first line: PostgreSQL's details quote the row, a lead's too.

    `hide_parameters` sees to the values we sent; these are the ones that the server sends back.
    """
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].split("\n", 1)[0], *error.args[1:])
