"""What helped is asked, kept, and feeds the ranking without feeding on itself (M48)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.next_touch import next_touch
from bot.listeners.answering import plan
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.reading import incoming
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from bot.views import words
from bot.views.card import Act, Acted, Afterwards, review_card
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType, Stage
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from knowledge.touch import Ask, Candidate, Ranking, StageReading
from knowledge.track_record import PROGRESS_DAYS, TouchOutcome, moved_on
from retrieval.ranking import RULES, RankingSettings, alternates, rank
from retrieval.ranking_track import (
    FEW,
    AssetRecord,
    TrackSettings,
    asset_records,
    record_sentence,
    track_points,
    track_record_rule,
)
from storage.audit import Audit
from storage.leads import Leads
from storage.suggestions import Suggestions
from storage.tables import TouchOutcomeRow
from storage.track_record import TrackRecord
from tests.conftest import Ran
from tests.slack.examples import a_card
from tests.slack.fake import BOT, fake_slack
from tests.slack.office import CARD_OWNERS
from tests.slack.payloads import check_message, texts
from tests.storage_examples import a_suggestion

pytest_plugins = ("tests.databases",)

TODAY = date(2026, 11, 22)
SETTINGS = TrackSettings()
QUESTION = "How do we cut downtime?"
INTEREST = StageReading(Stage.INTEREST, 1.0, ("given",))


def outcome(asset_id: str = "a", *, days_ago: int = 30, **came: Any) -> TouchOutcome:
    stage = came.pop("stage", Stage.INTEREST)
    return TouchOutcome(asset_id, stage, TODAY - timedelta(days=days_ago), **came)


def touches(asset_id: str, well: int, badly: int, **more: Any) -> list[TouchOutcome]:
    return [outcome(asset_id, moved=m, **more) for m in [True] * well + [False] * badly]


def found(name: str, score: float = 0.6, kind: AssetType = AssetType.GUIDE) -> Candidate:
    asset = Asset(
        id=name, title=f"Piece {name}", type=kind, text="Text.", source=f"{name}.md",
        status=AssetStatus.APPROVED,
    )  # fmt: skip
    return Candidate(asset, score, score, "A passage.", answers=(0,))


def ranking(candidates: list[Candidate], outcomes: list[TouchOutcome]) -> Ranking:
    return rank(
        candidates, LeadProfile(questions=(QUESTION,)), INTEREST, today=TODAY,
        promotional=lambda *_: None,
        rules=(*RULES, track_record_rule(asset_records(outcomes, TODAY))),
    )  # fmt: skip


def order(candidates: list[Candidate], outcomes: list[TouchOutcome]) -> list[str]:
    return [r.asset.id for r in ranking(candidates, outcomes).ranked]


# What came of a touch


def test_m48_an_act_on_the_piece_in_time_is_progress_and_silence_is_none_when_time_is_up():
    """M48 Within the window the outcome is open; a reaction settles it at once."""
    sent = outcome(days_ago=10)
    read = HistoryEntry(Action.READ, TODAY - timedelta(days=8), "a")
    assert moved_on(sent, [read], [], today=TODAY) is True
    assert moved_on(sent, [], [], today=TODAY) is None
    assert moved_on(sent, [], [], today=sent.on + timedelta(days=PROGRESS_DAYS + 1)) is False
    late = replace(read, on=sent.on + timedelta(days=PROGRESS_DAYS + 1))
    assert moved_on(sent, [late], [], today=late.on) is False
    other = replace(read, asset_id="b")
    assert moved_on(sent, [other], [], today=TODAY) is None


def test_m48_a_reply_counts_for_the_latest_touch_before_it_alone():
    """M48 What follows the next touch is that one's; a question of the same day is no effect."""
    sent = outcome(days_ago=20)
    reply = HistoryEntry(Action.REPLIED, sent.on + timedelta(days=9))
    assert moved_on(sent, [reply], [], today=TODAY)
    assert not moved_on(sent, [reply], [], today=TODAY, next_touch=sent.on + timedelta(days=7))
    asked = HistoryEntry(Action.ASKED, sent.on)
    opened = HistoryEntry(Action.OPENED, sent.on + timedelta(days=1), "a")
    assert not moved_on(sent, [asked, opened], [], today=TODAY)


def test_m48_a_later_stage_is_progress_and_an_earlier_one_is_none():
    """M48 Moving on along the journey counts, too."""
    sent, after = outcome(days_ago=20), TODAY - timedelta(days=10)
    assert moved_on(sent, [], [(after, Stage.DECISION)], today=TODAY)
    assert not moved_on(sent, [], [(after, Stage.AWARENESS)], today=TODAY)
    assert not moved_on(sent, [], [(sent.on, Stage.DECISION)], today=TODAY)


