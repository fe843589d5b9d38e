"""What the sentence models hear that no rule of wording knows, and what they leave alone."""

from __future__ import annotations

import pytest

from knowledge.journey import Stage
from knowledge.sentence_models import SINS
from prompts.checks import CheckContext, check_asset, check_draft
from prompts.checks.grounding import CLAIM_UNSUPPORTED, NUMBER_UNSUPPORTED
from prompts.composer import Composer
from prompts.insight import insights
from retrieval.packaged_models import PackagedModels
from tests.composer_wordings import every_wording
from tests.drafts import draft_request, sample_asset, twelve_requests

pytestmark = pytest.mark.own_models


def found(text: str, models: PackagedModels | None, stage: Stage = Stage.AWARENESS) -> set[str]:
    report = check_draft(CheckContext(body=text, stage=stage, models=models))
    return {f.rule for f in report.findings} & set(SINS)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("pitch", "Plants that moved over to us in spring have stopped working Saturdays."),
        ("price", "If three of your sites came in together, I could get you a kinder number."),
        ("meeting_ask", "I am in Leeds all of next week, should you fancy putting a face to me."),
        ("urgency", "I would not leave this lying around until after the holidays."),
        ("ready_to_buy", "Has the committee put its name to a vendor yet?"),
        ("checking_in", "Thought I would resurface this in your inbox."),
        ("competitor_bashing", "The big suite everybody bought is held together with tape."),
        ("broadcast", "We send these lines to every plant manager on our books."),
    ],
)
def test_an_unusual_wording_is_heard_by_its_meaning(
    rule: str, sentence: str, models: PackagedModels
) -> None:
    """M2 M3 M7 M12 M19"""
    assert not found(sentence, None), "a rule knows this wording; choose another"
    assert rule in found(sentence, models)


@pytest.mark.parametrize(
    "sentence",
    [
        "You asked how vendors build up their prices.",
        "Set a deadline for each work order, and say who owns it.",
        "A demo shows what works, so ask to see what happens when a job is cancelled.",
        "The guide compares three ways to plan, and says where each of them fails.",
        "Budgets are mostly set in autumn, so a figure in September is worth two in March.",
        "Which jobs do you treat as urgent today?",
        "No need to reply, it is only something to read on the train.",
    ],
)
def test_teaching_about_a_delicate_matter_is_left_alone(
    sentence: str, models: PackagedModels
) -> None:
    """M19"""
    assert not found(sentence, models)


def test_every_wording_of_the_composer_is_calm_to_the_models(models: PackagedModels) -> None:
    """M19 M25"""
    loud = {said: rules for said in every_wording() if (rules := found(said, models))}
    assert not loud


def test_the_sentence_that_answers_is_found_without_a_shared_word(models: PackagedModels) -> None:
    """M23"""
    asset = sample_asset("spare-parts-how-much-stock-is-enough")
    query = "When should we buy the next ones?"
    told = [i.text for i in insights(asset, query, "", models.nearness)[:3]]
    assert any("Order again when the stock falls" in text for text in told), told


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "How long does it take until the first report arrives?",
            "You get the first report after two weeks.",
            "Reports can be sent to as many people as you like.",
        ),
        (
            "Who can approve a request for leave?",
            "Your team lead or a deputy approves it.",
            "Requests for leave are kept for two years.",
        ),
        (
            "What happens if we miss a payment?",
            "Your account is paused until the bill is settled.",
            "Payments are made by card or by bank transfer.",
        ),
    ],
)
def test_an_answer_is_told_from_a_sentence_on_the_same_thing(
    question: str, right: str, wrong: str, models: PackagedModels
) -> None:
    """M23"""
    answers, repeats = models.answering(question, [right, wrong])
    assert answers > repeats


def test_how_well_a_text_answers_does_not_depend_on_its_company(models: PackagedModels) -> None:
    """Texts are read in batches of like length, padded to the longest."""
    texts = ["Ask the planner.", "It takes two weeks. " * 8, "Nobody knows.", "The team " * 200]
    question = "How long does it take?"
    together = models.answering(question, texts * 6)
    alone = [models.answering(question, [text])[0] for text in texts]
    assert together == pytest.approx(alone * 6, abs=1e-4)
    assert models.answering(question, []) == []
    assert models.answering(" ", texts) == [0.0] * 4


def test_a_rewording_is_supported_and_an_invention_is_not(models: PackagedModels) -> None:
    """M26"""
    asset = sample_asset("backlog-is-a-finance-problem")
    reworded = "Having no backlog at all means the team is overstaffed or isn't looking closely."
    invented = "A falling backlog lowers the insurance premium of a plant within a year."
    for text, wrong in ((reworded, False), (invented, True)):
        context = CheckContext(body=text, asset=asset, models=models)
        assert bool(list(CLAIM_UNSUPPORTED.judge(context))) is wrong, text


def test_a_figure_must_stand_where_the_piece_says_it(models: PackagedModels) -> None:
    """M26 The changed figure stands in the piece, but elsewhere."""
    asset = sample_asset("backlog-is-a-finance-problem")
    for text, wrong in (
        ("Planners commonly aim for two to four weeks of ready work.", False),
        ("Planners commonly aim for four to ten weeks of ready work.", True),
    ):
        context = CheckContext(body=text, asset=asset, models=models)
        assert bool(list(NUMBER_UNSUPPORTED.judge(context))) is wrong, text


def test_each_of_twelve_drafts_passes_with_the_models(models: PackagedModels) -> None:
    """M19 M20 M21 M23 M26 M52"""
    composer = Composer(models)
    for request in twelve_requests():
        draft = composer.write(request)
        assert draft.checks.passed, (draft.body, draft.checks.findings)


def test_drafts_teach_in_the_words_of_the_part_that_answers(models: PackagedModels) -> None:
    """M21 M23"""
    draft = Composer(models).write(
        draft_request("spare-parts-how-much-stock-is-enough", question="How much stock is enough?")
    )
    assert "what you may use while you wait" in draft.body


def test_hype_tells_a_selling_page_from_a_guide(models: PackagedModels) -> None:
    """M17 M18"""
    selling = check_asset(sample_asset("tidewell-suite-brochure").text, models=models).hype
    calm = check_asset(sample_asset("rollout-plan-one-site-to-twelve").text, models=models).hype
    assert calm < 0.5 < selling


def test_no_text_means_nothing_to_say(models: PackagedModels) -> None:
    assert models.sins([]) == []
    assert models.nearness("a question", []) == []
    assert models.hype("", "") == 0.0
