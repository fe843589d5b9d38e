"""What the support checks find: true sentences of a piece, and the same ones corrupted.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.support [--write]

Sentences come from real libraries; `--write` puts the table between the support markers of
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
from knowledge.sentences import prose, sentences
from prompts.checks.grounding import CLAIM_UNSUPPORTED, NUMBER_UNSUPPORTED
from prompts.checks.rule import CheckContext

EACH = 200
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


def refused(sentence: str, asset: Asset) -> bool:
    draft = CheckContext(body=f"The guide puts it this way: {sentence}", asset=asset)
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


def table(data: Path) -> str:
    lines = ["| sentences | number | refused |", "|---|---|---|"]
    wrong = right = 0
    for name, listed in cases(read(data)).items():
        count = sum(refused(text, asset) for text, asset in listed)
        lines.append(f"| {name} | {len(listed)} | {count / len(listed):.1%} |")
        if name.startswith("true"):
            wrong += count
        else:
            right += count
    lines.append(f"\nPrecision of a refusal over these: {right / (right + wrong):.3f}.")
    return "\n".join(lines)


def main() -> None:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.exit("Set TRAILGUIDE_DEV_DATA to the folder with the libraries.")
    text = (
        "## Support: claims and figures of a draft against its piece\n\n"
        "    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.support --write\n\n"
        f"{table(Path(place))}"
    )
    print(text)
    if "--write" in sys.argv:
        keep("support", text)


if __name__ == "__main__":
    main()
