"""What is said below a card, and what comes of it, in Bolt's real dispatch."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.listeners import answering
from bot.views import words, words_follow_ups
from bot.views.words_follow_ups import NOT_THEIR_QUESTION
from knowledge.dates_said import day_said
from knowledge.follow_ups import FollowUp, by_rule, channel_in, role_in, topic_in, types_in
from knowledge.journey import Stage
from storage.stored_suggestion import StoredSuggestion
from tests.slack.fake import BOT
from tests.slack.local import button_of, buttons, said
from tests.slack.office import ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

TABLES = Path(__file__).parent / "fixtures"
ASK = "Ines Carvalho asked how long a rollout takes. What do I send her next?"
LEAST_HEARD = 55
"""Of the 68 wordings that the rules were not written for; see `retrieval/follow_up_reader.py`."""


def table(name: str) -> list[tuple[str, str]]:
    """Kind and wording, one a line."""
    lines = (TABLES / f"follow_ups_{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(kind, text) for kind, _, text in (line.partition("\t") for line in lines)]


@pytest.fixture(scope="module")
def tools(module_office: Office) -> Wired:
    return module_office.tools


@pytest.fixture
def office(module_office: Office) -> Office:
    """The file's one office, with a fresh card in the direct messages, hours after the last."""
    module_office.tools.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]
    module_office.send(module_office.event(ASK))
    return module_office


def stored(office: Office, card: dict[str, Any] | None = None) -> StoredSuggestion:
    shown = card or office.card
    return office.tools.suggestions.get(button_of(shown, "not_now")["value"])


def reply(office: Office, text: str, card: dict[str, Any] | None = None) -> str:
    """Write below a card, in its thread; the last thing that the bot wrote."""
    thread = (card or office.card)["ts"]
    office.send(office.event(text, thread_ts=thread))
    return said(office.slack.messages[-1])


def card_for(office: Office, lead: str) -> StoredSuggestion:
    """A fresh card of another lead, where a test changes what is known of them."""
    office.send(office.event(f"{lead} asked how to plan a week. What do I send next?"))
    return stored(office)


def test_every_wording_written_before_the_rules_is_heard(tools: Wired) -> None:
    """M58 27 kinds of follow-up, three wordings and more of each."""
    missed = [
        (text, want, heard)
        for want, text in table("before")
        if want != "new_ask" and (heard := tools.follow_up_reader(text)) not in {want, None}
    ]
    assert not missed
    unheard = {t for w, t in table("before") if w != "off_topic" and not tools.follow_up_reader(t)}
    assert not unheard


def test_wordings_that_no_rule_was_written_for_are_heard_by_their_nearest_examples(
    tools: Wired,
) -> None:
    told = table("after")
    by_rules = [t for w, t in told if by_rule(t) == w]
    heard = [t for w, t in told if (tools.follow_up_reader(t) or FollowUp.OFF_TOPIC) == w]
    assert len(heard) >= LEAST_HEARD
    assert len(heard) > 2 * len(by_rules)
    assert {FollowUp(kind) for kind, _ in (*told, *table("before")) if kind != "new_ask"} == set(
        FollowUp
    )


@pytest.mark.parametrize(
    "text",
    [
        "She has the budget now", "She has the final say", "They have got 400 employees",
        "They decide next month", "Her boss is back next week", "She has a board meeting tomorrow",
        "She said rollout takes too long", "They sell soft drinks", "He got the budget approved",
        "Her boss has to approve it",
    ],
)  # fmt: skip
def test_facts_told_below_a_card_are_no_wish_for_it(text: str) -> None:
    """M58 The words of a wish, in a sentence about the lead, change nothing on the card."""
    assert by_rule(text) in {None, FollowUp.FACTS}


@pytest.mark.parametrize("text", ["Is it already sent?", "Has she already read it?"])
def test_a_question_turns_no_card_down(text: str) -> None:
    assert by_rule(text) is not FollowUp.ALREADY_READ


@pytest.mark.parametrize(
    ("text", "is_stage"),
    [
        ("She's lost interest", False),
        ("It is her boss's decision", False),
        ("He is interested, but the decision is at the board", False),
        ("she is at decision", True),
        ("he's in consideration now", True),
        ("no, the stage is interest", True),
    ],
)
def test_a_bare_stage_word_counts_only_as_what_the_lead_is_at(text: str, is_stage: bool) -> None:
    """M33"""
    assert (by_rule(text) is FollowUp.STAGE) == is_stage


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thanks, make it shorter", FollowUp.SHORTER),
        ("great, thank you for that! she has already read it", FollowUp.ALREADY_READ),
        ("thanks a lot", FollowUp.THANKS),
        ("thanks for another great one", FollowUp.THANKS),
        ("thanks, that will help her", FollowUp.THANKS),
    ],
)
def test_what_follows_a_thanks_is_read_on_its_own(text: str, kind: FollowUp) -> None:
    assert by_rule(text) is kind