# Points


def test_m48_a_record_breaks_a_near_tie_and_never_more():
    """M48 The best record against the worst moves less than a clear answer or a stage."""
    known = touches("good", 400, 0) + touches("bad", 0, 400)
    assert order([found("bad"), found("good", 0.59)], known) == ["good", "bad"]
    weights = RankingSettings()
    assert 2 * SETTINGS.most < weights.same_stage - weights.earlier_stage
    clearly = [found("bad", 0.6 + 0.15), found("good")]
    assert order(clearly, known) == ["bad", "good"]
    staged = [found("bad"), found("good", kind=AssetType.CASE_STUDY)]
    assert order(staged, known) == ["bad", "good"]


outcomes_drawn = st.lists(
    st.builds(
        outcome,
        st.sampled_from("abcd"),
        days_ago=st.integers(-5, 2000),
        stage=st.sampled_from(Stage),
        helped=st.sampled_from([None, True, False]),
        moved=st.sampled_from([None, True, False]),
    ),
    max_size=40,
)


@given(outcomes_drawn, st.randoms(use_true_random=False))
def test_m48_points_are_bounded_and_ignore_order(known: list[TouchOutcome], random: Random):
    """M48 Any outcomes, in any order: the same points, within the bound."""
    records = asset_records(known, TODAY)
    mixed = known[:]
    random.shuffle(mixed)
    again = asset_records(mixed, TODAY)
    assert records.keys() == again.keys()
    for name, record in records.items():
        points = track_points(record)
        assert abs(points) <= SETTINGS.most
        assert points == pytest.approx(track_points(again[name]), abs=1e-9)
        assert 0 <= record.helped <= record.touches


@given(outcomes_drawn, st.sampled_from("abcd"))
def test_m48_removing_a_candidate_never_reorders_the_others(known: list[TouchOutcome], gone: str):
    """M48 A piece's points come from its own record and the library's mean, not from rivals."""
    pieces = [found(n, 0.6 + i / 500) for i, n in enumerate("abcd")]
    kept = [n for n in order(pieces, known) if n != gone]
    assert order([p for p in pieces if p.asset.id != gone], known) == kept


@given(st.integers(0, 30), st.integers(1, 30))
def test_m48_one_touch_that_went_better_never_costs_points(well: int, badly: int):
    """M48 A success in a failure's place raises the piece."""
    rest = touches("rest", 30, 60)
    before = asset_records(touches("a", well, badly) + rest, TODAY)["a"]
    after = asset_records(touches("a", well + 1, badly - 1) + rest, TODAY)["a"]
    assert track_points(after) >= track_points(before)


def test_m48_an_alternate_passed_over_for_its_record_says_so():
    """M48 The why-not of a near tie that the record decided."""
    known = touches("good", 40, 10) + touches("bad", 10, 40)
    for other, said in (("bad", "speak less for it"), ("new", "not sent often enough yet")):
        told = alternates(ranking([found("good"), found(other)], known))
        assert [t.rule for t in told] == ["track_record"]
        assert said in told[0].why_not


def test_m48_no_record_no_points_and_no_sentence():
    """M48 A piece nobody sent yet is neither praised nor held back."""
    result = ranking([found("new")], touches("old", 5, 5))
    assert "track_record" not in {c.rule for c in result.ranked[0].contributions}


def test_m48_an_average_piece_sent_often_gives_way_to_one_unknown():
    """M48 What is well known to be average lets a new piece have its chance."""
    known = touches("often", 100, 100) + touches("rest", 100, 100)
    assert order([found("often"), found("unknown", 0.59)], known) == ["unknown", "often"]


def test_m48_many_wins_count_for_nothing_when_the_rate_is_low():
    """M48 Fifty wins in 500 touches are worse than eight in ten."""
    known = touches("famous", 50, 450) + touches("rare", 8, 2)
    assert order([found("famous"), found("rare")], known) == ["rare", "famous"]


def test_m48_pieces_for_early_stages_are_not_blamed_for_the_stage():
    """M48 Success is measured against touches at the same stage."""
    known = touches("blog", 30, 70, stage=Stage.AWARENESS)
    known += touches("other blog", 10, 90, stage=Stage.AWARENESS)
    known += touches("case", 60, 40, stage=Stage.DECISION)
    known += touches("other case", 70, 30, stage=Stage.DECISION)
    records = asset_records(known, TODAY)
    assert track_points(records["blog"]) > 0 > track_points(records["case"])


