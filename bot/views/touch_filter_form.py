"""The window in which a list of suggestions is filtered; it starts with what is asked now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.views import escape
from bot.views import words_touches as words
from bot.views.blocks import Block, plain
from bot.views.intake_form import option
from bot.views.modals import LABEL_LIMIT, modal, text_input
from knowledge.journey import Stage
from storage.touch_filter import ANY_RULE, TouchFilter

CALLBACK = "touch_filter"
LEAD, ASSET = "touch_lead", "touch_asset"
"""Block and action ids of the two searches."""
COMPANY_LIMIT, PLACEHOLDER = 120, 150
OPTION_VALUE = 150


def filter_window(
    wanted: TouchFilter,
    place: str,
    rules: Sequence[str],
    *,
    lead: str = "",
    title: str = "",
    by_rep: bool = True,
) -> Block:
    """The window; `place` says which list it is of, `lead` and `title` what the ids mean."""
    stages = {stage.value: stage.capitalize() for stage in Stage}
    checks = {ANY_RULE: words.ANY_CHECK} | {rule: words.rules([rule]) for rule in rules}
    kept = {"yes": words.YES, "no": words.NO}
    overridden = {True: "yes", False: "no", None: ""}[wanted.overridden]
    states = {state.value: told for state, told in words.STATE_CHOICES.items()}
    blocks = [
        *([_input("rep", _rep(wanted.rep))] if by_rep else []),
        _input("lead", _search(LEAD, wanted.lead, lead), name=LEAD),
        _company(wanted.company),
        _input("stage", _select("stage", stages, wanted.stage or "")),
        _input("asset", _search(ASSET, wanted.asset, title), name=ASSET),
        _input("state", _select("state", states, wanted.state or "")),
        _input("decision", _select("decision", words.DECISIONS, wanted.decision or "")),
        _input("failed", _select("failed", checks, wanted.failed)),
        _input("overridden", _select("overridden", kept, overridden)),
        _input("since", _day("since", wanted.since)),
        _input("until", _day("touch_until", wanted.until), name="touch_until"),
    ]  # fmt: skip
    return modal(CALLBACK, words.FILTER_TITLE, place, blocks, words.APPLY)


def _input(field: str, element: Block, name: str = "") -> Block:
    return {
        "type": "input", "block_id": name or field, "optional": True,
        "label": plain(words.FIELDS[field], LABEL_LIMIT), "element": element,
    }  # fmt: skip


def _company(company: str) -> Block:
    shown = escape.clip(escape.one_line(company), COMPANY_LIMIT)
    return text_input("company", words.FIELDS["company"], shown, COMPANY_LIMIT, optional=True)


def _rep(rep: str) -> Block:
    made: Block = {
        "type": "users_select", "action_id": "rep",
        "placeholder": plain(words.ANYBODY, PLACEHOLDER),
    }  # fmt: skip
    return made | ({"initial_user": rep} if rep[:1] in {"U", "W"} else {})


def _search(name: str, value: str, label: str) -> Block:
    made: Block = {
        "type": "external_select", "action_id": name, "min_query_length": 1,
        "placeholder": plain(words.TYPE_TO_FIND, PLACEHOLDER),
    }  # fmt: skip
    known = value and len(value) <= OPTION_VALUE
    return made | ({"initial_option": option(value, label or value)} if known else {})


def _select(name: str, choices: Mapping[str, str], chosen: str) -> Block:
    options = {value: option(value, told) for value, told in choices.items()}
    made: Block = {
        "type": "static_select", "action_id": name,
        "placeholder": plain(words.ANY, PLACEHOLDER), "options": list(options.values())[:100],
    }  # fmt: skip
    return made | ({"initial_option": options[chosen]} if chosen in list(options)[:100] else {})


def _day(name: str, day: date | None) -> Block:
    made: Block = {"type": "datepicker", "action_id": name}
    return made | ({"initial_date": day.isoformat()} if day else {})
