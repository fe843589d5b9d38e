"""The command line: `trailguide [--home DIR] COMMAND`."""

from __future__ import annotations

from bot.cli import (
    account,
    asking,
    backups,
    content,
    coverage,
    crm,
    handover,
    importing,
    journey,
    lead_import,
    managing,
    people,
    plans,
    privacy,
    proposing,
    reporting,
    roles,
    running,
    simulating,
    teams,
    touches,
)
from bot.cli.root import app

for register in (
    account.register,
    asking.register,
    content.register,
    coverage.register,
    journey.register,
    proposing.register,
    people.register,
    plans.register,
    handover.register,
    privacy.register,
    managing.register,
    roles.register,
    running.register,
    reporting.register,
    crm.register,
    backups.register,
    simulating.register,
    teams.register,
):
    register(app)

__all__ = ["app", "importing", "lead_import", "touches"]  # they join the commands of others
