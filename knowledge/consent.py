"""May we write, and by which channel: what the lead agreed to or refused, from where and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from knowledge.channels import CHANNELS, named_channels, parse_channel
from knowledge.fact_trust import Told
from knowledge.leads import Action, HistoryEntry


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the lead on a channel: yes or no, on which day, from where, told by whom."""

    given: bool
    on: date
    source: str
    by: str


Consent = dict[str, Word]
"""By channel, the word that holds; channels nothing was said of are not in it."""


def consent(acts: Iterable[tuple[HistoryEntry, str, str]], facts: Iterable[Told]) -> Consent:
    """What holds of each channel, from acts (with source and teller) and from facts of opt-outs.

    A yes gives way to a later no at once, a no only to a later yes of the lead.
    """
    words: list[tuple[date, int, tuple[str, ...], Word]] = []
    for entry, source, by in acts:
        if entry.action in {Action.OPTED_IN, Action.OPTED_OUT}:
            channels = tuple(sorted(named_channels(entry.note) or CHANNELS))
            given = entry.action is Action.OPTED_IN
            words.append((entry.on, int(not given), channels, Word(given, entry.on, source, by)))
    for told in facts:
        on = told.at.date()
        refused = Word(False, on, told.source, told.by)
        if told.fact == "opted_out" and told.value:
            words.append((on, 1, CHANNELS, refused))
        elif told.fact == "opted_out_channels":
            named = tuple(c for v in told.value if (c := parse_channel(v)))
            words.append((on, 1, named, refused))
    found: Consent = {}
    for _, _, channels, word in sorted(words, key=lambda w: w[:2]):  # of one day, a no counts last
        found |= dict.fromkeys(channels, word)
    return {channel: found[channel] for channel in CHANNELS if channel in found}
