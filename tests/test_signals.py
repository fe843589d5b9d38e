"""Signals by a signed webhook and by hand: kept before the answer, worked on once (M31, M45)."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_bolt import App
from slack_sdk import WebClient

from bot.bootstrap import Wired, build
from bot.flow import signals
from bot.flow.acting import act_by_hand
from bot.flow.unmatched import all_unmatched, assign, drop_unmatched
from bot.serve import listen_on_port
from bot.settings import Settings
from bot.signal_server import (
    LARGEST_BODY,
    SIGNATURE,
    TIMESTAMP,
    answer,
    listen_for_signals,
    webhook_of,
)
from knowledge.assets import Asset, AssetStatus
from knowledge.errors import BadInput, NotFound
from knowledge.journey import AssetType
from knowledge.leads import Action, LeadFacts
from knowledge.signing import WINDOW_SECONDS, Unsigned, require_signed, signature
from tests.conftest import Ran, SetClock

SECRET, NEXT = "a-secret-of-some-length", "another-one-for-rotation"
PIECE = "https://tidewell.example/webinars/valves"


@pytest.fixture
def tools(tmp_path: Path, clock: SetClock) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path / "home"), clock)
    piece = Asset("valves-1", "Valves that last", AssetType.WEBINAR, "Valves. " * 30, "v.md",
                  url=PIECE, status=AssetStatus.APPROVED)  # fmt: skip
    wired.library.put(piece, [], {}, "m")
    wired.leads.put("ann", LeadFacts(name="Ann Brine", email="ann@brine.example"), "import", "U1")
    yield wired
    wired.close()


ANN = {"email": "ann@brine.example"}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def body(delivery: str = "d1", **signal: Any) -> bytes:
    told = {"lead": {"email": "ann@brine.example"}, "action": "attended", "on": "2026-01-05"}
    return json.dumps({"id": delivery, "source": "zoom", "signals": [told | signal]}).encode()


def post(
    tools: Wired, sent: bytes, *, secret: str = SECRET, late: float = 0
) -> tuple[int, dict[str, Any]]:
    stamp = str(int(tools.clock.now().timestamp() - late))
    return answer(sent, stamp, signature(secret, stamp, sent), (SECRET, NEXT), tools)


def history(tools: Wired, lead_id: str = "ann") -> list[tuple[Action, date, str | None]]:
    return [(e.action, e.on, e.asset_id) for e in tools.leads.get(lead_id).history]


def test_m45_a_delivery_is_kept_answered_and_worked_on_once(tools: Wired) -> None:
    sent = body(asset=f"{PIECE}?utm_source=mail&utm_campaign=x", note="to the end")
    assert post(tools, sent) == (202, {"id": "d1", "signals": 1})
    assert history(tools) == [], "kept, and worked on after"
    assert signals.work_all(tools) == 1
    assert history(tools) == [(Action.ATTENDED, date(2026, 1, 5), "valves-1")]
    (act,) = tools.leads.acts_log("ann")
    assert (act.source, act.by, act.entry.note) == ("signal of zoom", "webhook", "to the end")
    assert post(tools, sent) == (200, {"id": "d1", "signals": 1, "repeat": True})
    assert signals.work_all(tools) == 0
    assert post(tools, body(note="another text under the same id"))[0] == 200
    signals.work_all(tools)
    assert len(history(tools)) == 1
    kinds = [e.kind for e in tools.audit.entries(tools.db)]
    assert kinds.count("signal.received") == 1
    assert tools.audit.verify(tools.db).ok


def test_work_that_died_half_way_has_one_effect(tools: Wired, monkeypatch: Any) -> None:
    """At least once in, exactly one effect out, after midnight too."""
    post(tools, body(on=None))
    monkeypatch.setattr(signals.Signals, "done", lambda *_: 1 / 0)
    assert signals.work_all(tools) == 0
    assert len(history(tools)) == 1
    monkeypatch.undo()
    tools.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    assert signals.work_all(tools) == 1
    assert len(history(tools)) == 1
    assert signals.work_all(tools) == 0


@pytest.mark.parametrize(
    "named", ["valves-1", "valves that LAST", "www.tidewell.example/webinars/valves/"]
)
def test_a_piece_is_named_by_id_title_or_address(tools: Wired, named: str) -> None:
    assert post(tools, body(asset=named))[0] == 202
    signals.work_all(tools)
    assert history(tools)[0][2] == "valves-1"


PHONE = "+49 171 5550199"


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (b"{", 400, "not JSON"),
        (b"[]", 400, "one JSON object"),
        (b"\xff\xfe", 400, "not JSON"),
        (b'{"id": "x"}', 400, "'signals' is missing"),
        (body(action="juggled"), 400, "'signals.action' (entry 1) is wrong: it is no act"),
        (body(action="sent"), 400, "an act of ours"),
        (body(on="someday"), 400, "'signals.on'"),
        (body(on="2199-01-01"), 400, "has not come"),
        (body(lead={"name": "Nobody"}), 400, "needs an id or a mail address"),
        (body(lead={"email": "no mail"}), 400, "no mail address"),
        (body(lead={"id": "ghost"}), 422, "no lead with that id"),
        (body(asset="A piece of cake"), 422, "no such piece in the library"),
        (body(extra=1), 400, "extra"),
        (body(lead=ANN | {"consent": "newsletter"}), 400, "names no channel"),
        (body(lead=ANN | {"consent": "email, fax"}), 400, "names no channel"),
        (body(note="a\x00b"), 400, "no text"),
        (body(note="\ud800"), 400, "no text"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_right_status(
    tools: Wired, sent: bytes, status: int, sentence: str
) -> None:
    got, said = post(tools, sent)
    assert (got, sentence in said["error"]) == (status, True), said
    assert signals.work_all(tools) == 0, "nothing is kept"


def test_m56_no_word_that_was_sent_stands_in_an_answer(tools: Wired) -> None:
    """M56 Answers end in the logs of other tools; the page that is named is that of signals."""
    refused = 0
    for field in ("lead", "action", "on", "asset", "note", "product_line", "id"):
        for value in (PHONE, [PHONE], {"tel": PHONE}, {PHONE: 1}, PHONE * 300, 49171):
            lead = ANN | {field: value, "consent": PHONE}
            for sent in (body(**{field: value}), body(lead=lead)):
                status, said = post(tools, sent)
                refused += status >= 400
                assert status < 400 or "171" not in said["error"], said
                assert status < 400 or "batches.md" not in said["error"], said
    assert refused > 60


def test_who_has_no_secret_changes_nothing(tools: Wired) -> None:
    sent, now = body(), tools.clock.now().timestamp()
    assert post(tools, sent, secret="wrong-secret-of-length")[0] == 401
    assert post(tools, sent, late=WINDOW_SECONDS + 2)[0] == 401
    assert post(tools, sent, late=-WINDOW_SECONDS - 2)[0] == 401
    stamp = str(int(now))
    good = signature(SECRET, stamp, sent)
    for told_stamp, told, text in (
        ("", good, sent), (stamp, "", sent), (stamp, good, sent + b" "),
        (str(int(now) + 1), good, sent), ("1e9", good, sent), ("٣٣", good, sent),
    ):  # fmt: skip
        with pytest.raises(Unsigned):
            require_signed((SECRET,), told_stamp, told, text, now)
    assert signals.work_all(tools) == 0
    assert post(tools, sent, secret=NEXT)[0] == 202, "both secrets count while one replaces another"


@given(st.binary(max_size=200), st.text(max_size=80), st.text(max_size=12))
def test_a_signature_that_was_not_made_with_the_secret_never_fits(
    sent: bytes, given_signature: str, stamp: str
) -> None:
    with pytest.raises(Unsigned):
        require_signed((SECRET,), stamp, given_signature, sent, 1_795_000_000.0)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "signals", "lead", "email", "on"]), inner)
        ),
        max_leaves=6,
    )
)
def test_any_signed_json_is_answered_with_a_sentence_or_kept(tools: Wired, told: Any) -> None:
    status, said = post(tools, json.dumps(told).encode())
    assert status in {200, 202} or said["error"].endswith(".")


def test_an_unknown_address_with_a_name_is_a_new_lead_with_its_consent(tools: Wired) -> None:
    lead = {"email": "Bo@cole.example", "name": "Bo Cole", "company": "Cole", "consent": "email"}
    post(tools, body(lead=lead, action="form submission"))
    signals.work_all(tools)
    (new,) = [i for i, *_ in tools.leads.names() if i != "ann"]
    facts = tools.leads.get(new).facts
    assert (facts.name, facts.email, facts.company) == ("Bo Cole", "Bo@cole.example", "Cole")
    assert [(a, n) for a, n, _ in history(tools, new)] == [
        (Action.JOINED_LIST, date(2026, 1, 5)), (Action.OPTED_IN, date(2026, 1, 5)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("consent", "notes"),
    [
        ("no", []), ("false", []), ("0", []), ("No ", []), (False, []), ("", []), (None, []),
        (True, [""]), ("yes", [""]), ("1", [""]), ("email; phone", ["email; phone"]),
    ],
)  # fmt: skip
def test_m16_consent_is_a_yes_or_channels_and_nothing_else(
    tools: Wired, consent: Any, notes: list[str]
) -> None:
    """M16"""
    tools.leads.put("ann", LeadFacts(opted_out=True), "import", "U1")
    tools.clock.at += timedelta(days=2)  # type: ignore[attr-defined]
    assert post(tools, body(lead=ANN | {"consent": consent}, on=None))[0] == 202
    signals.work_all(tools)
    profile = tools.leads.get("ann")
    assert [e.note for e in profile.history if e.action is Action.OPTED_IN] == notes
    assert profile.facts.opted_out is not bool(notes)


def test_m16_a_signal_of_an_opt_out_never_opts_in(tools: Wired) -> None:
    """M16"""
    post(tools, body(lead=ANN | {"consent": True}, action="unsubscribed"))
    signals.work_all(tools)
    assert [a for a, *_ in history(tools)] == [Action.OPTED_OUT]


def test_a_delivery_that_fails_keeps_no_other_waiting(tools: Wired, monkeypatch: Any) -> None:
    for n in range(3):
        post(tools, body(f"d{n}", note=f"n{n}"))
    whole = signals.work
    bad = signals.Signals(tools.db, tools.clock, tools.audit).pending()[0]
    monkeypatch.setattr(signals, "work", lambda i, t: 1 / 0 if i == bad else whole(i, t))
    assert signals.work_all(tools) == 2
    assert len(history(tools)) == 2
    monkeypatch.undo()
    assert signals.work_all(tools) == 1, "it stayed kept"


def test_m56_the_senders_id_of_a_delivery_is_in_no_log_and_no_row(tools: Wired) -> None:
    """M56 A form may send the lead's address as the id."""
    post(tools, body("ann@brine.example/1"))
    store = signals.Signals(tools.db, tools.clock, tools.audit)
    assert "brine" not in "".join(store.pending())
    signals.work_all(tools)
    assert "brine" not in repr(tools.audit.entries(tools.db))


