"""What a rep's message says: intent, lead, company, role, size, questions, signals."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired
from bot.flow.known_leads import known_leads
from bot.flow.learning import learn
from bot.flow.understand import understand
from knowledge.describing import company_size, industry
from knowledge.intents import Intent
from knowledge.leads import LeadFacts
from knowledge.understanding import is_plain_ask, parse_message, plain_message


def quickest(work: Callable[[], object]) -> float:
    """Seconds of the best of three: a busy machine, or the collector's round, slows one of them."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what should I send Priya next?", "next"),
        ("next for Dana Ortiz", "next"),
        ("something shorter please", "shorter"),
        ("too long, cut it down", "shorter"),
        ("she already read that", "already_read"),
        ("we sent that last month already", "already_read"),
        ("what about the CTO?", "other_person"),
        ("can I get a version for her boss", "other_person"),
        ("why?", "why"),
        ("how did you pick that", "why"),
        ("why not the case study?", "why_not"),
        ("what's wrong with the webinar", "why_not"),
        ("make it a text message", "channel"),
        ("turn this into a LinkedIn note", "channel"),
        ("not now", "later"),
        ("remind me in two weeks", "later"),
        ("add https://tidewell.example/learn/x to the library", "add_asset"),
        ("who approved the suggestions last month?", "audit"),
        ("which questions have no good answer?", "gaps"),
        ("what are our content gaps", "gaps"),
        ("help", "help"),
        ("what can you do?", "help"),
        ("thanks a lot!", "thanks"),
        ("perfect, thank you", "thanks"),
        ("did you see the match last night", "off_topic"),
    ],
)
def test_intents(text: str, intent: str) -> None:
    assert parse_message(text).intent == intent


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Dana asks how long rollout takes and if it works with SAP. What next?",
         ("How long does rollout take?", "Does it work with SAP?")),
        ("Tom wants to know whether the app can work offline", ("Can the app work offline?",)),
        ('He asked: "How do we cut downtime without new staff?" what should I send?',
         ("How do we cut downtime without new staff?",)),
        ("next for Priya: What does downtime cost us? Is there a checklist?",
         ("What does downtime cost us?", "Is there a checklist?")),
        ("What should I send her?", ()),
        ("She is curious about spare parts planning", ("What about spare parts planning?",)),
        ("They wonder what it costs and how we compare to spreadsheets",
         ("What does it cost?", "How do we compare to spreadsheets?")),
    ],
)  # fmt: skip
def test_questions_of_the_lead_are_told_from_those_to_the_bot(
    text: str, questions: tuple[str, ...]
) -> None:
    assert parse_message(text).questions == questions


def test_a_full_message_is_read_whole() -> None:
    read = parse_message(
        "Met Tom Becker from Hansa Foods at the trade fair, head of maintenance, ~1,200 employees, "
        "they make plastics. He downloaded the TCO paper."
    )
    assert (read.lead_name, read.company, read.role) == (
        "Tom Becker",
        "Hansa Foods",
        "head of maintenance",
    )
    assert (read.company_size, read.industry) == (1200, "manufacturing")
    assert {"met_at_event", "downloaded"} <= set(read.signals)


def test_slack_markup_is_not_taken_for_words() -> None:
    read = parse_message(
        "<@U0BOT> next for Dana Ortiz, see <https://a.example/x|this> &amp; tell me"
    )
    assert read.lead_name == "Dana Ortiz"
    assert "U0BOT" not in read.text
    assert "https://a.example/x" in read.text


@given(st.text(max_size=600))
def test_any_text_can_be_read(text: str) -> None:
    read = parse_message(text)
    assert read.intent in set(Intent)
    assert read.company_size is None or read.company_size >= 0


def test_a_long_text_does_not_take_long() -> None:
    assert parse_message("Dana asks how " * 20_000).intent in set(Intent)


@pytest.mark.parametrize(
    "text",
    [
        "next for lead-dana-ortiz",
        "what do I send dana.ortiz@northgate-haulage.example?",
        "what do I send dana ortiz next?",
        "Dana Ortis at Northgate asks what a backlog costs",
        "Dana asks what a backlog costs",
    ],
)
def test_a_known_lead_is_recognised(tools: Wired, text: str) -> None:
    assert understand(text, tools).lead_id == "lead-dana-ortiz"


