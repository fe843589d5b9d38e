"""Real libraries through the same commands, where TRAILGUIDE_DEV_DATA names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

Run = Callable[..., Ran]
BASE = "https://library.example"


@pytest.mark.timeout(600)
def test_a_real_library_goes_in_once_and_is_found(
    trailguide: Run, dev_data: Path, tmp_path: Path
) -> None:
    home, company = tmp_path / "home", dev_data / "roadie"
    manifest = company / "assets.jsonl"
    add = ("--home", home, "library", "add", manifest, "--approve", "--base-url", BASE)
    lines = sum(1 for _ in (company / "assets.jsonl").open())
    first = trailguide(*add, "--json").json
    assert first["added"] + len(first["rejected"]) == lines
    assert len(first["rejected"]) < lines / 20
    assert trailguide(*add, "--json").json["unchanged"] == first["added"]
    asset = json.loads((company / "assets.jsonl").open().readline())
    found = trailguide("--home", home, "search", asset["title"], "--json").json["results"]
    assert asset["id"] in {r["asset_id"] for r in found[:3]}


def test_the_folder_form_of_a_real_library_goes_in(
    trailguide: Run, dev_data: Path, tmp_path: Path
) -> None:
    folder = dev_data / "openstatus" / "md" / "guide"
    home = tmp_path / "home"
    add = ("--home", home, "library", "add", folder, "--approve", "--base-url", BASE)
    ran = trailguide(*add, "--json")
    assert ran.status == 0
    assert ran.json["added"] == len(list(folder.glob("*.md"))) - len(ran.json["rejected"])
