"""Reading a lead's stage from questions and history, with evidence (M33, M34, M43)."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from benchmarks.stage_histories import leads, sample_library
from knowledge.assets import Asset
from knowledge.errors import BadInput
from knowledge.journey import AssetType, Stage
from knowledge.journey_map import BUYER_QUESTIONS, load_journey
from knowledge.leads import Action, HistoryEntry, LeadFacts, LeadProfile
from retrieval.embeddings import OnnxEmbedder
from retrieval.onnx_model import default_cache, default_model_path
from retrieval.sentence_layers import (
    HEADS,
    LAYERS,
    PARTS,
    WIDTH,
    SentenceLayers,
    packaged_model,
    read_safetensors,
)
from retrieval.stage import StageReader
from retrieval.stage_model import STAGES, load_model

pytestmark = pytest.mark.own_models

TODAY = date(2026, 11, 22)
LABELLED = Path(__file__).parents[1] / "benchmarks" / "stage"


@pytest.fixture(scope="module")
def reader() -> StageReader:
    return StageReader()


BY_DEED = StageReader(Path("no home: nothing to read here"))
"""Reads acts alone; its model would be the packaged one, but no question is given to it."""


def ago(days: int, action: Action, asset: str | None = None, note: str = "") -> HistoryEntry:
    return HistoryEntry(action, TODAY - timedelta(days=days), asset, note)


def lead(*history: HistoryEntry, questions: tuple[str, ...] = (), stage: Stage | None = None):
    return LeadProfile(LeadFacts(stage=stage), history, questions)


def piece(name: str, kind: str) -> Asset:
    return Asset(name, f"Piece {name}", AssetType(kind), "Text.", f"{name}.md")


LIBRARY = {
    name: piece(name, name)
    for name in ("blog", "webinar", "comparison", "spec", "case_study", "roi", "onboarding")
}


def test_m33_a_given_stage_wins_backwards_too():
    profile = lead(ago(1, Action.BOUGHT), questions=("Price?",), stage=Stage.AWARENESS)
    read = BY_DEED.read(profile, TODAY)
    assert (read.stage, read.confidence) == (Stage.AWARENESS, 1.0)
    assert "given by" in read.evidence[0]


def test_m33_without_evidence_a_lead_starts_at_awareness_and_we_say_so():
    for profile in (lead(), lead(ago(3, Action.SENT, "roi"), ago(1, Action.NEWSLETTER))):
        read = BY_DEED.read(profile, TODAY, LIBRARY)
        assert read.stage is Stage.AWARENESS
        assert read.confidence < 0.3
        assert "Nothing asked or done" in read.evidence[0]


@pytest.mark.parametrize(
    ("history", "stage"),
    [
        ([ago(5, Action.READ, "blog")], Stage.AWARENESS),
        ([ago(5, Action.ATTENDED, "webinar"), ago(9, Action.READ, "blog")], Stage.INTEREST),
        ([ago(3, Action.DOWNLOADED)], Stage.INTEREST),
        ([ago(3, Action.READ, "spec"), ago(2, Action.READ, "comparison")], Stage.CONSIDERATION),
        ([ago(3, Action.READ, "case_study"), ago(2, Action.DOWNLOADED, "roi")], Stage.DECISION),
        ([ago(3, Action.REQUESTED_DEMO)], Stage.DECISION),
        ([ago(3, Action.VISITED_PRICING)], Stage.DECISION),
        ([ago(400, Action.BOUGHT), ago(2, Action.READ, "blog")], Stage.CUSTOMER),
        ([ago(3, Action.READ, "onboarding")], Stage.CUSTOMER),
        ([ago(3, Action.JOINED_LIST)], Stage.AWARENESS),
    ],
)
def test_m33_what_a_lead_did_tells_its_stage(history, stage):
    read = BY_DEED.read(lead(*history), TODAY, LIBRARY)
    assert read.stage is stage
    assert 0.2 < read.confidence <= 1


def test_recent_acts_weigh_more_than_old_ones():
    history = (ago(300, Action.READ, "case_study"), ago(2, Action.READ, "blog"))
    assert BY_DEED.read(lead(*history), TODAY, LIBRARY).stage is Stage.AWARENESS


def test_a_quiet_lead_keeps_its_stage_and_only_grows_less_sure():
    soon, late = (
        BY_DEED.read(lead(ago(days, Action.READ, "roi")), TODAY, LIBRARY) for days in (1, 500)
    )
    assert soon.stage is late.stage is Stage.DECISION
    assert soon.confidence > late.confidence


def test_evidence_names_the_act_and_its_day():
    read = BY_DEED.read(lead(ago(2, Action.DOWNLOADED, "roi")), TODAY, LIBRARY)
    assert read.evidence == (
        "Downloaded “Piece roi” on 20 Nov 2026, a cost and return piece for the decision stage.",
    )


def test_acts_dated_in_the_future_are_no_evidence():
    assert "Nothing" in BY_DEED.read(lead(ago(-2, Action.BOUGHT)), TODAY).evidence[0]


@pytest.mark.parametrize(
    ("question", "stage"),
    [
        ("What is predictive maintenance and why does it matter?", Stage.AWARENESS),
        ("How do other plants start with condition monitoring?", Stage.INTEREST),
        ("Does it integrate with our payroll system through an API?", Stage.CONSIDERATION),
        ("how much is it per user and when does it pay back", Stage.DECISION),
        ("Since the update our users cannot see their tasks", Stage.CUSTOMER),
    ],
)
def test_m33_what_a_lead_asks_tells_its_stage_and_is_named(reader, question, stage):
    read = reader.read(lead(questions=(question,)), TODAY)
    assert read.stage is stage
    assert question in read.evidence[0]
    assert read.confidence > 0.4


def test_questions_noted_in_the_history_count(reader):
    noted = lead(ago(4, Action.ASKED, note="What would it cost for 80 users?"))
    assert reader.read(noted, TODAY).stage is Stage.DECISION
    replied = lead(ago(4, Action.REPLIED, note="Thanks. What would it cost for 80 users?"))
    assert reader.read(replied, TODAY).stage is Stage.DECISION


@pytest.mark.parametrize("question", ["?", "🤷", "x" * 100_000, "ok"])
def test_odd_questions_are_read_all_the_same(reader, question):
    read = reader.read(lead(questions=(question,)), TODAY)
    assert 0 < read.confidence <= 1
    assert all(len(sentence) < 250 for sentence in read.evidence)


def held_back() -> Iterator[tuple[str, Stage]]:
    """Every ninth question of two writers whose questions the model was not fitted on."""
    for name in ("e", "f"):
        lines = (LABELLED / f"questions_{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[::9]:
            row = json.loads(line)
            yield row["question"], Stage(row["stage"])


def test_m33_questions_of_writers_never_seen_are_read_well():
    """M33 `python -m benchmarks.fit_stage --check` reads all 900 and prints the table."""
    texts, stages = zip(*held_back(), strict=True)
    guess = [STAGES[i] for i in load_model(load_journey()).probabilities(texts).argmax(axis=1)]
    scores = []
    for stage in Stage:
        hit = sum(g == s == stage for g, s in zip(guess, stages, strict=True))
        scores.append(2 * hit / (guess.count(stage) + stages.count(stage)))
    assert len(texts) == 100
    assert sum(scores) / len(scores) >= 0.75


def early_questions() -> list[str]:
    """Questions of method by people of many trades who have bought nothing; they set no pattern."""
    lines = (LABELLED / "questions_h.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def test_m33_asking_how_a_thing_is_done_makes_no_customer(reader):
    """M33 A question of method alone is a learner's; 17 of the 44 were read as a customer's."""
    asked = early_questions()
    read = [reader.read(lead(questions=(question,)), TODAY).stage for question in asked]
    assert len(asked) >= 40
    assert Stage.CUSTOMER not in read
    assert sum(stage in {Stage.AWARENESS, Stage.INTEREST} for stage in read) >= 40


def test_m33_whoever_bought_and_asks_how_stays_a_customer(reader):
    """M33"""
    for question in ("How do I plan?", "How can I cut the water use of my car wash?"):
        bought = lead(ago(40, Action.BOUGHT), questions=(question,))
        assert reader.read(bought, TODAY).stage is Stage.CUSTOMER


@pytest.mark.parametrize(
    "question",
    [
        "How do I add a licence for our night shift?",
        "Since we went live, how do we plan a line that stands still?",
        "How do I move it to the second plant?",
        "How can I export the dashboard of last month?",
        "how do i undo a merge in your planner",
    ],
)
def test_m33_how_asked_of_a_thing_in_hand_is_a_customers_question(reader, question):
    """M33"""
    assert reader.read(lead(questions=(question,)), TODAY).stage is Stage.CUSTOMER


def test_m33_who_speaks_of_whose_things_tells_the_stage_not_the_subject(reader):
    """M33"""
    asked = {
        "is it usual that half the rota changes after it is published": Stage.AWARENESS,
        "how do other wards draw up a rota that holds for a month": Stage.INTEREST,
        "does yours let nurses swap shifts by themselves on an old android": Stage.CONSIDERATION,
        "which hospital of our size could tell my board that it was worth it": Stage.DECISION,
        "since monday the rota you set up for us shows last month": Stage.CUSTOMER,
    }
    for question, stage in asked.items():
        assert reader.read(lead(questions=(question,)), TODAY).stage is stage


def test_m33_a_home_with_questions_of_its_own_teaches_them(tmp_path):
    """M33"""
    words = {
        "awareness": "gleep", "interest": "flarn", "consideration": "brool",
        "decision": "snive", "customer": "quort",
    }  # fmt: skip
    told = [
        f"{stage} = [{', '.join(f'{chr(34)}{word} number {n}{chr(34)}' for n in range(12))}]"
        for stage, word in words.items()
    ]
    (tmp_path / "journey.toml").write_text("[prototypes]\n" + "\n".join(told))
    reader = StageReader(tmp_path)
    read = {s: reader.read(lead(questions=(f"{w} number 40",)), TODAY) for s, w in words.items()}
    assert sum(r.stage == stage for stage, r in read.items()) >= 4


def test_the_layers_end_where_the_exported_graph_ends():
    texts = ["Why?", "does yours count pallets by photo 🤷 or by weight", "word " * 90]
    ours = SentenceLayers({}).pooled(texts, 1)
    theirs = OnnxEmbedder(default_model_path(default_cache())).embed(texts)
    centred = theirs - theirs.mean(axis=1, keepdims=True)
    cosine = (ours * centred).sum(axis=1) / np.linalg.norm(ours, axis=1)
    assert ours.shape == (3, WIDTH)
    assert (cosine / np.linalg.norm(centred, axis=1)).min() > 0.9999


def layers_by_the_book(text: str, changes: dict) -> np.ndarray:
    """The scaled means after each layer of one text, (6, 384), in numpy's double precision."""
    folder = packaged_model()
    w = read_safetensors(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    ids = tokenizer.encode(text).ids

    def scaled(x: np.ndarray, tiny: float = 1e-12) -> np.ndarray:
        return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + tiny)

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        return scaled(x) * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x: np.ndarray, layer: int, part: str) -> np.ndarray:
        name, (down, up) = f"encoder.layer.{layer}.{part}", changes[f"{layer}.{part}"]
        return x @ (w[f"{name}.weight"].T.astype(float) + down @ up) + w[f"{name}.bias"]

    e = "embeddings"
    x = w[f"{e}.word_embeddings.weight"][ids].astype(float)
    x += (
        w[f"{e}.position_embeddings.weight"][: len(ids)] + w[f"{e}.token_type_embeddings.weight"][0]
    )
    x, means = norm(x, f"{e}.LayerNorm"), []
    for n in range(LAYERS):
        q, k, v = (
            linear(x, n, p).reshape(len(ids), HEADS, -1).transpose(1, 0, 2) for p in PARTS[:3]
        )
        share = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(WIDTH / HEADS))
        seen = share / share.sum(-1, keepdims=True) @ v
        mixed = linear(seen.transpose(1, 0, 2).reshape(x.shape), n, PARTS[3])
        x = norm(x + mixed, f"encoder.layer.{n}.attention.output.LayerNorm")
        wide = linear(x, n, PARTS[4])
        wide *= 0.5 + 0.5 * np.vectorize(math.erf)(wide / math.sqrt(2))
        x = norm(x + linear(wide, n, PARTS[5]), f"encoder.layer.{n}.output.LayerNorm")
        means.append(scaled(x.mean(axis=0), 1e-5))
    return np.array(means)


