"""`/trailguide roles`: who has which role, for everybody; granting and revoking, for admins."""

from __future__ import annotations

import re

from bot.flow import changing_roles as flow
from bot.flow.permitting import require
from bot.listeners import asking_slack
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.owners import slack_id
from bot.listeners.replies import Reply
from bot.views import words_roles as words
from bot.views.blocks import Message, Part, line, message, section
from knowledge.errors import BadInput
from knowledge.roles import Act, Role

_ASKED = re.compile(r"(grant|revoke)\s+(.+?)\s+(\w+)", re.IGNORECASE | re.DOTALL)
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|@?([UW][A-Z0-9]{5,})")
_MAIL = re.compile(r"(?:<mailto:)?([^\s<>|()]+@[^\s<>|()]+)(?:\|[^>]*>|>| \(.*\))?")


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """The list, or what a grant or a revocation came to."""
    text = event.text.strip()
    if not text or text.lower() == "list":
        return [Reply("roles", _listed(event, edge), event.user)]
    asked = _ASKED.fullmatch(text)
    if asked is None:
        return [Reply("roles", line(words.USAGE), event.user)]
    require(event.user, Act.CHANGE_ROLES, edge.tools)
    role, user = flow.role_named(asked[3]), _person(asked[2], edge)
    change = _granted if asked[1].lower() == "grant" else _revoked
    return [Reply("roles", line(change(user, role, event.user, edge)), event.user)]


def _listed(event: Incoming, edge: Edge) -> Message:
    asking_slack.refresh(event.user, edge)
    tools = edge.tools
    known = flow.everybody(tools)
    lines = [
        words.listed(role, list(dict.fromkeys(h.user for h in known if h.role is role)))
        for role in reversed(Role)
        if any(h.role is role for h in known)
    ]
    if any(h.by == "workspace" for h in known) or not any(h.role is Role.ADMIN for h in known):
        lines.append(words.STAND_IN)
    lines.append(words.EVERYBODY if tools.settings.default_role == "rep" else words.NOBODY_ELSE)
    parts = [Part(section(f"*{words.HEAD}*")), *(Part(section(told)) for told in lines)]
    return message(words.HEAD, [*parts, Part(section(words.HOW))])


def _granted(user: str, role: Role, by: str, edge: Edge) -> str:
    return words.granted(user, role, new=flow.grant(user, role, by, edge.tools))


def _revoked(user: str, role: Role, by: str, edge: Edge) -> str:
    done = flow.revoke(user, role, by, edge.tools)
    still = words.BY.get(flow.still_by(user, role, edge.tools), "")
    if done:
        return words.revoked(user, role, still=still)
    return words.not_granted(user, role, by=still)


def _person(said: str, edge: Edge) -> str:
    """The person that a mention, an id or a mail address names."""
    if mention := _MENTION.fullmatch(said.strip()):
        return mention[1] or mention[2]
    mail = _MAIL.fullmatch(said.strip())
    found = slack_id(mail[1], edge) if mail else ""
    if not found:
        raise BadInput(words.NOT_FOUND)
    return found
