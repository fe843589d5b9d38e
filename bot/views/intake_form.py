"""The form that asks what to send next: empty, or filled with what was understood so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.views import escape, words_lead
from bot.views import words_intake as words
from bot.views.blocks import SECTION_LIMIT, Block, context, plain, section
from bot.views.modals import LABEL_LIMIT, TITLE_LIMIT
from knowledge.channels import CHANNELS
from knowledge.intake import ACTS, LONG_TEXT, NOT_SURE, SHORT_TEXT, FoundLead
from knowledge.journey import Stage
from knowledge.leads import LeadFacts
from knowledge.touch import Ask

INTAKE_CALLBACK = "intake"
OPTION_LIMIT = 75
OPTION_VALUE_LIMIT = 150
PLACEHOLDER_LIMIT = 150
QUOTED_LIMIT = 600
"""Of the message that the form was read from: enough to copy a sentence from."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the form starts with; `quoted` is the message it was read from, empty without one."""

    lead: FoundLead | None = None
    facts: LeadFacts = field(default_factory=LeadFacts)
    acts: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    channel: str = "email"
    quoted: str | None = None
    suggestion_id: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Personas and buying roles of the team: ids and labels."""

    personas: Mapping[str, str]
    buying_roles: Mapping[str, str]


def filled_by(ask: Ask, lead: FoundLead | None, suggestion_id: str = "") -> Filled:
    """The form that an ask would have come from."""
    acts = dict.fromkeys(e.action.value for e in ask.history if not e.asset_id and not e.note)
    return Filled(
        lead, ask.facts, tuple(acts), ask.questions, ask.channel, suggestion_id=suggestion_id
    )


def waiting_view() -> Block:
    """What opens at once, while the trigger lasts; the form takes its place."""
    return _bare(words.TITLE, words.ONE_MOMENT)


def refusing_view(why: str) -> Block:
    """In place of the form: why there is none; the sentence is foreign and is made inert."""
    return _bare(words.TITLE, f"{words.NOT_OPENED}: {escape.mrkdwn(why, 1500)}")


def intake_view(filled: Filled, choices: Choices) -> Block:
    """The form; its metadata is the id of the suggestion that is corrected, or nothing."""
    facts, corrects = filled.facts, bool(filled.suggestion_id)
    name = None if filled.lead else facts.name
    blocks = [
        *([context(words.CORRECT_NOTE)] if corrects else []),
        *_read_from(filled),
        _lead(filled.lead),
        _text("lead_name", words.NEW_LEAD, name),
        _text("company", words.COMPANY, facts.company),
        _text("role", words.ROLE, facts.role),
        # Shown only where something was understood: everybody else has a shorter form.
        *([_text("industry", words.INDUSTRY, facts.industry)] if facts.industry else []),
        *_size(facts.company_size),
        _area("questions", words.QUESTIONS, "\n".join(filled.questions)),
        _area("obstacle", words.OBSTACLE, "\n".join(facts.obstacles)),
        _text("intent", words.INTENT, facts.intent),
        _text("outcome", words.OUTCOME, facts.outcome),
        _select("stage", words.STAGE, _unsure({s: s.capitalize() for s in Stage}), facts.stage),
        _select("persona", words.PERSONA, _unsure(choices.personas), facts.persona),
        _select("buying_role", words.BUYING_ROLE, _unsure(choices.buying_roles), facts.buying_role),
        _acts(filled.acts),
        _select("channel", words.CHANNEL, {c: words.CHANNELS[c] for c in CHANNELS}, filled.channel),
    ]
    return {
        "type": "modal",
        "callback_id": INTAKE_CALLBACK,
        "private_metadata": filled.suggestion_id,
        "title": plain(words.CORRECT_TITLE if corrects else words.TITLE, TITLE_LIMIT),
        "submit": plain(words.SUBMIT, TITLE_LIMIT),
        "close": plain(words.CLOSE, TITLE_LIMIT),
        "blocks": blocks,
    }


def lead_options(found: Iterable[FoundLead]) -> list[Block]:
    """Leads to choose from: name and company, never an address; the value is the lead's id."""
    leads = [lead for lead in found if len(lead.id) <= OPTION_VALUE_LIMIT]
    return [
        option(lead.id, told) for lead, told in zip(leads, words_lead.labels(leads), strict=True)
    ]


