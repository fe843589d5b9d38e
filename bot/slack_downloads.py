"""Files that people drop in Slack, downloaded from Slack itself and from nowhere else."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.views import words_proposing as words
from knowledge.errors import UnreadableSource
from knowledge.parsing import MAX_FILE_BYTES, PARSED_KINDS
from knowledge.reading import KINDS
from knowledge.text_files import MAX_TEXT_BYTES

OWN_HOST = "files.slack.com"
"""Where Slack keeps uploads; the bot's token goes nowhere else."""
DOWNLOAD_SECONDS = 60.0
SILENCE_SECONDS = 15.0
_TYPES = {"pdf": "pdf", "docx": "docx", "pptx": "pptx", "html": "html", "markdown": "markdown",
          "text": "text"}  # fmt: skip
"""Slack's own names of file types, where the name has no extension."""
_GONE = frozenset({"file_not_found", "file_deleted", "not_found", "channel_not_found"})

log = structlog.get_logger("trailguide.files")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file as it was downloaded: `kind` is a value of `knowledge.reading.KINDS`."""

    id: str
    name: str
    kind: str
    body: bytes


TABLES = frozenset({".csv", ".tsv"})
MOST_TABLE_BYTES = 20_000_000
"""A list of 100,000 leads; larger ones are for the command line."""


def is_table(client: WebClient, file_id: str) -> bool:
    """Whether a file is a list: CSV by its name or by Slack's word for it."""
    told = _described(client, file_id)
    suffix = PurePath(str(told.get("name") or "")).suffix.lower()
    return suffix in TABLES or (not suffix and str(told.get("filetype")) == "csv")


def download_table(client: WebClient, file_id: str) -> tuple[str, bytes]:
    """Name and bytes of a list; `UnreadableSource` says what is refused, or what fails."""
    told = _described(client, file_id)
    if told.get("is_external") or told.get("mode") in {"external", "tombstone", "hidden_by_limit"}:
        raise UnreadableSource(words.NOT_HERE)
    size = int(told.get("size") or 0)
    if size > MOST_TABLE_BYTES:
        raise UnreadableSource(words.too_large(MOST_TABLE_BYTES // 1_000_000))
    address = str(told.get("url_private_download") or told.get("url_private") or "")
    body = _fetched(client, address, MOST_TABLE_BYTES)
    if size and len(body) != size:
        raise UnreadableSource(words.NO_DOWNLOAD)
    return str(told.get("name") or "list.csv"), body


def download(client: WebClient, file_id: str) -> Dropped:
    """The file with this id; `UnreadableSource` says what is refused, or what fails."""
    told = _described(client, file_id)
    if told.get("mode") in {"tombstone", "hidden_by_limit"}:
        raise UnreadableSource(words.NOT_HERE)
    if told.get("is_external") or told.get("mode") == "external":
        raise UnreadableSource(words.ELSEWHERE)
    name = str(told.get("name") or told.get("title") or "file")
    suffix = PurePath(name).suffix.lower()
    kind = KINDS.get(suffix) or _TYPES.get(str(told.get("filetype") or ""))
    if kind is None:
        raise UnreadableSource(words.not_read(suffix.removeprefix(".")[:12]))
    most = MAX_FILE_BYTES if kind in PARSED_KINDS else MAX_TEXT_BYTES
    size = int(told.get("size") or 0)
    if size > most:
        raise UnreadableSource(words.too_large(most // 1_000_000))
    address = str(told.get("url_private_download") or told.get("url_private") or "")
    body = _fetched(client, address, most)
    if size and len(body) != size:
        # A page that asks to sign in, or half a file.
        log.warning("file_not_whole", file=file_id, told=size, came=len(body))
        raise UnreadableSource(words.NO_DOWNLOAD)
    return Dropped(file_id, name, kind, body)


def _described(client: WebClient, file_id: str) -> dict[str, Any]:
    try:
        return dict(client.files_info(file=file_id)["file"])
    except SlackApiError as refused:
        error = str(refused.response.get("error"))
        log.warning("file_not_told", error=error[:60])
        if error in {"missing_scope", "not_allowed_token_type"}:
            raise UnreadableSource(words.NO_SCOPE) from None
        raise UnreadableSource(words.NOT_HERE if error in _GONE else words.NO_DOWNLOAD) from None
    except OSError as lost:
        log.warning("file_not_told", error=type(lost).__name__)
        raise UnreadableSource(words.NO_DOWNLOAD) from None


def is_slacks(address: str, api: str) -> bool:
    """Whether the token may go to this address: Slack's file host, or a local Slack's own."""
    try:
        parts, own = urlsplit(address), urlsplit(api)
        ports = (parts.port, own.port)
    except ValueError:
        return False
    if "@" in parts.netloc or not parts.hostname:
        return False
    local = own.hostname not in {"slack.com", "www.slack.com"}
    if local and (parts.scheme, parts.hostname, ports[0]) == (own.scheme, own.hostname, ports[1]):
        return True
    return parts.scheme == "https" and parts.hostname == OWN_HOST and ports[0] in {None, 443}


def _fetched(client: WebClient, address: str, most: int) -> bytes:
    """The bytes at a Slack address; no redirect is followed, for it would take the token along."""
    if not is_slacks(address, client.base_url):
        log.warning("file_elsewhere", host=str(urlsplit(address).hostname)[:80])
        raise UnreadableSource(words.ELSEWHERE)
    ends = time.monotonic() + DOWNLOAD_SECONDS
    headers = {"Authorization": f"Bearer {client.token}"}
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=SILENCE_SECONDS, follow_redirects=False, trust_env=False) as http,
            http.stream("GET", address, headers=headers) as reply,
        ):
            if reply.status_code != 200:
                log.warning("file_refused", status=reply.status_code)
                raise UnreadableSource(words.NO_SCOPE if reply.is_redirect else words.NO_DOWNLOAD)
            for chunk in reply.iter_bytes():
                body += chunk
                if len(body) > most:
                    raise UnreadableSource(words.too_large(most // 1_000_000))
                if time.monotonic() > ends:
                    raise UnreadableSource(words.NO_DOWNLOAD)
    except httpx.HTTPError as lost:
        log.warning("file_lost", error=type(lost).__name__)
        raise UnreadableSource(words.NO_DOWNLOAD) from None
    return bytes(body)
