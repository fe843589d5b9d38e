"""Where a bot is killed in tests is where an ask really passes: a point it misses shows nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.bootstrap import Wired
from tests.faults.running import running
from tests.slack.dying_bot import OWN, POINTS


@pytest.mark.embedded
def test_m58_an_ask_passes_every_point_at_which_the_bot_is_killed(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M58 Twenty of them, or a kill there would never come."""
    passed: set[str] = set()

    def watch(point: str, owner: Any, name: str) -> None:
        work = getattr(owner, name)

        def watched(*args: Any, **named: Any) -> Any:
            if not any(isinstance(a, str) and a.startswith(OWN) for a in args):
                passed.add(point)
            return work(*args, **named)

        monkeypatch.setattr(owner, name, watched)

    for point, (owner, name, _) in POINTS.items():
        watch(point, owner, name)
    with running(tools) as bot:
        bot.send()
        bot.settled()
    assert passed == set(POINTS)
