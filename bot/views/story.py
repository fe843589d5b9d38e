"""The story of one suggestion in a window, in pages where Slack's limits ask for it (M56)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bot.views import escape, words_story
from bot.views import words_touches as words
from bot.views.blocks import Block, actions, button, context, plain, section, size
from bot.views.modals import TITLE_LIMIT
from bot.views.touch_list import person
from knowledge.assets import is_slack_user
from knowledge.story import Piece, Story, StoryEvent
from knowledge.text_difference import Change
from knowledge.touch import Finding

TURN_BACK, TURN_ON = "story_back", "story_on"
FLAG, COMMENT = "note_flag", "note_comment"
PAGE_BLOCKS, PAGE_CHARACTERS = 60, 20_000
"""Of 100 blocks and 250 kB that Slack takes: a page that a person still scrolls through."""
VALUE, LABEL, SENTENCE, TEXT = 600, 60, 300, 2900
RULES_SHOWN = 6


def pages_of(story: Story, when: Callable[[datetime], str]) -> list[list[Block]]:
    """The story's blocks, in pages; at least one."""
    pages: list[list[Block]] = [[]]
    for block in _story(story, when):
        here = pages[-1]
        full = sum(size(b) for b in here) + size(block) > PAGE_CHARACTERS
        if here and (len(here) >= PAGE_BLOCKS or full):
            pages.append([])
        pages[-1].append(block)
    return pages


def story_window(
    story: Story, page: int, when: Callable[[datetime], str], *, reviews: bool
) -> Block:
    """One page of the story; with `reviews`, the buttons to flag and comment."""
    pages = pages_of(story, when)
    here = min(max(page, 0), len(pages) - 1)
    buttons = []
    if here:
        buttons.append(button(TURN_BACK, words.EARLIER, f"{story.suggestion_id}:{here - 1}"))
    if here + 1 < len(pages):
        buttons.append(button(TURN_ON, words.LATER, f"{story.suggestion_id}:{here + 1}"))
    if reviews and not story.erased:
        buttons.append(button(FLAG, words.FLAG, story.suggestion_id, style="danger"))
        buttons.append(button(COMMENT, words.COMMENT, story.suggestion_id))
    blocks = [*pages[here], *([actions(buttons)] if buttons else [])]
    if len(pages) > 1:
        blocks.append(context(words.page_of(here + 1, len(pages))))
    return {
        "type": "modal",
        "callback_id": "touch_story",
        "private_metadata": story.suggestion_id,
        "title": plain(words.STORY_TITLE, TITLE_LIMIT),
        "close": plain(words.CLOSE, TITLE_LIMIT),
        "blocks": blocks,
    }


def _story(story: Story, when: Callable[[datetime], str]) -> Iterator[Block]:
    head = words.story_head(when(story.created_at), person(story.asked_by), story.state)
    yield section(head)
    if story.erased:
        yield section(words.ERASED_WORDS)
    for event in story.events:
        yield from _event(event, when)


def _event(event: StoryEvent, when: Callable[[datetime], str]) -> Iterator[Block]:
    by = f" · {person(event.by)}" if event.by else ""
    lines = [f"*{words_story.HAPPENED[event.what]}* · {when(event.at)}{by}"]
    lines += [_told(words_story.FACT[fact], value) for fact, value in event.told]
    lines += [_piece(piece) for piece in event.pieces]
    lines += [_finding(finding) for finding in event.findings]
    yield from _sections(lines)
    if event.text is not None and not event.difference:
        subject, body = event.text
        if subject:
            yield section(words.subject(escape.mrkdwn(subject, SENTENCE) or "-"))
        yield from (section(p) for p in _quoted(body))
    if event.difference:
        yield section(words.DIFFERENCE)
        yield from (section(p) for p in marked(event.difference))


def _told(label: str, value: str) -> str:
    shown = f"<@{value}>" if is_slack_user(value) else escape.mrkdwn(value, VALUE)
    return f"{label}: {shown or '-'}"


def _piece(piece: Piece) -> str:
    name = escape.mrkdwn(piece.title or piece.asset_id, LABEL * 2)
    told = f"• {name or '-'}"
    if piece.score is not None:
        told += f" ({piece.score:.2f})"
    if piece.rule or piece.why_not:
        told += f": {escape.mrkdwn(piece.why_not or words.rules([piece.rule]), SENTENCE)}"
    points = ", ".join(
        f"{words.rules([c.rule])} {c.points:+.2f}" for c in piece.points[:RULES_SHOWN]
    )
    return f"{told}\n    {escape.mrkdwn(points, SENTENCE)}" if points else told


def _finding(finding: Finding) -> str:
    told = f"• {words.FOUND}: {escape.mrkdwn(words.rules([finding.rule]), LABEL)}"
    if finding.sentence:
        told += f", “{escape.mrkdwn(finding.sentence, SENTENCE)}”"
    return f"{told}: {escape.mrkdwn(finding.why, SENTENCE)}" if finding.why else told


def marked(difference: Iterable[Change]) -> list[str]:
    """The difference in mrkdwn, what is out struck through and what is in bold; in sections."""
    marks = {"same": "", "out": "~", "in": "*"}
    lines = []
    for change in difference:
        for run in escape.clean(change.text).split("\n"):
            shown = escape.mrkdwn(run, TEXT - 10)
            if shown:
                mark = marks[change.kind]
                lines.append(f"{mark}{shown}{mark}")
    return _joined(lines, " ")


def _quoted(text: str) -> list[str]:
    return [escape.quoted(piece, TEXT) or "-" for piece in escape.pieces(text, TEXT // 2)]


def _sections(lines: list[str]) -> Iterator[Block]:
    yield from (section(part) for part in _joined(lines, "\n"))


def _joined(lines: Iterable[str], by: str) -> list[str]:
    """Lines put together into as few texts as fit a section; none is cut."""
    parts: list[str] = []
    for line in lines:
        if parts and escape.cost(parts[-1]) + escape.cost(line) + len(by) <= TEXT:
            parts[-1] += by + line
        else:
            parts.append(line)
    return parts
