"""What a rep reads in a conversation of the assistant's own."""

from __future__ import annotations

STATUS = "is looking for the right piece…"
GREETING = (
    "Hello! Tell me about a lead: who they are, and what they asked or did. "
    "I suggest the next piece to send, and draft the words for you to review."
)
PROMPTS_TITLE = "For example:"
SAMPLES = (
    ("A CFO asks about cost", "A CFO in manufacturing asks what downtime costs. What do I send?"),
    ("A planner asks how to begin", "A planner asks how to start with planning. What do I send?"),
    ("Somebody read a guide", "A plant manager read our guide on downtime. What next?"),
    ("What can you do?", "help"),
)  # fmt: skip


def next_for(name: str) -> tuple[str, str]:
    """Title and message of the prompt for a lead."""
    return f"{name}: what next?", f"What do I send {name} next?"


def title(who: str, question: str) -> str:
    """The title of a conversation: the lead, and what it is about."""
    return f"{who}: {question}" if question else who
