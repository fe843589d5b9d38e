"""Killed at marked points, the bot goes on where it was: one answer each, nothing lost.

`make test-faults` kills 25 times at each of 13 places on both databases, `make test-faults-short`
once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.kills import PLACES, Ground, Zygote, ground, killed, zygote

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

TIMES = int(os.environ.get("FAULTS_TIMES", "25"))


@pytest.fixture(scope="module")
def lives(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    with zygote(seeded, tmp_path_factory.mktemp("lives")) as made:
        yield made


# A group each, so that two workers share them; each then has a process of its own to fork from.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(kind, marks=pytest.mark.xdist_group(f"kills-{kind}"))
        for kind in ("sqlite", "postgresql")
    ],
)
def ready(request: pytest.FixtureRequest, seeded: Path, lives: Zygote) -> Ground:
    return ground(request.param, seeded, lives.folder, lives)


@pytest.mark.parametrize("place", PLACES, ids=" ".join)
def test_m56_m58_m59_a_killed_bot_answers_each_once_and_loses_nothing(
    place: tuple[str, str],
    ready: Ground,
    lives: Zygote,
    tmp_path: Path,
    pytestconfig: pytest.Config,
) -> None:
    tally = killed(lives, ready, place, TIMES, tmp_path)
    if pytestconfig.cache is not None:  # for `python -m tests.faults.table`
        told = {**asdict(tally), "on": str(datetime.now(UTC).date())}
        pytestconfig.cache.set(f"kills/{ready.kind}/{'-'.join(place).strip('-')}", told)
    assert tally.clean(), tally.wrong[0]
    assert tally.kills == TIMES, tally
