"""The one way out to Slack: planned in the outbox, paced, retried, and never posted twice.

A post whose reply was lost may have arrived. Each post therefore carries a mark of its outbox key
(message metadata, and the first block's id for a Slack that keeps no metadata); before a post is
tried again, or is taken over from a process that died, the channel is searched for that mark.
"""

from __future__ import annotations

import http.client
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import measures
from bot.slack_files import UPLOAD, File, is_named, upload
from bot.slack_marks import mark_of, marked_as, marks_of
from bot.views.blocks import PLAIN_BLOCKS, Message
from knowledge.errors import DatabaseAway, NotFound, SlackFailed
from storage.outbox import Outbox, OutboxEntry

CHANNEL_GAP_SECONDS = 1.0
"""Slack's limit for posts: about one a second and channel, short bursts aside."""
WAITS_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between tries when Slack fails: a minute in all, then the job is taken up again later."""
LONGEST_RETRY_AFTER_SECONDS = 120.0
CALL_TIMEOUT_SECONDS = 15
SEARCH_MARGIN = timedelta(seconds=60)
"""Slack's clock may be behind ours when we look for a post of ours."""
PAGES_SEARCHED = 10
"""Of 200 messages each since the post was planned: a channel busier than that is none of ours."""
PAGES_OF_LATEST = 3
"""Where nothing was found since: of a long thread the first, of a channel the newest."""
PASSING = frozenset({
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
    "request_timeout", "team_added_to_org",
})  # fmt: skip
UNDRAWABLE = frozenset({
    "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long",
})  # fmt: skip

NO_TS = "-"
"""Stands for the message of a file that Slack has taken but does not show in the history yet."""
METHODS = ("chat.postMessage", "chat.update", UPLOAD)
"""By which what was planned is written."""

