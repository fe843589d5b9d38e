"""What a chat model is told: one file per job and stage, and foreign text in data blocks only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.channels import parse_channel
from knowledge.sentences import prose
from knowledge.touch import DraftRequest, Finding
from prompts.lead_facts import asked_plainly, last_deed, title_plainly
from prompts.untrusted import FACT_CHARACTERS, plain
from prompts.wording import prompt, render, words

TEXT_CHARACTERS = 6_000
"""Of the piece itself, beside the passage that matched: enough to quote, little to pay for."""
PASSAGE_CHARACTERS = 2_000
AROUND_WORDS = 20
"""Of a draft that code adds to the model's texts: greeting, and title with its line."""
LEAST_MODEL_WORDS = 15
"""Fewer hold no thought and no question."""

Talk = list[tuple[str, str]]
"""A conversation: who speaks (system, user, assistant) and what is said."""


def data(label: str, text: str) -> str:
    """Untrusted text as a marked block; its own angle brackets cannot close the block."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<data name="{label}">\n{safe}\n</data>'


def messages(request: DraftRequest) -> Talk:
    """The conversation's start: rules, then the request with every foreign text in data blocks.

    Of the lead it holds what the draft needs and no name, address or company.
    """
    table, composer = words("model"), words("composer")
    channel = parse_channel(request.channel) or "email"
    short = "short_" if "shorter" in request.wishes else ""
    noun = composer["nouns"].get(request.asset.type, composer["nouns"]["other"])
    system = prompt(
        f"draft/{request.stage}",
        {
            "opening_words": table[f"{short}opening_words"][channel],
            "insight_words": table[f"{short}insight_words"][channel],
            "noun": noun,
        },
    )
    asked = prompt(
        "draft/request",
        {
            "noun": noun,
            "asset_id": data("asset_id", request.asset.id),
            "title": data("title", title_plainly(request)),
            "passage": data("best passage", prose(request.insight_from)[:PASSAGE_CHARACTERS]),
            "text": data("text of the piece", prose(request.asset.text)[:TEXT_CHARACTERS]),
            "lead": data("reader", _about(request)),
            "channel": channel,
            "stage": request.stage,
            "wishes": _wishes(request),
        },
    )
    return [("system", system), ("user", asked)]


def repair(request: DraftRequest, findings: Sequence[Finding]) -> str:
    """What the model is told after an answer that cannot be used: every finding, once."""
    told = [
        replace(f, sentence=data("sentence", f.sentence) if f.sentence else "") for f in findings
    ]
    return prompt(f"repair/{request.stage}", {"findings": told})


def _wishes(request: DraftRequest) -> list[str]:
    """What the sales representative wants of it beyond the rules, in our own words."""
    told = words("model")["wishes"]
    asked = [told[w] for w in ("softer", "shorter") if w in request.wishes]
    left = max(LEAST_MODEL_WORDS, (request.most_words or 0) - AROUND_WORDS)
    return [render(wish, {"most": left}) for wish in asked]


def _about(request: DraftRequest) -> str:
    labels, facts = words("model")["labels"], request.profile.facts
    known = {
        "question": asked_plainly(request),
        "problem": plain(facts.problem or "", FACT_CHARACTERS),
        "obstacle": plain("; ".join(facts.obstacles), FACT_CHARACTERS),
        "outcome": plain(facts.outcome or "", FACT_CHARACTERS),
        "role": plain(facts.role or "", 60),
        "industry": plain(facts.industry or "", 60),
        "deed": (last_deed(request.profile) or "").replace("_", " "),
    }
    return "\n".join(f"{labels[name]}: {text}" for name, text in known.items() if text) or "-"
