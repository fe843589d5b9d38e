"""All leads by segment, bucket and track: for lists, the picture, and what a changed file moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.flow.due import Accounts
from bot.flow.due_reason import Known, known
from bot.flow.journey_diff import Move
from bot.flow.plans import Kept, kept_of_all, place_by, plan_files
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.companies import company_key
from knowledge.errors import BadInput
from knowledge.leads import CONTACTS
from knowledge.pacing import load_pacing
from knowledge.personas import PersonaMap, load_personas
from knowledge.placed import Placed
from knowledge.plan_place import PlanFiles
from knowledge.plan_rules import Standing
from knowledge.segments import load_segments
from knowledge.track_files import load_tracks
from storage.overview import LeadOverview, Overview


@dataclass(frozen=True, slots=True)
class PlansDiff:
    """What changed files would move: segment, bucket and track of leads; and plans that stay."""

    segments: tuple[Move, ...] = ()
    buckets: tuple[Move, ...] = ()
    tracks: tuple[Move, ...] = ()
    staying: tuple[Move, ...] = ()

    @property
    def count(self) -> int:
        """How many moves there are."""
        return len(self.segments) + len(self.buckets) + len(self.tracks)


def everybody(tools: Tools) -> list[Placed]:
    """Every lead on record where it stands today, by id."""
    return placed(_all_known(tools), plan_files(tools), _today(tools))


def one(lead_id: str, tools: Tools) -> Placed:
    """One lead where it stands today; `NotFound`."""
    tools.leads.get(lead_id)
    (found,) = placed(_all_known(tools, [lead_id]), plan_files(tools), _today(tools))
    return found


def placed(leads: Iterable[Known], files: PlanFiles, today: date) -> list[Placed]:
    """These leads where they stand by these files."""
    found = []
    for lead in leads:
        facts = lead.profile.facts
        standing = Standing(lead.profile, today, lead.stage, lead.kept.source)
        place = place_by(standing, lead.kept, files)
        lead_id = lead.profile.lead_id or ""
        found.append(Placed(lead_id, facts.name or "", facts.company or "", place))
    return found


def counted(leads: Iterable[Placed], by: Callable[[Placed], str]) -> Counter[str]:
    """How many leads there are of each."""
    return Counter(by(lead) for lead in leads)


def plans_diff(tools: Tools, proposed: Path | None = None) -> PlansDiff:
    """Which leads the files in `proposed` would move against those in force.

    Without a folder: what the home's own files move against the packaged ones. A plan under way
    keeps its version and is told apart. `BadInput` names all that is wrong with either.
    """
    home = tools.settings.home
    before, after = (None, home) if proposed is None else (home, proposed)
    if proposed is not None and not proposed.is_dir():
        raise BadInput(f"There is no folder '{proposed}'; put the changed files into one.")
    leads, today = _all_known(tools), _today(tools)
    old, new = (placed(leads, files_in(place), today) for place in (before, after))
    return PlansDiff(
        _moves(old, new, lambda p: p.place.segment or "none"),
        _moves(old, new, lambda p: p.bucket),
        _moves(old, new, lambda p: p.track or "none"),
        tuple(_staying(new, files_in(after))),
    )


def files_in(place: Path | None) -> PlanFiles:
    """The files of a folder, the packaged ones for what it has not."""
    return PlanFiles(load_segments(place), load_tracks(place), load_pacing(place))


def _moves(old: list[Placed], new: list[Placed], by: Callable[[Placed], str]) -> tuple[Move, ...]:
    return tuple(
        Move(was.lead_id, was.name or was.company or "a lead", by(was), by(now))
        for was, now in zip(old, new, strict=True)
        if by(was) != by(now)
    )


def _staying(leads: list[Placed], files: PlanFiles) -> Iterable[Move]:
    """Plans under way whose track says something else by now: they stay as they began."""
    for lead in leads:
        track = lead.place.track
        if track is None or not lead.place.held:
            continue
        now = files.tracks.get(track.id)
        if now is None or now.mark != track.mark:
            newest = f"version {now.version}" if now else "no such track"
            name = lead.name or lead.company or "a lead"
            yield Move(lead.lead_id, name, f"{track.id} version {track.version}", newest)


def _all_known(tools: Tools, only: list[str] | None = None) -> list[Known]:
    """Leads as the lists of what is due know them, with who was reached in their accounts."""
    overview = Overview(tools.db, tools.settings.time_zone)
    heads, today = overview.heads(), _today(tools)
    ids = [h.id for h in heads]
    accounts = Accounts(heads, overview, today, tools)
    keep, suggested = kept_of_all(ids, tools), overview.suggested(ids)
    titles = load_personas(tools.settings.home)
    leads = overview.leads(ids)
    roles = _roles(leads, titles)
    wanted = set(ids if only is None else only)
    return [
        _whole(known(
            lead, suggested.get(i, ()), accounts.touched_on(i), tools, kept=keep.get(i, Kept())
        ), roles, titles)
        for lead in leads
        if (i := str(lead.record.lead_id)) in wanted
    ]  # fmt: skip


def _whole(recalled: Known, roles: dict[str, list[tuple[str, str]]], titles: PersonaMap) -> Known:
    """The lead with what its job title tells, and the roles reached in its account."""
    facts, own = recalled.profile.facts, recalled.profile.lead_id
    there = roles.get(company_key(facts.company or ""), ())
    reached = tuple(dict.fromkeys(role for who, role in there if who != own))
    given = facts.account_roles
    facts = replace(
        facts,
        persona=facts.persona or titles.infer(facts.role),
        buying_role=facts.buying_role or titles.infer_buying_role(facts.role),
    )
    known_roles = (*(given or ()), *reached) if facts.company or given is not None else None
    return replace(
        recalled, profile=replace(recalled.profile, facts=facts, account_roles=known_roles)
    )


def _roles(leads: Iterable[LeadOverview], titles: PersonaMap) -> dict[str, list[tuple[str, str]]]:
    """By account, the people who were reached and their buying roles."""
    found: dict[str, list[tuple[str, str]]] = {}
    for lead in leads:
        facts = lead.record.facts
        role = facts.buying_role or titles.infer_buying_role(facts.role)
        key = company_key(facts.company or "")
        if key and role and any(e.action in CONTACTS for e in lead.record.history):
            found.setdefault(key, []).append((str(lead.record.lead_id), role))
    return found


def _today(tools: Tools) -> date:
    return team_date(tools.clock, tools.settings.time_zone)
