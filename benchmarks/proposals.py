"""How good the proposals of a new piece are: type, stage, questions answered, near-duplicates.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.proposals [--write]

The proposer sees a piece's title and text, and neither its address nor its front matter. Labels are
the authors' own folders; question headings are deleted from the text before it is read.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from benchmarks.page import keep
from knowledge.assets import Asset, AssetStatus
from knowledge.chunking import chunk_asset, embedding_text
from knowledge.journey import TYPE_STAGES, AssetType, Stage, parse_type
from knowledge.personas import load_personas
from knowledge.proposals import Basis
from knowledge.reading import read_all
from knowledge.sentences import prose
from retrieval.asking import remembering
from retrieval.embeddings import load_embedder
from retrieval.near_duplicates import Held, alike, nearest
from retrieval.onnx_model import default_cache
from retrieval.proposing_questions import (
    ENOUGH,
    MOST_ASKED,
    Passages,
    asked_elsewhere,
    fits,
    stems,
)
from retrieval.proposing_subject import Neighbour, industries_of, personas_of
from retrieval.proposing_type import read_type
from retrieval.same_text import runs

SAMPLE = Path(__file__).parents[1] / "knowledge" / "sample" / "library"
LEAST = 5
"""Pieces of a type in a library from which it counts in a company's macro F1."""
DUPLICATES = 40
"""Pieces copied in each way, and as many left alone."""
QUESTION_PIECES = 60
"""Pieces asked about at most in one library; the others' questions stay in the bank."""
SAMPLED, PLANTED, FOREIGN_PIECES = 25, 5, 12
"""Of each library, for what vectors bring up: embedding whole libraries takes long."""

_STAGES = {
    "early": {Stage.AWARENESS, Stage.INTEREST},
    "interest": {Stage.INTEREST},
    "consideration": {Stage.CONSIDERATION},
    "near_purchase": {Stage.DECISION},
}
"""The labels' stages in ours; `early` covers two."""
_BY_NAME = {
    "case study": AssetType.CASE_STUDY, "vs": AssetType.COMPARISON,
    "alternative": AssetType.COMPARISON,
    "changelog": AssetType.CHANGELOG, "webinar": AssetType.WEBINAR, "workshop": AssetType.WEBINAR,
    "tutorial": AssetType.TUTORIAL, "how to": AssetType.TUTORIAL, "guide": AssetType.GUIDE,
    "what is": AssetType.GUIDE, "newsletter": AssetType.NEWSLETTER, "weekly": AssetType.NEWSLETTER,
    "video": AssetType.VIDEO, "paper": AssetType.WHITEPAPER,
}  # fmt: skip
"""The trivial baseline: a type's name in the title, else the most frequent type of all."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Piece:
    """A piece as the benchmark knows it; only title and text are shown to the proposer."""

    id: str
    title: str
    text: str
    type: AssetType
    stage: str

    @property
    def asset(self) -> Asset:
        return Asset(
            self.id, self.title, self.type, self.text, self.id, status=AssetStatus.APPROVED
        )


def read(company: Path) -> list[Piece]:
    rows = map(json.loads, (company / "assets.jsonl").open(encoding="utf-8"))
    return [
        Piece(r["id"], r["title"], r["body"], parse_type(r["type"]), r.get("stage") or "")
        for r in rows
        if r["body"].strip()
    ]


def by_name(title: str) -> AssetType:
    words = title.lower()
    found = (t for name, t in _BY_NAME.items() if re.search(rf"\b{name}s?\b", words))
    return next(found, AssetType.BLOG)


def macro(pairs: Sequence[tuple[AssetType, AssetType]]) -> float:
    counts = Counter(true for true, _ in pairs)
    labels = [t.value for t, n in counts.items() if n >= LEAST]
    true, read_as = [a.value for a, _ in pairs], [b.value for _, b in pairs]
    return float(f1_score(true, read_as, labels=labels, average="macro", zero_division=0))


def right(pairs: Sequence[tuple[AssetType, AssetType]]) -> float:
    return sum(a is b for a, b in pairs) / len(pairs)


def types_and_stages(
    companies: dict[str, list[Piece]], embed: Embed
) -> tuple[list[str], list[str]]:
    readers: dict[str, Callable[[Piece], AssetType]] = {
        "always blog": lambda _: AssetType.BLOG,
        "a type's name in the title": lambda p: by_name(p.title),
        "rules alone": lambda p: read_type(p.title, p.text).type,
        "rules and vectors": lambda p: read_type(p.title, p.text, embed).type,
    }
    head = [f"{name} ({len(pieces)})" for name, pieces in companies.items()]
    lines = [f"| macro F1 / right | {' | '.join(head)} | mean |", "|---" * (len(head) + 2) + "|"]
    stage_lines = [f"| right | {' | '.join(head)} | mean |", "|---" * (len(head) + 2) + "|"]
    last: list[tuple[AssetType, AssetType]] = []
    for name, reader in readers.items():
        cells, figures, staged = [], [], []
        for pieces in companies.values():
            pairs = [(p.type, reader(p)) for p in pieces]
            figures.append((macro(pairs), right(pairs)))
            cells.append(f"{figures[-1][0]:.3f} / {figures[-1][1]:.3f}")
            staged.append(stage_right(pieces, [t for _, t in pairs]))
            if name == "rules and vectors":
                last += pairs
        means = [sum(f[i] for f in figures) / len(figures) for i in (0, 1)]
        lines.append(f"| {name} | {' | '.join(cells)} | {means[0]:.3f} / {means[1]:.3f} |")
        mean = sum(staged) / len(staged)
        told_ = " | ".join(f"{s:.3f}" for s in staged)
        stage_lines.append(f"| {name} | {told_} | {mean:.3f} |")
    return [*lines, "", _by_type(last)], stage_lines


def stage_right(pieces: Sequence[Piece], types: Sequence[AssetType]) -> float:
    """The share whose type's first stage is the labelled one."""
    told = [
        (_STAGES[p.stage], TYPE_STAGES[t][:1])
        for p, t in zip(pieces, types, strict=True)
        if p.stage in _STAGES
    ]
    return sum(bool(set(got) & want) for want, got in told) / len(told)


