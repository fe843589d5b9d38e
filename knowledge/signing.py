"""The signature of a signal: HMAC-SHA256 over the time and the body, by a secret that both know."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from knowledge.errors import BadInput

WINDOW_SECONDS = 300
"""How far the sender's clock may be off; an older delivery may be one that somebody recorded."""
VERSION = "v1"


class Unsigned(BadInput):
    """A delivery whose signature is missing, wrong or too old; the message says which."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a body that is sent at a moment in Unix seconds: `v1=` and hex digits."""
    signed = f"{VERSION}:{timestamp}:".encode() + body
    return f"{VERSION}=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def require_signed(
    secrets: Iterable[str], timestamp: str, given: str, body: bytes, now: float
) -> None:
    """`Unsigned` unless one of the secrets made the signature, within the window."""
    if not timestamp or not given:
        raise Unsigned("The delivery is not signed; docs/signals.md says how to sign it.")
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        raise Unsigned("The timestamp must be Unix seconds, such as 1795000000.")
    if abs(now - int(timestamp)) > WINDOW_SECONDS:
        raise Unsigned(
            f"The timestamp is more than {WINDOW_SECONDS} seconds off; sign each try anew, and "
            "check the sender's clock."
        )
    told = given.strip().encode()
    made = [signature(secret, timestamp, body).encode() for secret in secrets]
    matches = [hmac.compare_digest(told, one) for one in made]  # all of them: no early end
    if not any(matches):
        raise Unsigned("The signature does not fit; check the secret and that the body is as sent.")
