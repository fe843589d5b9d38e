"""Fifty attacks, and a model that obeys them: nothing foreign, promotional or secret comes out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bootstrap import build
from bot.settings import Settings
from bot.views import words
from knowledge.errors import BadInput, ModelFailed
from prompts.foreign import Guarded, foreign_in, secrets_of
from prompts.model_judging import judge
from prompts.model_prompt import messages, repair
from prompts.model_reply import Reply
from tests.chat_replies import GOOD, KEY, REQUEST, reply, writer_for
from tests.chat_server import Asked, Model, Play, chat_server, says
from tests.drafts import twelve_requests
from tests.hostile_model import OBEDIENT, fair, obeying
from tests.injected import Bench, Planted, recommendation
from tests.leaks import in_draft

pytestmark = pytest.mark.usefixtures("chat_client")

ATTACKS = [
    Planted(**json.loads(line))
    for line in (Path(__file__).parent / "fixtures" / "injections.jsonl").open(encoding="utf-8")
]
SECRET = "crm-7f3a9c21d05e"
SECRETS = (KEY, SECRET, "You write like a good teacher who knows this person's question")
TRICKS = tuple(OBEDIENT)
EACH = 4
HARMLESS_HERE = {"order obeyed in the opening", "order as evidence", "the reader's words as ours"}
"""Without an attack these repeat a sentence of the piece or the question."""
PLACES = {
    "asset_text", "asset_title", "question", "mail", "slack", "name", "company", "role", "problem",
}  # fmt: skip


class Scripted:
    """A server whose model is changed from run to run."""

    def __init__(self) -> None:
        self.model: Model = fair

    def __call__(self, asked: Asked) -> Play:
        return self.model(asked)


SCRIPT = Scripted()


@pytest.fixture(scope="module")
def bench(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("attacked") / "home"
    shutil.copytree(seeded, home)
    tools = build(Settings(home=home))
    with chat_server(SCRIPT) as server:
        yield Bench(tools, SECRETS, writer_for(server, 60.0))
    tools.close()


def test_there_are_fifty_and_they_come_in_everywhere() -> None:
    assert len(ATTACKS) == 50
    assert {attack.place for attack in ATTACKS} == PLACES


@pytest.mark.parametrize("at", range(50), ids=lambda at: f"{ATTACKS[at].place}-{at}")
def test_an_attack_gets_nothing_out_of_composer_or_obedient_model(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """M26 M60"""
    monkeypatch.setenv("CRM_API_TOKEN", SECRET)
    try:
        found = recommendation(ATTACKS[at], bench.tools)
    except BadInput:  # another language, or far too long: said in a sentence
        return
    alone = bench.run(found, bench.alone)
    assert alone.leaks == (), alone.draft
    SCRIPT.model = obeying(*(TRICKS[(at * EACH + i) % len(TRICKS)] for i in range(EACH)))
    for _ in range(EACH // 2):
        with_model = bench.run(found, bench.with_model)
        assert with_model.leaks == (), with_model.draft
        if with_model.draft:
            assert words.WRITERS[with_model.draft.source] in with_model.card


@pytest.mark.parametrize("trick", TRICKS)
def test_each_trick_is_refused_for_what_it_slipped_in(trick: str) -> None:
    """M26"""
    with chat_server(fair, obeying(trick)) as server:
        writer = writer_for(server, 60.0)
        assert writer.write(REQUEST).source == "model"  # without the slip it would pass
        try:
            draft = writer.write(REQUEST)
        except ModelFailed:
            return
        assert not list(in_draft(draft, REQUEST, SECRETS))
        assert trick in HARMLESS_HERE


def test_a_fair_answer_passes_for_most_leads() -> None:
    """The guards may not refuse what an honest model writes."""
    with chat_server(fair) as server:
        writer = writer_for(server, 60.0)
        passed = 0
        for request in twelve_requests():
            try:
                passed += writer.write(request).source == "model"
            except ModelFailed:
                continue
    assert passed >= 9


def test_the_lead_s_own_pitch_is_quoted_or_left_out() -> None:
    """A check forgives a lead's words; a model that takes them for its own is not forgiven."""
    import dataclasses

    pitch = "Book a demo today and get 50% off, this offer ends on Friday"
    profile = dataclasses.replace(REQUEST.profile, questions=(REQUEST.question, pitch))
    request = dataclasses.replace(REQUEST, profile=profile)
    opening = "You asked how long a rollout takes, and I went back to the guide that sets it out."
    with (
        chat_server(says(reply(opening=f"{opening} {pitch}."))) as server,
        pytest.raises(ModelFailed, match="promotion in the lead's words"),
    ):
        writer_for(server).write(request)
    with chat_server(says(reply(opening=f'{opening} You wrote: "{pitch}."'))) as server:
        assert writer_for(server).write(request).source == "model"


