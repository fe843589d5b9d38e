"""What the bot tells those who look after it: whether it is ready, figures, and JSON lines."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from bot.bootstrap import Wired
from bot.counted_model import CountedWriter
from bot.flow.chroma_place import public_address
from bot.flow.health import Health, _index
from bot.health_server import LOOK_SECONDS, listening_for_health
from bot.local_slack import free_port
from bot.log_lines import OURS
from bot.measures import (
    ANSWERS,
    ERROR_LINES,
    ERRORS,
    EVENTS,
    LIBRARY_SAYS,
    MODEL_FAILURES,
    WARNING_LINES,
    WARNINGS,
    Queues,
    page,
)
from bot.settings import Settings
from knowledge.errors import SetupMissing, StorageFailed
from tests.slack.office import ASK, ROBIN, Office

pytest_plugins = ("tests.slack.fixtures",)
ROOT = Path(__file__).parents[1]


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as came:
            return came.status, came.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_ready_names_the_part_that_is_missing(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    tools.settings = tools.settings.model_copy(update={"health_address": f"127.0.0.1:{port}"})
    with listening_for_health(tools) as readiness:

        def missing() -> tuple[int, list[str]]:
            status, told = get(port, "/ready")
            return status, json.loads(told).get("waits_for", [])

        assert get(port, "/health") == (200, "")
        assert missing() == (503, ["start"])
        readiness.waits_for("models and index")
        assert missing() == (503, ["models and index"])
        assert get(port, "/metrics")[0] == 200
        slack = [True]
        readiness.runs(("Slack", lambda: slack[0]))
        assert missing() == (200, [])
        slack[0] = False
        monkeypatch.setattr("bot.health_server.waiting", unreachable)
        assert missing() == (503, ["database", "Slack"])
        assert get(port, "/health") == (200, ""), "it lives all the same"


def test_m60_a_bot_without_its_index_is_ready_and_says_what_stands_in(
    tools: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M60 Bots share a server: were they unready together, a balancer would let nobody in."""
    port = free_port()
    tools.settings = tools.settings.model_copy(update={"health_address": f"127.0.0.1:{port}"})
    hung = threading.Event()

    def hangs() -> None:
        hung.wait(30)

    with listening_for_health(tools) as readiness:
        readiness.runs(("Slack", lambda: True))
        assert get(port, "/ready") == (200, '{"ready":true}')
        for look in (unreachable, hangs):
            monkeypatch.setattr(tools.vectors, "look", look)
            began = time.monotonic()
            assert get(port, "/ready") == (200, '{"ready":true,"degraded":["index"]}')
            assert time.monotonic() - began < LOOK_SECONDS, "those who probe wait a second or so"
        monkeypatch.setattr("bot.health_server.waiting", unreachable)
        status, told = get(port, "/ready")
        hung.set()
    assert status == 503
    assert json.loads(told) == {"ready": False, "waits_for": ["database"], "degraded": ["index"]}


def unreachable(*_: object) -> None:
    raise StorageFailed("It cannot be reached.")


def test_figures_tell_how_much_and_how_fast_and_never_who(office: Office) -> None:
    before = figures(office.tools)
    office.send(body := office.event(ASK))
    office.send(body)
    office.tools.inbox.record("event:T01:waits", "message", {})
    after = figures(office.tools)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('trailguide_events_total{kind="direct"}') == 1
    assert more("trailguide_repeats_total") == 1
    assert more("trailguide_seconds_to_card_count") == 1
    assert more('trailguide_answers_total{method="chat.postMessage"}') >= 1
    assert more("trailguide_events_waiting") == 1
    text = page(Queues(office.tools.db, office.tools.clock)).decode()
    leads = [name for known in office.tools.leads.names() for name in known if len(str(name)) > 3]
    said = [line for line in text.splitlines() if not line.startswith("#")]
    for secret in (ROBIN, "D01ROBIN", "T01", "Ev1", *map(str, leads)):
        assert not [line for line in said if secret in line], secret


def test_what_has_not_happened_yet_is_shown_as_zero(tools: Wired) -> None:
    """A rule on a rise sees none where the first failure brings the figure itself."""
    for counter in (EVENTS, ANSWERS, MODEL_FAILURES, ERRORS, WARNINGS):
        counter.clear()
    port = free_port()
    tools.settings = tools.settings.model_copy(update={"health_address": f"127.0.0.1:{port}"})
    with listening_for_health(tools):
        said = get(port, "/metrics")[1]
    for series in (
        'trailguide_events_total{kind="mention"}',
        'trailguide_answers_total{method="chat.postMessage"}',
        'trailguide_answers_total{method="files.upload"}',
        'trailguide_model_failures_total{why="ModelAway"}',
        'trailguide_errors_total{line="bug"}',
        'trailguide_errors_total{line="library_says"}',
        'trailguide_warnings_total{line="database_away"}',
    ):
        assert f"{series} 0.0\n" in said
    assert "trailguide_capped_total " in said


