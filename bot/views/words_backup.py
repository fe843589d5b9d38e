"""What people read of backups, restoring and lists of erasures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.audit import AuditVerdict

KEEP_IT = (
    "It is as secret as the home folder: whoever has it reads every lead and can forge the audit "
    "log. Keep it on another machine, and delete it when it is due (docs/backup.md)."
)
NOT_IN_IT = (
    "Not in it: tokens and other secrets, the vector index and caches, which are made anew, the "
    "job queue, whose work is taken up from the inbox, and logs."
)
NEXT = "Set the tokens and secrets again (docs/settings.md), then start with `trailguide serve`."
NO_LIST = (
    "What was erased since the backup is back, unless you name the list of erasures with "
    "--erasures (docs/backup.md): erase it again."
)


def written(path: object, size: int, holds: Mapping[str, int], files: int) -> str:
    """What a backup that was just written holds."""
    return (
        f"{path} ({size / 1e6:.1f} MB) holds the database with {holds.get('lead', 0)} leads, "
        f"{holds.get('suggestion', 0)} suggestions and {holds.get('asset', 0)} pieces, the audit "
        f"log with {holds.get('audit', 0)} entries, its key and anchor, and {files} setting files."
    )


def left_out(names: Sequence[str]) -> str:
    """Which settings did not go into it."""
    return f"Left out of the settings as secrets: {', '.join(names)}."


def restored(home: object, made: str, holds: Mapping[str, int], passages: int) -> str:
    """What was restored."""
    return (
        f"{home} is as it was on {made}: {holds.get('lead', 0)} leads, "
        f"{holds.get('suggestion', 0)} suggestions, {holds.get('asset', 0)} pieces; the index was "
        f"built anew with {passages} passages."
    )


def verified(verdict: AuditVerdict) -> str:
    """What `audit verify` says of the restored log."""
    if verdict.ok:
        return f"The audit log is intact, {verdict.entries} entries."
    at = f" at entry {verdict.first_bad}" if verdict.first_bad else ""
    return f"The audit log is not intact{at}, as it was in the backup: {verdict.why}"


def erased_again(count: int) -> str:
    """How many of the list of erasures were back, and are gone again."""
    return f"Of what was erased since the backup, {count} were back and are erased again."


def again(count: int) -> str:
    """The same where nothing was restored by us."""
    return f"Of what the list names, {count} were back and are erased again."
