"""The rules on wording and shape, each with sentences that read like real sales mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.assets import Asset
from knowledge.journey import AssetType, Stage
from knowledge.leads import LeadFacts, LeadProfile
from knowledge.touch import CheckReport
from prompts.addresses import links
from prompts.checks import RULES, CheckContext, check_asset, check_draft
from prompts.checks.reading import grade, syllables
from prompts.checks.rule import Rule
from prompts.checks.shape import word_count
from prompts.untrusted import plain
from retrieval.packaged_models import PackagedModels
from tests.draft_phrases import FOUND, HARMLESS
from tests.drafts import sample_asset
from tests.rule_examples import EXAMPLES

URL = "https://www.tidewell.example/guides/pilot"
GOOD = """Hi Dana,

You asked how long a pilot takes. I looked for a piece that answers it plainly.

The guide puts it this way: "A pilot needs four weeks, because the first week goes into the list \
of machines." It may help you to see which of your sites could spare that time, and who would \
have to agree to it first.

The whole guide is here:
https://www.tidewell.example/guides/pilot

How do you handle that today?"""
ASSET = Asset(
    id="pilot-1",
    title="How to run a pilot",
    type=AssetType.GUIDE,
    text="A pilot needs four weeks, because the first week goes into the list of machines.",
    source="x",
    url=URL,
)
ASKED = LeadProfile(questions=("How long does a pilot take?",))
CONTEXT = CheckContext(
    body=GOOD, subject="On pilots", stage=Stage.INTEREST, asset=ASSET, profile=ASKED
)


def found(body: str, **known: object) -> set[str]:
    return {f.rule for f in check_draft(CheckContext(body=body, **known)).findings}  # type: ignore[arg-type]


def test_a_good_draft_passes_every_rule_and_none_is_skipped() -> None:
    report = check_draft(CONTEXT)
    assert report.findings == ()
    assert report.passed
    assert report.skipped == ()
    assert report.hype < 0.5


@pytest.mark.parametrize(
    ("rule", "sentence"), [(rule, s) for rule, listed in FOUND.items() for s in listed]
)
def test_pushy_or_promotional_wording_is_found(rule: str, sentence: str) -> None:
    """M2 M3 M7 M12 M19 M20 M25"""
    report = check_draft(CheckContext(body=f"You asked about pilots.\n{sentence}\nThank you."))
    assert rule in {f.rule for f in report.findings}
    assert not report.passed


ROLLOUT = sample_asset("rollout-plan-one-site-to-twelve")
A_LEAD = LeadProfile(LeadFacts(name="Dana Ortiz"), questions=("How long does a rollout take?",))


def test_every_rule_has_a_mail_that_fails_and_one_that_passes() -> None:
    assert set(EXAMPLES) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_a_real_sounding_mail_fails_for_its_fault_and_passes_without_it(
    rule: str, models: PackagedModels
) -> None:
    """M2 M3 M7 M12 M17 M19 M20 M21 M22 M23 M25 M26"""
    faulty, fine = EXAMPLES[rule].mails()
    # What is to be asked first is known of nobody here.
    lead = LeadProfile(LeadFacts(name="Dana Ortiz")) if rule == "solution_too_early" else A_LEAD
    known = {"stage": Stage.INTEREST, "asset": ROLLOUT, "profile": lead}
    report = check_draft(CheckContext(faulty, models=models, **known))
    assert rule in {f.rule for f in report.findings}
    for judge in (None, models):
        report = check_draft(CheckContext(fine, models=judge, **known))
        assert report.passed, report.findings


def judged(sentence: str) -> set[str]:
    """Rules that find something in a draft that is fine but for one sentence."""
    body = f"You asked how long a pilot takes.\n{sentence}\nThank you."
    return {f.rule for f in check_draft(CheckContext(body=body)).findings}


def test_m2_asking_whether_the_lead_is_ready_to_buy_is_blocked_and_asking_what_they_tried_is_not():
    assert "ready_to_buy" in judged("Are you ready to buy yet?")
    assert "ready_to_buy" not in judged("Which part of it have you tried yet?")


def test_m3_checking_in_is_blocked_and_something_to_learn_is_not():
    assert "checking_in" in judged("I am just checking in to see how things are going.")
    assert "checking_in" not in judged("The pilot sheet lists what to look at in week one.")


def test_m7_hurrying_the_buyer_is_blocked_and_a_date_of_theirs_is_not():
    assert "urgency" in judged("This offer ends on Friday, so act now.")
    assert "urgency" not in judged("You said that your shutdown ends in May.")


@pytest.mark.parametrize("sentence", HARMLESS)
def test_everyday_wording_is_left_alone(sentence: str) -> None:
    assert found(sentence) <= {"length"}


@pytest.mark.parametrize("rule", sorted(FOUND))
def test_every_rule_has_eight_ways_of_saying_it(rule: str) -> None:
    assert len(FOUND[rule]) >= 8


def test_every_finding_names_rule_sentence_and_what_to_do() -> None:
    body = "\n".join(sentence for listed in FOUND.values() for sentence in listed)
    for finding in check_draft(CheckContext(body=body)).findings:
        assert finding.rule in {r.name for r in RULES}
        assert finding.sentence
        assert len(finding.why.split()) > 5


def test_what_is_absent_is_not_judged_and_is_listed() -> None:
    report = check_draft(CheckContext(body=GOOD))
    assert set(report.skipped) == {
        "product_talk", "solution_too_early", "foreign_link", "number_unsupported",
        "claim_unsupported", "nothing_of_the_lead",
    }  # fmt: skip


@pytest.mark.parametrize(
    "sentence",
    ["Book a demo and see it live.", "I can send you a quote.", "Are you ready to buy yet?"],
)
def test_sales_talk_is_allowed_once_the_lead_is_sales_ready(sentence: str) -> None:
    """M19"""
    assert found(sentence) - {"length"}
    assert found(sentence, sales_ready=True) <= {"length"}


def test_hurry_is_found_even_when_the_lead_is_sales_ready() -> None:
    """M7"""
    assert "urgency" in found("This offer ends on Friday.", sales_ready=True)


def test_the_leads_own_words_are_no_finding_when_they_are_quoted() -> None:
    question = "What does your platform cost, and can I get a quote?"
    body = f'You asked: "{question}" This guide lists what to count.'
    assert found(body, questions=(question,)) <= {"length", "nothing_of_the_lead"}
    assert "price" in found(body)


def test_talk_of_the_product_depends_on_the_stage() -> None:
    """M27"""
    sentence = "Our mobile app keeps three days of jobs."
    assert "product_talk" in found(sentence, stage=Stage.AWARENESS)
    assert "product_talk" in found("Tidewell has a mobile app.", stage=Stage.INTEREST, asset=ASSET)
    assert "product_talk" not in found(sentence, stage=Stage.CONSIDERATION)


def test_no_solution_talk_before_the_problem_is_known() -> None:
    """M22"""
    sentence = "Our platform has a planning board."
    unknown = LeadProfile(LeadFacts(name="Dana"))
    known = LeadProfile(LeadFacts(name="Dana", problem="late orders"))
    assert "solution_too_early" in found(sentence, stage=Stage.CONSIDERATION, profile=unknown)
    assert "solution_too_early" not in found(sentence, stage=Stage.CONSIDERATION, profile=known)


def test_only_the_link_of_the_asset_is_allowed() -> None:
    """M20"""
    assert "foreign_link" not in found(f"Here: {URL}/", asset=ASSET)
    for link in (
        "https://evil.example/guides/pilot",
        "www.tidewell.example/guides/other",
        f"{URL}?ref=1",
        "tidewell.com/guides/pilot",
        "https://www.tidewell.example@evil.example/guides/pilot",
        "bit.ly/3xYz",
        "evil.shop/claim",
        "evil.xyz",
        "203.0.113.9/login",
        "203.0.113.9:8080",
        "user@evil.xyz/claim",
        "evil.com.Next",
        "//evil.lol/x",
    ):
        assert "foreign_link" in found(f"Here: {link}", asset=ASSET), link


@pytest.mark.parametrize(
    "text",
    ["e.g. presses", "i.e. now", "Node.js", "Node.js/Express", "v1.2.3", "ASP.NET", "report.pdf",
     "config.yaml", "README.md", "end.Next thing", "it stopped.In May", "at 8.30.am", "a@b.com"],
)  # fmt: skip
def test_what_only_looks_like_an_address_is_left_alone(text: str) -> None:
    """M20"""
    assert "foreign_link" not in found(f"We saw {text} there.", asset=ASSET)


def test_a_product_named_like_a_host_is_no_link_where_the_title_names_it() -> None:
    asset = replace(ASSET, title="How Draw.io compares")
    assert "foreign_link" not in found("Draw.io is here.", asset=asset)
    assert "foreign_link" in found("Draw.io/x is here.", asset=asset)


@given(
    st.text("abcxyz0-", min_size=1, max_size=8),
    st.sampled_from(["com", "xyz", "shop", "zip", "quest", "ly"]),
    st.sampled_from(["", "!", " now", ", then"]),
)
@settings(max_examples=60, deadline=None)
def test_a_host_with_a_path_is_a_link_wherever_it_stands(host: str, tld: str, after: str) -> None:
    """M20"""
    address = f"{host}.{tld}/claim"
    assert "foreign_link" in found(f"See {address}{after}", asset=ASSET)
    assert plain(f"See {address}{after}", 99) == plain(f"See{after}", 99)


@given(st.text(st.sampled_from("ab1. /:?-@<>[]()\u200bcomly"), max_size=40))
@settings(max_examples=200, deadline=None)
def test_plain_text_holds_no_address(text: str) -> None:
    """M20"""
    assert not list(links(plain(text, 200)))


def test_two_links_are_one_too_many() -> None:
    """M20"""
    assert "one_topic" in found(f"See {URL} and https://www.tidewell.example/blog/a")
    assert "one_topic" not in found(f"See {URL}. Again: {URL}")


def test_too_many_questions_are_found_and_the_quoted_one_does_not_count() -> None:
    """M20"""
    assert "one_topic" in found("How many sites? How many people? Which tool?")
    assert "one_topic" not in found('You asked: "How long? And who?" How do you do it today?')


@pytest.mark.parametrize(
    ("channel", "fits", "too_long"),
    [("email", 100, 141), ("text", 40, 61), ("social", 60, 91), ("phone", 80, 141)],
)
def test_length_is_judged_by_channel(channel: str, fits: int, too_long: int) -> None:
    """M23 M52"""
    assert "length" not in found("word " * fits, channel=channel)
    assert "length" in found("word " * too_long, channel=channel)
    assert "length" in found("word " * 5, channel=channel)


def test_addresses_do_not_count_as_words() -> None:
    assert word_count(f"Three words here: {URL}") == 3


def test_a_text_full_of_long_words_is_hard_to_read() -> None:
    """M23"""
    hard = (
        "Organisational interdependencies necessitate comprehensive operationalisation of "
        "prioritisation methodologies, notwithstanding administrative considerations regarding "
        "institutional accountability, interdepartmental communication, and infrastructural "
        "obsolescence across geographically distributed manufacturing facilities worldwide today."
    )
    assert "hard_to_read" in found(f"{hard} {hard}")
    assert "hard_to_read" not in found(GOOD)


@pytest.mark.parametrize(
    ("word", "count"),
    [("plan", 1), ("planner", 2), ("made", 1), ("table", 2), ("wanted", 2), ("asked", 1),
     ("maintenance", 3), ("the", 1), ("stages", 2), ("schedule", 2), ("machines", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_plain_words_have_a_low_grade() -> None:
    assert grade("The plan is short. You can read it now. It has one page.") < 3
    assert grade("") == 0.0


def test_rules_compose() -> None:
    one, two = (next(r for r in RULES if r.name == n) for n in ("price", "urgency"))
    either = one | two
    context = CheckContext(body="Act now. I can send you a quote.")
    assert len(list(either.judge(context))) == 2
    assert list(either.unless(lambda _: True).judge(context)) == []
    assert not Rule("x", lambda _: ()).given(lambda c: c.asset is not None).needs(context)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=600), st.text(max_size=60))
def test_any_text_can_be_checked(body: str, subject: str) -> None:
    report = check_draft(replace(CONTEXT, body=body, subject=subject))
    assert isinstance(report, CheckReport)
    assert report.passed == (not report.findings)


@pytest.mark.parametrize("piece", ["our ", "a" * 50, "{{", "call me ", "\u200b", "any one ", '"'])
def test_a_huge_text_is_checked_in_seconds(piece: str) -> None:
    check_draft(replace(CONTEXT, body=(piece * 60_000)[:60_000]))


def test_a_calm_guide_is_fit_and_a_brochure_never_is() -> None:
    """M17"""
    calm = "A backlog grows because jobs wait. If you count hours, you see why. " * 10
    assert check_asset(calm, AssetType.GUIDE, Stage.INTEREST).passed
    refused = check_asset(calm, AssetType.BROCHURE, Stage.DECISION, overruled=True)
    assert not refused.passed
    assert refused.findings[0].rule == "promotional"


def test_product_material_is_fit_from_consideration_on() -> None:
    """M27"""
    text = "The sync runs every five minutes. If a field differs, its owner wins. " * 10
    assert not check_asset(text, AssetType.SPEC, Stage.AWARENESS).passed
    assert check_asset(text, AssetType.SPEC, Stage.CONSIDERATION).passed


def test_sentences_that_sell_are_named_even_in_a_fit_piece() -> None:
    """M18"""
    calm = "A backlog grows because jobs wait. If you count hours, you see why. " * 20
    report = check_asset(calm + "\n\nBook a demo with our team.", AssetType.BLOG, Stage.AWARENESS)
    assert report.passed
    assert [f.sentence for f in report.findings] == ["Book a demo with our team."]


def test_an_asset_without_type_and_stage_says_what_was_not_judged() -> None:
    report = check_asset("A backlog grows because jobs wait.")
    assert set(report.skipped) == {"promotional_type", "stage_fit", "weak_case_study"}


def test_a_weak_case_study_is_flagged() -> None:
    """M46"""
    weak = "The company is happy. The mood is good and everybody is pleased with the fit."
    rules = {f.rule for f in check_asset(weak, AssetType.CASE_STUDY, Stage.DECISION).findings}
    assert "weak_case_study" in rules
