"""The part of the Home tab for managers: figures, the week's sample, open flags, the log (M57)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.views import escape
from bot.views import words_touches as words
from bot.views.blocks import Block, actions, button, context, divider, header, section
from bot.views.review_note import ANSWER, SETTLE
from bot.views.story import FLAG
from bot.views.touch_list import OPEN, person, row_text
from knowledge.review import How, ReviewNote, Sampled
from storage.touch_lists import TouchLine

REVIEWED, LIST = "sample_reviewed", "touch_list"
SAMPLE_ROWS, FLAG_ROWS = 4, 3
"""The five lists of Home take 76 of Slack's 100 blocks; these are at most 22 more."""
SAID = 300


@dataclass(frozen=True, slots=True)
class Managed:
    """What a manager's part shows; `chain` and `figures` are lines of ours, inert.

    `lines` are the suggestions named in the sample and by the flags, by id.
    """

    figures: str
    week: str
    sample: tuple[Sampled, ...]
    flags: tuple[ReviewNote, ...]
    flags_open: int
    answers: Mapping[str, tuple[ReviewNote, ...]]
    lines: Mapping[str, TouchLine]
    chain: str


def manager_blocks(managed: Managed, when: Callable[[datetime], str]) -> list[Block]:
    """The blocks, below the lists of Home."""
    return [
        divider(),
        header(words.MANAGING),
        section(f"*{words.THIS_WEEK}:* {managed.figures}"),
        *_sample(managed, when),
        *_flags(managed, when),
        context(managed.chain),
        actions([button(LIST, words.ALL_TOUCHES, "all", style="primary")]),
    ]


def _sample(managed: Managed, when: Callable[[datetime], str]) -> list[Block]:
    waiting = [one for one in managed.sample if one.verdict is None]
    done = len(managed.sample) - len(waiting)
    head = words.sample_head(managed.week, done, len(managed.sample))
    if not managed.sample:
        return [section(f"{head}\n{words.NO_SAMPLE}")]
    if not waiting:
        return [section(f"{head}\n{words.ALL_REVIEWED}")]
    blocks = [section(head)]
    for one in [w for w in waiting if w.drawn.suggestion_id in managed.lines][:SAMPLE_ROWS]:
        own = one.drawn.suggestion_id
        why = words.because(one.drawn.signs, one.drawn.how is How.RANDOM)
        told = f"{row_text(managed.lines[own], when)}\n_{why}_"
        blocks.append({**section(told), "accessory": button(OPEN, words.OPEN, own)})
        blocks.append(actions([
            button(REVIEWED, words.REVIEWED, f"{managed.week}:{own}"),
            button(FLAG, words.FLAG, own),
        ]))  # fmt: skip
    return blocks


def _flags(managed: Managed, when: Callable[[datetime], str]) -> list[Block]:
    head = f"*{words.FLAGS}*: {managed.flags_open:,}"
    if not managed.flags:
        return [section(f"*{words.FLAGS}*\n{words.NO_FLAGS}")]
    blocks = [section(head)]
    for flag in managed.flags[:FLAG_ROWS]:
        answers = managed.answers.get(flag.id, ())
        said = [f"{words.ABOUTS[flag.about]}, {person(flag.by)}: {_said(flag)}"]
        said += [f"{person(answer.by)}: {_said(answer)}" for answer in answers[-2:]]
        line = managed.lines.get(flag.suggestion_id)
        told = "\n".join([*([row_text(line, when)] if line else []), *said])
        made = button(OPEN, words.OPEN, flag.suggestion_id)
        blocks.append({**section(told), "accessory": made})
        blocks.append(actions([
            button(ANSWER, words.ANSWER, (answers[-1] if answers else flag).id),
            button(SETTLE, words.SETTLE, flag.id),
        ]))  # fmt: skip
    return blocks


def _said(note: ReviewNote) -> str:
    return f"“{escape.mrkdwn(note.text, SAID)}”" if note.text else words.ERASED_WORDS


def suggestions_of(sample: Sequence[Sampled], flags: Sequence[ReviewNote]) -> tuple[str, ...]:
    """The suggestions that the blocks name."""
    waiting = [one.drawn.suggestion_id for one in sample if one.verdict is None][:SAMPLE_ROWS]
    return tuple(dict.fromkeys([*waiting, *(f.suggestion_id for f in flags[:FLAG_ROWS])]))
