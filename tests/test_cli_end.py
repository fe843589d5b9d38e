"""A command that is over ends, whatever a library's thread still waits for (M59)."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

HELD = """
import sys, threading, time
from bot.cli import __main__ as cli
cli.LONGEST_END_SECONDS = 0.5
def app():
    threading.Thread(target=time.sleep, args=(60,)).start()
    print("said", end="")
    {ending}
cli.app = app
cli.main()
"""


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("ending", "status"), [("sys.exit(0)", 0), ("sys.exit(3)", 3), ("raise OSError", 1), ("", 0)]
)
def test_m59_a_thread_that_waits_for_a_model_holds_no_process(ending: str, status: int) -> None:
    """M59 What was said is said, and the status is the command's own."""
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", HELD.format(ending=ending or "return")],
        capture_output=True, text=True, timeout=50,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (status, "said")
    assert time.monotonic() - began < 30
