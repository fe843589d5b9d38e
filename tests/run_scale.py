"""`python -m tests.run_scale [--short] [pytest's own words]`: the suite on PostgreSQL and Chroma.

Both run on loopback for as long as the tests do: PostgreSQL's own programs make a throw-away
cluster, and `chroma run` is the Rust server of the chromadb package. Then the tests marked `scale`
start several bots on them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.local_slack import end, free_port
from tests import databases, on_servers

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
SHORT = (
    "tests/test_storage_*.py", "tests/test_vectors.py", "tests/test_search.py",
    "tests/test_several_homes.py", "tests/test_slack_jobs.py", "tests/test_slack_listeners.py",
    "tests/test_crm_jobs.py", "tests/test_signals.py", "tests/test_digest.py",
)  # fmt: skip
"""What touches storage, index, jobs and Slack's flow most, and takes minutes."""


def main(words: list[str]) -> int:
    """Run what is asked for; the worst status of the runs."""
    short = "--short" in words
    words = [w for w in words if w != "--short"]
    _find_postgres()
    with tempfile.TemporaryDirectory(prefix="tgchroma") as folder, chroma(Path(folder)) as address:
        environment = _environment(address) | ({"TG_SCALE_SHORT": "1"} if short else {})
        files = [str(f) for pattern in SHORT for f in sorted(ROOT.glob(pattern))]
        two = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
        runs = [words] if words else [[*two, *(files if short else [])]]
        if not words:
            runs.append(["-m", "scale", "-n", "0"])
        # The runs share one seeded home, in a cache that goes with the servers.
        shared = ["--reuse-home", "-o", f"cache_dir={folder}/cache"]
        statuses = [
            subprocess.run([sys.executable, "-m", "pytest", *run, *shared], cwd=ROOT,
                           env=environment, check=False).returncode
            for run in runs
        ]  # fmt: skip
    return max(statuses)


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """A Chroma server on loopback, its data in `folder`; yields its address."""
    port = free_port()
    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1",
         "--port", str(port), "--path", str(folder)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        give_up = time.monotonic() + START_SECONDS
        while not _answers(f"{address}/api/v2/heartbeat"):
            if time.monotonic() > give_up or server.poll() is not None:
                sys.exit("The Chroma server did not start.")
            time.sleep(0.1)
        yield address
    finally:
        end(server)


def _environment(address: str) -> dict[str, str]:
    """What the tests and every process of theirs read; the empty template is made first."""
    postgres = databases.postgres_server()
    databases.make_template(on_servers.EMPTY)
    site = ROOT / "tests" / "on_servers_site"
    return {
        **os.environ,
        on_servers.SWITCH: postgres,
        on_servers.CHROMA: address,
        "TRAILGUIDE_TEST_POSTGRES": postgres,
        "PYTHONPATH": os.pathsep.join((str(site), str(ROOT))),
    }


def _find_postgres() -> None:
    """Debian keeps the server's programs out of PATH."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)[:1]:
        os.environ["PATH"] = os.pathsep.join((os.environ["PATH"], str(folder)))


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
