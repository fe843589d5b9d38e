"""Personas by job title, and what our words mean (M32, M49)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.defaults_files import load_defaults, once_a_version
from knowledge.errors import BadInput


@dataclass(frozen=True, slots=True)
class JobTitles:
    """Names for what people do, and the job-title words that tell them; order breaks ties."""

    labels: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def names(self) -> dict[str, str]:
        """Id to the label a reader sees."""
        return dict(self.labels)

    def infer(self, title: str | None) -> str | None:
        """The id whose longest word stands in the job title, or None when none does."""
        text = re.sub(r"[^\w&]+", " ", (title or "").lower()).strip()
        best: tuple[int, str] | None = None
        for name, words in self.words:
            for word in words:
                if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) and (
                    best is None or len(word) > best[0]
                ):
                    best = (len(word), name)
        return best[1] if best else None


@dataclass(frozen=True, slots=True)
class PersonaMap:
    """The team's personas and buying roles."""

    personas: JobTitles
    buying_roles: JobTitles

    @property
    def names(self) -> dict[str, str]:
        """Persona ids and their labels."""
        return self.personas.names

    def infer(self, role: str | None) -> str | None:
        """The persona a job title tells, or None."""
        return self.personas.infer(role)

    def infer_buying_role(self, role: str | None) -> str | None:
        """The buying role a job title settles, or None: most titles do not."""
        return self.buying_roles.infer(role)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What lead, sales lead, qualified lead and touch mean here, with the version shown (M49)."""

    version: int
    meanings: tuple[tuple[str, str], ...]

    def of(self, word: str) -> str:
        """The meaning of `word`, with its version; empty when it is not defined."""
        meaning = dict(self.meanings).get(word.strip().lower().replace(" ", "_"), "")
        return f"{meaning} (definition {self.version})" if meaning else ""


@once_a_version("personas")
def load_personas(home: Path | None = None) -> PersonaMap:
    """Read personas.toml; `BadInput` names the entry that lacks words."""
    table = load_defaults("personas", home)
    return PersonaMap(
        _titles(table["personas"], "personas", home),
        _titles(table["buying_roles"], "buying_roles", home),
    )


def load_definitions(home: Path | None = None) -> Definitions:
    """Read definitions.toml; `BadInput` names a meaning that is no text."""
    table = load_defaults("definitions", home)
    for word, meaning in table["definitions"].items():
        if not isinstance(meaning, str) or not meaning.strip():
            raise BadInput(
                f"{_place('definitions', home)}: 'definitions.{word}' must be text in quotes."
            )
    return Definitions(table["version"], tuple(table["definitions"].items()))


def _titles(table: dict[str, Any], section: str, home: Path | None) -> JobTitles:
    for name, entry in table.items():
        words = entry.get("words") if isinstance(entry, dict) else None
        if not isinstance(words, list) or not all(isinstance(w, str) and w for w in words):
            raise BadInput(
                f"{_place('personas', home)}: '{section}.{name}.words' must be a list of words "
                "found in job titles."
            )
    return JobTitles(
        tuple((name, str(entry.get("label", name))) for name, entry in table.items()),
        tuple((n, tuple(w.lower() for w in entry["words"])) for n, entry in table.items()),
    )


def _place(name: str, home: Path | None) -> str:
    return str(home / f"{name}.toml") if home else f"{name}.toml"
