"""The built-in composer: grounded, natural, varied, and always through the checks (M20 to M26)."""

from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, LeadProfile
from knowledge.sentences import prose, sentences
from knowledge.touch import CheckReport, Draft, DraftRequest, Finding
from prompts import composer
from prompts.checks import CheckContext, check_draft
from prompts.checks.reading import grade
from prompts.checks.shape import LENGTHS, word_count
from prompts.composer import Composer
from prompts.insight import insights
from prompts.parts import is_advice
from prompts.phrasing import (
    broken_off,
    heart_of,
    intent_as_said,
    lower_first,
    note_as_said,
    question_clause,
    topic_of,
)
from prompts.untrusted import cut, first_name, plain
from prompts.wording import words
from tests.composer_wordings import every_wording
from tests.drafts import LIBRARY, did, draft_request, sample_asset, twelve_requests


def write(request: DraftRequest) -> Draft:
    return Composer().write(request)


@pytest.mark.parametrize("at", range(12))
def test_each_of_twelve_drafts_passes_its_checks(at: int) -> None:
    """M19 M20 M23 M26"""
    request = twelve_requests()[at]
    draft = write(request)
    assert draft.checks.findings == ()
    assert draft.source == "composer"
    assert draft.note == ""
    assert draft.body.count(str(request.asset.url)) == 1
    assert not re.search(r"[{}<>]|\bNone\b|  ", draft.body)


def test_every_wording_passes_the_checks_on_its_own() -> None:
    """M19 M26"""
    asset = dataclasses.replace(sample_asset("rollout-plan-one-site-to-twelve"), title="Plans")
    for said in every_wording():
        report = check_draft(CheckContext(body=said, asset=asset, stage=Stage.AWARENESS))
        assert {f.rule for f in report.findings} <= {"length"}, (said, report.findings)


def test_twelve_drafts_do_not_read_alike() -> None:
    drafts = [write(request) for request in twelve_requests()]
    lines = [line for d in drafts for line in d.body.splitlines() if len(line.split()) > 9]
    assert len(set(lines)) >= len(lines) - 2
    assert len({d.subject for d in drafts if d.subject}) >= 9


def test_the_same_request_gives_the_same_draft_and_another_touch_another() -> None:
    assert write(draft_request()) == write(draft_request())
    bodies = {write(draft_request(touch_number=n)).body for n in range(1, 7)}
    assert len(bodies) >= 4


def test_the_insight_is_the_pieces_own_sentence() -> None:
    """M26"""
    for request in twelve_requests():
        text = " ".join(prose(request.asset.text).split())
        told = sentences(write(request).body.replace('"', ""))
        own = [s for line in told for s in (line, *line.split(": ")) if len(s.split()) > 4]
        assert any(s.strip() in text.replace('"', "") for s in own), request.asset.id


def test_the_direct_answer_is_found() -> None:
    """M21"""
    assert "Six to eight months for twelve sites" in write(draft_request()).body


def test_the_passage_that_matched_is_preferred() -> None:
    asset = sample_asset("rollout-plan-one-site-to-twelve")
    passage = "Leave one week in every five empty, because something will slip."
    assert insights(asset, "pace", "")[0].text != passage
    assert insights(asset, "pace", passage)[0].text == passage


@pytest.mark.parametrize(
    ("channel", "subject"), [("email", True), ("text", False), ("social", False), ("phone", True),
                             ("direct_mail", True), ("sms", False), ("linkedin", False)]
)  # fmt: skip
def test_each_channel_has_its_form_and_length(channel: str, subject: bool) -> None:
    """M23 M52"""
    draft = write(draft_request(channel=channel))
    fewest, most = LENGTHS[draft.channel]
    assert fewest <= word_count(draft.body) <= most
    assert bool(draft.subject) == subject
    assert draft.checks.passed


def test_the_profiling_question_ends_the_draft() -> None:
    """M29"""
    question = "What do you use for it today?"
    assert write(draft_request(profiling_question=question)).body.endswith(question)


def test_a_profiling_question_that_pushes_is_replaced() -> None:
    draft = write(draft_request(profiling_question="Are you ready to buy yet?"))
    assert draft.checks.passed
    assert "ready to buy" not in draft.body


@pytest.mark.parametrize(
    "name", [None, "", "dana@x.example", "{{7*7}}", "https://evil.example", "???", "Unknown"]
)
def test_without_a_usable_name_the_greeting_is_natural(name: str | None) -> None:
    body = write(draft_request(name=name)).body
    assert body.startswith("Hello,")


def test_a_first_name_is_greeted() -> None:
    assert re.match(r"(Hi|Hello) Anne-Marie,", write(draft_request(name="Anne-Marie Blanc")).body)


@pytest.mark.parametrize(
    ("history", "said"),
    [(did(Action.DOWNLOADED), "download"), (did(Action.ATTENDED), "webinar"),
     (did(Action.JOINED_LIST), "list"), (did(Action.REPLIED), "repl"),
     (did(Action.MET_AT_EVENT), "event")],
)  # fmt: skip
def test_the_last_act_opens_the_draft_when_nothing_was_asked(history: tuple, said: str) -> None:  # type: ignore[type-arg]
    """M21 M45"""
    draft = write(draft_request(question="", history=history))
    assert said in draft.body.lower()
    assert draft.checks.passed


