"""A list of leads sent in Slack: the message with what its columns seem to be, and the window."""

from __future__ import annotations

from typing import Any

from bot.views import escape, words_lead_files
from bot.views import words_lead_import as words
from bot.views.blocks import Block, Message, Part, actions, bullets, button, context, message, plain
from bot.views.blocks import section as told
from knowledge.csv_tables import Table
from knowledge.lead_columns import FIELDS
from knowledge.lead_mapping import Column, LeadMapping, TableMapping

OPEN = "lead_file_open"
CALLBACK = "lead_file_taken"
MOST_COLUMNS = 40
"""Columns that can be changed in the window, which holds a hundred blocks."""
NOTHING = "none"
LINE = 220


def proposal_message(identity: str, tables: tuple[Table, ...], mapping: LeadMapping) -> Message:
    """What was sent, what its columns seem to be, and a button to look and confirm."""
    parts = []
    for table, mapped in zip(tables, mapping, strict=True):
        used = [c for c in mapped.columns if c.field]
        left = [c.name for c in mapped.columns if not c.field]
        head = words_lead_files.head(table.name, len(table.rows), words.KIND[mapped.kind])
        lines = bullets((escape.mrkdwn(words.column_line(c), LINE) for c in used), LINE, 12)
        parts.append(Part(told(f"*{escape.mrkdwn(head, 200)}*\n{lines}")))
        if left:
            aside = words_lead_files.left_out(left)
            parts.append(Part(context(escape.mrkdwn(aside, 600))))
    parts.append(Part(actions([button(OPEN, words_lead_files.LOOK, identity, "primary")])))
    return message(words_lead_files.PROPOSED, parts)


def mapping_view(identity: str, mapping: LeadMapping) -> Block:
    """The window in which each column may be given another field."""
    blocks: list[Block] = []
    for (table, place), column in _shown(mapping):
        label = f"{table.name}: {column.name}" if len(mapping) > 1 else column.name
        block = f"column-{place}"
        blocks.append({
            "type": "input",
            "block_id": block,
            "label": plain(label, 150),
            "hint": plain(f"{column.why}. {words.values(column.values)}"
                          if column.field and column.values else f"{column.why}.", 300),
            "optional": True,
            "element": {
                "type": "static_select",
                "action_id": block,
                "options": _options(),
                "initial_option": _option(column.field),
            },
        })  # fmt: skip
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": identity,
        "title": plain(words_lead_files.TITLE, 24),
        "submit": plain(words_lead_files.TAKE, 24),
        "close": plain(words_lead_files.CLOSE, 24),
        "blocks": blocks or [told(words_lead_files.NO_COLUMNS)],
    }


def corrections(typed: dict[str, Any], mapping: LeadMapping) -> list[str]:
    """What was changed in the window, as `file.csv:Column=field`."""
    changed = []
    for (table, place), column in _shown(mapping):
        wanted = str(typed.get(f"column-{place}", column.field or NOTHING))
        wanted = "" if wanted == NOTHING else wanted
        if wanted != column.field:
            changed.append(f"{table.name}:{column.name}={wanted}")
    return changed


def _shown(mapping: LeadMapping) -> list[tuple[tuple[TableMapping, int], Column]]:
    every = [(table, c) for table in mapping for c in table.columns]
    first = sorted(range(len(every)), key=lambda n: (not every[n][1].field, n))[:MOST_COLUMNS]
    return [((every[n][0], n), every[n][1]) for n in sorted(first)]


def _options() -> list[Block]:
    fields = [{"text": plain(f"{f.name}: {f.means}", 75), "value": f.name} for f in FIELDS]
    return [{"text": plain(words.LEFT_OUT, 75), "value": NOTHING}, *fields]


def _option(field: str) -> Block:
    return next(o for o in _options() if o["value"] == (field or NOTHING))
