"""Files for Slack: one upload, found again by its name when Slack's reply was lost."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

UPLOAD = "files.upload"
"""The outbox's name for an upload: three calls of Slack's, of which only the last one shows it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to show in a conversation; `name` has an ending, `comment` is ours and inert."""

    name: str
    title: str
    alt: str
    comment: str
    content: bytes

    def payload(self) -> dict[str, Any]:
        """What the outbox keeps until it is posted; the content as base64 text."""
        return {
            "name": self.name,
            "title": self.title,
            "alt": self.alt,
            "comment": self.comment,
            "content": base64.b64encode(self.content).decode("ascii"),
        }


def marked_name(name: str, mark: str) -> str:
    """The file's name with the mark of its outbox entry before the ending."""
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{mark}{dot}{ending}" if dot else f"{name}-{mark}"


def upload(client: WebClient, payload: dict[str, Any], mark: str) -> None:
    """Upload what an outbox entry holds into its channel; raises as the client does."""
    try:
        client.files_upload_v2(
            channel=payload["channel"],
            thread_ts=payload.get("thread_ts"),
            content=base64.b64decode(payload["content"]),
            filename=marked_name(payload["name"], mark),
            title=payload["title"],
            alt_txt=payload["alt"],
            initial_comment=payload["comment"],
        )
    except SlackRequestError as lost:
        # The bytes did not arrive; nothing is shown yet, so a new try is safe.
        raise OSError("the upload failed") from lost


def is_named(message: dict[str, Any], mark: str) -> bool:
    """Whether a message found in Slack shows the file of this mark."""
    return any(mark in str(file.get("name")) for file in message.get("files") or [])
