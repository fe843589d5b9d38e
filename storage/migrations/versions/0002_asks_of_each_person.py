"""Who asked, so that asks are counted; and signals by the time they came.

Follows 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("asker", sa.String(), nullable=True))
    op.create_index("ix_inbox_asker_received_at", "inbox", ["asker", "received_at", "kind"])
    op.create_index("ix_inbox_received_at_asker", "inbox", ["received_at", "asker", "kind"])
    op.create_index("ix_signal_received_at", "signal", ["received_at"])
