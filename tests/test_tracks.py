"""Tracks: readable plans of touches, what sets them off, their steps and ends (M4, M5, M45)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import BadInput
from knowledge.journey import PROMOTIONAL_TYPES, AssetType, Stage
from knowledge.leads import Action
from knowledge.pacing import decide_pace
from knowledge.pacing_settings import PacingSettings
from knowledge.plan_place import HeldPlan, Place
from knowledge.segments import load_segments, segments_in_force
from knowledge.track_files import load_tracks, track_warnings, tracks_in_force
from knowledge.tracks import Step, Track, Trigger, as_json, from_json
from tests.conftest import Ran
from tests.plan_examples import TODAY, placed, standing, touches


def on(*acts: Any, **told: Any) -> tuple[str, int]:
    """The track's id and the number of the next step."""
    place = placed(standing(*acts, **told))
    assert place.track
    assert place.step
    return place.track.id, place.step[0]


def held(track: str, ago: int, before: int = 0, trigger: str = "any", **more: Any) -> HeldPlan:
    day = TODAY - timedelta(days=ago)
    return HeldPlan(load_tracks()[track], trigger, day, before, day, **more)


def test_m45_the_last_act_sets_the_track_off() -> None:
    """M45 A list, a webinar, a download, a question."""
    assert on((Action.JOINED_LIST, 3)) == ("joined_list", 1)
    assert on((Action.JOINED_LIST, 9), (Action.DOWNLOADED, 3, "paper")) == ("downloaded", 1)
    assert on((Action.DOWNLOADED, 9, "paper"), (Action.ATTENDED, 3)) == ("attended", 1)
    assert on((Action.ASKED, 2, None, "What does it cost?")) == ("asked", 1)
    assert on((Action.JOINED_LIST, 30), *touches(20, 10)) == ("joined_list", 3)
    assert on((Action.BOUGHT, 5), stage=Stage.CUSTOMER) == ("customer", 1)


def test_m45_only_a_purchase_or_a_given_stage_begins_the_customers_track() -> None:
    """M33 M45 A stage that was read from words is a guess."""
    asked = (Action.ASKED, 2, None, "How do I plan?")
    read = standing(asked, read=Stage.CUSTOMER)
    assert placed(read).track
    assert placed(read).track.id == "asked"
    assert on(asked, stage=Stage.CUSTOMER) == ("customer", 1)
    assert on(asked, (Action.BOUGHT, 40)) == ("customer", 1)


def test_m45_a_customers_plan_is_left_once_the_stage_is_read_better() -> None:
    """M33 M45 It says why; a purchase and a person's choice keep it."""
    begun = held("customer", 9, trigger="bought")
    asked = (Action.ASKED, 2, None, "How do I plan?")
    for stage in (Stage.INTEREST, Stage.CUSTOMER):
        left = placed(standing(asked, read=stage), begun)
        assert "no purchase is on record" in left.ended
        assert left.track
        assert left.track.id == "asked"
    assert not placed(standing(asked, stage=Stage.CUSTOMER), begun).ended
    assert not placed(standing((Action.BOUGHT, 9), read=Stage.DECISION), begun).ended
    moved = held("customer", 9, trigger="any", moved=True)
    assert not placed(standing(asked, read=Stage.INTEREST), moved).ended


def test_m45_an_old_act_sets_nothing_off_and_opening_what_we_sent_neither() -> None:
    """M45"""
    assert placed(standing((Action.DOWNLOADED, 31, "paper"))).track is None
    assert (
        placed(standing((Action.SENT, 20, "paper"), (Action.DOWNLOADED, 19, "paper"))).track is None
    )


def test_m55_long_term_leads_get_the_long_track() -> None:
    """M1 M55 Bad timing, long silence, a spent budget that has rested."""
    later = (Action.REPLIED, 5, None, "Write to me again in March please")
    assert on(later) == ("long_term", 1)
    assert on(*touches(90, 75, 61)) == ("long_term", 1)
    many = touches(*range(300, 92, -8))
    acts = [(Action.CLICKED, 93)]
    assert placed(standing(*many, (Action.SENT, 92), *acts)).track is not None
    assert on(*many, (Action.SENT, 92), *acts)[0] == "long_term"
    assert placed(standing(*many, (Action.SENT, 60), (Action.CLICKED, 59))).track is None


def test_m45_a_track_ends_by_its_exits_and_by_its_last_step() -> None:
    """M6 A reply, a meeting, the end."""
    joined = (Action.JOINED_LIST, 30)
    assert placed(standing(joined, (Action.REPLIED, 5), (Action.ANSWERED, 4))).track is None
    assert placed(standing(joined, *touches(28, 22, 16, 10, 4))).track is None
    assert placed(standing(joined, qualified=True)).why.startswith("ready for sales")
    assert placed(standing(joined, opted_out=True)).track is None


