"""A PostgreSQL server of a test's own, which it may stop and start again."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.databases import server_folder


@dataclass
class Server:
    """Its folder and the user that it runs as."""

    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://trailguide@/trailguide?host={self.folder}"

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", options, "start")

    def stop(self) -> None:
        """As when somebody restarts it: what is under way is cut off."""
        self.run("pg_ctl", "-D", "data", "-m", "fast", "-w", "stop")

    def run(self, *command: str) -> None:
        subprocess.run(
            command, check=True, user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL,
            timeout=60,
        )  # fmt: skip


@contextmanager
def own_server() -> Iterator[Server]:
    """A server with an empty database; skips the test where its programs are not installed."""
    folder, user = server_folder("tgpgown")
    server = Server(folder, user)
    try:
        server.run("initdb", "-D", "data", "-A", "trust", "-U", "trailguide", "-E", "UTF8",
                   "--no-sync")  # fmt: skip
        server.start()
        server.run("createdb", "-h", str(folder), "-U", "trailguide", "trailguide")
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # a test left it stopped
            server.run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
