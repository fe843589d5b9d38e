"""A piece whose source says nothing or something wrong is taken, and what is amiss is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.journey import AssetType
from tests.conftest import Ran

Run = Callable[..., Ran]
BASE = ("--base-url", "https://www.example.com", "--approve")
BODY = (
    "We measured the stops of one line for a year. The bearing failed first, and it gave notice. "
)
STUDY = (
    f"# How a dairy halved its stops\n\n## The problem\n\n{BODY * 3}\n\n## Results\n\n{BODY * 3}"
)
WEBINAR = f"# On-demand webinar: spare parts\n\nWatch the recording of our webinar. {BODY * 5}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "texts"
    made.mkdir()
    (made / "spares.md").write_text(WEBINAR)
    (made / "dairy.md").write_text(f"---\ntype: case_study\n---\n{STUDY}")
    return made


def test_a_piece_without_a_type_gets_the_one_it_shows_and_is_marked(
    trailguide: Run, folder: Path, tmp_path: Path
) -> None:
    """M38 M39 It fits a stage at once, and the marketer sees that nobody named it."""
    home = tmp_path / "home"
    added = trailguide("--home", home, "library", "add", folder, *BASE, "--json")
    assert added.status == 0
    kinds = {a["title"]: a for a in trailguide("--home", home, "library", "list", "--json").json}
    guessed, named = kinds["On-demand webinar: spare parts"], kinds["How a dairy halved its stops"]
    assert (guessed["type"], guessed["type_guessed"]) == ("webinar", True)
    assert guessed["stages"] == ["interest"]
    assert (named["type"], named["type_guessed"]) == ("case_study", False)
    assert added.json["guessed"] == [guessed["asset_id"]]
    assert "webinar?" in trailguide("--home", home, "library", "list").out
    ill = trailguide("--home", home, "library", "health", "--only", "untyped", "--json").json
    assert [a["asset_id"] for a in ill["assets"]] == [guessed["asset_id"]]
    again = trailguide("--home", home, "library", "add", folder, *BASE, "--json").json
    assert (again["unchanged"], again["guessed"], again["remarks"]) == (2, [], [])


def test_a_type_named_later_takes_the_place_of_the_guess(
    trailguide: Run, folder: Path, tmp_path: Path
) -> None:
    """M39 The source's word beats what was read in the text."""
    home = tmp_path / "home"
    trailguide("--home", home, "library", "add", folder, *BASE)
    (folder / "spares.md").write_text(f"---\ntype: guide\n---\n{WEBINAR}")
    assert (
        trailguide("--home", home, "library", "add", folder, *BASE, "--json").json["updated"] == 1
    )
    kinds = {a["title"]: a for a in trailguide("--home", home, "library", "list", "--json").json}
    now = kinds["On-demand webinar: spare parts"]
    assert (now["type"], now["type_guessed"]) == (AssetType.GUIDE, False)


def test_what_a_source_says_wrongly_is_told_and_the_piece_taken(
    trailguide: Run, folder: Path, tmp_path: Path
) -> None:
    """M59 An unknown type, a day that is none, a strange persona: one sentence with what to do."""
    home = tmp_path / "home"
    fields = "type: infografic\npublished: soon\npersonas: [wizard]\nurl: 'https://a b'\n"
    (folder / "odd.md").write_text(f"---\n{fields}---\n# Odd one\n\n{BODY * 5}")
    told = trailguide("--home", home, "library", "add", folder, *BASE, "--json").json
    (odd,) = [r["remark"] for r in told["remarks"] if r["source"].endswith("odd.md")]
    for word in ("infografic", "soon", "wizard", "https://a b", "case_study", "2026-01-31"):
        assert word in odd
    assert told["added"] == 3
    shown = trailguide("--home", home, "library", "list", "--json").json
    assert next(a for a in shown if a["title"] == "Odd one")["type"] == "other"
    retyped = (folder / "odd.md").read_text() + "\nMore."
    (folder / "odd.md").write_text(retyped)
    plain = trailguide("--home", home, "library", "add", folder, *BASE)
    assert "infografic" in plain.err
    assert "1 updated" in plain.out


def test_a_mistyped_id_is_answered_with_the_one_meant(
    trailguide: Run, folder: Path, tmp_path: Path
) -> None:
    """M59 The hex at the end of an id is easily lost."""
    home = tmp_path / "home"
    trailguide("--home", home, "library", "add", folder, *BASE)
    (known,) = [
        a["asset_id"]
        for a in trailguide("--home", home, "library", "list", "--json").json
        if a["type"] == "case_study"
    ]
    refused = trailguide("--home", home, "library", "show", known[:-9])
    assert refused.status == 2
    assert f"did you mean '{known}'?" in refused.err
    assert "did you mean" not in trailguide("--home", home, "library", "show", "zzz-qqq").err


def test_the_health_is_narrowed_to_an_ailment_and_a_number(trailguide: Run, home: Path) -> None:
    """M46 A marketer with a thousand pieces looks at one thing at a time."""
    told = trailguide(
        "--home", home, "library", "health", "--only", "unowned", "--limit", "3", "--json"
    ).json
    assert len(told["assets"]) == 3
    assert {a["ailment"] for one in told["assets"] for a in one["ailments"]} == {"unowned"}
    assert trailguide("--home", home, "library", "health", "--only", "sick").status == 2
