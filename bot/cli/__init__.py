"""The command line: `trailguide [--home DIR] COMMAND`."""

from __future__ import annotations

from bot.cli import asking, content, managing, people, running
from bot.cli.root import app

for part in (asking, content, people, managing, running):
    part.register(app)

__all__ = ["app"]
