"""One stretch of an import, in a process of low priority.

`python -m bot.import_process HOME ID S [TEAM]`, with the operator's home where there are teams.

The bot runs this, so that asks never wait for an import: it has its own interpreter, one thread of
work, a low priority, and ends after S seconds. It prints `{"wait": seconds}`, null when the
import is over.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from bot.bootstrap import build
from bot.flow import importing
from bot.settings import load_settings
from bot.team_settings import for_team
from knowledge.errors import TrailguideError

LOWER = 10
"""Niceness: beside an ask the import gets a tenth of a processor, and on a busy machine it still
comes forward."""


def main() -> None:
    """Work on the import that is named, and say how long to wait before the next stretch."""
    home, identity, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    with contextlib.suppress(OSError):  # a system without priorities is none the worse
        os.nice(LOWER)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    settings = load_settings(home)
    tools = build(for_team(settings, sys.argv[4]) if sys.argv[4:] else settings)
    ends = time.monotonic() + seconds
    try:
        models = replace(tools.bulk_models, lanes=1)
        worked = importing.work(identity, tools, models, enough=lambda: time.monotonic() > ends)
        print(json.dumps({"wait": worked.wait}))  # noqa: T201 - its answer to the bot
    except TrailguideError as told:
        print(json.dumps({"error": str(told)}))  # noqa: T201
        sys.exit(told.exit_status)
    finally:
        tools.close()


if __name__ == "__main__":
    main()
