"""Fit the model that says whether a sentence answers a question, and say how good it is.

    python -m benchmarks.fit_answers DIR... [--held DIR...] [--check]

Each DIR is a git repository of Markdown, with or without a work tree. Under each heading stand the
right places; what stands elsewhere on the page is wrong. `--held` names repositories that only
measure, `--check` leaves the weights as they are. Writes retrieval/answer_weights.safetensors.

The packaged weights were fitted on: 18F/handbook, 18F/18f.gsa.gov, 18F/guides, GSA/digitalgov.gov,
GSA/search-gov-website, uswds/uswds-site, cloud-gov/cg-site and HHS/simpler-grants-gov (all public
domain, CC0), github/opensource.guide, todogroup/todogroup.org, alan-turing-institute/the-turing-way
and the texts of knative/docs (CC BY 4.0), chef/chef-web-docs (CC BY 3.0), sourcegraph/handbook and
kubernetes-sigs/contributor-site (Apache 2.0), freeCodeCamp/contribute (BSD 3). Measured on
plausible/docs, letsencrypt/website, growthbook/growthbook, carpentries/handbook, bitwarden/help and
mattermost/mattermost-handbook. No text of any of them is kept.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nn
from safetensors.numpy import save_file

from benchmarks.answer_pairs import Asked, collect, told
from benchmarks.insight import within
from benchmarks.layer_tuning import Change, Tuner
from benchmarks.page import keep
from knowledge.assets import Asset
from knowledge.journey import parse_type
from prompts.checks.support import Nearness, content
from prompts.insight import insights
from retrieval.answering import ALONE, ANSWER_TOKENS, QUESTION_TOKENS, WEIGHTS, load_answering
from retrieval.embeddings import load_embedder
from retrieval.onnx_model import default_cache
from retrieval.packaged_models import PackagedModels
from retrieval.sentence_layers import LAYERS, PARTS, WIDTH

HERE = Path(__file__).resolve().parent
RANK, RATE = 16, 2e-3
GROUPS = 12
"""Questions a step, each with its right place and `WRONG` wrong ones."""
WRONG = 3
QUESTIONS, OTHERS = 500, 90
"""Questions and other headings taken of one repository: the largest would drown the rest."""
FIRST_SHARE, RIGHT_READ = 0.6, 9
"""How often the right place is one of the section's first words; else one of its first nine."""
WRONG_READ = 30
"""Wrong places of which the one that shares most words with the question is taken."""
TRAINED_ON = 1800
"""Questions of one fit: 150 steps of 2.5 seconds on a busy core. The loss still falls at the end,
so more of them may teach more."""
MEASURED = 12
"""Questions measured of one repository, a second and a half each."""
DROPPED = 0.05
HEAD_RATE, CLOSENESS = 0.3, 5.0
"""The last step learns slower than the layers; it begins as a cosine of this weight."""
SEED = 0

Group = tuple[list[int], list[list[int]]]


def groups(asked: Sequence[Asked], tuner: Tuner) -> list[Group]:
    """Tokens of each question and of its places, the right one first."""
    rng = random.Random(SEED)
    taken: Counter[tuple[str, bool]] = Counter()
    found = []
    for one in rng.sample(list(asked), len(asked)):
        is_question = one.question.endswith("?")
        taken[one.source, is_question] += 1
        if taken[one.source, is_question] > (QUESTIONS if is_question else OTHERS):
            continue
        places = [_tokens(tuner, text, ANSWER_TOKENS) for text in _places(one, rng)]
        found.append((_tokens(tuner, one.question, QUESTION_TOKENS), places))
    rng.shuffle(found)
    return found[:TRAINED_ON]


def _places(one: Asked, rng: random.Random) -> list[str]:
    first = [p for p in one.right if p.sentences[0] == one.right[0].sentences[0]]
    right = rng.choice(first if rng.random() < FIRST_SHARE else list(one.right[:RIGHT_READ]))
    words, wrong = content(one.question), list(one.wrong)
    some = rng.sample(wrong, min(WRONG_READ, len(wrong)))
    hard = max(some, key=lambda p: len(content(told(p)) & words))
    return [told(p) for p in (right, hard, *rng.sample(wrong, WRONG - 1))]


def _tokens(tuner: Tuner, text: str, most: int) -> list[int]:
    start, *middle, end = tuner.tokens([text])[0]
    return [start, *middle[:most], end]


