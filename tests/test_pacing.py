"""Pacing: send, wait, ask or hand over (M1 to M16, M50)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.channels import CHANNELS, open_channels, parse_channel
from knowledge.errors import BadInput
from knowledge.journey import Stage
from knowledge.leads import OURS, Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.pacing import PacingSettings, all_sent_pace, decide_pace, load_pacing
from knowledge.pacing_later import asked_to_wait_until
from knowledge.pacing_settings import PacingOverride
from knowledge.pacing_stop import asks_to_stop
from knowledge.touch import Pace, PaceDecision, StageReading

TODAY = date(2026, 11, 22)
SETTINGS = PacingSettings()
PROBLEM = "unplanned downtime on the presses"


def ago(days: int, action: Action, note: str = "", asset: str | None = None) -> HistoryEntry:
    return HistoryEntry(action, TODAY - timedelta(days=days), asset, note)


def lead(*history: HistoryEntry, questions: tuple[str, ...] = (), **facts: object) -> LeadProfile:
    facts.setdefault("name", "Dana Reyes")
    facts.setdefault("problem", PROBLEM)
    return LeadProfile(LeadFacts(**facts), history, questions)  # type: ignore[arg-type]


def pace(profile: LeadProfile, settings: PacingSettings = SETTINGS) -> Pace:
    return decide_pace(profile, TODAY, settings)


def moment(days: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, 22, hour, tzinfo=UTC) - timedelta(days=days)


def test_a_lead_with_a_known_problem_and_no_touch_yet_is_sent_something_today():
    """M15"""
    found = pace(lead())
    assert (found.decision, found.when, found.touch_number) == (PaceDecision.SEND, TODAY, 1)


def test_m1_bad_timing_never_closes_a_lead():
    found = pace(lead(contact_after=TODAY + timedelta(days=200)))
    assert found.decision is PaceDecision.WAIT
    assert found.when == TODAY + timedelta(days=200)
    assert found.rule == "contact_after"


def test_contact_after_today_or_earlier_is_no_reason_to_wait():
    assert pace(lead(contact_after=TODAY)).decision is PaceDecision.SEND


@pytest.mark.parametrize(("days", "decision"), [(6, "wait"), (7, "send"), (8, "send")])
def test_m8_the_default_gap_is_a_week_and_ends_on_its_last_day(days, decision):
    found = pace(lead(ago(days, Action.SENT)))
    assert found.decision == decision
    if decision == "wait":
        assert found.when == TODAY + timedelta(days=7 - days)
        assert "16 Nov 2026" in found.reason


def test_a_call_is_a_touch_and_m13_a_newsletter_is_none():
    assert pace(lead(ago(2, Action.CALLED))).rule == "gap"
    found = pace(lead(ago(2, Action.NEWSLETTER)))
    assert found.decision is PaceDecision.SEND
    assert found.touch_number == 1


def test_an_answer_is_no_touch():
    assert pace(lead(ago(9, Action.SENT), ago(1, Action.ANSWERED))).touch_number == 2
    assert pace(lead(ago(9, Action.SENT), ago(1, Action.ANSWERED))).decision is PaceDecision.SEND


def test_gap_days_of_the_lead_override_the_setting():
    assert pace(lead(ago(8, Action.SENT), gap_days=10)).when == TODAY + timedelta(days=2)
    assert pace(lead(ago(3, Action.SENT), gap_days=3)).decision is PaceDecision.SEND
    assert pace(lead(ago(0, Action.SENT), gap_days=0)).decision is PaceDecision.SEND


def test_m6_slow_lead_gets_a_longer_gap():
    silent = lead(ago(20, Action.SENT), ago(10, Action.SENT))
    assert pace(silent).when == TODAY + timedelta(days=4)
    assert pace(silent).gap_days == 14
    assert pace(lead(ago(20, Action.CALLED), ago(20, Action.NO_ANSWER), ago(10, Action.SENT)))\
        .gap_days == 14  # fmt: skip
    assert pace(lead(ago(40, Action.SENT), ago(15, Action.SENT), gap_days=30)).gap_days == 30


def test_any_act_between_touches_breaks_the_silence():
    assert pace(lead(ago(20, Action.SENT), ago(18, Action.READ), ago(10, Action.SENT)))\
        .decision is PaceDecision.SEND  # fmt: skip
    assert pace(lead(ago(20, Action.SENT), ago(10, Action.SENT), ago(9, Action.OPENED)))\
        .gap_days == 7  # fmt: skip


def test_m6_engaged_lead_gets_a_shorter_gap():
    acts = [ago(d, Action.READ) for d in (4, 3, 2, 1)]
    assert pace(lead(ago(5, Action.SENT), *acts)).decision is PaceDecision.SEND
    found = pace(lead(ago(4, Action.SENT), *acts))
    assert (found.gap_days, found.when) == (5, TODAY + timedelta(days=1))
    assert pace(lead(ago(5, Action.SENT), *acts[1:])).gap_days == 7
    assert pace(lead(ago(6, Action.SENT), *acts[1:], ago(7, Action.VISITED))).gap_days == 5
    assert pace(lead(ago(6, Action.SENT), *acts[1:], ago(8, Action.VISITED))).gap_days == 7


def test_entries_dated_in_the_future_are_no_touch_yet():
    found = pace(lead(ago(-3, Action.SENT), ago(30, Action.SENT)))
    assert (found.decision, found.touch_number) == (PaceDecision.SEND, 2)


def test_m9_gap_and_budget_by_product_line_segment_and_stage():
    settings = PacingSettings(
        overrides=(
            PacingOverride(segment="Enterprise", stage=Stage.DECISION, gap_days=3),
            PacingOverride(segment="enterprise", gap_days=10, budget=40),
        )
    )
    profile = lead(ago(5, Action.SENT), segment="enterprise")
    assert pace(profile, settings).gap_days == 10
    at = StageReading(Stage.DECISION, 1.0, ())
    decided = decide_pace(profile, TODAY, settings, at)
    assert (decided.gap_days, decided.budget) == (3, 40)
    assert pace(lead(ago(5, Action.SENT), segment="small"), settings).gap_days == 7


def test_m9_what_names_most_decides_and_of_two_equal_ones_the_later():
    line = PacingOverride(product_line="presses", gap_days=9, budget=20)
    segment = PacingOverride(segment="enterprise", gap_days=11)
    both = PacingOverride(product_line="presses", segment="enterprise", budget=30)
    everybody = PacingOverride(gap_days=8, budget=15)
    for overrides, plan in (
        ((line, segment), (11, 20)),
        ((segment, line), (9, 20)),
        ((both, line, segment), (11, 30)),
        ((both, segment, line, everybody), (9, 30)),
        ((everybody,), (8, 15)),
        ((), (7, 27)),
    ):
        settings = PacingSettings(overrides=overrides)
        found = settings.plan_for(" Presses", "ENTERPRISE", None)
        assert (found.gap_days, found.budget) == plan
    given = lead(ago(2, Action.SENT), product_line="presses", gap_days=4, budget=3)
    decided = pace(given, PacingSettings(overrides=(line,)))
    assert (decided.gap_days, decided.budget) == (4, 3)


@pytest.mark.parametrize(
    ("words", "until"),
    [
        ("Not now, try in spring.", date(2027, 3, 1)),
        ("call me after 3 March", date(2027, 3, 4)),
        ("Call me after March 3rd, 2028", date(2028, 3, 4)),
        ("Please come back in February.", date(2027, 2, 1)),
        ("We are swamped until 1 December, write to me then", date(2026, 12, 1)),
        ("Try us again next quarter", date(2027, 1, 1)),
        ("next month is better, get back to me", date(2026, 12, 1)),
        ("Ping me in two weeks", date(2026, 12, 6)),
        ("let's talk again in Q2", date(2027, 4, 1)),
        ("the third quarter is a better time, touch base then", date(2027, 7, 1)),
        ("Budget is frozen until the new year", date(2027, 1, 2)),
        ("Not this year. Reach out next year.", date(2027, 1, 1)),
        ("contact me again in 2028", date(2028, 1, 1)),
        ("busy until 2027-02-01", date(2027, 2, 1)),
        ("reach out after the summer", date(2027, 9, 1)),
        ("asked me to try again in May", date(2027, 5, 1)),
        ("maybe next quarter", date(2027, 1, 1)),
        ("Next quarter maybe.", date(2027, 1, 1)),
        ("perhaps after the summer", date(2027, 9, 1)),
        ("not this year", date(2027, 1, 1)),
        ("Sorry, not this year, thanks", date(2027, 1, 1)),
        ("Maybe in March?", date(2027, 3, 1)),
        ("Not until the new year", date(2027, 1, 2)),
        ("Why not this year?", None),
        ("Maybe next quarter we add shifts, how do others do it?", None),
        ("We are not this year's winner", None),
        ("Maybe the pumps are old", None),
        ("maybe", None),
        ("Get back to me after 31 June", None),
        ("not now", None),
        ("Call me on Friday", None),
        ("Call me after lunch", None),
        ("How do others come back after a summer shutdown?", None),
        ("Our contract ends in May", None),
        ("I read it in March", None),
        ("It may come back", None),
        ("Can we book a demo in March?", None),
    ],
)  # fmt: skip
def test_m1_a_later_date_is_read_from_words(words, until):
    assert asked_to_wait_until(words, TODAY) == until


@given(st.text(max_size=200), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_a_later_date_in_words_is_always_later(words, said_on):
    """M1"""
    for text in (words, f"call me back in {words}", f"not now, after {words}", f"in {words} weeks"):
        found = asked_to_wait_until(text, said_on)
        assert found is None or found > said_on


def test_m6_four_acts_in_a_week_make_five_days_enough_even_when_two_touches_are_unanswered():
    """The contract names the acts last; they count where the silence is of days only."""
    acts = [ago(d, Action.READ) for d in (7, 6, 6, 6)]
    found = pace(lead(*acts, ago(5, Action.SENT), ago(1, Action.SENT)))
    assert (found.gap_days, found.when) == (5, TODAY + timedelta(days=4))


def test_m10_touch_number_against_the_budget():
    found = pace(lead(*[ago(10 * n, Action.SENT) for n in (2, 3, 4, 5, 6)]))
    assert (found.touch_number, found.budget) == (6, 27)
    assert pace(lead(touches=11)).touch_number == 12


def test_budget_spent_waits_but_names_a_day_to_look_again():
    found = pace(lead(touches=27))
    assert (found.decision, found.rule) == (PaceDecision.WAIT, "budget")
    assert found.when == TODAY + timedelta(days=90)
    assert pace(lead(touches=26)).decision is PaceDecision.SEND
    assert pace(lead(touches=27, budget=30)).decision is PaceDecision.SEND
    assert pace(lead(touches=3, budget=3)).rule == "budget"


def test_m16_account_contacted_by_a_colleague():
    found = pace(lead(account_touched_on=TODAY - timedelta(days=2)))
    assert found.rule == "account_touched"
    assert found.when == TODAY + timedelta(days=5)
    assert pace(lead(account_touched_on=TODAY - timedelta(days=7))).decision is PaceDecision.SEND


def test_m16_a_reply_nobody_answered_waits():
    found = pace(lead(replied_at=moment(2)))
    assert (found.decision, found.rule) == (PaceDecision.WAIT, "unanswered_reply")
    assert found.reason == (
        "Dana replied on 20 Nov 2026 and is still waiting for an answer; answer first."
    )
    assert found.when == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("profile", "waits"),
    [
        (lead(replied_at=moment(2), answered_at=moment(1)), False),
        (lead(replied_at=moment(2, 9), answered_at=moment(2, 11)), False),
        (lead(replied_at=moment(2, 11), answered_at=moment(2, 9)), True),
        (lead(replied_at=moment(2), answered_at=moment(9)), True),
        (lead(replied_at=moment(2), waiting_for_answer=False), False),
        (lead(waiting_for_answer=True), True),
        (lead(waiting_for_answer=True, replied_at=moment(4), answered_at=moment(2)), True),
        (lead(ago(9, Action.SENT), ago(8, Action.REPLIED)), True),
        (lead(ago(9, Action.SENT), ago(8, Action.REPLIED), ago(7, Action.ANSWERED)), False),
        (lead(ago(30, Action.REPLIED), ago(20, Action.CALLED)), False),
        (lead(ago(30, Action.REPLIED), ago(20, Action.NEWSLETTER)), True),
        (lead(ago(8, Action.REPLIED), ago(8, Action.SENT)), False),
        (lead(ago(8, Action.SENT), ago(8, Action.REPLIED)), True),
        (lead(ago(8, Action.REPLIED), waiting_for_answer=False), False),
        (lead(ago(8, Action.ASKED, "what is wrench time?")), False),
        (lead(ago(-2, Action.REPLIED)), False),
        (lead(ago(8, Action.SENT), replied_at=moment(8)), True),
        (lead(ago(8, Action.ANSWERED), replied_at=moment(8)), False),
        (lead(replied_at=datetime(2026, 11, 20, 9), answered_at=moment(1)), False),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_who_waits_for_an_answer(profile, waits):
    assert (pace(profile).rule == "unanswered_reply") is waits


def test_questions_of_the_ask_do_not_mean_that_the_lead_waits():
    asked = "What is wrench time?"
    assert pace(lead(questions=(asked,))).decision is PaceDecision.SEND
    noted = lead(ago(2, Action.ASKED, asked), questions=(asked,))
    assert pace(noted).decision is PaceDecision.SEND


def test_m16_opted_out_of_every_channel_waits_without_a_date():
    for profile in (
        lead(opted_out=True),
        lead(opted_out_channels=("email", "phone", "SMS", "direct mail", "LinkedIn")),
        lead(opted_out_channels=("all",)),
        lead(ago(3, Action.OPTED_OUT)),
        lead(ago(3, Action.OPTED_OUT), opted_out=False),
        lead(ago(3, Action.OPTED_IN), opted_out=True),
    ):
        found = pace(profile)
        assert (found.decision, found.when, found.rule) == (PaceDecision.WAIT, None, "opted_out")


STOP = (
    "Please stop emailing me",
    "unsubscribe please",
    "We are not interested, remove me from your list",
    "Unsubscribe",
    "STOP",
    "Please stop.",
    "Please don't contact me again.",
    "Take me off your mailing list.",
    "Can you please stop emailing us?",
    "Please remove us from your database.",
    "How do I unsubscribe?",
    "I no longer wish to receive your emails.",
    "I don't want to hear from you any more.",
    "Leave me alone!",
    "No more emails, please.",
    "Do not call me again.",
    "Stop sending me this stuff.",
    "Not interested, thanks.",
    "I would like to opt out.",
    "Kindly unsubscribe me from this newsletter",
    "Never write to us again.",
    "Hi, could you delete my address from your list?",
    "We do not wish to be contacted.",
    "She asked us to stop calling.",
    "Asked to be removed from the list.",
    "Stop the emails please",
    "Thanks for the report. Please remove my email from your list.",
    "I withdraw my consent.",
    "Please stop emailing me, call volume is enough already.",
    "Don\u2019t email me anymore",
    "We're not interested in your product.",
    "please opt me out",
    "Stop spamming us",
)
GO_ON = (
    "How do we stop pumps failing?",
    "We stopped using spreadsheets.",
    "Can we unsubscribe from the weekly report in the tool?",
    "Not interested in phones yet, but how do others plan shifts?",
    "How do others stop unplanned downtime?",
    "Please do not contact us before March.",
    "Do not hesitate to call me.",
    "Why did you stop emailing me?",
    "How can we stop emailing spreadsheets around?",
    "What happens when customers unsubscribe?",
    "Don't call me, email me.",
    "Please don't call us on Fridays.",
    "Can the tool remove us from the paper trail?",
    "We are not interested in a demo yet.",
    "Can I remove users from the list?",
    "How do we opt out of the cloud version?",
    "Don't stop sending me these guides!",
    "How do we stop technicians calling us at night?",
    "Not interested right now, try again in spring.",
    "Does the system stop the press by itself?",
    "Why don't you call me?",
    "Can we take machines off the maintenance list?",
    "How do we lower unsubscribe rates?",
    "Our customers ask us to stop sending them paper invoices, how do others do it?",
    "Can it stop sending us alerts at night?",
    "We want no more downtime.",
    "How do I remove a machine from the list?",
    "Please don't email me until the budget is set.",
    "Is there an emergency stop?",
    "Stop losses: what do others do?",
    "If you do not send us the guide, we cannot decide.",
    "We want to stop the line less often.",
    "How do we stop suppliers from contacting us twice?",
    "Not interested, at the moment.",
    "Please send no more than one email a week.",
    "I do not believe it for engineers, so don't send these.",
    "Good point.\n> Unsubscribe",
    "To be removed from this mailing list, please click here.",
    "We do not want more messages from machines, only the urgent ones.",
)


@pytest.mark.parametrize("words", STOP)
def test_m16_words_that_ask_us_to_stop_are_an_opt_out_whatever_else_is_true(words):
    assert asks_to_stop(words)
    for profile in (
        lead(questions=(words,)),
        lead(questions=(words,), qualified=True),
        lead(ago(1, Action.REQUESTED_DEMO), ago(3, Action.REPLIED, words), ago(2, Action.ANSWERED)),
        lead(ago(4, Action.OPTED_IN), ago(3, Action.ASKED, words), problem=None),
        lead(ago(3, Action.REPLIED, words), ago(2, Action.OPTED_IN, "phone")),
    ):
        found = pace(profile)
        assert (found.decision, found.when, found.rule) == (PaceDecision.WAIT, None, "opted_out")
        assert "asked not to be contacted" in found.reason
        assert "record it as an opt-out" in found.reason


@pytest.mark.parametrize("words", GO_ON)
def test_m16_to_stop_something_else_is_no_opt_out(words):
    assert not asks_to_stop(words)
    assert pace(lead(questions=(words,))).rule != "opted_out"


@given(st.text(max_size=200))
def test_any_text_may_be_asked_whether_it_says_stop(words):
    assert asks_to_stop(words) in {True, False}


def test_m16_an_opt_in_later_than_the_words_undoes_them():
    said = ago(9, Action.REPLIED, "Please stop emailing me.")
    back = lead(said, ago(8, Action.ANSWERED), ago(3, Action.OPTED_IN))
    assert pace(back).decision is PaceDecision.SEND
    assert pace(lead(said, ago(8, Action.ANSWERED), ago(3, Action.OPTED_IN, "email"))).when == TODAY
    assert pace(lead(said, ago(-3, Action.OPTED_IN))).rule == "opted_out"
    assert pace(lead(ago(9, Action.OPTED_IN), ago(3, Action.REPLIED, "STOP"))).rule == "opted_out"


def test_a_title_that_speaks_of_stopping_is_no_opt_out():
    assert pace(lead(ago(9, Action.READ, "Unsubscribe"))).decision is PaceDecision.SEND


def test_opting_in_again_restores_the_lead():
    assert pace(lead(ago(9, Action.OPTED_OUT), ago(3, Action.OPTED_IN))).decision == "send"
    assert pace(lead(ago(3, Action.OPTED_OUT), ago(9, Action.OPTED_IN))).rule == "opted_out"


def test_m16_an_opt_in_counts_from_its_own_day_on():
    profile = lead(ago(9, Action.OPTED_OUT, "email"), ago(-3, Action.OPTED_IN, "email"))
    assert "email" not in open_channels(profile, TODAY)
    assert "email" in open_channels(profile, TODAY + timedelta(days=3))


def test_m16_an_opt_out_is_understood_in_many_spellings():
    for words, left in (
        (("all but email",), ("email",)),
        (("Text messages", "phone calls", "Letters"), ("email", "social")),
        (("email, fax",), ("phone", "text", "direct_mail", "social")),
        (("fax",), CHANNELS),
        (("SMS/LinkedIn or post",), ("email", "phone")),
    ):
        assert open_channels(lead(opted_out_channels=words)) == left


def test_an_opt_out_of_some_channels_leaves_the_others():
    profile = lead(opted_out_channels=("email", "phone"))
    assert open_channels(profile) == ("text", "direct_mail", "social")
    assert pace(profile).decision is PaceDecision.SEND
    by_note = lead(ago(3, Action.OPTED_OUT, "email"))
    assert "email" not in open_channels(by_note)
    assert pace(by_note).decision is PaceDecision.SEND


@pytest.mark.parametrize(
    ("word", "channel"),
    [("E-mail", "email"), ("sms", "text"), ("Direct-mail task", "direct_mail"),
     ("phone call", "phone"), ("linkedin", "social"), ("carrier pigeon", None)],
)  # fmt: skip
def test_m52_channels_have_many_names(word, channel):
    assert parse_channel(word) == channel


def test_m50_a_sales_ready_lead_is_handed_over():
    for profile in (
        lead(qualified=True),
        lead(ago(3, Action.REQUESTED_DEMO)),
        lead(ago(3, Action.REQUESTED_QUOTE), ago(2, Action.SENT)),
        lead(ago(3, Action.BOOKED_MEETING)),
        lead(questions=("Can you send us a quote for 50 users?",)),
        lead(ago(3, Action.REPLIED, "Thanks! Could we book a demo next week?")),
        lead(intent="wants a demo"),
        lead(problem="need a proposal from you before Christmas"),
    ):
        found = pace(profile)
        assert (found.decision, found.when) == (PaceDecision.HAND_OVER, TODAY), profile


def test_visiting_the_pricing_page_is_not_asking():
    assert pace(lead(ago(1, Action.VISITED_PRICING))).decision is PaceDecision.SEND


def test_what_a_customer_asked_before_buying_is_settled():
    """A purchase ends the old request; a new one counts again."""
    old = (ago(90, Action.REQUESTED_DEMO), ago(80, Action.REQUESTED_QUOTE), ago(60, Action.BOUGHT))
    assert pace(lead(*old, intent="wants a demo")).decision is PaceDecision.SEND
    assert pace(lead(*old, ago(2, Action.BOOKED_MEETING))).rule == "asked_for_sales"
    asked_now = lead(*old, questions=("Please send a quote for 20 more seats",))
    assert pace(asked_now).decision is PaceDecision.HAND_OVER


def test_m22_an_unknown_problem_is_asked_about_first():
    found = pace(lead(problem=None))
    assert (found.decision, found.when) == (PaceDecision.ASK, TODAY)
    assert pace(lead(problem="  ")).decision is PaceDecision.ASK
    for known in (
        lead(problem=None, intent="fewer breakdowns"),
        lead(problem=None, questions=("Why do bearings fail?",)),
        lead(ago(20, Action.ASKED, "Why do bearings fail?"), ago(9, Action.SENT), problem=None),
    ):
        assert pace(known).decision is PaceDecision.SEND


def test_the_order_of_the_contract_decides_and_every_other_reason_is_told():
    everything: dict[str, object] = {
        "opted_out": True, "qualified": True, "waiting_for_answer": True, "touches": 30,
        "account_touched_on": TODAY, "contact_after": TODAY + timedelta(days=60), "problem": None,
    }  # fmt: skip
    history = (ago(5, Action.REQUESTED_DEMO), ago(1, Action.SENT))
    order = [
        ("opted_out", "opted_out"), ("qualified", "qualified"), (None, "asked_for_sales"),
        ("waiting_for_answer", "unanswered_reply"), ("account_touched_on", "account_touched"),
        (None, "gap"), ("contact_after", "contact_after"), ("touches", "budget"),
    ]  # fmt: skip
    for left, (fact, rule) in enumerate(order):
        profile = LeadProfile(LeadFacts(**everything), history)  # type: ignore[arg-type]
        found = pace(profile)
        assert found.rule == rule
        assert len(found.also) == len(order) - left
        if fact:
            everything.pop(fact)
            everything.setdefault("problem", None)
        else:
            history = history[1:]
    assert pace(LeadProfile(LeadFacts(problem=None))).rule == "problem_unknown"


def test_the_day_to_look_again_is_the_last_of_those_that_forbid_a_touch():
    found = pace(lead(ago(1, Action.SENT), contact_after=TODAY + timedelta(days=40)))
    assert found.rule == "gap"
    assert found.when == TODAY + timedelta(days=40)
    assert found.reason.endswith("another reason to wait lasts until 1 Jan 2027.")


def test_all_that_fits_sent_already_comes_before_the_budget():
    profile = lead(touches=27)
    found = all_sent_pace(profile, TODAY, SETTINGS, pace=pace(profile))
    assert (found.decision, found.rule) == (PaceDecision.WAIT, "all_sent")
    assert any("27 planned touches" in reason for reason in found.also)
    assert found.when == date(2027, 2, 20)
    assert "look again on 20 Feb 2027" in found.reason
    fresh = all_sent_pace(lead(), TODAY, SETTINGS, pace=pace(lead()))
    assert (fresh.rule, fresh.also) == ("all_sent", ())
    assert fresh.when == TODAY + timedelta(days=14)
    assert "look again on 6 Dec 2026" in fresh.reason
    ready = lead(qualified=True)
    kept = all_sent_pace(ready, TODAY, SETTINGS, pace=pace(ready))
    assert kept.decision is PaceDecision.HAND_OVER
    assert kept.also


def test_m5_after_a_download_the_phone_is_not_offered_and_a_call_draws_a_warning():
    profile = lead(ago(1, Action.DOWNLOADED, asset="a"))
    assert "phone" not in open_channels(profile, TODAY)
    assert pace(profile).warnings == ()
    planned = decide_pace(profile, TODAY, SETTINGS, channel="call")
    assert "send another educational piece" in planned.warnings[0]
    assert "phone" in open_channels(lead(ago(30, Action.DOWNLOADED)), TODAY)


def test_m11_a_plan_of_lead_then_call_then_sale_draws_a_warning():
    profile = lead(ago(12, Action.DOWNLOADED), ago(11, Action.CALLED))
    assert "lead, then call, then sale" in pace(profile).warnings[0]
    between = lead(ago(15, Action.DOWNLOADED), ago(14, Action.SENT), ago(8, Action.CALLED))
    assert pace(between).warnings == ()


def test_the_home_file_changes_the_numbers(tmp_path):
    (tmp_path / "pacing.toml").write_text(
        '[gap]\ndays = 9\n[[override]]\nstage = "near_purchase"\nbudget = 5\n'
    )
    settings = load_pacing(tmp_path)
    assert settings.gap_days == 9
    assert settings.plan_for(None, None, Stage.DECISION).budget == 5
    assert load_pacing() == PacingSettings()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[gap]\ndays = -1\n", "gap.days"),
        ("[gap]\ndays = 'x'\n", "gap.days"),
        ("[gap]\ndays = true\n", "gap.days"),
        ("[gap]\nday = 3\n", "gap.day"),
        ("[[override]]\nstage = 'soon'\n", "stage"),
        ("[[override]]\ncolour = 'red'\n", "colour"),
        ("override = 3\n", "override"),
        ("[gap\n", "not valid TOML"),
    ],
)
def test_a_bad_pacing_file_is_named_with_its_key(tmp_path, text, named):
    (tmp_path / "pacing.toml").write_text(text)
    with pytest.raises(BadInput, match=r"pacing\.toml") as told:
        load_pacing(tmp_path)
    assert named in str(told.value)


days = st.integers(-20, 120)
entries = st.builds(
    lambda action, d, note: ago(d, action, note),
    st.sampled_from(list(Action)),
    days,
    st.sampled_from(["", "email", "please call me", "why do bearings fail?"]),
)
profiles = st.builds(
    lambda history, **facts: LeadProfile(LeadFacts(**facts), tuple(history)),
    st.lists(entries, max_size=8),
    problem=st.sampled_from([None, PROBLEM]),
    qualified=st.sampled_from([None, False, True]),
    waiting_for_answer=st.sampled_from([None, False, True]),
    touches=st.none() | st.integers(0, 40),
    gap_days=st.none() | st.integers(0, 40),
    contact_after=st.none() | st.builds(lambda d: TODAY + timedelta(days=d), days),
    account_touched_on=st.none() | st.builds(lambda d: TODAY - timedelta(days=d), days),
    opted_out=st.sampled_from([None, False, True]),
    opted_out_channels=st.lists(st.sampled_from(CHANNELS), max_size=5).map(tuple),
)


@given(profiles)
def test_opted_out_leads_are_never_sent_anything(profile):
    found = pace(profile)
    so_far = tuple(e for e in profile.history if e.on <= TODAY or e.action is not Action.OPTED_IN)
    out = profile.facts.opted_out or not open_channels(LeadProfile(profile.facts, so_far))
    assert (found.rule == "opted_out") == out
    if out:
        assert (found.decision, found.when) == (PaceDecision.WAIT, None)


@given(profiles)
def test_every_wait_names_a_later_day_and_everything_else_is_for_today(profile):
    found = pace(profile)
    if found.rule != "opted_out":
        waits = found.decision is PaceDecision.WAIT
        assert found.when is not None
        assert found.when > TODAY if waits else found.when == TODAY
    assert found.reason.endswith(".")
    assert found.touch_number >= 1


@given(profiles, st.randoms())
def test_the_order_in_which_different_days_are_given_does_not_matter(profile, random):
    one_a_day = {e.on: e for e in profile.history}
    shuffled = list(one_a_day.values())
    random.shuffle(shuffled)
    ordered = sorted(shuffled, key=lambda e: e.on)
    assert pace(LeadProfile(profile.facts, tuple(shuffled))) == pace(
        LeadProfile(profile.facts, tuple(ordered))
    )


@given(profiles)
def test_more_news_letters_change_nothing(profile):
    """M13"""
    more = (*profile.history, ago(1, Action.NEWSLETTER), ago(0, Action.NEWSLETTER))
    with_them, without = pace(LeadProfile(profile.facts, more)), pace(profile)
    assert with_them.decision == without.decision
    assert with_them.touch_number == without.touch_number
    assert Action.NEWSLETTER in OURS


@pytest.mark.parametrize("said", ["call me after 31 December 9999", "try again after 9999-12-31"])
def test_m16_a_day_beyond_the_calendar_is_no_day_to_wait_for(said):
    assert asked_to_wait_until(said, TODAY) is None
