"""Which sentences of a piece are passed on: whole thoughts, not pieces of an example."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.assets import Asset
from knowledge.journey import parse_type
from prompts.insight import REREAD, insights
from prompts.passages import places, plainer


def piece(text: str) -> Asset:
    return Asset("a", "A title", parse_type("guide"), text, "a", url="https://a.example/a")


def same(_question: str, texts: Sequence[str]) -> list[float]:
    return [0.5] * len(texts)


def said(text: str, question: str = "How do we plan?") -> list[str]:
    return [found.text for found in insights(piece(text), question, "", same)]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Payback is the one-off cost divided by the yearly gain: 42 divided by 30 is 1.4.",
            "Payback is the one-off cost divided by the yearly gain.",
        ),
        ("Three shifts cost: 3 times 40 is 120.", "Three shifts cost: 3 times 40 is 120."),
        (
            "It takes two people for one day: the planner and the lead of shift 2.",
            "It takes two people for one day: the planner and the lead of shift 2.",
        ),
    ],
)
def test_a_rule_is_told_without_the_sum_that_works_it_out(sentence: str, told: str) -> None:
    """M23"""
    assert plainer(sentence) == told


def test_half_a_thought_goes_behind_the_whole_of_it() -> None:
    """M23"""
    text = (
        "## What comes first?\n\nFinish the jobs that make a repair faster for the crews. A burst "
        "with good valves stops one street. The same burst with bad valves stops a town."
    )
    halves = [place.text for place in places(text) if place.cut]
    assert [half.count(".") for half in halves] == [2, 1]
    found = said(text)
    assert found[0].count(".") == 3
    assert set(found[-2:]) == set(halves)


def test_figures_of_a_worked_example_go_behind_the_rule() -> None:
    """M23"""
    text = (
        "## What should be held?\n\nHolding a part pays when being without it costs more each "
        "year. Take a gearbox that costs a lot. Without a spare, the buyer can rush an order in 4 "
        "weeks instead."
    )
    assert [p.example for p in places(text) if "in 4 weeks" in p.text] == [True, True, True]
    found = said(text)
    assert found[0].startswith("Holding a part pays")
    assert not any(t.startswith("Without a spare") for t in found[:1])


@pytest.mark.parametrize(
    "sentence",
    [
        "With 9,450 in place of 18,900, the net gain is lower and payback takes three years.",
        "In this example the second line adds a good deal to the cost of every plan.",
        "Two people left, and the fourth line of the sheet shows what it cost the plan.",
    ],
)
def test_what_goes_on_with_an_example_is_not_passed_on(sentence: str) -> None:
    """M23"""
    text = f"## How is it tested?\n\nHalve the largest gain and look at the plan again. {sentence}"
    assert not any(sentence in told for told in said(text))


def test_a_list_that_goes_on_with_another_is_not_passed_on() -> None:
    """M23"""
    listed = "\n\n- It feels wrong\n- It fails outside\n"
    assert any(
        i.items for i in insights(piece(f"The panel named three reasons:{listed}"), "why", "")
    )
    assert not any(
        i.items for i in insights(piece(f"The panel named three more reasons:{listed}"), "why", "")
    )


def test_the_best_places_are_read_again_with_the_question() -> None:
    """M23"""
    lines = [f"Rule {n} says that a team should keep its plan in one place." for n in range(30)]
    asked: list[Sequence[str]] = []

    def answering(_question: str, texts: Sequence[str]) -> list[float]:
        asked.append(texts)
        return [50.0 if n == len(texts) - 1 else 0.0 for n in range(len(texts))]

    plain = insights(piece("\n\n".join(lines)), "Where is it?", "", same)
    read = insights(piece("\n\n".join(lines)), "Where is it?", "", same, answering)
    assert len(asked) == 1
    assert len(asked[0]) == REREAD
    assert read[0].text == plain[REREAD - 1].text
    assert [i.text for i in read[REREAD:]] == [i.text for i in plain[REREAD:]]