def test_an_unknown_address_alone_is_kept_aside_and_given_to_a_lead(
    tools: Wired, trailguide: Callable[..., Ran]
) -> None:
    for n in range(2):
        post(tools, body(f"d{n}", lead={"email": "who@where.example"}, on=f"2026-01-0{n + 5}"))
    signals.work_all(tools)
    first, second = all_unmatched(tools)
    assert [i for i, *_ in tools.leads.names()] == ["ann"]
    assert (first.sign.who, first.sign.source) == ("who@where.example", "signal of zoom")
    listed = trailguide("--home", tools.settings.home, "leads", "unmatched")
    assert listed.out.count("who@where.example") == 2
    assert assign(first.id, "ann", tools, by="U1") == 2
    assert all_unmatched(tools) == []
    assert len(history(tools)) == 2
    with pytest.raises(NotFound):
        drop_unmatched(second.id, tools, by="U1")


def test_a_signal_never_changes_a_name_on_record(tools: Wired) -> None:
    lead = {"email": "ann@brine.example", "name": "A. Brine-Smith", "role": "CFO"}
    post(tools, body(lead=lead))
    signals.work_all(tools)
    facts = tools.leads.get("ann").facts
    assert (facts.name, facts.role) == ("Ann Brine", "CFO")


def test_an_erased_lead_takes_its_waiting_signal_along(tools: Wired) -> None:
    """M56 Nothing of it comes back by work that was kept."""
    post(tools, body())
    tools.leads.erase("ann", "U1")
    signals.work_all(tools)
    assert tools.leads.names() == []
    assert all_unmatched(tools) == []


