"""The form in which a person confirms what is proposed of a new piece: each proposal a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.views import escape
from bot.views import words_proposing as words
from bot.views.blocks import (
    SECTION_LIMIT,
    Block,
    Part,
    actions,
    button,
    context,
    message,
    plain,
    section,
)
from bot.views.blocks import Message as SlackMessage
from bot.views.intake_form import OPTION_VALUE_LIMIT, PLACEHOLDER_LIMIT, option
from bot.views.modals import LABEL_LIMIT, TITLE_LIMIT
from bot.views.plain_passage import plain_passage
from knowledge.assets import Asset
from knowledge.journey import TYPE_STAGES, AssetType, Stage, type_name
from knowledge.proposals import Proposals, Twin

PROPOSALS_CALLBACK = "confirm_piece"
REVIEW_ACTION = "review_proposals"
BEGINNING = 600
"""Of the text that is shown: enough to see that the right thing was read."""
ANSWERS_SHOWN, PASSAGE_SHOWN, QUESTION_SHOWN = 10, 240, 150
FINDINGS_SHOWN, SENTENCE_SHOWN = 6, 220
TWINS_SHOWN = 5
MOST_OPTIONS = 100
LONG, SHORT, LINK = 3000, 300, 2000
NEW = "new-piece"


@dataclass(frozen=True, slots=True)
class Offers:
    """What a person may choose from: persona ids with labels, and industries."""

    personas: Mapping[str, str]
    industries: Sequence[str]


def reading_view() -> Block:
    """What opens at once, while the trigger lasts."""
    return bare(words.READING)


def bare(told: str) -> Block:
    """A window with one sentence, which is safe already."""
    return {
        "type": "modal",
        "callback_id": f"{PROPOSALS_CALLBACK}_waiting",
        "private_metadata": "",
        "title": plain(words.TITLE, TITLE_LIMIT),
        "close": plain(words.CLOSE, TITLE_LIMIT),
        "blocks": [section(told)],
    }


def refused_view(why: str) -> Block:
    """In place of the form: why there is none; the sentence is foreign and is made inert."""
    return bare(f"{words.NOT_TAKEN}: {escape.mrkdwn(why, 1500)}")


def proposals_view(waiting_id: str, asset: Asset, proposed: Proposals, offers: Offers) -> Block:
    """The form; its metadata is the id of the waiting piece, and nothing else."""
    types = {t.value: words.type_label(t) for t in AssetType}
    stages = {s.value: s.capitalize() for s in Stage}
    industries = {i: i.capitalize() for i in offers.industries}
    why = proposed.why
    blocks = [
        *_head(asset, proposed),
        *_twins(proposed),
        _text("title", proposed.title, SHORT),
        _text("url", asset.url or "", LINK, hint=words.URL_HINT),
        _select("type", types, proposed.type, why.get("type", "")),
        _many("stages", stages, proposed.stages, why.get("stages") or words.NO_STAGES),
        *_listed("personas", dict(offers.personas), proposed.personas, why),
        *_listed("industries", industries, proposed.industries, why),
        _area("topics", "\n".join(proposed.topics), hint=why.get("topics", "")),
        *_answers(proposed),
        _area("questions", "\n".join(escape.one_line(a.question) for a in proposed.questions)),
        *_tone(proposed),
        *_updates(proposed),
        _select("then", words.THEN, "review" if asset.url else "draft", ""),
    ]
    return {
        "type": "modal",
        "callback_id": PROPOSALS_CALLBACK,
        "private_metadata": waiting_id,
        "title": plain(words.TITLE, TITLE_LIMIT),
        "submit": plain(words.SUBMIT, TITLE_LIMIT),
        "close": plain(words.CLOSE, TITLE_LIMIT),
        "blocks": blocks,
    }


def proposals_message(waiting_id: str, asset: Asset, proposed: Proposals) -> SlackMessage:
    """What is said when there is no window to fill: the proposals in short, and the button."""
    stages = ", ".join(proposed.stages or TYPE_STAGES[proposed.type])
    told = words.proposed(type_name(proposed.type), stages, len(proposed.questions))
    facts = words.reading_facts(proposed.words, proposed.minutes)
    head = f"*{escape.mrkdwn(words.read_head(asset.title), 400)}*\n{facts}\n{told}"
    parts = [Part(section(head))]
    parts += [Part(block) for block in _twins(proposed)]
    parts.append(Part(context(words.NOTHING_STORED)))
    parts.append(Part(actions([button(REVIEW_ACTION, words.REVIEW, waiting_id, "primary")])))
    return message(words.read_head(asset.title), parts)


def _head(asset: Asset, proposed: Proposals) -> list[Block]:
    facts = words.reading_facts(proposed.words, proposed.minutes)
    begins = escape.quoted(plain_passage(asset.text), BEGINNING)
    head = f"*{escape.mrkdwn(asset.title, 300)}*\n{facts}"
    told = f"{head}\n{words.TEXT_BEGINS}\n{begins}" if begins else head
    return [section(told if escape.cost(told) <= SECTION_LIMIT else head)]


def _twins(proposed: Proposals) -> list[Block]:
    if not proposed.twins:
        return []
    shown = proposed.twins[:TWINS_SHOWN]
    lines = [words.twin(escape.mrkdwn(t.title, 150), t.status, t.likeness, t.share) for t in shown]
    told = [words.twins_head(len(proposed.twins)), *lines]
    if rest := len(proposed.twins) - len(shown):
        told.append(words.and_more(rest))
    if updated := _updated(proposed):
        told.append(words.will_update(escape.mrkdwn(updated.title, 150)))
    return [section("\n".join(told))]


def _updated(proposed: Proposals) -> Twin | None:
    return next((t for t in proposed.twins if t.asset_id == proposed.updates), None)


def _updates(proposed: Proposals) -> list[Block]:
    """Which of the pieces that say the same this is a new version of: only where there are any."""
    shown = {
        _twin_value(n): escape.plain(t.title, 70)
        for n, t in enumerate(proposed.twins[:TWINS_SHOWN])
    }
    if not shown:
        return []
    chosen = next(
        (_twin_value(n) for n, t in enumerate(proposed.twins) if t.asset_id == proposed.updates),
        NEW,
    )
    return [_select("updates", {NEW: words.NEW_PIECE, **shown}, chosen, "")]


def _twin_value(place: int) -> str:
    """An asset's id may be long and hold any character, so its place stands for it."""
    return f"twin-{place}"


