"""Shortcodes of content systems, such as `[bctt tweet="…"]`: instructions that no reader sees."""

from __future__ import annotations

import re

_NAME = r"[a-z](?:[a-z0-9-]|\\?_){1,40}"
_VALUE = r"""(?:"[^"\n]{0,500}"|“[^”\n]{0,500}”|'[^'\n]{0,500}'|[^\s"'\[\]]{1,100})"""
_KNOWN = (
    r"(?:bctt|tweet(?:this)?|clicktotweet|ctt|caption|gallery|embed|audio|video|playlist|toc"
    r"|vc\\?_\w{1,40}|et\\?_pb\\?_\w{1,40}|fusion\\?_\w{1,40}|/" + _NAME + ")"
)
_SHORTCODE = re.compile(
    rf"\\?\[(?:{_KNOWN}|{_NAME}(?:\s{{1,3}}{_NAME}={_VALUE}){{1,20}})"
    rf"(?:\s{{1,3}}{_NAME}={_VALUE}){{0,20}}\s{{0,3}}/?\\?\](?!\()",
    re.IGNORECASE,
)
"""A known name, a closing tag, or any name with attributes; `[1]`, `[x]` and links are words."""


def without_shortcodes(text: str) -> str:
    """Prose without shortcodes; what stands between an opening and a closing one stays."""
    return _SHORTCODE.sub("", text) if "[" in text else text