def test_m48_kind_answers_are_measured_against_answers():
    """M48 Reps answer kindly, so answers are compared with answers only."""
    known = [outcome("answered", helped=True) for _ in range(20)]
    known += [outcome("also answered", helped=True) for _ in range(20)]
    known += touches("seen", 10, 10) + touches("also seen", 2, 18)
    records = asset_records(known, TODAY)
    assert track_points(records["seen"]) > track_points(records["answered"])


def test_m48_a_rep_s_answer_counts_before_what_the_lead_did():
    """M48 The person who was there knows better."""
    (record,) = asset_records([outcome(helped=False, moved=True)], TODAY).values()
    assert (record.touches, record.helped) == (1, 0)


def test_m48_old_outcomes_fade():
    """M48 A success a half-life ago counts half."""
    age = int(SETTINGS.half_life_days)
    (record,) = asset_records([outcome(days_ago=age, moved=True)], TODAY).values()
    assert record.weight == pytest.approx(0.5)
    lately = asset_records(touches("a", 10, 0) + touches("b", 5, 5), TODAY)
    long_ago = asset_records(touches("a", 10, 0, days_ago=6 * age) + touches("b", 5, 5), TODAY)
    assert track_points(lately["a"]) > track_points(long_ago["a"])


@pytest.mark.parametrize(
    ("touched", "helped", "said"),
    [
        (7, 5, "It helped in 5 of 7 touches so far."),
        (3, 2, "It helped in 2 of 3 touches so far, which is little to go by."),
        (1, 1, "It helped in the one touch it had so far."),
        (1, 0, "It did not help in the one touch it had so far."),
        (FEW, 0, f"It helped in none of {FEW} touches so far."),
    ],
)  # fmt: skip
def test_m48_the_card_says_small_numbers_are_small(touched: int, helped: int, said: str):
    """M48 The record in words."""
    assert record_sentence(AssetRecord(touched, helped, 1.0, 1.0, 0.5)) == said


def test_m48_a_better_newcomer_is_not_buried_by_old_wins():
    """M48 In small: a newcomer enters beside a piece with a hundred wins, and is shown more."""
    random = Random(7)
    rates = {"old": 0.4, "new": 0.7}
    known = touches("old", 100, 150, days_ago=60)
    shown = {"old": 0, "new": 0}
    for _ in range(120):
        pieces = [found(n, 0.6 + random.gauss(0, 0.02)) for n in rates]
        first = order(pieces, known)[0]
        shown[first] += 1
        known += touches(first, 1, 0) if random.random() < rates[first] else touches(first, 0, 1)
    assert shown["new"] > 2 * shown["old"]


# Keeping answers