@pytest.mark.parametrize(
    ("name", "company", "email", "text"),
    [
        ("May Chen", "Globex", "may@globex.example", "how long may it take for 400 people?"),
        ("Will Turner", "Globex", "w@globex.example", "the CFO will decide this month"),
        ("Ada Holm", "Target", "a@target.example", "they want to reach the target, what next?"),
        ("Ana Ruiz", "Initech", "ana@initech.example", "diana@initech.example asks what it costs"),
        ("Ana Ruiz", "Asana", "ana@asana.example", "they are comparing us with Asana"),
        ("Ana Ruiz", "Initech", "ana@initech.example", "Ana from Globex asks what it costs"),
        (None, None, None, "a firm of 400 people asks what it costs"),
    ],
)
def test_a_stranger_is_not_taken_for_a_lead_on_record(
    tools: Wired, name: str | None, company: str | None, email: str | None, text: str
) -> None:
    """M12"""
    tools.leads.put("400", LeadFacts(name=name, company=company, email=email), "test", "test")
    read = understand(text, tools)
    assert (read.lead_id, read.matches) == (None, ())


@pytest.mark.parametrize(
    "text",
    [
        "next for lead 400", "what do I send #400?", "may@globex.example asks what it costs",
        "May asks what it costs", "may chen at globex asks what it costs",
        "ask for May Chen, now at Initech", "what next for May of Globex",
    ],
)  # fmt: skip
def test_a_lead_whose_name_is_a_word_is_recognised_by_it(tools: Wired, text: str) -> None:
    facts = LeadFacts(name="May Chen", company="Globex", email="may@globex.example")
    tools.leads.put("400", facts, "test", "test")
    assert understand(text, tools).lead_id == "400"


def test_many_leads_on_record_do_not_take_long() -> None:
    names = [
        (f"lead-{i}", f"Nora{i} Quist{i}", f"Firm{i} Works", f"n{i}@f.example") for i in range(3000)
    ]
    asked = parse_message("Nora17 Quist17 asks what a backlog costs")
    assert known_leads(asked, names)
    assert quickest(lambda: known_leads(asked, names)) < 0.5


def test_another_surname_is_another_person(tools: Wired) -> None:
    read = understand("Dana Whitfield at Northgate asks what a backlog costs", tools)
    assert read.lead_id is None
    assert read.lead_name == "Dana Whitfield"


def test_several_leads_of_one_name_are_offered(tools: Wired) -> None:
    tools.leads.put("lead-other-dana", LeadFacts(name="Dana Okafor"), "test", "test")
    read = understand("what do I send Dana next?", tools)
    assert read.lead_id is None
    assert {name for _, name in read.matches} == {"Dana Ortiz", "Dana Okafor"}


def test_a_bare_question_is_an_ask_when_the_library_speaks_of_it(tools: Wired) -> None:
    assert understand("What does unplanned downtime cost?", tools).intent is Intent.NEXT
    assert understand("Who won the football cup in 1987?", tools).intent is Intent.OFF_TOPIC


@pytest.mark.parametrize(
    "text",
    [
        "Dana says the budget is gone and wants to stop hearing from us",
        "Tomas unsubscribed yesterday",
        "please take him off the list",
        "she asked us to stop emailing her",
        "they don't want any more emails",
        "she wants no calls",
    ],
)
def test_an_opt_out_in_plain_words_is_heard(text: str) -> None:
    """M16 Whatever the words, the lead said no."""
    assert "opted_out" in parse_message(text).signals


def test_marks_of_a_list_and_who_asked_are_not_part_of_the_question() -> None:
    read = parse_message("Tomas asked 1) does it work offline? 2) is there an audit trail?")
    assert read.questions == ("Does it work offline?", "Is there an audit trail?")


@pytest.mark.parametrize(
    "text",
    ["Something to send?", "Robin here, what do I send the Vantry people?", "Whats next for Dana?"],
)
def test_the_reps_own_question_is_never_the_leads(text: str) -> None:
    assert parse_message(text).questions == ()


