"""Personas by job title, and what our words mean (M32, M49)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.defaults_files import line_of, load_defaults, once_a_version
from knowledge.errors import BadInput

SHEET = ("goals", "problems", "questions", "says")
"""What a persona's sheet holds beside its label and the words of its job titles."""


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
class PersonaSheet:
    """What a persona wants, suffers from, asks and says: for people to read."""

    id: str
    label: str
    goals: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonaMap:
    """The team's personas and buying roles."""

    personas: JobTitles
    buying_roles: JobTitles
    sheets: tuple[PersonaSheet, ...] = ()

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
    """Read personas.toml; `BadInput` names every entry that is wrong, with file, line and key."""
    table = load_defaults("personas", home)
    problems: list[str] = []
    for section in ("personas", "buying_roles"):
        problems += _problems(table[section], section, home)
    if problems:
        raise BadInput(" ".join(problems))
    return PersonaMap(
        _titles(table["personas"]),
        _titles(table["buying_roles"]),
        tuple(_sheet(name, entry) for name, entry in table["personas"].items()),
    )


@once_a_version("definitions")
def load_definitions(home: Path | None = None) -> Definitions:
    """Read definitions.toml; `BadInput` names a meaning that is no text."""
    table = load_defaults("definitions", home)
    for word, meaning in table["definitions"].items():
        if not isinstance(meaning, str) or not meaning.strip():
            raise BadInput(
                f"{_place('definitions', home)}: 'definitions.{word}' must be text in quotes."
            )
    return Definitions(table["version"], tuple(table["definitions"].items()))


def _problems(table: dict[str, Any], section: str, home: Path | None) -> list[str]:
    """What is wrong with a table of entries, each a sentence with file, line and key."""
    found = []
    for name, entry in table.items():
        if not isinstance(entry, dict):
            found.append(_problem((section, name), "must be a table with words.", home))
            continue
        if not _is_list(entry.get("words")) or not entry["words"]:
            what = "must be a list of words found in job titles."
            found.append(_problem((section, name, "words"), what, home))
        known = ("label", "words", *SHEET) if section == "personas" else ("label", "words")
        for key, value in entry.items():
            if key not in known:
                what = f"is an unknown key; known here: {', '.join(known)}."
                found.append(_problem((section, name, key), what, home))
            elif key in SHEET and not _is_list(value):
                what = "must be a list of texts in quotes."
                found.append(_problem((section, name, key), what, home))
            elif key == "label" and not (isinstance(value, str) and value.strip()):
                found.append(_problem((section, name, key), "must be text in quotes.", home))
    return found


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(w, str) and w.strip() for w in value)


def _titles(table: dict[str, Any]) -> JobTitles:
    return JobTitles(
        tuple((name, str(entry.get("label", name))) for name, entry in table.items()),
        tuple((n, tuple(w.lower() for w in entry["words"])) for n, entry in table.items()),
    )


def _sheet(name: str, entry: dict[str, Any]) -> PersonaSheet:
    told = {key: tuple(entry.get(key, ())) for key in SHEET}
    return PersonaSheet(name, str(entry.get("label", name)), **told)


def _problem(trail: tuple[str, ...], what: str, home: Path | None) -> str:
    path = home / "personas.toml" if home else Path("personas.toml")
    line = line_of(path, trail) or (line_of(path, trail[:-1]) if home else None)
    at = f" (line {line})" if line else ""
    return f"{path}{at}: '{'.'.join(trail)}' {what}"


def _place(name: str, home: Path | None) -> str:
    return str(home / f"{name}.toml") if home else f"{name}.toml"