@pytest.fixture
def audit(set_clock: Any, tmp_path: Path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


@pytest.fixture
def track(db: Any, audit: Audit, set_clock: Any) -> TrackRecord:
    """With the approved suggestion s1 for the lead L1, of today."""
    Leads(db, set_clock).put("L1", LeadFacts(company="Quill Waterworks"), "import", "U1")
    suggestions = Suggestions(db, audit, set_clock)
    saved = suggestions.save(a_suggestion())
    suggestions.approve("s1", "U1", saved.text_hash or "")
    return TrackRecord(db, audit, set_clock)


def day(clock: Any, after: int = 0) -> date:
    return clock.now().date() + timedelta(days=after)


def test_m48_an_answer_is_kept_audited_and_may_change(track, audit, db, set_clock):
    """M48 M56 Each change is in the audit log once, with who and what; the same again is not."""
    assert track.answer_to("s1") is None
    track.answer("s1", "U1", helped=True)
    set_clock.move(hours=1)
    assert track.answer("s1", "U1", helped=True).at < set_clock.now()
    track.answer("s1", "U1", helped=False)
    answer = track.answer_to("s1")
    assert (answer.helped, answer.by, answer.at) == (False, "U1", set_clock.now())
    made = [e for e in audit.entries(db, "s1") if e.kind == "suggestion.answered"]
    assert [(e.actor, e.data["helped"], e.data["before"]) for e in made] == [
        ("U1", True, None), ("U1", False, True),
    ]  # fmt: skip
    assert audit.verify(db).ok


def test_m48_only_an_approved_touch_can_have_helped(track, audit, db, set_clock):
    """M48 M59 An unknown or undecided suggestion is answered with a sentence."""
    with pytest.raises(NotFound, match="'ghost'"):
        track.answer("ghost", "U1", helped=True)
    Suggestions(db, audit, set_clock).save(a_suggestion("s2"))
    with pytest.raises(BadInput, match="approved"):
        track.answer("s2", "U1", helped=True)


def test_m48_progression_is_read_from_the_lead_s_history_and_later_stages(
    track, audit, db, set_clock
):
    """M48 An act, a later suggestion's stage or a rep's correction shows that a lead moved on."""
    leads, on = Leads(db, set_clock, audit), day(set_clock)
    (open_,) = track.outcomes("UTC", on)
    assert open_ == TouchOutcome("valves-1", Stage.INTEREST, on)
    (silent,) = track.outcomes("UTC", on + timedelta(days=PROGRESS_DAYS + 1))
    assert silent.moved is False
    set_clock.move(days=3)
    leads.correct_stage("L1", Stage.DECISION, "U1")
    assert track.outcomes("UTC", day(set_clock))[0].moved is True
    assert track.outcomes("UTC", on)[0].moved is None  # nothing of it was known then
    before = track.revision()
    leads.add_history("L1", [HistoryEntry(Action.READ, on + timedelta(days=1), "valves-1")])
    assert track.revision() != before
    assert track.outcomes("UTC", on + timedelta(days=1))[0].moved is True


def test_m48_a_later_stage_counts_when_it_is_read_with_confidence(track, audit, db, set_clock):
    """M48 A guess at a later stage is no progress."""
    suggestions = Suggestions(db, audit, set_clock)
    for days, confidence, moved in ((2, 0.3, None), (2, 0.9, True)):
        set_clock.move(days=days)
        stage = StageReading(Stage.DECISION, confidence, ())
        suggestions.save(replace(a_suggestion(f"s{confidence}"), stage=stage))
        assert track.outcomes("UTC", day(set_clock))[0].moved is moved


def test_m48_a_touch_of_nobody_on_record_counts_by_the_answer_alone(track, audit, db, set_clock):
    """M48 What a stranger did afterwards, nobody knows: silence is not held against the piece."""
    suggestions = Suggestions(db, audit, set_clock)
    saved = suggestions.save(a_suggestion("s3", lead_id=None))
    suggestions.approve("s3", "U1", saved.text_hash)
    later = day(set_clock, 100)
    assert track.outcomes("UTC", later)[1].moved is None
    track.answer("s3", "U1", helped=True)
    assert track.outcomes("UTC", later)[1].helped is True


def test_m48_an_erased_lead_leaves_the_counts_and_nothing_of_itself(track, audit, db, set_clock):
    """M48 M60 Whether the touch went well stays with the asset; the acts that showed it go."""
    leads, on = Leads(db, set_clock, audit), day(set_clock)
    leads.add_history("L1", [HistoryEntry(Action.REPLIED, on + timedelta(days=2), note="Lovely")])
    track.answer("s1", "U1", helped=True)
    set_clock.move(days=30)
    before = asset_records(track.outcomes("UTC", day(set_clock)), day(set_clock))
    leads.erase("L1", "U9")
    assert asset_records(track.outcomes("UTC", day(set_clock)), day(set_clock)) == before
    with db.read() as session:
        kept = session.get(TouchOutcomeRow, "s1").model_dump()
    assert kept["moved"] is True
    assert not {"L1", "Lovely"} & {str(v) for v in kept.values()}
    assert audit.verify(db).ok


# Asking


def test_m48_an_approved_card_asks_and_shows_the_answer():
    """M48 M58 Two buttons that carry an id alone; the answer given is said and marked."""
    for helped, said in ((None, "Did it help"), (True, "it helped"), (False, "it did not help")):
        card = review_card(
            a_card(), Acted(Act.APPROVED, "U1", "today", after=Afterwards(helped=helped))
        )
        check_message(card.payload())
        row = [b for b in card.blocks[-1]["elements"] if b["action_id"].endswith("helped")]
        assert [b["action_id"] for b in row] == ["helped", "not_helped"]
        assert {b["value"] for b in row} == {"touch-0123456789ab"}
        assert said in " ".join(texts(list(card.blocks)))
        assert [b.get("style") for b in row] == [
            "primary" if helped is True else None, "primary" if helped is False else None,
        ]  # fmt: skip
    bare = review_card(a_card(asset=False), Acted(Act.APPROVED, "U1", "today"))
    assert not [b for b in bare.blocks[-1]["elements"] if b["action_id"].endswith("helped")]


@pytest.fixture
def edge(tools: Wired) -> Iterator[Edge]:
    with fake_slack() as slack:
        poster = Poster(make_client("xoxb-test", slack.url), tools.outbox, sleep=lambda _: None)
        yield Edge(tools, poster, BOT, lambda _: None)


DOWNTIME = "How do I cut unplanned downtime on the presses?"


def approved(tools: Wired, question: str = DOWNTIME) -> str:
    asked = Ask(date(2026, 6, 15), questions=(question,), asked_by="U01ROBIN")
    made = tools.suggestions.get(next_touch(asked, tools).id)
    tools.suggestions.approve(made.id, "U01ROBIN", made.text_hash or "")
    return made.id


def press(edge: Edge, button: str, suggestion_id: str, at: str, user: str = "U01ROBIN") -> str:
    """Press a button; returns the text of the message it brings."""
    body = {
        "type": "block_actions", "user": {"id": user}, "team": {"id": "T01"},
        "container": {"message_ts": "1.0", "channel_id": "D01ROBIN"},
        "actions": [{"action_id": button, "value": suggestion_id, "action_ts": at}],
    }  # fmt: skip
    event = incoming(body, BOT, lambda *_: False)
    assert event is not None
    assert event.kind is Kind.ACTION
    edge.tools.inbox.record(event.key, event.kind, event.payload())
    keys = plan(event.key, edge)
    assert Incoming.from_payload(edge.tools.inbox.payload(event.key) or {}) == event
    assert plan(event.key, edge) == keys  # run again after a death: the same
    planned = edge.tools.outbox.get(keys[0])
    return " ".join(texts([planned.payload]))


def test_m48_pressing_keeps_the_answer_and_pressing_the_other_changes_it(edge: Edge):
    """M48 The card shows the answer; the second press changes it; the audit log has both."""
    made = approved(edge.tools)
    assert words.did_it_help(True) in press(edge, "helped", made, "1")
    assert words.did_it_help(False) in press(edge, "not_helped", made, "2")
    assert edge.tools.track_record.answer_to(made).helped is False
    entries = edge.tools.audit.entries(edge.tools.db, made)
    assert [e.data["helped"] for e in entries if e.kind == "suggestion.answered"] == [True, False]


def test_m48_only_the_asker_is_heard(edge: Edge):
    """M48 M58 Somebody else's press is answered with a sentence and changes nothing."""
    made = approved(edge.tools)
    told = press(edge, "helped", made, "1", user="U02MIKA")
    assert CARD_OWNERS in told
    assert edge.tools.track_record.answer_to(made) is None


def test_m48_the_command_line_takes_an_answer(home: Path, trailguide: Callable[..., Ran]) -> None:
    """M48 M59 `touches helped ID yes|no`, with a plain sentence for what cannot be."""
    tools = build(Settings(home=home))
    made = approved(tools)
    said = trailguide("--home", home, "touches", "helped", made, "yes")
    assert (said.status, said.out) == (0, f"Noted: the piece of {made} helped.\n")
    assert trailguide("--home", home, "touches", "helped", made, "No").status == 0
    assert tools.track_record.answer_to(made).helped is False
    for wrong in (("ghost", "yes"), (made, "maybe")):
        refused = trailguide("--home", home, "touches", "helped", *wrong)
        assert refused.status == 2
        assert refused.out == ""
        assert len(refused.err.strip().splitlines()) == 1
        assert "Traceback" not in refused.err
    tools.close()


# All together


def test_m48_a_recommendation_counts_what_helped_at_the_very_next_ask(tools: Wired):
    """M48 Answers move the piece's points; with none there is no such rule in the reasons."""
    made, other = approved(tools), approved(tools, "How long does a rollout take?")
    asset_id = tools.suggestions.get(made).asset.asset_id
    today = datetime.now(UTC).date() + timedelta(days=1)

    def points() -> float:
        ask = Ask(today, questions=(DOWNTIME,))
        chosen = next_touch(ask, tools, keep=False)
        assert chosen.chosen is not None
        assert chosen.chosen.asset.id == asset_id
        return sum(c.points for c in chosen.chosen.contributions if c.rule == "track_record")

    assert points() == 0
    tools.track_record.answer(other, "U01ROBIN", helped=True)
    tools.track_record.answer(made, "U01ROBIN", helped=False)
    first = tools.track_rules.rule(today)
    assert points() < 0
    assert tools.track_rules.rule(today) is first  # nothing came in: not worked out again
