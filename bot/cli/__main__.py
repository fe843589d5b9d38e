"""`python -m bot.cli` is the same as `trailguide`."""

from bot.cli import app

app()
