"""Bots that start warm: one process loads what every bot loads, and forks for each that is started.

For tests that kill a bot and start it again: a cold start takes ten seconds on a busy machine, and
is not what they are about. All else is the bot's own: its command line, its settings, its home, its
signals, its connection to Slack, and a process that dies of SIGKILL. DIE_AT names where it does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.slack.local import PATIENCE_SECONDS, ROOT, Reachable, environment, ready

LOADING_SECONDS = 300
"""On a machine that measures other things."""


@dataclass
class Forked:
    """A bot's process, as far as tests use `subprocess.Popen`; the nursery is its parent."""

    pid: int
    nursery: Nursery
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self.nursery.ask({"poll": self.pid})["status"]
        return self.returncode

    def wait(self, timeout: float = PATIENCE_SECONDS) -> int:
        give_up = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > give_up:
                raise subprocess.TimeoutExpired("bot", timeout)
            time.sleep(0.02)
        return status

    def send_signal(self, which: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, which)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@dataclass
class Nursery:
    """The process that forks."""

    process: subprocess.Popen[str]
    made: list[Forked] = field(default_factory=list)

    def ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def start(self, home: Path, slack: Reachable, log: Path) -> Forked:
        """Have a bot start on a home; it may die before it says that it listens."""
        env = {**environment(), **slack.environment}
        told = self.ask({"home": str(home), "env": env, "log": str(log)})
        self.made.append(Forked(int(told["pid"]), self))
        return self.made[-1]

    @contextmanager
    def bot_on(self, home: Path, slack: Reachable) -> Iterator[Forked]:
        """A bot that listens; killed when the block ends, as what a test saw is on disk by then."""
        log = home.parent / "bot.log"
        log.touch()
        since = log.stat().st_size
        bot = self.start(home, slack, log)
        try:
            ready(bot, log, since, PATIENCE_SECONDS)
            yield bot
        finally:
            bot.kill()
            bot.wait()


@contextmanager
def nursery(seeded: Path, folder: Path) -> Iterator[Nursery]:
    """Load over a copy of a seeded home, and be ready to fork."""
    loading, log = folder / "loading", folder / "nursery.log"
    shutil.copytree(seeded, loading)
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.slack.warm_bots", str(loading)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out, text=True,
            env={**environment(), "PYTHONPATH": _path(), "TOKENIZERS_PARALLELISM": "false"},
        )  # fmt: skip
        assert process.stdout
        assert process.stdout.readline(), log.read_text()[-3000:]
        made = Nursery(process)
        try:
            yield made
        finally:
            for bot in made.made:
                bot.kill()
            process.terminate()
            process.wait()


def _path() -> str:
    """The project, before what a run on servers puts there."""
    return os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT))))


def main() -> None:
    """In the nursery: load, say so, and do what each line asks for."""
    from tests import shared_models

    shared_models.install()
    _load(Path(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        told = json.loads(line)
        if "poll" in told:
            pid, status = os.waitpid(told["poll"], os.WNOHANG)
            said: dict[str, Any] = {"status": os.waitstatus_to_exitcode(status) if pid else None}
        else:
            child = os.fork()
            if child == 0:
                answers.close()
                _be_a_bot(told)
            said = {"pid": child}
        print(json.dumps(said), file=answers)


def _load(home: Path) -> None:
    import tests.crm.dying_bot
    from tests.faults.zygote import load

    load(home, "")  # every model that an ask needs, on one thread each: forks keep no other threads
    assert tests.crm.dying_bot.POINTS


def _be_a_bot(told: dict[str, Any]) -> None:
    log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(told["env"])
    status = 1
    try:
        if point := os.environ.get("DIE_AT"):
            from tests.crm.dying_bot import POINTS as CRM_POINTS
            from tests.slack.dying_bot import POINTS, arm

            arm(*{**POINTS, **CRM_POINTS}[point])
        from bot.cli import app

        app(["--home", told["home"], "serve"])
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it was, the test reads it in the log
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