def test_a_flood_of_deliveries_is_told_when_to_come_again_and_loses_nothing(
    tools: Wired, clock: SetClock
) -> None:
    """More than a minute's are refused before they are looked into; repeats are told as such."""
    own = build(Settings(home=tools.settings.home, signals_per_minute=3), clock)
    first = clock.at
    for number in range(3):
        clock.at = first + timedelta(seconds=number)
        assert post(own, body(f"d{number}"))[0] == 202
    status, told = post(own, body("d3"))
    assert (status, told["retry_after_seconds"]) == (429, 58)
    assert post(own, body("d1"))[1]["repeat"]
    clock.at += timedelta(seconds=58)
    assert post(own, body("d3"))[0] == 202
    own.close()


def test_the_server_answers_in_json_whatever_comes(tools: Wired, tmp_path: Path) -> None:
    """It runs beside the bot, and works on what it kept."""
    port = free_port()
    own = build(
        Settings(home=tools.settings.home, signal_secrets=(SECRET,), signal_port=port), tools.clock
    )
    close = listen_for_signals(own)
    try:
        assert ask(port, "/health", None) == (200, {"ok": True})
        assert ask(port, "/elsewhere", b"{}")[0] == 404
        assert ask(port, "/signals", None)[0] == 405
        assert ask(port, "/signals", body())[0] == 401
        assert ask(port, "/signals", b"x" * (LARGEST_BODY + 1))[0] == 413
        stamp = str(int(tools.clock.now().timestamp()))
        headers = {
            "X-Trailguide-Timestamp": stamp,
            "X-Trailguide-Signature": signature(SECRET, stamp, body()),
        }
        assert ask(port, "/signals", body(), headers)[0] == 202
        assert ask(port, "/signals", body(), headers) == (
            200, {"id": "d1", "signals": 1, "repeat": True},
        )  # fmt: skip
    finally:
        close()
    assert len(history(tools)) == 1, "what was under way is finished"
    own.close()


