"""The key of the audit log: from the settings, where homes on several machines share one."""

from __future__ import annotations

from bot.settings import Settings
from storage.audit_key import load_or_create_key


def audit_key(settings: Settings) -> bytes:
    """The key that is set, else that of the home folder, made once."""
    if settings.audit_key is not None:
        return bytes.fromhex(settings.audit_key.get_secret_value())
    return load_or_create_key(settings.home / "audit.key")
