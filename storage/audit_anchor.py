"""The anchor of the audit log: what its head was, and a mark of every entry, outside the database.

Two files. The head, a line of JSON sealed by the key, says which entry was the last: it raises the
alarm. The marks, eight bytes of each entry's HMAC one after the other, say where: somebody with the
key can rebuild the whole chain, but not the marks of the entries that were (decision 25).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import hmac
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

START = "0" * 64
"""What the first entry has in place of a forerunner."""

MARK_BYTES = 8
"""Of an HMAC's 32: enough that no other entry has the same one by chance."""

UNKNOWN = bytes(MARK_BYTES)
"""In place of a mark that was never written: of entries before this file, or after a power cut."""

_log = logging.getLogger(__name__)


class Head(NamedTuple):
    """The last entry that was anchored; (0, START) before the first."""

    seq: int
    hmac: str


class Anchor:
    """The two files beside each other; both are moved on after the commit of an entry."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key

    def read(self) -> Head | None:
        """The head, None without a file; `ValueError` when it was altered."""
        if not self.path.exists():
            return None
        try:
            held = json.loads(self.path.read_text("utf-8"))
            head = Head(int(held["seq"]), str(held["hmac"]))
            genuine = hmac.compare_digest(str(held["seal"]), self._seal(head))
        except (ValueError, KeyError, TypeError):
            genuine = False
        if not genuine:
            raise ValueError(f"The anchor file {self.path} was changed.")
        return head

    def marks(self) -> Marks:
        """The marks as they are now."""
        try:
            return Marks(self.marks_path.read_bytes())
        except OSError:
            return Marks(b"")

    @property
    def is_there(self) -> bool:
        """Whether there is anything of it."""
        return self.path.exists() or self.marks_path.exists()

    def begin(self, after: Head = Head(0, START)) -> None:  # noqa: B008 - frozen
        """Lay down an anchor before the first entry, so that a lost one can be told from a new.

        `after` is the entry before it, in a log that other homes began.
        """
        if not self.path.exists():
            self.marks_path.unlink(missing_ok=True)  # of a log that is no more
        self.move(after, ())

    def move(self, head: Head, marks: Sequence[str]) -> None:
        """Move on to `head`, never back; `marks` are the HMACs of the last entries up to it.

        The change it belongs to is committed already, so a failure here is logged, not raised: the
        chain itself still holds, and the next entry moves the anchor on. The marks are written
        first: those beyond the head are of entries that the next move names again.
        """
        try:
            with self.path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                held = self.read()
                if held is not None and held.seq >= head.seq:
                    return
                if marks:
                    self._write_marks(head.seq - len(marks), marks)
                self._write_head(head)
        except (OSError, ValueError) as error:
            _log.warning("The audit anchor could not be moved to entry %d: %s", head.seq, error)

    @property
    def marks_path(self) -> Path:
        """The file of the marks, beside the head."""
        return self.path.with_suffix(".marks")

    def _write_marks(self, after: int, marks: Sequence[str]) -> None:
        """Put marks in their places; a gap before them is left as zeros, which are unknown."""
        descriptor = os.open(self.marks_path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            whole = b"".join(map(mark_of, marks))
            if os.pwrite(descriptor, whole, after * MARK_BYTES) < len(whole):
                raise OSError(errno.ENOSPC, "The marks were written in part.")
        finally:
            os.close(descriptor)

    def _write_head(self, head: Head) -> None:
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"seq": head.seq, "hmac": head.hmac, "seal": self._seal(head)}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    def _seal(self, head: Head) -> str:
        told = f"anchor {head.seq} {head.hmac}"
        return hmac.new(self._key, told.encode(), hashlib.sha256).hexdigest()


class Marks:
    """The marks of all entries that were anchored, by number."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __len__(self) -> int:
        """The entries that there are marks of; each mark is written after its entry is kept."""
        return len(self._raw) // MARK_BYTES

    @property
    def since(self) -> int:
        """The first entry that there is a mark of; 1 where there is none at all."""
        known = len(self._raw) - len(self._raw.lstrip(b"\0"))
        return 1 + known // MARK_BYTES if known < len(self._raw) else 1

    def agrees(self, seq: int, mac: str) -> bool | None:
        """Whether this was entry `seq` when it was anchored; None when that is not known."""
        held = self._raw[(seq - 1) * MARK_BYTES : seq * MARK_BYTES]
        if len(held) < MARK_BYTES or held == UNKNOWN:
            return None
        return held == mark_of(mac)


def mark_of(mac: str) -> bytes:
    """The first bytes of an entry's HMAC; of what is none, as it may be after tampering, others."""
    try:
        return bytes.fromhex(mac[: 2 * MARK_BYTES]).ljust(MARK_BYTES, b"\xff")
    except ValueError:
        return b"\xff" * MARK_BYTES