def test_a_slip_in_a_name_does_not_lose_the_lead(tools: Wired) -> None:
    assert understand("Whats next for danna ortis?", tools).lead_id == "lead-dana-ortiz"


def test_two_leads_in_one_message_are_asked_about(tools: Wired) -> None:
    """M12 One lead, one touch."""
    read = understand("Ines and Robert from Vantry both asked about pilots", tools)
    assert read.lead_id is None
    assert {name for _, name in read.matches} == {"Ines Carvalho", "Robert Haines"}


def test_a_short_form_of_the_company_does_not_replace_its_name(tools: Wired) -> None:
    read = understand("Dana Ortiz at Northgate asks what a backlog costs", tools)
    assert read.lead_id == "lead-dana-ortiz"
    assert read.company == "Northgate Haulage"
    before = len(tools.leads.facts_log("lead-dana-ortiz"))
    learn(read, "U1", tools)
    assert len(tools.leads.facts_log("lead-dana-ortiz")) == before


def test_a_known_lead_without_a_question_is_an_ask(tools: Wired) -> None:
    assert understand("Helen Marsh - anything for her?", tools).intent is Intent.NEXT


def test_a_channel_named_in_the_message_is_drafted_for(tools: Wired) -> None:
    """M52 The medium that the rep asked for."""
    read = understand("next touch for Tomas Lind by phone", tools)
    assert read.ask(date(2026, 6, 1), asked_by="U1").channel == "phone"


def test_what_a_rep_tells_goes_into_the_record_with_who_said_so(tools: Wired) -> None:
    """M31 M33 Facts and the rep's stage are kept; an opt-out above all."""
    told = understand(
        "Dana Ortiz (Head of Finance) is in the decision stage, please stop emailing", tools
    )
    learn(told, "U1", tools)
    profile = tools.leads.get("lead-dana-ortiz")
    assert profile.facts.role == "Head of Finance"
    assert profile.facts.stage == "decision"
    assert profile.history[-1].action == "opted_out"
    assert {f.by for f in tools.leads.facts_log("lead-dana-ortiz") if f.fact == "role"} >= {"U1"}


@pytest.mark.parametrize(
    ("reported", "question"),
    [
        ("when predictive maintenance is worth it", "When is predictive maintenance worth it?"),
        ("if that sinks a pilot", "Does that sink a pilot?"),
        ("how to plan with fewer people", "How do we plan with fewer people?"),
        ("how the data is stored", "How is the data stored?"),
        ("how secure is it", "How secure is it?"),
        ("how secure the data is", "How secure is the data?"),
        ("whether we have SSO", "Do we have SSO?"),
        ("whether he has to pay", "Does he have to pay?"),
        ("whether it has ever been audited", "Has it ever been audited?"),
        ("how big a team you need", "How big a team do you need?"),
        ("how long a rollout takes", "How long does a rollout take?"),
        ("how hard a switch would be", "How hard would a switch be?"),
        ("how many people a rollout needs", "How many people does a rollout need?"),
        ("how long an import of old orders takes", "How long does an import of old orders take?"),
        ("who else uses it", "Who else uses it?"),
        ("if you've got references", "Have you got references?"),
        ("if we're covered", "Are we covered?"),
        ("if they'd need a server", "Would they need a server?"),
        ("what we have to install", "What do we have to install?"),
        ("whether offline mode works in a basement", "Does offline mode work in a basement?"),
    ],
)
def test_reported_questions_become_questions(reported: str, question: str) -> None:
    assert parse_message(f"Owen asks {reported}").questions == (question,)


def test_a_company_on_record_finds_its_lead(tools: Wired) -> None:
    read = understand("Oakmere Textile Care downloaded the guide, what next?", tools)
    assert (read.lead_id, read.lead_name) == ("lead-planning-oakmere", None)


def test_two_full_names_are_both_offered(tools: Wired) -> None:
    """M12"""
    read = understand("Helen Marsh and Priya Raman both ask how to plan", tools)
    assert {name for _, name in read.matches} == {"Helen Marsh", "Priya Raman"}


def test_what_it_works_with_is_not_the_company() -> None:
    read = parse_message("Jonas Weber, IT manager at a utility: does it work with SAP?")
    assert read.company is None


