"""How much is fuzzed: a little in the suite, as much as is asked for by `make fuzz`."""

from __future__ import annotations

import atexit
import functools
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
COUNTED: Counter[str] = Counter()
"""Examples by test."""

NASTY = st.sampled_from([
    "", " ", "\x00", "\ufeff", "\u202e", "\ud800", "a" * 5000, "-1", "0", "1e400", "NaN", "null",
    "true", "[]", "{}", "'", '"', "=1+1", "<b>", "<!channel>", "{{7*7}}", "%s%n", "../..", "\\",
    "\r\n", "9" * 30, "2026-02-30", "0000-00-00", "\U0001f9e8" * 9, "\u0661\u0662",
])  # fmt: skip
"""What breaks parsers elsewhere."""
WORDS = NASTY | st.text(max_size=40)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=10,
)


def fuzzed(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of so many examples, times what was asked for; each is counted."""

    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        inner = getattr(test, "hypothesis").inner_test  # noqa: B009 - hypothesis puts it there

        @functools.wraps(inner)
        def counted(*args: Any, **kwargs: Any) -> None:
            COUNTED[test.__name__] += 1
            inner(*args, **kwargs)

        test.hypothesis.inner_test = counted  # type: ignore[attr-defined]
        return settings(
            max_examples=examples * TIMES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(test)

    return wrap


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> Any:
    """A value like a good one, with up to three places in it changed, dropped or doubled."""
    told = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 3))):
        told = _spoilt_once(draw, told)
    return told


def _spoilt_once(draw: st.DrawFn, told: Any) -> Any:
    if not isinstance(told, dict | list) or not told or draw(st.integers(0, 7)) == 0:
        return draw(ANY_JSON)
    if isinstance(told, list):
        at = draw(st.integers(0, len(told) - 1))
        match draw(st.sampled_from(["deeper", "deeper", "drop", "double"])):
            case "drop":
                return told[:at] + told[at + 1 :]
            case "double":
                return [*told, told[at]]
        return [*told[:at], _spoilt_once(draw, told[at]), *told[at + 1 :]]
    key = draw(st.sampled_from(sorted(told)))
    if draw(st.integers(0, 5)) == 0:
        return {k: v for k, v in told.items() if k != key}
    return {**told, key: _spoilt_once(draw, told[key])}


@st.composite
def torn(draw: st.DrawFn, good: bytes) -> bytes:
    """Bytes like good ones, cut, flipped, repeated, or with others put in."""
    body = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(body) - 1)))
        match draw(st.sampled_from(["flip", "cut", "put", "repeat", "drop"])):
            case "flip" if body:
                body[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del body[at:]
            case "put":
                body[at:at] = draw(st.binary(max_size=20))
            case "repeat":
                body[at:at] = body[at : at + draw(st.integers(1, 200))]
            case _:
                del body[at : at + draw(st.integers(1, 50))]
    return bytes(body)


def one_sentence(told: BaseException | str) -> None:
    """Assert that a failure is told as a sentence on one line."""
    said = str(told)
    assert said.strip(), repr(told)
    assert "Traceback" not in said
    assert len(said) < 2000


def _keep() -> None:
    if place := os.environ.get("FUZZ_COUNTS"):
        Path(place).write_text(json.dumps(COUNTED))


atexit.register(_keep)
