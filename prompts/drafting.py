"""Drafting: the chat model first where there is one, the built-in composer whenever it fails."""

from __future__ import annotations

from dataclasses import replace

from knowledge.errors import ModelFailed, SetupMissing
from knowledge.sentence_models import SentenceModels
from knowledge.touch import Draft, DraftRequest
from prompts.checks import check_draft
from prompts.checks.shape import word_count
from prompts.composer import Composer
from prompts.context import context_for
from prompts.model import ModelWriter
from prompts.wishing import is_within
from prompts.wording import render, words

__all__ = ["Drafter", "context_for"]


class Drafter:
    """Writes the follow-up for a request and always attaches its checks."""

    def __init__(
        self,
        composer: Composer,
        writer: ModelWriter | None = None,
        models: SentenceModels | None = None,
    ) -> None:
        self._composer = composer
        self._models = models
        self._writer = writer

    def warm(self, sentence: str) -> None:
        """Load the sentence models and the chat model's client, without a call to the service."""
        if self._models is not None:
            self._models.sins([sentence])
            self._models.nearness(sentence, [sentence])
            self._models.answering(sentence, [sentence])
        if self._writer is not None:
            self._writer.load()

    def draft(self, request: DraftRequest) -> Draft:
        """Return a checked draft; the composer's `note` says when and why the model did not write.

        Never raises for a model that fails.
        """
        if self._writer is None:
            return self._checked(self._composer.write(request), request)
        try:
            written = self._checked(self._writer.write(request), request)
            if is_within(written, request):
                return written
            shorter = self._checked(self._composer.write(request), request)
            return min(written, shorter, key=lambda d: (not d.checks.passed, word_count(d.body)))
        except (ModelFailed, SetupMissing) as fault:
            kind = "composer_no_setup" if isinstance(fault, SetupMissing) else "composer_failed"
            note = render(words("composer")["notes"][kind], {"reason": str(fault)})
        draft = self._checked(self._composer.write(request), request)
        return replace(draft, note=" ".join(part for part in (note, draft.note) if part))

    def _checked(self, draft: Draft, request: DraftRequest) -> Draft:
        report = check_draft(context_for(request, draft.subject, draft.body, self._models))
        return replace(draft, checks=report)
