"""What a chat model's own words must not hold: addresses, ids, secrets, our prompt, ciphers.

Links and titles are put in by code, so in the model's words every address is foreign, the piece's
own included. This looks for more than a link check on a finished draft has to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.language import detect_language
from prompts.addresses import links
from prompts.wording import words

PROMPT_RUN = 7
"""This many words in a row of our instructions are no chance."""
SECRET_RUN = 10
"""This many characters of a secret in a row give it away; shorter secrets count whole."""
SHORTEST_SECRET = 8
_LONGEST_WORD = 30
_LETTERS = 0.75
"""The least share of letters and blanks in plain English."""

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|DATABASE_URL", re.I)
_ADDRESS = re.compile(
    r"\w@\w|(?<!\w)@\w{2,}"
    r"|\b(?:https?|hxxps?|ftp|mailto|javascript|vbscript|data|file|tel)\s?:\S"
    r"|\w\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?\w|\bdot (?:com|net|org|io|co|info|example)\b"
    r"|\w[\uff0e\u3002\uff61\u2024]\w"
    r"|\+\d(?:[\s().-]?\d){6,}|\b\d(?:[\s().-]?\d){8,}\b",
    re.I,
)
_ID = re.compile(
    r"\b[a-z0-9]+(?:-[a-z0-9]+)*-[0-9a-f]{8}\b|\btouch-[0-9a-f]{6,}\b|\b[UCTWDGB][A-Z0-9]{8,11}\b"
)
_KEY = re.compile(
    r"\b(?:sk|pk|rk|xox[abeprs]|xapp|gh[pousr]|glpat)[-_][\w-]{8,}|\bA[KS]IA[0-9A-Z]{12,}"
    r"|\bAIza[\w-]{20,}|\beyJ[\w-]{10,}|-----BEGIN",
    re.I,
)
_FIELD_NAMES = re.compile(r"\b(?:asset_id|closing_question)\b|</?data\b", re.I)
_CREDENTIALS = re.compile(words("model")["plain"]["credentials"], re.I)
_EVERYDAY = frozenset(words("model")["plain"]["everyday"].split())


@dataclass(frozen=True, slots=True)
class Guarded:
    """What must not be told: secrets, instructions, and ids of ours by their own wording.

    `known` is what piece and reader say: a run of words that is theirs too is not our prompt's.
    """

    secrets: tuple[str, ...] = ()
    instructions: str = ""
    ids: tuple[str, ...] = ()
    known: str = ""


def foreign_in(texts: Iterable[str], guarded: Guarded) -> Iterator[tuple[str, str]]:
    """Every kind of foreign thing with the text it stands in; kinds are keys of `model.toml`."""
    ours = _runs(guarded.instructions) - _runs(guarded.known)
    for text in texts:
        if any(links(text)) or _ADDRESS.search(text):
            yield "address", text
        if _ID.search(text) or any(i in text for i in guarded.ids if _is_code(i)):
            yield "id", text
        if _KEY.search(text) or any(_gives_away(text, s) for s in guarded.secrets):
            yield "secret", text
        if _FIELD_NAMES.search(text) or ours & _runs(text):
            yield "prompt", text
        if _CREDENTIALS.search(text):
            yield "credentials", text
        if _is_encoded(text):
            yield "encoded", text


def _is_code(told: str) -> bool:
    """Whether an id could not be a word of the language."""
    return any(c.isdigit() or c == "_" for c in told) or told.count("-") > 1


def secrets_of(settings: Mapping[str, object]) -> tuple[str, ...]:
    """The values of settings or variables that are named like a secret."""
    named = (str(v) for k, v in settings.items() if _SECRET_NAME.search(k) and v)
    return tuple(value for value in named if len(_bare(value)) >= SHORTEST_SECRET)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _gives_away(text: str, secret: str) -> bool:
    said, kept = _bare(text), _bare(secret)
    length = min(SECRET_RUN, len(kept))
    parts = (kept[at : at + length] for at in range(len(kept) - length + 1))
    return any(part in said or part[::-1] in said for part in parts)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    said = re.findall(r"\w+", text.lower())
    return frozenset(tuple(said[at : at + PROMPT_RUN]) for at in range(len(said) - PROMPT_RUN + 1))


def _is_encoded(text: str) -> bool:
    """Whether a text is no plain English: another language, a cipher, letters run together."""
    said = re.findall(r"[^\W\d_]+", text.lower())
    if any(len(word) > _LONGEST_WORD for word in text.split()):
        return True
    plain = sum(c.isalpha() or c.isspace() for c in text)
    if plain < _LETTERS * len(text) or detect_language(text) != "en":
        return True
    return len(said) > 5 and not _EVERYDAY & set(said)
