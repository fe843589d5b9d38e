"""`make audit`: known advisories about the versions that constraints.txt pins, by pip-audit.

What may be passed over stands in docs/advisories.toml, each with its reason and its last day.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINS, PASSED_OVER = ROOT / "constraints.txt", ROOT / "docs" / "advisories.toml"
KNOWN_BAD = "jinja2==2.10"
"""It has had advisories since 2019: a service that tells of none does not answer for the others."""
SECONDS = 900


@dataclass(frozen=True)
class PassedOver:
    """An advisory that is known and of no effect here, until somebody looks again."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True)
class Found:
    """An advisory about a pinned version; `names` are all ids it goes by."""

    package: str
    version: str
    names: frozenset[str]
    mended_in: str


def passed_over(text: str) -> list[PassedOver]:
    """The entries of docs/advisories.toml."""
    return [PassedOver(**entry) for entry in tomllib.loads(text)["passed_over"]]


def found_in(told: dict[str, Any]) -> tuple[list[Found], list[str]]:
    """What pip-audit told as JSON: the advisories, and the packages nobody knew anything of."""
    found, unknown = [], []
    for package in told["dependencies"]:
        if "skip_reason" in package:
            unknown.append(package["name"])
        for one in package.get("vulns", ()):
            names = frozenset({one["id"], *one.get("aliases", ())})
            mended = ", ".join(one.get("fix_versions", ())) or "no version yet"
            found.append(Found(package["name"], package["version"], names, mended))
    return found, unknown


def open_ones(found: Iterable[Found], known: Sequence[PassedOver], today: date) -> list[Found]:
    """The advisories that no entry in force passes over."""
    in_force = {(one.package, one.id) for one in known if one.until >= today}
    return [f for f in found if not any((f.package, name) in in_force for name in f.names)]


def pip_audit(pins: Path) -> dict[str, Any] | None:
    """What pip-audit says of these pins; None where it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "pypi", "--no-deps",
               "--disable-pip", "--requirement", str(pins), "--format", "json",
               "--progress-spinner", "off"]  # fmt: skip
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        return dict(json.loads(ran.stdout))
    except (subprocess.TimeoutExpired, ValueError):
        return None


def say(line: str) -> None:
    """One line on stdout."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Print what is wrong, a line each, and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.txt"
        probe.write_text(KNOWN_BAD + "\n")
        told = pip_audit(probe)
    told = pip_audit(PINS) if told and found_in(told)[0] else None
    if told is None:
        say(
            "note: nothing was audited: PyPI's advisories cannot be asked from here "
            f"(it tells of none for {KNOWN_BAD}); run `make audit` where they can."
        )
        return 0
    found, unknown = found_in(told)
    known = passed_over(PASSED_OVER.read_text())
    wrong = open_ones(found, known, datetime.now(UTC).date())
    for one in wrong:
        say(f"{one.package} {one.version}: {', '.join(sorted(one.names))}; {one.mended_in}")
    if unknown:
        say(f"note: nobody knows of {', '.join(unknown)}.")
    passed = len(found) - len(wrong)
    say(f"{len(told['dependencies'])} packages, {len(wrong)} advisories, {passed} passed over.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
