"""The journey map and personas as files: readable, checked at load, and no silent moves (M34)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.journey_diff import journey_diff, map_file_problems
from bot.settings import Settings
from bot.views.journey import persona_message, stage_message
from knowledge.assets import Asset
from knowledge.errors import BadInput
from knowledge.journey import TYPE_STAGES, AssetType, Stage
from knowledge.journey_map import StageMap, load_journey, stages_by_type
from knowledge.leads import LeadFacts
from knowledge.personas import JobTitles, PersonaMap, PersonaSheet, load_personas
from tests.conftest import Ran, SetClock
from tests.slack.payloads import check_message


@pytest.fixture
def bare(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path / "bare"), clock)
    yield wired
    wired.close()


def put_piece(tools: Wired, name: str, kind: AssetType, *stages: Stage, persona: str = "") -> None:
    asset = Asset(name, name.title(), kind, "text", name, stages=stages,
                  personas=(persona,) if persona else ())  # fmt: skip
    tools.library.put(asset, [], {}, "m")


def test_m38_m39_m40_m41_m42_the_packaged_map_names_the_types_that_the_code_fits() -> None:
    """M38 M39 M40 M41 M42 One truth in two places."""
    assert stages_by_type(load_journey()) == {k: TYPE_STAGES[k] for k in AssetType}


def test_m34_every_persona_has_a_sheet_that_people_can_read() -> None:
    """M34"""
    for sheet in load_personas().sheets:
        assert sheet.goals
        assert sheet.problems
        assert sheet.questions
        assert sheet.says


def test_everything_that_is_wrong_is_named_at_once_with_file_line_and_key(
    tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M34 M59 The doctor says the same."""
    (tmp_path / "journey.toml").write_text(
        '[stages.awareness]\ndoing = 7\nfeelings = "x"\n[stages.interest]\ntypes = "guide"\n'
    )
    (tmp_path / "personas.toml").write_text(
        '[personas.finance]\ngoals = "money"\n[personas.nurse]\nlabel = "nurses"\nage = 4\n'
    )
    told = " ".join(map_file_problems(tmp_path))
    for said in (
        "journey.toml (line 2): 'stages.awareness.doing' must be text in quotes",
        "journey.toml (line 3): unknown key 'stages.awareness.feelings'",
        "journey.toml (line 5): 'stages.interest.types' must be a list",
        "personas.toml (line 2): 'personas.finance.goals' must be a list",
    ):
        assert said in told
    (tmp_path / "personas.toml").write_text(
        '[personas.nurse]\nlabel = "nurses"\nage = 4\n[personas.cook]\nwords = []\n'
    )
    told = " ".join(map_file_problems(tmp_path))
    assert "'personas.nurse.words' must be a list of words found in job titles" in told
    assert "personas.toml (line 3): 'personas.nurse.age' is an unknown key" in told
    assert "personas.toml (line 5): 'personas.cook.words'" in told
    ran = trailguide("--home", tmp_path, "doctor", "--json")
    (found,) = [f for f in ran.json if f["part"] == "journey and personas"]
    assert found["health"] == "broken"
    assert "personas.cook.words" in found["says"]
    assert "stages.awareness.feelings" in found["says"]


def test_an_unknown_type_is_named_with_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "journey.toml").write_text('[stages.decision]\ntypes = ["roi", "poem", "song"]\n')
    with pytest.raises(BadInput, match=r"line 2.*'poem'.*case_study.*'song'"):
        load_journey(tmp_path)


def test_changed_types_move_nothing_but_are_listed(bare: Wired) -> None:
    """M38 M39 Only pieces whose source names no stage would be proposed for another."""
    put_piece(bare, "talk", AssetType.WEBINAR)
    put_piece(bare, "settled", AssetType.WEBINAR, Stage.INTEREST)
    put_piece(bare, "guide", AssetType.GUIDE)
    assert journey_diff(bare).count == 0
    (bare.settings.home / "journey.toml").write_text(
        '[stages.awareness]\ntypes = ["blog", "article", "podcast", "newsletter", "webinar"]\n'
        '[stages.interest]\ntypes = ["guide", "whitepaper", "ebook", "research", "video", '
        '"briefing", "checklist"]\n'
    )
    (move,) = journey_diff(bare).asset_stages
    assert (move.id, move.before, move.after) == ("talk", "interest", "awareness")
    assert bare.library.get("talk").fitting_stages == (Stage.INTEREST,)


