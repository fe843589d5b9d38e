"""An account on the terminal, as JSON and in Slack."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.views import escape
from bot.views import words_account as words
from bot.views.blocks import Message, Part, bullets, context, header, message, section
from bot.views.terminal import console
from knowledge.account import AccountView

LINE = 300
MOST_PEOPLE = 20
MOST_TOUCHES = 10


def print_account(view: AccountView, today: date) -> None:
    """Print the people, the roles and the touches."""
    shown = console()
    for line in (
        view.company,
        *(f"  {words.member(m)}" for m in view.members),
        words.roles(view),
        words.cap(view, today),
        words.TOUCHES if view.touches else words.NO_TOUCHES,
        *(f"  {words.touch(t)}" for t in view.touches),
    ):
        shown.print(line, markup=False)


def account_form(view: AccountView) -> dict[str, Any]:
    """The account in JSON terms."""
    return {
        "company": view.company,
        "people": [
            {
                "lead_id": m.lead_id, "name": m.name, "title": m.title, "buying_role": m.role,
                "stage": m.stage.value if m.stage else None, "stage_confidence": m.sure,
                "line_stages": {s.line: s.stage.value for s in m.line_stages},
                "owner": m.owner, "reached": m.reached, "opted_out": m.opted_out,
                "last_touch": _iso(m.last_touch), "last_act": _iso(m.last_act),
            }
            for m in view.members
        ],
        "roles_reached": list(view.covered),
        "roles_missing": list(view.missing),
        "touches": [
            {"on": t.on.isoformat(), "lead_id": t.lead_id, "name": t.name,
             "action": t.action.value, "asset_id": t.asset_id, "by": t.by}
            for t in view.touches
        ],
        "touches_this_week": view.this_week,
        "most_touches_a_week": view.cap,
        "free_on": view.free_on.isoformat(),
    }  # fmt: skip


def account_message(view: AccountView, today: date) -> Message:
    """The account for one person's direct messages."""
    people = (escape.mrkdwn(words.member(m), LINE) for m in view.members)
    touches = (escape.mrkdwn(words.touch(t), LINE) for t in view.touches)
    told = bullets(touches, LINE, MOST_TOUCHES) or words.NO_TOUCHES
    return message(
        view.company,
        [
            Part(header(view.company)),
            Part(section(f"*{words.PEOPLE}*\n{bullets(people, LINE, MOST_PEOPLE)}"), weight=6),
            Part(section(escape.mrkdwn(words.roles(view), LINE))),
            Part(section(f"*{words.TOUCHES}*\n{told}"), weight=4),
            Part(context(escape.mrkdwn(words.cap(view, today), LINE))),
        ],
    )


def _iso(on: date | None) -> str | None:
    return on.isoformat() if on else None
