"""Fit the tagger that finds names, companies and job titles, and write its weights.

Run: .venv/bin/python -m benchmarks.fit_naming [--check]
An averaged perceptron, learnt from the wordings of understanding/templates.txt and the messages of
understanding/fitted.jsonl with other made-up people and companies put in their places, in all the
casings that reps use. `--check` leaves every fifth wording and message out and measures on those.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.people import (
    ENDS,
    FOREIGN_FIRMS,
    INDUSTRIES,
    ODD_FIRMS,
    ODD_FIRST,
    PRODUCTS,
    ROLES,
    SIZES,
    STEMS,
    SURNAMES,
)
from knowledge.naming import KINDS, TAGS, Weights, spans_of, tags_of
from knowledge.naming.features import Token, features, tokens

HERE = Path(__file__).resolve().parent
PLACE = HERE.parent / "knowledge" / "naming"
ROUNDS = 7
VARIANTS = 14
"""Fillings of one wording; 20 gained nothing on those left out."""
LEAST = 0.02
"""Weights nearer to 0 than this are not kept."""
LOWERED, SHOUTED = 0.35, 0.03
"""Share of messages all in lower case, and in capitals."""
STRANGE = 0.45
"""Share of people whose first name the list does not know."""
Part = tuple[str, str]
"""A kind of span (or "") and its words."""


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


class Maker:
    """Makes people, companies and titles up, always the same ones for a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.first = lines(PLACE / "first_names.txt")
        self.firm = lines(PLACE / "firm_words.txt")

    def name(self) -> str:
        r = self.rng
        first = r.choice(ODD_FIRST if r.random() < STRANGE else self.first).capitalize()
        if r.random() < 0.12:
            first = f"{first}-{r.choice(self.first).capitalize()}"
        if r.random() < 0.06:
            first = f"{first[0]}." + (f"{r.choice('ABCDEFGHJKLM')}." if r.random() < 0.5 else "")
        if r.random() < 0.22 and not first.endswith("."):
            return first
        last = self._surname()
        if r.random() < 0.14:
            last = f"{last}-{self._surname()}"
        if r.random() < 0.1:
            last = f"{r.choice(['van', 'von', 'de', 'van der', 'de la', 'al', 'di'])} {last}"
        if r.random() < 0.05:
            last = r.choice(["O'", "Mc", "D'"]) + last
        if r.random() < 0.04:
            last = last[0] + "."
        return f"{first} {last}"

    def _surname(self) -> str:
        r = self.rng
        if r.random() < 0.3:
            odd = r.choice(SURNAMES)[:4] + r.choice(
                ["ka", "sson", "ez", "ova", "ini", "ek", "ong", "uri", "well", "stra"]
            )
            return odd.capitalize()
        return r.choice(SURNAMES).capitalize()

    def company(self) -> str:
        r = self.rng
        kind = r.random()
        stem = r.choice(STEMS)
        if r.random() < 0.5:
            stem += r.choice([*ENDS, *STEMS])
        elif r.random() < 0.4:
            stem = r.choice(SURNAMES)[:5] + r.choice(["a", "ix", "on", "ora", "ium", "el", "os"])
        stem = stem.capitalize()
        if kind < 0.05:
            link = r.choice(["of", "del", "de", "of the", "di", "der"])
            return f"{r.choice(self.firm).capitalize()} {link} {stem}"
        if kind < 0.08:
            return f"{r.choice(FOREIGN_FIRMS)} {stem}"
        if kind < 0.16:
            return r.choice(ODD_FIRMS)
        if kind < 0.32:
            return stem
        word = r.choice(self.firm).capitalize() if kind < 0.93 else r.choice(STEMS).capitalize()
        if word.lower() in {
            "ag",
            "bv",
            "gmbh",
            "llc",
            "llp",
            "ltd",
            "plc",
            "nv",
            "kg",
            "sa",
            "ab",
            "as",
            "oy",
        }:
            word = (
                word.upper()
                if word.lower() not in {"gmbh", "ltd"}
                else {"gmbh": "GmbH", "ltd": "Ltd"}[word.lower()]
            )
        if kind < 0.36:
            return f"{stem} & {r.choice(SURNAMES).capitalize()}"
        if kind < 0.41:
            return f"{stem} & Sons {word}"
        if kind < 0.5:
            return f"{stem} {r.choice(self.firm).capitalize()} {word}"
        if kind < 0.54:
            return f"{r.choice(self.firm).capitalize()} {stem}"
        return f"{stem} {word}"

    def role(self) -> str:
        r = self.rng
        role = r.choice(ROLES)
        if r.random() < 0.25:
            role = (
                role[0].upper() + role[1:]
                if r.random() < 0.5
                else " ".join(
                    w if w in {"of", "and"} else w[0].upper() + w[1:] for w in role.split()
                )
            )
        if r.random() < 0.06 and " " in role:
            role = r.choice(["Senior ", "deputy ", "group ", "regional ", "Interim ", "sr "]) + role
        return role

    def fill(self, parts: list[Part]) -> list[Part]:
        """The same parts with new people and companies, one and the same within a message."""
        r = self.rng
        made = {"name": self.name(), "company": self.company(), "role": self.role()}
        if not any(kind == "company" for kind, _ in parts) and r.random() < 0.3:
            made["name"] = made["name"].split()[0]
        other = {
            "industry": r.choice(INDUSTRIES), "size": r.choice(SIZES),
            "mail": f"{made['name'].split()[0].lower()}@{made['company'].split()[0].lower()}.example",
        }  # fmt: skip
        filled: list[Part] = []
        for kind, words in parts:
            if kind in KINDS:
                filled.append((kind, made[kind]))
            else:
                text = words.replace("{product}", r.choice(PRODUCTS))
                for name, value in other.items():
                    text = text.replace(f"{{{name}}}", value)
                filled.append(("", text))
        chance = r.random()
        if chance < LOWERED:
            return [(k, w.lower()) for k, w in filled]
        if chance < LOWERED + SHOUTED:
            return [(k, w.upper()) for k, w in filled]
        if chance < LOWERED + 0.12:  # names in lower case only
            return [(k, w.lower() if k else w) for k, w in filled]
        return filled


