"""The error tree: every failure that a person may meet, in one place.

    TrailguideError            a sentence that a user may read, and an exit status
    ├── BadInput       (2)     the input is wrong: what, where, what to do
    │   ├── UnreadableSource   a file or page that cannot become an asset
    │   │   └── SiteBusy       a site that wants to be asked again later
    │   ├── Mistakes           several in one person's files, each a sentence
    │   └── NotAllowed         somebody without the role for what they tried
    ├── NotFound       (2)     an id that names nothing
    ├── IndexBusy      (1)     another process owns the vector index
    ├── StorageFailed  (1)     the database or the home folder cannot be used
    │   └── DatabaseAway       for now: busy, stopped, or on a full disk
    ├── ModelFailed    (1)     the chat model gave nothing usable in time
    │   └── ModelAway          its service gave no answer at all
    ├── SlackFailed    (1)     Slack could not be reached, or kept refusing
    ├── CrmFailed      (1)     the CRM would not do what was asked
    │   ├── CrmRefused         it does not let us in
    │   └── CrmUnreachable     it gave no answer
    │       └── CrmBusy        it wants to be asked again later
    ├── NotInstalled   (2)     a workspace that has not installed us (knowledge/teams.py)
    └── SetupMissing   (1)     something that set-up provides is absent

Anything else is a bug: it is logged with a reference, and the user sees the reference only.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable


class TrailguideError(Exception):
    """A failure whose message is one plain sentence that a user may read."""

    exit_status = 1


class BadInput(TrailguideError):
    """The input is wrong; the message says what, where and what to do."""

    exit_status = 2


class Mistakes(BadInput):
    """Several mistakes in a team's own files: `each` is one sentence, the message all of them."""

    def __init__(self, each: Iterable[str]) -> None:
        self.each = tuple(each)
        super().__init__(" ".join(self.each))


class UnreadableSource(BadInput):
    """A file or page that cannot become an asset; the message is the reason."""


class SiteBusy(UnreadableSource):
    """A site that wants to be asked again later: in `seconds`, None when it does not say."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class NotAllowed(BadInput):
    """Somebody tried what their role does not let them; `admin` is whom to ask, if one is known."""

    def __init__(self, message: str, admin: str = "") -> None:
        super().__init__(message)
        self.admin = admin


class NotFound(TrailguideError):
    """An id that names nothing."""

    exit_status = 2


class IndexBusy(TrailguideError):
    """Another process owns the embedded vector index."""


class StorageFailed(TrailguideError):
    """The database or the home folder cannot be used."""


class DatabaseAway(StorageFailed):
    """The database cannot be used for now: it is busy, stopped, or its disk is full."""


class ModelFailed(TrailguideError):
    """The chat model gave nothing usable within the deadline."""


class ModelAway(ModelFailed):
    """The chat model's service gave no answer: it is slow, busy, down, or not to be reached."""


class SlackFailed(TrailguideError):
    """Slack could not be reached, or kept refusing, for as long as we try."""


class CrmFailed(TrailguideError):
    """The CRM would not do what was asked; the message never holds a value or a secret."""


class CrmRefused(CrmFailed):
    """The CRM does not let us in: a person must look at the credentials or permissions."""


class CrmUnreachable(CrmFailed):
    """The CRM gave no answer, or failed itself; what was sent may have arrived."""


class CrmBusy(CrmUnreachable):
    """The CRM wants to be asked again later: in `seconds`."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class SetupMissing(TrailguideError):
    """Something that set-up provides is absent; the message names the command that mends it."""


def places(bug: BaseException) -> list[str]:
    """Where a bug came from, innermost last: messages and values may hold a lead's data."""
    frames = traceback.extract_tb(bug.__traceback__)
    return [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno}:{f.name}" for f in frames[-8:]]
