"""What leads do, as drafts speak of it: the opening that refers to it, the words that name it."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.leads import Action


@dataclass(frozen=True, slots=True)
class Deed:
    """`said` is a pattern of words that name it; `opening` one of the composer's, or empty."""

    said: str
    opening: str = ""


# What our pages and mails noticed on their own (opened, clicked, visited, forwarded) is not said
# back to the lead: it would read as being watched.
DEEDS: dict[Action, Deed] = {
    Action.DOWNLOADED: Deed(r"download", "downloaded"),
    Action.ATTENDED: Deed(r"attend|webinar|joined|session|recording", "attended"),
    Action.WATCHED: Deed(r"watch|video|recording|webinar", "watched"),
    Action.READ: Deed(r"\bread", "read"),
    Action.REGISTERED: Deed(r"regist|signed up", "registered"),
    Action.JOINED_LIST: Deed(r"joined|signed up|list", "joined_list"),
    Action.OPENED: Deed(r"opened|read|looked at"),
    Action.CLICKED: Deed(r"looked at|read|opened"),
    Action.VISITED: Deed(r"visit|looked at|looking at"),
    Action.FORWARDED: Deed(r"forward|passed .* on|shared"),
    Action.REPLIED: Deed(r"repl|wrote|your (?:note|message|answer)", "replied"),
    Action.MET_AT_EVENT: Deed(r"\bmet\b|event|fair|conference", "met_at_event"),
    Action.MET: Deed(r"\bmet\b|meeting|demo|our talk|conversation"),
    Action.BOUGHT: Deed(r"start|new|using", "bought"),
}
