"""The parts of a draft put together: which wordings fit this lead, and one of each chosen (M52)."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from knowledge.channels import parse_channel
from knowledge.sentence_models import SentenceModels
from knowledge.touch import Draft, DraftRequest
from prompts.checks import CheckContext, check_draft
from prompts.checks.rule import listed, pattern
from prompts.checks.support import content
from prompts.insight import Insight, headings
from prompts.lead_facts import Known, asked_plainly
from prompts.phrasing import kind_of, quoted
from prompts.repeating import Earlier
from prompts.untrusted import QUESTION_CHARACTERS, plain
from prompts.wording import render

WORDS_A_MINUTE = 220
"""Silent reading of plain prose lies between 200 and 260 words a minute (Brysbaert, 2019)."""
MINUTES_TOLD = range(2, 16)
"""A shorter piece needs no note, and a longer figure puts people off."""
LINE_WORDS = 22
"""The longest sentence that reads well in quotation marks."""
POINTER_WORDS = range(2, 9)
FIRST_OPENING_TRIES = 4
"""Wordings tried with the best opening before the others get two each."""
CLAUSE_WORDS = 9
"""The longest clause or title for a subject."""

_NO_SUBJECT = frozenset({"text", "social"})
_TASKS = frozenset({"phone", "direct_mail"})
_SEEN = frozenset(
    {"webinar recording", "video", "podcast episode", "recorded walkthrough", "course"}
)
"""Nouns of what is watched or heard: they have no reading time and no parts to turn to."""
_ADVICE = pattern(*(f"(?:{p})(?!-)" for p in listed("imperative")))
_FINITE = pattern(*listed("verb"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Picks a wording for each part, the same for the same lead, asset, touch and try."""

    seed: str
    turn: int

    def of(self, part: str, texts: list[str]) -> str:
        """One of the texts."""
        digest = hashlib.sha256(f"{self.seed}/{part}/{self.turn}".encode()).digest()
        return texts[int.from_bytes(digest[:4], "big") % len(texts)]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Everything that one draft is put together from; `parts` are the composer's words."""

    parts: dict[str, Any]
    request: DraftRequest
    known: Known
    insight: Insight
    choice: Choice
    earlier: Earlier
    asked: str = ""

    def draft(self) -> Draft:
        """The draft, not yet checked."""
        kind, channel = self._kind, self._channel
        filled: dict[str, object] = {}
        for name, texts in self._slots(kind).items():
            ready = [render(text, self._values) for text in texts]
            fresh = [text for text in ready if not self.earlier.repeats(text)]
            # What can be left out is left out; the others are needed, repeated or not.
            filled[name] = self.choice.of(name, fresh or ([""] if "" in texts else ready))
        greeting = str(filled["greeting"])
        filled["short_opening"] = _start_of_sentence(greeting, str(filled["short_opening"]))
        filled["closing"] = self._closing()
        form = self.choice.of("form", self.parts["form"][channel])
        body = render(form, {**self._values, **filled})
        body = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", body))
        return Draft(
            subject=self._subject(kind, channel),
            body=re.sub(r"^[ \t]+", "", body, flags=re.M).strip(),
            channel=channel,
            source="composer",
        )

    @property
    def _kind(self) -> str:
        openings = self.known.openings
        turn = self.choice.turn
        later = 0 if turn < FIRST_OPENING_TRIES else 1 + (turn - FIRST_OPENING_TRIES) // 2
        return openings[min(later, len(openings) - 1)]

    @property
    def _channel(self) -> str:
        return parse_channel(self.request.channel) or "email"

    @property
    def _values(self) -> dict[str, object]:
        insight = self.insight
        return {
            **self.known.values,
            "insight": _told(self.parts, insight),
            "said": quoted(insight.text) if insight.text else "",
            "heading": insight.heading.rstrip(" .:?").replace('"', "'"),
        }

    def _slots(self, kind: str) -> dict[str, list[str]]:
        """The wordings that fit, by part; a part with an empty one can be left out."""
        parts, values = self.parts, self.known.values
        answered = self.insight.answers and kind.startswith("asked")
        opening = f"{kind}_answered" if answered else kind
        if values.get("seen") and f"{kind}_named" in parts["opening"] and self.choice.turn % 2 == 0:
            opening = f"{kind}_named"
        if kind == "plain" and not self.insight.text:
            opening = "plain_without"
        short = parts["short_opening"]
        return {
            "greeting": parts["greeting"]["named" if values["first_name"] else "unnamed"],
            "opening": parts["opening"].get(opening, parts["opening"][kind]),
            "short_opening": short.get(kind, short["plain"]),
            "short_insight": parts["short_insight"]["any"] if self.insight.text else [""],
            "insight": self._frames(answered=answered),
            "bridge": self._bridges(),
            "link": self._links(),
            "pointer": self._pointers(),
        }

    def _frames(self, *, answered: bool) -> list[str]:
        insight, frames = self.insight, self.parts["insight"]
        if not insight.text:
            return list(frames["covers"]["any"]) if self.known.values["covers"] else [""]
        shape = "run"
        if insight.opens and insight.heading.endswith("?") and self._asks_otherwise:
            return list(frames["asked"]["any"])
        if insight.items:
            shape = "list"
        elif is_advice(insight.text):
            shape = "advice"
        elif len(insight.text.split()) <= LINE_WORDS and insight.text.count(". ") == 0:
            shape = "line"
        return list(frames["answered" if answered else "plain"][shape])

    @property
    def _asks_otherwise(self) -> bool:
        """Whether the heading says more than the question, so that it is worth repeating."""
        asked, told = content(asked_plainly(self.request)), content(self.insight.heading)
        return len(told - asked) > 1 and self.choice.turn % 2 == 0

    def _bridges(self) -> list[str]:
        if not self.insight.text:
            return [""]
        bridges = self.parts["bridge"][self.request.stage]
        persona = (self.request.profile.facts.persona or "").lower()
        return [*bridges.get(persona, ()), *bridges["any"], ""]

    def _links(self) -> list[str]:
        if not self.known.values["url"]:
            return list(self.parts["link"]["without"])
        return list(self.parts["link"]["seen" if self._is_seen else "url"])

    @property
    def _is_seen(self) -> bool:
        return self.known.values["noun"] in _SEEN

    def _pointers(self) -> list[str]:
        heading = self.insight.heading.rstrip(" .:")
        names_it = heading and heading.lower() not in str(self.known.values["title"]).lower()
        fits = names_it and len(heading.split()) in POINTER_WORDS and not heading.endswith("?")
        if not fits or self._is_seen or self.choice.turn % 2 or not _calm(heading):
            return [""]
        return list(self.parts["pointer"]["any"])

    def _closing(self) -> str:
        if self.asked:
            return self.asked
        closing, stage = self.parts["closing"], self.request.stage
        about = kind_of(asked_plainly(self.request))
        return self.choice.of("closing", closing["about"].get(about) or closing["stage"][stage])

    def _subject(self, kind: str, channel: str) -> str:
        values, subjects = self._values, self.parts["subject"]
        if channel in _NO_SUBJECT:
            return ""
        if channel in _TASKS:
            return render(self.parts["task_subject"][channel][0], values)
        short_title = len(str(values["title"]).split()) <= CLAUSE_WORDS
        if kind == "asked_about":
            texts = list(subjects["topic"])
        elif kind == "asked_clause" and len(str(values["clause"]).split()) <= CLAUSE_WORDS:
            texts = list(subjects["clause_answered" if self.insight.answers else "clause"])
        elif kind.startswith("asked"):
            texts = list(subjects["question_answered" if self.insight.answers else "question"])
        else:
            texts = [*subjects["plain"], *(subjects["title"] * 2 if short_title else ())]
        return render(self.choice.of("subject", texts), values)


