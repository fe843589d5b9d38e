"""One owner per directory, by a lock that the kernel drops when its process ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from knowledge.errors import IndexBusy, StorageFailed


class DirectoryLock:
    """Holds `path/.lock` from creation until `release`; `IndexBusy` when another holds it.

    Two writers corrupt an embedded Chroma silently (decision 2), so there is no way around it.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = (path / ".lock").open("ab")
        except OSError as error:
            raise StorageFailed(
                f"Cannot write the vector index to {path} ({error.strerror}); make the folder "
                f"writable or set TRAILGUIDE_HOME to another."
            ) from error
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            raise IndexBusy(
                f"Another Trailguide process is using the vector index in {path}; stop it first, "
                f"or let it do the work."
            ) from None

    def release(self) -> None:
        """Let the next owner in."""
        self._file.close()


if sys.platform == "win32":

    def _lock(file: IO[bytes]) -> None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: IO[bytes]) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
