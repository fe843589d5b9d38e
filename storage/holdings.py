"""What each table holds about leads, and how it is erased: export, erasure and privacy.md go by it.

A test walks the tables: a new one, or a new column of text, must be told of here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class By(StrEnum):
    """How a row is known to be about a lead."""

    LEAD = "lead"
    """Its `column` is the lead's id."""
    SUGGESTION = "suggestion"
    """Its `column` is the id of a suggestion about the lead."""
    MENTION = "mention"
    """Its words name the lead, or one of its suggestions: by id, name or mail address."""
    WORDING = "wording"
    """Its words are a question that was asked for the lead."""
    NOTHING = "nothing"
    """It is never about a lead."""


class Erased(StrEnum):
    """What an erasure does with such a row."""

    DELETED = "deleted"
    CLEARED = "words cleared"
    RENAMED = "kept under an invented id"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Holding:
    """One table. `words` are columns that may speak of a lead, `plain` the other ones of text.

    Plain columns hold ids, labels, hashes and, in the library's tables, the team's own content.
    """

    table: str
    holds: str
    by: By
    erased: Erased
    column: str = ""
    words: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()


def _about(table: str, holds: str, words: str, plain: str, *, by: By = By.LEAD,
           column: str = "lead_id", erased: Erased = Erased.DELETED) -> Holding:  # fmt: skip
    return Holding(
        table, holds, by, erased, column, frozenset(words.split()), frozenset(plain.split())
    )


def _never(table: str, holds: str, plain: str = "") -> Holding:
    return Holding(table, holds, By.NOTHING, Erased.KEPT, plain=frozenset(plain.split()))


def _figures(table: str, holds: str, plain: str) -> Holding:
    return _about(table, holds, "", plain, by=By.SUGGESTION, column="suggestion_id",
                  erased=Erased.KEPT)  # fmt: skip


def _naming(table: str, holds: str, words: str, plain: str) -> Holding:
    return _about(table, holds, words, plain, by=By.MENTION, column="", erased=Erased.CLEARED)


HOLDINGS: tuple[Holding, ...] = (
    # In the order in which they are erased: what refers to another one comes before it.
    _about("review_text", "flags, comments and answers on its suggestions", "text",
           "note_id suggestion_id lead_id", by=By.SUGGESTION, column="suggestion_id"),
    _about("suggestion_text", "what was asked, known, read, drafted, edited, sent and said",
           "card subject body original_subject original_body checks decision_reason kept_reason "
           "sent_subject sent_body helped_reason rewritten", "suggestion_id lead_id",
           by=By.SUGGESTION, column="suggestion_id"),
    _about("content_miss", "questions that nothing answered", "wording lead_id",
           "ask_key asked_by persona", erased=Erased.CLEARED),
    _about("answered_question", "questions that a person said a piece answers",
           "question passage", "asset_id", by=By.WORDING, column="question"),
    _about("proposal", "pieces that were read, with what was proposed of them",
           "piece proposed", "id made_by asset_id", by=By.MENTION, column=""),
    _naming("inbox", "messages, windows and buttons from Slack, until they are done", "payload",
           "key kind lane asker"),
    _naming("outbox", "messages to Slack, until they are posted", "payload reason",
           "key method state channel ts"),
    _naming("signal", "signals of other tools, until they are worked on", "payload", "id became"),
    _about("unmatched", "signs of people who are no leads here", "who name asset note source",
           "id action", by=By.MENTION, column=""),
    _naming("lead_file", "lists of leads sent in Slack, until they are taken in",
            "name files", "id sent_by state"),
    _naming("request_group", "content requests, with a marketer's reason", "because",
           "state asset_id decided_by"),
    _about("suggestion", "figures of suggestions: stage, rules, days, people", "lead_id",
           "id asked_by team stage decision rule asset_id rules state edited_by decided_by "
           "replaced_by card_channel card_ts stage_corrected sent_channel sent_by "
           "withdrawn_because", erased=Erased.RENAMED),
    _figures("touch_outcome", "what came of an approved touch, in labels",
           "suggestion_id answered_by outcome outcome_by"),
    _figures("touch_check", "rules that found something in a draft", "suggestion_id rule"),
    _figures("review_note", "that somebody flagged, commented or answered",
           "id suggestion_id kind about by to answers settled_by"),
    _figures("review_sample", "that a suggestion was drawn into a week's sample",
           "week suggestion_id how signs verdict judged_by"),
    _about("crm_write", "what is to be written into the CRM, and conflicts with it",
           "lead_id value base theirs key", "crm suggestion_id fact state external_id why"),
    _about("crm_link", "which record of the CRM it is, and what that said",
           "lead_id external_id seen account_id merged_into", "crm kind kept_by"),
    _about("handover", "that sales took it over, and why", "reason back_because",
           "id lead_id rule owner definition by back_by"),
    _about("lead_plan", "the track it is on", "",
           "lead_id track mark trigger started_by ended_because"),
    _about("salt", "the salt of its marks in the audit log", "owner", "", column="owner"),
    _about("lead_fact", "each fact as it was learnt, with who told it", "value source",
           "lead_id fact told_by kind"),
    _about("lead_history", "what happened, with notes", "note note_hash source",
           "lead_id action asset_id line told_by"),
    _about("lead", "the lead as known now", "id name email company facts", "", column="id"),
    _never("crm_account", "companies as the CRM has them", "crm external_id facts"),
    _never("crm_owner", "who of the team owns records of the CRM", "crm external_id name email"),
    _never("crm_cursor", "how far the CRM was pulled", "crm stream cursor trouble noted"),
    _never("crm_erased", "marks of records whose leads were erased", "mark"),
    _never("audit", "the audit log: ids, labels, numbers and marks",
           "kind subject_id actor data previous hmac"),
    _never("audit_key", "which key signs the audit log", "fingerprint"),
    _never("asset", "the library's pieces",
           "id title type text source folder url description stages personas industries topics "
           "buyer_questions language status content_hash approved_by retired_by overruled_by "
           "overruled_because owner added_by changed_by submitted_by sent_back_by "
           "sent_back_because link_state link_why moved_to verified_by"),
    _never("asset_version", "their former versions",
           "asset_id state text described content_hash by because"),
    _never("chunk", "their passages", "id asset_id heading text"),
    _never("vector", "the passages' vectors", "chunk_id model"),
    _never("buyer_answer", "which buyer questions they answer", "asset_id mark answers"),
    _never("tone_audit", "how promotional a text is, by its hash", "digest"),
    _never("content_request", "questions told apart by a hash", "wording_hash stage"),
    _never("page", "what sites said of their pages", "url etag modified changed reader"),
    _never("import", "imports of content", "id sources options planned_by ended_because"),
    _never("import_piece", "what became of each piece of an import",
           "import_id location folder kind changed became asset_id reason flags mark"),
    _never("counter", "named counters", "name token"),
    _never("digest", "who wants the daily digest", "team slack_user zone"),
    _never("person_name", "how those who ask are called in Slack", "slack_user name"),
    _never("review_week", "weeks whose sample is drawn", "week"),
    _never("role_grant", "who was given which role", "slack_user role granted_by"),
    _never("track_version", "tracks as they were when plans began", "track mark body"),
    _never("roster", "Slack groups that were asked for", "id trouble"),
    _never("roster_member", "who is in them", "roster_id slack_user"),
    _never("workspace_admin", "who owns the workspace", "slack_user"),
)  # fmt: skip
"""Every table."""