def option(value: str, label: str) -> Block:
    """One choice of a list."""
    return {"text": plain(escape.clip(label, OPTION_LIMIT), OPTION_LIMIT), "value": value}


def _bare(title: str, told: str) -> Block:
    return {
        "type": "modal",
        "callback_id": f"{INTAKE_CALLBACK}_waiting",
        "private_metadata": "",
        "title": plain(title, TITLE_LIMIT),
        "close": plain(words.CLOSE, TITLE_LIMIT),
        "blocks": [section(told)],
    }


def _read_from(filled: Filled) -> list[Block]:
    if filled.quoted is None:
        return []
    quoted = escape.quoted(filled.quoted, QUOTED_LIMIT)
    told = f"{words.FROM_MESSAGE}\n{quoted}" if quoted else words.FROM_MESSAGE
    blocks = [section(escape.clip(told, SECTION_LIMIT))]
    return blocks if filled.questions else [*blocks, context(words.NOTHING_FOUND_IN_IT)]


def _lead(chosen: FoundLead | None) -> Block:
    element: Block = {
        "type": "external_select",
        "action_id": "lead",
        "placeholder": plain(words.LEAD_SEARCH, PLACEHOLDER_LIMIT),
        "min_query_length": 0,
    }
    if chosen and (options := lead_options([chosen])):
        element["initial_option"] = options[0]
    return _input("lead", words.LEAD, element, hint=words.LEAD_HINT)


def _acts(done: tuple[str, ...]) -> Block:
    options = {a.value: option(a.value, words.act(a.value)) for a in ACTS}
    element: Block = {
        "type": "multi_static_select",
        "action_id": "acts",
        "placeholder": plain(words.CHOOSE, PLACEHOLDER_LIMIT),
        "options": list(options.values()),
    }
    if chosen := [options[a] for a in done if a in options]:
        element["initial_options"] = chosen
    return _input("acts", words.ACTS, element, hint=words.ACTS_HINT)


def _unsure(choices: Mapping[str, str]) -> dict[str, str]:
    return {NOT_SURE: words.NOT_SURE, **choices}


def _select(name: str, label: str, choices: Mapping[str, str], chosen: str | None) -> Block:
    options = {value: option(value, told) for value, told in choices.items()}
    first = next(iter(options))
    element = {
        "type": "static_select",
        "action_id": name,
        "placeholder": plain(words.CHOOSE, PLACEHOLDER_LIMIT),
        "options": list(options.values()),
        "initial_option": options.get(chosen or first, options[first]),
    }
    return _input(name, label, element)


def _size(employees: int | None) -> list[Block]:
    return [_text("company_size", words.COMPANY_SIZE, str(employees))] if employees else []


def _text(name: str, label: str, value: str | None) -> Block:
    return _typed(name, label, value, SHORT_TEXT, multiline=False)


def _area(name: str, label: str, value: str | None) -> Block:
    return _typed(name, label, value, LONG_TEXT, multiline=True)


def _typed(name: str, label: str, value: str | None, most: int, *, multiline: bool) -> Block:
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": name,
        "max_length": most,
        "multiline": multiline,
    }
    if value and (shown := escape.clip(escape.clean(value), most)):
        element["initial_value"] = shown
    return _input(name, label, element)


def _input(name: str, label: str, element: Block, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": plain(label, LABEL_LIMIT),
        "element": element,
    }
    return made | ({"hint": plain(hint, LABEL_LIMIT)} if hint else {})
