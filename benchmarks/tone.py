"""How well the hype score tells promotion from teaching, on the labels of real libraries.

    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.tone [--write]

`--write` puts the table between the tone markers of `benchmarks/README.md`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from sklearn.metrics import roc_auc_score

from benchmarks.page import keep
from knowledge.tone import HYPE_THRESHOLD, audit_tone

Row = tuple[bool, bool, float]  # promotional, hard, hype


def read(company: Path) -> list[Row]:
    bodies = {
        a["id"]: a["body"]
        for a in map(json.loads, (company / "assets.jsonl").open(encoding="utf-8"))
    }
    labels = map(json.loads, (company / "promo_labels.jsonl").open(encoding="utf-8"))
    return [
        (item["label"] == "promotional", item["hard"], audit_tone(bodies[item["id"]]).hype)
        for item in labels
    ]


def auc(rows: list[Row]) -> str:
    kinds = {promotional for promotional, _, _ in rows}
    if len(kinds) < 2:
        return "-"
    return f"{roc_auc_score([r[0] for r in rows], [r[2] for r in rows]):.3f}"


def share_over(rows: list[Row], *, promotional: bool) -> str:
    hypes = [hype for label, _, hype in rows if label is promotional]
    if not hypes:
        return "-"
    return f"{sum(h > HYPE_THRESHOLD for h in hypes) / len(hypes):.1%} of {len(hypes)}"


def table(data: Path) -> str:
    every: list[Row] = []
    lines = [
        "| library | AUC hard | AUC all | educational lost | promotional caught |",
        "|---|---|---|---|---|",
    ]
    scores: dict[str, list[float]] = {"hard": [], "all": []}
    for company in sorted(p.parent for p in data.glob("*/promo_labels.jsonl")):
        rows = read(company)
        every += rows
        lines.append(_line(company.name, rows))
        for key, part in (("hard", [r for r in rows if r[1]]), ("all", rows)):
            if (figure := auc(part)) != "-":
                scores[key].append(float(figure))
    means = {key: sum(figures) / len(figures) for key, figures in scores.items()}
    lines.append(f"| mean of libraries | {means['hard']:.3f} | {means['all']:.3f} | | |")
    lines.append(_line("all pieces together", every))
    return "\n".join(lines)


def _line(name: str, rows: list[Row]) -> str:
    hard = [r for r in rows if r[1]]
    lost, caught = share_over(rows, promotional=False), share_over(rows, promotional=True)
    return f"| {name} | {auc(hard)} | {auc(rows)} | {lost} | {caught} |"


def section(data: Path) -> str:
    return (
        "## Tone: the hype score\n\n"
        "Rules only, on the text of each piece without its title; labels by the authors' own "
        "categories. The weights were set by hand while looking at these libraries, so expect "
        "a little less elsewhere. "
        f"Threshold {HYPE_THRESHOLD}: few educational pieces may be lost.\n\n"
        f"    TRAILGUIDE_DEV_DATA=DIR python -m benchmarks.tone --write\n\n{table(data)}"
    )


def main() -> None:
    place = os.environ.get("TRAILGUIDE_DEV_DATA")
    if not place:
        sys.exit("Set TRAILGUIDE_DEV_DATA to the folder with the labelled libraries.")
    text = section(Path(place))
    print(text)
    if "--write" in sys.argv:
        keep("tone", text)


if __name__ == "__main__":
    main()
