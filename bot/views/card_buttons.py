"""The buttons of a card: what can be decided on an open one, and told of an approved one."""

from __future__ import annotations

from bot.views import escape, words, words_card
from bot.views.blocks import Block, Part, actions, button, context, link_button
from bot.views.card_values import Acted, Card, person
from bot.views.mail_links import mail_links
from bot.views.modals import REASON_LIMIT
from bot.views.newer_card import feedback
from bot.views.words_handover import BUTTON as HAND_OVER
from bot.views.words_intake import CORRECT
from knowledge.touch import Draft, PaceDecision
from storage.stored_suggestion import text_hash

VERSION_DIGITS = 8
"""Of a text's hash: enough to tell the few wordings of one draft apart."""


_WAYS = {
    "gmail": words_card.GMAIL,
    "outlook": words_card.OUTLOOK,
    "mailto": words_card.MAIL_CLIENT,
}


def to_decide(card: Card) -> list[Part]:
    """Two rows: what ends the card, then what looks into it or changes it."""
    made, more = [], []
    if card.draft:
        approved = reference(card.suggestion_id, card.draft)
        made.append(button("approve", words.APPROVE, approved, style="primary"))
        made.append(button("edit", words.EDIT, card.suggestion_id))
    if card.asset:
        made.append(button("another", words.ANOTHER, card.suggestion_id))
    if card.pace.decision is PaceDecision.HAND_OVER:
        made.append(button("hand_over", HAND_OVER, card.suggestion_id, style="primary"))
    made.append(button("not_now", words.NOT_NOW, card.suggestion_id))
    more.append(button("why", words_card.WHY, card.suggestion_id))
    more.append(button("wrong_stage", words_card.WRONG_STAGE, card.suggestion_id))
    if card.draft:
        more.append(button("softer", words_card.SOFTER, card.suggestion_id))
        more.append(button("shorter", words_card.SHORTER, card.suggestion_id))
    if card.understood:
        more.append(button("correct", CORRECT, card.suggestion_id))
    return [Part(actions(made)), Part(actions(more))]


def once_approved(card: Card, acted: Acted, *, newer: bool = False) -> list[Part]:
    """Ways to send it, what was sent, what happened, and whether it helped (M48, M52)."""
    if card.draft is None:
        return []
    return [*_sending(card, card.draft, acted), *_what_happened(card, acted, newer=newer)]


def _sending(card: Card, draft: Draft, acted: Acted) -> list[Part]:
    told, made = acted.after, card.suggestion_id
    if told.sent_on is not None:
        who = person(told.sent_by)
        line = words_card.sent(who, told.sent_on, told.channel, changed=told.changed)
        return [
            Part(context(line)),
            Part(actions([button("mark_sent", words_card.CHANGE_SENT, made)])),
        ]
    links = mail_links(draft, card.facts.email)
    ways: list[Block] = []
    lines = []
    if links:
        shown = (("open_gmail", words_card.GMAIL, links.gmail),
                 ("open_outlook", words_card.OUTLOOK, links.outlook))  # fmt: skip
        ways = [link_button(name, label, made, url) for name, label, url in shown if url]
        if links.mailto:
            lines.append(f"<{escape.entities(links.mailto)}|{words_card.MAIL_CLIENT}>")
        if lacking := [told for name, told in _WAYS.items() if name in links.without_text]:
            lines.append(words_card.paste_the_text(lacking))
    lines.append(words_card.NOT_SENT_YET)
    row = [*ways, button("mark_sent", words_card.MARK_SENT, made)]
    return [Part(actions(row)), *(Part(context(line), weight=8) for line in lines)]


def _what_happened(card: Card, acted: Acted, *, newer: bool) -> list[Part]:
    """Ask whether the piece helped (M48); both buttons stay, so that an answer can be changed."""
    told, made = acted.after, card.suggestion_id
    parts = []
    if told.outcome is not None and told.outcome_on is not None:
        parts.append(Part(context(words_card.what_happened(told.outcome, told.outcome_on))))
    row = [button("outcome", words_card.OUTCOME, made)]
    if card.asset:
        parts.append(Part(context(words.did_it_help(told.helped))))
        if newer:
            parts.append(feedback(made))
        else:
            row += _helped(made, told.helped)
        if told.helped is not None:
            row.append(button("help_reason", words_card.SAY_WHY, made))
    if told.helped_reason:
        reason = escape.mrkdwn(told.helped_reason, REASON_LIMIT)
        parts.append(Part(context(words_card.because(reason)), weight=6))
    return [*parts, Part(actions(row))]


def _helped(made: str, helped: bool | None) -> list[Block]:
    styles = {True: ("primary", None), False: (None, "primary")}
    yes, no = styles[helped] if helped is not None else (None, None)
    return [
        button("helped", words.HELPED, made, style=yes),
        button("not_helped", words.NOT_HELPED, made, style=no),
    ]


def reference(suggestion_id: str, draft: Draft) -> str:
    """What Approve names: the suggestion, and by its hash the text that the card shows."""
    subject, body = (t.encode("utf-8", "replace").decode() for t in (draft.subject, draft.body))
    return f"{suggestion_id}#{text_hash(subject, body)[:VERSION_DIGITS]}"
