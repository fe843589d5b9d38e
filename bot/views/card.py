"""The review card: what to send next, why, and the draft; and what it becomes once acted on."""

from __future__ import annotations

from dataclasses import replace

from bot.views import escape, words
from bot.views.blocks import (
    SECTION_LIMIT,
    Message,
    Part,
    actions,
    bullets,
    button,
    context,
    copyable,
    divider,
    header,
    message,
    section,
)
from bot.views.card_buttons import once_approved, to_decide
from bot.views.card_values import Act, Acted, Afterwards, Card, ShownAsset
from bot.views.lead_plan import step_part
from bot.views.modals import REASON_LIMIT
from bot.views.newer_card import asset_card, others_table
from bot.views.plain_passage import plain_passage
from bot.views.withdrawn import withdrawn_card
from bot.views.words_understood import understood_line
from knowledge.assets import Asset
from knowledge.touch import Draft, PaceDecision, Suggestion

__all__ = [
    "Act", "Acted", "Afterwards", "Card", "ShownAsset", "card_of", "pointer_line", "review_card",
    "shared_asset", "shown",
]  # fmt: skip

WORDS_A_MINUTE = 220
"""Silent reading of non-fiction in English: 238 words a minute on average, slower on a screen."""

PASSAGE_LIMIT = 320
UNDERSTOOD = 600
SHORT = 220
"""A title, a reason or a question: longer ones are cut, the asset itself is one click away."""


def card_of(suggestion: Suggestion) -> Card:
    """The card of a fresh suggestion."""
    chosen = suggestion.chosen
    return Card(
        suggestion_id=suggestion.id,
        facts=suggestion.profile.facts,
        stage=suggestion.stage,
        pace=suggestion.pace,
        asset=shown(chosen.asset, chosen.candidate.passage) if chosen else None,
        reasons=suggestion.reasons,
        others=tuple((t.candidate.asset.title, t.why_not) for t in suggestion.alternates),
        unanswered=suggestion.unanswered,
        profiling_question=suggestion.profiling_question,
        draft=suggestion.draft,
        today=suggestion.ask.today,
        understood=understood_line(suggestion.ask, suggestion.profile.facts.name),
        step=suggestion.step,
    )


def shown(asset: Asset, passage: str = "") -> ShownAsset:
    """What a card says of this asset."""
    minutes = max(1, round(len(asset.text.split()) / WORDS_A_MINUTE))
    return ShownAsset(asset.title, asset.url, asset.type, minutes, passage)


def review_card(card: Card, acted: Acted | None = None) -> Message:
    """The message for a card, open or acted on, in plain and in newer blocks."""
    if acted is not None and acted.act is Act.WITHDRAWN:
        return withdrawn_card(card, acted)
    plain, newer = (message(_summary(card), _parts(card, acted, newer=n)) for n in (False, True))
    return replace(plain, newer=newer.blocks if newer.blocks != plain.blocks else ())


def _parts(card: Card, acted: Acted | None, *, newer: bool) -> list[Part]:
    parts = [*_head(card), *_decision(card), *step_part(card.step), *_asset(card, newer=newer)]
    parts += _draft(card.draft, card.kept_reason, acted) if card.draft else []
    parts += [*_gaps(card), *(others_table(card) if newer else _others(card))]
    if acted:
        parts.append(Part(context(acted.sentence)))
    if acted is None or acted.act is Act.EDITED:
        parts += _understood(card)
        parts += to_decide(card)
    elif acted.act is Act.APPROVED:
        parts += once_approved(card, acted, newer=newer)
    return parts


def _understood(card: Card) -> list[Part]:
    """What the ask was taken to say; the button Correct stands below."""
    told = escape.mrkdwn(card.understood, UNDERSTOOD)
    return [Part(context(told), weight=7)] if told else []


def shared_asset(asset: ShownAsset) -> Message:
    """Title and link for a channel: nothing about the lead."""
    text = words.shared(escape.link(asset.url, asset.title, [asset.url], SHORT))
    return message(words.shared(asset.title), [Part(section(text))])


def pointer_line(suggestion_id: str | None) -> Message:
    """The line in the channel thread; the button is there when there is something to share."""
    share = [Part(actions([button("share", words.SHARE, suggestion_id)]))] if suggestion_id else []
    return message(words.SENT_TO_DM, [Part(section(words.SENT_TO_DM)), *share])


def _head(card: Card) -> list[Part]:
    stage, pace = card.stage, card.pace
    facts = card.facts
    who = " · ".join(escape.mrkdwn(f, 80) for f in (facts.role, facts.company, facts.industry) if f)
    line = f"*{stage.stage.capitalize()}* ({words.sureness(stage.confidence)})"
    counted = f"{words.touch(pace.touch_number, pace.budget)} · {words.gap(pace.gap_days)}"
    parts = [
        Part(header(words.header(facts.name))),
        Part(context(" · ".join(p for p in (line, counted, who) if p))),
    ]
    evidence = "; ".join(escape.mrkdwn(e.rstrip(". "), 130) for e in stage.evidence[:2])
    return parts + ([Part(context(f"Why this stage: {evidence}"), weight=4)] if evidence else [])


