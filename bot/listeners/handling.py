"""Who answers what: one line for each kind of message, button, window and form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.listeners import (
    acts,
    adding,
    adding_window,
    asking,
    assistant,
    card_acts,
    card_windows,
    choosing_lead,
    chores,
    commands,
    confirming_piece,
    content_requests,
    coverage,
    deciding,
    digest,
    faults,
    giving_back,
    handover,
    home,
    intake,
    intake_opening,
    journey,
    lead_files,
    library_health,
    notices,
    opening,
    permitted,
    plans,
    quotas_told,
    reporting,
    requests_told,
    reviewing,
    touch_notes,
    touches,
    upkeep,
)
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.lead_buttons import MOST, show_lead
from bot.listeners.offering_leads import MOST_OFFERED
from bot.listeners.replies import Reply, answer_to_asker
from bot.views import lead_files as lead_file_views
from bot.views import (
    manager_home,
    request_window,
    review_note,
    story,
    touch_filter_form,
    touch_list,
    words_roles,
)
from bot.views.blocks import line
from bot.views.coverage import COVERAGE_ACTIONS, REQUEST_ACTION
from bot.views.intake_form import INTAKE_CALLBACK
from bot.views.journey import JOURNEY_ACTIONS
from bot.views.library_review import SEND_BACK_CALLBACK
from bot.views.library_upkeep import REPLACE_CALLBACK
from bot.views.modals import EDIT_CALLBACK, NOT_NOW_CALLBACK
from bot.views.modals_card import CARD_CALLBACKS
from bot.views.proposals_form import PROPOSALS_CALLBACK, REVIEW_ACTION, bare
from knowledge.errors import NotAllowed, TrailguideError

Answer = Callable[[Incoming, Edge], list[Reply]]
"""Does the work and says what to post; it may run twice."""

Open = Callable[[dict[str, Any], WebClient, Edge], None]
"""Opens a window while the trigger lasts; nothing is recorded for it."""

Search = Callable[[Ack, dict[str, Any], Edge], None]
"""Answers what was typed so far with options, within 3 seconds."""

Object = Callable[[Incoming, Edge], dict[str, str]]
"""What keeps a form open, by field; empty when what was typed can be kept."""


GiveBack = Callable[[Incoming, str], Reply]
"""Why a form was not kept, with what was typed in it."""


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that is submitted: what is said before it closes, and the work after.

    Beside `field` stands why somebody may not submit it; `give_back` says it once it has closed.
    """

    objections: Object
    answer: Answer
    field: str
    give_back: GiveBack = giving_back.given_back


MESSAGES: dict[Kind, Answer] = {
    Kind.MENTION: asking.answer,
    Kind.DIRECT: assistant.attended(
        lead_files.with_lists(adding.with_files(touch_notes.in_threads(asking.answer)))
    ),
    Kind.ADDING: adding.answer,
    Kind.ASSISTANT: assistant.greet,
    Kind.FOLLOW_UP: asking.answer,
    Kind.COMMAND: commands.answer,
    Kind.HOME: home.open_home,
    Kind.DIGEST: digest.send,
    Kind.NOTICE: notices.answer,
    Kind.CHORE: chores.do,
    Kind.REPORT: reporting.send,
    Kind.ANSWERED: requests_told.tell,
    Kind.CAPPED: quotas_told.tell,
}

ACTIONS: dict[str, Answer] = {
    "approve": deciding.act,
    "another": deciding.act,
    "share": deciding.act,
    "helped": deciding.act,
    "not_helped": deciding.act,
    **{f"choose_lead_{n}": choosing_lead.chosen for n in range(MOST_OFFERED)},
    **{f"show_lead_{n}": show_lead for n in range(MOST)},
    "did_it_help": deciding.act,
    plans.SHOW: plans.shown,
    handover.GIVE: handover.give,
    handover.BACK: handover.back,
    "why": card_acts.act,
    "softer": card_acts.act,
    "shorter": card_acts.act,
    "due_open": home.open_row,
    "home_back": home.turn_page,
    "home_more": home.turn_page,
    "digest_on": home.switch_digest,
    "digest_off": home.switch_digest,
    "library_approve": reviewing.approve,
    "library_verify": upkeep.act,
    "library_retire": upkeep.act,
    "health_verify": library_health.act,
    "health_retire": library_health.act,
    "health_back": library_health.turn,
    "health_more": library_health.turn,
    touch_list.NEWER: touches.turned,
    touch_list.OLDER: touches.turned,
    touch_list.EXPORT: touches.export,
    manager_home.LIST: touches.all_touches,
    manager_home.REVIEWED: touch_notes.reviewed,
    review_note.SETTLE: touch_notes.settle,
    **dict.fromkeys(COVERAGE_ACTIONS, coverage.turned),
    **dict.fromkeys(JOURNEY_ACTIONS, journey.turned),
    **{
        f"{requests_told.SUGGEST}{n}": requests_told.suggest_for
        for n in range(requests_told.MOST_LEADS)
    },
}
"""Buttons that start work, by action id; they are recorded before they are acknowledged."""