def test_changed_personas_list_the_leads_and_pieces_they_move(
    bare: Wired, trailguide: Callable[..., Ran]
) -> None:
    """M32 From a folder of drafts, before they are put in place."""
    home, drafts = bare.settings.home, bare.settings.home / "drafts"
    (home / "personas.toml").write_text('[personas.care]\nwords = ["nurse"]\n')
    drafts.mkdir()
    (drafts / "personas.toml").write_text('[personas.ward]\nwords = ["nurse"]\n')
    put_piece(bare, "rounds", AssetType.GUIDE, persona="care")
    bare.leads.put("l1", LeadFacts(name="Ann Ward", role="Head nurse"), "test", "test")
    bare.leads.put("l2", LeadFacts(name="Bo", role="Head nurse", persona="hr"), "test", "test")
    found = trailguide("--home", home, "journey", "diff", drafts, "--json").json
    assert [(m["id"], m["before"], m["after"]) for m in found["lead_personas"]] == [
        ("l1", "care", "ward")
    ]
    assert [m["id"] for m in found["asset_personas"]] == ["rounds"]
    assert found["lead_stages"] == []
    shown = trailguide("--home", home, "journey", "diff", drafts)
    assert "Ann Ward (l1): care -> ward" in shown.out
    missing = trailguide("--home", home, "journey", "diff", home / "nowhere")
    assert (missing.status, "There is no folder" in missing.err) == (2, True)


def test_the_journey_is_shown_whole_by_stage_and_for_programs(
    tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M34"""
    (tmp_path / "journey.toml").write_text('[stages.interest]\nfeeling = "Quite calm."\n')
    told = trailguide("--home", tmp_path, "journey", "--json").json
    assert [s["stage"] for s in told["stages"]] == list(Stage)
    assert told["stages"][1]["feeling"] == "Quite calm."
    assert "webinar" in told["stages"][1]["types"]
    assert {p["id"] for p in told["personas"]} >= {"finance", "it"}
    one = trailguide("--home", tmp_path, "journey", "--stage", "interest").out
    assert "Quite calm." in one
    assert "Exposed" not in one
    assert "Exposed" in trailguide("--home", tmp_path, "journey").out


words = st.text(max_size=700)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(Stage), words, words, st.lists(words, min_size=6, max_size=6), words)
def test_any_words_of_the_files_make_messages_that_slack_takes(
    stage: Stage, doing: str, label: str, asked: list[str], goal: str
) -> None:
    """M58"""
    keys = [k for k, _ in load_journey()[stage].buyer_questions]
    told = StageMap(stage, doing, doing, doing, tuple(zip(keys, asked, strict=True)), ())
    sheet = PersonaSheet("p", label, (goal,), (goal,) * 20, (), (goal,))
    personas = PersonaMap(JobTitles((), ()), JobTitles((), ()), (sheet,))
    for message in (stage_message(told, 3, personas), persona_message(sheet, personas)):
        check_message({**message.payload(), "channel": "D1"})


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=5), max_size=2),
        lambda inner: st.dictionaries(st.sampled_from(["words", "label", "goals", "x"]), inner),
        max_leaves=5,
    )
)
def test_any_persona_is_read_or_refused_in_words(entry: object) -> None:
    """M59 Never a bug, whatever a hand wrote."""
    from knowledge.personas import _problems

    found = _problems({"p": entry}, "personas", None)
    good = isinstance(entry, dict) and bool(entry.get("words"))
    assert found or good
    assert all(problem.startswith("personas.toml: 'personas.p") for problem in found)
    assert json.dumps(found)
