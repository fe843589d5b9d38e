"""What to read next after what was read, when there is no question (M14, M44)."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta

import pytest

from bot.bootstrap import build
from bot.flow.add_assets import add_assets
from bot.flow.next_touch import recommend
from bot.settings import load_settings
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask, PaceDecision

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def tools(tmp_path_factory, request):
    home = tmp_path_factory.mktemp("home")
    wired = build(load_settings(home=home))
    library = request.config.rootpath / "knowledge" / "sample" / "library"
    add_assets([str(library)], wired, approve=True, base_url="https://sample.example")
    yield wired
    wired.close()


def of(tools, word: str) -> str:
    return next(name for name in sorted(tools.library.approved()) if word in name)


def after(tools, *read: str):
    history = tuple(
        HistoryEntry(Action.READ, TODAY - timedelta(days=30 - n), name)
        for n, name in enumerate(read)
    )
    return recommend(Ask(today=TODAY, history=history), tools)


def test_the_candidates_go_on_from_what_was_read_and_leave_it_out(tools):
    read = of(tools, "spare")
    found = tools.reading_on.candidates([read])
    names = [c.asset.id for c in found]
    assert read not in names
    assert len(names) > 5
    assert all(c.follows and 0 <= c.score <= 1 and c.passage for c in found)
    assert [c.score for c in found] == sorted((c.score for c in found), reverse=True)


def test_m14_different_reading_leads_to_different_pieces_and_the_card_says_from_what(tools):
    one, two = of(tools, "spare"), of(tools, "offline")
    first, second = after(tools, one).ranking.ranked[0], after(tools, two).ranking.ranked[0]
    assert first.asset.id != second.asset.id
    title = tools.library.get(one).title
    assert any(title in reason for reason in first.reasons)


def test_what_was_read_last_weighs_most(tools):
    a, b = of(tools, "spare"), of(tools, "sap")
    there = [c.asset.id for c in tools.reading_on.candidates([a, b])][:5]
    back = [c.asset.id for c in tools.reading_on.candidates([b, a])][:5]
    assert there != back


def test_a_retired_piece_neither_leads_on_nor_comes_up(tools):
    read = of(tools, "spare")
    best = tools.reading_on.candidates([read])[0].asset.id
    tools.library.retire([best], "test")
    try:
        assert best not in [c.asset.id for c in tools.reading_on.candidates([read])]
        assert tools.reading_on.candidates([best]) == []
    finally:
        tools.library.approve([best], "test")


def test_unknown_pieces_lead_nowhere_and_the_ask_still_gets_an_answer(tools):
    assert tools.reading_on.candidates(["never-heard-of"]) == []
    found = after(tools, "never-heard-of")
    assert found.pace.decision is PaceDecision.ASK
    assert not found.ranking.ranked


def test_what_was_read_leads_on_when_a_problem_is_known_and_nothing_was_asked(tools):
    read = of(tools, "offline")
    history = (HistoryEntry(Action.READ, TODAY - timedelta(days=30), read),)
    facts = LeadFacts(problem="technicians do not use the app")
    found = recommend(Ask(today=TODAY, history=history, facts=facts), tools)
    assert found.pace.decision is PaceDecision.SEND
    assert found.chosen
    assert found.chosen.asset.id != read
    assert any(r.candidate.follows for r in found.ranking.ranked)


def test_what_we_sent_or_what_is_to_come_is_not_what_they_read(tools):
    name = of(tools, "spare")
    for entry in (
        HistoryEntry(Action.SENT, TODAY - timedelta(days=30), name),
        HistoryEntry(Action.READ, TODAY + timedelta(days=30), name),
    ):
        found = recommend(Ask(today=TODAY, history=(entry,)), tools)
        assert not any(r.candidate.follows for r in found.ranking.ranked)
        assert not any("they know" in reason for r in found.ranking.ranked for reason in r.reasons)


def test_a_search_full_of_pieces_that_may_not_be_sent_goes_deeper(tools, tmp_path):
    library = tmp_path / "library.jsonl"
    rows = [
        {"id": f"news-{n}", "title": f"Crane inspection {n}", "type": "changelog",
         "url": f"https://sample.example/news/{n}", "text": "Crane inspection takes a day. " * 9}
        for n in range(45)
    ]  # fmt: skip
    rows.append({
        "id": "guide", "title": "Lifting gear", "type": "guide",
        "url": "https://sample.example/guide",
        "text": "How a crane inspection is planned: book the inspector, clear the hall. " * 4,
    })  # fmt: skip
    library.write_text("\n".join(json.dumps(row) for row in rows))
    with closing(build(load_settings(home=tmp_path / "home"))) as own:
        add_assets([str(library)], own, approve=True)
        found = recommend(Ask(today=TODAY, questions=("How long is a crane inspection?",)), own)
        assert found.chosen
        assert found.chosen.asset.id == "guide"
