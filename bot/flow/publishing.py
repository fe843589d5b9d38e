"""Bringing pieces through review: submitted, approved or sent back, and taken out of use (M18)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.flow.permitting import may
from bot.flow.preparing import fresh_passages
from bot.flow.requests_answered import tell_of_all
from bot.flow.standing import admins, expanded, marketers
from bot.flow.tools import Tools
from knowledge.assets import Asset, AssetStatus, asset_reference
from knowledge.errors import BadInput, NotFound
from knowledge.roles import Act
from knowledge.versions import Version
from storage.reviews import refuse_author, same_person

MOST_ASKED = 10
"""People asked to review one piece: more would each think that somebody else does it."""


def submit(asset_ids: Collection[str], by: str, tools: Tools) -> list[Asset]:
    """Put drafts before the reviewers, who are each left a message; return them as they are now.

    All or none. `BadInput` for a piece without an absolute URL, or a retired one; `NotFound`.
    """
    tools.library.submit(asset_ids, by, reviewers(tools))
    return [tools.library.get(asset_id) for asset_id in asset_ids]


def publish(
    asset_ids: Collection[str],
    by: str,
    tools: Tools,
    *,
    also_called: Sequence[str] = (),
    seen: str = "",
) -> list[Asset]:
    """Approve pieces, all or none, and tell whoever waits for one; return them as they are now.

    `also_called` are further names of the person. `seen` is the start of the content's hash as the
    person read it. `BadInput` when the setting asks for a second person and it is the author, when
    nobody is named there, when a URL is missing, or when the text is another by now; `NotFound`.
    """
    names, second = (by, *also_called), tools.settings.second_reviewer
    waiting = [(i, held) for i in dict.fromkeys(asset_ids) if (held := tools.library.held(i))]
    for _, held in waiting:
        if second:
            refuse_author(held.asset.title, held.by or held.asset.owner, names)
        if not held.asset.content_hash.startswith(seen):
            raise BadInput("Not approved, since it changed after you read it; read it again.")
    held_back = {i for i, _ in waiting if tools.library.get(i).status is AssetStatus.APPROVED}
    rest = [i for i in asset_ids if i not in held_back]
    tools.library.approve(rest, names, second=second, seen="" if waiting else seen)
    for _, held in waiting:
        _put_in_force(held, by, tools)
    tell_of_all(asset_ids, tools)
    return [tools.library.get(asset_id) for asset_id in asset_ids]


def _put_in_force(held: Version, by: str, tools: Tools) -> None:
    """Let a version that waited take the place of the one before, with its own passages."""
    chunks, vectors, model = fresh_passages(held.asset, tools)
    tools.library.put(
        held.asset, chunks, vectors, model,
        approve=True, by=held.by, approved_by=by, moved=True,
    )  # fmt: skip


def send_back(asset_id: str, by: str, reason: str, tools: Tools) -> None:
    """Make a piece in review a draft again; its author is told why. `BadInput` without a reason."""
    if not reason.strip():
        raise BadInput("Say what should be mended.")
    tools.library.send_back(asset_id, by, reason.strip())


def retire(asset_ids: Collection[str], by: str, tools: Tools) -> list[Asset]:
    """Take pieces out of every answer at once, and their pending cards back; `NotFound`."""
    tools.library.retire(asset_ids, by)
    return [tools.library.get(asset_id) for asset_id in asset_ids]


def may_approve_new(asset: Asset, by: str, tools: Tools) -> bool:
    """Whether this person may approve a piece as it is brought in: by setting not its owner."""
    return not tools.settings.second_reviewer or not same_person(by, asset.owner)


def require_named(by: str | None, tools: Tools) -> None:
    """`BadInput` when a named person is asked for and nobody is named."""
    if tools.settings.second_reviewer and not (by or "").strip():
        raise BadInput("A named person other than the author approves here; add --by NAME.")


def reviewers(tools: Tools) -> tuple[str, ...]:
    """Who is asked to review: whoever the settings name, else some marketers, else some admins."""
    return named_reviewers(tools) or marketers(tools)[:MOST_ASKED] or admins(tools)[:MOST_ASKED]


def named_reviewers(tools: Tools) -> tuple[str, ...]:
    """The reviewers that are set, else whoever keeps the library: people, groups or channels."""
    keeper = tools.settings.library_keeper
    return tools.settings.reviewers or ((keeper,) if keeper else ())


def may_review(user: str, tools: Tools) -> bool:
    """Whether this person may approve: by role, or named as a reviewer."""
    return may(user, Act.APPROVE_PIECE, tools, own=is_named_reviewer(user, tools))


def is_named_reviewer(user: str, tools: Tools) -> bool:
    """Whether the settings name a Slack user as a reviewer, or a group or channel they are in."""
    return user in expanded(named_reviewers(tools), tools)


def by_reference(reference: str, tools: Tools) -> Asset:
    """The piece that a button names; `NotFound` when it is no more."""
    for asset_id in tools.library.ids():
        if asset_reference(asset_id) == reference:
            return tools.library.get(asset_id)
    raise NotFound("That piece is not in the library any more.")
