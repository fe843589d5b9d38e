"""Attacks put where foreign text comes in, and what comes out: draft, card and JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date

from bot.bootstrap import Wired
from bot.flow.choosing import passed_over
from bot.flow.next_touch import Recommendation, recommend, write_draft
from bot.flow.understand import understand
from bot.listeners.wire_text import readable
from bot.views.card import card_of, review_card
from bot.views.json_forms import suggestion_form
from knowledge.leads import LeadFacts
from knowledge.touch import Ask, Draft, DraftRequest, Suggestion
from prompts.composer import Composer
from prompts.drafting import Drafter
from prompts.model import ModelWriter
from tests.leaks import in_card, in_draft, tells

TODAY = date(2026, 3, 2)
QUESTION = "How long does a rollout take?"
ASSET_PLACES = ("asset_text", "asset_title")
LEAD_PLACES = ("name", "company", "role", "problem")


@dataclass(frozen=True)
class Planted:
    """An attack and where it is put."""

    place: str
    text: str


@dataclass
class Requests:
    """A drafter that keeps the request it was given; its composer writes each only once."""

    inner: Drafter
    last: DraftRequest | None = None

    def draft(self, request: DraftRequest) -> Draft:
        self.last = request
        return self.inner.draft(request)


class Once(Composer):
    """The composer, whose answer to the last request is kept: it is always the same."""

    kept: tuple[DraftRequest, Draft] | None = None

    def write(self, request: DraftRequest) -> Draft:
        if self.kept is None or self.kept[0] != request:
            self.kept = (request, super().write(request))
        return self.kept[1]


@dataclass(frozen=True)
class Outcome:
    """What came of one run: the leaks by kind, the draft, and the card as Slack gets it."""

    leaks: tuple[str, ...]
    draft: Draft | None
    card: str


def ask_of(planted: Planted, tools: Wired) -> Ask:
    """The ask that carries the attack; `BadInput` when the text is refused with a sentence."""
    text = planted.text
    if planted.place == "question":
        return Ask(TODAY, questions=(text, QUESTION))
    if planted.place in {"mail", "slack"}:
        said = text
        if planted.place == "mail":
            said = (
                f"Nina Park at Northgate wrote back, here is her mail:\n\n{text}\n\n"
                "What should I send her? She asks how long a rollout takes."
            )
        return understand(readable(said, "U0BOT"), tools).ask(TODAY, asked_by="U0REP")
    if planted.place in LEAD_PLACES:
        told = {planted.place: f"Rollouts drag on. {text}" if planted.place == "problem" else text}
        return Ask(TODAY, facts=LeadFacts(**told), questions=(QUESTION,))  # type: ignore[arg-type]
    return Ask(TODAY, questions=(QUESTION,))


def recommendation(planted: Planted, tools: Wired) -> Recommendation:
    """What is recommended; an attack in a piece stands in the one that is chosen."""
    found = recommend(ask_of(planted, tools), tools)
    if planted.place not in ASSET_PLACES or found.chosen is None:
        return found
    candidate = found.chosen.candidate
    asset, passage = candidate.asset, candidate.passage
    if planted.place == "asset_title":
        asset = replace(asset, title=planted.text.replace("\n", " ")[:200])
    else:
        halves = asset.text.split("\n\n")
        middle = len(halves) // 2
        text = "\n\n".join([*halves[:middle], planted.text, *halves[middle:], planted.text])
        asset, passage = replace(asset, text=text), f"{planted.text}\n{passage}"
    poisoned = replace(candidate, asset=asset, passage=passage)
    return replace(found, chosen=replace(found.chosen, candidate=poisoned))


@dataclass
class Bench:
    """A library, what must stay secret, and two writers: the composer alone, and with a model."""

    tools: Wired
    secrets: tuple[str, ...]
    writer: ModelWriter

    def __post_init__(self) -> None:
        composer = Once()
        self.ids = {asset.id for asset in self.tools.library.all()}
        self.alone, self.with_model = Drafter(composer), Drafter(composer, self.writer)

    def run(self, found: Recommendation, drafter: Drafter) -> Outcome:
        """Write, show and search for leaks."""
        requests = Requests(drafter)
        self.tools.__dict__["drafter"] = requests
        situation, chosen = found.situation, found.chosen
        draft = write_draft(situation, found.pace, chosen, found.profiling, self.tools)
        suggestion = Suggestion(
            id="touch-0123456789ab", ask=situation.ask, profile=situation.profile,
            stage=situation.stage, pace=found.pace, chosen=chosen,
            reasons=chosen.reasons if chosen else (),
            alternates=passed_over(found.ranking, chosen, found.pace),
            unanswered=found.ranking.unanswered, profiling_question=found.profiling, draft=draft,
        )  # fmt: skip
        payload = review_card(card_of(suggestion)).payload()
        printed = json.dumps(suggestion_form(suggestion))
        leaks = set(in_card(payload, (chosen.asset.url or "") if chosen else "", self.secrets))
        if tells(printed, self.secrets):
            leaks.add("secret")
        if chosen and chosen.asset.id not in self.ids:
            leaks.add("foreign id")
        if draft is not None and requests.last is not None:
            leaks |= set(in_draft(draft, requests.last, self.secrets))
        return Outcome(tuple(sorted(leaks)), draft, json.dumps(payload))
