"""Whether a question about method speaks of a product in hand: the same words serve both (M33).

"How do I plan?" is asked by whoever learns a trade and by whoever has just bought a planner. The
model was taught by users who ask so, and read learners as customers. So a question of method makes
a customer only when something in it points to what the asker already has.
"""
# ruff: noqa: E501 - a pattern is read as one line, or not at all

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.journey import Stage

STAGES = tuple(Stage)
LONGEST = 2_000
"""Characters read of a question."""
MOST_CUSTOMER = 0.2
"""Of a customer's stage by a question of method alone: one in five, as without any evidence."""

_BETTER = r"(?:reduce|cut|lower|shorten|bring down|get down|improve|raise|increase|avoid|prevent|save|speed up|plan|forecast|organi[sz]e|measure|control|handle|get rid of|keep (?:up|down|track|my|our|the))"
_METHOD = re.compile(
    rf"""
    \bhow\ (?:to|(?:do|can|could|should|would|might|must|shall)\ (?:i|we|you|one|they|he|she|people|teams?)|(?:i|we|one)\ (?:can|could|should|might|must))\b
    |\bwhat\ (?:can|do|could|should|would)\ (?:i|we|you|one)\ do\ (?:about|against|to|with|when|if)\b
    |\b(?:can|could|should|must)\ (?:i|we|one)\ (?:possibly\ |really\ )?{_BETTER}\b
    |\b(?:i|we)\ (?:need|want|have|try|would\ like|are\ trying|am\ trying)\ to\ {_BETTER}\b
    |\b(?:i|we)'d\ like\ to\ {_BETTER}\b
    """,
    re.VERBOSE,
)
"""A question of method: how something is done, or a wish to do it better."""

_GENERIC_YOU = re.compile(r"\b(?:how|what) (?:do|can|could|should|would|might|must) you\b")
_IN_HAND = re.compile(
    r"""\b(?:
    you(?:r|rs|'ve|'re)?|ours
    |it|its|it's|in\ there|(?:this|that)\ (?:one|thing)|the\ (?:other|old|new|same)\ \w+
    |(?:i|we|they|he|she|who|has|have)\ (?:\w{2,}ed|did|sold|bought|built|left|took|made|put|ran|went|got|had|gave|began|lost)|left|leaving|sold|bought|hired
    |as\ an?\ (?:table|list|pdf|file|csv)|csv|excel|pdf
    |since|already|still|no\ longer|any\ ?more|by\ (?:mistake|accident)|accidentally|suddenly|go-?live|went\ live|roll(?:ed)?[- ]?out
    |we\ (?:use|bought|have\ been\ using|renewed|subscribed|installed|started\ using)|came\ with
    |renew(?:al|ed|s)?|upgrad(?:e|ed|ing)|updated?|re-?install\w*|release\ notes|refresher
    |log[- ]?ins?|log(?:ged)?\ (?:in|on|out|me|us)|licen[cs]es?|subscriptions?|accounts?|workspaces?|portals?|dashboards?|app|apps|screens?|widgets?|modules?
    |settings?|passwords?|users?|admins?|permissions?|notifications?|reminders?|columns?|tabs?|filters?|tickets?|buttons?|templates?|tags?|folders?|menus?|shortcuts?|undo|profiles?|add-?ons?|integrations?|api|webhooks?|sync|import|export\w*|archived?|workflows?|configur\w*|installation
    |the\ (?:system|program|software|platform|tool|planner|scheduler|assistant|product)|support\ (?:team|desk|line)|account\ manager
    |rename|delete|remove|reset|restore|enable|disable|unlock|deactivate|edit|bulk|default|reassign|invite|turn\ (?:on|off)
    |error|errors|crash\w*|doesn't\ work|not\ working
    )\b""",
    re.VERBOSE,
)
"""What shows that the asker has something of ours, is inside a program, or tells of a case.

A case ("we hired ten", "a planner left") is no question of method in general; then the model's
reading stands, whatever it is.
"""

_CUSTOMER = STAGES.index(Stage.CUSTOMER)
_INTEREST = STAGES.index(Stage.INTEREST)


def asks_for_method_alone(text: str) -> bool:
    """Whether a text asks how something is done, and nothing in it points to a product in hand."""
    plain = " ".join(text[:LONGEST].lower().replace("\u2019", "'").split())
    return bool(_METHOD.search(plain)) and not _IN_HAND.search(_GENERIC_YOU.sub(" ", plain))


def without_product(texts: Sequence[str], likely: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows of five probabilities (n, 5), where a question of method alone makes no customer.

    What is taken from the customer's share goes to interest: it is there that method is asked for.
    """
    found = likely.copy()
    for row, text in zip(found, texts, strict=True):
        if row[_CUSTOMER] > MOST_CUSTOMER and asks_for_method_alone(text):
            row[_INTEREST] += row[_CUSTOMER] - MOST_CUSTOMER
            row[_CUSTOMER] = MOST_CUSTOMER
    return found
