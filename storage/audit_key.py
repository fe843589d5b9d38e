"""The key of the audit log: made once, for its owner's eyes only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from knowledge.errors import StorageFailed

KEY_BYTES = 32


def load_or_create_key(path: Path) -> bytes:
    """The audit key at `path`, made once, readable by its owner only.

    Raises `StorageFailed` when the file cannot be read or made, or is not a key.
    """
    try:
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            with os.fdopen(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # whole or not at all; the first of two processes wins
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        key = path.read_bytes()
    except OSError as error:
        raise StorageFailed(
            f"The audit key {path} cannot be read or made ({error.strerror}); "
            "check that its folder is there and that you may write to it."
        ) from error
    if len(key) != KEY_BYTES:
        raise StorageFailed(f"The audit key {path} is damaged; put a backup in its place.")
    return key
