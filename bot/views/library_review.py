"""The message to a reviewer, and what it becomes once somebody decided."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views import escape, words
from bot.views import words_keeping as told
from bot.views.blocks import (
    Block,
    Message,
    Part,
    actions,
    bullets,
    button,
    context,
    message,
    plain,
    section,
)
from bot.views.card import WORDS_A_MINUTE
from bot.views.library_diff import diff_parts
from bot.views.modals import LABEL_LIMIT, REASON_LIMIT, modal, text_input
from knowledge.assets import Asset, AssetStatus, asset_reference, is_slack_user
from knowledge.touch import CheckReport
from knowledge.versions import Change, Version
from storage.reviews import Review

SEND_BACK_CALLBACK = "library_sent_back"
APPROVE, SEND_BACK, CHANGES = "library_approve", "library_send_back", "library_changes"
TITLE_LIMIT, FINDING_LIMIT, FINDINGS = 220, 300, 5
VERSION_DIGITS = 8
"""Of the content's hash: enough to tell the wordings of one piece apart."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A piece in review or thereafter: its audit, and what people decided.

    Of an approved piece, `held` is the version that waits, and `changed` what is new in it.
    """

    asset: Asset
    report: CheckReport
    review: Review
    held: Version | None = None
    changed: tuple[Change, ...] = ()

    @property
    def sent_back_last(self) -> bool:
        """Whether the last decision of an approved piece was to send a version back."""
        return self.review.sent_back_at is not None  # an approval forgets what was before


def reference(asset: Asset) -> str:
    """What a button names: the piece, and by its hash the text that the message is about."""
    return f"{asset_reference(asset.id)}#{asset.content_hash[:VERSION_DIGITS]}"


def review_message(shown: Reviewed) -> Message:
    """Title, facts and findings, with Approve and Send back while it is in review."""
    asset = shown.asset
    title = escape.link(asset.url, asset.title, [asset.url], TITLE_LIMIT)
    minutes = words.minutes(max(1, round(len(asset.text.split()) / WORDS_A_MINUTE)))
    by = person(shown.held.by if shown.held else shown.review.author)
    facts = told.review_facts(words.kind(asset.type), minutes, by, asset.hype)
    parts = [Part(section(f"*{title}*")), Part(context(facts))]
    if shown.held:
        head = told.version_head(shown.held.number, shown.held.because)
        parts += [Part(section(head)), *diff_parts(shown.changed)]
    elif asset.description:
        parts.append(Part(section(escape.mrkdwn(asset.description, 500)), weight=5))
    found = bullets(
        (f"“{f.sentence}”: {f.why}" for f in shown.report.findings), FINDING_LIMIT, FINDINGS
    )
    parts += [Part(section(found), weight=6)] if found else []
    if asset.status is AssetStatus.IN_REVIEW:
        named = reference(asset)
        row = [button(APPROVE, told.APPROVE, named, style="primary"),
               button(SEND_BACK, told.SEND_BACK, named)]  # fmt: skip
        if shown.held:
            row.append(button(CHANGES, told.CHANGES, named))
        parts += [Part(context(told.REVIEW_ASKS)), Part(actions(row))]
    else:
        parts.append(Part(context(_decided(shown))))
    return message(told.review_head(asset.title), parts)


def author_news(shown: Reviewed) -> Message:
    """What the author is told once somebody decided."""
    asset, review = shown.asset, shown.review
    title = escape.mrkdwn(asset.title, TITLE_LIMIT)
    match asset.status:
        case AssetStatus.APPROVED if not shown.sent_back_last:
            said = told.told_approved(title, person(review.approved_by or ""))
        case AssetStatus.RETIRED:
            said = told.told_retired(title, person(review.retired_by or ""))
        case _:
            reason = escape.quoted(review.sent_back_because or "", REASON_LIMIT * 2)
            said = told.told_sent_back(title, person(review.sent_back_by or ""), reason)
    return message(asset.title, [Part(section(said))])


def send_back_modal(asset: Asset) -> Block:
    """A window for the reason."""
    field = text_input("reason", told.SEND_BACK_LABEL, "", REASON_LIMIT, multiline=True)
    field["hint"] = plain(told.SEND_BACK_HINT, LABEL_LIMIT)
    return modal(
        SEND_BACK_CALLBACK, told.SEND_BACK_TITLE, reference(asset), [field], told.SEND_BACK
    )


def person(name: str) -> str:
    """A Slack user as a mention, anybody else by name, inert."""
    return f"<@{name}>" if is_slack_user(name) else escape.mrkdwn(name, 80)


def _decided(shown: Reviewed) -> str:
    review = shown.review
    match shown.asset.status:
        case AssetStatus.APPROVED if shown.sent_back_last:
            reason = escape.mrkdwn(review.sent_back_because or "", REASON_LIMIT)
            return told.version_sent_back(person(review.sent_back_by or ""), reason)
        case AssetStatus.APPROVED:
            return told.approved(person(review.approved_by or ""))
        case AssetStatus.RETIRED:
            return told.retired(person(review.retired_by or ""))
    if review.sent_back_at is None:
        return told.DRAFT_AGAIN
    reason = escape.mrkdwn(review.sent_back_because or "", REASON_LIMIT)
    return told.sent_back(person(review.sent_back_by or ""), reason)