def _decision(card: Card) -> list[Part]:
    pace = card.pace
    reason = escape.mrkdwn(pace.reason, 500)
    match pace.decision:
        case PaceDecision.SEND:
            head = words.send_on(pace.when, card.today) if card.asset else words.NOTHING_FITS
            said = f"*{head}* {reason}"
        case PaceDecision.WAIT:
            look = f"{words.LOOK_AGAIN} {words.day(pace.when)}." if pace.when else words.NO_DATE
            said = f"*{words.SEND_NOTHING}* {reason}\n*{look}*"
        case PaceDecision.ASK:
            said = f"*{words.ASK_FIRST}* {reason}"
            if card.profiling_question:
                said += "\n" + escape.quoted(card.profiling_question, 400)
        case PaceDecision.HAND_OVER:
            said = f"*{words.HAND_OVER}* {reason}"
    also = bullets((*pace.also, *pace.warnings), SHORT, 3)
    return [Part(section(said)), *([Part(context(also), weight=5)] if also else [])]


def _asset(card: Card, *, newer: bool) -> list[Part]:
    if card.asset is None:
        return []
    why = bullets(card.reasons, SHORT, 5)
    return [
        asset_card(card.asset, card.suggestion_id)
        if newer
        else Part(section(_title_and_passage(card.asset))),
        *([Part(section(f"*{words.WHY}*\n{why}"), weight=7)] if why else []),
    ]


def _title_and_passage(asset: ShownAsset) -> str:
    title = escape.link(asset.url, asset.title, [asset.url], SHORT)
    minutes = f" · {words.minutes(asset.minutes)}" if asset.minutes else ""
    told = f"*{title}*\n{words.kind(asset.kind)}{minutes}"
    passage = escape.whole_sentences(escape.clean(plain_passage(asset.passage)), PASSAGE_LIMIT)
    return f"{told}\n{escape.quoted(passage, PASSAGE_LIMIT)}" if passage else told


def _draft(draft: Draft, kept_reason: str, acted: Acted | None) -> list[Part]:
    parts = [Part(divider(), weight=6)]
    if acted is not None and acted.act is Act.APPROVED:
        return [*parts, *_to_copy(draft)]
    subject = f"\n*{escape.mrkdwn(draft.subject, SHORT)}*" if draft.subject else ""
    body = escape.quoted(draft.body, SECTION_LIMIT)
    parts += [Part(section(f"*{words.DRAFT}*{subject}")), Part(section(body))]
    return [*parts, *_checks(draft, acted), *_kept(draft, kept_reason)]


def _to_copy(draft: Draft) -> list[Part]:
    """The approved text with every character kept: in a code block, else as plain text."""
    heading = Part(section(f"*{words.TO_COPY}*"))
    text = f"{draft.subject}\n\n{draft.body}" if draft.subject else draft.body
    return [heading, *copyable(text)]


def _checks(draft: Draft, acted: Acted | None) -> list[Part]:
    edited = acted is not None and acted.act is Act.EDITED
    writer = words.REP_WROTE if edited else words.WRITERS.get(draft.source, "")
    count = len(draft.checks.findings)
    note = f" {escape.mrkdwn(draft.note, SHORT)}" if draft.note and not edited else ""
    if not count:
        return [Part(context(f"{writer} · {words.CHECKS_PASSED}.{note}"), weight=6)]
    listed = bullets(
        (f"“{f.sentence}”: {f.why}" if f.sentence else f.why for f in draft.checks.findings),
        SHORT,
        4,
    )
    return [Part(context(f"{writer} · {words.findings(count)}:{note}\n{listed}"), weight=8)]


def _kept(draft: Draft, reason: str) -> list[Part]:
    """Why the person who edited the draft keeps what was found in it."""
    told = words.kept(draft.checks.rules, escape.mrkdwn(escape.one_line(reason), REASON_LIMIT))
    return [Part(context(told), weight=8)] if reason and draft.checks.findings else []


def _gaps(card: Card) -> list[Part]:
    parts: list[Part] = []
    asked_already = card.pace.decision is PaceDecision.ASK
    if card.profiling_question and not asked_already:
        question = escape.mrkdwn(card.profiling_question, SHORT)
        parts.append(Part(context(f"{words.LEARN_MORE}: {question}"), weight=5))
    unanswered = bullets((f"“{q}”" for q in card.unanswered), SHORT, 4)
    if unanswered:
        told = f"*{words.NO_ANSWER_HEAD}*\n{unanswered}\n{words.COUNTED}"
        parts.append(Part(section(told), weight=7))
    return parts


def _others(card: Card) -> list[Part]:
    others = bullets((f"{title}: {why_not}" for title, why_not in card.others), SHORT, 3)
    return [Part(context(f"{words.OTHERS}\n{others}"), weight=3)] if others else []


def _summary(card: Card) -> str:
    start = words.header(card.facts.name)
    if card.pace.decision is PaceDecision.SEND and card.asset:
        return f"{start}: {card.asset.title}"
    return f"{start}: {card.pace.reason}"