log = structlog.get_logger("trailguide.slack")


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a write ended up."""

    channel: str
    ts: str


def make_client(
    token: str | None, api_url: str | None, logger: logging.Logger | None = None
) -> WebClient:
    """A Web API client without retries of its own: a blind repeat would post twice."""
    options: dict[str, Any] = {"base_url": api_url.rstrip("/") + "/"} if api_url else {}
    return WebClient(
        token=token,
        timeout=CALL_TIMEOUT_SECONDS,
        retry_handlers=[],
        logger=logger or _quiet(),
        **options,
    )


def _quiet() -> logging.Logger:
    quiet = logging.getLogger("trailguide.slack_sdk")
    quiet.setLevel(logging.WARNING)  # its debug lines hold what people wrote
    return quiet


class Poster:
    """Posts what was planned, each key once; safe to call again after any failure."""

    def __init__(
        self,
        client: WebClient,
        outbox: Outbox,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        newer: bool = False,
    ) -> None:
        self.client = client
        self._outbox = outbox
        self._sleep = sleep
        self._monotonic = monotonic
        self._newer = newer
        self._turns: dict[str, float] = {}
        self._direct: dict[str, str] = {}
        self._untried: set[str] = set()
        self._lock = threading.Lock()

    def plan(
        self,
        key: str,
        message: Message,
        *,
        channel: str,
        thread_ts: str | None = None,
        update_ts: str | None = None,
    ) -> str:
        """Keep a post (or, with `update_ts`, a change of one) for `post`; returns its key.

        `channel` may be a user's id: then it is the direct messages with that user.
        """
        new = self._outbox.get(key) is None
        payload = {**message.payload(newer=self._newer), "channel": channel}
        if thread_ts:
            payload["thread_ts"] = thread_ts
        if update_ts:
            payload["ts"] = update_ts
        method = "chat.update" if update_ts else "chat.postMessage"
        self._outbox.plan(key, method, payload)
        self._note_whether_untried(key, new=new)
        return key

    def plan_file(self, key: str, file: File, *, channel: str, thread_ts: str | None = None) -> str:
        """Keep an upload for `post`; returns its key. `channel` may be a user's id."""
        payload = {**file.payload(), "channel": channel}
        if thread_ts:
            payload["thread_ts"] = thread_ts
        new = self._outbox.get(key) is None
        self._outbox.plan(key, UPLOAD, payload)
        self._note_whether_untried(key, new=new)
        return key

    def post(self, key: str) -> Posted | None:
        """Write what was planned under `key`; None when Slack refuses it for good.

        Raises `SlackFailed` when Slack cannot be reached for about a minute.
        """
        try:
            entry = self._outbox.get(key)
        except DatabaseAway:  # another process may take our work over and post it meanwhile
            self._note_whether_untried(key, new=False)
            raise
        if entry is None:
            raise NotFound(f"Nothing was planned under the key '{key}'.")
        if entry.state != "planned":
            return _posted(entry.channel, entry.ts) if entry.state == "posted" else None
        try:
            done = self._write(entry)
        except SlackApiError as refused:
            reason = _error(refused)
            self._outbox.failed(key, reason)
            log.warning("slack_refused", outbox=key, method=entry.method, reason=reason)
            return None
        self._outbox.posted(key, done.channel, done.ts)
        measures.ANSWERS.labels(entry.method).inc()
        return done

    def publish_home(self, user: str, view: dict[str, Any]) -> bool:
        """Show a view in a person's Home tab; False when Slack refuses it. `SlackFailed` as above.

        It passes the outbox by: the same view twice does no harm, and a lost one is made anew.
        """
        try:
            self._patiently(lambda: self.client.views_publish(user_id=user, view=view))
        except SlackApiError as refused:
            log.warning("slack_refused", method="views.publish", reason=_error(refused))
            return False
        return True

    def whisper(self, channel: str, user: str, text: str) -> None:
        """A pointer only `user` sees; Slack does not promise it, so nothing depends on it."""
        try:
            self.client.chat_postEphemeral(channel=channel, user=user, text=text)
        except (SlackApiError, OSError, http.client.HTTPException) as lost:
            log.warning("pointer_lost", reason=type(lost).__name__)

    def direct_channel(self, user: str) -> str:
        """The id of the direct messages with `user`."""
        with self._lock:
            known = self._direct.get(user)
        if known:
            return known
        reply = self._patiently(lambda: self.client.conversations_open(users=[user]))
        found = str(reply["channel"]["id"])
        with self._lock:
            self._direct[user] = found
        return found

    def _note_whether_untried(self, key: str, *, new: bool) -> None:
        """Only what was planned in one go needs no search: a second time means a failure."""
        with self._lock:
            (self._untried.add if new else self._untried.discard)(key)

    def _write(self, entry: OutboxEntry) -> Posted:
        payload = dict(entry.payload or {})
        if payload["channel"][:1] in {"U", "W"}:
            payload["channel"] = self.direct_channel(payload["channel"])
        if entry.method == UPLOAD:
            return self._upload(payload, entry)
        plain = payload.pop(PLAIN_BLOCKS, None)
        if entry.method == "chat.update":
            shown = [payload, *([{**payload, "blocks": plain}] if plain else [])]
            return self._first_drawn(shown, self.client.chat_update, None, entry)
        marked = marked_as(payload, entry.key)
        with self._lock:
            untried = entry.key in self._untried
            self._untried.discard(entry.key)
        if not untried and (found := self._find(marked, entry)):
            return found
        self._wait_for_turn(marked["channel"])
        # A card that Slack cannot draw is better as its one line than not at all.
        bare = {k: v for k, v in marked.items() if k != "blocks"}
        older = [marked_as({**payload, "blocks": plain}, entry.key)] if plain else []
        return self._first_drawn(
            [marked, *older, bare],
            self.client.chat_postMessage,
            lambda: self._find(marked, entry),
            entry,
        )

    def _upload(self, payload: dict[str, Any], entry: OutboxEntry) -> Posted:
        """Show a file once; Slack names no message for it, so it is found by the file's name."""
        with self._lock:
            untried = entry.key in self._untried
            self._untried.discard(entry.key)
        if not untried and (found := self._find(payload, entry)):
            return found
        self._wait_for_turn(payload["channel"])
        mark = mark_of(entry.key)
        done = self._patiently(
            lambda: upload(self.client, payload, mark), lambda: self._find(payload, entry)
        )
        found = done if isinstance(done, Posted) else self._find(payload, entry)
        return found or Posted(payload["channel"], NO_TS)

    def _first_drawn(
        self,
        versions: list[dict[str, Any]],
        write: Callable[..., Any],
        before_repeat: Callable[[], Posted | None] | None,
        entry: OutboxEntry,
    ) -> Posted:
        """Write the first version that Slack can draw; any other refusal is raised."""
        *better, last = versions
        for version in better:
            try:
                return _done(self._patiently(partial(write, **version), before_repeat))
            except SlackApiError as refused:
                if _error(refused) not in UNDRAWABLE:
                    raise
                log.warning("blocks_refused", outbox=entry.key, reason=_error(refused))
        return _done(self._patiently(partial(write, **last), before_repeat))

    def _find(self, marked: dict[str, Any], entry: OutboxEntry) -> Posted | None:
        """The post of this entry, if it is there already.

        Where our clock was ahead of Slack's as it was planned, it looks older than its plan: so
        what is not found since then is looked for once more among the latest.
        """
        oldest = f"{(entry.planned_at - SEARCH_MARGIN).timestamp():.6f}"
        found = self._found(marked, entry, PAGES_SEARCHED, {"oldest": oldest, "inclusive": True})
        return found or self._found(marked, entry, PAGES_OF_LATEST, {})

    def _found(
        self, marked: dict[str, Any], entry: OutboxEntry, pages: int, since: dict[str, Any]
    ) -> Posted | None:
        channel, thread = marked["channel"], marked.get("thread_ts")
        options: dict[str, Any] = {
            "channel": channel,
            "limit": 200,
            "include_all_metadata": True,
            **since,
            **({"ts": thread} if thread else {}),
        }
        look = self.client.conversations_replies if thread else self.client.conversations_history
        wanted = mark_of(entry.key)
        for _ in range(pages):
            try:
                reply = self._patiently(lambda: look(**options))
            except SlackApiError as refused:
                log.warning("cannot_look_back", outbox=entry.key, reason=_error(refused))
                return None
            for message in reply["messages"]:
                if wanted in marks_of(message) or is_named(message, wanted):
                    return Posted(channel, str(message["ts"]))
            options["cursor"] = (reply.get("response_metadata") or {}).get("next_cursor")
            if not options["cursor"]:
                break
        return None

    def _patiently(
        self, call: Callable[[], Any], before_repeat: Callable[[], Posted | None] | None = None
    ) -> Any:
        """Call until it works; a limit, an outage or a lost line is waited out for a minute."""
        for wait in (*WAITS_SECONDS, None):
            try:
                return call()
            except SlackApiError as refused:
                asked = _passing(refused)
                if asked is None:
                    raise
                pause = asked or wait
                reason = _error(refused)
            except (OSError, http.client.HTTPException) as lost:
                pause, reason = wait, type(lost).__name__
            if wait is None or pause is None:
                break
            log.warning("slack_waits", seconds=pause, reason=reason)
            self._sleep(min(pause, LONGEST_RETRY_AFTER_SECONDS))
            if before_repeat and (found := before_repeat()):
                return found
        raise SlackFailed("Slack cannot be reached; Trailguide tries again by itself.")

    def _wait_for_turn(self, channel: str) -> None:
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._turns.get(channel, now))
            self._turns[channel] = turn + CHANNEL_GAP_SECONDS
        if turn > now:
            self._sleep(turn - now)


def _done(reply: Any) -> Posted:
    return reply if isinstance(reply, Posted) else Posted(str(reply["channel"]), str(reply["ts"]))


def _posted(channel: str | None, ts: str | None) -> Posted | None:
    return Posted(channel, ts) if channel and ts else None


def _error(refused: SlackApiError) -> str:
    response = refused.response
    named = response.get("error") if hasattr(response, "get") else None
    return str(named or f"status_{getattr(response, 'status_code', 0)}")


def _passing(refused: SlackApiError) -> float | None:
    """Seconds to wait as asked (0 when not said), or None when waiting will not help."""
    response = refused.response
    status = int(getattr(response, "status_code", 0) or 0)
    if status != 429 and status < 500 and _error(refused) not in PASSING:
        return None
    headers = getattr(response, "headers", None) or {}
    for name, value in headers.items():
        if name.lower() == "retry-after":
            return max(0.0, float(value))
    return 0.0
