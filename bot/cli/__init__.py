"""The command line: `trailguide [--home DIR] COMMAND`."""

from __future__ import annotations

from bot.cli import (
    asking,
    content,
    coverage,
    crm,
    importing,
    journey,
    managing,
    people,
    privacy,
    proposing,
    reporting,
    roles,
    running,
    simulating,
    touches,
)
from bot.cli.root import app

for register in (
    asking.register,
    content.register,
    coverage.register,
    journey.register,
    proposing.register,
    people.register,
    privacy.register,
    managing.register,
    roles.register,
    running.register,
    reporting.register,
    crm.register,
    simulating.register,
):
    register(app)

__all__ = ["app", "importing", "touches"]  # the two join the commands of `library`, `touches`
