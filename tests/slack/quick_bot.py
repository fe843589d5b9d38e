"""The bot with less patience for dead peers, on a day that a test
chooses while it runs: the file that QUICK_CLOCK names holds the seconds by which it is later."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.jobs import lives
from knowledge.clock import SystemClock

SWEEP_SECONDS, DEAD_AFTER_SECONDS = 3.0, 30.0
"""Ten sweeps missed in a row: even a busy machine lets one through."""

if __name__ == "__main__":
    lives.SWEEP_SECONDS, lives.DEAD_AFTER_SECONDS = SWEEP_SECONDS, DEAD_AFTER_SECONDS
    later = Path(os.environ["QUICK_CLOCK"])
    SystemClock.now = lambda _self: datetime.now(UTC) + timedelta(seconds=float(later.read_text()))  # type: ignore[method-assign]
    from bot.cli import app

    app()
