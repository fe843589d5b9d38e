"""What each handler lets a person do: one act for every kind of message, button, window and form.

What is not in these tables is not done: `bot.listeners.permitted` asks them before a handler runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from bot.listeners import adding, handover, imports, plans, requests_told
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lead_buttons import MOST
from bot.listeners.offering_leads import MOST_OFFERED
from bot.views import (
    lead_files,
    manager_home,
    request_window,
    review_note,
    story,
    touch_filter_form,
    touch_list,
)
from bot.views.coverage import COVERAGE_ACTIONS, REQUEST_ACTION
from bot.views.due_rows import LEAD
from bot.views.intake_form import INTAKE_CALLBACK
from bot.views.journey import JOURNEY_ACTIONS
from bot.views.library_review import SEND_BACK_CALLBACK
from bot.views.library_upkeep import REPLACE_CALLBACK
from bot.views.modals import EDIT_CALLBACK, NOT_NOW_CALLBACK
from bot.views.modals_card import (
    HELP_CALLBACK,
    OUTCOME_CALLBACK,
    SENT_CALLBACK,
    STAGE_CALLBACK,
)
from bot.views.proposals_form import PROPOSALS_CALLBACK, REVIEW_ACTION
from knowledge.follow_ups import FollowUp
from knowledge.roles import Act


class Nobody(Enum):
    """In place of an act: the bot does it by itself, or nothing is done at all."""

    THE_BOT = "the bot"


THE_BOT = Nobody.THE_BOT
Needed = Act | Nobody | Callable[[Incoming], Act]
"""The act that a handler lets a person do; by the event, where that decides it."""


def _written(event: Incoming) -> Act:
    return Act.PROPOSE_PIECE if adding.asks_to_add(event) else Act.ASK


def _added(event: Incoming) -> Act:
    """A sitemap or a feed is many pieces at once."""
    is_list = imports.names_a_list(adding.address_in(event.text))
    return Act.IMPORT_PIECES if is_list else Act.PROPOSE_PIECE


def _about_roles(event: Incoming) -> Act:
    first = (event.text.lower().split() or [""])[0]  # whatever white space stands between
    return Act.CHANGE_ROLES if first in {"grant", "revoke"} else Act.SEE_ROLES


def _opened_row(event: Incoming) -> Act:
    """A row without a card is an ask; one with a card is that card."""
    return Act.ASK if event.suggestion_id.startswith(LEAD) else Act.DECIDE_CARD


def _planned(event: Incoming) -> Act:
    return Act.CORRECT_STAGE if event.suggestion_id else Act.ASK


def _commanded(event: Incoming) -> Act:
    needed = COMMANDS[event.action or "next"]
    return needed(event) if callable(needed) else needed


COMMANDS: Mapping[str, Act | Callable[[Incoming], Act]] = {
    "next": Act.ASK,
    "lead": Act.SEE_LEAD,
    "account": Act.SEE_ACCOUNT,
    "add": _added,
    "gaps": Act.SEE_COVERAGE,
    "coverage": Act.SEE_COVERAGE,
    "journey": Act.SEE_COVERAGE,
    "audit": Act.SEE_OWN_TOUCHES,
    "due": Act.SEE_DUE,
    "digest": Act.SEE_DUE,
    "library": Act.SEE_LIBRARY,
    "segments": Act.SEE_PLANS,
    "tracks": Act.SEE_PLANS,
    "plan": Act.SEE_LEAD,
    "definitions": Act.SEE_PLANS,
    "report": Act.SEE_REPORT,
    "crm": Act.SEE_CRM,
    "roles": _about_roles,
}
"""Words of the slash command."""

_DECIDED = (
    FollowUp.SHORTER, FollowUp.SOFTER, FollowUp.CHANNEL, FollowUp.ALREADY_READ, FollowUp.ANOTHER,
    FollowUp.OTHER_KIND, FollowUp.LATER,
)  # fmt: skip
_ASKED = (
    FollowUp.OTHER_PERSON, FollowUp.ALSO_ASKED, FollowUp.SEARCH, FollowUp.THANKS, FollowUp.HELP,
    FollowUp.OFF_TOPIC,
)  # fmt: skip
_TOLD = (
    FollowUp.EDIT, FollowUp.APPROVE, FollowUp.SEND, FollowUp.UNDO, FollowUp.WHY, FollowUp.WHY_NOT,
    FollowUp.WHEN, FollowUp.WHO_ELSE, FollowUp.WHAT_TO_ASK, FollowUp.TOUCHES, FollowUp.SUMMARY,
    FollowUp.LINK,
)  # fmt: skip

FOLLOW_UPS: Mapping[FollowUp, Act] = {
    **dict.fromkeys(_DECIDED, Act.DECIDE_CARD),
    **dict.fromkeys(_ASKED, Act.ASK),
    **dict.fromkeys(_TOLD, Act.SEE_CARD),
    FollowUp.STAGE: Act.CORRECT_STAGE,
    FollowUp.FACTS: Act.CORRECT_STAGE,
}
"""What is said in words below a card."""

MESSAGES: Mapping[Kind, Needed] = {
    Kind.MENTION: Act.ASK,
    Kind.DIRECT: _written,
    Kind.ADDING: Act.PROPOSE_PIECE,
    Kind.ASSISTANT: Act.ASK,
    Kind.FOLLOW_UP: Act.ASK,
    Kind.COMMAND: _commanded,
    Kind.HOME: Act.SEE_DUE,
    Kind.DIGEST: THE_BOT,
    Kind.NOTICE: THE_BOT,
    Kind.CHORE: THE_BOT,
    Kind.REPORT: THE_BOT,
    Kind.ANSWERED: THE_BOT,
    Kind.CAPPED: THE_BOT,
}

ACTIONS: Mapping[str, Needed] = {
    "approve": Act.DECIDE_CARD,
    "another": Act.DECIDE_CARD,
    "softer": Act.DECIDE_CARD,
    "shorter": Act.DECIDE_CARD,
    "share": Act.SHARE_PIECE,
    "why": Act.SEE_CARD,
    "helped": Act.RECORD_OUTCOME,
    "not_helped": Act.RECORD_OUTCOME,
    "did_it_help": Act.RECORD_OUTCOME,
    **{f"choose_lead_{n}": Act.ASK for n in range(MOST_OFFERED)},
    **{f"show_lead_{n}": Act.SEE_LEAD for n in range(MOST)},
    **{f"{requests_told.SUGGEST}{n}": Act.ASK for n in range(requests_told.MOST_LEADS)},
    plans.SHOW: Act.SEE_LEAD,
    handover.GIVE: Act.HAND_OVER,
    handover.BACK: Act.HAND_OVER,
    "due_open": _opened_row,
    "home_back": Act.SEE_DUE,
    "home_more": Act.SEE_DUE,
    "digest_on": Act.SEE_DUE,
    "digest_off": Act.SEE_DUE,
    "library_approve": Act.APPROVE_PIECE,
    "library_verify": Act.VERIFY_PIECE,
    "library_retire": Act.RETIRE_PIECE,
    "health_verify": Act.VERIFY_PIECE,
    "health_retire": Act.RETIRE_PIECE,
    "health_back": Act.SEE_LIBRARY,
    "health_more": Act.SEE_LIBRARY,
    **dict.fromkeys(COVERAGE_ACTIONS, Act.SEE_COVERAGE),
    **dict.fromkeys(JOURNEY_ACTIONS, Act.SEE_COVERAGE),
    **dict.fromkeys((touch_list.NEWER, touch_list.OLDER, manager_home.LIST), Act.SEE_OWN_TOUCHES),
    touch_list.EXPORT: Act.EXPORT_TOUCHES,
    manager_home.REVIEWED: Act.REVIEW_TOUCHES,
    review_note.SETTLE: Act.REVIEW_TOUCHES,
}
"""Buttons that start work."""

WINDOWS: Mapping[str, Needed] = {
    "edit": Act.DECIDE_CARD,
    "not_now": Act.DECIDE_CARD,
    "correct": Act.CORRECT_STAGE,
    "wrong_stage": Act.CORRECT_STAGE,
    "mark_sent": Act.RECORD_SENT,
    "outcome": Act.RECORD_OUTCOME,
    "help_reason": Act.RECORD_OUTCOME,
    "open_asset": THE_BOT,
    "open_gmail": THE_BOT,
    "open_outlook": THE_BOT,
    "open_intake": Act.ASK,
    lead_files.OPEN: Act.IMPORT_LEADS,
    "library_send_back": Act.SEND_BACK_PIECE,
    "library_changes": Act.SEE_REVIEW,
    "library_replace": Act.REPLACE_PIECE,
    REQUEST_ACTION: Act.DECIDE_REQUEST,
    REVIEW_ACTION: Act.PROPOSE_PIECE,
    # Whose suggestion it is, `bot.flow` asks once it is known.
    **dict.fromkeys(
        (
            touch_list.FILTER,
            touch_list.OPEN,
            touch_list.PICK,
            story.TURN_BACK,
            story.TURN_ON,
            review_note.ANSWER,
        ),
        Act.SEE_OWN_TOUCHES,
    ),
    story.FLAG: Act.REVIEW_TOUCHES,
    story.COMMENT: Act.REVIEW_TOUCHES,
}
"""Buttons that open a window; of the three addresses Slack only reports the press."""

SHORTCUTS: Mapping[str, Needed] = {"next_touch": Act.ASK, "plan_next_touch": Act.ASK}

SEARCHES: Mapping[str, Needed] = {
    "lead": Act.ASK,
    request_window.ASSET: Act.DECIDE_REQUEST,
    touch_filter_form.LEAD: Act.SEE_OWN_TOUCHES,
    touch_filter_form.ASSET: Act.SEE_OWN_TOUCHES,
}

FORMS: Mapping[str, Needed] = {
    EDIT_CALLBACK: Act.DECIDE_CARD,
    NOT_NOW_CALLBACK: Act.DECIDE_CARD,
    STAGE_CALLBACK: Act.CORRECT_STAGE,
    SENT_CALLBACK: Act.RECORD_SENT,
    OUTCOME_CALLBACK: Act.RECORD_OUTCOME,
    HELP_CALLBACK: Act.RECORD_OUTCOME,
    INTAKE_CALLBACK: _planned,
    lead_files.CALLBACK: Act.IMPORT_LEADS,
    REPLACE_CALLBACK: Act.REPLACE_PIECE,
    SEND_BACK_CALLBACK: Act.SEND_BACK_PIECE,
    request_window.CALLBACK: Act.DECIDE_REQUEST,
    PROPOSALS_CALLBACK: Act.PROPOSE_PIECE,
    touch_filter_form.CALLBACK: Act.SEE_OWN_TOUCHES,
    **dict.fromkeys(review_note.KINDS, Act.REVIEW_TOUCHES),
    review_note.ANSWER_CALLBACK: Act.SEE_OWN_TOUCHES,
}
"""Modals, when they are submitted."""


def needed_for(event: Incoming) -> Act | None:
    """What a person needs to be allowed for this event; None where the bot acts by itself.

    `KeyError` for a handler that no table names: it must not run.
    """
    needed: Needed
    match event.kind:
        case Kind.ACTION:
            needed = ACTIONS[event.action]
        case Kind.SUBMISSION:
            needed = FORMS[event.action]
        case _:
            needed = MESSAGES[event.kind]
    return act_of(needed, event)


def act_of(needed: Needed, event: Incoming) -> Act | None:
    """The act itself, by the event where that decides it."""
    if isinstance(needed, Nobody):
        return None
    return needed if isinstance(needed, Act) else needed(event)
