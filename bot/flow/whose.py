"""Whose lead it is: its owner's, and of whoever asked about it before (M53)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from storage.overview import LeadHead

_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")
"""Somebody who asked in Slack; a command line asks as nobody in particular."""


@dataclass(frozen=True, slots=True)
class Person:
    """A rep: the Slack user id, and the mail address and full name that an owner may be told by."""

    user: str
    called: tuple[str, ...] = ()

    def is_called(self, owner: str) -> bool:
        """Whether a lead's owner names this person, whatever the case and spacing."""
        return _plain(owner) in {_plain(name) for name in (self.user, *self.called) if name}


def mine(
    person: Person, heads: Iterable[LeadHead], asked: Mapping[str, Set[str]]
) -> frozenset[str]:
    """The ids of the leads that this person's lists are made of.

    Theirs by owner, those they asked about, and, for the only rep there is, those of nobody:
    somebody who asked here, while nobody else did and nobody else owns a lead. `asked` holds who
    asked, by lead id, and under an empty id everybody who asked at all.
    """
    named = {h.id: h.owner.strip() for h in heads if h.owner and h.owner.strip()}
    owned = {i for i, owner in named.items() if person.is_called(owner)}
    asked_here = {who for who in asked.get("", ()) if _SLACK_USER.fullmatch(who)}
    alone = asked_here == {person.user} and len(owned) == len(named)
    return frozenset(
        h.id
        for h in heads
        if h.id in owned or person.user in asked.get(h.id, ()) or (alone and h.id not in named)
    )


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
