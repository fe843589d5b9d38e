"""What a folder of CSV files does not have, and which of its lines are passed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran

LEADS = """id,name,email,account_id,status,changed_at
C1,Ada Brine,ada@brine.example,,new,2026-01-05
,Nobody Known,who@brine.example,,new,2026-01-05
C2,Bo Ash,bo@ash.example,,new
C3,Cem Dur,cem@dur.example,,new,2026-01-05,extra
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS)
    monkeypatch.setenv("TRAILGUIDE_CRM", "csv")
    monkeypatch.setenv("TRAILGUIDE_CRM_FOLDER", str(folder))
    return tmp_path / "home"


def test_the_check_names_columns_that_no_file_has_and_lines_passed_over(
    home: Path, trailguide: Callable[..., Ran]
) -> None:
    """Never silent: a mapped opt-out that is not exported would be missed by everybody."""
    told = trailguide("--home", home, "crm", "check").out
    assert "leads.csv has no column for what the mapping names" in told
    assert "do_not_call" in told
    assert " email," not in told.partition("names:")[2]
    for part in ("line 3 (no id)", "line 4 (fewer cells", "line 5 (more cells"):
        assert part in told


def test_a_pull_says_which_lines_it_passed_over(home: Path, trailguide: Callable[..., Ran]) -> None:
    pulled = trailguide("--home", home, "crm", "pull")
    assert "leads.csv: passed over line 3 (no id), line 4" in pulled.err
    listed = trailguide("--home", home, "leads", "list", "--json").json
    assert [lead["name"] for lead in listed] == ["Ada Brine"]
