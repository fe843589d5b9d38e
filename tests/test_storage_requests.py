"""Content requests as they are kept, on both databases (M47)."""

from __future__ import annotations

import threading

import pytest

from knowledge.buyer_questions import BuyerQuestion
from knowledge.content_requests import RequestState
from knowledge.errors import BadInput, NotFound
from knowledge.journey import Stage
from storage.audit import Audit
from storage.buyer_answers import BuyerAnswers
from storage.library import Library
from storage.request_groups import RequestGroups
from storage.requests import ContentRequests
from tests.test_storage_library import an_asset

pytest_plugins = ("tests.databases",)


@pytest.fixture
def groups(db, set_clock):
    return RequestGroups(db, set_clock, Audit(b"k" * 32, clock=set_clock))


def missed(db, set_clock, *wordings):
    requests = ContentRequests(db, set_clock)
    for number, wording in enumerate(wordings):
        requests.count_miss(wording, Stage.INTEREST, "U1", None, f"{wording}{number}", "it")
        set_clock.move(seconds=1)


def test_loose_wordings_are_put_into_new_and_known_requests(db, set_clock, groups):
    """M47"""
    missed(db, set_clock, "one", "two", "three")
    one, two, three = sorted(groups.loose())
    groups.put_together([[one, two], [three]], {})
    assert groups.loose() == {}
    first, second = groups.all()
    assert (first.wordings, second.wordings) == (("one", "two"), ("three",))
    assert first.personas == ("it",)
    missed(db, set_clock, "four")
    (four,) = groups.loose()
    groups.put_together([], {four: second.id, one: second.id})
    assert groups.get(second.id).count == 2  # what stands somewhere already stays there
    assert groups.get(first.id).count == 2


def test_of_two_who_put_the_same_together_at_once_one_wins(db, set_clock, groups):
    missed(db, set_clock, "one", "two")
    ids = sorted(groups.loose())
    gate = threading.Barrier(2)

    def put() -> None:
        gate.wait()
        groups.put_together([ids], {})

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (only,) = groups.all()
    assert only.count == 2


def test_decisions_are_kept_and_audited_once(db, set_clock, groups):
    """M47 M56"""
    missed(db, set_clock, "one", "two")
    ids = sorted(groups.loose())
    groups.put_together([ids], {})
    (request,) = groups.all()
    assert groups.decide(request.id, RequestState.CLOSED, "U9", because="  never  ")
    assert not groups.decide(request.id, RequestState.CLOSED, "U9")
    kept = groups.get(request.id)
    assert (kept.state, kept.because) == (RequestState.CLOSED, "never")
    fresh = groups.split(request.id, ids[:1], "U9")
    assert groups.get(fresh).state is RequestState.OPEN
    groups.merge(fresh, request.id, "U9")
    assert [(r.id, r.state, r.count) for r in groups.all()] == [(request.id, RequestState.OPEN, 2)]
    with pytest.raises(BadInput):
        groups.split(request.id, ids, "U9")
    with pytest.raises(NotFound):
        groups.get(fresh)
    audit = Audit(b"k" * 32, clock=set_clock)
    kinds = [e.kind for e in audit.entries(db)]
    assert kinds == ["request.decided", "request.split", "request.merged"]


def test_who_was_told_stays_told(db, set_clock, groups):
    missed(db, set_clock, "one")
    groups.put_together([sorted(groups.loose())], {})
    (request,) = groups.all()
    groups.told([request.misses[0].id, 999])
    assert groups.get(request.id).misses[0].told


def test_what_was_read_is_known_by_its_mark_alone(db, set_clock):
    """M43 Another text, or another way of reading, is read anew."""
    library, answers = Library(db, set_clock), BuyerAnswers(db)
    asset = an_asset()
    library.put(asset, [], {}, "m")
    answers.keep({asset.id: (BuyerQuestion.HELP,), "gone": ()}, {asset.id: "m1", "gone": "m1"})
    assert answers.known({asset.id: "m1", "gone": "m1"}) == {asset.id: (BuyerQuestion.HELP,)}
    assert answers.known({asset.id: "m2"}) == {}
    answers.keep({asset.id: ()}, {asset.id: "m2"})
    assert answers.known({asset.id: "m2"}) == {asset.id: ()}