def test_m45_a_plan_under_way_keeps_its_version_until_it_ends(tmp_path: Path) -> None:
    """M45 And says why it is over."""
    (tmp_path / "tracks").mkdir()
    (tmp_path / "tracks" / "joined_list.toml").write_text(
        'version = 2\nlabel = "Two"\ntriggers = ["joined_list"]\n[[step]]\nsays = "One"\n'
    )
    lead = standing((Action.JOINED_LIST, 30), *touches(20))
    assert placed(lead, home=tmp_path).track is None  # of the new one, the only step is done
    going = placed(lead, held("joined_list", 29, trigger="joined_list"), tmp_path)
    assert going.track
    assert (going.track.version, going.step and going.step[0], going.held) == (1, 2, True)
    over = placed(
        standing((Action.JOINED_LIST, 30), *touches(20), (Action.REPLIED, 2), (Action.ANSWERED, 1)),
        held("joined_list", 29, trigger="joined_list"),
    )
    assert "they replied" in over.ended
    other = placed(
        standing((Action.JOINED_LIST, 30), *touches(20), (Action.DOWNLOADED, 2, "paper")),
        held("joined_list", 29, trigger="joined_list"),
    )
    assert other.track
    assert other.track.id == "downloaded"
    assert "began" in other.ended


def test_a_plan_that_a_person_chose_stays_until_an_exit() -> None:
    lead = standing(*touches(20), (Action.DOWNLOADED, 2, "paper"))
    place = placed(lead, held("joined_list", 29, moved=True))
    assert place.track
    assert place.track.id == "joined_list"


def pace(place: Place, lead: Any, **settings: Any) -> Any:
    return decide_pace(lead.profile, TODAY, PacingSettings(**settings), plan=place.pace)


def test_m9_a_step_sets_the_gap_and_what_is_known_of_the_lead_wins() -> None:
    """M6 M9 The reason says which step; two silent touches still count."""
    acts = (*touches(120, 100, 80, 20),)
    long = held("long_term", 60, before=3, trigger="long_silence")
    lead = standing(*acts)
    found = pace(placed(lead, long), lead)
    assert (found.gap_days, found.rule) == (45, "gap")
    assert "step 2 of “Long-term”" in found.reason
    own = standing(*acts, gap_days=10)
    assert pace(placed(own, long), own).decision == "send"
    plain = standing(*touches(10))
    assert pace(placed(plain), plain).gap_days == 7


def test_a_tracks_budget_counts_from_its_beginning() -> None:
    """M10 M55 A spent budget opens again for what the track has, and no further."""
    rested = standing(*touches(*range(400, 130, -10)), (Action.CLICKED, 128))
    place = placed(rested)
    found = pace(place, rested)
    assert place.track
    assert (place.track.id, found.decision, found.budget) == ("long_term", "send", 33)
    given = standing(*touches(*range(400, 130, -10)), (Action.CLICKED, 128), budget=27)
    assert pace(placed(given), given).rule == "budget"


def test_m16_a_track_never_changes_the_order_of_decisions() -> None:
    """M16 Opted out, sales, a reply, a colleague, the gap: as before."""
    joined = (Action.JOINED_LIST, 10)
    for acts, facts, rule in (
        ((joined,), {"opted_out": True}, "opted_out"),
        ((joined,), {"qualified": True}, "qualified"),
        ((joined, (Action.REPLIED, 1)), {}, "unanswered_reply"),
        ((joined,), {"account_touched_on": TODAY}, "account_touched"),
        ((joined, *touches(3)), {}, "gap"),
        ((joined,), {"contact_after": TODAY + timedelta(days=9)}, "contact_after"),
    ):
        lead = standing(*acts, **facts)
        assert pace(placed(lead), lead).rule == rule


def test_m5_m11_m17_the_packaged_tracks_teach_and_never_call_after_a_download() -> None:
    """M5 M11 M17 M42 M45"""
    tracks = load_tracks()
    assert len(tracks["joined_list"].steps) == 5
    assert {t for track in tracks.values() for t in track.triggers} >= set(Trigger) - {Trigger.ANY}
    for track in tracks.values():
        assert not track_warnings(track)
        for step in track.steps:
            assert step.channel != "phone"
            assert not set(step.kinds) & PROMOTIONAL_TYPES


