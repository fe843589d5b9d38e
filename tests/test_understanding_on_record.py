"""What a message says, against what is on record and against the mail it answers."""

from __future__ import annotations

import pytest

from bot.bootstrap import Wired
from bot.flow.understand import understand


@pytest.mark.parametrize(
    "said",
    [
        "Dana Ortiz writes: our CEO worries about the cost of spare parts. What next?",
        "Dana Ortiz: before I take it to Hal (our CEO), what does a backlog cost us?",
    ],
)
def test_a_role_of_somebody_else_is_not_the_leads(tools: Wired, said: str) -> None:
    """M31 M35 The lead on record keeps the role on record."""
    understood = understand(said, tools)
    assert understood.lead_id == "lead-dana-ortiz"
    assert understood.role is None


def test_a_new_role_is_taken_when_it_is_said_to_be_new(tools: Wired) -> None:
    """M31"""
    understood = understand("Dana Ortiz is now COO. What does a backlog cost us?", tools)
    assert (understood.lead_id, understood.role) == ("lead-dana-ortiz", "COO")


@pytest.mark.parametrize("mark", ["> ", "&gt; ", ""])
def test_our_own_mail_below_a_reply_is_not_what_the_lead_asks(tools: Wired, mark: str) -> None:
    """M21 Mail programs quote what is answered."""
    mail = (
        "Dana Ortiz: How long does a rollout across sites take?\n\n"
        "On Tue, 24 Nov 2026 at 10:02, Robin Reyes wrote:\n"
        f"{mark}Would a four week pilot work for you?\n{mark}How many depots do you have?"
    )
    assert understand(mail, tools).questions == ("How long does a rollout across sites take?",)


def test_what_a_rep_says_that_a_lead_wrote_is_read(tools: Wired) -> None:
    told = "Dana Ortiz, Northgate.\nOn Monday she wrote:\nHow long does a rollout take?"
    assert understand(told, tools).questions == ("How long does a rollout take?",)


def test_a_question_without_its_apostrophe_is_heard(tools: Wired) -> None:
    told = "Priya asks whats the difference between planned and preventive maintenance"
    (question,) = understand(told, tools).questions
    assert "difference between planned and preventive maintenance" in question
