"""What the bot counts about itself, as Prometheus reads it: how much and how fast, never who.

Labels are words of our own: a kind of event, a method of Slack, the name of a log line. No id of a
person, lead, channel or message is ever one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from knowledge.clock import Clock
from knowledge.errors import ModelAway, ModelFailed, SetupMissing, TrailguideError
from storage.database import Database
from storage.waiting import waiting

EVENTS = Counter("trailguide_events", "Events taken in and kept.", ["kind"])
REPEATS = Counter("trailguide_repeats", "Events that Slack sent again, known by their key.")
CAPPED = Counter("trailguide_capped", "Asks not taken: too many within a minute.")
ANSWERS = Counter("trailguide_answers", "Messages that Slack has taken.", ["method"])
SECONDS_TO_CARD = Histogram(
    "trailguide_seconds_to_card",
    "From an event's keeping to its card in Slack.",
    buckets=(0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300),
)
MODEL_FAILURES = Counter(
    "trailguide_model_failures", "Calls of the chat model that brought nothing.", ["why"]
)
LIBRARY_SAYS = "library_says"
ERRORS = Counter("trailguide_errors", "Lines of the log that tell of a failure.", ["line"])
WARNINGS = Counter("trailguide_warnings", "Lines of the log that warn.", ["line"])
ERROR_LINES = (
    "bug", "chores_not_recorded", "digests_not_recorded", "http_failed", "import_failed",
    "lead_file_not_opened", LIBRARY_SAYS, "modal_not_opened", "not_prepared", "not_started",
    "not_taken_in", "proposals_not_opened", "report_not_recorded", "signal_failed", "sweep_failed",
    "team_not_removed",
)  # fmt: skip
WARNING_LINES = (
    "blocks_refused", "cannot_look_back", "channel_not_told", "crm_not_usable", "crm_pull_stopped",
    "crm_push_stopped", "database_away", "file_elsewhere", "file_lost", "file_not_told",
    "file_not_whole", "file_refused", "form_not_shown", "form_not_shown_not_told", "home_not_shown",
    "index_away", "index_not_proved", "index_rebuilt", LIBRARY_SAYS, "line_not_opened", "not_said",
    "owner_unknown", "person_unknown", "pointer_lost", "proposals_not_opened_not_told",
    "report_channel_not_told", "report_not_posted", "roster_not_read", "signals_wait",
    "slack_refused", "slack_waits", "standing_not_told", "turned_away",
)  # fmt: skip
"""Every name of such a line in our code (a test compares)."""


def show_from_zero(kinds: Iterable[str], methods: Iterable[str]) -> None:
    """Show what has not happened as zero: of a figure that is missing, Prometheus sees no rise."""
    for counter, labels in (
        (EVENTS, kinds),
        (ANSWERS, methods),
        (MODEL_FAILURES, (each.__name__ for each in (ModelFailed, ModelAway, SetupMissing))),
        (ERRORS, ERROR_LINES),
        (WARNINGS, WARNING_LINES),
    ):
        for label in labels:
            counter.labels(label)


class Queues(Collector):
    """What waits in the database just now; nothing where the database does not answer."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Count when asked."""
        try:
            now = waiting(self._db)
        except TrailguideError:
            return
        age = (self._clock.now() - now.since).total_seconds() if now.since else 0.0
        for name, told, value in (
            ("trailguide_events_waiting", "Events kept and not dealt with.", now.events),
            ("trailguide_oldest_event_seconds", "For how long the oldest of them waits.", age),
            ("trailguide_outbox_waiting", "Messages planned and not in Slack.", now.posts),
        ):
            yield GaugeMetricFamily(name, told, value=value)


def page(queues: Queues | None) -> bytes:
    """All figures, as text that Prometheus reads."""
    own = CollectorRegistry()
    if queues is not None:
        own.register(queues)
    return generate_latest(REGISTRY) + generate_latest(own)


def count_line(_: Any, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A step of structlog that counts what goes wrong by the fixed name of its line."""
    if method in {"error", "exception", "critical"}:
        ERRORS.labels(line["event"]).inc()
    elif method == "warning":
        WARNINGS.labels(line["event"]).inc()
    return line


def count_library(level: int) -> None:
    """Count what a library says, as bad as it says it is; its own words are no name for it."""
    if level >= logging.ERROR:
        ERRORS.labels(LIBRARY_SAYS).inc()
    elif level >= logging.WARNING:
        WARNINGS.labels(LIBRARY_SAYS).inc()
