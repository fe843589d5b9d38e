"""The health of the library: each ailment found, told with what to do, mended by a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow.checking_links import upkeeper
from bot.flow.library_health import duplicates, library_health
from bot.settings import Settings
from bot.views import words_health
from bot.views.library_health import PAGE, health_lines, health_message
from knowledge.assets import Asset, AssetStatus
from knowledge.case_studies import ADD, weaknesses
from knowledge.journey import AssetType
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.library_health import Ailing, Ailment, Complaint, LibraryHealth
from knowledge.link_check import LinkAnswer, LinkState
from knowledge.roles import Act, Role
from knowledge.roles_told import refusal
from tests.conftest import Ran, SetClock
from tests.slack.local import buttons, said
from tests.slack.office import MIKA, ROBIN, Office
from tests.slack.payloads import check_message

pytest_plugins = ("tests.slack.fixtures",)

PLAIN = [f"Step {n} counts what a stop of line {n} costs in a year." for n in range(1, 12)]
HARD = (
    "Organisational interoperability considerations notwithstanding, the operationalisation of "
    "multidimensional maintenance prioritisation methodologies necessitates comprehensive "
    "interdepartmental communication infrastructures, institutionalised accountability mechanisms "
    "and continuously recalibrated probabilistic deterioration approximations. "
)


@pytest.fixture
def tools(home: Any, clock: Any) -> Any:
    wired = build(Settings(home=home, library_keeper=MIKA), clock)
    wired.library.retire([a.id for a in wired.library.all()], "test")  # a desk of one's own
    yield wired
    wired.close()


def put(tools: Wired, name: str, text: str = " ".join(PLAIN), **more: Any) -> Asset:
    """A piece in use that nothing ails, but for what is said."""
    told: dict[str, Any] = {"type": AssetType.GUIDE, "owner": "ada@x.example", **more}
    asset = Asset(name, f"About {name}", text=text, source=f"{name}.md",
                  url=f"https://x.example/{name}", **told)  # fmt: skip
    tools.library.put(asset, [], {}, "m", approve=True, by="test")
    return tools.library.get(name)


def ails(tools: Wired, name: str) -> dict[Ailment, Complaint]:
    found = {one.asset.id: one for one in library_health(tools).ailing}
    return {c.ailment: c for c in found[name].complaints} if name in found else {}


def test_nothing_ails_a_good_piece(tools: Wired) -> None:
    put(tools, "good")
    assert library_health(tools).ailing == ()
    assert health_lines(library_health(tools))[0].endswith("one piece in use, 0 to look at.")


def test_dates_and_use_are_told(tools: Wired, clock: SetClock) -> None:
    """M48 Stale after two years, unused after a quarter, overdue on the day."""
    put(tools, "old", published=clock.at.date() - timedelta(days=731))
    other = " ".join(f"Thought {n} stands in this piece and nowhere else." for n in range(9))
    put(tools, "due", other, review_by=clock.at.date())
    assert set(ails(tools, "old")) == {Ailment.REVIEW_OVERDUE, Ailment.STALE}
    assert set(ails(tools, "due")) == {Ailment.REVIEW_OVERDUE}
    upkeeper(tools).verify("old", MIKA)
    assert ails(tools, "old") == {}
    clock.at += timedelta(days=90)
    assert set(ails(tools, "old")) == {Ailment.NEVER_USED}
    sent = HistoryEntry(Action.SENT, date(2026, 1, 2), "old")
    tools.leads.put("ann", LeadFacts(name="Ann"), "crm", "test")
    tools.leads.add_history("ann", [sent])
    assert ails(tools, "old") == {}


def test_what_never_helped_is_told_after_three_answers(tools: Wired) -> None:
    """M48 Two may be chance; one that it helped clears it."""
    from storage.tables import SuggestionRow, TouchOutcomeRow

    put(tools, "guide")

    def answer(n: int, helped: bool) -> None:
        with tools.db.write() as session:
            session.add(
                SuggestionRow(
                    id=f"s{n}", created_at=tools.clock.now(), stage="interest",
                    stage_confidence=1.0, decision="send", touch_number=1, budget=27,
                    asset_id="guide", rules=[], state="approved",
                )
            )  # fmt: skip
            session.flush()
            session.add(TouchOutcomeRow(suggestion_id=f"s{n}", helped=helped))

    for n in range(3):
        assert Ailment.NEVER_HELPFUL not in ails(tools, "guide")
        answer(n, helped=False)
    assert ails(tools, "guide")[Ailment.NEVER_HELPFUL].told == "3"
    answer(4, helped=True)
    assert ails(tools, "guide") == {}


def test_the_text_is_judged_sentence_by_sentence(tools: Wired) -> None:
    """M17 M18 M46 Each sentence stands with how to mend it."""
    put(tools, "loud", "Buy now and save 30%! We are thrilled to announce our best suite. " * 5,
        hype=0.95)  # fmt: skip
    put(tools, "hard", HARD * 3)
    put(tools, "thin", "We like our customer a lot. They bought 3 seats in May. " * 5,
        type=AssetType.CASE_STUDY)  # fmt: skip
    loud = ails(tools, "loud")[Ailment.PROMOTIONAL]
    assert any("Buy now" in sentence and how for sentence, how in loud.sentences)
    assert ails(tools, "hard")[Ailment.HARD_TO_READ].sentences[0][0].startswith("Organisational")
    thin = ails(tools, "thin")[Ailment.WEAK_CASE_STUDY]
    assert thin.told == "named problem, method, measured result"
    assert {how for _, how in thin.sentences} == set(ADD.values())
    tools.library.overrule_hype("loud", MIKA, "It teaches")
    assert Ailment.PROMOTIONAL not in ails(tools, "loud")


def test_a_weak_case_study_is_shown_where_the_missing_part_would_stand() -> None:
    """M46 The sentence with a figure for the result, the opening for the problem."""
    weak = weaknesses("They run nine sites today. The crew is happy with it. We like them.")
    by_part = {w.part: w for w in weak}
    assert set(by_part) == set(ADD)
    assert by_part["named problem"].sentences == ("They run nine sites today.",)
    assert weaknesses(
        "Breakdowns cost them nights. They mapped the stops, ranked them and trained two crews. "
        "Callouts fell from 61 to 38 a month, by 38 percent."
    ) == ()  # fmt: skip


def test_a_piece_that_stands_twice_is_told_of_both(tools: Wired) -> None:
    """Most of the sentences, not one or two; what everybody says tells nothing."""
    put(tools, "one")
    put(tools, "two", " ".join([*PLAIN[:9], "Another end is here now."]))
    put(tools, "three", " ".join([PLAIN[0], *(f"Quite another thought number {n} of mine here."
                                              for n in range(9))]))  # fmt: skip
    assert ails(tools, "one")[Ailment.DUPLICATE].told == "About two"
    assert ails(tools, "two")[Ailment.DUPLICATE].told == "About one"
    assert ails(tools, "three") == {}
    boiler = [replace(tools.library.get("one"), id=f"b{n}") for n in range(25)]
    assert duplicates(boiler) == {}


def test_links_and_owners_are_told_and_the_gravest_comes_first(
    tools: Wired, clock: SetClock
) -> None:
    for name in ("dead", "moved", "fails"):
        put(tools, name, f"{' '.join(PLAIN[:5])} Only {name} says this last thing of all here.")
    put(tools, "nobody", "Nothing here is like the rest, for nobody wrote it before me. " * 4,
        owner="")  # fmt: skip
    keeper = upkeeper(tools)
    for _ in range(3):
        keeper.note_link("dead", "https://x.example/dead", LinkAnswer(LinkState.GONE, "gone (404)"))
        clock.at += timedelta(days=1)
    keeper.note_link("fails", "https://x.example/fails", LinkAnswer(LinkState.DOWN, "no answer"))
    moved = LinkAnswer(LinkState.MOVED, "moved", "https://x.example/new")
    keeper.note_link("moved", "https://x.example/moved", moved)
    health = library_health(tools)
    assert health.ailing[0].asset.id == "dead"
    assert health.ailing[-1].asset.id == "nobody"
    assert ails(tools, "moved")[Ailment.MOVED].told == "https://x.example/new"
    assert Ailment.LINK_FAILS in ails(tools, "fails")
    assert set(ails(tools, "nobody")) == {Ailment.UNOWNED}
    assert list(health.counted()) == sorted(health.counted(), key=list(Ailment).index)


def test_every_ailment_has_words_and_something_to_do() -> None:
    day = {Ailment.REVIEW_OVERDUE, Ailment.STALE, Ailment.NEVER_USED}
    for ailment in Ailment:
        told = words_health.what(ailment, "2026-01-02" if ailment in day else "this")
        assert "{" not in told
        assert words_health.do(ailment).endswith(".")
        assert words_health.NAMES[ailment]


# In Slack


def test_the_list_is_turned_and_acts_in_place(office: Office) -> None:
    """M53 M58 Pages of six; a retired piece leaves the list, a verified one too; owners only."""
    tools = office.tools
    for n in range(8):
        text = " ".join(f"Thought {n} of {m} is like no other one here." for m in range(6))
        put(tools, f"p{n}", text, review_by=tools.clock.now().date())
    office.command("library", MIKA)
    (shown,) = [m for m in office.slack.messages if m["channel"] == "D02MIKA"]
    assert buttons(shown).count("health_retire") == PAGE
    assert "8 pieces in use, 8 to look at" in said(shown)
    assert words_health.do(Ailment.REVIEW_OVERDUE) in said(shown)
    office.click(shown, "health_more", MIKA)
    assert buttons(shown).count("health_retire") == 2
    assert "About p7" in said(shown)
    office.click(shown, "health_retire", MIKA)
    assert tools.library.get("p6").status is AssetStatus.RETIRED
    assert "7 to look at" in said(shown)
    office.click(shown, "health_verify", MIKA)
    assert buttons(shown).count("health_retire") == PAGE  # the page before: this one is empty
    office.give(ROBIN)
    office.command("library", ROBIN)
    other = [m for m in office.slack.messages if m["channel"] == "D01ROBIN"][-1]
    office.click(other, "health_retire", ROBIN)
    assert refusal(Act.RETIRE_PIECE, {Role.REP}) in said(office.slack.messages[-1])
    assert tools.library.get("p0").status is AssetStatus.APPROVED


def test_any_page_of_hostile_texts_fits_in_a_message() -> None:
    """M59 The longest titles and sentences there can be, on every piece of a page."""
    foreign = "<!channel> *x* & <@U1> " * 40
    asset = Asset("a", foreign, AssetType.GUIDE, "t", "s", url=f"https://x.example/{'y' * 1900}")
    day = {Ailment.REVIEW_OVERDUE, Ailment.STALE, Ailment.NEVER_USED}
    complaints = tuple(
        Complaint(a, "2026-01-02" if a in day else foreign, ((foreign, "Mend."),) * 5)
        for a in Ailment
    )
    ailing = tuple(Ailing(replace(asset, id=f"a{n}"), complaints) for n in range(20))
    for page in range(5):
        shown = health_message(LibraryHealth(date(2026, 1, 2), 20, ailing), page)
        check_message({**shown.payload(), "channel": "D1"})
        assert any("health_retire" in str(block) for block in shown.blocks)


def test_the_command_line_tells_the_same(trailguide: Callable[..., Ran], home: Any) -> None:
    """M46 Counts, each piece, each sentence and what to do, as text and as JSON."""
    ran = trailguide("--home", home, "library", "health", "--json")
    assert ran.status == 0
    told = ran.json
    assert told["in_use"] > 20
    assert told["counts"]["unowned"] == told["in_use"]
    assert all(a["do"] and a["why"] for one in told["assets"] for a in one["ailments"])
    plain = trailguide("--home", home, "library", "health").out
    assert "unowned: nobody answers for it." in plain
    study = next(
        a
        for a in trailguide("--home", home, "library", "list", "--json").json
        if a["type"] == "case_study"
    )
    shown = trailguide("--home", home, "library", "show", study["asset_id"], "--json").json
    assert "weaknesses" in shown
