"""The built-in composer: a grounded follow-up without a model (M20 to M26, M52)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from knowledge.channels import parse_channel
from knowledge.touch import Draft, DraftRequest
from prompts.checks import CheckContext, check_draft
from prompts.context import context_for
from prompts.insight import Insight, headings, insights
from prompts.lead_facts import Known, asked_plainly, known_of, question_of
from prompts.phrasing import question_clause, quoted
from prompts.untrusted import QUESTION_CHARACTERS, plain
from prompts.wording import render, words

TRIES_PER_INSIGHT = 12
INSIGHTS_TRIED = 5
"""Together 60 drafts of about 10 ms each before the composer gives the best it has."""

REPEATED_WORDS = 6
"""This many words in a row that an earlier touch had count as repeating it."""

_Runs = frozenset[tuple[str, ...]]
_NO_SUBJECT = frozenset({"text", "social"})


class Composer:
    """Writes follow-ups out of parts and one sentence of the piece; it never invents."""

    def __init__(self) -> None:
        self._parts: dict[str, Any] = words("composer")

    def write(self, request: DraftRequest) -> Draft:
        """Write a draft that passes the checks whenever some choice of parts does.

        The same request gives the same draft. Source `composer`, checks attached.
        """
        best: Draft | None = None
        earlier = _runs(request.recent_bodies)
        fallback: Draft | None = None
        for draft in self._drafts(request, earlier):
            report = check_draft(context_for(request, draft.subject, draft.body))
            checked = replace(draft, checks=report)
            repeats = _repeats(draft.body, request, earlier)
            if report.passed and not repeats:
                return checked
            if report.passed:
                fallback = fallback or checked
            elif best is None or len(report.findings) < len(best.checks.findings):
                best = checked
        if fallback:
            return fallback
        assert best is not None  # noqa: S101 - _drafts yields at least one
        return replace(best, note=self._parts["notes"]["unresolved"])

    def _drafts(self, request: DraftRequest, earlier: _Runs) -> Iterator[Draft]:
        known = known_of(request, self._parts)
        found = _insights(request)[:INSIGHTS_TRIED] or [Insight("", 0.0)]
        seed = _seed(request)
        for rank, insight in enumerate(found):
            for turn in range(TRIES_PER_INSIGHT):
                choice = _Choice(seed, turn + rank)
                yield self._assemble(request, known, insight, choice, earlier)

    def _assemble(
        self,
        request: DraftRequest,
        known: Known,
        insight: Insight,
        choice: _Choice,
        earlier: _Runs,
    ) -> Draft:
        parts, channel = self._parts, parse_channel(request.channel) or "email"
        covers = "" if insight.text else headings(request.asset)
        said = quoted(insight.text) if insight.text else ""
        values = {**known.values, "insight": said, "covers": covers}
        kind = known.openings[min(choice.turn // 4, len(known.openings) - 1)]
        persona = (request.profile.facts.persona or "").lower()
        bridges = parts["bridge"][request.stage]
        bridge = [*bridges.get(persona, ()), *bridges["any"]]
        named = "named" if values["first_name"] else "unnamed"
        asked = kind.startswith("asked")
        answer = "answer" if insight.answers and asked else "plain"
        short = parts["short_opening"]
        opening = f"{kind}_answered" if insight.answers and asked else kind
        slots = {
            "greeting": parts["greeting"][named],
            "opening": parts["opening"].get(opening, parts["opening"][kind]),
            "short_opening": short.get(kind, short["plain"]),
            "short_insight": parts["short_insight"]["any"] if insight.text else [""],
            "insight": parts["insight"][answer] if insight.text else _covered(parts, covers),
            "bridge": [*bridge, ""],
            "link": parts["link"]["url" if values["url"] else "without"],
        }
        filled = {}
        for name, texts in slots.items():
            ready = [render(text, values) for text in texts]
            fresh = [text for text in ready if not _repeats(text, request, earlier)]
            # A bridge can be left out; every other part is needed, repeated or not.
            filled[name] = choice.of(name, fresh or ([""] if name == "bridge" else ready))
        filled["short_opening"] = _start_of_sentence(filled["greeting"], filled["short_opening"])
        filled["closing"] = self._closing(request, choice)
        body = render(choice.of("form", parts["form"][channel]), {**values, **filled})
        return Draft(
            subject=self._subject(kind, channel, values, choice, answered=insight.answers),
            body=re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", body)).strip(),
            channel=channel,
            source="composer",
        )

    def _closing(self, request: DraftRequest, choice: _Choice) -> str:
        if asked := _profiling_question(request):
            return asked
        return choice.of("closing", self._parts["closing"][request.stage])

    def _subject(
        self,
        kind: str,
        channel: str,
        values: dict[str, object],
        choice: _Choice,
        *,
        answered: bool,
    ) -> str:
        if channel in _NO_SUBJECT:
            return ""
        if channel in self._parts["task_subject"]:
            return render(self._parts["task_subject"][channel][0], values)
        subjects = self._parts["subject"]
        texts = list(subjects["plain"])
        if kind == "asked_about":
            return render(subjects["topic"][0], values)
        if kind == "asked_clause" and len(str(values["clause"]).split()) <= 9:
            texts = list(subjects["clause"])
        elif kind.startswith("asked"):
            texts = list(subjects["question_answered" if answered else "question"])
        if len(str(values["title"]).split()) <= 9:
            texts += subjects["title"]
        return render(choice.of("subject", texts), values)


@lru_cache(maxsize=64)
def _fit_to_ask(question: str, sales_ready: bool) -> bool:
    """Whether a question may end a draft: the checks have nothing against its wording."""
    report = check_draft(CheckContext(body=question, sales_ready=sales_ready))
    return {f.rule for f in report.findings} <= {"length"}


def _profiling_question(request: DraftRequest) -> str:
    asked = plain(request.profiling_question or "", QUESTION_CHARACTERS)
    if asked and not asked.endswith("?"):
        asked = asked.rstrip(".!\u2026 ") + "?"
    return asked if asked and _fit_to_ask(asked, request.sales_ready) else ""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Picks a wording for each part, the same for the same lead, asset, touch and try."""

    seed: str
    turn: int

    def of(self, part: str, texts: list[str]) -> str:
        digest = hashlib.sha256(f"{self.seed}/{part}/{self.turn}".encode()).digest()
        return texts[int.from_bytes(digest[:4], "big") % len(texts)]


