"""What a rep's message is about: read by tuned layers, beside its vector and the wording rules.

The rules (knowledge/intents.py) know usual wordings; a new wording of "shorter" or "why not" is
heard by the sentence model's layers, taught by messages of several hands. benchmarks/fit_intents.py
fits both and says what each part adds.
"""

from __future__ import annotations

import json
import math
import re
from functools import cached_property
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from knowledge.intents import INTENT_RULES, NEXT, Intent, rules_that_speak
from knowledge.understanding import Understanding, tells_of_a_lead
from retrieval.asking import Embed
from retrieval.tuned_layers import load_tuned

LAYERS = "intent_layers.safetensors"
BESIDE = 0.25
"""What vector and rules count beside the layers: of an unseen hand's 420 messages the layers alone
read 0.907, with 0.25 of these 0.907, and of the held-back messages 0.946 and 0.964
(benchmarks/fit_intents.py)."""
THANKS, SURE_OF_THANKS = Intent.THANKS, 0.75
"""A few words without sense are nearest to thanks, at 0.70; "ok" has 0.80, "thx" 0.99."""
READ = 400
"""Characters of a message that its vector is made of; the intent stands at its start or its end."""


class IntentReader:
    """Says what a message is about; with an embedding model not the packaged one, by rule alone."""

    def __init__(self, embed: Embed, model: str) -> None:
        self._embed, self._model = embed, model

    def __call__(self, understood: Understanding) -> Intent:
        """The likeliest intent of a message that the rules have read."""
        likely = self.probabilities(understood)
        if not likely:
            return understood.intent
        first = max(likely, key=likely.__getitem__)
        return Intent.OFF_TOPIC if first is THANKS and likely[first] < SURE_OF_THANKS else first

    def probabilities(self, understood: Understanding) -> dict[Intent, float]:
        """Each intent's probability, 0 to 1; empty where only rules speak."""
        if self._weights is None or not re.search(r"\w", understood.text):
            return {}
        weights, offsets = self._weights
        row = np.concatenate([self._embed([readable(understood)])[0], other_features(understood)])
        beside = row @ weights + offsets
        beside -= beside.max()
        beside -= np.log(np.exp(beside).sum())
        scores = load_tuned(LAYERS).log_shares([readable(understood)])[0] + BESIDE * beside
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        return dict(zip(Intent, likely.tolist(), strict=True))

    @cached_property
    def _weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        kept = json.loads((files("retrieval") / "intents_weights.json").read_text(encoding="utf-8"))
        if kept["model"] != self._model:
            return None
        return np.array(kept["weights"]), np.array(kept["offsets"])


def readable(understood: Understanding) -> str:
    """The message as its vector is made of it: whoever it names has one name."""
    text = understood.text
    for found, stand_in in ((understood.lead_name, "Dana"), (understood.company, "Acme")):
        if found:
            text = re.sub(re.escape(found), stand_in, text, flags=re.IGNORECASE)
    text = re.sub(r"https?://\S+", "https://page.example", " ".join(text.split()))
    return text if len(text) <= READ else f"{text[: READ // 2]} {text[-READ // 2 :]}"


def other_features(understood: Understanding) -> NDArray[np.float64]:
    """What the rules found: which wordings stand in the text, and how much of a lead it tells."""
    spoke = rules_that_speak(understood.text)
    rules = [_weight(spoke, intent) for intent, _ in INTENT_RULES]
    found = [
        bool(understood.lead_name), bool(understood.company), bool(understood.role),
        bool(understood.industry or understood.company_size or understood.stage),
        bool(understood.questions), bool(understood.signals), tells_of_a_lead(understood),
        "?" in understood.text, "http" in understood.text, NEXT.search(understood.text) is not None,
    ]  # fmt: skip
    length = math.log1p(len(understood.text.split())) / 3
    return np.array([*rules, *map(float, found), length])


def _weight(spoke: tuple[Intent, ...], intent: Intent) -> float:
    return 0.0 if intent not in spoke else 1.0 if spoke[0] is intent else 0.5
