"""`python -m bot.cli` is the same as `trailguide`."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress

from bot.cli import app

LONGEST_END_SECONDS = 5.0
"""Of a process whose command is over. LangChain's threads are waited for at the end, and one whose
model says a byte now and then would hold it up for good."""


def main() -> None:
    """Run one command, and end soon after it with its status."""
    status: object = 1
    try:
        app()
        status = 0
    except SystemExit as ended:
        status = ended.code
        raise
    finally:
        threading.Thread(target=_end, args=(status,), daemon=True).start()


def _end(status: object) -> None:
    time.sleep(LONGEST_END_SECONDS)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read it has left
            stream.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__":
    main()