def _seed(request: DraftRequest) -> str:
    lead = (
        request.profile.lead_id or request.profile.facts.email or request.profile.facts.name or ""
    )
    return f"{lead}/{request.asset.id}/{request.touch_number}/{request.question[:200]}"


def _insights(request: DraftRequest) -> list[Insight]:
    facts = request.profile.facts
    query = question_of(request) or " ".join(
        t for t in (facts.problem, facts.intent, facts.outcome, *facts.obstacles) if t
    )
    found = insights(request.asset, query[:2000], request.insight_from[:20_000])
    # A statistic needs its year; without one in the title that follows, it stays at home (M26).
    dated = bool(re.search(r"\b(?:19|20)\d\d\b", request.asset.title))
    return [i for i in found if dated or not i.statistic] or found


def _covered(parts: dict[str, Any], covers: str) -> list[str]:
    return list(parts["insight"]["covers"]) if covers else [""]


def _start_of_sentence(greeting: str, text: str) -> str:
    """A short opening runs on after "Hi Dana," and starts anew after anything else."""
    return text if greeting.endswith(",") else text[:1].upper() + text[1:]


def _repeats(text: str, request: DraftRequest, earlier: _Runs) -> bool:
    """Whether a text has wording of earlier touches.

    Left out is what may well return: address, title, the lead's question, the asked question.
    """
    if not earlier:
        return False
    question = asked_plainly(request)
    for known in (
        request.asset.url or "",
        request.asset.title,
        question,
        question_clause(question) or "",
        plain(request.profiling_question or "", QUESTION_CHARACTERS),
    ):
        if known:
            text = text.replace(known, " . ")
    return bool(earlier & _runs((text,)))


def _runs(bodies: tuple[str, ...]) -> _Runs:
    """Every run of `REPEATED_WORDS` words within a sentence."""
    found = set()
    for body in bodies:
        for piece in re.split(r"[.?!:\n\"]", body.lower()):
            said = re.findall(r"\w+(?:'\w+)?", piece)
            found |= {
                tuple(said[at : at + REPEATED_WORDS])
                for at in range(len(said) - REPEATED_WORDS + 1)
            }
    return frozenset(found)
