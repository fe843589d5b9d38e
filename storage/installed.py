"""What slack_sdk's own tables say of all installations at once: which teams, and their tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Table, select, update

from storage.database import Database


def teams_in(db: Database, bots: Table, client_id: str) -> list[str]:
    """Ids of the teams that have installed this app, in order."""
    c = bots.c
    ours = select(c.team_id).where(c.client_id == client_id, c.bot_token.is_not(None))
    with db.read() as session:
        return sorted({str(team) for team in session.connection().execute(ours).scalars() if team})


def reseal(db: Database, tables: Sequence[Table], again: Callable[[str], str]) -> int:
    """Write every token as `again` makes it; return how many there were."""
    sealed = 0
    with db.write() as session:
        connection = session.connection()
        for table in tables:
            for column in (c for c in table.columns if c.name.endswith("_token")):
                held = connection.execute(select(table.c.id, column).where(column.is_not(None)))
                for identity, token in held.all():
                    row = update(table).where(table.c.id == identity)
                    connection.execute(row.values({column: again(token)}))
                    sealed += 1
    return sealed
