"""Headings of public documents with what stands under them: what a question is answered by.

Reads git directories (with or without a work tree) by `git ls-tree` and `git cat-file`. Nothing of
the texts is kept: benchmarks/fit_answers.py fits weights on them and throws them away.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompts.passages import Place, places

_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_BOLD = re.compile(r"^\s*\*\*([^*]{3,120}\?)\*\*:?\s*$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_ANCHOR = re.compile(r"\s*\{[#:.][^}]*\}\s*$|<a [^>]*>.*?</a>|<[^>]+>")
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{:.*?\}", re.S)
_CODE_LINE = re.compile(r"^\s*(?:import|export) |^\s*</?[A-Za-z][^>]*>\s*$|^\s*:::")
_NUMBERED = re.compile(r"^(?:\d+[.)]|Q\d*[:.]|step \d+[:.]?)\s+", re.I)
_COMMON = frozenset(["the", "of", "to", "and", "is", "a", "you", "in", "for", "that", "we", "are"])
ENGLISH_FROM = 0.12
"""Share of the commonest English words among all; other languages have hardly any."""
BOLD_LEVEL = 7
QUESTION_WORDS, HEADING_WORDS = range(3, 22), range(3, 12)
FEWEST_PLACES, FEWEST_WORDS = 6, 15
"""Fewer places outside the section leave nothing to choose; fewer words in it nothing to quote."""
DO = frozenset(
    [
        "add",
        "adopt",
        "apply",
        "ask",
        "build",
        "buy",
        "change",
        "check",
        "choose",
        "collect",
        "compare",
        "configure",
        "connect",
        "create",
        "decide",
        "define",
        "delete",
        "deploy",
        "design",
        "disable",
        "edit",
        "enable",
        "export",
        "file",
        "find",
        "fix",
        "get",
        "give",
        "handle",
        "hire",
        "host",
        "import",
        "improve",
        "install",
        "invite",
        "join",
        "keep",
        "launch",
        "learn",
        "make",
        "manage",
        "measure",
        "migrate",
        "monitor",
        "move",
        "organize",
        "plan",
        "prepare",
        "protect",
        "publish",
        "read",
        "remove",
        "report",
        "request",
        "reset",
        "review",
        "run",
        "save",
        "schedule",
        "search",
        "secure",
        "select",
        "send",
        "set",
        "share",
        "start",
        "store",
        "submit",
        "test",
        "track",
        "train",
        "update",
        "upgrade",
        "upload",
        "use",
        "verify",
        "view",
        "work",
        "write",
    ]
)
"""A heading that starts with one of these becomes "How do I …?"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what may be quoted under it, in order, and what may be elsewhere on its page."""

    question: str
    right: tuple[Place, ...]
    wrong: tuple[Place, ...]
    source: str
    page: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    level: int
    start: int
    body: str
    found: tuple[Place, ...]


def documents(git: Path) -> Iterator[tuple[str, str]]:
    """Path and text of every English Markdown file of a repository's newest commit."""
    listed = _git(git, "ls-tree", "-r", "-z", "HEAD").decode("utf-8", "replace").split("\0")
    entries = [row.split("\t", 1) for row in listed if row]
    blobs = [
        (path, told.split()[2])
        for told, path in entries
        if told.split()[1] == "blob" and path.lower().endswith((".md", ".mdx", ".markdown"))
    ]
    texts = _contents(git, [blob for _, blob in blobs])
    for (path, _), text in zip(blobs, texts, strict=True):
        body = _plain(text)
        if _is_english(body):
            yield path, body


def _contents(git: Path, blobs: Sequence[str]) -> Iterator[str]:
    """The text of each blob; "" for one that is not there."""
    out = _git(git, "cat-file", "--batch", told="".join(f"{blob}\n" for blob in blobs))
    at = 0
    for _ in blobs:
        end = out.index(b"\n", at)
        header = out[at:end].split()
        size = int(header[2]) if len(header) == 3 else 0
        yield out[end + 1 : end + 1 + size].decode("utf-8", "replace")
        at = end + 1 + (size + 1 if len(header) == 3 else 0)