def test_no_wording_of_recent_touches_is_repeated() -> None:
    recent: tuple[str, ...] = ()
    for _ in range(4):
        draft = write(draft_request(recent=recent))
        own = draft.body.replace("From one site to twelve", "")
        for body in recent:
            kept = {
                line
                for line in own.splitlines()
                if len(line.split()) > 6 and "http" not in line and "rollout plan" not in line
            }
            assert not kept & set(body.splitlines())
        recent = (*recent, draft.body)[-3:]


def test_m14_a_lead_asked_about_again_and_again_costs_no_more_checks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M14 Once every wording was used, the first that holds is taken, and it alone is judged."""
    used: list[str] = []
    for _ in range(12):
        used.append(Composer().write(draft_request(recent=tuple(used))).body)
    judged: list[CheckContext] = []

    def counting(context: CheckContext) -> CheckReport:
        judged.append(context)
        return check_draft(context)

    monkeypatch.setattr(composer, "check_draft", counting)
    draft = Composer().write(draft_request(recent=tuple(used)))
    assert draft.checks.passed
    assert len(judged) == 1


def test_statistics_without_a_year_stay_at_home() -> None:
    """M26"""
    for request in twelve_requests():
        body = write(request).body
        assert "%" not in body or re.search(r"\b20\d\d\b", body)


def test_drafts_are_plain_to_read() -> None:
    """M23"""
    grades = [grade(write(r).body.replace(str(r.asset.url), "")) for r in twelve_requests()]
    assert max(grades) <= 9.0


def test_no_product_talk_reaches_an_early_lead() -> None:
    """M19 M22 M27"""
    draft = write(draft_request("how-tidewell-plans-a-week", stage=Stage.AWARENESS))
    assert draft.checks.passed
    assert not re.search(r"Tidewell (?!plans a week)\w+s\b", draft.body)


def test_a_piece_without_a_single_usable_sentence_still_gets_a_draft() -> None:
    bare = Asset("bare-1", "Codes", AssetType.CHECKLIST, "- one\n- two", "x",
                 url="https://www.tidewell.example/codes")  # fmt: skip
    request = dataclasses.replace(draft_request(), asset=bare)
    draft = write(request)
    assert draft.body.count("https://www.tidewell.example/codes") == 1
    assert '""' not in draft.body


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=80))
def test_any_name_question_and_problem_give_one_clean_link(
    name: str, question: str, problem: str
) -> None:
    request = draft_request(name=name, question=question, problem=problem)
    body = write(request).body
    assert re.findall(r"https?://\S+", body) == [request.asset.url]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\u200b]", body)


@pytest.mark.parametrize(
    "question",
    [
        "See https://evil.example/login and www.evil.example",
        "[click me](https://evil.example) how long does it take?",
        "<https://evil.example|our guide> how long?",
        "mail me at x@evil.example or evil.example/path?",
        "<script>alert(1)</script> how long does a rollout take?",
        "{{ asset.url }} {% for x in y %} how long?",
    ],
)
def test_markup_and_addresses_cannot_be_smuggled_in(question: str) -> None:
    body = write(draft_request(question=question)).body
    assert "evil" not in body.replace(" evil ", "") or "http" not in body.split("evil")[0][-8:]
    assert "evil.example" not in body
    assert not re.search(r"[{}<>]|\]\(", body)


def test_a_100_kb_question_is_cut_at_a_word() -> None:
    draft = write(draft_request(question="How long does it take " + "really " * 15_000 + "?"))
    assert word_count(draft.body) <= 140
    assert "reall\u2026" not in draft.body
    assert cut("one two three", 9) == "one two\u2026"


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("How long does a rollout take?", "how long a rollout takes"),
        ("How do I cut downtime in my plant?", "how to cut downtime in your plant"),
        ("What does one hour of downtime cost us?", "what one hour of downtime costs you"),
        ("Should we build our own list?", "whether to build your own list"),
        ("Who owns the planned date?", "who owns the planned date"),
        ("What is a work order?", "what a work order is"),
        ("How much stock is enough?", "how much stock is enough"),
        ("Are there enough technicians?", "whether there are enough technicians"),
        ("Do we need a baseline?", "whether you need a baseline"),
        ("What happens when both sides change the same order?",
         "what happens when both sides change the same order"),
    ],
)  # fmt: skip
def test_a_question_is_turned_when_its_word_order_is_certain(question: str, clause: str) -> None:
    assert question_clause(question) == clause


@pytest.mark.parametrize(
    "question",
    [
        "Half our depot has no signal. Would that sink a pilot?",
        "rollout time",
        "How many technicians can one maintenance planner serve?",
        "What types of jobs can I plan?",
        "How do people sign in, and how do they lose access?",
        "What do you charge?",
        "What Is A Public Status Page?",
        "If SAP owns the list, who owns the date?",
    ],
)
def test_a_question_that_cannot_be_turned_is_quoted(question: str) -> None:
    assert question_clause(question) is None
    assert question in write(draft_request(question=question)).body or question[0].islower()


def test_notes_about_a_lead_are_said_to_the_lead() -> None:
    assert intent_as_said("Wants a rule for stock") == "you want a rule for stock"
    assert intent_as_said("Comparing ways to plan") == "you are comparing ways to plan"
    assert note_as_said("Cannot see the cost") == "you cannot see the cost"
    assert note_as_said("Press stops twice a week") is None
    assert heart_of("Unplanned stops: two a week and nobody knows why") == "Unplanned stops"
    assert lower_first("IT prefers the ERP module") == "IT prefers the ERP module"
    assert lower_first("Two earlier trials failed") == "two earlier trials failed"


@pytest.mark.parametrize(
    ("name", "first"),
    [("Dana Ortiz", "Dana"), ("dr. Lee Park", "Lee"), ("ANNA", "Anna"), ("o'neil", "O'neil"),
     ("J0hn", ""), ("<b>Ann</b>", ""), (None, "")],
)  # fmt: skip
def test_a_first_name_is_a_plain_name_or_nothing(name: str | None, first: str) -> None:
    assert first_name(name) == first


def test_plain_text_loses_what_is_hidden() -> None:
    assert plain("a\u202eb\u200bc\x07 d\n\te", 50) == "abc d e"


@pytest.mark.parametrize(
    ("asset", "question", "said"),
    [
        ("cutting-unplanned-downtime-a-ninety-day-plan",
         "How do I cut unplanned downtime on the presses in my plant?",
         "Find the two or three failures that cause most of the lost hours"),
        ("total-cost-of-ownership-maintenance-software",
         "What does maintenance software cost over five years?", "it costs about €467,000"),
        ("connecting-maintenance-to-sap",
         "Who owns the date when both sides change the same order?",
         "The owner of the field wins"),
    ],
)  # fmt: skip
def test_the_answer_under_the_heading_that_asks_the_same_comes_first(
    asset: str, question: str, said: str
) -> None:
    """M23"""
    draft = write(draft_request(asset, question=question))
    assert said in draft.body
    assert draft.checks.passed


def test_no_insight_leans_on_a_sentence_that_the_reader_cannot_see() -> None:
    leaning = re.compile(
        r"\b(?:no such|the second|as above|those nine)\b|^(?:it|this|these)\b", re.I
    )
    for name in LIBRARY.glob("*.md"):
        for found in insights(sample_asset(name.stem), "how much does planning cost a site?", ""):
            assert found.score < 0 or not leaning.search(found.text), found.text


@pytest.mark.parametrize(
    ("question", "broken"),
    [("How does openstatus pricing compare to.", True), ("How long and", True),
     ("What is it good for?", False), ("How long does a rollout take?", False),
     ("A question that was cut\u2026", True)],
)  # fmt: skip
def test_a_question_that_breaks_off_is_known(question: str, broken: bool) -> None:
    assert broken_off(question) is broken


def test_a_question_that_lost_words_is_named_by_its_topic() -> None:
    """M21"""
    assert topic_of("How does spare parts stock compare to.") == "spare parts stock"
    question = "How does spare parts stock compare to evil.xyz/claim?"
    body = write(draft_request("spare-parts-how-much-stock-is-enough", question=question)).body
    assert "spare parts stock" in body
    assert "compare to" not in body


def test_a_draft_that_no_wording_cured_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """M26"""
    fault = CheckReport(False, (Finding("pitch", "x", "y"),), (), 0.0)
    monkeypatch.setattr("prompts.composer.check_draft", lambda _: fault)
    draft = write(draft_request())
    assert draft.note == words("composer")["notes"]["unresolved"]
    assert draft.checks == fault


def test_a_piece_without_a_sentence_to_quote_is_told_by_its_headings():
    """M23 Something to learn even from a page of steps and code."""
    text = "\n\n".join(f"## {h}\n\n```\nmake {n}\n```" for n, h in enumerate(
        ["Setting up the workshop", "Counting the parts", "Checking the seals", "Closing the job"]
    ))  # fmt: skip
    asset = Asset(
        id="steps-12345678", title="Steps for a small workshop", type=AssetType.DOCS, text=text,
        source="steps.md", url="https://www.tidewell.example/docs/steps",
    )  # fmt: skip
    draft = Composer().write(
        DraftRequest(
            asset=asset, profile=LeadProfile(questions=("How do I set up a workshop?",)),
            stage=Stage.CONSIDERATION, channel="email", question="How do I set up a workshop?",
            insight_from="", profiling_question=None, touch_number=1,
        )
    )  # fmt: skip
    assert "Checking the seals" in draft.body
    assert draft.checks.passed, draft.checks.findings


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Use stalled at a third of the jobs.", False),
        ("Use the list of the last ten stops.", True),
        ("Start with what failed most often.", True),
    ],
)
def test_a_noun_that_could_be_an_order_is_told_by_what_follows(text: str, advice: bool) -> None:
    """M23 "Its advice: Use stalled at a third of the jobs" is no advice."""
    assert is_advice(text) is advice
