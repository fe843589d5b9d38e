"""Salted hashes: the audit log can prove a text without holding it, until the salt is erased."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlmodel import Session

from storage.tables import SaltRow


def salted(session: Session, owner: str, text: str) -> str:
    """32 hex digits of HMAC-SHA256 of `text` under the owner's salt, which is made when missing."""
    row = session.get(SaltRow, owner)
    if row is None:
        row = SaltRow(owner=owner, salt=secrets.token_bytes(32))
        session.add(row)
        session.flush()
    return mark_of(row.salt, text)


def mark_of(salt: bytes, text: str) -> str:
    """The same from the salt itself."""
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()[:32]


def salt_owner(lead_id: str | None, suggestion_id: str) -> str:
    """Whose salt hides the texts: the lead's, else the suggestion's own."""
    return lead_id or f"suggestion:{suggestion_id}"