def _git(git: Path, *arguments: str, told: str = "") -> bytes:
    ran = subprocess.run(
        ["git", "-C", str(git), *arguments], input=told.encode(), capture_output=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{git}: {ran.stderr.decode()}")
    return ran.stdout


def _plain(text: str) -> str:
    """Without front matter, template tags and component lines."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text.replace("\r\n", "\n"), flags=re.S)
    body = _TEMPLATE.sub("", body)
    return "\n".join(line for line in body.splitlines() if not _CODE_LINE.match(line))


def _is_english(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) > 80 and sum(w in _COMMON for w in words) >= ENGLISH_FROM * len(words)


def asked_of(source: str, body: str, *, questions_only: bool) -> Iterator[Asked]:
    """Every heading of a page that can be asked, the heading itself left out of what is found."""
    sections = list(_sections(body))
    lines = body.splitlines()
    for at, section in enumerate(sections):
        question = question_of(section.heading, questions_only=questions_only)
        end = at + 1
        while end < len(sections) and sections[end].level > section.level:
            end += 1
        wrong = [p for s in (*sections[:at], *sections[end:]) for p in s.found]
        text = " ".join(section.body.split())
        if not question or len(text.split()) < FEWEST_WORDS or len(wrong) < FEWEST_PLACES:
            continue
        if section.found:
            page = "\n".join(lines[: section.start] + lines[section.start + 1 :])
            yield Asked(question, section.found, tuple(wrong), source, page, text)


def question_of(heading: str, *, questions_only: bool) -> str:
    """What a heading asks; "" when it asks nothing."""
    words = heading.split()
    if heading.endswith("?"):
        return heading if len(words) in QUESTION_WORDS else ""
    if questions_only or len(words) not in HEADING_WORDS or not heading[:1].isalpha():
        return ""
    if words[0].lower() == "how" and words[1].lower() == "to":
        return f"How do I {' '.join(words[2:])}?"
    if words[0].lower() in DO:
        return f"How do I {words[0].lower()} {' '.join(words[1:])}?"
    return heading


def _sections(body: str) -> Iterator[_Section]:
    heading, level, start, kept, inside = "", 0, 0, [], False
    for n, line in enumerate([*body.splitlines(), "# end"]):
        if _FENCE.match(line):
            inside = not inside
        found = None if inside else _HEADING.match(line)
        bold = None if inside or found else _BOLD.match(line)
        if not (found or bold):
            kept.append(line)
            continue
        text = "\n".join(kept)
        yield _Section(heading, level, start, text, tuple(_fit(places(text))))
        told = found[2] if found else bold[1] if bold else ""
        heading = " ".join(_NUMBERED.sub("", _ANCHOR.sub("", told)).replace("*", "").split())
        level, start, kept = len(found[1]) if found else BOLD_LEVEL, n, []


def _fit(found: Iterator[Place]) -> Iterator[Place]:
    for place in found:
        if 5 <= len(place.text.split()) <= 60 and "http" not in place.text:
            yield place


def told(place: Place) -> str:
    """A place as one text, as the picker reads it."""
    return f"{place.text} {'; '.join(place.items)}" if place.items else place.text


def collect(folders: Sequence[Path], *, questions_only: bool) -> list[Asked]:
    """All that can be asked in these repositories; the same question of two pages counts once."""
    kept: dict[tuple[str, str], Asked] = {}
    for git in folders:
        for _, body in documents(git):
            for asked in asked_of(name_of(git), body, questions_only=questions_only):
                kept.setdefault((asked.question, told(asked.right[0])), asked)
    return list(kept.values())


def name_of(git: Path) -> str:
    """The repository's name by its folder: "owner+name/repo" or any folder."""
    named = [part for part in git.parts if "+" in part]
    return named[-1] if named else git.name