@pytest.mark.parametrize(
    ("text", "name", "company", "role"),
    [
        ("next for yewande bartosz at quillmere foods, ops manager, 80 ppl",
         "Yewande Bartosz", "Quillmere Foods", "ops manager"),
        ("Dr. Anaïs Lefort-Ngata (Head of R&D, 7 Hills Pharma) wants to know what it costs",
         "Anaïs Lefort-Ngata", "7 Hills Pharma", "Head of R&D"),
        ("From: Ruta Ozolina <ruta@balta.example>\n\nCan we start small?\n\nRegards\nRuta Ozolina\n"
         "Plant Manager, Balta Timber", "Ruta Ozolina", "Balta Timber", "Plant Manager"),
        ("Acme's CFO asks how secure it is", None, "Acme", "CFO"),
        ("Globex's head of IT wants to see a demo", None, "Globex", "head of IT"),
        ("Dana's CFO wants to know the price", "Dana", None, "CFO"),
        ("firm in Ohio, plant manager", None, None, "plant manager"),
        ("Dana Ortiz of Initech is comparing us with Asana", "Dana Ortiz", "Initech", None),
        ("what would you send a head of legal at a bank", None, None, "head of legal"),
        ("does it work with SAP and Excel?", None, None, None),
    ],
)  # fmt: skip
def test_the_lead_is_told_in_any_casing_and_form(
    text: str, name: str | None, company: str | None, role: str | None
) -> None:
    read = parse_message(text)
    assert (read.lead_name, read.company, read.role) == (name, company, role)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("400 people", 400), ("~2k employees", 2000), ("1,200 staff", 1200), ("2.000 employees", 2000),
        ("3.5k headcount", 3500), ("50-100 people", 75), ("headcount: 310", 310), ("thirty people", 30),
        ("a mid-size insurer", None), ("read 3 guides in 2 weeks", None), ("costs 500 per seat", None),
    ],
)  # fmt: skip
def test_sizes_are_counts_of_people(text: str, size: int | None) -> None:
    assert parse_message(f"Lead at Brinewell: {text}").company_size == size


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("she grabbed our checklist", "downloaded"), ("he was at the webinar", "attended"),
        ("they keep looking at our pricing page", "visited_pricing"), ("she wrote back", "replied"),
        ("he booked a short call", "booked_meeting"), ("they went quiet", "no_answer"),
        ("she passed it on to her boss", "forwarded"), ("asked for a quote", "requested_quote"),
        ("wants to see a demo", "requested_demo"), ("please remove him from the list", "opted_out"),
        ("met her at our booth", "met_at_event"), ("just signed the contract", "bought"),
    ],
)  # fmt: skip
def test_what_a_lead_did_is_heard_in_many_words(text: str, signal: str) -> None:
    assert signal in parse_message(f"Ruta Ozolina, {text}").signals


def test_what_a_lead_did_not_do_is_not_told() -> None:
    assert "replied" not in parse_message("Ruta hasn't replied").signals
    assert "attended" not in parse_message("Ruta did not attend the webinar").signals


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Ruta asks how long it takes, what it costs and whether we can start small",
         ("How long does it take?", "What does it cost?", "Can we start small?")),
        ("Questions from Ruta:\n- how is data stored\n- can we host it",
         ("How is data stored?", "Can we host it?")),
        ("Before she signs, who trains the crews?", ("Who trains the crews?",)),
        ("Could you explain how the board handles shifts? Is there a guide for that?",
         ("How does the board handle shifts?",)),
        ("Any ideas for Ruta? Worth a call? What should she read first?", ()),
        ("not sure what to send her", ()),
    ],
)  # fmt: skip
def test_each_question_stands_alone_and_the_reps_own_are_none(
    text: str, questions: tuple[str, ...]
) -> None:
    assert parse_message(text).questions == questions


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("boil this down for me", "shorter"), ("he has been sent this before", "already_read"),
        ("and one for their head of purchasing?", "other_person"), ("what is that based on", "why"),
        ("would the video not be better?", "why_not"), ("i'd rather ring him", "channel"),
        ("wake me on thursday about this one", "later"), ("what went out last week", "audit"),
        ("who won the tennis yesterday", "off_topic"), ("much obliged!", "thanks"),
    ],
)  # fmt: skip
def test_an_intent_is_heard_in_a_wording_no_rule_knows(
    tools: Wired, text: str, intent: str
) -> None:
    assert understand(text, tools).intent == intent


