"""The audit of dependencies: what is passed over has a reason and a day, and nothing else is."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from tests import dependencies
from tests.dependencies import PASSED_OVER, PINS, ROOT, Found, found_in, open_ones, passed_over

KNOWN = passed_over(PASSED_OVER.read_text())
TODAY = date(2026, 11, 28)


def test_no_exception_is_past_its_day() -> None:
    """Somebody looks again: is it mended, does it still not matter here?"""
    past = [one.id for one in KNOWN if one.until < datetime.now(UTC).date()]
    assert not past, f"look at docs/advisories.toml again: {past}"


def test_each_exception_is_of_a_pinned_package_and_says_why_for_half_a_year_at_most() -> None:
    pinned = {line.split("==")[0].lower() for line in PINS.read_text().splitlines()}
    for one in KNOWN:
        assert one.package in pinned
        assert len(one.reason.split()) > 20
        assert one.until <= datetime.now(UTC).date() + timedelta(days=183)
        assert re.fullmatch(r"(CVE|GHSA|PYSEC)-[\w-]+", one.id)


def test_chromas_python_server_is_never_used() -> None:
    """The reason for CVE-2026-45829: no import of it, and no command that starts it."""
    for folder in ("bot", "knowledge", "prompts", "retrieval", "storage"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text()
            assert not re.search(r"chromadb\.(server|app|cli)", text), file
            assert not re.search(r"embedding_function\s*=\s*(?!None)", text), file


def advisory(names: str, package: str = "chromadb") -> Found:
    return Found(package, "1.0", frozenset(names.split()), "no version yet")


def test_an_advisory_is_passed_over_by_any_of_its_names_until_its_day_and_for_its_package() -> None:
    one = KNOWN[0]
    there = advisory(f"GHSA-1111-2222-3333 {one.id}")
    assert not open_ones([there], KNOWN, one.until)
    assert open_ones([there], KNOWN, one.until + timedelta(days=1)) == [there]
    other = advisory(one.id, "starlette")
    assert open_ones([other], KNOWN, TODAY) == [other]


def test_what_pip_audit_tells_is_read() -> None:
    told = {"dependencies": [
        {"name": "starlette", "version": "1.0", "vulns": [
            {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}]},
        {"name": "calm", "version": "1", "vulns": []},
        {"name": "unheard", "skip_reason": "not on PyPI"},
    ]}  # fmt: skip
    found = Found("starlette", "1.0", frozenset({"PYSEC-1", "CVE-1"}), "1.1")
    assert found_in(told) == ([found], ["unheard"])


@pytest.mark.parametrize("told", [None, {"dependencies": [{"name": "jinja2", "skip_reason": "?"}]}])
def test_an_audit_that_could_not_ask_says_so_in_one_line_and_does_not_fail(
    told: dict | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service that knows nothing of a version that is known to be bad knows nothing at all."""
    asked = []
    monkeypatch.setattr(dependencies, "pip_audit", lambda pins: asked.append(pins) or told)
    assert dependencies.main() == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) == 1
    assert "nothing was audited" in said
    assert PINS not in asked


def test_an_advisory_fails_the_audit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = {"name": "jinja2", "version": "2.10", "vulns": [{"id": "PYSEC-2019-217"}]}
    monkeypatch.setattr(dependencies, "pip_audit", lambda _: {"dependencies": [bad]})
    assert dependencies.main() == 1
    assert "PYSEC-2019-217" in capsys.readouterr().out


def test_pip_audit_understands_how_it_is_called() -> None:
    """Its options change now and then; nothing is asked here."""
    told = subprocess.run([sys.executable, "-m", "pip_audit", "--help"], capture_output=True,
                          text=True).stdout  # fmt: skip
    for option in ("--vulnerability-service", "--no-deps", "--disable-pip", "--progress-spinner"):
        assert option in told