@given(st.text(max_size=600))
def test_no_text_breaks_the_rules(text: str) -> None:
    assert by_rule(text) in {None, *FollowUp}
    channel_in(text), types_in(text), role_in(text), topic_in(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("not now, in two weeks", date(2026, 2, 24)),
        ("remind me in March", date(2026, 3, 1)),
        ("let's wait until next month", date(2026, 3, 1)),
        ("come back to this on Monday", date(2026, 2, 16)),
        ("tomorrow please", date(2026, 2, 11)),
        ("ping me after Easter", date(2026, 4, 15)),
        ("hold off, next quarter", date(2026, 4, 1)),
        ("next week", date(2026, 2, 17)),
        ("on the 15th", date(2026, 2, 15)),
        ("later", None),
    ],
)
def test_a_day_is_read_from_a_few_words(text: str, day: date | None) -> None:
    assert day_said(text, date(2026, 2, 10)) == day


def test_shorter_and_softer_change_the_card_in_place(office: Office) -> None:
    """M23 M25 The same card shows the new draft, and stays open."""
    card, cards = office.card, len(office.cards)
    before = stored(office)
    assert words_follow_ups.ALL_MADE["shorter"] in reply(office, "something shorter")
    assert words_follow_ups.ALL_MADE["softer"] in reply(office, "softer please")
    after = stored(office)
    assert len(office.cards) == cards
    assert after.wishes == ("shorter", "softer")
    assert after.draft is not None
    assert before.draft is not None
    assert after.draft.body.splitlines()[-1] in said(card)
    assert "approve" in buttons(card)


def test_right_below_the_card_no_thread_is_needed_for_an_hour(office: Office) -> None:
    """M58 "make it shorter" in direct messages means the last card there, if it is recent."""
    office.send(office.event("make it shorter"))
    assert stored(office).wishes == ("shorter",)
    office.tools.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]
    office.send(office.event("make it shorter"))
    assert words.NO_CARD_HERE in said(office.slack.messages[-1])


def test_an_ask_of_its_own_beside_a_card_is_no_follow_up(office: Office) -> None:
    office.send(office.event("A CFO in manufacturing asks what unplanned downtime costs."))
    assert stored(office).facts.role == "CFO"
    assert stored(office).lead_id is None
    reply(office, "Tomas Lind wants to know whether it works with SAP", office.cards[-2])
    assert stored(office).lead_id == "lead-tomas-lind"


@pytest.mark.parametrize(
    "text",
    [
        "Plant manager at Contoso, 400 employees",
        "I have a new lead: plant manager, 400 employees",
        "What should I send a CFO at a chemical company with 300 people?",
        "Plant manager at Contoso, 400 employees. She asks what downtime costs.",
    ],
)
def test_facts_of_a_new_lead_never_go_into_the_last_cards_record(office: Office, text: str) -> None:
    """M31 In no thread, whoever is named is somebody new, unless "she" means the card's lead."""
    lead = stored(office).lead_id or ""
    before = office.tools.leads.get(lead).facts
    office.send(office.event(text))
    assert office.tools.leads.get(lead).facts == before
    assert stored(office).lead_id is None
    assert (stored(office).facts.role or "").lower() in {"plant manager", "cfo"}


@pytest.mark.parametrize(
    "text", ["they have 950 people", "about 950 people", "the company has 950 employees"]
)
def test_facts_that_point_back_to_the_card_need_no_thread(office: Office, text: str) -> None:
    lead = card_for(office, "Sofia Bergstrom").lead_id or ""
    office.send(office.event(text))
    assert stored(office).lead_id == lead
    assert office.tools.leads.get(lead).facts.company_size == 950


def test_another_company_told_in_a_thread_stays_out_of_the_record(office: Office) -> None:
    """M31"""
    lead = stored(office).lead_id or ""
    before = office.tools.leads.get(lead).facts
    reply(office, "Plant manager at Contoso, 400 employees")
    assert office.tools.leads.get(lead).facts == before


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("stop writing to her", "opted_out"),
        ("she asked us to stop", "opted_out"),
        ("she wants a demo", "asked_for_sales"),
        ("she wants to talk to sales", "asked_for_sales"),
        ("she bought it", "due"),
    ],
)
def test_what_a_lead_did_stands_above_the_card(office: Office, text: str, rule: str) -> None:
    """M16 An opt-out, a call for sales or a purchase closes the card, also of a stranger."""
    lead = "A quality manager at Nordmark Dairy, 300 people,"
    office.send(office.event(f"{lead} asked how to plan a week. What do I send next?"))
    old = stored(office)
    reply(office, text)
    assert not office.tools.suggestions.get(old.id).is_open
    new = office.tools.suggestions.get(office.tools.suggestions.get(old.id).replaced_by or "")
    assert new.pace.rule == rule
    assert new.draft is None or new.stage.stage is Stage.CUSTOMER


