"""What a rep told in the form: judged, made into an ask, and learnt of a lead on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.flow.choosing import in_english, known_channel
from bot.flow.finding_leads import named_exactly
from bot.flow.tools import Tools
from knowledge.clock import team_date
from knowledge.errors import BadInput, NotFound
from knowledge.intake import ACTS, LONG_TEXT, MOST_QUESTIONS, SHORT_TEXT, Told, employees
from knowledge.language import detect_language, language_name
from knowledge.leads import Action, HistoryEntry, LeadFacts
from knowledge.touch import Ask

NOTHING_TOLD = "Name a lead, or say what they asked; then I can look for something."
LEAD_GONE = "This lead is not on record any more. Choose another one, or type the name below."
ONE_OR_THE_OTHER = "Choose a lead above or type a new name here, not both; empty one of them."
SEVERAL_OF_THAT_NAME = "Several leads on record have this name. Choose the right one above."
TOO_LONG = "That is too long; shorten it to {most:,} characters."
TOO_MANY_QUESTIONS = f"Those are more than {MOST_QUESTIONS} questions; keep the most important."
NOT_ENGLISH = (
    "This seems to be in {language}; Trailguide reads only English in this version. "
    "Write it in English."
)
NO_NUMBER = "Give the number of employees in digits, for example 250."


def problems(told: Told, tools: Tools) -> dict[str, str]:
    """What keeps the form open, by field; empty when an ask can be made of it."""
    found = {**_about_the_text(told), **_about_the_lead(told, tools), **_about_questions(told)}
    if not found and not _says_anything(told):
        found["questions"] = NOTHING_TOLD
    return found


def _about_the_lead(told: Told, tools: Tools) -> dict[str, str]:
    if told.lead and not _is_on_record(told.lead, tools):
        return {"lead": LEAD_GONE}
    if told.lead and told.lead_name:
        return {"lead_name": ONE_OR_THE_OTHER}
    if len(named_exactly(told.lead_name, told.company, tools)) > 1:
        return {"lead_name": SEVERAL_OF_THAT_NAME}
    return {}


def _about_the_text(told: Told) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("intent", "outcome", "obstacle"):
        code = detect_language(getattr(told, name))
        if code != "en":
            found[name] = NOT_ENGLISH.format(language=language_name(code))
    for name in ("lead_name", "company", "role", "industry", "intent", "outcome", "obstacle"):
        most = LONG_TEXT if name == "obstacle" else SHORT_TEXT
        if len(getattr(told, name)) > most:
            found[name] = TOO_LONG.format(most=most)
    if told.company_size and employees(told.company_size) is None:
        found["company_size"] = NO_NUMBER
    return found


def _about_questions(told: Told) -> dict[str, str]:
    if len(told.asked) > MOST_QUESTIONS:
        return {"questions": TOO_MANY_QUESTIONS}
    try:
        in_english(told.asked)
    except BadInput as why:
        return {"questions": str(why)}
    return {}


def ask_of(told: Told, tools: Tools, *, by: str, team: str, corrected: Ask | None = None) -> Ask:
    """The ask that the form makes; `corrected` is the one it began with, if there was one.

    What the form does not show is kept from that one, as far as it is about the same lead.
    """
    today = team_date(tools.clock, tools.settings.time_zone)
    lead_id = told.lead or _by_name(told, tools)
    facts, before = told.facts, corrected or Ask(today)
    same_lead = before.lead_id == lead_id
    if same_lead:
        facts = replace(before.facts, **{f: getattr(facts, f) for f in SHOWN_FACTS})
    if not lead_id and facts.name != before.facts.name:
        facts = replace(facts, email=None)  # it is somebody else's
    if lead_id:
        facts = replace(facts, name=None)
    return Ask(
        today=today,
        lead_id=lead_id,
        facts=facts,
        history=_history(told, before, today, same_lead=same_lead),
        questions=told.asked,
        channel=known_channel(told.channel or "email"),
        exclude=before.exclude,
        asked_by=by,
        team=team,
    )


SHOWN_FACTS = (
    "name", "company", "role", "industry", "company_size", "stage", "persona", "buying_role",
    "intent", "outcome", "obstacles",
)  # fmt: skip
"""Facts that the form shows, so that an empty field says that they are not so."""


def learn_told(ask: Ask, told: Told, by: str, tools: Tools) -> None:
    """Keep what was typed of a lead on record, with who said so (M31); safe to run twice."""
    if ask.lead_id is None:
        return
    known = tools.leads.get(ask.lead_id).facts
    facts = replace(told.facts, name=None, stage=None)
    if facts != LeadFacts():
        tools.leads.put(ask.lead_id, facts, "rep in Slack", by)
    if Action.OPTED_OUT in told.done:
        tools.leads.add_history(ask.lead_id, [HistoryEntry(Action.OPTED_OUT, ask.today)], by)
    stage = told.facts.stage
    if stage is not None and stage is not known.stage:
        tools.leads.correct_stage(ask.lead_id, stage, by)


def _history(told: Told, before: Ask, today: date, *, same_lead: bool) -> tuple[HistoryEntry, ...]:
    """What the lead did: entries that the form cannot show stay, the others are as chosen."""
    kept = [e for e in before.history if not _is_shown(e)] if same_lead else []
    days = {e.action: e.on for e in before.history if _is_shown(e)} if same_lead else {}
    return (*kept, *(HistoryEntry(a, days.get(a, today)) for a in told.done))


def _is_shown(entry: HistoryEntry) -> bool:
    return entry.action in ACTS and entry.asset_id is None and not entry.note


def _by_name(told: Told, tools: Tools) -> str | None:
    """The lead on record that was typed as a new one."""
    found = named_exactly(told.lead_name, told.company, tools) if told.lead_name else []
    return found[0].id if len(found) == 1 else None


def _says_anything(told: Told) -> bool:
    facts = replace(told.facts, stage=None)
    return bool(told.lead or told.asked or told.done) or facts != LeadFacts()


def _is_on_record(lead_id: str, tools: Tools) -> bool:
    try:
        tools.leads.get(lead_id)
    except NotFound:
        return False
    return True
