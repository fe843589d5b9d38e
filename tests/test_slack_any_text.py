"""Two thousand hostile texts, in every place of every payload: always valid, always inert."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bot.listeners.commands import at_once
from bot.listeners.lead_buttons import lead_buttons
from bot.views import escape, words, words_lead
from bot.views.blocks import line
from bot.views.card import Act, Acted, review_card, shared_asset
from bot.views.modals import edit_modal, finding_errors
from knowledge.intake import FoundLead
from knowledge.touch import Draft, Finding, PaceDecision
from tests.slack.anything import texts
from tests.slack.examples import a_card
from tests.slack.local import said
from tests.slack.office import Office
from tests.slack.payloads import check_ephemeral, check_message, check_view
from tests.touch_examples import touch_views

pytest_plugins = ["tests.slack.fixtures"]

COUNT, SEED, THROUGH_THE_BOT = 2000, 20_260, 25
ACTS = (None, *Act)
SPOKEN = re.compile(r"<!(?:channel|here|everyone|subteam)|<https://evil\.example")
"""What Slack would make a broadcast or a link of."""


def formatted(value: Any) -> list[str]:
    """The texts that Slack formats: mrkdwn, and a message's fall-back."""
    if isinstance(value, list):
        return [t for v in value for t in formatted(v)]
    if not isinstance(value, dict):
        return []
    own = value.get("text") if value.get("type") in {None, "mrkdwn"} else None
    told = [own] if isinstance(own, str) else []
    return told + [t for v in value.values() for t in formatted(v)]


def views_of(word: str, turn: int) -> list[tuple[Callable[[dict[str, Any]], None], dict[str, Any]]]:
    """Everything that shows a foreign text; card states take turns."""
    decision = list(PaceDecision)[turn % len(PaceDecision)]
    act = ACTS[turn % len(ACTS)]
    acted = Acted(act, word, word or "today", date(2026, 3, 26)) if act else None
    card = a_card(word, decision=decision, findings=turn % 5, many=turn % 7)
    draft = Draft(word, word, "email", "composer")
    assert card.asset
    refused = words.refused(escape.mrkdwn(word, 1500))
    stored = word[:20].encode(errors="ignore").decode()  # no store takes half a character
    alike = [FoundLead(f"{stored}{n}", word, word) for n in range(turn % 4 + 1)]
    return [
        (check_message, review_card(card, _clean(acted)).payload()),
        (check_message, shared_asset(card.asset).payload()),
        (check_message, line(refused).payload()),
        (check_message, lead_buttons(words_lead.WHICH, alike).payload()),
        (check_ephemeral, {**at_once(word[:100], taken=False), "user": "U01"}),
        (check_view, edit_modal("touch-1", draft)),
        *touch_views(word, turn),
    ]


def _clean(acted: Acted | None) -> Acted | None:
    """Who and when are ours, not foreign."""
    return acted and Acted(acted.act, "U01ROBIN", "Thu 12 Mar, 14:05", acted.until)


@pytest.mark.timeout(500)  # a hundred views of each of two thousand texts
def test_two_thousand_texts_make_valid_and_inert_payloads_everywhere() -> None:
    """M58 No text of a person, a lead or a piece can break, format, link or broadcast."""
    for turn, word in enumerate(texts(COUNT, SEED)):
        for check, payload in views_of(word, turn):
            try:
                check(payload)
            except AssertionError as refused:
                raise AssertionError(f"text {turn} of seed {SEED}: {refused}") from refused
            assert not [t for t in formatted(payload) if SPOKEN.search(t)]
        errors = finding_errors({"body": (Finding("r", word, "Too long."),) * 5})
        assert 0 < len(errors["body"]) <= 2000


def test_hostile_texts_through_the_whole_bot_are_answered(office: Office) -> None:
    """M59 Each gets one valid answer or more; what breaks a rule fails with the fake."""
    hostile = texts(THROUGH_THE_BOT, SEED + 1)
    for text in hostile:
        wire = text.encode("utf-8", "replace").decode()
        before = len(office.slack.messages)
        assert office.send(office.event(f"{wire} what next?")).status == 200
        assert len(office.slack.messages) > before
        assert "reference" not in said(office.slack.messages[-1])
    assert not office.tools.inbox.pending()
