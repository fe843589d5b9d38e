"""One life of a bot in a forked process: it takes events, and is killed or finishes.

The bot's own parts are real, down to the job queue; Slack is the strict fake on a loopback port. A
person asks, another says a word (which Slack delivers twice), a piece leaves the library, and the
card that came is approved. What was acknowledged is noted outside of the bot, as Slack would.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slack_bolt import App

from bot.bootstrap import Wired, build
from bot.jobs import Jobs
from bot.listeners import register
from bot.listeners.edge import Edge
from bot.listeners.outsiders import Channels
from bot.settings import Settings
from bot.slack_client import Poster, make_client
from knowledge.assets import AssetStatus
from tests.faults.marks import ANY, Fault, arm, die_after
from tests.slack.fake import BOT, TEAM, FakeSlack
from tests.slack.office import ASK, ROBIN, SECRET, Office

LOADED = (
    "embedder", "sentence_models", "_packaged_embedder", "request_reader", "intent_reader",
    "follow_up_reader", "stage_reader", "_embed_question", "buyer_question_reader", "drafter",
)  # fmt: skip
"""Parts that hold models and no data: loaded once, and shared by all lives."""
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.02
WORD = "help"
SAYER = "U02MIKA"


@dataclass(frozen=True)
class Orders:
    """What a life is for: where it lives, and when it dies; `nth` 0 with a point only counts."""

    home: str
    slack: str
    acks: str
    database: str = ""
    chat: str = ""
    point: str = ""
    nth: int = 0
    before: bool = True
    seconds: float = 0.0
    retired: int = 0


def live(orders: Orders, loaded: Wired) -> dict[str, Any]:
    """Live it; returns what was found in the end, if it comes to that."""
    tools = _tools(orders, loaded)
    jobs = Jobs(tools.settings)
    client = make_client("xoxb-test", orders.slack)
    poster = Poster(client, tools.outbox, sleep=lambda _: None)
    edge = Edge(tools, poster, BOT, jobs.start, team=TEAM, channels=Channels(client, TEAM))
    app = App(client=client, signing_secret=SECRET, token_verification_enabled=False)
    register(app, edge)
    faults = arm(orders.point, orders.nth, before=orders.before)
    tools.finder.warm()
    jobs.launch(edge)
    if orders.point == ANY:
        die_after(orders.seconds)
    office = Office(FakeSlack(url=orders.slack), app, tools, edge)
    began = time.monotonic()
    _first_day(office, orders)
    _approve(office, orders)
    return _found(tools, faults, time.monotonic() - began)


def _tools(orders: Orders, loaded: Wired) -> Wired:
    more = {"database_url": orders.database} if orders.database else {}
    settings = Settings(home=Path(orders.home), check_links=False, **more)
    tools = build(settings, must_own_index=True)
    for name in LOADED:
        if name in loaded.__dict__:
            tools.__dict__[name] = loaded.__dict__[name]
    if orders.chat:
        from prompts.composer import Composer
        from prompts.drafting import Drafter
        from prompts.model_reading import DEADLINE_S, ModelReader

        writer = loaded.__dict__["_model_writer"]
        models = tools.sentence_models
        tools.__dict__["drafter"] = Drafter(Composer(models), writer, models)
        tools.__dict__["model_reader"] = ModelReader(writer, DEADLINE_S)
    return tools


def _first_day(office: Office, orders: Orders) -> None:
    """The ask and the word at once, and a piece that leaves the library meanwhile."""
    _retire(office.tools, orders.retired)
    ask, word = office.event(ASK), office.event(WORD, user=SAYER, channel="D02MIKA")
    with ThreadPoolExecutor(3) as senders:
        for sent in [senders.submit(_send, office, body, orders) for body in (ask, word, word)]:
            sent.result()
    _drained(office.tools)


def _approve(office: Office, orders: Orders) -> None:
    """Press Approve on the card, once it is there."""
    history = office.edge.poster.client.conversations_history(channel="D01ROBIN", limit=100)
    cards = [m for m in history["messages"] if m["blocks"][0]["type"] == "header"]
    if not cards:
        return
    shown = {**cards[-1], "channel": "D01ROBIN"}
    if any(e.get("action_id") == "approve" for b in shown["blocks"] for e in b.get("elements", ())):
        office.slack.trigger()
        body = office.pressed(shown, "approve", ROBIN)
        body["actions"][0]["action_ts"] = "1771.900"  # one press, however often it is delivered
        _send(office, body, orders)
        _drained(office.tools)


def _send(office: Office, body: dict[str, Any], orders: Orders) -> None:
    """Deliver as Slack does: again what was not acknowledged, and nothing that was."""
    name = str(body.get("event_id") or "press")
    acks = Path(orders.acks)
    if acks.exists() and name in acks.read_text().split():
        return
    headers = {"x-slack-retry-num": "1"} if acks.exists() else {}
    for _ in range(4):
        if office.send(body, **headers).status == 200:
            with acks.open("a") as file:
                file.write(f"{name}\n")
            return
        headers = {"x-slack-retry-num": "2"}


def _retire(tools: Wired, number: int) -> None:
    approved = sorted(a.id for a in tools.library.all(AssetStatus.APPROVED))
    retired = {a.id for a in tools.library.all(AssetStatus.RETIRED)}
    everything = sorted([*approved, *retired])
    asset = everything[number % len(everything)]
    if asset not in retired:
        tools.library.retire([asset], "U09IRIS")


def _drained(tools: Wired) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while tools.inbox.pending():
        if time.monotonic() > give_up:
            raise TimeoutError(f"still waiting: {tools.inbox.pending()}")
        time.sleep(POLL_SECONDS)


def _found(tools: Wired, faults: dict[str, Fault], seconds: float) -> dict[str, Any]:
    """What a person would look at afterwards."""
    tools.finder.search("Does it answer?", 1)  # at the newest revision
    held = set(tools.vectors._collection.get(include=[])["ids"])  # type: ignore[attr-defined]
    _, load = tools.vectors._latest  # type: ignore[attr-defined]
    verdict = tools.audit.verify(tools.db)
    kinds = Counter(e.kind for e in tools.audit.entries(tools.db))
    return {
        "calls": {point: fault.seen for point, fault in faults.items()},
        "seconds": seconds,
        "audit": verdict.ok,
        "why": verdict.why,
        "entries": {k: n for k, n in kinds.items() if k.startswith("suggestion.")},
        "pending": tools.inbox.pending(),
        "unposted": len(tools.outbox.pending()),
        "index": held == set(load()[0]),
        "passages": len(held),
    }


def tell(path: str, found: dict[str, Any]) -> None:
    """Write a result so that it is there whole or not at all."""
    fresh = Path(f"{path}.new")
    fresh.write_text(json.dumps(found))
    fresh.replace(path)