def test_the_changed_layers_give_what_plain_arithmetic_gives():
    rng, wide = np.random.default_rng(3), {PARTS[4]: (WIDTH, 1536), PARTS[5]: (1536, WIDTH)}
    changes = {}
    for n, part in itertools.product(range(LAYERS), PARTS):
        rows, columns = wide.get(part, (WIDTH, WIDTH))
        pair = rng.normal(0, 0.03, (rows, 8)), rng.normal(0, 0.03, (8, columns))
        changes[f"{n}.{part}"] = tuple(a.astype(np.float32) for a in pair)
    texts = [
        "Why?",
        "does yours count pallets by photo or by weight",
        "",
        "who signs, and when? " * 5,
    ]
    expected = np.array([layers_by_the_book(text, changes) for text in texts])
    layers = SentenceLayers(changes)
    assert layers.pooled(texts, 6).reshape(expected.shape) == pytest.approx(expected, abs=1e-4)
    assert layers.pooled(texts[1:2], 3)[0] == pytest.approx(expected[1, 3:].ravel(), abs=1e-4)
    assert layers.pooled([], 3).shape == (0, 3 * WIDTH)


def test_questions_are_read_the_same_alone_and_together():
    texts = [q for told in load_journey().values() for q in told.prototypes[:3]]
    model = load_model(load_journey())
    together = model.probabilities(texts)
    assert together.sum(axis=1) == pytest.approx(1)
    alone = np.vstack([model.probabilities([t]) for t in texts])
    assert alone == pytest.approx(together, abs=1e-4)


