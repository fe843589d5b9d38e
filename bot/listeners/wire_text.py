"""Slack's wire text as a person reads it."""

from __future__ import annotations

import html
import re

LONGEST_TEXT = 40_000
"""Slack's most for one message; more can only come from a hostile sender."""


def readable(text: str, bot_user: str) -> str:
    """Slack's wire text as a person reads it: our mention gone, links and names spelt out."""
    text = text[:LONGEST_TEXT]
    if bot_user:
        text = re.sub(rf"<@{re.escape(bot_user)}(?:\|[^>]*)?>[:,]?", " ", text)
    text = re.sub(r"<mailto:[^|>]+\|([^>]*)>", r"\1", text)
    text = re.sub(r"<[@#!]([^|>]*)\|([^>]*)>", r"\2", text)
    text = re.sub(r"<[@#!]([^>]*)>", " ", text)
    text = re.sub(r"<([^|<>\s]+)\|([^>]*)>", r"\2 (\1)", text)
    text = re.sub(r"<([^<>\s]+)>", r"\1", text)
    return html.unescape(text).strip()


def with_people(text: str) -> str:
    """Wire text whose mentions of people are spelt as ids, `@U…`, which `readable` keeps."""
    return re.sub(r"<@([UW][A-Z0-9]{2,})(?:\|[^>]*)?>", r" @\1 ", text[:LONGEST_TEXT])
