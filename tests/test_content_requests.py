"""Misses become content requests: put together, decided on, and answered to who asked (M47)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import Wired, build
from bot.flow import content_requests as flow
from bot.flow import publishing
from bot.flow.coverage import coverage
from bot.flow.requests_answered import KIND, tell_requesters, we_have_this
from bot.settings import Settings
from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import ContentRequest, RequestState
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from retrieval.request_clusters import placed
from tests.conftest import Ran, SetClock

FERRY = ("Does the app run on a ferry with no signal for a week?",
         "What if there is no network for a whole week?")  # fmt: skip
ARABIC = "Is the app available in Arabic?"
PRICE = "What does it cost in a month?"
DANA = "lead-dana-ortiz"


@pytest.fixture
def bare(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    """A home without a library: grouping and deciding need none."""
    wired = build(Settings(home=tmp_path / "bare"), clock)
    yield wired
    wired.close()


def miss(  # noqa: PLR0917
    tools: Wired,
    wording: str,
    by: str = "U01ROBIN",
    stage: Stage = Stage.CONSIDERATION,
    lead: str | None = None,
    persona: str | None = None,
) -> None:
    key = f"ask-{tools.db.where}-{miss.__dict__.setdefault('n', 0)}"
    miss.__dict__["n"] += 1
    tools.requests.count_miss(wording, stage, by, lead, key, persona)


def open_ones(tools: Wired) -> list[ContentRequest]:
    return flow.content_requests(tools, RequestState.OPEN)


def told_to(tools: Wired) -> list[tuple[str, str]]:
    """(user, asset) of every telling recorded and not yet done."""
    payloads = [tools.inbox.payload(k) or {} for k in tools.inbox.pending()]
    return [(p["user"], p["suggestion_id"]) for p in payloads if p.get("kind") == KIND]


def test_m47_wordings_of_one_need_are_one_request_with_who_asked_and_where(bare: Wired) -> None:
    """M47 Counts, wordings, stages, personas and reps; another need stays apart."""
    miss(bare, FERRY[0], "U01ROBIN", Stage.INTEREST, persona="operations")
    miss(bare, ARABIC, "U02MIKA")
    miss(bare, FERRY[1], "U02MIKA", Stage.CONSIDERATION, persona="it")
    miss(bare, FERRY[0], "U01ROBIN", Stage.INTEREST, persona="operations")
    ferry, arabic = open_ones(bare)
    assert (ferry.count, arabic.count) == (3, 1)
    assert ferry.wordings == FERRY
    assert ferry.stages == (Stage.INTEREST, Stage.CONSIDERATION)
    assert ferry.personas == ("operations", "it")
    assert ferry.askers == ("U01ROBIN", "U02MIKA")
    assert arabic.question == ARABIC


def test_a_request_keeps_its_number_when_more_comes(bare: Wired) -> None:
    miss(bare, FERRY[0])
    (first,) = open_ones(bare)
    miss(bare, ARABIC)
    miss(bare, FERRY[1])
    assert {r.id for r in open_ones(bare) if r.count == 2} == {first.id}


def test_a_request_comes_down_to_a_buyer_question_and_stands_in_its_cell(bare: Wired) -> None:
    """M43 M47 The cell shows its misses, by stage and persona."""
    miss(bare, PRICE, stage=Stage.DECISION, persona="finance")
    covered = coverage(bare)
    assert covered.misses_in(Stage.DECISION, "finance", BuyerQuestion.AFFORD) == 1
    assert covered.misses_in(Stage.DECISION, None, BuyerQuestion.AFFORD) == 1
    assert covered.misses_in(Stage.DECISION, "it", BuyerQuestion.AFFORD) == 0
    assert covered.misses_in(Stage.INTEREST, "finance", BuyerQuestion.AFFORD) == 0


def test_close_merge_and_split_are_done_once_and_audited(bare: Wired) -> None:
    """M47 M56 Ids and labels in the audit, no wording."""
    for wording in (*FERRY, ARABIC):
        miss(bare, wording)
    ferry, arabic = open_ones(bare)
    assert flow.close(arabic.id, "U03", bare, "no such product")
    assert not flow.close(arabic.id, "U03", bare)
    assert [r.id for r in open_ones(bare)] == [ferry.id]
    wording_ids = [m.wording_id for m in ferry.misses]
    fresh = flow.split(ferry.id, wording_ids[:1], "U03", bare)
    assert {r.id: r.count for r in open_ones(bare)} == {ferry.id: 1, fresh: 1}
    flow.merge(fresh, ferry.id, "U03", bare)
    assert {r.id: r.count for r in open_ones(bare)} == {ferry.id: 2}
    entries = [e for e in bare.audit.entries(bare.db) if e.kind.startswith("request.")]
    assert {e.kind for e in entries[:-3]} == {"request.missed"}
    entries = entries[-3:]
    assert [e.kind for e in entries] == ["request.decided", "request.split", "request.merged"]
    assert "ferry" not in json.dumps([e.data for e in entries])
    assert bare.audit.verify(bare.db).ok


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda t, r: flow.split(r.id, [], "U", t), "some of the request's wordings"),
        (lambda t, r: flow.split(r.id, [m.wording_id for m in r.misses], "U", t), "not all"),
        (lambda t, r: flow.split(r.id, [999], "U", t), "some of the request's wordings"),
        (lambda t, r: flow.merge(r.id, r.id, "U", t), "with itself"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_with_what_to_do(
    bare: Wired, act: Callable[[Wired, ContentRequest], object], says: str
) -> None:
    for wording in FERRY:
        miss(bare, wording)
    (request,) = open_ones(bare)
    with pytest.raises(BadInput, match=says):
        act(bare, request)
    assert [r.count for r in open_ones(bare)] == [2]


def test_an_unknown_number_is_named(bare: Wired) -> None:
    with pytest.raises(NotFound, match="no content request 7"):
        flow.close(7, "U", bare)


def test_a_closed_request_stays_closed_and_an_answered_one_opens_when_missed_again(
    tools: Wired,
) -> None:
    """M47 An answer that did not reach the next asker is none."""
    miss(tools, ARABIC)
    (request,) = open_ones(tools)
    flow.close(request.id, "U", tools)
    miss(tools, ARABIC)
    assert open_ones(tools) == []
    assert tools.request_groups.get(request.id).count == 2
    flow.reopen(request.id, "U", tools)
    we_have_this(request.id, tools.library.all()[0].id, "U", tools)
    assert open_ones(tools) == []
    miss(tools, ARABIC)
    assert [r.id for r in open_ones(tools)] == [request.id]


def test_an_erased_lead_takes_its_wording_and_leaves_the_count(tools: Wired) -> None:
    """M47 M56 What others asked in other words stays."""
    miss(tools, FERRY[0], lead=DANA)
    miss(tools, FERRY[1])
    assert [r.count for r in open_ones(tools)] == [2]
    tools.leads.erase(DANA, "U")
    (left,) = open_ones(tools)
    assert (left.count, left.wordings) == (2, FERRY[1:])
    assert all(m.lead_id is None for m in left.misses)


def publish(
    tools: Wired, title: str, body: str, *, approve: bool = True, kind: str = "docs"
) -> str:
    """A piece written for a request, in the library and approved."""
    from bot.flow.add_assets import add_assets

    path = tools.settings.home / f"{title[:10]}.md"
    head = f"title: {title}\nurl: https://www.tidewell.example/new/x\ntype: {kind}"
    path.write_text(f"---\n{head}\n---\n\n{body}\n")
    return add_assets([str(path)], tools, approve=approve).added[0]


ARABIC_PIECE = (
    "# The app in Arabic\n\n## Is the app available in Arabic?\n\nThe app is available in Arabic "
    "since spring. Technicians choose Arabic in their own settings, and the app turns from right "
    "to left. Reports can be written in Arabic and read in English by the planner. Fault codes "
    "have Arabic names as well, which the site may change. Training in Arabic takes two hours.\n"
)


def test_reps_are_told_once_when_a_published_piece_answers_what_they_missed(tools: Wired) -> None:
    """M47 Each requester and request once, whether added as approved or published again."""
    miss(tools, ARABIC, "U01ROBIN", lead=DANA)
    miss(tools, ARABIC, "U02MIKA")
    miss(tools, ARABIC, "somebody at the command line")
    miss(tools, FERRY[0], "U04ELSE")
    assert len(open_ones(tools)) == 2
    (answered,) = (r.id for r in open_ones(tools) if r.question == ARABIC)
    asset = tools.library.get(publish(tools, "The app in Arabic", ARABIC_PIECE))
    assert told_to(tools) == [("U01ROBIN", asset.id), ("U02MIKA", asset.id)]
    assert tell_requesters(asset, tools) == []
    assert len(told_to(tools)) == 2
    assert [r.question for r in open_ones(tools)] == [FERRY[0]]
    assert tools.request_groups.get(answered).state is RequestState.ANSWERED


def test_publishing_a_draft_tells_who_asked(tools: Wired) -> None:
    """M47 Through the one way to publish, whoever takes it."""
    miss(tools, ARABIC, "U02MIKA")
    draft = publish(tools, "The app in Arabic", ARABIC_PIECE, approve=False)
    assert told_to(tools) == []
    publishing.publish([draft], "U09MARKETER", tools)
    assert told_to(tools) == [("U02MIKA", draft)]
    publishing.publish([draft], "U09MARKETER", tools)
    assert len(told_to(tools)) == 1


def test_a_piece_that_answers_nothing_or_sells_tells_nobody(tools: Wired) -> None:
    """M17 M47"""
    miss(tools, ARABIC)
    asset = tools.library.all()[0]
    assert tell_requesters(asset, tools) == []
    publish(tools, "The app in Arabic", ARABIC_PIECE, kind="brochure")
    assert told_to(tools) == []


def test_a_death_before_the_telling_is_made_good(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M47 M59 The request was marked as answered, and nobody told yet."""
    asset = tools.library.get(publish(tools, "The app in Arabic", ARABIC_PIECE))
    miss(tools, ARABIC)
    open_ones(tools)
    with monkeypatch.context() as patched:
        patched.setattr("bot.flow.requests_answered._tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell_requesters(asset, tools)
    assert told_to(tools) == []
    tell_requesters(asset, tools)
    assert len(told_to(tools)) == 1


def test_we_have_this_needs_an_approved_piece(tools: Wired) -> None:
    miss(tools, ARABIC)
    (request,) = open_ones(tools)
    piece = tools.library.all()[0]
    tools.library.retire([piece.id], "U")
    with pytest.raises(BadInput, match="approve it first"):
        we_have_this(request.id, piece.id, "U", tools)
    assert [r.id for r in open_ones(tools)] == [request.id]


def test_the_command_line_lists_shows_and_decides(
    bare: Wired, trailguide: Callable[..., Ran]
) -> None:
    """M47"""
    for wording in FERRY:
        miss(bare, wording)
    home = bare.settings.home
    (listed,) = trailguide("--home", home, "requests", "list", "--json").json
    assert (listed["count"], listed["state"]) == (2, "open")
    shown = trailguide("--home", home, "requests", "show", listed["id"])
    assert f"wording {listed['wordings'][0]['id']}" in shown.out
    split = trailguide(
        "--home", home, "requests", "split", listed["id"], listed["wordings"][0]["id"]
    )
    assert "are now request" in split.out
    closed = trailguide("--home", home, "requests", "close", listed["id"], "--because", "not ours")
    assert closed.out.strip() == f"Request {listed['id']} is closed."
    every = trailguide("--home", home, "requests", "list", "--all", "--json").json
    assert {r["state"] for r in every} == {"open", "closed"}
    missing = trailguide("--home", home, "requests", "close", "99")
    assert (missing.status, "no content request 99" in missing.err) == (2, True)


numbers = st.dictionaries(st.integers(1, 40), st.text(max_size=12), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    loose=numbers,
    groups=st.dictionaries(
        st.integers(1, 5), st.lists(st.text(max_size=9), max_size=4), max_size=3
    ),
)
def test_every_wording_ends_in_exactly_one_request(
    loose: dict[int, str], groups: dict[int, list[str]]
) -> None:
    import numpy as np

    def embed(texts: list[str]) -> np.ndarray:
        turns = [np.random.default_rng(sum(map(ord, t))).normal(size=5) for t in texts]
        return np.array([v / np.linalg.norm(v) for v in turns], dtype=np.float32)

    fresh, into = placed(loose, groups, embed)  # type: ignore[arg-type]
    placed_ids = [n for group in fresh for n in group] + list(into)
    assert sorted(placed_ids) == sorted(loose)
    assert set(into.values()) <= set(groups)
