"""A touch as one of HubSpot's engagements."""

from __future__ import annotations

from datetime import UTC, datetime, time
from html import escape
from typing import Any

from knowledge.crm import ActivityWrite

TO_CONTACT = {"emails": 198, "calls": 194, "notes": 202, "communications": 81, "tasks": 204}
"""HubSpot's own numbers of the association from each kind to a contact."""
NOON = time(12, 0)
"""Of a day without an hour: whatever the zone, it is shown on that day."""
SUBJECTS = {"text": "SMS", "social": "LINKEDIN_MESSAGE"}
"""What HubSpot calls the channels of its communications."""


def activity(write: ActivityWrite, key: str) -> dict[str, Any]:
    """The input of a create: properties, and the association with the contact."""
    at = datetime.combine(write.on, NOON, UTC).isoformat().replace("+00:00", "Z")
    body = "\n\n".join(filter(None, (write.subject, write.body)))
    properties = {"hs_timestamp": at, key: write.key}
    match write.kind:
        case "emails":
            properties |= {
                "hs_email_direction": "EMAIL",
                "hs_email_status": "SENT",
                "hs_email_subject": write.subject,
                "hs_email_text": write.body,
            }
        case "calls":
            properties |= {
                "hs_call_direction": "OUTBOUND",
                "hs_call_status": "COMPLETED",
                "hs_call_title": write.subject,
                "hs_call_body": _html(write.body),
            }
        case "communications":
            properties |= {
                "hs_communication_logged_from": "CRM",
                "hs_communication_channel_type": SUBJECTS.get(write.channel, "SMS"),
                "hs_communication_body": _html(body),
            }
        case _:
            properties |= {"hs_note_body": _html(body)}
    type_id = TO_CONTACT.get(write.kind, TO_CONTACT["notes"])
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    return {
        "properties": properties,
        "associations": [{"to": {"id": write.person}, "types": types}],
    }


def moment(told: Any) -> datetime | None:
    """A moment as HubSpot writes it, in ISO or in milliseconds; None for none."""
    if not told:
        return None
    text = str(told)
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")