@given(
    st.text(alphabet=st.sampled_from("aA .?\n\"'-:@&1k,éß"), max_size=400) | st.text(max_size=300)
)
def test_any_text_is_read_within_limits(text: str) -> None:
    read = parse_message(text)
    assert len(read.questions) <= 12
    assert all(2 <= len(q) <= 301 for q in read.questions)
    assert read.company_size is None or 0 < read.company_size <= 5_000_000
    for value in (read.lead_name, read.company, read.role):
        assert value is None or 0 < len(value.strip()) <= 80
    assert read.text.strip() == read.text


@pytest.mark.parametrize(
    "piece",
    [
        "asks how ", '"', "1,000 ", "is it? ", "A b ", "...", "a@", "\n- x",
        "111 ", "a-", "<@U|", "<https://a", "<mailto:a",
    ],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    assert quickest(lambda: parse_message(piece * 20_000)) < 2


@pytest.mark.parametrize("read", [company_size, plain_message, lambda t: industry(t, None)])
@pytest.mark.parametrize("piece", ["111 ", "a-", "<@U|", "<mailto:a"])
def test_no_part_of_the_reading_takes_long(read: Callable[[str], object], piece: str) -> None:
    assert quickest(lambda: read(piece * 2_000)) < 0.2


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("something on onboarding new planners", None), ("she asked about contract renewal", None),
        ("he read our evaluation guide", None), ("a meeting with an existing customer of ours", None),
        ("they are onboarding now", "customer"), ("up for renewal in May", "customer"),
        ("an existing customer of ours", "customer"), ("they are evaluating tools", "consideration"),
        ("asked about onboarding and is a customer", "customer"), ("about to sign", "decision"),
    ],
)  # fmt: skip
def test_a_topic_is_no_stage(text: str, stage: str | None) -> None:
    """M33 Only what a rep says of the lead corrects the stage."""
    assert parse_message(f"Ruta Ozolina, {text}").stage == stage


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("doesn't want mails, call her instead", "email"), ("stop calling but email is fine", "phone"),
        ("no more emails or calls please", "email, phone"), ("asked us to stop emailing her", "email"),
        ("unsubscribed", ""), ("wants to stop hearing from us, no more calls", ""),
        ("take her off the mailing list", ""), ("no more emails, leave her alone", ""),
    ],
)  # fmt: skip
def test_a_no_to_one_channel_leaves_the_others_open(text: str, refused: str) -> None:
    """M16 A no is noted with the channel it is said of; without one it closes all."""
    read = parse_message(f"Ruta Ozolina {text}")
    (told,) = read.ask(date(2026, 6, 1), asked_by="U1").history
    assert (told.action, told.note) == ("opted_out", refused)


@pytest.mark.parametrize(
    ("text", "heard", "plain"),
    [
        ("dana@initech.example asked how it works", Intent.HELP, True),
        ("Dana Ortiz asks if she can read it later", Intent.LATER, True),
        ("Tom Reeve doesn't want mails, call him instead", Intent.CHANNEL, True),
        ("Dana Ortiz asked what is included in support", Intent.GAPS, True),
        ("Helen Marsh - anything for her?", Intent.OTHER_PERSON, True),
        ("Helen Marsh - and one for her boss?", Intent.OTHER_PERSON, False),
        ("remind me next week, Dana Ortiz asked what it costs", Intent.LATER, False),
        ("Dana Ortiz already read that", Intent.ALREADY_READ, False),
        ("make it a text for Dana Ortiz", Intent.CHANNEL, False),
    ],
)
def test_a_leads_own_words_are_an_ask_whatever_they_sound_like(
    text: str, heard: Intent, plain: bool
) -> None:
    assert is_plain_ask(parse_message(text), heard) is plain


@pytest.mark.parametrize("text", ["purple monkey dishwasher", "lorem ipsum dolor"])
def test_words_without_sense_are_no_thanks(text: str, tools: Wired) -> None:
    assert understand(text, tools).intent is Intent.OFF_TOPIC