@settings(max_examples=30, deadline=None)  # the first reading loads the model
@given(st.text(max_size=300))
def test_any_text_gets_five_shares(text):
    likely = load_model(load_journey()).probabilities([text])
    assert likely.shape == (1, 5)
    assert np.isfinite(likely).all()
    assert likely.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "note", ["Four-week pilot, paid", "one seat at the training day", "at her former employer"]
)
def test_m33_a_purchase_of_something_else_makes_no_customer(note):
    """M33"""
    history = (ago(40, Action.BOUGHT, note=note), ago(9, Action.READ, "webinar"))
    assert BY_DEED.read(lead(*history), TODAY, LIBRARY).stage is Stage.INTEREST


def test_m33_a_reply_that_asks_nothing_counts_too(reader):
    """M33"""
    replied = lead(ago(2, Action.REPLIED, note="Signed by both, the roll-out begins in May."))
    read = reader.read(replied, TODAY)
    assert read.stage in {Stage.DECISION, Stage.CUSTOMER}
    assert read.evidence[0].startswith("Wrote “Signed by both")


def test_m33_histories_held_back_are_read_well(reader):
    """M33 Every third of the labelled leads, none of which set a weight."""
    library = sample_library()
    right = [
        reader.read(profile, today, library).stage is STAGES[label]
        for profile, today, label in itertools.islice(leads(held_back=True), 50)
    ]
    assert len(right) == 50
    assert np.mean(right) >= 0.75


