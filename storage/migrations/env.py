"""What Alembic runs: the steps, on the connection and in the transaction that it is given."""

from alembic import context

import storage.tables  # noqa: F401 - registers every table
from storage.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making a new one
)
with context.begin_transaction():
    context.run_migrations()
