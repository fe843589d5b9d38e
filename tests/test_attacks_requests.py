"""Forged, stale, malformed and huge requests, over HTTP with the bot's own server."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot.http_server import EVENTS_PATH, LARGEST_BODY, listen_http
from bot.local_slack import free_port
from tests.slack.office import Office, sign

pytest_plugins = ["tests.slack.fixtures"]

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


@pytest.fixture(scope="module")
def port(module_office: Office) -> Iterator[int]:
    port = free_port()
    stop = listen_http(module_office.app, port)
    yield port
    stop()


def send(
    port: int, body: bytes, headers: dict[str, str], method: str = "POST", path: str = EVENTS_PATH
) -> tuple[int, str]:
    """The status and the answer; 0 where the server hung up on what it did not read."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body, headers)
        came = line.getresponse()
        return came.status, came.read().decode("utf-8", "replace")
    except (ConnectionError, http.client.HTTPException):
        return 0, ""
    finally:
        line.close()


def signed(raw: str | bytes, kind: str = JSON, late: float = 0) -> dict[str, str]:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    at = str(int(time.time() - late))
    return {"content-type": kind, STAMP: at, SIGNATURE: sign(at, text)}


def forgeries(raw: str) -> dict[str, dict[str, str]]:
    good, now = signed(raw), str(int(time.time()))
    return {
        "no headers": {"content-type": JSON},
        "no signature": {STAMP: now, "content-type": JSON},
        "no timestamp": {k: v for k, v in good.items() if k != STAMP},
        "a wrong signature": {**good, SIGNATURE: "v0=" + "0" * 64},
        "an empty signature": {**good, SIGNATURE: ""},
        "another version": {**good, SIGNATURE: good[SIGNATURE].replace("v0=", "v1=")},
        "of another body": {**good, SIGNATURE: sign(good[STAMP], raw + " ")},
        "in capitals": {**good, SIGNATURE: good[SIGNATURE].upper()},
        "cut": {**good, SIGNATURE: good[SIGNATURE][:-1]},
        "no hexadecimal": {**good, SIGNATURE: "v0=\u00e9\u00e9"},
        "301 seconds old": signed(raw, late=301 + 2),
        "an hour old": signed(raw, late=3600),
        "301 seconds ahead": signed(raw, late=-(301 + 2)),
        "years ahead": signed(raw, late=-10**9),
        "not a number": {**good, STAMP: "now", SIGNATURE: sign("now", raw)},
        "an empty time": {**good, STAMP: "", SIGNATURE: sign("", raw)},
        "a fraction": {**good, STAMP: now + ".5", SIGNATURE: sign(now + ".5", raw)},
        "endless": {**good, STAMP: "9" * 400, SIGNATURE: sign("9" * 400, raw)},
        "below zero": {**good, STAMP: "-1", SIGNATURE: sign("-1", raw)},
    }  # fmt: skip


@pytest.mark.parametrize("which", forgeries(""))
def test_a_request_that_slack_did_not_sign_is_refused_and_not_kept(
    shared_office: Office, port: int, which: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """M58 Signature and time are checked before a word is read; nobody is told anything."""
    body = shared_office.event("help")
    raw = json.dumps(body)
    status, answer = send(port, raw.encode(), forgeries(raw)[which])
    assert status == 401
    assert "Traceback" not in answer + capfd.readouterr().err
    assert shared_office.tools.inbox.kind(f"event:T01:{body['event_id']}") is None
    assert not shared_office.slack.calls


def test_a_signed_event_is_taken_once_however_often_it_comes(
    shared_office: Office, port: int
) -> None:
    """M58 A replay within the five minutes carries a good signature, and a known key."""
    raw = json.dumps(shared_office.event("help"))
    headers = signed(raw)
    assert [send(port, raw.encode(), headers)[0] for _ in range(4)] == [200] * 4
    assert len(shared_office.slack.messages) == 1


MALFORMED = {
    "nothing": (b"", JSON),
    "no JSON": (b"{", JSON),
    "half a string": (b'{"type": "event_cal', JSON),
    "a number": (b"7", JSON),
    "a list": (b"[]", JSON),
    "null": (b"null", JSON),
    "nested without end": (b"[" * 200_000, JSON),
    "an event of no kind": (b'{"type": "event_callback", "event": null}', JSON),
    "an event that is a list": (b'{"type": "event_callback", "event": []}', JSON),
    "an event that is a word": (b'{"type": "event_callback", "event": "message"}', JSON),
    "no text of this world": (b"\xff\xfe\x00\x01", JSON),
    "a lone surrogate": (b'{"type": "event_callback", "event": {"text": "\\ud800"}}', JSON),
    "a form without a payload": (b"x=1", FORM),
    "a form with half a payload": (b"payload=%7B", FORM),
    "a payload that is a list": (b"payload=%5B%5D", FORM),
    "actions that are none": (
        urlencode({"payload": json.dumps({"type": "block_actions", "actions": [], "user": {}})})
        .encode(), FORM,
    ),
    "a window of no kind": (
        urlencode({"payload": json.dumps({"type": "view_submission", "view": {}, "user": {}})})
        .encode(), FORM,
    ),
    "another type": (b"<xml/>", "application/xml"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "no type": (b'{"type": "event_callback"}', ""),
}  # fmt: skip


@pytest.mark.parametrize("which", MALFORMED)
def test_what_is_no_request_of_slack_is_answered_and_the_next_one_served(
    shared_office: Office, port: int, which: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """M59 Signed and malformed: a status and no traceback, and the bot goes on."""
    body, kind = MALFORMED[which]
    status, answer = send(port, body, signed(body, kind))
    assert status in {200, 400, 401, 404, 500}
    assert "Traceback" not in answer + capfd.readouterr().err
    assert not shared_office.slack.messages
    raw = json.dumps(shared_office.event("help"))
    assert send(port, raw.encode(), signed(raw))[0] == 200
    assert len(shared_office.slack.messages) == 1


def test_a_body_beyond_the_cap_is_not_read(shared_office: Office, port: int) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    assert send(port, body, signed(body))[0] in {413, 0}
    fits = json.dumps({**shared_office.event("help"), "filler": "x" * (LARGEST_BODY // 2)})
    assert send(port, fits.encode(), signed(fits))[0] == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_not_served(shared_office: Office, port: int, method: str) -> None:
    raw = json.dumps(shared_office.event("help"))
    assert send(port, raw.encode(), signed(raw), method)[0] in {404, 405}
    assert not shared_office.slack.messages


@pytest.mark.parametrize(
    "path", ["/", "/slack", "/slack/events/../../etc/passwd", "/slack/eventsx"]
)
def test_other_paths_are_not_served(shared_office: Office, port: int, path: str) -> None:
    raw = json.dumps(shared_office.event("help"))
    assert send(port, raw.encode(), signed(raw), path=path)[0] == 404
    assert not shared_office.slack.messages


def test_a_request_of_another_shape_is_noted_by_its_field_and_never_by_what_is_in_it(
    port: int,
) -> None:
    """M59 When Slack changes something, the log says where."""
    raw = json.dumps({"type": "event_callback", "event": {"type": "message", "text": ["Dana"]}})
    with capture_logs() as lines:
        assert send(port, raw.encode(), signed(raw))[0] == 400
    (line,) = [each for each in lines if each["event"] == "not_slacks_shape"]
    assert (line["field"], line["why"]) == ("event.text", "string_type")
    assert "Dana" not in str(line)