WINDOWS: dict[str, Open] = {
    "edit": opening.open_modal,
    "not_now": opening.open_modal,
    "correct": intake_opening.open_correction,
    "wrong_stage": opening.open_modal,
    "mark_sent": opening.open_modal,
    "outcome": opening.open_modal,
    "help_reason": opening.open_modal,
    "open_asset": opening.in_the_browser,
    "open_gmail": opening.in_the_browser,
    "open_outlook": opening.in_the_browser,
    lead_file_views.OPEN: lead_files.open_window,
    "open_intake": intake_opening.open_empty,
    "library_send_back": reviewing.open_send_back,
    "library_changes": reviewing.open_changes,
    "library_replace": upkeep.open_replace,
    REQUEST_ACTION: content_requests.open_window,
    REVIEW_ACTION: adding_window.open_review,
    touch_list.FILTER: touches.open_filter,
    **dict.fromkeys(
        (touch_list.OPEN, touch_list.PICK, story.TURN_BACK, story.TURN_ON), touch_notes.open_story
    ),
    story.FLAG: touch_notes.open_note,
    story.COMMENT: touch_notes.open_note,
    review_note.ANSWER: touch_notes.open_answer,
}
"""Buttons that only open a window, ours or the browser's, by action id."""

SHORTCUTS: dict[str, Open] = {
    "next_touch": intake_opening.open_empty,
    "plan_next_touch": intake_opening.open_for_message,
}
"""Shortcuts of the manifest, by callback id."""

SEARCHES: dict[str, Search] = {
    "lead": intake_opening.suggest_leads,
    request_window.ASSET: content_requests.suggest_assets,
    touch_filter_form.LEAD: touches.suggest_leads,
    touch_filter_form.ASSET: touches.suggest_assets,
}
"""Lists that are searched as one types, by action id."""

FORMS: dict[str, Form] = {
    EDIT_CALLBACK: Form(opening.objections, deciding.submitted, "body"),
    NOT_NOW_CALLBACK: Form(opening.objections, deciding.submitted, "until"),
    INTAKE_CALLBACK: Form(intake.objections, intake.submitted, "questions", intake.given_back),
    lead_file_views.CALLBACK: Form(
        lead_files.objections, lead_files.submitted, "column-0", lead_files.given_back
    ),
    REPLACE_CALLBACK: Form(upkeep.objections, upkeep.replaced, "body"),
    SEND_BACK_CALLBACK: Form(reviewing.objections, reviewing.sent_back, "reason"),
    request_window.CALLBACK: Form(
        content_requests.objections, content_requests.submitted, "choice"
    ),
    PROPOSALS_CALLBACK: Form(
        confirming_piece.objections,
        confirming_piece.submitted,
        "title",
        confirming_piece.given_back,
    ),
    touch_filter_form.CALLBACK: Form(touches.objections, touches.submitted, "company"),
    **dict.fromkeys(
        (*review_note.KINDS, review_note.ANSWER_CALLBACK),
        Form(
            touch_notes.objections,
            touch_notes.submitted,
            review_note.TEXT,
            touch_notes.given_back,
        ),
    ),
    **{
        callback: Form(
            card_windows.objections, card_windows.submitted, card_windows.FIELDS[callback]
        )
        for callback in CARD_CALLBACKS
    },
}
"""Modals, by callback id."""


def answer(event: Incoming, edge: Edge) -> list[Reply]:
    """The messages that answer an event, whatever came in; first, whether the person may."""
    try:
        permitted.check(event, edge)
        return _answered(event, edge)
    except NotAllowed as refused:
        return _refused(event, refused, edge)


def _answered(event: Incoming, edge: Edge) -> list[Reply]:
    match event.kind:
        case Kind.ACTION:
            return ACTIONS[event.action](event, edge)
        case Kind.SUBMISSION:
            return FORMS[event.action].answer(event, edge)
    return MESSAGES[event.kind](event, edge)


def objections(event: Incoming, edge: Edge) -> dict[str, str]:
    """What keeps a form open, by field; empty for anything but a form."""
    if event.kind is not Kind.SUBMISSION:
        return {}
    form = FORMS[event.action]
    try:
        permitted.check_at_once(event, edge)
    except NotAllowed as refused:
        return {form.field: str(refused)}
    try:
        return form.objections(event, edge)
    except TrailguideError as told:  # such as a window of an older day
        return {form.field: str(told)}


def open_window(body: dict[str, Any], client: WebClient, edge: Edge) -> None:
    """Open what a button or a shortcut opens, if the person may; else they are told why not."""
    pressed = body.get("actions")
    name = str(pressed[0]["action_id"] if pressed else body.get("callback_id") or "next_touch")
    needed, window = (
        (acts.WINDOWS[name], WINDOWS[name]) if pressed else (acts.SHORTCUTS[name], SHORTCUTS[name])
    )
    try:
        permitted.check_opening(needed, body, edge)
    except NotAllowed as refused:
        faults.say(body, permitted.told(refused), edge)
        return
    window(body, client, edge)


def search(ack: Ack, body: dict[str, Any], edge: Edge) -> None:
    """Answer what was typed so far; with nothing, for whoever may not see it."""
    name = str(body["action_id"])
    try:
        permitted.check_opening(acts.SEARCHES[name], body, edge)
    except NotAllowed:
        ack(options=[])
        return
    SEARCHES[name](ack, body, edge)


def _refused(event: Incoming, refused: NotAllowed, edge: Edge) -> list[Reply]:
    """Why not, to the person alone; what was typed in a form goes back to them."""
    if event.kind is Kind.HOME:
        home.show_trouble(event.user, permitted.told(refused), edge)
        return []
    if adding_window.fill(event.key, bare(str(refused)), edge):
        return []  # in the window that was opened for what would be proposed
    if event.kind is not Kind.SUBMISSION:
        return answer_to_asker(event, edge, line(permitted.told(refused)), "refused")
    replies = [FORMS[event.action].give_back(event, str(refused))]
    if refused.admin:
        replies.append(Reply("ask", line(words_roles.whom_to_ask(refused.admin)), event.user))
    return replies
