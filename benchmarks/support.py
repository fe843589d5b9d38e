"""What the support checks find: true sentences of a piece, the same ones corrupted, and rewordings.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.support [--write]

Sentences come from real libraries. The rewordings, inventions, twists and changed figures of
benchmarks/claims were written by hand over the sample library; thresholds were set on its pieces of
even place in the alphabet, the others are held back. `--write` keeps the tables in
`benchmarks/README.md`.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from pathlib import Path

from benchmarks.page import keep
from knowledge.assets import Asset
from knowledge.journey import AssetType
from knowledge.sentence_models import SentenceModels
from knowledge.sentences import prose, sentences
from prompts.checks.grounding import CLAIM_UNSUPPORTED, NUMBER_UNSUPPORTED
from prompts.checks.rule import CheckContext
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.packaged_models import PackagedModels
from tests.drafts import sample_asset

EACH = 200
CLAIMS = Path(__file__).with_name("claims") / "claims.jsonl"
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|should|will|must|has|have)\b(?! not)")


def read(data: Path) -> list[Asset]:
    found = []
    for path in sorted(data.glob("*/assets.jsonl")):
        for line in path.open(encoding="utf-8"):
            item = json.loads(line)
            if item["type"] in {"blog", "guide", "whitepaper", "docs"}:
                found.append(
                    Asset(item["id"], item["title"], AssetType.OTHER, item["body"], item["company"])
                )
    return found


def claims(asset: Asset) -> list[str]:
    return [
        s for s in sentences(prose(asset.text)) if s.endswith(".") and 9 <= len(s.split()) <= 28
    ]


def refused(sentence: str, asset: Asset, models: SentenceModels | None) -> bool:
    draft = CheckContext(body=f"The guide puts it this way: {sentence}", asset=asset, models=models)
    return any(list(rule.judge(draft)) for rule in (CLAIM_UNSUPPORTED, NUMBER_UNSUPPORTED))


def shortened(sentence: str) -> str | None:
    """A true rewording: the sentence up to a comma, when that is still long enough."""
    head = sentence.split(", ", maxsplit=1)[0]
    return f"{head}." if 7 <= len(head.split()) < len(sentence.split()) else None


def with_number_changed(sentence: str, rng: random.Random) -> str | None:
    found = re.search(r"(?<![\w.,-])[1-9]\d?(?![\w.,-]*\d)", sentence)
    if not found:
        return None
    other = str(int(found[0]) + rng.choice([1, 2, 3, 7, 10]))
    return sentence[: found.start()] + other + sentence[found.end() :]


def negated(sentence: str) -> str | None:
    return _AUXILIARY.sub(r"\1 not", sentence, count=1) if _AUXILIARY.search(sentence) else None


def cases(assets: list[Asset]) -> dict[str, list[tuple[str, Asset]]]:
    rng = random.Random(7)
    made: dict[str, list[tuple[str, Asset]]] = {
        "true": [], "true, shortened": [], "number changed": [], "negated": [], "foreign": [],
    }  # fmt: skip
    rng.shuffle(assets)
    for asset in assets:
        picked = claims(asset)
        rng.shuffle(picked)
        numbered = [s for s in picked if re.search(r"\d", s)]
        other = rng.choice([a for a in assets if a.source == asset.source])
        for name, text in (
            ("true", next(iter(picked), None)),
            ("true, shortened", next((t for s in picked[1:] if (t := shortened(s))), None)),
            (
                "number changed",
                next((t for s in numbered if (t := with_number_changed(s, rng))), None),
            ),
            ("negated", next((t for s in picked[2:] if (t := negated(s))), None)),
            ("foreign", next(iter(claims(other)), None) if other is not asset else None),
        ):
            if text and len(made[name]) < EACH:
                made[name].append((text, asset))
    return made


def table(data: Path, models: SentenceModels) -> list[str]:
    lines = ["| sentences of real libraries | number | refused by words | by words and meaning |",
             "|---|---|---|---|"]  # fmt: skip
    wrong = right = 0
    for name, listed in cases(read(data)).items():
        words = sum(refused(text, asset, None) for text, asset in listed)
        count = sum(refused(text, asset, models) for text, asset in listed)
        of = len(listed)
        lines.append(f"| {name} | {of} | {words / of:.1%} | {count / of:.1%} |")
        if name.startswith("true"):
            wrong += count
        else:
            right += count
    return [*lines, "", f"Precision of a refusal over these: {right / (right + wrong):.3f}."]


def table_of_claims(models: SentenceModels) -> list[str]:
    """The hand-written claims, those of every second piece apart."""
    rows = [json.loads(line) for line in CLAIMS.read_text("utf-8").splitlines()]
    odd = set(sorted({row["asset"] for row in rows})[1::2])
    lines = ["| written by hand | number | refused by words | by words and meaning "
             "| of these held back |", "|---|---|---|---|---|"]  # fmt: skip
    for kind in ("paraphrase", "unsupported", "number", "twisted"):
        found = [
            (
                refused(row["text"], sample_asset(row["asset"]), None),
                refused(row["text"], sample_asset(row["asset"]), models),
                row["asset"] in odd,
            )
            for row in rows
            if row["kind"] == kind
        ]
        held = [both for _, both, back in found if back]
        words = sum(w for w, _, _ in found) / len(found)
        both = sum(b for _, b, _ in found) / len(found)
        lines.append(
            f"| {kind} | {len(found)} | {words:.1%} | {both:.1%} "
            f"| {sum(held) / len(held):.1%} of {len(held)} |"
        )
    return lines


def main() -> None:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.exit("Set TRAILGUIDE_DEV_DATA to the folder with the libraries.")
    models = PackagedModels(load_embedder(None, default_cache()))
    lines = [*table(Path(place), models), "", *table_of_claims(models)]
    told = "\n".join(lines)
    text = (
        "## Support: claims and figures of a draft against its piece\n\n"
        "    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.support --write\n\n"
        f"{told}"
    )
    print(text)
    if "--write" in sys.argv:
        keep("support", text)


if __name__ == "__main__":
    main()
