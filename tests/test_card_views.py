"""What a card, its windows and its mail links look like, read by the strict rules of Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import words_card
from bot.views.card import Act, Acted, Afterwards, review_card
from bot.views.mail_links import mail_links
from bot.views.modals_card import help_modal, outcome_modal, sent_modal, stage_modal
from knowledge.journey import Stage
from knowledge.journey_map import load_journey
from knowledge.leads import LeadFacts
from knowledge.outcomes import Outcome, moved_as_told
from knowledge.touch import Draft, StageReading
from tests.slack.examples import a_card
from tests.slack.local import button_of, buttons
from tests.slack.payloads import check_message, check_view, texts, units

SENT_ON = date(2026, 3, 12)
any_text = st.one_of(
    st.text(alphabet=st.characters(), max_size=300),
    st.text(alphabet="&<>*_~`:@|!%+\r\n\u200d😀é ", max_size=400),
    st.builds(lambda s, n: (s * n)[:20_000], st.text(min_size=1, max_size=9), st.integers(1, 4000)),
)


def approved(**told: object) -> Acted:
    return Acted(Act.APPROVED, "U01ROBIN", "Thu 12 Mar", after=Afterwards(**told))  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(any_text, any_text, st.sampled_from(list(Outcome)))
def test_any_text_makes_a_valid_approved_card_and_valid_windows(
    word: str, address: str, outcome: Outcome
) -> None:
    card = replace(a_card(word), facts=LeadFacts(name=word, email=address))
    check_message(review_card(card, approved()).payload())
    told = approved(
        sent_on=SENT_ON, sent_by="U1", channel=word, outcome=outcome, outcome_on=SENT_ON,
        helped=False, helped_reason=word,
    )  # fmt: skip
    check_message(review_card(card, told).payload())
    read = StageReading(Stage.INTEREST, 0.7, (word,) * 6)
    check_view(stage_modal("touch-1", read, load_journey()))
    check_view(sent_modal("touch-1", "S", "B", word, SENT_ON, has_subject=True))
    check_view(outcome_modal("touch-1", SENT_ON, outcome))
    check_view(help_modal("touch-1", word))


def test_the_windows_of_the_stage_tells_what_was_read_why_and_all_five() -> None:
    """M33 The evidence beside the choice; M34 what buyers do and think at each stage."""
    read = StageReading(Stage.INTEREST, 0.82, ("They asked how it works.",))
    view = stage_modal("touch-1", read, load_journey())
    said = " ".join(texts(view["blocks"]))
    assert "I read *Interest* (sure, 82%)" in said
    assert "They asked how it works." in said
    for told in load_journey().values():
        assert told.doing[:30] in said
    assert [o["value"] for o in view["blocks"][-1]["element"]["options"]] == list(Stage)


def test_links_open_a_filled_mail() -> None:
    """M24 The bot sends nothing: three ways to open the mail that the rep sends."""
    body = "Hi Dana,\n\nwhat does 5% & more cost? See https://x.example/?a=1\n\nRobin"
    links = mail_links(Draft("Costs & causes", body, "email", "composer"), "dana@north.example")
    assert links
    assert not links.without_text
    gmail = parse_qs(urlsplit(links.gmail).query)
    assert (gmail["to"], gmail["su"], gmail["body"]) == (
        ["dana@north.example"], ["Costs & causes"], [body],
    )  # fmt: skip
    outlook = parse_qs(urlsplit(links.outlook).query)
    assert (outlook["to"], outlook["subject"], outlook["body"]) == (
        ["dana@north.example"], ["Costs & causes"], [body],
    )  # fmt: skip
    client = urlsplit(links.mailto)
    assert (client.scheme, client.path) == ("mailto", "dana@north.example")
    assert parse_qs(client.query)["body"] == [body.replace("\n", "\r\n")]
    assert "+" not in client.query, "a mail program shows a plus sign as one"


def test_a_text_too_long_for_a_link_is_left_out_and_said() -> None:
    card = replace(a_card(), facts=LeadFacts(email="dana@north.example"))
    draft = Draft("Kurz", "ü" * 900, "email", "composer")
    shown = review_card(replace(card, draft=draft), approved())
    url = button_of(shown.payload(), "open_gmail")["url"]
    assert "body" not in parse_qs(urlsplit(url).query)
    assert parse_qs(urlsplit(url).query)["su"] == ["Kurz"]
    told = " ".join(texts(list(shown.blocks)))
    every = (words_card.GMAIL, words_card.OUTLOOK, words_card.MAIL_CLIENT)
    assert words_card.paste_the_text(every) in told


def test_only_the_link_that_lacks_the_text_says_to_paste_it() -> None:
    body = "It costs less than you think. " * 55
    links = mail_links(Draft("Costs", body.strip(), "email", "composer"), "dana@north.example")
    assert links
    assert links.without_text == {"mailto"}
    assert "body" in parse_qs(urlsplit(links.gmail).query)


@settings(max_examples=100, deadline=None)
@given(any_text, any_text, any_text)
def test_links_keep_to_the_limits_whatever_the_text(s: str, b: str, address: str) -> None:
    links = mail_links(Draft(s, b, "email", "composer"), address)
    assert links
    assert max(units(links.gmail), units(links.outlook)) <= 3000
    assert links.gmail.startswith("https://mail.google.com/mail/?") or not links.gmail
    assert not links.mailto or links.mailto.startswith("mailto:")


@pytest.mark.parametrize("channel", ["phone", "text", "direct_mail", "social"])
def test_only_mail_gets_links(channel: str) -> None:
    """M52 A call or a letter is not opened in a mail program."""
    assert mail_links(Draft("", "Hello", channel, "composer"), "a@b.example") is None
    card = replace(a_card(), draft=Draft("", "Hello", channel, "composer"))
    shown = buttons(review_card(card, approved()).payload())
    assert "open_gmail" not in shown
    assert "mark_sent" in shown


def test_without_an_address_the_mail_program_has_no_link() -> None:
    links = mail_links(Draft("S", "B", "email", "composer"), None)
    assert links
    assert "to=" not in links.gmail
    assert not links.mailto


def test_a_sent_card_says_how_and_asks_no_more_to_send() -> None:
    """M52 Day, medium and whether the text was changed; the links are gone."""
    told = approved(sent_on=SENT_ON, sent_by="U01ROBIN", channel="text", changed=True)
    shown = review_card(a_card(), told)
    said = " ".join(texts(list(shown.blocks)))
    assert "Sent by <@U01ROBIN> on Thu 12 Mar 2026, by text message, with your changes." in said
    assert "open_gmail" not in buttons(shown.payload())
    assert words_card.CHANGE_SENT in said


@pytest.mark.parametrize(
    ("moved", "outcome", "then"),
    [
        (None, "replied", True), (False, "moved_on", True), (True, "opted_out", False),
        (None, "no_answer", False), (True, "no_answer", True), (None, None, None),
    ],
)  # fmt: skip
def test_what_a_rep_says_counts_as_progress_or_none(
    moved: bool | None, outcome: str | None, then: bool | None
) -> None:
    """M48 A reply is progress whatever the history shows; "no answer" gives way to an act."""
    assert moved_as_told(moved, outcome) is then
