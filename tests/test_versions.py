"""Versions: kept, compared, and held back where a reviewer must look first (M18, M53, M56)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow import publishing
from bot.flow.add_assets import add_assets
from bot.flow.next_touch import next_touch
from bot.settings import Settings
from bot.views.library_diff import diff_lines
from knowledge.assets import Asset, AssetStatus
from knowledge.clock import team_date
from knowledge.errors import BadInput
from knowledge.journey import AssetType
from knowledge.touch import Ask
from knowledge.versions import LARGE_CHANGE, VersionState, changed_share, changes, why_review
from storage import notices
from tests.conftest import Ran
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)

SENTENCES = [f"Step {n} counts what a stop of line {n} costs in a year." for n in range(1, 21)]
SMALL = [*SENTENCES[:19], "Step 20 was put right."]
OTHERS = [f"Step {n} measures how fast fin {n} of a zebrafish grows again." for n in range(2, 14)]
PRAISE = (
    "Our revolutionary, award-winning platform is the best choice for you. Buy now and save 30%! "
    "We are thrilled to announce the most powerful suite ever. Contact us for a demo today! "
)


@pytest.fixture
def tools(home: Any, clock: Any) -> Any:
    wired = build(Settings(home=home, reviewers=(MIKA,)), clock)
    yield wired
    wired.close()


def bring(
    tools: Wired, tmp_path: Any, text: str, *, approve: bool = False, url: str = "x.example"
) -> Any:
    """`library add` of one file, as it stands now."""
    file = tmp_path / "stops.md"
    file.write_text(f"---\ntitle: Stops\nurl: https://{url}/stops\ntype: guide\n---\n{text}\n")
    return add_assets([str(file)], tools, approve=approve, by=ROBIN)


def asset(text: str, **more: Any) -> Asset:
    return Asset("a", "Stops", AssetType.GUIDE, text, "a.md", url="https://x.example/a", **more)


def deliver(office: Office) -> None:
    for key in notices.waiting(office.tools.db):
        office.work(key)


def kinds(tools: Wired, subject: str) -> list[tuple[str, str]]:
    return [(e.kind, e.actor) for e in tools.audit.entries(tools.db, subject)]


def test_a_small_change_is_a_new_version_at_once(tools: Wired, tmp_path: Any) -> None:
    """Text, title and hype of each are kept, with when, by whom and from where."""
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    assert bring(tools, tmp_path, " ".join(SMALL)).in_review == []
    first, second = tools.library.versions(made)
    assert (first.number, first.state) == (1, VersionState.PAST)
    assert (second.number, second.state) == (2, VersionState.SERVED)
    assert first.asset.text == " ".join(SENTENCES)
    assert second.asset.text == tools.library.get(made).text == " ".join(SMALL)
    assert first.asset.source == second.asset.source == str(tmp_path / "stops.md")
    assert (first.by, second.by) == (ROBIN, ROBIN)
    assert tools.library.approved([made])
    assert ("asset.version", ROBIN) in kinds(tools, made)


def test_a_large_change_waits_while_the_version_before_is_served(
    tools: Wired, tmp_path: Any
) -> None:
    """M18 Found by its old words until it is approved, then by its new ones."""
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    new = "# How zebrafish grow\n\n" + " ".join(OTHERS)
    assert bring(tools, tmp_path, new).in_review == [made]
    assert bring(tools, tmp_path, new).unchanged == [made]  # it waits already

    def found() -> set[str]:
        hits = tools.finder.search("How do zebrafish grow their fins again?", 3)
        return {c.asset.id for c in hits if "zebrafish" in c.passage}

    assert tools.library.get(made).text == " ".join(SENTENCES)
    assert found() == set()
    held = tools.library.held(made)
    assert held
    assert (held.number, held.because) == (2, "large")
    publishing.publish([made], MIKA, tools)
    assert found() == {made}
    assert [v.state for v in tools.library.versions(made)] == [
        VersionState.PAST, VersionState.SERVED,
    ]  # fmt: skip
    assert tools.library.held(made) is None
    assert kinds(tools, made)[-2:] == [("asset.version_held", ROBIN), ("asset.version", MIKA)]


def test_a_version_that_became_promotional_waits(tools: Wired, tmp_path: Any) -> None:
    """M17 M18 The audit runs on each version; one that sells does not replace one that teaches."""
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    bring(tools, tmp_path, PRAISE * 4)
    held = tools.library.held(made)
    assert held
    assert held.because == "promotional"
    assert tools.library.get(made).hype < held.asset.hype


def test_an_address_on_another_site_waits(tools: Wired, tmp_path: Any) -> None:
    """A lead must not be sent elsewhere without anybody having looked."""
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    assert bring(tools, tmp_path, " ".join(SENTENCES), url="other.example").in_review == [made]
    assert tools.library.get(made).url == "https://x.example/stops"


def test_with_approve_a_person_takes_the_new_version_as_it_is(tools: Wired, tmp_path: Any) -> None:
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    bring(tools, tmp_path, "Quite another text, by a person. " * 9)
    bring(tools, tmp_path, "Quite another text, by a person. " * 9, approve=True)
    assert tools.library.held(made) is None
    assert "Quite another" in tools.library.get(made).text
    assert [v.number for v in tools.library.versions(made)] == [1, 2]


def test_past_touches_keep_the_version_they_used(tools: Wired, tmp_path: Any) -> None:
    """M56 Whatever becomes of the piece, the record says which text the lead was sent."""
    today = team_date(tools.clock, tools.settings.time_zone)
    asked = Ask(today, questions=("What does a maintenance backlog cost?",), asked_by=ROBIN)
    made = next_touch(asked, tools)
    assert made.chosen
    piece = made.chosen.asset
    changed = replace(piece, text=f"{piece.text}\n\nA word more.")
    tools.library.put(changed, [], {}, tools.embedder.fingerprint, by=ROBIN)
    assert tools.library.get(piece.id).version == 2
    assert tools.suggestions.get(made.id).asset_version == 1
    assert tools.suggestions.rows()[-1].asset_version == 1
    entry = tools.audit.entries(tools.db, made.id)[0]
    assert entry.data["asset_version"] == 1


# In Slack


def test_a_reviewer_sees_what_changed_and_decides(office: Office, tmp_path: Any) -> None:
    """M53 What went and what came, sentence by sentence; all of it in a window."""
    tools = office.tools
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    new = " ".join([*SENTENCES[:9], "A new & longer line.", "It goes on for a while."])
    bring(tools, tmp_path, new)
    deliver(office)
    (asked,) = [m for m in office.slack.messages if m["channel"] == "D02MIKA"]
    assert "A new &amp; longer line." in said(asked)
    assert SENTENCES[12] in said(asked)
    assert SENTENCES[3] not in said(asked)
    office.click(asked, "library_changes", MIKA)
    assert "It goes on for a while." in str(office.slack.views[-1])
    office.click(asked, "library_approve", MIKA)
    assert "new & longer" in tools.library.get(made).text
    assert not buttons(asked)
    told = [m for m in office.slack.messages if m["channel"] == "D01ROBIN"]
    assert "was approved by <@U02MIKA>" in said(told[-1])


def test_a_version_sent_back_leaves_the_one_before_in_use(office: Office, tmp_path: Any) -> None:
    """M53 Its author reads why; the same text again does not ask again."""
    tools = office.tools
    (made,) = bring(tools, tmp_path, " ".join(SENTENCES), approve=True).added
    bring(tools, tmp_path, "Quite another text, not good. " * 9)
    deliver(office)
    (asked,) = [m for m in office.slack.messages if m["channel"] == "D02MIKA"]
    office.click(asked, "library_send_back", MIKA)
    assert not office.fill_in(MIKA, reason="Too thin.").body
    assert tools.library.approved([made])
    assert tools.library.get(made).text == " ".join(SENTENCES)
    assert "the one before stays in use" in said(asked)
    told = [m for m in office.slack.messages if m["channel"] == "D01ROBIN"]
    assert "Too thin." in said(told[-1])
    assert bring(tools, tmp_path, "Quite another text, not good. " * 9).unchanged == [made]
    assert bring(tools, tmp_path, "Quite another text, and better. " * 9).in_review == [made]
    publishing.send_back(made, MIKA, "Still too thin.", tools)
    with pytest.raises(BadInput, match="no version in review"):
        publishing.send_back(made, MIKA, "Still too thin.", tools)


# On the command line


def test_the_command_line_lists_versions_and_compares_two(
    trailguide: Callable[..., Ran], home: Any, tmp_path: Any
) -> None:
    for sentences in (SENTENCES, SMALL, OTHERS):
        text = "\n\n".join(sentences)
        page = f"---\ntitle: Stops\nurl: https://x.example/s\ntype: guide\n---\n{text}"
        (tmp_path / "s.md").write_text(page)
        approve = ["--approve"] if sentences is SENTENCES else []
        trailguide("--home", home, "library", "add", tmp_path / "s.md", *approve)
    listed = trailguide("--home", home, "library", "list", "--json").json
    (made,) = [a["asset_id"] for a in listed if a["title"] == "Stops"]
    shown = trailguide("--home", home, "library", "show", made, "--versions", "--json").json
    assert [(v["version"], v["state"], v["because"]) for v in shown] == [
        (1, "past", ""), (2, "served", ""), (3, "held", "large"),
    ]  # fmt: skip
    told = trailguide("--home", home, "library", "diff", made, 1, 2, "--json").json
    assert told["changes"] == [{"removed": [SENTENCES[19]], "added": [SMALL[19]]}]
    plain = trailguide("--home", home, "library", "diff", made)
    assert f"+ {OTHERS[0]}" in plain.out
    assert trailguide("--home", home, "library", "diff", made, 1, 9).status == 2
    assert trailguide("--home", home, "library", "diff", listed[0]["asset_id"]).status == 2


# The comparison itself

TEXTS = st.lists(st.sampled_from(SENTENCES[:6]), max_size=8).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_the_changes_make_the_new_text_of_the_old_and_the_share_is_one(old: str, new: str) -> None:
    found = changes(asset(old), asset(new))
    went = [s for c in found for s in c.removed]
    came = [s for c in found for s in c.added]
    assert old.count("Step") - len(went) == new.count("Step") - len(came)
    assert bool(found) == (old != new)
    assert 0.0 <= changed_share(asset(old), asset(new)) <= 1.0
    assert changed_share(asset(old), asset(old)) == 0.0
    assert len([line for line in diff_lines(found) if line]) == len(went) + len(came)


def test_where_the_line_between_small_and_large_is() -> None:
    """Five of twenty sentences changed stay below a quarter of both texts' words; six do not."""
    old = asset(" ".join(SENTENCES))
    fifth = asset(" ".join([*SENTENCES[:15], *("Put right." for _ in range(5))]))
    third = asset(" ".join([*SENTENCES[:10], *("A word put right here." for _ in range(10))]))
    assert changed_share(old, fifth) < LARGE_CHANGE < changed_share(old, third)
    assert why_review(old, fifth) == ""
    assert why_review(old, third) == "large"
    assert why_review(old, replace(fifth, hype=0.9)) == "promotional"
    assert why_review(replace(old, hype=0.9), replace(fifth, hype=0.95)) == ""
    assert AssetStatus.DRAFT is old.status
