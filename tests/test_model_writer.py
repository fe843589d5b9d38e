"""A chat model as writer: what it writes is judged, mended once or given up (M19, M26, M60)."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from knowledge.errors import ModelFailed, SetupMissing
from knowledge.touch import Draft, DraftRequest
from prompts.composer import Composer
from prompts.drafting import Drafter, context_for
from prompts.model import ModelWriter
from prompts.model_reply import read_reply
from tests.chat_replies import GOOD, REQUEST, by_composer, reply, writer_for
from tests.chat_server import Play, chat_server, says
from tests.drafts import draft_request

pytestmark = pytest.mark.usefixtures("chat_client")


def draft_with(*plays: Play, request: DraftRequest = REQUEST, deadline_s: float = 4.0) -> Draft:
    with chat_server(*plays) as server:
        drafter = Drafter(Composer(), writer_for(server, deadline_s))
        began = time.monotonic()
        draft = drafter.draft(request)
        assert time.monotonic() - began < deadline_s + 2.0
        return draft


def test_a_good_answer_becomes_the_draft() -> None:
    draft = draft_with(says(reply()))
    assert draft.source == "model"
    assert draft.checks.passed
    assert draft.note == ""
    assert draft.subject == "How long a rollout takes"
    assert draft.body.startswith("Hi Dana,")
    assert draft.body.count(str(REQUEST.asset.url)) == 1
    assert REQUEST.asset.title in draft.body
    assert draft.body.endswith("Which of your sites would you look at first?")


def test_a_profiling_question_that_was_given_is_asked() -> None:
    """M29"""
    request = draft_request(profiling_question="What do you use for it today?")
    assert draft_with(says(reply()), request=request).body.endswith("What do you use for it today?")


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        (
            "opening",
            "You asked how long a rollout takes. See https://evil.example/x.",
            "link",
        ),
        (
            "opening",
            "You asked about rollouts. Our platform will cut your costs.",
            "pitch",
        ),
        ("closing_question", "Do you have 15 minutes this week?", "meeting"),
        ("insight", "The guide says it takes nine months for forty sites, start to end.", "number"),
        ("closing_question", "Are you ready to buy yet?", "ready to buy"),
        ("opening", "Just checking in on the rollout you asked about a while ago.", "checking in"),
        ("opening", "Hi [Name], you asked how long a rollout takes, so here it is.", "placeholder"),
    ],
)
def test_a_draft_with_findings_is_repaired_once_or_given_up(
    field: str, text: str, rule: str
) -> None:
    """M19 M20 M26"""
    bad = says(reply(**{field: text}))
    with chat_server(bad, says(reply())) as server:
        draft = Drafter(Composer(), writer_for(server)).draft(REQUEST)
        assert draft.source == "model"
        assert draft.checks.passed
        assert rule.split(maxsplit=1)[0] in server.asked[1]["messages"][-1]["content"]
    by_composer(draft_with(bad), rule)


def test_a_hostile_model_never_gets_a_link_or_pitch_through() -> None:
    hostile = says(reply(**{
        k: "Buy now at https://evil.example! Book a demo, 50% off." for k in GOOD if k != "asset_id"
    }))  # fmt: skip
    draft = draft_with(hostile)
    by_composer(draft, "did not pass")
    assert "evil" not in draft.body


def test_the_schema_sent_forbids_extra_fields() -> None:
    with chat_server(says(reply())) as server:
        writer_for(server).write(REQUEST)
        sent = json.dumps(server.asked[0])
    assert '"additionalProperties": false' in sent
    assert "sk-test-secret" not in sent


@pytest.mark.parametrize("channel", ["text", "social", "phone", "direct_mail"])
def test_each_channel_keeps_its_form(channel: str) -> None:
    """M52"""
    short = reply(
        opening="you asked how long a rollout takes.",
        insight="The guide says six to eight months for twelve sites, from kick-off to handover.",
    )
    request = draft_request(channel=channel)
    answer = short if channel in ("text", "social") else reply()
    draft = draft_with(says(answer), request=request)
    assert draft.source == "model", draft.note
    assert draft.channel == channel
    assert bool(draft.subject) == (channel not in ("text", "social"))


def test_a_model_without_structured_output_is_read_as_text() -> None:
    writer = ModelWriter("fake:x", model=FakeListChatModel(responses=[reply()]))
    assert writer.write(REQUEST).source == "model"


def test_a_model_that_fails_raises_a_sentence() -> None:
    writer = ModelWriter("fake:x", model=FakeListChatModel(responses=["no"]))
    with pytest.raises(ModelFailed, match="could not be read"):
        writer.write(REQUEST)


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import langchain.chat_models

    def missing(*_: object, **__: object) -> None:
        raise ImportError("langchain_anthropic")

    monkeypatch.setattr(langchain.chat_models, "init_chat_model", missing)
    with pytest.raises(SetupMissing, match=r"trailguide\[anthropic\]"):
        ModelWriter("anthropic:claude").write(REQUEST)
    draft = Drafter(Composer(), ModelWriter("anthropic:claude")).draft(REQUEST)
    by_composer(draft, "not set up")


@pytest.mark.parametrize("spec", ["gpt", "nobody:x", "openai:"])
def test_a_spec_that_names_no_model_says_so(spec: str) -> None:
    with pytest.raises(SetupMissing, match="provider:model"):
        ModelWriter(spec).write(REQUEST)


def test_a_missing_key_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SetupMissing, match="key"):
        ModelWriter("openai:gpt-test").write(REQUEST)


def test_without_a_model_the_composer_writes_without_a_note() -> None:
    """M60"""
    draft = Drafter(Composer()).draft(REQUEST)
    assert draft.source == "composer"
    assert draft.note == ""
    assert draft.checks.passed


def test_an_edited_text_can_be_checked_again() -> None:
    draft = Drafter(Composer()).draft(REQUEST)
    context = context_for(REQUEST, draft.subject, draft.body + "\nBook a demo today!")
    assert context.profile is REQUEST.profile
    assert context.lead_questions == ("How long does a rollout take?",)


def test_langchain_is_imported_only_when_a_model_writes() -> None:
    import subprocess
    import sys

    code = (
        "import sys, prompts.drafting as d; d.Drafter(d.Composer(), d.ModelWriter('openai:x'));"
        "sys.exit(any(m.split('.')[0].startswith('langchain') for m in sys.modules))"
    )
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_a_reply_is_read_strictly() -> None:
    assert read_reply(reply()) is not None
    assert read_reply(reply(extra=1)) is None
    assert read_reply("[" * 100_000) is None
