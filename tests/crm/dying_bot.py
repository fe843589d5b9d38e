"""The bot with one fault in its work with the CRM: killed at the point named in DIE_AT."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.crm.hubspot_writing import HubSpotWriting
from bot.flow import crm_pull
from storage.crm import CrmRecords
from storage.crm_cursors import CrmCursors
from storage.crm_writes import CrmWrites
from tests.slack.dying_bot import arm

POINTS: dict[str, tuple[Any, str, str]] = {
    "leads_taken_in": (crm_pull, "take", "after"),  # facts are kept, the link is not
    "links_kept": (CrmRecords, "keep", "after"),  # the page is in, the cursor does not say so
    "page_noted": (CrmCursors, "page_done", "after"),
    "claimed": (CrmWrites, "claim", "after"),  # taken up by a process that dies
    "before_activity": (HubSpotWriting, "activities", "before"),
    "written": (HubSpotWriting, "activities", "after"),  # HubSpot has it, we have not noted it
    "write_noted": (CrmWrites, "written", "after"),
}

PULLING = ("leads_taken_in", "links_kept")
PUSHING = ("claimed", "written", "write_noted")
"""Those that every run of the tests goes through."""

if __name__ == "__main__":
    arm(*POINTS[os.environ["DIE_AT"]])
    from bot.cli import app

    app()