def test_a_no_to_mails_below_a_card_takes_the_mail_back(office: Office) -> None:
    """M16 One channel is closed and the others are not: the next draft is no mail."""
    lead = "A quality manager at Nordmark Dairy, 300 people,"
    office.send(office.event(f"{lead} asked how to plan a week. What do I send next?"))
    old = stored(office)
    assert old.draft is not None
    assert old.draft.channel == "email"
    reply(office, "she doesn't want any more mails")
    now = office.tools.suggestions.get(old.id)
    assert not now.is_open
    new = office.tools.suggestions.get(now.replaced_by or "")
    assert new.draft is None or new.draft.channel != "email"


@pytest.mark.parametrize(
    "text", ["What do you have on shift planning?", "Do we have anything on spare parts stock?"]
)
def test_the_library_is_searched_without_a_card_too(office: Office, text: str) -> None:
    office.tools.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]
    office.send(office.event(text))
    assert topic_in(text) in said(office.slack.messages[-1])


def test_my_own_words_come_back_when_they_give_way(office: Office) -> None:
    """M59 Nothing typed is lost: the edited text is given back, to copy."""
    office.click(office.card, "edit")
    view = office.slack.views[-1]
    body = next(b for b in view["blocks"] if b.get("block_id") == "body")
    typed = body["element"]["initial_value"] + "\n\nBest wishes from the north."
    office.submit(body=typed)
    assert stored(office).state == "edited"
    assert "Best wishes from the north." in reply(office, "softer please")
    assert stored(office).state == "pending"


def test_another_channel_is_written_and_a_closed_one_refused(office: Office) -> None:
    """M52 M16"""
    assert words_follow_ups.ALL_MADE["channel"] in reply(office, "make it a text message")
    now = stored(office)
    assert now.draft is not None
    assert (now.draft.channel, now.draft.subject) == ("text", "")
    assert "a text message already" in reply(office, "as an sms please")


def test_a_kind_of_piece_takes_the_cards_place_when_one_fits(office: Office) -> None:
    old = stored(office)
    other = next(a for a in old.alternates if a.rule not in {"promotional", "already_seen"})
    reply(office, f"I would prefer a {other.type.replace('_', ' ')} instead")
    new = stored(office)
    assert new.id == office.tools.suggestions.get(old.id).replaced_by
    assert new.asset is not None
    assert new.asset.type == other.type


def test_a_kind_that_cannot_be_sent_says_why_and_leaves_the_card(office: Office) -> None:
    """M17 A brochure is refused by the ranking's own rule."""
    card = office.card
    assert "brochure" in reply(office, "I'd rather have a brochure please").lower()
    assert stored(office, card).is_open
    told = reply(office, "do you have a newsletter?")
    assert words_follow_ups.no_such_kind("newsletter") in told


@pytest.mark.parametrize("text", ["another one", "she already read that"])
def test_another_piece_comes_once_however_often_it_runs(office: Office, text: str) -> None:
    cards = len(office.cards)
    old = stored(office)
    reply(office, text)
    key = office.started[-1]
    answering.plan(key, office.edge)
    assert len(office.cards) == cards + 1
    assert office.tools.suggestions.get(old.id).replaced_by == stored(office).id


def test_the_cto_gets_a_card_of_their_own_and_a_known_one_the_leads(office: Office) -> None:
    """M32 M35 Same account and questions, other person: on record where there is one."""
    first = stored(office)
    reply(office, "what about the CTO?")
    stranger = stored(office)
    assert (stranger.facts.role, stranger.lead_id) == ("CTO", None)
    assert stranger.facts.company == "Vantry Pumps and Valves"
    assert stranger.questions == first.questions
    assert stranger.facts.persona != first.facts.persona
    assert NOT_THEIR_QUESTION in said(office.slack.messages[-1])
    office.send(office.event("and for the COO?", thread_ts=office.cards[-2]["ts"]))
    assert stored(office).lead_id == "lead-robert-haines"


def test_a_role_that_the_lead_has_is_not_taken_for_a_colleagues(office: Office) -> None:
    """M35 M59 Who the card is about already is no other person: the rep is asked whom they mean."""
    cards = len(office.cards)
    assert words_follow_ups.SAME_PERSON in reply(office, "what about their head of maintenance?")
    assert len(office.cards) == cards


