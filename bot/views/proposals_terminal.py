"""The proposals of one piece as the command line shows them."""

from __future__ import annotations

from rich.text import Text

from bot.views import words_proposing as words
from bot.views.terminal import console, shortened
from knowledge.assets import Asset
from knowledge.journey import TYPE_STAGES
from knowledge.proposals import Proposals

PASSAGE_LENGTH = 200


def print_proposals(asset: Asset, proposed: Proposals) -> None:
    """Print each proposal with why, the questions with their passages, tone and likenesses."""
    shown = console()
    facts = words.reading_facts(proposed.words, proposed.minutes)
    shown.print(Text.assemble((proposed.title, "bold"), f"\n{facts}\n{asset.url or asset.source}"))
    fields = {
        "type": words.type_label(proposed.type),
        "stages": ", ".join(proposed.stages or TYPE_STAGES[proposed.type]),
        "personas": ", ".join(proposed.personas),
        "industries": ", ".join(proposed.industries),
        "topics": ", ".join(proposed.topics),
    }
    for name, value in fields.items():
        told = Text.assemble((f"{name}: ", "bold"), value or "-")
        if why := proposed.why.get(name):
            told.append(f"  {why}", style="dim")
        shown.print(told)
    shown.print(Text(words.ANSWERS if proposed.questions else words.NO_ANSWERS, style="bold"))
    for answered in proposed.questions:
        passage = shortened(answered.passage, PASSAGE_LENGTH)
        shown.print(Text.assemble(f"• {answered.question}\n  ", (passage, "dim")))
    shown.print(Text(words.tone(proposed.hype)))
    for finding in proposed.findings:
        shown.print(Text(f"! “{finding.sentence}”: {finding.why}", style="red"))
    for twin in proposed.twins:
        shown.print(Text(words.twin(twin.title, twin.status, twin.likeness, twin.share)))