def parts_of_wording(wording: str) -> list[Part]:
    pieces = re.split(r"\{(name|company|role)\}", wording.replace("\\n", "\n"))
    return [(p if i % 2 else "", "" if i % 2 else p) for i, p in enumerate(pieces) if p]


def parts_of_message(row: dict) -> list[Part]:
    """The text cut at the spans that the expected reading names; every one that stands there."""
    text = row["text"]
    marks = []
    for kind, slot in (("name", "lead_name"), ("company", "company"), ("role", "role")):
        if value := row.get(slot):
            found = re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE)
            marks += [(m.start(), m.end(), kind) for m in found]
    parts: list[Part] = []
    at = 0
    for start, end, kind in sorted(marks):
        if start < at:
            continue
        parts += [("", text[at:start]), (kind, text[start:end])]
        at = end
    return [p for p in (*parts, ("", text[at:])) if p[1]]


def example(parts: list[Part]) -> tuple[str, list[Token], list[int]]:
    """The text, its tokens and their tags; a token that crosses the edge of a span follows it."""
    text, marks = "", []
    for kind, words in parts:
        if kind:
            marks.append((len(text), len(text) + len(words), kind))
        text += words
    found, tags = tokens(text), []
    for token in found:
        mark = next((m for m in marks if m[0] < token.end and token.start < m[1]), None)
        if mark is None:
            tags.append(0)
        else:
            begins = not any(
                t.end > mark[0] and t.start < token.start
                for t in found[: len(tags)]
                if t.end > mark[0]
            )
            tags.append(TAGS.index(("B-" if begins else "I-") + mark[2]))
    return text, found, tags