@pytest.mark.parametrize(
    "text",
    [
        "can I call her in March?", "they decide in March", "They talk to two vendors in May",
        "ask her about the budget", "tell her about the webinar on Friday",
    ],
)  # fmt: skip
def test_a_day_of_the_leads_own_puts_no_card_off(text: str) -> None:
    """M16 Only a wish to be left alone until a day is one."""
    assert by_rule(text) is not FollowUp.LATER


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("why not the brochure?", "“Why leaders choose|“Tidewell|brochure"),
        ("why not the newsletter?", "no piece of that kind: I looked for a newsletter"),
        ("why not the payback worksheet?", "Payback worksheet"),
        ("what's wrong with the one on spare parts?", "Spare parts"),
    ],
)
def test_why_not_that_piece_gets_the_rankings_own_reason(
    office: Office, text: str, told: str
) -> None:
    """M17 The piece meant is found by type, title or meaning, and the real reason given."""
    answer = reply(office, text)
    assert any(t.lower() in answer.lower() for t in told.split("|"))
    assert len(answer) > len(told)


def test_not_now_in_words_is_a_snooze_with_its_day(office: Office) -> None:
    """M1 M16 The day is read, stored with the words as the reason, and shown on the card."""
    made = card_for(office, "Marcus Feld")
    card = office.card
    due = office.tools.clock.now().date() + timedelta(days=14)
    assert words_follow_ups.put_off(due) in reply(office, "not now, in two weeks")
    after = office.tools.suggestions.get(made.id)
    assert (after.state, after.snoozed_until) == ("snoozed", due)
    assert after.decision_reason == "not now, in two weeks"
    assert not buttons(card)
    answering.plan(office.started[-1], office.edge)
    assert office.tools.suggestions.get(made.id) == after


def test_also_asked_adds_a_question_and_a_new_one_replaces(office: Office) -> None:
    first = stored(office)
    reply(office, "she also asked whether it works offline")
    assert len(stored(office).questions) == len(first.questions) + 1
    assert stored(office).lead_id == first.lead_id


def test_a_stage_correction_wins_and_facts_are_learnt(office: Office) -> None:
    """M33 M31 What a rep says of the card's lead goes into the record, under their name."""
    lead = card_for(office, "Sofia Bergstrom").lead_id or ""
    reply(office, "actually she is at decision stage")
    assert stored(office).stage.stage is Stage.DECISION
    assert office.tools.leads.get(lead).facts.stage is Stage.DECISION
    reply(office, "they have 950 people")
    assert office.tools.leads.get(lead).facts.company_size == 950
    assert office.tools.leads.facts_log(lead)[-1].by == ROBIN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("approve it", words_follow_ups.PRESS_APPROVE),
        ("send it", words_follow_ups.NEVER_SENDS),
        ("I have sent it", words_follow_ups.HOW_TO_MARK_SENT),
        ("undo", words_follow_ups.UNDO["pending"]),
        ("change the subject line to Hello", words_follow_ups.PRESS_EDIT),
        ("later", words_follow_ups.UNTIL_WHEN),
        ("make it a checklist about nothing we have, as a fax", ""),
        ("thanks", words.THANKS),
        ("help", words_follow_ups.HELP),
        ("what's the weather like", words.OFF_TOPIC),
        ("how many touches has she had?", "So far "),
        ("when is the next one?", "due|today"),
        ("who else should I write to there?", "Robert Haines, COO"),
        ("what should I ask her?", "Ask them: |nothing left to ask"),
        ("why?", "Why “"),
        ("summarise the piece", "says, in its own words:"),
        ("give me the link", "https://www.tidewell.example/"),
        ("is there something on spare parts?", "spare-parts|Spare parts"),
        ("is there something on quantum teleportation?", "nothing on “quantum teleportation”"),
    ],
)
def test_what_is_asked_about_a_card_is_answered_and_decides_nothing(
    office: Office, text: str, told: str
) -> None:
    """M24 M59 No text approves or sends; each gets one answer, and the card stays open."""
    card = office.card
    before = stored(office)
    answer = reply(office, text)
    assert any(t in answer for t in told.split("|"))
    if told:
        assert stored(office, card) == before


def test_small_talk_among_colleagues_is_left_alone_and_lead_data_stays_private(
    office: Office,
) -> None:
    """M58 In a channel's thread: nothing to "thanks", and who else is there in direct messages."""
    channel = {"channel": "C1", "channel_type": "channel"}
    office.send(office.event(f"<@{BOT}> {ASK}", type="app_mention", ts="9.9", **channel))
    count = len(office.slack.messages)
    for aside in ("thanks", "what's the weather like", "see you at lunch"):
        office.send(office.event(aside, thread_ts="9.9", **channel))
    assert len(office.slack.messages) == count
    office.send(office.event("who else should I write to there?", thread_ts="9.9", **channel))
    in_channel = "".join(said(m) for m in office.slack.in_channel("C1"))
    assert "Haines" not in in_channel
    assert "Robert Haines" in "".join(said(m) for m in office.slack.in_channel("D01ROBIN")[-1:])
