"""Where a lead is on the journey, from what it asked and did, with the evidence (M33)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from knowledge.assets import Asset
from knowledge.journey import Stage
from knowledge.journey_map import load_journey
from knowledge.leads import Action, LeadProfile
from knowledge.touch import StageReading
from retrieval.stage_cues import cue_names
from retrieval.stage_history import Sign, faded, signs
from retrieval.stage_model import STAGES, Embed, Matrix, StageModel, load_model, plain_question

DEFAULT_MODEL = "all-MiniLM-L6-v2"

NO_EVIDENCE_CONFIDENCE = 0.25
"""A little over one in five: most leads start early."""

PAST_QUESTION_WEIGHT = 0.7
"""A question noted earlier against one asked now."""

SENTENCES = 4
"""Evidence shown: the strongest few; a card has no room for more."""

QUESTIONS_READ = 40
"""Of one lead, the latest; beyond that nothing new is learnt and embedding takes time."""


class StageReader:
    """Reads a lead's stage; `embed` returns one unit vector a row, `model` names what made it."""

    def __init__(self, embed: Embed, model: str = DEFAULT_MODEL, home: Path | None = None) -> None:
        self._embed, self._model_name, self._home = embed, model, home

    def read(
        self,
        profile: LeadProfile,
        today: date,
        history_assets: Mapping[str, Asset] | None = None,
    ) -> StageReading:
        """Read the stage, a confidence from 0 to 1, and sentences that name question or act.

        A stage that is given wins with confidence 1. Evidence multiplies: one more question or
        act for a stage never makes it less likely.
        """
        if profile.facts.stage:
            return StageReading(
                profile.facts.stage, 1.0, ("The stage was given by the rep or the lead's record.",)
            )
        past = tuple(e for e in profile.history if e.on <= today)
        asked = self._asked(profile, today)
        done = signs(past, history_assets or {}, today)
        if not asked and not done:
            return StageReading(
                Stage.AWARENESS,
                NO_EVIDENCE_CONFIDENCE,
                ("Nothing asked or done yet that tells a stage, so we start at awareness.",),
            )
        scores = np.zeros(len(STAGES))
        rows = self._probabilities(tuple(asked))
        for row, weight in zip(rows, asked.values(), strict=True):
            scores += weight * np.log(row)
        for sign in done:
            scores[STAGES.index(sign.stage)] += sign.points
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        stage = STAGES[int(likely.argmax())]
        return StageReading(
            stage, round(float(likely.max()), 3), _evidence(stage, tuple(asked), rows, done)
        )

    def _asked(self, profile: LeadProfile, today: date) -> dict[str, float]:
        """Questions and their weights: those of this ask in full, noted ones fading with age."""
        weights = {q.strip(): 1.0 for q in profile.questions if q.strip()}
        for entry in sorted(profile.history, key=lambda e: e.on, reverse=True):
            note = entry.note.strip()
            told = entry.action is Action.ASKED or (
                entry.action is Action.REPLIED and "?" in entry.note
            )
            if told and note and entry.on <= today and note not in weights:
                weights[note] = PAST_QUESTION_WEIGHT * faded(entry.on, today)
        return dict(list(weights.items())[:QUESTIONS_READ])

    def _probabilities(self, questions: tuple[str, ...]) -> Matrix:
        if not questions:
            return np.zeros((0, len(STAGES)))
        vectors = self._embed([plain_question(q) for q in questions])
        return np.clip(self._fitted.probabilities(vectors, questions), 1e-4, 1.0)

    @cached_property
    def _fitted(self) -> StageModel:
        return load_model(load_journey(self._home), self._embed, self._model_name)


def _evidence(
    stage: Stage, questions: tuple[str, ...], rows: Matrix, done: tuple[Sign, ...]
) -> tuple[str, ...]:
    """Sentences for the stage first, the strongest of those against it last."""
    weighed = [(s.points, s.sentence, s.stage) for s in done]
    for question, row in zip(questions, rows, strict=True):
        best = STAGES[int(row.argmax())]
        weighed.append((3.0 * float(row.max()), _asked_sentence(question, best), best))
    weighed.sort(key=lambda w: (w[2] is not stage, -w[0]))
    return tuple(dict.fromkeys(sentence for _, sentence, _ in weighed))[:SENTENCES]


def _asked_sentence(question: str, stage: Stage) -> str:
    short = question if len(question) <= 90 else question[:89].rstrip() + "…"
    cues = cue_names(question)
    why = f" ({cues[0]})" if cues else ""
    return f"Asked “{short}”, a question typical of {stage}{why}."