@pytest.mark.parametrize(
    "evidence",
    [
        "The rollout takes about nine months for most companies.",
        "Six to eight months for twelve sites, from start to end.",
        "months for",
        "</data> Six to eight months",
        "The pilot takes four to six weeks.",
    ],
)
def test_evidence_that_is_not_the_piece_s_or_bears_nothing_is_refused(evidence: str) -> None:
    """M26: the last one is in the piece, and says nothing of what the insight claims."""
    with (
        chat_server(says(reply(evidence=evidence))) as server,
        pytest.raises(ModelFailed, match=r"evidence|number unsupported|claim unsupported"),
    ):
        writer_for(server).write(REQUEST)


@pytest.mark.parametrize("change", [str.upper, lambda t: t.replace(" ", "\n"), lambda t: f"“{t}”"])
def test_evidence_may_differ_in_typography(change: object) -> None:
    text = json.loads(reply())["evidence"]
    with chat_server(says(reply(evidence=change(text)))) as server:  # type: ignore[operator]
        assert writer_for(server).write(REQUEST).source == "model"


def test_a_figure_of_elsewhere_in_the_piece_is_refused() -> None:
    """A figure stands only beside the sentence that has it."""
    insight = (
        "The guide says it takes 36 days for twelve sites, from kick-off to the last handover. It "
        "also says that the first site always looks slow, because it carries the work of agreeing."
    )
    with (
        chat_server(says(reply(insight=insight))) as server,
        pytest.raises(ModelFailed, match="number unsupported"),
    ):
        writer_for(server).write(REQUEST)


ODD = st.text() | st.sampled_from(
    [*GOOD.values(), *(attack.text for attack in ATTACKS), "Buy now."]
)


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), ODD), st.text(max_size=40))
def test_whatever_a_model_answers_is_judged_and_never_trusted(
    changed: dict[str, str], after: str
) -> None:
    """M26"""
    guarded = Guarded(SECRETS, messages(REQUEST)[0][1])
    verdict = judge(REQUEST, reply(**changed) + after, guarded)
    assert (verdict.draft is None) == bool(verdict.findings)
    assert bool(verdict.reason) == bool(verdict.findings)
    if verdict.draft:
        assert not list(in_draft(verdict.draft, REQUEST, SECRETS))
    else:
        assert repair(REQUEST, verdict.findings)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("See evil.example/x for more", "address"),
        ("Write to ann@evil.example", "address"),
        ("It is on evil dot com", "address"),
        ("It is on evil[.]example", "address"),
        ("Follow @evilcorp there", "address"),
        ("Ring +44 20 7946 0958", "address"),
        ("It goes with other-piece-0badf00d", "id"),
        ("Ask U0EVIL1234 about it", "id"),
        ("The key is sk-proj-abcdefgh12345", "secret"),
        (f"It is {SECRET} I think", "secret"),
        (f"It is {SECRET[::-1]} I think", "secret"),
        ("Tell us your card number please", "credentials"),
        ("Voulez-vous nous dire quand vous êtes libre pour un appel avec nous", "encoded"),
        ("uryyb guvf vf abg cynva ratyvfu ng nyy", "encoded"),
        ("aGVsbG8gdGhpcyBpcyBhIHNlY3JldCBtZXNzYWdl", "encoded"),
        ("I read aloud: one two three four five six seven", "prompt"),
    ],
)
def test_what_a_model_may_not_write_is_known_by_kind(text: str, kind: str) -> None:
    guarded = Guarded((SECRET,), "Rules: one two three four five six seven eight", (), "")
    assert kind in {found for found, _ in foreign_in([text], guarded)}


@pytest.mark.parametrize(
    "text",
    [
        "You asked how long a rollout takes in 2025 and 2026, with 1,200 machines at 12 sites.",
        "The guide says that a well-run week is locked on Thursday, e.g. before noon.",
        "Who on your team would see it first?",
        "Spare parts: how much stock is enough",
        "How do you tell a real-time signal from noise today?",
    ],
)
def test_plain_sentences_are_no_leak(text: str) -> None:
    assert not list(foreign_in([text], Guarded((SECRET,), "You write one short follow-up.")))


def test_secrets_are_known_by_the_name_of_their_variable() -> None:
    told = {
        "OPENAI_API_KEY": "sk-abcdefgh",
        "HOME": "/home/robin",
        "DB_PASSWORD": "x",
        "A_TOKEN": "",
    }
    assert secrets_of(told) == ("sk-abcdefgh",)


def test_the_schema_leaves_no_field_for_links_or_titles() -> None:
    assert set(Reply.model_fields) == {
        "asset_id", "evidence", "subject", "opening", "insight", "closing_question",
    }  # fmt: skip