def _told(parts: dict[str, Any], insight: Insight) -> str:
    """The insight as it stands in a sentence of ours: a list with the names of its items."""
    if not insight.items:
        return insight.text
    *most, last = insight.items
    joined = f"{', '.join(most)} and {last}" if most and not insight.more else ", ".join(
        insight.items
    )  # fmt: skip
    form = parts["insight"]["items"]["more" if insight.more else "all"]
    return render(form, {"lead_in": insight.text, "items": joined})


@lru_cache(maxsize=256)
def _calm(heading: str) -> bool:
    report = check_draft(CheckContext(body=heading))
    return {f.rule for f in report.findings} <= {"length", "checking_in"}


def fit_to_ask(request: DraftRequest, models: SentenceModels | None) -> str:
    """The profiling question as it may end a draft, or nothing when a check minds it (M29)."""
    asked = plain(request.profiling_question or "", QUESTION_CHARACTERS)
    if asked and not asked.endswith("?"):
        asked = asked.rstrip(".!\u2026 ") + "?"
    if not asked:
        return ""
    context = CheckContext(body=asked, sales_ready=request.sales_ready, models=models)
    return asked if {f.rule for f in check_draft(context).findings} <= {"length"} else ""


def once_known(request: DraftRequest, parts: dict[str, Any], known: Known) -> dict[str, object]:
    """What all drafts of a request share and takes a look at the whole piece."""
    minutes = round(len(request.asset.text.split()) / WORDS_A_MINUTE)
    told = known.values["noun"] not in _SEEN and minutes in MINUTES_TOLD
    form = parts["link"]["reading"]
    return {
        "reading": render(form, {"minutes": minutes}, strip=False) if told else "",
        "covers": headings(request.asset),
        "is_seen": known.values["noun"] in _SEEN,
    }


def is_advice(text: str) -> bool:
    """Whether a text opens by telling what to do: "Pick a site", not "Set-up time is lost"."""
    opening = " ".join(text.split()[1:4])
    # "Use stalled at a third of the jobs" tells what happened: an order is not followed by a past.
    past = re.match(r"\S+ \w{3,}ed (?:at|by|for|from|in|on|to|after|when)\b", text)
    return bool(_ADVICE.match(text)) and not _FINITE.search(opening) and past is None


def _start_of_sentence(greeting: str, text: str) -> str:
    """A short opening runs on after "Hi Dana," and starts anew after anything else."""
    return text if greeting.endswith(",") else text[:1].upper() + text[1:]