acts = st.lists(
    st.builds(
        ago, st.integers(0, 90), st.sampled_from(list(Action)), st.sampled_from([None, *LIBRARY])
    ),
    max_size=6,
)


def test_the_packaged_model_was_fitted_with_the_packaged_map():
    """Else every start would fit it anew: run python -m benchmarks.fit_stage."""
    assert load_model(load_journey()).own is None


def test_threads_that_ask_at_once_read_the_same(reader):
    asked = [q for told in load_journey().values() for q in told.prototypes[:8]]
    one = [reader.read(lead(questions=(q,)), TODAY) for q in asked]
    fresh = StageReader()
    with ThreadPoolExecutor(4) as threads:
        many = list(threads.map(lambda q: fresh.read(lead(questions=(q,)), TODAY), asked))
    assert [r.stage for r in many] == [r.stage for r in one]


@given(acts)
def test_confidence_is_a_share_and_the_order_of_days_does_not_matter(history):
    read = BY_DEED.read(lead(*history), TODAY, LIBRARY)
    assert 0 < read.confidence <= 1
    assert read.evidence
    assert BY_DEED.read(lead(*reversed(history)), TODAY, LIBRARY) == read


@given(acts, st.sampled_from(list(LIBRARY)), st.integers(0, 200))
def test_more_evidence_for_a_stage_never_lowers_its_confidence(history, name, days):
    before = BY_DEED.read(lead(*history), TODAY, LIBRARY)
    if "Nothing" in before.evidence[0] or LIBRARY[name].fitting_stages[0] is not before.stage:
        return
    more = ago(days, Action.READ, name)
    after = BY_DEED.read(lead(*history, more), TODAY, LIBRARY)
    assert after.stage is before.stage
    assert after.confidence >= before.confidence


def test_one_more_question_of_a_stage_never_lowers_its_confidence(reader):
    asked = tuple(load_journey()[Stage.DECISION].prototypes[:6])
    noted = ago(9, Action.ASKED, note="What is this all about?")
    confidence = [
        reader.read(lead(noted, questions=asked[:n]), TODAY).confidence for n in range(1, 7)
    ]
    assert confidence == sorted(confidence)


def test_m34_m43_every_stage_of_the_map_is_told_from_the_buyers_side():
    """M34 M43"""
    for stage, told in load_journey().items():
        assert told.stage is stage
        assert all((told.doing, told.thinking, told.feeling))
        assert [key for key, _ in told.buyer_questions] == list(BUYER_QUESTIONS)
        assert len(told.prototypes) >= 40


def test_a_map_without_questions_is_named(tmp_path):
    (tmp_path / "journey.toml").write_text("[prototypes]\ninterest = []\n")
    with pytest.raises(BadInput, match=r"prototypes\.interest"):
        load_journey(tmp_path)
