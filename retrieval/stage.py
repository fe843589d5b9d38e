"""Where a lead is on the journey, from what it asked and did, with the evidence (M33)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from knowledge.assets import Asset
from knowledge.journey import Stage
from knowledge.journey_map import load_journey
from knowledge.leads import Action, LeadFacts, LeadProfile
from knowledge.product_lines import about_line, told_of_line
from knowledge.touch import StageReading
from retrieval.same_text import digest
from retrieval.stage_cues import cue_names
from retrieval.stage_history import Sign, faded, signs
from retrieval.stage_model import STAGES, Matrix, StageModel, load_model

SUREST = 0.99
"""Only a stage that somebody gave is certain."""

NO_EVIDENCE_CONFIDENCE = 0.2
"""One in five: any act, however weak, makes surer than none."""

QUESTION_WEIGHT = 1.2
"""A question asked now, against the points of acts. Like the weights of stage_history.py found on
100 labelled histories by benchmarks/stage_histories.py: fitted on either half, 0.92 of the other
are read right; unfitted 0.89."""

NOTED_WEIGHT = 0.5
"""A question noted earlier, or a reply; of what it weighs when asked now, before it fades."""

SENTENCES = 4
"""Evidence shown: the strongest few; a card has no room for more."""

KEPT = 256
"""Questions whose reading is kept in memory: one ask reads the same ones several times."""

QUESTIONS_READ = 40
"""Of one lead, the latest; beyond that nothing new is learnt and embedding takes time."""


Row = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the lead's own, how much they weigh, and whether they ask."""

    text: str
    weight: float
    asks: bool = True


class StageReader:
    """Reads a lead's stage; the model loads at the first question, with the home's own map."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._known: dict[bytes, Row] = {}
        self._lock = Lock()

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
            return StageReading(profile.facts.stage, 1.0, (_given(profile.facts),))
        said, rows, done = self._evidence(profile, today, history_assets or {})
        if not said and not done:
            return StageReading(
                Stage.AWARENESS,
                NO_EVIDENCE_CONFIDENCE,
                ("Nothing asked or done yet that tells a stage, so we start at awareness.",),
            )
        likely = _together(said, rows, done)
        stage = STAGES[int(likely.argmax())]
        sentences = _sentences(stage, said, rows, done)
        return StageReading(stage, min(SUREST, round(float(likely.max()), 3)), sentences)

    def probabilities(
        self,
        profile: LeadProfile,
        today: date,
        history_assets: Mapping[str, Asset] | None = None,
    ) -> Row:
        """The five probabilities by questions and acts; a stage that is given is ignored."""
        return _together(*self._evidence(profile, today, history_assets or {}))

    def _evidence(
        self, profile: LeadProfile, today: date, assets: Mapping[str, Asset]
    ) -> tuple[tuple[Said, ...], Matrix, tuple[Sign, ...]]:
        """What was said, the five probabilities of each of these, and what was done."""
        said = _said(profile, today)
        past = tuple(e for e in about_line(profile) if e.on <= today)
        return said, self._read([s.text for s in said]), signs(past, assets, today)

    def _read(self, questions: Sequence[str]) -> Matrix:
        """Rows of five probabilities; a question read lately is not read again."""
        with self._lock:  # several threads may ask at once
            keys = {q: digest(q) for q in questions}
            new = [q for q, key in keys.items() if key not in self._known]
            if new:
                read = self._model.probabilities(new)
                self._known.update(zip((keys[q] for q in new), read, strict=True))
            rows = [self._known[keys[q]] for q in questions]
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known)))
        return np.clip(np.array(rows).reshape(-1, len(STAGES)), 1e-4, 1.0)

    @cached_property
    def _model(self) -> StageModel:
        return load_model(load_journey(self._home))


def _given(facts: LeadFacts) -> str:
    """Who gave the stage: for a product line, with what was told there."""
    told = told_of_line(facts, facts.product_line)
    if told is None or told.stage is not facts.stage:
        return "The stage was given by the rep or the lead's record."
    on = f", {told.on.day} {told.on:%b %Y}" if told.on else ""
    why = f" ({told.evidence}{on})" if told.evidence else ""
    return f"The stage for {told.line} was given by the rep or the lead's record{why}."


def _said(profile: LeadProfile, today: date) -> tuple[Said, ...]:
    """The questions of this ask in full, noted ones and replies weighing less and fading."""
    found = {q.strip(): Said(q.strip(), QUESTION_WEIGHT) for q in profile.questions if q.strip()}
    for entry in sorted(about_line(profile), key=lambda e: e.on, reverse=True):
        note = entry.note.strip()
        own = entry.action in {Action.ASKED, Action.REPLIED}
        if own and note and entry.on <= today and note not in found:
            weight = QUESTION_WEIGHT * NOTED_WEIGHT * faded(entry.on, today)
            found[note] = Said(note, weight, entry.action is Action.ASKED or "?" in note)
    return tuple(found.values())[:QUESTIONS_READ]


def _together(said: Sequence[Said], rows: Matrix, done: Sequence[Sign]) -> Row:
    """Evidence multiplies: weighted log probabilities of what was said, points of what was done."""
    scores = np.zeros(len(STAGES))
    for words, row in zip(said, rows, strict=True):
        scores += words.weight * np.log(row)
    for sign in done:
        scores[STAGES.index(sign.stage)] += sign.points
    likely: Row = np.exp(scores - scores.max())
    likely /= likely.sum()
    return likely


def _sentences(
    stage: Stage, said: Sequence[Said], rows: Matrix, done: Sequence[Sign]
) -> tuple[str, ...]:
    """Sentences for the stage first, the strongest of those against it last."""
    weighed = [(s.points, s.sentence, s.stage) for s in done]
    for words, row in zip(said, rows, strict=True):
        best = STAGES[int(row.argmax())]
        weighed.append((3.0 * float(row.max()), _said_sentence(words, best), best))
    weighed.sort(key=lambda w: (w[2] is not stage, -w[0]))
    return tuple(dict.fromkeys(sentence for _, sentence, _ in weighed))[:SENTENCES]


def _said_sentence(words: Said, stage: Stage) -> str:
    text = words.text
    short = text if len(text) <= 90 else text[:89].rstrip() + "…"
    cues = cue_names(text, stage)
    why = f" ({cues[0]})" if cues else ""
    if words.asks:
        return f"Asked “{short}”, a question typical of {stage}{why}."
    return f"Wrote “{short}”, words typical of {stage}."