def _by_type(pairs: Sequence[tuple[AssetType, AssetType]]) -> str:
    told = []
    for kind in AssetType:
        of_it = [b for a, b in pairs if a is kind]
        if of_it:
            named = sum(b is kind for _, b in pairs)
            hit = sum(b is kind for b in of_it)
            told.append(f"{kind.value} {hit}/{len(of_it)} (named {named})")
    return "Found by type, all libraries together: " + ", ".join(told) + "."


def confusions(companies: dict[str, list[Piece]], embed: Embed) -> None:
    """Print what is taken for what, to look at."""
    for name, pieces in companies.items():
        wrong = defaultdict(list)
        for piece in pieces:
            reading = read_type(piece.title, piece.text, embed)
            if reading.type is not piece.type:
                wrong[piece.type, reading.type].append((piece.title, reading.why))
        print("##", name)
        for (true, got), titles in sorted(wrong.items(), key=lambda i: -len(i[1]))[:12]:
            print(f"{true} -> {got}: {len(titles)}")
            for title, why in titles[:6]:
                print(f"     {title[:80]}  [{why}]")


def passages_of(asset: Asset, embed: Embed) -> Passages:
    chunks = chunk_asset(asset)
    return Passages(asset.title, chunks, embed([embedding_text(asset.title, c) for c in chunks]))


def questions(data: Path, name: str, embed: Embed) -> dict[str, float] | None:
    """Of the authors' questions, deleted from their texts: how many are proposed of their piece."""
    folder = data / name / "beir"
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = {r["_id"]: r for r in map(json.loads, lines)}
    asked = {r["_id"]: r["text"] for r in map(json.loads, (folder / "queries.jsonl").open())}
    right_: dict[str, set[str]] = defaultdict(set)
    for line in (folder / "qrels" / "test.tsv").read_text().splitlines()[1:]:
        query, piece, _ = line.split("\t")
        right_[piece].add(asked[query])
    bank = list(dict.fromkeys(asked.values()))
    pieces = sorted(right_)
    random.Random(5).shuffle(pieces)
    hit = proposed = wanted = words = words_hit = 0
    for piece_id in pieces[:QUESTION_PIECES]:
        row = texts[piece_id]
        asset = Asset(piece_id, row["title"], AssetType.OTHER, row["text"], piece_id)
        told = passages_of(asset, embed)
        found = {
            a.question for a in asked_elsewhere([(q, Basis.REQUEST) for q in bank], told, embed)
        }
        held = stems(f"{row['title']} {row['text']}")
        shares = {q: len(stems(q) & held) / max(1, len(stems(q))) for q in bank}
        by_words = sorted(bank, key=lambda q: (-shares[q], -len(stems(q)), q))[:MOST_ASKED]
        wanted += len(right_[piece_id])
        hit += len(found & right_[piece_id])
        proposed += len(found)
        words += len(by_words)
        words_hit += len(set(by_words) & right_[piece_id])
    if wanted < 10:
        return None
    return {
        "bank": len(bank), "pieces": min(len(pieces), QUESTION_PIECES), "wanted": wanted,
        "recall": hit / wanted, "precision": hit / max(1, proposed),
        "proposed": proposed / min(len(pieces), QUESTION_PIECES),
        "words_recall": words_hit / wanted, "words_precision": words_hit / max(1, words),
    }  # fmt: skip


