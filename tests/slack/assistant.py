"""A strict reading of what the assistant's own methods take; `tests/slack/fake.py` answers them."""

from __future__ import annotations

from typing import Any

from tests.slack.elements import need

PROMPTS = 4
"""Slack's own limit."""
PROMPT_TITLE, PROMPT, TITLE, STATUS = 75, 2000, 150, 100
"""Slack names no lengths for these: those of a button, its value and a header stand in."""


def check_prompts(args: dict[str, Any]) -> None:
    """Refuse what `assistant.threads.setSuggestedPrompts` would."""
    prompts = args["prompts"]
    need(1 <= len(prompts) <= PROMPTS, f"{len(prompts)} prompts")
    for prompt in prompts:
        need(set(prompt) == {"title", "message"}, "a prompt has a title and a message")
        need(0 < len(prompt["title"]) <= PROMPT_TITLE, "prompt title")
        need(0 < len(prompt["message"]) <= PROMPT, "prompt message")


def check_title(args: dict[str, Any]) -> None:
    """Refuse what `assistant.threads.setTitle` would."""
    need(0 < len(args["title"]) <= TITLE, "thread title")


def check_status(args: dict[str, Any]) -> None:
    """Refuse what `assistant.threads.setStatus` would; an empty one takes the status away."""
    need(len(args["status"]) <= STATUS, "status")
