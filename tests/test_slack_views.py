"""What Slack shows: always valid, never more than it may hold, and inert whatever is in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import escape, words
from bot.views.card import Act, Acted, ShownAsset, pointer_line, review_card, shared_asset
from bot.views.modals import edit_modal, finding_errors, not_now_modal
from bot.views.plain_passage import plain_passage
from knowledge.touch import CheckReport, Draft, Finding, PaceDecision
from tests.slack.examples import URL, a_card
from tests.slack.payloads import check_message, check_view, texts, units

ATTACKS = [
    "<!channel> <!here> <@U123ABC> <https://evil.example|click me>",
    "@here @channel @everyone look",
    "*bold* _it_ ~gone~ `code` ```fence```",
    "> quote\n>>> all quote",
    "&amp; &lt;!channel&gt; & <",
    ":tada: :rotating_light:",
    "\u202egnirts desrever\u202c \u200f\u05e9\u05dc\u05d5\u05dd",
    "👩🏽\u200d🚀" * 40,
    "\x00\x07\x1b[31mred\x1b[0m",
    "e\u0301" * 2000,
    "\ud83d lone surrogate",
    "a" * 100_000,
    "&" * 100_000,
    "😀" * 60_000,
    "_" * 5000,
    "\n" * 5000,
    "",
    "   ",
]
text = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(alphabet=st.characters(), max_size=300),
    st.text(alphabet="&<>*_~`:@|!U\n\u200d😀é ", max_size=400),
    st.builds(
        lambda s, n: (s * n)[:100_000], st.text(min_size=1, max_size=20), st.integers(1, 20_000)
    ),
)
acts = st.sampled_from([None, *Act])


def acted(act: Act | None) -> Acted | None:
    return Acted(act, "U01ROBIN", "Thu 12 Mar, 14:05", date(2026, 3, 26)) if act else None


@settings(max_examples=150, deadline=None)
@given(text, acts, st.sampled_from(list(PaceDecision)), st.integers(0, 6), st.integers(0, 60))
def test_any_text_makes_a_valid_card(
    word: str, act: Act | None, decision: PaceDecision, findings: int, many: int
) -> None:
    card = a_card(word, decision=decision, findings=findings, many=many)
    check_message(review_card(card, acted(act)).payload())


@settings(max_examples=100, deadline=None)
@given(text)
def test_any_text_makes_valid_modals_and_lines(word: str) -> None:
    check_view(edit_modal("touch-1", Draft(word, word, "email", "composer")))
    check_view(not_now_modal("touch-1", date(2026, 3, 26)))
    found = (Finding("r", word, "Too long."), Finding("s", word, "Wrong.", binding=True))
    errors = finding_errors({"subject": found * 5, "body": found[:1]})
    assert all(0 < units(errors[field]) <= 2000 for field in ("subject", "body"))
    shown = a_card(word).asset
    assert shown
    check_message(shared_asset(shown).payload())
    check_message(pointer_line("touch-1").payload())


@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_text_never_mentions_links_or_formats(attack: str) -> None:
    shown = escape.mrkdwn(attack, 3000)
    assert "<" not in shown
    assert not re.search(r"@(here|channel|everyone)", shown)
    assert not re.search(r"[*`~]", shown)
    assert not re.search(r":\w+:", shown)


def test_words_with_inner_underscores_stay_readable() -> None:
    assert escape.mrkdwn("set max_retry_count to 3", 100) == "set max_retry_count to 3"


def test_only_the_assets_own_address_becomes_a_link() -> None:
    assert escape.link(URL, "Guide", [URL], 50) == f"<{URL}|Guide>"
    assert escape.link("https://evil.example/", "Guide", [URL], 50) == "Guide"
    for bad in (
        "javascript:alert(1)",
        "https://a.example/|x",
        "https://a b",
        "https:///x",
        "ftp://a.example/",
    ):
        assert escape.link(bad, "Guide", [bad], 50) == "Guide"


def test_a_cut_never_splits_an_entity_or_a_character() -> None:
    for limit in range(2, 60):
        cut = escape.mrkdwn("&" * 50, limit)
        assert units(cut) <= limit
        assert re.fullmatch(r"(&amp;)*…?", cut)
        faces = escape.mrkdwn("👩🏽\u200d🚀" * 9, limit)
        assert units(faces) <= limit
        assert not faces.removesuffix("…").endswith("\u200d")


TABLE = (
    "Downtime by cause:\n\n| Cause | Hours | Share |\n|---|--:|:-:|\n"
    "| **Seals** | 140 | 34% |\n| [Bearings](https://a.example/x) | 80 | |"
)
LIST = "See **the\nplan**:\n\n- [ ] Walk *30* assets\n  with the list.\n1. Count [twice](/x)."


def test_the_card_shows_the_passage_as_plain_lines() -> None:
    """Rows as "a: b", items with bullets, links by their text; no Markdown."""
    card = replace(a_card(), asset=ShownAsset("T", URL, "guide", 4, f"{TABLE}\n\n{LIST}"))
    (said,) = [t for t in texts(list(review_card(card).blocks)) if "Downtime by cause" in t]
    assert said.splitlines()[2:] == [
        "> Downtime by cause:",
        "> Cause: Hours, Share",
        "> Seals: 140, 34%",
        "> Bearings: 80",
        "> See the plan:",
        "> • Walk 30 assets with the list.",
        "> 1. Count twice.",
    ]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("A | B\n--- | ---\n1 | 2", "A: B\n1: 2"),
        ("| 3 | 5% |\n| 4 | 1% |\n\nThree will do.", "3: 5%\n4: 1%\nThree will do."),
        ("cut in two** and on", "cut in two and on"),
        ("> quoted **text\n> goes on** here", "quoted text goes on here"),
        ("- either a | b", "• either a | b"),
        ("set max_retry_count to 5 * 3", "set max_retry_count to 5 * 3"),
        ("", ""),
    ],
)
def test_markdown_of_a_passage_becomes_plain_text(markdown: str, shown: str) -> None:
    assert plain_passage(markdown) == shown


def test_a_long_passage_ends_with_a_sentence_or_a_row() -> None:
    assert escape.whole_sentences("One two three.\nFour five six", 20) == "One two three."
    assert escape.whole_sentences("Seals: 140, 34%\nBearings: 80", 20) == "Seals: 140, 34%"


def test_the_card_shows_touch_count_stage_and_evidence() -> None:
    """M10 M33 The touch against its budget, and the stage with what says so."""
    said = " ".join(texts(list(review_card(a_card()).blocks)))
    assert "touch 6 of 27" in said
    assert "*Interest* (sure, 82%)" in said
    assert "Why this stage" in said


def test_waiting_says_send_nothing_and_when_to_look_again() -> None:
    """M15 M16 The card can say: nothing now, why, and when to look again."""
    waiting = a_card(
        "They wrote two days ago.", decision=PaceDecision.WAIT, asset=False, draft=False
    )
    said = " ".join(texts(list(review_card(waiting).blocks)))
    assert words.SEND_NOTHING in said
    assert "Thu 12 Mar 2026" in said
    assert "They wrote two days ago." in said
    assert words.APPROVE not in said


def test_a_question_without_an_answer_is_named_and_counted() -> None:
    """M47 The rep sees which question has no good asset, and that marketing sees it."""
    said = " ".join(texts(list(review_card(a_card("Does it fly?")).blocks)))
    assert words.NO_ANSWER_HEAD in said
    assert words.COUNTED in said


def test_an_open_card_has_two_rows_of_buttons_that_carry_only_the_id() -> None:
    """M24 The rep decides: nothing on the card sends anything."""
    row, more = review_card(a_card()).blocks[-2:]
    assert [b["action_id"] for b in row["elements"]] == ["approve", "edit", "another", "not_now"]
    assert [b["action_id"] for b in more["elements"]] == ["why", "wrong_stage", "softer", "shorter"]
    assert {b["value"] for b in more["elements"]} == {"touch-0123456789ab"}
    assert {b["value"] for b in row["elements"][1:]} == {"touch-0123456789ab"}
    assert re.fullmatch(r"touch-0123456789ab#[0-9a-f]{8}", row["elements"][0]["value"])


def test_approve_names_the_text_that_the_card_shows() -> None:
    """M24 Another wording, another value; the same wording, the same one."""
    first, again, other = (
        review_card(a_card(w)).blocks[-2]["elements"][0]["value"] for w in ("one", "one", "two")
    )
    assert first == again != other


@pytest.mark.parametrize("act", [Act.REPLACED, Act.PUT_OFF])
def test_a_decided_card_has_no_buttons_and_says_who_decided(act: Act) -> None:
    blocks = review_card(a_card(), acted(act)).blocks
    assert not [b for b in blocks if b["type"] == "actions"]
    assert "<@U01ROBIN>" in texts(list(blocks))[-1]


def test_an_edited_card_can_still_be_approved() -> None:
    blocks = review_card(a_card(), acted(Act.EDITED)).blocks
    assert next(b["action_id"] for b in blocks[-2]["elements"]) == "approve"


def test_the_approved_text_can_be_copied_as_it_is() -> None:
    card = a_card()
    body = "Hi Dana,\n\nsee *this* & that: https://www.tidewell.example/a_b_c\n\nRobin"
    card = type(card)(
        **{n: getattr(card, n) for n in card.__dataclass_fields__}
        | {"draft": Draft("On rollouts", body, "email", "composer", CheckReport(passed=True))}
    )
    blocks = review_card(card, acted(Act.APPROVED)).blocks
    fenced = next(t for t in texts(list(blocks)) if t.startswith("```"))
    assert fenced == f"```\nOn rollouts\n\n{escape.entities(body)}\n```"


def test_a_long_approved_text_loses_no_word() -> None:
    body = "\n\n".join(f"Paragraph {n} & more ``` words." for n in range(100))
    card = a_card()
    card = type(card)(
        **{n: getattr(card, n) for n in card.__dataclass_fields__}
        | {"draft": Draft("S", body, "email", "composer", CheckReport(passed=True))}
    )
    message = review_card(card, acted(Act.APPROVED))
    check_message(message.payload())
    plain = " ".join(
        b["text"]["text"]
        for b in message.blocks
        if b["type"] == "section" and b["text"]["type"] == "plain_text"
    )
    assert plain.split() == f"S {body}".split()


def test_the_line_for_a_channel_holds_no_lead_data() -> None:
    """M58 One line without lead data, and the asset alone when shared."""
    card = a_card("Dana Whitfield of Brackwater")
    assert "Dana" not in str(pointer_line(card.suggestion_id))
    asset = a_card("How a rollout runs").asset
    assert asset
    assert texts(list(shared_asset(asset).blocks)) == [
        f"A piece worth reading: <{URL}|How a rollout runs>"
    ]