def test_with_http_signals_come_on_the_port_of_slack(tools: Wired) -> None:
    port = free_port()
    own = build(
        Settings(home=tools.settings.home, signal_secrets=(SECRET,), port=port), tools.clock
    )
    app = App(client=WebClient("xoxb-test"), signing_secret="s", token_verification_enabled=False)
    close = listen_on_port(app, port, webhook_of(own))
    try:
        assert ask(port, "/signals", body())[0] == 401
        stamp = str(int(tools.clock.now().timestamp()))
        headers = {TIMESTAMP: stamp, SIGNATURE: signature(SECRET, stamp, body())}
        assert ask(port, "/signals", body(), headers)[0] == 202
    finally:
        close()
    assert len(history(tools)) == 1, "what was under way is finished"
    own.close()


def ask(
    port: int, path: str, sent: bytes | None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data=sent, headers=headers or {}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as came:
            return came.status, json.loads(came.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_without_a_secret_nothing_listens(tools: Wired) -> None:
    assert webhook_of(tools) is None


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        Settings(signal_secrets="short,tooshort")  # type: ignore[arg-type]


def test_an_act_is_noted_by_hand_once(tools: Wired, trailguide: Callable[..., Ran]) -> None:
    home = tools.settings.home
    told = ("--home", home, "leads", "act", "ann", "downloaded", "--asset", PIECE, "--on")
    first = trailguide(*told, "2026-01-07", "--note", "at the fair")
    assert first.out.startswith("Noted: downloaded valves-1 on")
    assert trailguide(*told, "2026-01-07", "--note", "at the fair").out.startswith("On record")
    assert trailguide(*told, "tomorrow").status == 2
    assert history(tools) == [(Action.DOWNLOADED, date(2026, 1, 7), "valves-1")]
    ahead = (tools.clock.now().date() + timedelta(days=3)).isoformat()
    for wrong in ({"action": "juggled"}, {"on": ahead}, {"asset": "A piece of cake"}):
        with pytest.raises(BadInput):
            act_by_hand("ann", **({"action": "downloaded", "tools": tools, "by": "U1"} | wrong))  # type: ignore[arg-type]
