"""What a well-behaved chat model answers, and a writer that asks the loopback server."""

from __future__ import annotations

import json
import re
from typing import Any

from knowledge.touch import Draft
from prompts.model import ModelWriter
from tests.chat_server import ChatServer
from tests.drafts import draft_request

KEY = "sk-test-secret"
REQUEST = draft_request()
GOOD = {
    "asset_id": REQUEST.asset.id,
    "evidence": "Six to eight months for twelve sites, from kick-off to the last handover. The "
    "first site always looks slow. It carries the work of agreeing on codes, roles and rules that "
    "the other eleven will reuse.",
    "subject": "How long a rollout takes",
    "opening": "You asked how long a rollout takes, and I went back to the guide that sets it out "
    "site by site, with a date for each part of the work.",
    "insight": "The guide says it takes six to eight months for twelve sites, from kick-off to "
    "the last handover. It also says that the first site always looks slow, because it carries "
    "the work of agreeing on codes, roles and rules.",
    "closing_question": "Which of your sites would you look at first?",
}


def reply(**changed: object) -> str:
    """The good answer, with fields changed."""
    return json.dumps({**GOOD, **changed})


def writer_for(
    server: ChatServer, deadline_s: float = 8.0, *, key: str = KEY, **settings: Any
) -> ModelWriter:
    """A writer of the OpenAI kind, whose service is the loopback server; its client is made."""
    from langchain.chat_models import init_chat_model

    client = init_chat_model(
        "test", model_provider="openai", api_key=key, base_url=server.url, max_retries=0
    )
    return ModelWriter("openai:test", deadline_s, model=client, api_key=key, **settings)


def by_composer(draft: Draft, because: str) -> None:
    """The composer wrote it, it is good, and one plain sentence says why the model did not."""
    assert draft.source == "composer"
    assert draft.checks.passed
    assert "built-in composer" in draft.note
    assert re.search(because, draft.note), draft.note
    assert not re.search(rf"{KEY}|127\.0\.0\.1|localhost|http|\{{|Error\b", draft.note)
