"""Texts as nobody should send them, from a seed: long, foreign, broken, and made to deceive."""

from __future__ import annotations

import random
from collections.abc import Iterator

LONGEST = 100_000
ATTACKS = (
    "<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S01|@all>", "@channel ", "@here ",
    "&lt;!channel&gt;", "&amp;lt;", "<https://evil.example|tidewell.example>", "<@U01ROBIN>",
    "<#C01TEAM|sales>", "<mailto:a@b.example|c@d.example>", "javascript:alert(1)",
    "<!date^1^{date}^https://evil.example|x>", "https://tidewell.example@evil.example/",
    "[tidewell.example](evil.example)",
    "*bold* ", "_it_ ", "~gone~ ", "`code` ", "```fence```\n", "> quote\n", ">>> all\n", ":tada: ",
    "\n\n\n", "• ", "|", "<", ">", "&", "\\", "\u202e", "\u2066", "\u200f",
)  # fmt: skip
EMOJI = ("😀", "👩🏽\u200d🚀", "🇬🇧", "👍🏿", "❤\ufe0f", "1\ufe0f⃣")
RIGHT_TO_LEFT = ("שלום ", "مرحبا ", "\u202bعربي\u202c ", "\u05d0\u200f")
BROKEN = ("\x00", "\x07", "\x1b[31m", "\ud83d", "\udc00", "\ufffe", "\u2028", "\x85", "\u0300" * 9)
PLAIN = ("Dana Ortiz ", "asks what ", "a backlog costs ", "next? ", "naïve ", "数据 ", "a" * 50)
KINDS = (ATTACKS, EMOJI, RIGHT_TO_LEFT, BROKEN, PLAIN)
LENGTHS = (0, 1, 20, 74, 76, 149, 151, 300, 1000, 2999, 3001, 4001)
LONG_SHARE = 0.03
"""Of texts of ten to a hundred thousand characters: they take most of the time."""


def texts(count: int, seed: int) -> Iterator[str]:
    """As many texts of 0 to 100,000 characters, the same ones for the same seed."""
    dice = random.Random(seed)
    for _ in range(count):
        kinds = dice.sample(KINDS, dice.randint(1, len(KINDS)))
        pieces = [p for kind in kinds for p in dice.sample(kind, min(len(kind), 4))]
        yield _of_length(pieces, _length(dice), dice)


def _length(dice: random.Random) -> int:
    if dice.random() < LONG_SHARE:
        return dice.randint(10_000, LONGEST)
    return dice.choice(LENGTHS)


def _of_length(pieces: list[str], length: int, dice: random.Random) -> str:
    made: list[str] = []
    size = 0
    while size < length:
        made.append(dice.choice(pieces))
        size += len(made[-1])
    return "".join(made)[:length]
