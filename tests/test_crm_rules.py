"""The rules of the CRM without a CRM: what may be written, the mapping, the pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.crm.pacing import Bucket, Pace, patiently
from bot.flow.crm_facts import person_said
from knowledge.crm import Record
from knowledge.crm_compare import CLOCKS, Verdict, compare
from knowledge.crm_mapping import load_mapping, packaged, parse_mapping
from knowledge.errors import BadInput, CrmBusy, CrmUnreachable
from knowledge.journey import Stage
from tests.crm.server import FakePace
from tests.crm.worlds import writing

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
moments = st.integers(-5000, 5000).map(lambda m: NOW + timedelta(minutes=m))
words = st.sampled_from(["", "a", "b", "c", "A "])
CRMS = ("csv", "hubspot", "salesforce")


@given(ours=words, theirs=words, base=words | st.none(), ours_at=moments, record_at=moments,
       field_ago=st.integers(0, 5000) | st.none())  # fmt: skip
def test_a_newer_value_is_never_overwritten(
    *, ours: str, theirs: str, base: str | None, ours_at: datetime, record_at: datetime,
    field_ago: int | None,
) -> None:  # fmt: skip
    """Whatever the values: known to be newer there is never written over."""
    field_at = None if field_ago is None else record_at - timedelta(minutes=field_ago)
    told = compare(ours, ours_at, theirs, base=base, field_at=field_at, record_at=record_at)
    if told is not Verdict.WRITE or not theirs.strip():
        return
    if field_at is not None:
        assert field_at < ours_at - CLOCKS
    else:
        assert record_at < ours_at - CLOCKS or base is not None
        if record_at >= ours_at - CLOCKS:
            assert (base or "").strip().casefold() == theirs.strip().casefold()


@given(ours=words, at=moments, other=moments)
def test_what_is_the_same_is_never_a_conflict(ours: str, at: datetime, other: datetime) -> None:
    told = compare(ours, at, ours.upper(), base=None, field_at=None, record_at=other)
    assert told is Verdict.SAME


@pytest.mark.parametrize("crm", CRMS)
def test_the_packaged_mappings_are_right_and_write_nothing(crm: str) -> None:
    mapping = load_mapping(Path("/nowhere"), crm)
    assert mapping.writes() == {}
    assert mapping.people
    assert {s for p in mapping.people.values() for s in p.stages.values() if s}
    assert set(parse_mapping(writing(crm), "x").writes()) == {"activities", "problem", "stage"}


def test_a_mapping_that_a_shell_has_emptied_is_not_there_yet(tmp_path: Path) -> None:
    """M59 `crm fields --file > HOME/crm.toml` finds the file empty, and must fill it."""
    (tmp_path / "crm.toml").write_text("\n")
    assert load_mapping(tmp_path, "csv") == load_mapping(Path("/nowhere"), "csv")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role = "jobtitle"', 'rolle = "jobtitle"', "rolle"),
        ('role = "jobtitle"', 'role = "mobilephone"', "never read"),
        ('role = "jobtitle"', 'problem = "street"', "never read"),
        ('lead = "interest"', 'lead = "warm"', "Unknown stage 'warm'"),
        ('hs_email_optout = "email"', 'hs_email_optout = "fax"', "no channel"),
        ("activities = false", "activites = false", "no such setting"),
        ("[write.facts]", '[write.facts]\nemail = "email"', "never written"),
        ("[write.facts]", '[write.facts]\nstage = "lifecyclestage"', "write.stages"),
        ("[people.contacts]", "[people.contacts", "not valid TOML"),
        ('changed = "lastmodifieddate"', "", "is missing"),
        ('EMAIL = "sent"', 'EMAIL = "mailed"', "EMAIL"),
    ],
)
def test_what_is_wrong_in_the_mapping_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = packaged("hubspot")
    assert old in text
    (tmp_path / "crm.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(BadInput, match=r"crm\.toml") as told:
        load_mapping(tmp_path, "hubspot")
    assert says in str(told.value)
    assert "\n" not in str(told.value).strip() or "TOML" in says


def test_a_status_nobody_named_is_counted_and_a_bad_value_left_out() -> None:
    mapping = load_mapping(Path("/nowhere"), "hubspot").people["contacts"]
    told = {"firstname": "Dana", "lifecyclestage": "hot", "email": "d@x.example"}
    said = person_said(Record("1", "contacts", NOW, told), mapping, {})
    assert said.facts.stage is None
    assert list(said.noted) == ["unknown status “hot”"]
    told = {"lifecyclestage": "Opportunity"}
    assert (
        person_said(Record("1", "contacts", NOW, told), mapping, {}).facts.stage is Stage.DECISION
    )


def test_the_bucket_lets_no_more_through_than_its_rate() -> None:
    pace = FakePace()
    bucket = Bucket(4.0, 4.0, Pace(pace.now, pace.sleep))
    began, times = pace.at, []
    for _ in range(40):
        bucket.take()
        times.append(pace.at)
    assert 8.5 <= pace.at - began <= 9.5  # 40 calls, 4 at once, 4 a second
    assert all(sum(t <= u < t + 1 for u in times) <= 8 for t in times)


def test_who_wants_to_be_left_alone_for_long_is_not_waited_for() -> None:
    pace = FakePace()
    bucket = Bucket(4.0, 4.0, Pace(pace.now, pace.sleep))

    def busy() -> None:
        raise CrmBusy("later", 3600)

    with pytest.raises(CrmBusy):
        patiently(busy, bucket, again=True)
    assert pace.slept == []


def test_a_write_without_an_answer_is_not_repeated_blindly() -> None:
    pace, calls = FakePace(), []
    bucket = Bucket(4.0, 4.0, Pace(pace.now, pace.sleep))

    def lost() -> None:
        calls.append(1)
        raise CrmUnreachable("no answer")

    with pytest.raises(CrmUnreachable):
        patiently(lost, bucket, again=False)
    assert len(calls) == 1
