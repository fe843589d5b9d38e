"""Everything that shows a list of suggestions, a story or a note, with one text in every place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from bot.flow.touch_words import RULE_NAMES
from bot.views import escape
from bot.views.blocks import PLAIN_BLOCKS
from bot.views.home import home_view
from bot.views.manager_home import Managed, manager_blocks
from bot.views.review_note import note_message, note_window
from bot.views.story import story_window
from bot.views.touch_filter_form import filter_window
from bot.views.touch_list import Listed, asked, list_message
from bot.views.words_touches import understood
from knowledge.due import DueLists
from knowledge.journey import Stage
from knowledge.review import Drawn, How, NoteAbout, NoteKind, ReviewNote, Sampled
from knowledge.review_risk import Sign
from knowledge.story import Fact, Happening, Piece, Story, StoryEvent
from knowledge.text_difference import difference
from knowledge.touch import Contribution, Finding, PaceDecision
from storage.touch_filter import TouchFilter
from storage.touch_lists import TouchLine, TouchPage
from tests.slack.payloads import check_message, check_view

AT = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
Checked = tuple[Callable[[dict[str, Any]], None], dict[str, Any]]


def when(at: datetime) -> str:
    return f"{at.day} {at:%b %H:%M}"


def a_line(word: str, own: str = "s1") -> TouchLine:
    return TouchLine(
        own, AT, word or None, word, word, word, Stage.INTEREST, PaceDecision.SEND, "edited", 1,
        word, word, (word,), (word,),
    )  # fmt: skip


def a_note(word: str, own: str, kind: NoteKind) -> ReviewNote:
    return ReviewNote(own, "s1", kind, NoteAbout.OTHER, "U03NOOR", "U01ROBIN", AT, word)


def a_story(word: str, events: int = 1) -> Story:
    """A story in which every value is `word`, two an event, of each kind, `events` times."""
    one = tuple(
        StoryEvent(
            what, AT, word,
            tuple((fact, word) for fact in list(Fact)[2 * n : 2 * n + 2]),
            (Piece("valves-1", word, 0.5, word, word, (Contribution(word, 0.5, word),)),)[: n == 4],
            (Finding(word, word, word),)[: n == 6],
            (word, word) if what is Happening.SENT else None,
            difference(f"one {word} two", f"one two {word}") if what is Happening.EDITED else (),
        )
        for n, what in enumerate(Happening)
    )  # fmt: skip
    return Story("s1", "edited", word, word, AT, False, one * events)


def touch_views(word: str, turn: int) -> list[Checked]:
    """The list in both kinds of blocks, the windows, a story, and a manager's Home, in turns."""
    return (_lists, _windows, _stories, _home)[turn % 4](word, turn)


def _lists(word: str, turn: int) -> list[Checked]:
    wanted = _filter(word)
    told = understood(
        asked(wanted, word, word), [escape.mrkdwn(word, 60)], [escape.mrkdwn(word, 300)]
    )
    page = TouchPage(tuple(a_line(word, f"s{n}") for n in range(turn // 4 % 5)), 40, turn % 3, "s9")
    if not page.lines:
        page = TouchPage((), 0)
    shown = list_message(
        Listed(page, "0123456789ab", told, "Whole.", turn % 3 == 0, True), when, {word: word}
    )
    newer = {k: v for k, v in shown.payload(newer=True).items() if k != PLAIN_BLOCKS}
    return [(check_message, shown.payload()), (check_message, newer)]


def _windows(word: str, _: int) -> list[Checked]:
    flag = a_note(word, "n1", NoteKind.FLAG)
    window = filter_window(_filter(word), "t", RULE_NAMES, lead=word, title=word)
    told = note_message(flag, "A line", card_open=True, flag=flag)
    return [
        (check_view, window),
        (check_view, note_window(NoteKind.FLAG, "s1")),
        (check_message, told.payload()),
    ]


def _stories(word: str, turn: int) -> list[Checked]:
    return [(check_view, story_window(a_story(word), turn // 4 % 2, when, reviews=True))]


def _home(word: str, _: int) -> list[Checked]:
    flag, answer = a_note(word, "n1", NoteKind.FLAG), a_note(word, "n2", NoteKind.ANSWER)
    sample = tuple(
        Sampled(Drawn(f"s{n}", How.RISK, 4.0, tuple(s.value for s in Sign))) for n in range(6)
    )
    managed = Managed(
        "3 suggested", "2026-W10", sample, (flag,) * 4, 4, {"n1": (answer,) * 3},
        {f"s{n}": a_line(word, f"s{n}") for n in range(6)}, "Whole.",
    )  # fmt: skip
    shown = home_view(
        DueLists(AT.date()), {}, digest_on=False, digest_at="08:30",
        managing=manager_blocks(managed, when),
    )  # fmt: skip
    return [(check_view, shown)]


def _filter(word: str) -> TouchFilter:
    stored = word.encode(errors="ignore").decode()  # no store takes half a character
    return TouchFilter(rep="U01ROBIN", lead=stored, asset=stored, failed=stored, company=stored,
                       since=date(2026, 3, 1))  # fmt: skip
