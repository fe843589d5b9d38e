"""A chat model as the reader of messages, played by recorded replies: what grounding keeps and drops.

Run: .venv/bin/python -m benchmarks.understanding_model [--record]
No model was asked: `--record` writes the expected reading of each message as a model would word it,
with slips that models make put in by a seed (an invented company or question, a guessed size or
industry, an unknown action, a broken object). So this shows that a good reading comes through
unharmed and an invention does not; it says nothing of how well a real model reads.
"""

from __future__ import annotations

import json
import random
import re
import sys
from typing import Any

from benchmarks.understanding import HERE, Form, rows, table
from bot.bootstrap import Wired
from bot.flow.understand import understand
from bot.views.json_forms import understanding_form
from knowledge.errors import ModelFailed
from knowledge.vocabulary import INDUSTRIES, INDUSTRIES_IN_NAMES, SIGNALS
from prompts.model_reading import ModelReader

RECORDED = HERE / "recorded_replies.jsonl"
SLIPS = 0.35
"""Share of replies with one slip."""


class Recorded:
    """Answers with what was recorded for a message; an unknown one fails as a dead service does."""

    def __init__(self) -> None:
        lines = RECORDED.read_text(encoding="utf-8").splitlines()
        self._replies = {r["text"]: r["reply"] for r in map(json.loads, lines)}
        self.text = ""

    def answer(self, *_: Any) -> str:
        if self.text not in self._replies:
            raise ModelFailed("not recorded")
        return str(self._replies[self.text])


def by_model(tools: Wired) -> Any:
    """A reader of messages through the whole flow, the model played by the recorded replies."""
    played = Recorded()
    tools.__dict__["model_reader"] = ModelReader(played)

    def read(text: str) -> Form:
        played.text = text
        return understanding_form(understand(text, tools))

    return read


def reply(row: Form, rng: random.Random) -> str:
    """The expected reading in the reply's shape; at times with a slip."""
    text = row["text"]

    def words(patterns: list[str]) -> str:
        found = (re.search(p, text, re.IGNORECASE) for p in patterns)
        return next((m.group(0) for m in found if m), text[:200])

    size, stage, industry = row.get("company_size"), row.get("stage"), row.get("industry")
    tables = [p for t in (INDUSTRIES, INDUSTRIES_IN_NAMES) for n, p in t if n == industry]
    said: dict[str, Any] = {
        "intent": row["intent"], "lead_name": row.get("lead_name"), "company": row.get("company"),
        "role": row.get("role"), "industry": industry,
        "industry_words": words([rf"\b(?:{p})\b" for p in tables]) if industry else None,
        "company_size": size,
        "size_words": words([r"[~\w.,+-]*\d[\w.,+-]*(?: \d{3})?(?: (?:and|to) [\d.,]+)?[ -]\w+", r"(?:nine|thirty) \w+"])
        if size else None,
        "stage": stage, "stage_words": text[:200] if stage else None,
        "questions": row.get("questions", []),
        "signals": [
            {"action": a, "words": words([p for n, p in SIGNALS if n == a])} for a in row.get("signals", [])
        ],
    }  # fmt: skip
    if rng.random() < SLIPS:
        slip = rng.randrange(7)
        if slip == 0:
            said["company"] = "Globex International"
        elif slip == 1:
            said["questions"] = [
                *said["questions"],
                "What is the return on investment in year two?",
            ]
        elif slip == 2:
            said["company_size"], said["size_words"] = 10_000, "10,000 employees"
        elif slip == 3:
            said["signals"] = [*said["signals"], {"action": "bought", "words": "they bought it"}]
        elif slip == 4:
            said["signals"] = [{"action": "smiled", "words": "smiled"}]
        elif slip == 5:
            said["confidence"] = 0.9
        else:
            return json.dumps(said)[:-9]
    return json.dumps(said, ensure_ascii=False)


def record() -> None:
    rng = random.Random(11)
    made = [
        {"text": row["text"], "reply": reply(row, rng)}
        for name in ("fitted", "held_back")
        for row in rows(f"{name}.jsonl")
    ]
    RECORDED.write_text(
        "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in made), encoding="utf-8"
    )


def model_table(tools: Wired, *, misses: bool) -> list[str]:
    """The table of both halves together; none of it was tuned on."""
    messages = [*rows("fitted.jsonl"), *rows("held_back.jsonl")]
    return table(
        "A chat model, played by recorded replies", messages, by_model(tools), misses=misses
    )


if __name__ == "__main__" and "--record" in sys.argv:
    record()
