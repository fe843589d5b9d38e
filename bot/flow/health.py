"""What `doctor` looks at: each part of a running Trailguide, and how it is."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.flow import canary
from bot.flow.changing_roles import everybody
from bot.flow.chroma_place import public_address
from bot.flow.journey_diff import map_file_problems, own_map_files
from bot.flow.roster_trouble import troubles
from bot.flow.standing import has_admin
from bot.flow.tools import Tools
from bot.flow.track_check import own_plan_files, plan_file_problems
from bot.settings import Settings
from knowledge.assets import AssetStatus
from knowledge.errors import TrailguideError
from knowledge.roles import Role
from retrieval.vectors import ScanIndex

AskSlack = Callable[[Settings], str]
"""Asks Slack whether it takes the tokens: says as whom, or raises `TrailguideError`."""


class Health(StrEnum):
    """How a part is; only `broken` makes the doctor fail."""

    GOOD = "good"
    UNSET = "not set"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, its health, and a sentence."""

    part: str
    health: Health
    says: str


def examine(tools: Tools, ask_slack: AskSlack) -> list[Finding]:
    """Look at every part; a broken one does not hide the next."""
    parts: tuple[tuple[str, Callable[[Tools], Finding]], ...] = (
        ("home", _home),
        ("database", _database),
        ("audit log", _audit),
        ("embedding model", _embedding),
        ("index", _index),
        ("library", _library),
        ("journey and personas", _map_files),
        ("segments and tracks", _plan_files),
        ("pacing", _pacing),
        ("chat model", _chat_model),
        ("CRM", _crm),
        ("Slack", lambda tools: _slack(tools.settings, ask_slack)),
        ("roles", _roles),
    )
    return [_looked(name, look, tools) for name, look in parts]


def _looked(name: str, look: Callable[[Tools], Finding], tools: Tools) -> Finding:
    try:
        return look(tools)
    except TrailguideError as failure:
        return Finding(name, Health.BROKEN, str(failure))


def _home(tools: Tools) -> Finding:
    return Finding("home", Health.GOOD, f"{tools.settings.home} can be written")


def _database(tools: Tools) -> Finding:
    return Finding("database", Health.GOOD, f"{tools.db.where} opens and its tables are current")


def _audit(tools: Tools) -> Finding:
    verdict = tools.audit.verify(tools.db)
    if verdict.ok:
        return Finding("audit log", Health.GOOD, f"intact, {verdict.entries} entries")
    at = f" at entry {verdict.first_bad}" if verdict.first_bad else ""
    return Finding("audit log", Health.BROKEN, f"not intact{at}: {verdict.why}")


def _embedding(tools: Tools) -> Finding:
    embedder = tools.embedder
    embedder.embed(["Does it answer?"])
    return Finding(
        "embedding model", Health.GOOD, f"{embedder.name} ({embedder.fingerprint}) answers"
    )


def _index(tools: Tools) -> Finding:
    tools.vectors.look()  # first, since an empty library asks nothing of a server
    right = canary.prove(tools, canary.HOURLY) if tools.library.any_approved() else True
    if there := public_address(tools.settings.chroma_url or "localhost"):
        told = (
            f"the Chroma server stands at {there}, which is no private address; it asks nobody who "
            "they are, so move it into a network of its own (docs/operating.md)"
        )
        return Finding("index", Health.WARNING, told)
    wrong = tools.vectors.broken() if right else "it did not find passages that SQL holds"
    if wrong:
        told = f"{wrong}, so it was built anew from the vectors in SQL; it answers right now"
        return Finding("index", Health.WARNING, told)
    if isinstance(tools.vectors, ScanIndex):
        return Finding("index", Health.GOOD, "a running bot holds it, and proves it every hour")
    return Finding(
        "index", Health.GOOD, f"gives the {tools.vectors.count()} vectors that SQL holds"
    )


