"""A disk of a test's own, small enough to be filled: a file system in memory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

MEGABYTES = 96


@dataclass
class Disk:
    """Where it is mounted."""

    path: Path

    @property
    def ballast(self) -> Path:
        return self.path / "ballast"

    @property
    def free(self) -> int:
        told = os.statvfs(self.path)
        return told.f_bavail * told.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes free, from now on."""
        with self.ballast.open("ab") as file:
            while self.free > leave:
                try:
                    file.write(b"\0" * min(self.free - leave, 1 << 20))
                    file.flush()
                except OSError:
                    break

    def give_back(self) -> None:
        self.ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path) -> Iterator[Disk]:
    """Mount one; skips the test where that is not allowed."""
    path.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
