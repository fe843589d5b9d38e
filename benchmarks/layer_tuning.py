"""Teach the sentence model's layers to tell classes apart, by small low-rank changes to them.

Uses torch, which the product never imports to read a sentence: retrieval/sentence_layers.py runs
the result. Called by benchmarks/fit_stage.py (one class a question) and by
benchmarks/fit_sentence_tone.py (none, one or several classes a sentence); one training on 2,230
questions takes 3 to 10 minutes on a busy core, and another order of sums moves the macro F1 of one
writer by up to 0.015.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as nn
from tokenizers import Tokenizer

from retrieval.sentence_layers import (
    HEADS,
    LAYERS,
    LONGEST,
    PARTS,
    WIDTH,
    SentenceLayers,
    packaged_model,
    read_safetensors,
)
from retrieval.stage_model import POOLED

RANK = 8
"""Columns of a change; 16 on the four upper layers alone was no better."""
EPOCHS = 4
RATE = 2e-3
"""Highest learning rate; 1e-3 learnt too little in 3 epochs, 3e-3 was as good."""
SIZE = 32
DROPPED = 0.1
SMOOTHING = 0.1
HEAD_RATE = 0.3
"""The last step learns slower than the layers, on three layers' means side by side."""
SEED = 0

Change = dict[str, tuple[torch.Tensor, torch.Tensor]]


class Tuner:
    """MiniLM in torch, its own weights fixed.

    All in float32: bfloat16 is eight times slower on processors that lack it.
    """

    def __init__(self) -> None:
        torch.set_num_threads(1)  # two are slower than one on a shared machine
        folder = packaged_model()
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_length=LONGEST)
        read = read_safetensors(folder / "model.safetensors")
        self.weights = {name: torch.tensor(np.array(w)) for name, w in read.items()}

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [e.ids for e in self.tokenizer.encode_batch(list(texts))]

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        w, b = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return nn.layer_norm(x, (WIDTH,), w, b, 1e-12)

    def layer(self, x: torch.Tensor, hidden: torch.Tensor, k: int, change: Change, drop: float):  # noqa: ANN201
        name, (b, n, _) = f"encoder.layer.{k}", x.shape

        def linear(x: torch.Tensor, part: str) -> torch.Tensor:
            full, bias = self.weights[f"{name}.{part}.weight"], self.weights[f"{name}.{part}.bias"]
            down, up = change[f"{k}.{part}"]
            return nn.linear(x, full, bias) + (x @ down) @ up

        q, key, v = (
            linear(x, part).view(b, n, HEADS, WIDTH // HEADS).transpose(1, 2) for part in PARTS[:3]
        )
        seen = nn.scaled_dot_product_attention(q, key, v, attn_mask=hidden.to(q.dtype))
        seen = linear(seen.transpose(1, 2).reshape(b, n, WIDTH), PARTS[3])
        x = self.norm(x + nn.dropout(seen, drop), f"{name}.attention.output.LayerNorm")
        wide = linear(nn.gelu(linear(x, PARTS[4])), PARTS[5])
        return self.norm(x + nn.dropout(wide, drop), f"{name}.output.LayerNorm")

    def scores(self, ids: Sequence[Sequence[int]], change: Change, head, drop: float = 0.0):  # noqa: ANN001, ANN201
        n = max(map(len, ids))
        tokens, there = torch.zeros(len(ids), n, dtype=torch.long), torch.zeros(len(ids), n, 1)
        for row, i in enumerate(ids):
            tokens[row, : len(i)], there[row, : len(i)] = torch.tensor(i), 1
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][tokens]
        x = x + w["embeddings.position_embeddings.weight"][:n]
        x = self.norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        hidden = (1 - there[:, None, None, :, 0]) * -1e4
        pools = []
        for k in range(LAYERS):
            x = self.layer(x, hidden, k, change, drop)
            pools.append(nn.layer_norm((x * there).sum(1) / there.sum(1), (WIDTH,)))
        pooled = nn.dropout(torch.cat(pools[-POOLED:], 1), drop)
        return pooled @ head[0] * HEAD_RATE + head[1]


def tune(texts: Sequence[str], labels: np.ndarray, epochs: int = EPOCHS) -> dict[str, np.ndarray]:
    """Return the changes as "layer.part.down" and ".up", and the last step as "head", "offsets".

    `labels` are positions of one class each (n), or rows of shares of the classes that sum to 1.
    """
    classes = labels.shape[1] if labels.ndim == 2 else int(labels.max()) + 1
    tuner, rng = Tuner(), np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    change: Change = {}
    for k in range(LAYERS):
        for part in PARTS:
            wide, narrow = tuner.weights[f"encoder.layer.{k}.{part}.weight"].shape
            down = torch.randn(narrow, RANK) / narrow**0.5
            change[f"{k}.{part}"] = (
                down.requires_grad_(),
                torch.zeros(RANK, wide).requires_grad_(),
            )
    head = (
        torch.zeros(WIDTH * POOLED, classes).requires_grad_(),
        torch.zeros(classes).requires_grad_(),
    )
    learnt = [p for pair in change.values() for p in pair] + list(head)
    descent = torch.optim.AdamW(learnt, lr=RATE, weight_decay=0.01)
    ids = tuner.tokens(texts)
    truth = torch.tensor(labels.astype(np.float32) if labels.ndim == 2 else labels)
    steps, done = epochs * len(_batches(ids, rng)), 0
    for _ in range(epochs):
        for rows in _batches(ids, rng):
            ramp = min(1.0, (done + 1) / (0.1 * steps)) * max(0.0, 1 - done / steps)
            for group in descent.param_groups:
                group["lr"] = RATE * ramp
            guess = tuner.scores([ids[r] for r in rows], change, head, DROPPED)
            loss = nn.cross_entropy(guess, truth[rows], label_smoothing=SMOOTHING)
            descent.zero_grad()
            loss.backward()
            descent.step()
            done += 1
    found = {f"{name}.down": down.detach().numpy() for name, (down, _) in change.items()}
    found |= {f"{name}.up": up.detach().numpy() for name, (_, up) in change.items()}
    return found | {
        "head": (head[0] * HEAD_RATE).detach().numpy(),
        "offsets": head[1].detach().numpy(),
    }


def _batches(ids: Sequence[Sequence[int]], rng: np.random.Generator) -> list[list[int]]:
    """All rows, in random batches of texts alike in length."""
    order, found = rng.permutation(len(ids)), []
    for start in range(0, len(order), SIZE * 8):
        some = sorted(order[start : start + SIZE * 8].tolist(), key=lambda r: len(ids[r]))
        found += [some[i : i + SIZE] for i in range(0, len(some), SIZE)]
    return [found[i] for i in rng.permutation(len(found))]


def read_with(change: dict[str, np.ndarray], texts: Sequence[str]) -> np.ndarray:
    """Rows of log odds, read as the product reads them."""
    pairs = {
        name.removesuffix(".down"): (down, change[name.replace(".down", ".up")])
        for name, down in change.items()
        if name.endswith(".down")
    }
    pooled = SentenceLayers(pairs).pooled(texts, POOLED).astype(np.float64)
    return pooled @ change["head"] + change["offsets"]