def fit(examples: list[tuple[list[list[str]], list[Token], list[int]]], seed: int) -> Weights:
    """Averaged perceptron: after a wrong reading the right tags gain and the wrong ones lose."""
    width = len(TAGS)
    now: dict[str, list[float]] = defaultdict(lambda: [0.0] * width)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0] * width)
    steps = [[0.0] * width for _ in TAGS]
    step_sums = [[0.0] * width for _ in TAGS]
    for before in range(width):
        for after in range(2, width, 2):  # an I follows its own B or I only
            if before not in (after, after - 1):
                steps[before][after] = -1000.0
    clock = 1
    rng = random.Random(seed)
    order = list(range(len(examples)))
    for _ in range(ROUNDS):
        rng.shuffle(order)
        for i in order:
            names, _, right = examples[i]
            read = tags_of_features(names, Weights(now, steps))
            clock += 1
            for at, (good, bad) in enumerate(zip(right, read, strict=True)):
                if good != bad:
                    for name in names[at]:
                        now[name][good] += 1
                        now[name][bad] -= 1
                        sums[name][good] += clock
                        sums[name][bad] -= clock
                if at and (right[at - 1], good) != (read[at - 1], bad):
                    steps[right[at - 1]][good] += 1
                    steps[read[at - 1]][bad] -= 1
                    step_sums[right[at - 1]][good] += clock
                    step_sums[read[at - 1]][bad] -= clock
    mean = {
        n: [round(a - s / clock, 2) for a, s in zip(row, sums[n], strict=True)]
        for n, row in now.items()
    }
    kept = {n: row for n, row in mean.items() if max(map(abs, row)) > LEAST}
    return Weights(kept, [
        [round(a - s / clock, 2) for a, s in zip(r, q, strict=True)] for r, q in zip(steps, step_sums, strict=True)
    ])  # fmt: skip


def tags_of_features(names: list[list[str]], weights: Weights) -> list[int]:
    import numpy as np

    scores = np.zeros((len(names), len(TAGS)))
    for at, row in enumerate(names):
        for name in row:
            if (w := weights.by_feature.get(name)) is not None:
                scores[at] += w
    steps = np.array(weights.steps)
    best, back = scores[0].copy(), []
    best[2::2] = -1e9
    for row in scores[1:]:
        reach = best[:, None] + steps
        back.append(reach.argmax(0))
        best = reach.max(0) + row
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


def quiet(text: str) -> list[Part]:
    return [("", text)]


def main() -> None:
    check = "--check" in sys.argv
    here = HERE / "understanding"
    sources = [parts_of_wording(w) for w in lines(here / "templates.txt") if w.strip()]
    messages = [json.loads(line) for line in lines(here / "fitted.jsonl")]
    sources += [parts_of_message(row) for row in messages]
    left_out = [p for i, p in enumerate(sources) if check and i % 5 == 0]
    learnt = [p for i, p in enumerate(sources) if not check or i % 5]
    maker = Maker(7)
    shown = [
        example(maker.fill(p))
        for p in learnt
        for _ in range(VARIANTS if any(k for k, _ in p) else 1)
    ]
    asked = [q for path in sorted((HERE / "stage").glob("questions_*.jsonl")) for q in lines(path)]
    shown += [example(quiet(json.loads(q)["question"])) for q in asked[::6]]
    role_words = re.compile(
        r"\b(?:cto|cfo|ceo|coo|head|manager|it|finance|boss|planner|engineers|technicians|works)\b",
        re.I,
    )
    said = [json.loads(line)["text"] for line in lines(here / "intents.jsonl")]
    shown += [example(quiet(t)) for t in said if not role_words.search(t)]
    print(len(shown), "examples")
    weights = fit([(list(features(f)), f, t) for _, f, t in shown if f], 3)
    print(len(weights.by_feature), "features kept")
    if check:
        tell(left_out, weights)
        return
    (PLACE / "weights.json").write_text(
        json.dumps(
            {"features": weights.by_feature, "steps": weights.steps},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        + "\n",
        encoding="utf-8",
    )
    print((PLACE / "weights.json").stat().st_size // 1024, "kB")


def tell(left_out: list[list[Part]], weights: Weights) -> None:
    maker = Maker(99)
    counts = {kind: [0, 0, 0] for kind in KINDS}
    for parts in left_out:
        for _ in range(3):
            text, found, right = example(maker.fill(parts))
            wanted = {(s.kind, s.start, s.end) for s in spans_of(text, found, right)}
            got = {(s.kind, s.start, s.end) for s in spans_of(text, found, tags_of(found, weights))}
            for kind in KINDS:
                w, g = ({s for s in x if s[0] == kind} for x in (wanted, got))
                counts[kind] = [
                    a + b
                    for a, b in zip(counts[kind], (len(w & g), len(g - w), len(w - g)), strict=True)
                ]
            if wanted != got and "--misses" in sys.argv:
                print(repr(text[:160]), [(k, text[a:b]) for k, a, b in got ^ wanted])
    for kind, (right, wrong, missed) in counts.items():
        print(
            f"{kind}: precision {right / max(1, right + wrong):.3f}, recall {right / max(1, right + missed):.3f}"
        )


if __name__ == "__main__":
    main()