@dataclass
class Reader:
    """The packaged layers in torch, as retrieval/answering.py runs them, and what is learnt."""

    tuner: Tuner
    change: Change
    kind: torch.Tensor
    head: torch.Tensor
    both: torch.Tensor

    @classmethod
    def fresh(cls, tuner: Tuner) -> Reader:
        change: Change = {}
        for k in range(LAYERS):
            for part in PARTS:
                wide, narrow = tuner.weights[f"encoder.layer.{k}.{part}.weight"].shape
                learnt = k >= ALONE
                rank = RANK if learnt else 1
                down = torch.randn(narrow, rank) / narrow**0.5 if learnt else torch.zeros(narrow, 1)
                up = torch.zeros(rank, wide)
                change[f"{k}.{part}"] = (down.requires_grad_(learnt), up.requires_grad_(learnt))
        return cls(
            tuner, change, torch.zeros(WIDTH).requires_grad_(),
            torch.zeros(WIDTH * 2).requires_grad_(),
            torch.full((WIDTH,), WIDTH**-0.5).requires_grad_(),
        )  # fmt: skip

    @property
    def learnt(self) -> list[torch.Tensor]:
        pairs = [p for pair in self.change.values() for p in pair if p.requires_grad]
        return [*pairs, self.kind, self.head, self.both]

    def scores(self, groups: Sequence[Group], drop: float) -> torch.Tensor:
        """Rows of scores, a column for each place; every group has as many."""
        size = len(groups[0][1])
        asked, there = (x.repeat_interleave(size, 0) for x in self._alone([q for q, _ in groups]))
        place, here = self._alone([ids for _, places in groups for ids in places])
        x, cut = torch.cat([asked, place + self.kind * here], 1), asked.shape[1]
        hidden = (1 - torch.cat([there, here], 1)[:, None, None, :, 0]) * -1e4
        for k in range(ALONE, LAYERS):
            x = self.tuner.layer(x, hidden, k, self.change, drop)
        question, text = (
            nn.layer_norm((part * mask).sum(1) / mask.sum(1), (WIDTH,))
            for part, mask in ((x[:, :cut], there), (x[:, cut:], here))
        )
        read = nn.dropout(torch.cat([question, text], 1), drop) @ self.head * HEAD_RATE
        near = (question * text) @ self.both * CLOSENESS / WIDTH**0.5
        return (read + near).view(-1, size)

    @torch.no_grad()
    def _alone(self, ids: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        n = max(map(len, ids))
        tokens, there = torch.zeros(len(ids), n, dtype=torch.long), torch.zeros(len(ids), n, 1)
        for row, i in enumerate(ids):
            tokens[row, : len(i)], there[row, : len(i)] = torch.tensor(i), 1
        w = self.tuner.weights
        x = w["embeddings.word_embeddings.weight"][tokens]
        x = x + w["embeddings.position_embeddings.weight"][:n]
        x = x + w["embeddings.token_type_embeddings.weight"][0]
        x, hidden = self.tuner.norm(x, "embeddings.LayerNorm"), (1 - there[:, None, None, :, 0])
        for k in range(ALONE):
            x = self.tuner.layer(x, hidden * -1e4, k, self.change, 0.0)
        return x, there

    def told(self) -> dict[str, np.ndarray]:
        """What was learnt, by name."""
        found = {
            f"{name}.{end}": matrix.detach().numpy()
            for name, pair in self.change.items()
            for end, matrix in zip(("down", "up"), pair, strict=True)
            if matrix.requires_grad
        }
        return found | {
            "kind": self.kind.detach().numpy(),
            "head": (self.head * HEAD_RATE).detach().numpy(),
            "both": (self.both * CLOSENESS / WIDTH**0.5).detach().numpy(),
        }


def fit(asked: Sequence[Asked]) -> dict[str, np.ndarray]:
    """Teach the last layers to tell the right place of each question from the wrong ones."""
    tuner, rng = Tuner(), np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    found = groups(asked, tuner)
    reader = Reader.fresh(tuner)
    descent = torch.optim.AdamW(reader.learnt, lr=RATE, weight_decay=0.01)
    batches = list(_batches(found, rng))
    for step, rows in enumerate(batches):
        share = step / len(batches)
        for group in descent.param_groups:
            group["lr"] = RATE * min(1.0, (share + 1 / len(batches)) / 0.08) * max(0.05, 1 - share)
        guess = reader.scores([found[row] for row in rows], DROPPED)
        loss = nn.cross_entropy(guess, torch.zeros(len(rows), dtype=torch.long))
        descent.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(reader.learnt, 1.0)
        descent.step()
        if step % 10 == 0:
            print(f"step {step} of {len(batches)}: loss {loss.item():.3f}", flush=True)
    return reader.told()


def _batches(found: Sequence[Group], rng: np.random.Generator) -> Iterable[list[int]]:
    """All groups, in random batches of places alike in length."""
    longest = np.array([max(map(len, places)) for _, places in found])
    order = np.argsort(longest + rng.random(len(found)) * 25).tolist()
    cut = [order[i : i + GROUPS] for i in range(0, len(order), GROUPS)]
    return [cut[i] for i in rng.permutation(len(cut))]


def write(learnt: dict[str, np.ndarray]) -> None:
    path = HERE.parent / "retrieval" / WEIGHTS
    save_file({n: np.ascontiguousarray(a.astype(np.float16)) for n, a in learnt.items()}, str(path))
    path.chmod(0o644)  # safetensors makes it the owner's alone
    load_answering.cache_clear()


def table(held: Sequence[Asked]) -> str:
    """How often the first insight comes from the section under the question, per repository."""
    models = PackagedModels(load_embedder(None, default_cache()))
    ways: tuple[tuple[Nearness | None, Nearness | None], ...] = (
        (None, None), (models.nearness, None), (models.nearness, models.answering),
    )  # fmt: skip
    hits: dict[str, list[list[bool]]] = {}
    for one in random.Random(SEED).sample(list(held), len(held)):
        rows = hits.setdefault(one.source, [])
        if len(rows) == MEASURED:
            continue
        page = Asset("page", "", parse_type("docs"), one.page, "page", url="https://x.example")
        firsts = [insights(page, one.question, "", near, answer)[:1] for near, answer in ways]
        rows.append([bool(f) and within(f[0].text, one.answer) for f in firsts])
    lines = [
        "| repository | questions | by words | and cosines | and read together |",
        "|---|---|---|---|---|",
    ]
    every = [row for rows in hits.values() for row in rows]
    for name, rows in (*hits.items(), ("all", every)):
        shares = " | ".join(f"{share:.1%}" for share in np.mean(rows, axis=0))
        lines.append(f"| {name.replace('+', '/')} | {len(rows)} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--held", nargs="*", type=Path, default=[])
    parser.add_argument("--check", action="store_true")
    told_to = parser.parse_args()
    if not told_to.check:
        write(fit(collect(told_to.folders, questions_only=False)))
    if told_to.held:
        found = table(collect(told_to.held, questions_only=True))
        print(found)
        keep("answers", found)


if __name__ == "__main__":
    main()