def foreign(data: Path, names: Sequence[str], embed: Embed) -> float:
    """Of other companies' questions, the share that pieces are said to answer, on a sample."""
    asked = {
        n: [r["text"] for r in map(json.loads, (data / n / "beir" / "queries.jsonl").open())]
        for n in names
    }
    wrong = total = 0
    for name in names:
        others = [q for n in names if n != name for q in asked[n]][:200]
        pieces = read(data / name)
        random.Random(6).shuffle(pieces)
        for piece in pieces[:FOREIGN_PIECES]:
            scores = fits(others, passages_of(piece.asset, embed), embed)
            wrong += int((scores >= ENOUGH).sum())
            total += len(others)
    return wrong / total


def edited(text: str, rng: random.Random, each: int = 3) -> str:
    """A light edit: a word in ten changed in every third line, and a new opening sentence."""
    lines = text.split("\n")
    for place in range(0, len(lines), each):
        words = lines[place].split(" ")
        lines[place] = " ".join(
            f"{w}ly" if rng.random() < 0.1 and w.isalpha() else w for w in words
        )
    return "This text was looked over by our editors this spring.\n\n" + "\n".join(lines)


def shortened(text: str, rng: random.Random) -> str:
    """About a third of the paragraphs, in order."""
    blocks = [b for b in text.split("\n\n") if b.strip()]
    kept = [b for b in blocks if rng.random() < 0.35] or blocks[: max(1, len(blocks) // 3)]
    return "\n\n".join(kept)


def duplicates(pieces: list[Piece]) -> tuple[dict[str, str], list[str]]:
    """Planted copies found, by kind, and what is said of pieces left alone; by words, over all."""
    rng = random.Random(9)
    long = [p for p in pieces if len(p.text.split()) >= 200]
    rng.shuffle(long)
    planted, alone = long[:DUPLICATES], long[DUPLICATES : 2 * DUPLICATES]
    held = {p.id: runs(prose(p.text)) for p in pieces}
    titles = {p.id: p.title for p in pieces}

    def found(text: str, without: str = "") -> list[str]:
        own = runs(prose(text))
        return [i for i, other in held.items() if i != without and alike(own, other)]

    kinds: dict[str, Callable[[Piece], str]] = {
        "lightly edited": lambda p: edited(p.text, rng),
        "a word in ten changed throughout": lambda p: edited(p.text, rng, each=1),
        "another title": lambda p: p.text,
        "shortened to a third": lambda p: shortened(p.text, rng),
    }
    told: dict[str, str] = {}
    named = hits_all = 0
    own_twins = {p.id: set(found(p.text, p.id)) for p in planted}
    for kind, change in kinds.items():
        twins = [(p, found(change(p))) for p in planted]
        hits = sum(p.id in t for p, t in twins)
        # A piece that the library holds twice already is rightly found twice.
        named += sum(len(set(t) - own_twins[p.id]) for p, t in twins)
        hits_all += hits
        told[kind] = f"{hits / len(planted):.3f} of {len(planted)}"
    told["precision"] = f"{hits_all / max(1, named):.3f}"
    false = [(p.title, titles[t]) for p in alone for t in found(p.text, p.id)]
    told["said of pieces left alone"] = f"{len({a for a, _ in false})} of {len(alone)}"
    told["equal text only (baseline), lightly edited"] = "0.000"
    return told, [f"{a} ~ {b}" for a, b in false]


def prefilter(companies: dict[str, list[Piece]], embed: Embed) -> str:
    """Whether vectors bring the original of an edited copy to the top, on samples of libraries."""
    first = looked = 0
    for pieces in companies.values():
        rng = random.Random(10)
        some = rng.sample([p for p in pieces if 200 <= len(p.text.split()) <= 1500], SAMPLED)
        ids, rows = [], []
        for piece in some:
            chunks = chunk_asset(piece.asset)
            ids += [piece.id] * len(chunks)
            rows.append(embed([embedding_text(piece.title, c) for c in chunks]))
        held = Held(ids, np.vstack(rows))
        for piece in some[:PLANTED]:
            for text in (edited(piece.text, rng), shortened(piece.text, rng)):
                made = Asset("new", "Notes from our team", AssetType.OTHER, text, "new")
                own = embed([embedding_text(made.title, c) for c in chunk_asset(made)])
                first += nearest(own, held, 1) == [piece.id]
                looked += 1
    return f"{first} of {looked}"


def subjects(embed: Embed) -> list[str]:
    """Personas and industries of the sample library's pieces, each read beside all the others."""
    titles = load_personas(None).personas
    assets = [a for a in read_all([str(SAMPLE)]) if isinstance(a, Asset)]
    means = []
    for asset in assets:
        rows = embed([embedding_text(asset.title, c) for c in chunk_asset(asset)])
        mean = rows.mean(axis=0)
        means.append(mean / np.linalg.norm(mean))
    read_as: dict[str, list[tuple[Sequence[str], Sequence[str]]]] = defaultdict(list)
    for asset, mean in zip(assets, means, strict=True):
        near = [
            Neighbour(a, float(mean @ m))
            for a, m in zip(assets, means, strict=True)
            if a is not asset
        ]
        near.sort(key=lambda n: -n.cosine)
        told = personas_of(asset.title, asset.text, titles, mean, embed=embed, near=near)
        alone = personas_of(asset.title, asset.text, titles, mean, embed=embed)
        read_as["personas"].append((told, asset.personas))
        read_as["personas, without neighbours"].append((alone, asset.personas))
        read_as["personas, always operations"].append((("operations",), asset.personas))
        read_as["industries"].append(
            (industries_of(asset.title, asset.text, near), asset.industries)
        )
        read_as["industries, always manufacturing"].append((("manufacturing",), asset.industries))
    lines = [f"| {len(assets)} pieces | precision | recall | F1 |", "|---|---|---|---|"]
    for name, pairs in read_as.items():
        hit = sum(len(set(a) & set(b)) for a, b in pairs)
        named, wanted = (sum(len(p[i]) for p in pairs) for i in (0, 1))
        f1 = 2 * hit / (named + wanted)
        lines.append(f"| {name} | {hit / named:.3f} | {hit / wanted:.3f} | {f1:.3f} |")
    return lines


def section(data: Path) -> str:
    embed = remembering(load_embedder(None, default_cache()).embed, 200_000)
    names = sorted(p.parent.name for p in data.glob("*/assets.jsonl"))
    companies = {name: read(data / name) for name in names}
    if "--errors" in sys.argv:
        confusions(companies, embed)
    types, stages = types_and_stages(companies, embed)
    asked = {n: told for n in names if (told := questions(data, n, embed))}
    twins = {n: duplicates(companies[n]) for n in names}
    if "--errors" in sys.argv:
        print("\n".join(line for _, false in twins.values() for line in false))
    lines = [
        "## Proposals for a new piece",
        "",
        "    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.proposals --write",
        "",
        "The proposer saw title and text alone: no address, no front matter, no folder. The rules' "
        "points were set by hand while looking at these libraries, so expect less elsewhere. Types "
        f"with fewer than {LEAST} pieces in a library do not count in its macro F1. Tried and not "
        "kept: a classifier fitted on the same signs, on style and on vectors; left one company "
        "out its macro F1 is 0.34 at best, for each company words its types in its own way. Twice "
        "the weight on vectors loses 0.006.",
        "",
        "### Type, by the authors' folders",
        "",
        *types,
        "",
        "### Stage, by the type map",
        "",
        *stages,
        "",
        "### Questions answered",
        "",
        "The authors' question headings are deleted from the texts (the sections stay), and all "
        "questions of a library are its bank, as content requests would be. At most "
        f"{MOST_ASKED} are proposed of a piece. Another piece answers about one question in "
        "seven as well, so precision is understated. Baseline: the questions whose words stand in "
        "the piece.",
        "",
        "| | questions in the bank | pieces | recall | precision | proposed a piece "
        "| by words: recall | precision |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {n} | {t['bank']} | {t['pieces']} | {t['recall']:.3f} | {t['precision']:.3f} "
            f"| {t['proposed']:.1f} | {t['words_recall']:.3f} | {t['words_precision']:.3f} |"
            for n, t in asked.items()
        ),
        "",
        "Of other companies' questions a piece is said to answer "
        f"{foreign(data, names, embed):.2%}.",
        "",
        "### For whom, on the sample library",
        "",
        "Our own fictional library, whose fields we wrote; the numbers were chosen on a part.",
        "",
        *subjects(embed),
        "",
        "### Near-duplicates, planted",
        "",
        f"{DUPLICATES} pieces of each library (of 200 words and more) are copied in four ways, "
        "and as many others are compared with the rest of their library as they are, by runs of "
        "words over the whole library. Vectors only choose the texts that are compared: of copies "
        f"edited or shortened under another title, the original is the nearest of {SAMPLED} for "
        f"{prefilter(companies, embed)}. The shortened copies that are missed are mostly code, "
        "which is not compared; what is said of pieces left alone are templates filled in "
        "twice, such as the pages of two SDKs.",
        "",
        f"| found | {' | '.join(names)} |",
        "|---" * (len(names) + 1) + "|",
        *(
            f"| {kind} | {' | '.join(twins[n][0][kind] for n in names)} |"
            for kind in twins[names[0]][0]
        ),
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.exit("Set TRAILGUIDE_DEV_DATA to the folder with the libraries.")
    text = section(Path(place))
    print(text)
    if "--write" in sys.argv:
        keep("proposals", text)


if __name__ == "__main__":
    main()