def updated_by(value: str, proposed: Proposals) -> str:
    """The asset id that a value of the field `updates` names; empty for a new piece."""
    return {_twin_value(n): t.asset_id for n, t in enumerate(proposed.twins)}.get(value, "")


def updates_value(proposed: Proposals) -> str:
    """The value that the field `updates` was opened with."""
    places = {t.asset_id: _twin_value(n) for n, t in enumerate(proposed.twins[:TWINS_SHOWN])}
    return places.get(proposed.updates, NEW)


def _answers(proposed: Proposals) -> list[Block]:
    if not proposed.questions:
        return [context(words.NO_ANSWERS)]
    blocks = [context(words.ANSWERS)]
    for answered in proposed.questions[:ANSWERS_SHOWN]:
        asked = escape.mrkdwn(answered.question, QUESTION_SHOWN)
        passage = escape.quoted(escape.one_line(answered.passage), PASSAGE_SHOWN)
        blocks.append(section(f"*{asked}*\n{passage}" if passage else f"*{asked}*"))
    return blocks


def _tone(proposed: Proposals) -> list[Block]:
    told = [words.tone(proposed.hype)]
    if proposed.findings:
        told.append(words.SELLS)
        for finding in proposed.findings[:FINDINGS_SHOWN]:
            sentence = escape.mrkdwn(finding.sentence, SENTENCE_SHOWN)
            told.append(f"• “{sentence}”: {escape.mrkdwn(finding.why, 200)}")
        if rest := len(proposed.findings) - FINDINGS_SHOWN:
            told += [words.and_more(rest)] if rest > 0 else []
    return [section("\n".join(told))]


def _listed(
    name: str, choices: dict[str, str], chosen: Iterable[str], why: Mapping[str, str]
) -> list[Block]:
    """A field of several choices; what the source names besides is offered, too."""
    offered = {**choices, **{c: c.capitalize() for c in chosen if c not in choices}}
    usable = {
        value: label for value, label in offered.items() if 0 < len(value) <= OPTION_VALUE_LIMIT
    }
    if not usable:
        return []
    # What is chosen comes first, so that a long list cannot cut it off.
    first = {c: usable[c] for c in chosen if c in usable}
    kept = dict(list({**first, **usable}.items())[:MOST_OPTIONS])
    return [_many(name, kept, tuple(chosen), why.get(name, ""))]


def _many(name: str, choices: Mapping[str, str], chosen: Sequence[str], hint: str) -> Block:
    options = {value: option(value, label) for value, label in choices.items()}
    element: Block = {
        "type": "multi_static_select",
        "action_id": name,
        "placeholder": plain(words.CHOOSE, PLACEHOLDER_LIMIT),
        "options": list(options.values()),
    }
    if first := [options[c] for c in chosen if c in options]:
        element["initial_options"] = first
    return _input(name, element, hint)


def _select(name: str, choices: Mapping[str, str], chosen: str, hint: str) -> Block:
    options = {value: option(value, label) for value, label in choices.items()}
    element: Block = {
        "type": "static_select",
        "action_id": name,
        "placeholder": plain(words.CHOOSE, PLACEHOLDER_LIMIT),
        "options": list(options.values()),
        "initial_option": options.get(chosen) or next(iter(options.values())),
    }
    return _input(name, element, hint, optional=False)


def _text(name: str, value: str, most: int, hint: str = "") -> Block:
    return _typed(name, value, most, hint, multiline=False)


def _area(name: str, value: str, hint: str = "") -> Block:
    return _typed(name, value, LONG, hint, multiline=True)


def _typed(name: str, value: str, most: int, hint: str, *, multiline: bool) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": most,
        "multiline": multiline,
    }
    shown = escape.clean(value) if multiline else escape.one_line(value)
    if shown and (clipped := escape.clip(shown, most)):
        element["initial_value"] = clipped
    return _input(name, element, hint)


def _input(name: str, element: Block, hint: str, *, optional: bool = True) -> Block:
    made: Block = {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": plain(words.LABELS[name], LABEL_LIMIT),
        "element": element,
    }
    return made | ({"hint": plain(hint, LABEL_LIMIT)} if hint else {})