def test_everything_that_is_wrong_is_named_with_file_line_entry_and_what_to_do(
    tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M5 M17 M59 The doctor says the same."""
    place = tmp_path / "tracks"
    place.mkdir()
    (place / "bad.toml").write_text(
        'version = "two"\nlabel = "Bad"\ntriggers = ["downloaded", "sneezed"]\nspeed = 3\n'
        '[[step]]\nsays = "Call"\nchannel = "phone"\n'
        '[[step]]\nsays = "Sell"\nkinds = ["brochure", "leaflets"]\n'
        'stages = ["soon"]\ngap_days = 0\n'
    )
    (place / "Empty One.toml").write_text("")
    (place / "broken.toml").write_text("[[step")
    with pytest.raises(BadInput) as told:
        load_tracks(tmp_path)
    said = str(told.value)
    for part in (
        "bad.toml (line 1): 'version' must be a whole number",
        "bad.toml (line 3): 'triggers' names an unknown 'sneezed'; use some of: joined_list",
        "bad.toml (line 4): 'speed' is an unknown key",
        "bad.toml (line 7): step 1: 'channel' is the phone right after a download; send another",
        "bad.toml (line 10): step 2: 'kinds' names 'brochure', which is never recommended",
        "step 2: 'kinds' names an unknown type 'leaflets'; use some of: blog",
        "bad.toml (line 11): step 2: 'stages' is wrong. Unknown stage 'soon'",
        "bad.toml (line 12): step 2: 'gap_days' must be a whole number from 1 to 3650",
        "Empty One.toml is empty",
        "broken.toml is not valid TOML",
    ):
        assert part in said, said
    found = trailguide("--home", tmp_path, "doctor", "--json").json
    (plans,) = [f for f in found if f["part"] == "segments and tracks"]
    assert plans["health"] == "broken"
    assert "packaged ones are used" in plans["says"]


def test_m45_a_mistake_in_a_track_stops_no_ask(tmp_path: Path) -> None:
    """M45 The packaged file stands in for the wrong one, and the right ones stay."""
    place = tmp_path / "tracks"
    place.mkdir()
    (place / "downloaded.toml").write_text('version = 2\nlabel = "Mine"\ntrigers = ["asked"]\n')
    (place / "asked.toml").write_text(
        'version = 3\nlabel = "Right"\ntriggers = ["asked"]\n[[step]]\nsays = "Answer"\n'
    )
    (tmp_path / "segments.toml").write_text("[segments.a]\nwhen.indutry = ['x']\n")
    tracks, wrong = tracks_in_force(tmp_path)
    assert tracks["downloaded"] == load_tracks()["downloaded"]
    assert tracks["asked"].label == "Right"
    assert any("'trigers' is an unknown key" in told for told in wrong)
    segments, wrong = segments_in_force(tmp_path)
    assert segments is load_segments()
    assert "indutry" in wrong[0]


def test_a_file_of_the_same_name_takes_the_packaged_ones_place_or_turns_it_off(
    tmp_path: Path,
) -> None:
    place = tmp_path / "tracks"
    place.mkdir()
    (place / "asked.toml").write_text("use = false\n")
    (place / "downloaded.toml").write_text(
        'version = 7\nlabel = "Mine"\ntriggers = ["downloaded"]\nsegments = ["large"]\n'
        '[[step]]\nsays = "Call them soon"\n[[step]]\nsays = "Call"\nchannel = "call"\n'
    )
    tracks = load_tracks(tmp_path)
    assert "asked" not in tracks
    assert tracks["downloaded"].version == 7
    assert "lead, then call, then sale" in track_warnings(tracks["downloaded"])[0]
    small = standing((Action.DOWNLOADED, 2, "p"), company_size=20)
    large = standing((Action.DOWNLOADED, 2, "p"), company_size=2000)
    assert placed(small, home=tmp_path).track is None
    assert placed(large, home=tmp_path).track == tracks["downloaded"]


STEPS = st.lists(
    st.builds(
        Step,
        says=st.text(min_size=1, max_size=20),
        stages=st.lists(st.sampled_from(Stage), max_size=2).map(tuple),
        kinds=st.lists(st.sampled_from(AssetType), max_size=2).map(tuple),
        gap_days=st.none() | st.integers(1, 60),
        new=st.booleans(),
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@given(STEPS, st.booleans(), st.integers(0, 30))
def test_a_track_is_kept_as_it_was_and_its_steps_follow_each_other(
    steps: Any, repeat: bool, done: int
) -> None:
    track = Track("t", 1, "T", (Trigger.ANY,), steps, repeat=repeat)
    again = from_json(as_json(track))
    assert again == track
    assert again.mark == track.mark
    assert replace(track, version=2).mark != track.mark
    found = track.step(done)
    if done < len(steps):
        assert found == (done + 1, steps[done])
    else:
        assert found == ((len(steps), steps[-1]) if repeat else None)


@given(
    st.lists(st.tuples(st.sampled_from(list(Action)), st.integers(0, 200)), max_size=15),
    st.sampled_from([None, *load_tracks()]), st.integers(0, 100), st.integers(0, 10),
)  # fmt: skip
def test_m4_the_place_of_any_lead_is_sound(
    acts: Any, track: str | None, ago: int, before: int
) -> None:
    """M4 M6 Whatever happened: a step that exists, and no track for whom sales or a no has."""
    plan = held(track, ago, before) if track else None
    place = placed(standing(*acts), plan)
    if place.track:
        assert place.step
        assert 1 <= place.step[0] <= len(place.track.steps)
        assert place.bucket is None or place.bucket.bucket != "opted_out"
    assert place.held == (plan is not None and place.track is not None and not place.ended)
