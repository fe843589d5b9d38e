"""A strict stand-in for Slack's Web API on a loopback port: it knows limits, metadata and 429."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from tests.slack.assistant import check_prompts, check_status, check_title
from tests.slack.elements import need
from tests.slack.files import DroppedFile, described, downloaded
from tests.slack.payloads import (
    AgainstOurRules,
    Refused,
    check_ephemeral,
    check_message,
    check_update,
    check_view,
)

BOT, TEAM = "U0TRAILGUIDE", "T01"
TRIGGER_SECONDS = 3.0
STACK = 3


@dataclass
class FakeSlack:
    """What was posted and opened; `trouble` makes the next calls of a method fail in some way.

    `mischief` says so of every other call. Troubles: "lost" (done, but the reply never arrives),
    "429", "500", or the name of an error.
    `now` is the clock, in seconds, by which a trigger of `trigger()` lasts three; it stands still
    until a test sets another. `channels` and `users` hold what differs from an ordinary channel or
    member: `channels["C1"] = {"is_ext_shared": True}`. What breaks a rule of our own is kept in
    `offences`, and fails the test at its end.
    """

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    whispers: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    homes: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    offences: list[str] = field(default_factory=list)
    trouble: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    mischief: Callable[[str], str] = lambda _method: ""
    assistant: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    searches: list[dict[str, Any]] = field(default_factory=list)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_size: int = 200
    keeps_metadata: bool = True
    lock: threading.Lock = field(default_factory=threading.Lock)
    clock: int = 4_070_000_000  # years ahead: what is posted is newer than what was planned
    now: Callable[[], float] = lambda: 0.0
    triggers: dict[str, float | None] = field(default_factory=dict)
    dropped: dict[str, DroppedFile] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    disabled_groups: set[str] = field(default_factory=set)

    def in_channel(self, channel: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["channel"] == channel]

    def trigger(self) -> str:
        """A new trigger id, as it comes with a click, a command or a submission."""
        made = f"{len(self.triggers) + 1}.{TEAM[1:]}.{len(self.triggers):08x}"
        self.triggers[made] = self.now()
        return made

    def handle(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        self.sent.append((method, args))
        do = getattr(self, "_" + method.replace(".", "_"), None)
        if do is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **do(args)}
        except AgainstOurRules as why:
            self.offences.append(f"{method}: {why}")
            return {"ok": False, "error": why.error, "detail": str(why)}
        except Refused as why:
            told = {"messages": [f"[ERROR] {why}"]}
            return {"ok": False, "error": why.error, "response_metadata": told}

    def _auth_test(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "user_id": BOT,
            "user": "trailguide",
            "team": "Tidewell",
            "team_id": TEAM,
            "bot_id": "B1",
        }

    def _conversations_open(self, args: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": "D" + str(args["users"]).strip('[]"')[1:]}}

    def _conversations_info(self, args: dict[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel") or "")
        need(channel[:1] in {"C", "D", "G"}, channel, "channel_not_found")
        usual = {
            "id": channel, "is_channel": channel[0] == "C", "is_group": channel[0] == "G",
            "is_im": channel[0] == "D", "is_private": channel[0] == "G", "is_member": True,
            "is_shared": False, "is_ext_shared": False, "is_org_shared": False,
            "is_pending_ext_shared": False, "shared_team_ids": [TEAM], "context_team_id": TEAM,
        }  # fmt: skip
        return {"channel": {**usual, **self.channels.get(channel, {})}}

    def _users_info(self, args: dict[str, Any]) -> dict[str, Any]:
        user = str(args.get("user") or "")
        need(user[:1] in {"U", "W"}, user, "user_not_found")
        name = user[3:].lower()
        usual = {
            "id": user, "team_id": TEAM, "name": name, "real_name": name.title(), "deleted": False,
            "is_bot": user == BOT, "is_restricted": False, "is_ultra_restricted": False,
            "is_stranger": False, "tz": "Europe/London", "tz_offset": 0,
            "profile": {"real_name": name.title(), "display_name": name},
        }  # fmt: skip
        return {"user": {**usual, **self.users.get(user, {})}}

    def _users_lookupByEmail(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        wanted = str(args.get("email") or "").casefold()
        for user, told in self.users.items():
            mail = str((told.get("profile") or {}).get("email") or "")
            if mail and mail.casefold() == wanted:
                return self._users_info({"user": user})
        raise Refused(wanted, "users_not_found")

    def _usergroups_users_list(self, args: dict[str, Any]) -> dict[str, Any]:
        group = str(args.get("usergroup") or "")
        need(group, "a group is needed", "missing_argument")
        told = args.get("include_disabled") in {True, "1", "true"}
        known = group in self.groups and (told or group not in self.disabled_groups)
        need(known, group, "no_such_subteam")
        return {"users": list(self.groups[group])}

    def _conversations_members(self, args: dict[str, Any]) -> dict[str, Any]:
        channel = str(args.get("channel") or "")
        need(channel[:1] in {"C", "D", "G"}, channel, "channel_not_found")
        everybody = list(self.channels.get(channel, {}).get("members", [BOT]))
        start, size = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        more = str(start + size) if start + size < len(everybody) else ""
        return {
            "members": everybody[start : start + size],
            "response_metadata": {"next_cursor": more},
        }

    def _users_list(self, args: dict[str, Any]) -> dict[str, Any]:
        everybody = [self._users_info({"user": user})["user"] for user in sorted(self.users)]
        start, size = int(args.get("cursor") or 0), int(args.get("limit") or 100)
        more = str(start + size) if start + size < len(everybody) else ""
        return {
            "members": everybody[start : start + size],
            "response_metadata": {"next_cursor": more},
        }

    def _files_info(self, args: dict[str, Any]) -> dict[str, Any]:
        return {"file": described(self.dropped, str(args.get("file") or ""), self.url)}

    def _chat_postMessage(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        check_message(args)
        need(args["channel"][:1] in {"C", "D", "G"}, args["channel"], "channel_not_found")
        self.clock += 1
        kept = {**args, "ts": f"{self.clock}.000100", "user": BOT, "bot_id": "B1"}
        if not self.keeps_metadata:
            kept.pop("metadata", None)
        self.messages.append(kept)
        return {"channel": kept["channel"], "ts": kept["ts"], "message": kept}

    def _files_getUploadURLExternal(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        need(args.get("filename") and int(args.get("length") or 0) > 0, "file", "invalid_arguments")
        made = f"F{len(self.files) + 1:08}"
        self.files[made] = {"id": made, "name": args["filename"], "length": int(args["length"]),
                            "alt_txt": args.get("alt_txt") or ""}  # fmt: skip
        return {"upload_url": f"{self.url.removesuffix('api/')}upload/{made}", "file_id": made}

    def _files_completeUploadExternal(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        told = json.loads(args["files"]) if isinstance(args["files"], str) else args["files"]
        shown = [{**self.files[f["id"]], "title": f["title"]} for f in told]
        need(all("content" in f for f in shown), "nothing was uploaded", "file_not_found")
        channel = str(args.get("channel_id") or "")
        need(channel[:1] in {"C", "D", "G"}, channel, "channel_not_found")
        self.clock += 1
        self.messages.append({
            "channel": channel, "ts": f"{self.clock}.000100", "user": BOT, "blocks": [],
            "text": args.get("initial_comment") or "", "files": shown,
        })  # fmt: skip
        return {"files": [{"id": f["id"], "title": f["title"]} for f in shown]}

    def _chat_update(self, args: dict[str, Any]) -> dict[str, Any]:
        check_update(args)
        for message in self.messages:
            if (message["channel"], message["ts"]) == (args["channel"], args["ts"]):
                message.update(args)
                return {"channel": args["channel"], "ts": args["ts"]}
        raise Refused(args["ts"], "message_not_found")

    def _chat_postEphemeral(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        check_ephemeral(args)
        need(args["channel"][:1] in {"C", "D", "G"}, args["channel"], "channel_not_found")
        self.whispers.append(args)
        return {"message_ts": "1.1"}

    def _conversations_history(self, args: dict[str, Any]) -> dict[str, Any]:
        found = [m for m in self.in_channel(args["channel"]) if not m.get("thread_ts")]
        return self._page(found[::-1], args)

    def _conversations_replies(self, args: dict[str, Any]) -> dict[str, Any]:
        root = args["ts"]
        found = [
            m for m in self.in_channel(args["channel"]) if root in {m.get("thread_ts"), m["ts"]}
        ]
        return self._page(found, args)

    def _page(self, found: list[dict[str, Any]], args: dict[str, Any]) -> dict[str, Any]:
        """A page as Slack gives it: a thread's first message always comes along."""
        self.searches.append(args)
        since = float(args.get("oldest") or 0)
        found = [m for m in found if float(m["ts"]) >= since or m["ts"] == args.get("ts")]
        start = int(args.get("cursor") or 0)
        end = start + min(int(args.get("limit") or 100), self.page_size)
        more = {"next_cursor": str(end) if end < len(found) else ""}
        return {
            "messages": self._as_asked([_listed(m) for m in found[start:end]], args),
            "response_metadata": more,
        }

    def _as_asked(self, found: list[dict[str, Any]], args: dict[str, Any]) -> list[dict[str, Any]]:
        if str(args.get("include_all_metadata")).lower() in {"1", "true"}:
            return found
        return [{k: v for k, v in m.items() if k != "metadata"} for m in found]

    def _assistant_threads_setStatus(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return self._of_assistant("status", args, check_status)

    def _assistant_threads_setTitle(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return self._of_assistant("title", args, check_title)

    def _assistant_threads_setSuggestedPrompts(self, args: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Slack's name
        return self._of_assistant("prompts", args, check_prompts)

    def _of_assistant(
        self, what: str, args: dict[str, Any], check: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        need(args["channel_id"][:1] == "D", args["channel_id"], "channel_not_found")
        need(args.get("thread_ts"), "a thread is needed", "invalid_thread_ts")
        check(args)
        self.assistant.append((what, args))
        return {}

    def _views_open(self, args: dict[str, Any]) -> dict[str, Any]:
        view = _view(args)
        need(view["type"] == "modal", "only a modal can be opened", "invalid_arguments")
        self._exchange(args.get("trigger_id"))
        return self._opened(view)

    def _views_push(self, args: dict[str, Any]) -> dict[str, Any]:
        view = _view(args)
        need(len(self.views) < STACK, "the stack holds three", "push_limit_reached")
        self._exchange(args.get("trigger_id"))
        return self._opened(view)

    def _views_update(self, args: dict[str, Any]) -> dict[str, Any]:
        view = _view(args)
        wanted = {("id", args.get("view_id")), ("external_id", args.get("external_id"))}
        found = [v for v in self.views if any(i and v.get(k) == i for k, i in wanted)]
        need(found, "no such view", "not_found")
        _same_hash(args, found[-1])
        known = {k: found[-1][k] for k in ("id", "team_id", "app_id")}
        found[-1].clear()
        found[-1].update({**view, **known, "hash": self._hash()})
        return {"view": found[-1]}

    def _views_publish(self, args: dict[str, Any]) -> dict[str, Any]:
        view = _view(args)
        user = str(args.get("user_id") or "")
        need(user[:1] in {"U", "W"}, user, "invalid_arguments")
        need(view["type"] == "home", "only a home can be published", "invalid_arguments")
        _same_hash(args, self.homes.get(user, {}))
        self.homes[user] = {**view, **_ours(f"VH{user}"), "hash": self._hash()}
        return {"view": self.homes[user]}

    def _opened(self, view: dict[str, Any]) -> dict[str, Any]:
        kept = {**view, **_ours(f"V{len(self.views) + 1}"), "hash": self._hash()}
        self.views.append(kept)
        return {"view": kept}

    def _hash(self) -> str:
        self.clock += 1
        return f"{self.clock}.{self.clock % 9973:08x}"

    def _exchange(self, trigger: str | None) -> None:
        """A trigger is good once, and for three seconds."""
        need(trigger in self.triggers, f"trigger {trigger}", "invalid_trigger_id")
        made = self.triggers[str(trigger)]
        need(made is not None, "used", "exchanged_trigger_id")
        need(self.now() - (made or 0.0) < TRIGGER_SECONDS, "late", "expired_trigger_id")
        self.triggers[str(trigger)] = None


def _listed(message: dict[str, Any]) -> dict[str, Any]:
    """A message as a search shows it: of its files what they are, not what is in them."""
    if "files" not in message:
        return message
    bare = [{k: v for k, v in file.items() if k != "content"} for file in message["files"]]
    return {**message, "files": bare}


def _view(args: dict[str, Any]) -> dict[str, Any]:
    view = args["view"] if isinstance(args["view"], dict) else json.loads(args["view"])
    check_view(view)
    return dict(view)


def _ours(view_id: str) -> dict[str, Any]:
    return {"id": view_id, "team_id": TEAM, "app_id": "A1"}


def _same_hash(args: dict[str, Any], view: dict[str, Any]) -> None:
    told = args.get("hash")
    need(told is None or told == view.get("hash"), "the view has changed", "hash_conflict")


@contextmanager
def fake_slack() -> Iterator[FakeSlack]:
    """Run the fake until the block ends; what broke a rule of our own fails then."""
    fake = FakeSlack()

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            method = self.path.rsplit("/", 1)[-1]
            if "/upload/" in self.path:
                fake.files[method]["content"] = sent
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"OK")
                return
            raw = sent.decode()
            args = _arguments(raw, self.headers.get("Content-Type") or "")
            with fake.lock:
                fake.calls.append(method)
                planned = fake.trouble[method]
                trouble = planned.popleft() if planned else fake.mischief(method)
                if not (self.headers.get("Authorization") or "").startswith("Bearer x"):
                    answer, status = {"ok": False, "error": "not_authed"}, 200
                elif trouble in {"", "lost"}:
                    answer, status = fake.handle(method, args), 200
                elif trouble in {"429", "500"}:
                    answer, status = {"ok": False, "error": "ratelimited"}, int(trouble)
                else:
                    answer, status = {"ok": False, "error": trouble}, 200
            if trouble == "lost":
                self.close_connection = True
                self.connection.close()
                return
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 429:
                self.send_header("Retry-After", "7")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def do_GET(self) -> None:
            downloaded(self, fake.dropped) or self.do_POST()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_port}/api/"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
    assert not fake.offences, fake.offences


def _arguments(raw: str, kind: str) -> dict[str, Any]:
    if kind.startswith("application/json"):
        return dict(json.loads(raw or "{}"))
    plain = {k: v[0] for k, v in parse_qs(raw).items()}
    return {k: json.loads(v) if v[:1] in "[{" else v for k, v in plain.items()}