def _library(tools: Tools) -> Finding:
    approved = len(tools.library.all(AssetStatus.APPROVED))
    drafts = len(tools.library.all(AssetStatus.DRAFT))
    if approved:
        return Finding("library", Health.GOOD, f"{approved} approved, {drafts} drafts")
    return Finding(
        "library",
        Health.UNSET,
        f"empty in {tools.settings.home}; add with `trailguide library add`",
    )


def _map_files(tools: Tools) -> Finding:
    problems, own = map_file_problems(tools.settings.home), own_map_files(tools.settings.home)
    if problems:
        return Finding("journey and personas", Health.BROKEN, " ".join(problems))
    told = "the packaged files are in force"
    if own:
        told = f"{' and '.join(own)} in force; `trailguide journey diff` lists what they move"
    return Finding("journey and personas", Health.GOOD, told)


def _plan_files(tools: Tools) -> Finding:
    home = tools.settings.home
    if problems := plan_file_problems(home):
        told = f"{' '.join(problems)} The packaged ones are used meanwhile."
        return Finding("segments and tracks", Health.BROKEN, told)
    told = "the packaged files are in force"
    if own := own_plan_files(home):
        told = f"{' and '.join(own)} in force; `trailguide tracks diff` lists what they move"
    return Finding("segments and tracks", Health.GOOD, told)


def _pacing(tools: Tools) -> Finding:
    rules = tools.pacing
    told = f"{rules.budget} touches, {rules.gap_days} days apart, unless a track says otherwise"
    return Finding("pacing", Health.GOOD, told)


def _chat_model(tools: Tools) -> Finding:
    spec = tools.settings.chat_model
    if not spec:
        return Finding("chat model", Health.UNSET, "the built-in composer writes the drafts")
    provider = spec.split(":", 1)[0]
    package = f"langchain_{provider.replace('-', '_')}"
    if importlib.util.find_spec(package) is None:
        return Finding(
            "chat model",
            Health.BROKEN,
            f"{spec} needs a package: pip install 'trailguide[{provider}]'",
        )
    return Finding("chat model", Health.GOOD, f"{spec} writes the drafts, the composer stands by")


def _roles(tools: Tools) -> Finding:
    if wrong := troubles(tools):
        return Finding("roles", Health.BROKEN, " ".join(told for _, told in wrong))
    if not has_admin(tools):
        told = "no admin is named, so the workspace's owners count as such; docs/roles.md says how"
        return Finding("roles", Health.UNSET, told)
    known = everybody(tools)
    counted = (
        f"{role} {len({h.user for h in known if h.role is role})}" for role in reversed(Role)
    )
    return Finding("roles", Health.GOOD, ", ".join(counted))


def _crm(tools: Tools) -> Finding:
    if tools.crm is None:
        return Finding("CRM", Health.UNSET, "none is set; docs/crm.md says how to connect one")
    told = tools.crm.check()
    written = ", ".join(sorted(tools.crm.mapping.writes())) or "nothing"
    return Finding("CRM", Health.GOOD, f"{told}; {written} is written back")


def _many_workspaces(settings: Settings) -> Finding:
    needed = {
        "SLACK_CLIENT_SECRET": settings.slack_client_secret,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "TRAILGUIDE_TOKEN_KEYS": settings.token_keys,
    }
    if missing := [name for name, told in needed.items() if not told]:
        return Finding("Slack", Health.BROKEN, f"set {' and '.join(missing)}; docs/teams.md")
    return Finding("Slack", Health.GOOD, "workspaces install it by OAuth (`trailguide teams list`)")


def _slack(settings: Settings, ask_slack: AskSlack) -> Finding:
    if settings.team:
        told = "this workspace installed it by OAuth; `trailguide doctor` without --team looks"
        return Finding("Slack", Health.GOOD, told)
    if settings.slack_bot_token is None and settings.slack_client_id:
        return _many_workspaces(settings)
    if settings.slack_bot_token is None:
        return Finding(
            "Slack", Health.UNSET, "SLACK_BOT_TOKEN is not set; README says how to connect"
        )
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        return Finding(
            "Slack",
            Health.BROKEN,
            "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)",
        )
    return Finding("Slack", Health.GOOD, f"takes the tokens, {ask_slack(settings)}")
