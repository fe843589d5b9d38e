"""Adding content from Slack: what was pointed at is read, and proposals wait for a person.

They come in the window that was opened for them, or, where that took long or there is none, as a
message with a button.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

from bot.flow.proposing import only_english, propose, read_piece
from bot.listeners import adding_window, faults, imports
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming, Kind
from bot.listeners.replies import Reply, private_place
from bot.slack_downloads import Dropped, download
from bot.views import escape, words_commands, words_proposing
from bot.views.blocks import line
from bot.views.proposals_form import bare, proposals_message
from bot.views.words import failed
from knowledge.asset_fields import Place, title_from_name
from knowledge.assets import Asset
from knowledge.errors import TrailguideError, UnreadableSource
from knowledge.parsing import DocumentParser
from knowledge.reading import asset_from_bytes
from storage.proposals import Waiting

MOST = 5
"""Links and files taken of one message: each costs its adder a look."""
LONGEST_LINK = 2_000

_LINK = re.compile(r"https?://[^\s<>()|\"]+", re.IGNORECASE)
_ASKS_TO_ADD = re.compile(
    r"\b(?:add|upload|index|import|put|include|library)\b(?![^.?!\n]*\?)", re.IGNORECASE
)
"""Words beside a file that ask to take it in; a question is about a lead."""

Answer = Callable[[Incoming, Edge], list[Reply]]


def answer(event: Incoming, edge: Edge) -> list[Reply]:
    """Read what was pointed at, and show or send what is proposed of each piece."""
    found = [*event.files, *links_in(event.text)]
    if not found:
        return _shown("none", words_proposing.NOTHING_TO_ADD, event, edge)
    replies: list[Reply] = []
    for place, pointed in enumerate(found[:MOST]):
        replies += _one(pointed, place, event, edge)
    if left := len(found) - MOST:
        replies += _told("left", words_proposing.left_out(left), event, edge) if left > 0 else []
    return replies


def add(event: Incoming, edge: Edge) -> list[Reply]:
    """`/trailguide add URL`: one web address, for a path would read a file of the bot's machine."""
    address = address_in(event.text)
    if links_in(address) != [address]:
        return _shown("told", words_commands.NO_ADDRESS, event, edge)
    if imports.names_a_list(address):
        adding_window.fill(event.key, bare(words_proposing.A_LIST), edge)
        return imports.begin(event, address, edge)
    return answer(replace(event, text=address), edge)


def address_in(typed: str) -> str:
    """What stands after the word `add`; of a link with a text of its own, the link."""
    named = re.fullmatch(r".+ \((\S+)\)", typed)
    return named.group(1) if named else typed.strip("<> ")


def with_files(ask: Answer) -> Answer:
    """Direct messages: a file dropped alone, or a link to add, is read; all else is an ask."""

    def answered(event: Incoming, edge: Edge) -> list[Reply]:
        if asks_to_add(event):
            return answer(event, edge)
        replies = ask(event, edge)
        if event.files:
            replies += _told("file", words_proposing.DROP_IT_ALONE, event, edge)
        return replies

    return answered


def asks_to_add(event: Incoming) -> bool:
    """Whether a direct message brings a piece: a file on its own, or with a word that says so."""
    if event.files:
        return not event.text.strip() or bool(_ASKS_TO_ADD.search(event.text))
    said = _LINK.sub(" ", event.text)
    return bool(_LINK.search(event.text) and _ASKS_TO_ADD.match(said.strip()))


def links_in(text: str) -> list[str]:
    """The web addresses in a text, each once, in order."""
    found = (link.rstrip(".,;:!?'*_~") for link in _LINK.findall(text))
    return list(dict.fromkeys(link for link in found if len(link) <= LONGEST_LINK))


def _one(pointed: str, place: int, event: Incoming, edge: Edge) -> list[Reply]:
    """Propose of one file or link; what fails is said, and stops no other."""
    try:
        waiting = _waiting(pointed, place, event, edge)
    except TrailguideError as told:
        why = str(told)
    except Exception as bug:  # noqa: BLE001 - the edge: one broken piece must not silence the others
        why = failed(faults.note("bug", bug, key=event.key))
    else:
        view = adding_window.form_of(waiting, edge)
        if place == 0 and adding_window.fill(event.key, view, edge):
            return []
        sent = proposals_message(waiting.id, waiting.asset, waiting.proposals)
        private = private_place(event, edge)
        return [Reply(f"proposals-{place}", sent, private.channel, private.thread_ts)]
    say = _shown if place == 0 else _told
    inert = f"{words_proposing.NOT_TAKEN}: {escape.mrkdwn(why, 1500)}"
    return say(f"refused-{place}", inert, event, edge)


def _waiting(pointed: str, place: int, event: Incoming, edge: Edge) -> Waiting:
    """The piece with its proposals; a second run finds what the first one kept."""
    name = f"piece-{hashlib.sha256(event.key.encode()).hexdigest()[:16]}-{place}"
    pieces = edge.tools.waiting_pieces
    if (kept := pieces.find(name)) is not None:
        return kept
    with edge.tools.turns.waiting():  # for a web site, for Slack, and for the parser's process
        asset = _from_file(pointed, edge) if place < len(event.files) else _from_link(pointed)
    pieces.keep(name, event.user, asset, propose(asset, edge.tools))
    return pieces.get(name)


def _from_link(link: str) -> Asset:
    return read_piece(re.sub(r"^http://", "https://", link, flags=re.IGNORECASE))


def _from_file(file_id: str, edge: Edge) -> Asset:
    dropped = download(edge.poster.client, file_id)
    with DocumentParser() as parser:
        return piece_in(dropped, parser)


def piece_in(dropped: Dropped, parser: DocumentParser) -> Asset:
    """The piece that a dropped file holds; its text may not say that it is another's."""
    stem = dropped.name.rsplit(".", 1)[0] if "." in dropped.name[1:] else dropped.name
    place = Place(source=f"slack-file:{dropped.id}", title=title_from_name(stem))
    try:
        asset = asset_from_bytes(dropped.kind, dropped.body, place, parser)
    except UnreadableSource as why:
        raise UnreadableSource(f"{dropped.name[:80]}: {str(why).rstrip('.')}.") from None
    return only_english(asset)


def _shown(part: str, told: str, event: Incoming, edge: Edge) -> list[Reply]:
    """A sentence in the window that was opened; without one, as a line."""
    if adding_window.fill(event.key, bare(told), edge):
        return []
    return _told(part, told, event, edge)


def _told(part: str, told: str, event: Incoming, edge: Edge) -> list[Reply]:
    """A line to the adder alone: where they wrote directly to us, else in direct messages."""
    private = private_place(event, edge) if event.kind is Kind.DIRECT else None
    channel, thread = (private.channel, private.thread_ts) if private else (event.user, None)
    return [Reply(part, line(told), channel, thread)]
