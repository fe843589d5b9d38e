"""Pictures of what a marketer sees: the proposals of a new piece, coverage, and health."""

from __future__ import annotations

import hashlib

from playwright.sync_api import Page, expect

from bot.flow.coverage import coverage
from bot.flow.proposing import propose
from bot.flow.tools import Tools
from bot.listeners.incoming import Incoming, Kind
from bot.local_slack import REP, SALES, TEAM
from bot.views import words_coverage, words_proposing
from bot.views.coverage_picture import coverage_picture
from knowledge.asset_fields import Place
from knowledge.parsing import DocumentParser
from knowledge.personas import load_personas
from knowledge.reading import asset_from_bytes
from tests.slack.local import People
from tests.slack.page import bot_messages, go_to, press
from tests.slack.pictures import IMAGES, around, take

ADDED = "added:for-the-pictures"
LINK = "https://www.tidewell.example/guides/oil-samples-and-vibration"
PIECE = """# Oil samples and vibration: when is a figure worth a look?

This guide explains which figures of a gearbox are worth a look, how often to take them and which
mistakes are common. It is for the maintenance planner and the technician on the round.

## How often should we take an oil sample?

Take one every 250 running hours, and one after each repair of a bearing. A sample that nobody
compares with the last one tells nothing, so write both on one sheet.

## How do we read a vibration figure?

Compare each figure with the same machine a month ago, at the same speed. A rise of a third is worth
a look. A rise of a half is worth a planned stop within the week.

## What goes wrong most often?

Crews measure on different days at different speeds, and then compare numbers that mean nothing.
Our amazing sensors make all of this effortless.
"""


def draw_coverage(tools: Tools) -> None:
    """The picture that the button of the map sends; the local Slack takes no files."""
    labels = load_personas(tools.settings.home).names
    (IMAGES / "coverage-picture.png").write_bytes(coverage_picture(coverage(tools), labels))


def piece_waits(tools: Tools) -> None:
    """Leave a piece read and proposed, and the event that tells its adder, for the bot to find."""
    with DocumentParser() as parser:
        place = Place(source=LINK, url=LINK)
        piece = asset_from_bytes("md", PIECE.encode(), place, parser)
    name = f"piece-{hashlib.sha256(ADDED.encode()).hexdigest()[:16]}-0"
    tools.waiting_pieces.keep(name, REP, piece, propose(piece, tools))
    event = Incoming(ADDED, Kind.ADDING, TEAM, REP, text=LINK)
    tools.inbox.record(event.key, event.kind, event.payload())


def take_all(page: Page, people: People) -> None:
    """The window of the proposals, the map with its picture, and the health of the library."""
    go_to(page, "Robin Reyes")
    waiting = bot_messages(page).filter(has_text=words_proposing.REVIEW).first
    press(waiting, words_proposing.REVIEW)
    modal = page.locator(".modal")
    expect(modal).to_contain_text(words_proposing.TITLE)
    take(page, "proposals", around(modal))
    press(modal, words_proposing.CLOSE)
    people.command(REP, SALES, "coverage interest")
    map_ = bot_messages(page).last
    expect(map_).to_contain_text(words_coverage.PICTURE)
    page.mouse.move(5, 5)
    take(page, "coverage", around(map_))
    people.command(REP, SALES, "library")
    health = bot_messages(page).last
    expect(health).to_contain_text("Verify")
    take(page, "health", around(health))