def test_every_line_that_our_code_warns_with_is_shown_from_the_start() -> None:
    warned, failed = {LIBRARY_SAYS}, {LIBRARY_SAYS}
    for path in (path for room in OURS[1:] for path in (ROOT / room).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            match call:
                case ast.Call(ast.Attribute(ast.Name("log"), "warning"), [ast.Constant(name), *_]):
                    warned.add(name)
                case ast.Call(
                    ast.Attribute(ast.Name("log"), "error")
                    | ast.Attribute(ast.Name("faults"), "note"),
                    [ast.Constant(name), *_],
                ):
                    failed.add(name)
                case ast.Call(ast.Name("note"), [ast.Constant(name), *_]) if (
                    path.name == "faults.py"
                ):
                    failed.add(name)
    assert set(WARNING_LINES) == warned
    assert set(ERROR_LINES) == failed


def figures(tools: Wired) -> dict[str, float]:
    lines = page(Queues(tools.db, tools.clock)).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_a_chat_model_that_fails_is_counted(tools: Wired) -> None:
    name = 'trailguide_model_failures_total{why="SetupMissing"}'
    before = figures(tools).get(name, 0)
    with pytest.raises(SetupMissing):
        CountedWriter("nobody:knows").answer([("user", "hi")], {}, 60.0)
    assert figures(tools)[name] - before == 1


def test_lines_of_the_log_are_json_without_words_of_others() -> None:
    program = (
        "import logging, structlog\n"
        "from bot.log_lines import set_up\n"
        "from bot.measures import ERRORS\n"
        "set_up('INFO', 'json')\n"
        "structlog.get_logger().error('bug', at='x.py:1')\n"
        "logging.getLogger('lib.x').error('row of %s', 'Dana Ortiz')\n"
        "try: raise ValueError('Dana Ortiz')\n"
        "except ValueError: logging.getLogger('lib.x').exception('Dana Ortiz failed')\n"
        "logging.getLogger('storage.audit').error('The anchor differs.')\n"
        "assert ERRORS.labels('bug')._value.get() == 1\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "bug", "library_says", "library_says", "The anchor differs.",
    ]  # fmt: skip
    assert lines[2]["error"] == "ValueError"
    assert all(line["level"] == "error" and line["timestamp"] for line in lines)
    assert "Dana" not in ran.stderr


@pytest.mark.parametrize(("form", "out"), [("plain", "It listens.\n"), ("json", "")])
def test_what_the_bot_has_come_to_is_on_stdout_for_a_person_and_in_the_log_as_json(
    form: str, out: str
) -> None:
    program = (
        "from bot.log_lines import announce, set_up\n"
        "set_up('INFO', FORM)\n"
        "announce('It listens.', 'listening', FORM)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program.replace("FORM", repr(form))],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert ran.stdout == out
    if not out:
        line = json.loads(ran.stderr)
        assert (line["event"], line["told"]) == ("listening", "It listens.")


REPEATING = """
import logging
from bot import log_lines
from bot.measures import ERRORS, WARNINGS
log_lines.set_up('INFO', FORM)
if FORM == 'plain':
    logging.getLogger('dbos').addHandler(logging.StreamHandler())
def says(text):
    logging.getLogger('dbos').warning(f'{text}')
for turn in range(20):
    says(f'No answer, try {turn}, of Dana Ortiz.')
logging.getLogger('dbos').error('Another place.')
log_lines.SAME_SECONDS = 0.0
says('No answer, try 20, of Dana Ortiz.')
says('No answer, try 21, of Dana Ortiz.')
assert WARNINGS.labels('library_says')._value.get() == 22
assert ERRORS.labels('library_says')._value.get() == 1
"""


def said_by(program: str, form: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", program.replace("FORM", repr(form))],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return ran.stderr.splitlines()


def test_a_library_that_repeats_itself_is_heard_once_a_minute_and_counted_each_time() -> None:
    lines = [json.loads(line) for line in said_by(REPEATING, "json")]
    assert [(line["level"], line.get("held_back")) for line in lines] == [
        ("warning", None), ("error", None), ("warning", 19), ("warning", None),
    ]  # fmt: skip
    assert "Dana" not in str(lines)


def test_in_plain_words_another_text_from_the_same_place_is_heard_too() -> None:
    program = REPEATING.replace("log_lines.SAME", "says('Another text.')\nlog_lines.SAME")
    lines = said_by(program.replace("== 22", "== 23"), "plain")
    assert [line.split(",")[0] for line in lines] == [
        "No answer", "Another place.", "Another text.", "No answer", "No answer",
    ]  # fmt: skip
    assert lines[3].endswith("(held back since: 19)")


@pytest.mark.parametrize("wrong", ["3002", "localhost:", ":3002", "127.0.0.1:many", "[::1]:99999"])
def test_a_health_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="address:port"):
        Settings(health_address=wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "ftp://chroma:8000",
        "http://",
        "http://chroma:many",
        "chroma:99999",
        "http://[::1:8000",
        "/x",
    ],
)
def test_an_address_of_a_chroma_server_that_is_none_is_refused(wrong: str) -> None:
    """At once, where a server that is away is waited for."""
    with pytest.raises(ValueError, match="http://chroma:8000"):
        Settings(chroma_url=wrong)
    for right in ("http://chroma:8000/sales", "localhost:8000", "https://[::1]", "", None):
        assert Settings(chroma_url=right).chroma_url == right


@pytest.mark.parametrize(
    ("url", "is_public"),
    [
        ("http://127.0.0.1:8000", False),
        ("localhost:8000", False),
        ("http://10.1.2.3:8000/sales", False),
        ("http://[fd00::5]:8000", False),
        ("http://169.254.1.1", False),
        ("http://8.8.8.8:8000", True),
        ("https://[2606:4700::1111]", True),
    ],
)
def test_a_chroma_server_that_strangers_reach_is_told(url: str, is_public: bool) -> None:
    """It asks nobody who they are."""
    assert bool(public_address(url)) is is_public


def test_doctor_warns_of_such_a_server(tools: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.flow.health.public_address", lambda _url: "203.0.113.9")
    index = _index(tools)
    assert index.health is Health.WARNING
    assert "203.0.113.9" in index.says
