"""The key of the audit log: from the settings, where homes on several machines share one."""

from __future__ import annotations

import hashlib
import hmac

from bot.settings import Settings
from storage.audit_key import load_or_create_key


def audit_key(settings: Settings) -> bytes:
    """The key that is set, else that of the home folder, made once; a team has its own."""
    if settings.audit_key is not None:
        key = bytes.fromhex(settings.audit_key.get_secret_value())
        team = settings.team.encode()
        return hmac.new(key, b"team " + team, hashlib.sha256).digest() if team else key
    return load_or_create_key(settings.home / "audit.key")
