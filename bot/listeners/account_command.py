"""`/trailguide account COMPANY`: the people of an account together, to whoever may see them."""

from __future__ import annotations

from bot.flow.account_view import account_meant, account_view, companies_like
from bot.listeners.edge import Edge
from bot.listeners.incoming import Incoming
from bot.listeners.replies import Reply
from bot.views import escape
from bot.views import words_account as words
from bot.views.account import account_message
from bot.views.blocks import Message, section
from knowledge.clock import team_date
from knowledge.errors import NotFound


def command(event: Incoming, edge: Edge) -> list[Reply]:
    """The account, or the companies that are called like it."""
    tools = edge.tools
    try:
        view = account_view(account_meant(event.text, tools), tools)
    except NotFound:
        near = companies_like(event.text, tools)
        listed = ", ".join(escape.mrkdwn(name, 80) for name in near)
        told = f"{words.WHICH} {words.LIKE}: {listed}." if near else f"{words.NOBODY} {words.ASK}"
        return [Reply("account", Message(words.NOBODY, (section(told),)), event.user)]
    today = team_date(tools.clock, tools.settings.time_zone)
    return [Reply("account", account_message(view, today), event.user)]
