"""A filter told in words, and cells of an export, whatever is typed."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow.touch_rows import cell
from bot.flow.touch_words import KEYS, RULE_NAMES, filter_said
from bot.settings import Settings
from knowledge.journey import Stage
from knowledge.touch import PaceDecision
from storage.touch_filter import ANY_RULE, TouchFilter, TouchState

TODAY = date(2026, 3, 12)
ME = "U03NOOR"


@pytest.fixture(scope="module")
def shared_tools(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """The sample library and leads, for all tests of this file: they only read."""
    home = tmp_path_factory.mktemp("words") / "home"
    shutil.copytree(seeded, home)
    wired = build(Settings(home=home))
    yield wired
    wired.close()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("", TouchFilter()),
        ("rep @U01ROBIN", TouchFilter(rep="U01ROBIN")),
        ("@U01ROBIN approved", TouchFilter(rep="U01ROBIN", state=TouchState.APPROVED)),
        ("mine", TouchFilter(rep=ME)),
        ("stage interest", TouchFilter(stage=Stage.INTEREST)),
        ("decision, waiting", TouchFilter(state=TouchState.OPEN)),
        ("wait", TouchFilter(decision=PaceDecision.WAIT)),
        ("lead Dana Ortiz overridden", TouchFilter(lead="lead-dana-ortiz", overridden=True)),
        ("not overridden", TouchFilter(overridden=False)),
        ("failed", TouchFilter(failed=ANY_RULE)),
        ("failed claim unsupported", TouchFilter(failed="claim_unsupported")),
        ("check pitch edited", TouchFilter(failed="pitch", state=TouchState.EDITED)),
        ("last 30 days", TouchFilter(since=date(2026, 2, 11))),
        ("this week", TouchFilter(since=date(2026, 3, 9), until=date(2026, 3, 15))),
        ("last week", TouchFilter(since=date(2026, 3, 2), until=date(2026, 3, 8))),
        ("last month", TouchFilter(since=date(2026, 2, 1), until=date(2026, 2, 28))),
        ("yesterday", TouchFilter(since=date(2026, 3, 11), until=date(2026, 3, 11))),
        ("from 2026-01-05 to today", TouchFilter(since=date(2026, 1, 5), until=TODAY)),
        ("from 2026-02-01 to 2026-01-01",
         TouchFilter(since=date(2026, 1, 1), until=date(2026, 2, 1))),
    ],
)  # fmt: skip
def test_words_say_what_is_listed(said: str, wanted: TouchFilter, shared_tools: Wired) -> None:
    """M54: each word of the help is understood, in any order."""
    understood = filter_said(said, ME, TODAY, shared_tools)
    assert (understood.wanted, understood.unknown) == (wanted, ())


def test_a_title_may_hold_words_of_the_filter(shared_tools: Wired) -> None:
    """M54: the longest run of words that names a piece is its title, whatever words are in it."""
    for asset in shared_tools.library.all()[:12]:
        said = f"asset {asset.title} last 30 days"
        found = filter_said(said, ME, TODAY, shared_tools)
        assert found.wanted.asset in {
            a.id for a in shared_tools.library.all() if a.title == asset.title
        }
        assert found.wanted.since == date(2026, 2, 11)
    quoted = filter_said(f'piece "{asset.title}" open', ME, TODAY, shared_tools).wanted
    assert (quoted.asset, quoted.state) == (found.wanted.asset, TouchState.OPEN)


@pytest.mark.parametrize(
    ("said", "unknown"),
    [
        ("rep Robin interest", ("rep Robin",)),
        ("lead Nobody Known approved", ("lead Nobody Known",)),
        ("since soon", ("since soon",)),
        ("stage later", ("stage later",)),
        ("last 5 fortnights", ("last 5 fortnights",)),
        ("wibble", ("wibble",)),
    ],
)
def test_what_is_not_understood_is_said(
    said: str, unknown: tuple[str, ...], shared_tools: Wired
) -> None:
    """M59: never silently dropped."""
    assert filter_said(said, ME, TODAY, shared_tools).unknown == unknown


def test_where_several_fit_the_first_is_taken_and_it_is_said(shared_tools: Wired) -> None:
    """M59: which one was taken, of how many."""
    titles = [a.title for a in shared_tools.library.all()]
    common = max({w for t in titles for w in t.lower().split() if len(w) > 3},
                 key=lambda w: sum(w in t.lower() for t in titles))  # fmt: skip
    told = filter_said(f"asset {common}", ME, TODAY, shared_tools)
    assert told.wanted.asset
    assert "pieces fit" in told.remarks[0]


WORDS = st.one_of(
    st.sampled_from(
        [*KEYS, *RULE_NAMES, "@U01ROBIN", "2026-02-30", "0001-01-01", "30", "days", '"']
    ),
    st.text(max_size=12),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_whatever_is_typed_is_a_filter_or_said_to_be_none(said: str) -> None:
    """M59: no words break it, and what was understood can be kept and read again."""
    understood = filter_said(said, ME, TODAY, NO_LIBRARY)
    assert TouchFilter.from_payload(understood.wanted.payload()) == understood.wanted
    since, until = understood.wanted.since, understood.wanted.until
    assert not (since and until) or since <= until


class _NoLibrary:
    """Tools without a lead or a piece."""

    class library:  # noqa: N801 - stands for an attribute
        @staticmethod
        def all() -> list[object]:
            return []

    class leads:  # noqa: N801 - stands for an attribute
        @staticmethod
        def names() -> list[object]:
            return []


NO_LIBRARY: Wired = _NoLibrary()  # type: ignore[assignment]


STARTS = st.sampled_from([*"=+-@|%", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe63", "\ufe62"])
UNSEEN = st.text(st.sampled_from([*" \t\r\n\u00a0\u200b\ufeff\u3000\x0b\u2060"]), max_size=5)


@settings(max_examples=300)
@given(UNSEEN, STARTS, st.text(max_size=20))
def test_no_cell_of_an_export_is_run_as_a_formula(unseen: str, start: str, rest: str) -> None:
    """M54: with what is not seen before it, of full width, and in each part of a list."""
    text = unseen + start + rest
    assert cell(text).startswith("'")
    assert all(part.startswith("'") for part in (cell([text]), cell(("'", text)).split("; ", 1)[1]))


@given(st.text(max_size=60))
def test_an_export_gives_every_other_text_back(text: str) -> None:
    """M54: nothing is lost but what no file holds, and an inert text is left alone."""
    made = cell(text)
    file = io.StringIO()
    csv.writer(file).writerow([made])
    file.seek(0)
    (read,) = next(csv.reader(file, strict=True)) if made else ("",)
    assert read.removeprefix("'") == text.replace("\x00", "").removeprefix("'")
    if text[:1].isalnum():
        assert made == text.replace("\x00", "")
