"""Fuzz: every `--batch` command, and lists of leads, with lines that are nearly right."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.cli import asking
from bot.cli.root import app
from bot.flow.importing_leads import plan_leads, require_leads
from bot.settings import Settings
from knowledge.csv_tables import read_table
from knowledge.errors import TrailguideError
from tests.fuzzing import ANY_JSON, COUNTED, WORDS, fuzzed, one_sentence, spoilt

INSIDE = "Something went wrong inside"
"""How a bug of ours is told: none must be met."""
LEAD = {
    "name": "Dana Ortiz", "email": "dana@northfield.example", "company": "Northfield",
    "persona": "finance", "industry": "food", "company_size": 400, "stage": "interest",
    "opted_out": False, "replied_at": "2026-11-02T09:00:00", "contact_after": "2026-12-01",
    "gap_days": 7, "touches": 2, "products": ["press"], "trust_gaps": ["knows_us"],
}  # fmt: skip
DID = {"asset_id": "a", "action": "downloaded", "on": "2026-11-01", "note": "two pages"}
GOOD: dict[str, dict[str, Any]] = {
    "search": {"id": 1, "query": "what does a stop cost"},
    "next": {"id": "n", "lead": LEAD, "questions": ["What does a stop cost?"], "history": [DID],
             "today": "2026-11-28", "channel": "email"},
    "stage": {"id": 2, "questions": ["What does a stop cost?"], "history": [DID]},
    "check": {"id": 3, "subject": "Stops", "body": "A stop costs more than its hour. " * 5},
    "understand": {"id": 4, "text": "Dana Ortiz asked what a stop costs us in a year"},
}  # fmt: skip


@pytest.fixture(scope="module")
def wired(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    home = tmp_path_factory.mktemp("fuzz") / "home"
    shutil.copytree(seeded, home)
    tools = build(Settings(home=home))
    yield tools
    tools.close()


@pytest.fixture(scope="module")
def command(wired: Wired) -> Iterator[Callable[[str, Path, Path], int]]:
    """Run one of the commands over tools that are there already: opening them takes a second."""
    from contextlib import contextmanager

    @contextmanager
    def there(_: Any) -> Iterator[Wired]:
        yield wired

    def run(name: str, source: Path, target: Path) -> int:
        try:
            app([name, "--batch", str(source), "--output", str(target)])
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking, "tools_of", there)
        yield run


@pytest.mark.timeout(400)  # by chance all lines are long drafts, judged sentence by sentence
@pytest.mark.parametrize("name", GOOD)
def test_any_line_of_a_batch_is_answered_in_order(name: str, command: Any) -> None:
    """M59 A line that cannot be read is answered with a sentence, and the others go on."""

    @fuzzed(3)
    @given(st.lists(spoilt(GOOD[name]) | ANY_JSON, min_size=10, max_size=10), st.randoms())
    def lines(told: list[Any], chance: Any) -> None:
        written = [json.dumps(line) for line in told]
        written[3] = written[3][: chance.randint(0, len(written[3]))] or "{"
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
            source.write_text("\n".join(written) + "\n")
            assert command(name, source, target) == 0
            answers = [json.loads(line) for line in target.read_text().splitlines()]
        COUNTED[f"lines of {name}"] += len(told)
        assert len(answers) == sum(1 for line in written if line.strip())
        for answer in answers:
            assert "id" in answer
            if "error" in answer:
                one_sentence(answer["error"])
                assert INSIDE not in answer["error"]

    lines()


COLUMNS = ("Name", "Email", "Company", "Job title", "Industry", "Employees", "Opted out",
           "Last activity", "Stage", "Owner", "Notes", "Downloaded")  # fmt: skip


@fuzzed(6)
@given(
    st.lists(st.sampled_from(COLUMNS) | WORDS, min_size=1, max_size=8),
    st.lists(st.lists(WORDS, max_size=9), max_size=5),
)
def test_any_list_of_leads_is_planned_or_refused(
    wired: Wired, columns: list[str], rows: list[list[str]]
) -> None:
    """M59 Nothing is taken in here; what cannot be read is named."""
    text = "\n".join(
        ",".join('"' + c.replace('"', '""') + '"' for c in row) for row in [columns, *rows]
    )
    body = text.encode("utf-8", "replace")
    try:
        plan = plan_leads([read_table("leads.csv", body)], wired)
        require_leads(plan)
    except TrailguideError as told:
        one_sentence(told)
