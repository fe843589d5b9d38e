"""Untrusted documents to text, by a limited subprocess that they may end instead of us."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from knowledge.errors import UnreadableSource

PARSED_KINDS = frozenset({"html", "pdf", "docx", "pptx", "epub"})

MAX_FILE_BYTES = 50_000_000
"""Largest document taken; it is held in memory once here and once in the subprocess."""

_MAX_ANSWER_BYTES = 32_000_000  # 5 MB of text, each character escaped at worst


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost.

    The slowest of 104 sample documents took 0.8 s; PDFs made of 450 words a page took 13 s for 100
    pages and 24 s for 200, in 100 MB (wall time on a busy 2-core machine).
    """

    memory_bytes: int = 1536 * 1024 * 1024
    cpu_seconds: int = 30
    wall_seconds: float = 45
    documents_per_worker: int = 200


@dataclass(frozen=True, slots=True)
class Parsed:
    """Markdown text of a document and what the document says about itself, empty when silent."""

    text: str
    title: str = ""
    url: str = ""
    published: str = ""
    description: str = ""


class DocumentParser:
    """Parses documents one after another in a subprocess, started when first needed.

    Use it as a context manager: leaving it ends the subprocess.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._worker: subprocess.Popen[bytes] | None = None
        self._served = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def parse(self, kind: str, body: bytes) -> Parsed:
        """The text of a document of `kind` html, pdf, docx, pptx or epub; listing for sitemaps.

        Raises `UnreadableSource` whose message is the reason, also when parsing was cut off.
        """
        if len(body) > MAX_FILE_BYTES:
            raise UnreadableSource(f"is larger than {MAX_FILE_BYTES // 1_000_000} MB")
        answer = self._ask(kind, body)
        if "error" in answer:
            if "fatal" in answer:
                self._end()
            raise UnreadableSource(answer["error"])
        return Parsed(**answer)

    def _ask(self, kind: str, body: bytes) -> dict[str, str]:
        worker = self._ready_worker()
        timed_out = threading.Event()

        def cut_off() -> None:
            timed_out.set()
            worker.kill()

        timer = threading.Timer(self._limits.wall_seconds, cut_off)
        timer.daemon = True
        timer.start()
        line = b""
        # A worker that died while it was written to is reported like one that died later.
        with contextlib.suppress(OSError):
            assert worker.stdin is not None  # noqa: S101 - both are pipes, see _start
            assert worker.stdout is not None  # noqa: S101
            request = json.dumps({"kind": kind, "size": len(body)}).encode() + b"\n"
            worker.stdin.write(request + body)
            worker.stdin.flush()
            line = worker.stdout.readline(_MAX_ANSWER_BYTES)
        timer.cancel()
        self._served += 1
        if line.endswith(b"\n"):
            answer: dict[str, str] = json.loads(line)
            return answer
        self._end()
        late = timed_out.is_set() or worker.returncode == -_SIGXCPU
        if late:
            raise UnreadableSource(f"takes too long to read (over {self._limits.cpu_seconds} s)")
        raise UnreadableSource("makes the parser crash")

    def _ready_worker(self) -> subprocess.Popen[bytes]:
        if self._served >= self._limits.documents_per_worker:
            self._end()
        if self._worker is None or self._worker.poll() is not None:
            self._end()
            self._worker = _start(self._limits)
        return self._worker

    def _end(self) -> None:
        worker, self._worker, self._served = self._worker, None, 0
        if worker is None:
            return
        # Killed at once rather than asked: it holds nothing that must be finished.
        worker.kill()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        worker.wait()


_SIGXCPU = 24


def _start(limits: Limits) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parent.parent)
    # Nothing of ours goes along: no tokens, no keys, and no modules from the current folder (-P).
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root, "LC_ALL": "C.UTF-8"}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HOME": os.devnull}
    command = [sys.executable, "-P", "-m", "knowledge.parse_worker"]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, str(limits.memory_bytes), str(limits.cpu_seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd="/",
        start_new_session=True,  # Ctrl-C is for us; closing the pipe ends the worker
    )
