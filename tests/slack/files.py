"""Files in the fake Slack: told by `files.info`, downloaded with the bot's token from its host."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import PurePath
from typing import Any

from tests.slack.elements import need


@dataclass
class DroppedFile:
    """A file that somebody dropped; `told` overrides what `files.info` says of it.

    `serves`: "it", "sign-in" (a page in its place), "redirect", or "half".
    """

    name: str
    body: bytes
    told: dict[str, Any] = field(default_factory=dict)
    serves: str = "it"
    downloads: int = 0
    scope: bool = True


def described(files: dict[str, DroppedFile], file_id: str, api: str) -> dict[str, Any]:
    """What Slack says of a file."""
    need(file_id in files, file_id, "file_not_found")
    dropped = files[file_id]
    need(dropped.scope, "files:read", "missing_scope")
    host = api.removesuffix("/api/")
    address = f"{host}/files-pri/T01-{file_id}/download/{dropped.name}"
    usual = {
        "id": file_id, "name": dropped.name, "title": dropped.name, "mode": "hosted",
        "filetype": PurePath(dropped.name).suffix[1:], "size": len(dropped.body),
        "is_external": False, "user": "U01ROBIN", "url_private": address,
        "url_private_download": address,
    }  # fmt: skip
    return {**usual, **dropped.told}


def downloaded(request: BaseHTTPRequestHandler, files: dict[str, DroppedFile]) -> bool:
    """Answer a download as Slack does, without the token by a redirect; False for other paths."""
    if "/files-pri/" not in request.path:
        return False
    file_id = request.path.split("/files-pri/T01-", 1)[1].split("/", 1)[0]
    dropped = files[file_id]
    dropped.downloads += 1
    signed = request.headers.get("Authorization") == "Bearer xoxb-test"
    body, status = dropped.body, 200
    if not signed or dropped.serves == "redirect":
        body, status = b"", 302
    elif dropped.serves == "sign-in":
        body = b"<!DOCTYPE html><html><title>Sign in to Slack</title></html>"
    elif dropped.serves == "half":
        body = dropped.body[: len(dropped.body) // 2]
    request.send_response(status)
    if status == 302:
        request.send_header("Location", "https://slack.com/?redir=%2Ffiles-pri")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
    return True
