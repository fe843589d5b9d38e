"""The library and its catalogue, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from knowledge.assets import Asset, AssetStatus, Chunk
from knowledge.buyer_questions import BuyerQuestion
from knowledge.errors import BadInput, NotFound, StorageFailed
from knowledge.journey import AssetType, Stage
from storage.audit import Audit
from storage.library import Library, is_absolute
from storage.tables import VectorRow

pytest_plugins = ("tests.databases",)

MODEL = "minilm@53aa"


def an_asset(name: str = "pumps", **changes: object) -> Asset:
    plain = Asset(
        id=f"{name}-0000aaaa",
        title=f"All about {name}",
        type=AssetType.GUIDE,
        text=f"# {name}\n\nWhat to know.",
        source=f"/content/{name}.md",
        folder="/content",
        url=f"https://example.com/{name}",
        stages=(Stage.INTEREST,),
        personas=("planner",),
        industries=("water",),
        topics=("pumps", "valves"),
        published=date(2025, 5, 4),
        hype=0.125,
    )
    return replace(plain, **changes)


def some_chunks(asset: Asset, *texts: str) -> list[Chunk]:
    return [Chunk(f"{asset.id}#{t}", asset.id, i, "Heading", t) for i, t in enumerate(texts)]


def some_vectors(chunks: list[Chunk]) -> dict[str, np.ndarray]:
    return {c.id: np.arange(4, dtype=np.float32) / 7 + len(c.text) for c in chunks}


def put(library: Library, asset: Asset, *texts: str, approve: bool = False) -> str:
    chunks = some_chunks(asset, *(texts or ("one", "three")))
    return library.put(asset, chunks, some_vectors(chunks), MODEL, approve=approve)


@pytest.fixture
def library(db, set_clock) -> Library:
    return Library(db, set_clock)


def test_an_asset_comes_back_as_it_was_put(library):
    asset = an_asset()
    assert put(library, asset) == "added"
    assert library.get(asset.id) == asset
    assert library.all() == [asset]
    assert library.all(AssetStatus.APPROVED) == []
    assert library.find_source(asset.source) == asset
    assert library.sources_in("/content") == {asset.source: asset.id}
    library.approve([asset.id], "U1")
    assert library.chunks() == {c.id: c for c in some_chunks(asset, "one", "three")}


def test_putting_the_same_again_changes_nothing(library):
    put(library, an_asset(), approve=True)
    before = library.revision()
    assert put(library, an_asset()) == "unchanged"
    assert put(library, an_asset(), approve=True) == "unchanged"
    assert library.revision() == before
    assert library.get(an_asset().id).status is AssetStatus.APPROVED


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Other words."},
        {"title": "Another title"},
        {"topics": ("valves",)},
        {"buyer_questions": (BuyerQuestion.AFFORD,)},
        {"published": None},
        {"folder": "/elsewhere"},
        {"hype": 0.5},
    ],
)
def test_an_edit_updates_and_moves_the_revision_on(library, change):
    put(library, an_asset(), approve=True)
    before = library.revision()
    edited = an_asset(**change)
    assert put(library, edited, approve=True) == "updated"
    found = library.get(edited.id)
    assert replace(found, version=1) == replace(edited, status=AssetStatus.APPROVED)
    assert found.version == (1 if edited.content_hash == an_asset().content_hash else 2)
    assert library.revision() != before


def test_an_edit_replaces_only_its_own_chunks_and_keeps_vectors_of_the_rest(library):
    pumps, valves = an_asset("pumps"), an_asset("valves")
    put(library, pumps, "one", "three", "seven", approve=True)
    put(library, valves, "one", approve=True)
    chunks = some_chunks(pumps, "seven", "one", "eleven")
    known = library.known_vectors([c.id for c in chunks], MODEL)
    assert known == {f"{pumps.id}#seven", f"{pumps.id}#one"}
    fresh = {k: v for k, v in some_vectors(chunks).items() if k not in known}
    assert library.put(pumps, chunks, fresh, MODEL) == "updated"
    assert library.chunks([c.id for c in chunks]) == {c.id: c for c in chunks}
    assert f"{pumps.id}#three" not in library.chunks()
    ids, vectors = library.vectors(MODEL)
    assert ids == sorted([*(c.id for c in chunks), f"{valves.id}#one"])
    assert vectors.shape == (4, 4)
    assert library.missing_vectors(MODEL) == []


def test_a_few_chunks_cost_the_same_whatever_the_library_holds(sqlite_db, set_clock):
    """With the tables joined, SQLite walked all approved assets for a handful of passages."""
    library, steps = Library(sqlite_db, set_clock), 0

    def counted(*_: object) -> int:
        nonlocal steps
        steps += 1
        return 0

    def armed(connection, *_: object) -> None:
        connection.connection.driver_connection.set_progress_handler(counted, 1)

    def cost() -> int:
        nonlocal steps
        steps = 0
        assert len(library.chunks([f"{an_asset('n0').id}#{word}" for word in words])) == 40
        return steps

    words = [str(i) for i in range(40)]
    put(library, an_asset("n0"), *words, approve=True)
    event.listen(sqlite_db.engine, "before_cursor_execute", armed)
    few = cost()
    assert few > 0
    for i in range(1, 60):
        put(library, an_asset(f"n{i}"), *words, approve=True)
    assert cost() < few * 2


def test_a_chunk_id_that_names_another_text_loses_its_old_vectors(library):
    asset = an_asset()
    old = [Chunk("c1", asset.id, 0, "", "before")]
    library.put(asset, old, some_vectors(old), MODEL, approve=True)
    new = [Chunk("c1", asset.id, 0, "", "after it changed")]
    library.put(asset, new, {}, MODEL)
    assert library.vectors(MODEL)[0] == []
    assert library.missing_vectors(MODEL) == new


def test_vectors_of_another_asset_are_refused(library):
    asset = an_asset()
    with pytest.raises(ValueError, match="Not of asset"):
        library.put(asset, [], {"stray": np.zeros(4, np.float32)}, MODEL)
    with pytest.raises(ValueError, match="Not of asset"):
        library.put(asset, some_chunks(an_asset("valves"), "one"), {}, MODEL)
    assert library.all() == []


def test_only_approved_assets_are_in_the_catalogue(library):
    draft, used, old = an_asset("draft"), an_asset("used"), an_asset("old")
    put(library, draft)
    assert not library.any_approved()
    put(library, used, approve=True)
    assert library.any_approved()
    put(library, old, approve=True)
    library.retire([old.id], "U1")
    assert set(library.approved()) == {used.id}
    assert {c.asset_id for c in library.chunks().values()} == {used.id}
    assert {i.split("#")[0] for i in library.vectors(MODEL)[0]} == {used.id}
    assert set(library.approved([draft.id, used.id, old.id, "none"])) == {used.id}
    assert set(library.chunks([f"{old.id}#one", f"{used.id}#one"])) == {f"{used.id}#one"}
    assert {c.asset_id for c in library.missing_vectors("another")} == {used.id}
    assert library.sources_in("/content").keys() == {draft.source, used.source}


def test_vectors_come_back_bit_for_bit_in_the_order_of_their_ids(library):
    asset = an_asset()
    chunks = some_chunks(asset, "b", "a", "c")
    rng = np.random.default_rng(5)
    vectors = {c.id: rng.normal(size=384).astype(np.float32) for c in chunks}
    library.put(asset, chunks, vectors, MODEL, approve=True)
    ids, found = library.vectors(MODEL)
    assert found.dtype == np.float32
    for row, chunk_id in zip(found, ids, strict=True):
        assert row.tobytes() == vectors[chunk_id].tobytes()


def test_vectors_are_kept_as_little_endian_float32(library, db):
    asset = an_asset()
    chunks = some_chunks(asset, "one")
    library.put(asset, chunks, {chunks[0].id: np.array([1.0, -2.5], ">f8")}, MODEL, approve=True)
    with db.read() as session:
        assert session.get(VectorRow, (chunks[0].id, MODEL)).vector.hex() == "0000803f000020c0"
    assert library.vectors(MODEL)[1].tolist() == [[1.0, -2.5]]


def test_no_vectors_are_an_empty_array(library):
    ids, found = library.vectors(MODEL)
    assert ids == []
    assert found.shape == (0, 0)


def test_missing_vectors_can_be_added_later(library):
    asset = an_asset()
    chunks = some_chunks(asset, "one", "three")
    library.put(asset, chunks, {}, MODEL, approve=True)
    assert library.missing_vectors(MODEL) == chunks
    before = library.revision()
    gone = {"gone": np.zeros(4, np.float32)}
    assert library.add_vectors(MODEL, some_vectors(chunks) | gone) == 2
    assert library.add_vectors(MODEL, some_vectors(chunks)) == 0
    assert library.missing_vectors(MODEL) == []
    assert library.revision() != before


def test_vectors_of_two_lengths_are_reported(library):
    asset = an_asset()
    chunks = some_chunks(asset, "one", "three")
    vectors = {chunks[0].id: np.zeros(3, np.float32), chunks[1].id: np.zeros(4, np.float32)}
    library.put(asset, chunks, vectors, MODEL, approve=True)
    with pytest.raises(StorageFailed, match="differ in length"):
        library.vectors(MODEL)


def test_approval_needs_an_absolute_url_and_names_those_without(library):
    good, bad = an_asset("good"), an_asset("bad", url=None)
    relative = an_asset("relative", url="/guides/x")
    for asset in (good, bad, relative):
        put(library, asset)
    with pytest.raises(BadInput, match=f"{bad.id}, {relative.id};"):
        library.approve([good.id, bad.id, relative.id], "U1")
    assert library.all(AssetStatus.APPROVED) == []
    assert library.approve([good.id], "U1") == 1
    assert library.approve([good.id], "U1") == 0


def test_approving_while_putting_leaves_a_piece_without_url_a_draft(library):
    assert put(library, an_asset(url=None), approve=True) == "added"
    assert library.get(an_asset().id).status is AssetStatus.DRAFT
    assert put(library, an_asset(), approve=True) == "updated"
    assert library.get(an_asset().id).status is AssetStatus.APPROVED
    put(library, an_asset(url=None))  # an approved piece that loses its address cannot be linked
    assert library.get(an_asset().id).status is AssetStatus.DRAFT


def test_what_went_with_its_source_comes_back_with_it(library):
    put(library, an_asset(), approve=True)
    library.retire([an_asset().id], "U1", gone=True)
    assert put(library, an_asset()) == "updated"
    assert library.get(an_asset().id).status is AssetStatus.DRAFT
    library.retire([an_asset().id], "U1", gone=True)
    assert put(library, an_asset(), approve=True) == "updated"
    assert library.vectors(MODEL)[0]


def test_what_a_person_retired_stays_retired_until_a_person_approves_it(library):
    put(library, an_asset(), approve=True)
    library.retire([an_asset().id], "U1")
    before = library.revision()
    assert put(library, an_asset(), approve=True) == "unchanged"
    assert put(library, an_asset(status=AssetStatus.APPROVED)) == "unchanged"
    assert library.revision() == before
    assert put(library, an_asset(text="Edited."), approve=True) == "updated"
    assert library.get(an_asset().id).status is AssetStatus.RETIRED
    assert library.approved() == {}
    assert library.approve([an_asset().id], "U1") == 1
    assert library.get(an_asset().id).status is AssetStatus.APPROVED


def test_a_person_may_retire_for_good_what_is_gone_and_a_sync_cannot_take_that_back(library):
    put(library, an_asset(), approve=True)
    assert library.retire([an_asset().id], "sync", gone=True) == 1
    assert library.retire([an_asset().id], "U1") == 0
    assert library.retire([an_asset().id], "sync", gone=True) == 0
    assert put(library, an_asset(), approve=True) == "unchanged"
    assert library.get(an_asset().id).status is AssetStatus.RETIRED


@pytest.mark.parametrize("approved", [True, False])
def test_an_id_in_use_cannot_be_taken_by_a_piece_from_elsewhere(library, approved):
    put(library, an_asset(), approve=approved)
    thief = an_asset(source="/other/list.csv#1", text="Other words.", url="https://other.example")
    with pytest.raises(BadInput, match=r"'pumps-0000aaaa' is already used by /content/pumps\.md;"):
        put(library, thief, approve=True)
    assert library.get(an_asset().id).text == an_asset().text
    library.retire([an_asset().id], "sync", gone=True)
    assert put(library, thief, approve=True) == "updated"  # so a piece can move
    assert library.find_source(thief.source).id == thief.id


def test_find_source_prefers_an_asset_in_use(library, set_clock):
    old = an_asset("old", source="same")
    put(library, old)
    set_clock.move(days=1)
    new = an_asset("new", source="same")
    put(library, new)
    library.retire([new.id], "U1")
    assert library.find_source("same").id == old.id
    assert library.find_source("never seen") is None


def test_unknown_ids_are_not_found_and_nothing_changes(library):
    put(library, an_asset(), approve=True)
    before = library.revision()
    for act in (library.approve, library.retire):
        with pytest.raises(NotFound, match="ghost"):
            act([an_asset().id, "ghost"], "U1")
    with pytest.raises(NotFound):
        library.get("ghost")
    with pytest.raises(NotFound):
        library.overrule_hype("ghost", "U1", "why")
    assert library.revision() == before
    assert library.get(an_asset().id).status is AssetStatus.APPROVED


def test_m17_hype_may_be_overruled_but_never_for_a_brochure(library):
    brochure, loud = an_asset("b", type=AssetType.BROCHURE), an_asset("loud", hype=0.9)
    put(library, brochure)
    put(library, loud)
    with pytest.raises(BadInput, match="brochure"):
        library.overrule_hype(brochure.id, "U1", "I like it")
    library.overrule_hype(loud.id, "U1", "It teaches")
    assert library.get(loud.id).hype_overruled
    put(library, replace(loud, text=loud.text + " Soon."))
    assert library.get(loud.id).hype_overruled  # an edit keeps it
    put(library, replace(loud, text="Now it is quite another piece, and louder."))
    assert not library.get(loud.id).hype_overruled  # another text was not what was judged
    library.overrule_hype(loud.id, "U1", "It teaches")
    put(library, replace(loud, type=AssetType.BROCHURE))
    assert not library.get(loud.id).hype_overruled


@pytest.fixture
def audit(set_clock, tmp_path) -> Audit:
    return Audit(b"k" * 32, tmp_path / "audit.anchor", set_clock)


def test_m56_every_change_of_status_is_audited_a_syncs_too(db, set_clock, audit):
    library = Library(db, set_clock, audit)
    pumps, valves = an_asset("pumps"), an_asset("valves")
    put(library, pumps)
    put(library, valves, approve=True)
    put(library, valves, approve=True)
    library.approve([pumps.id, valves.id], "U1")
    library.overrule_hype(pumps.id, "U2", "Only a person would say so")
    library.retire([pumps.id], "sync", gone=True)
    library.retire([pumps.id, valves.id], "U3")
    library.retire([pumps.id, valves.id], "U3")
    entries = audit.entries(db)
    assert sorted((e.kind, e.subject_id, e.actor) for e in entries) == [
        ("asset.added", pumps.id, ""),
        ("asset.added", valves.id, ""),
        ("asset.approved", pumps.id, "U1"),
        ("asset.approved", valves.id, ""),
        ("asset.gone", pumps.id, "sync"),
        ("asset.hype_overruled", pumps.id, "U2"),
        ("asset.retired", pumps.id, "U3"),
        ("asset.retired", valves.id, "U3"),
    ]
    assert "Only" not in str(entries)
    assert audit.verify(db).ok


def test_a_decision_that_cannot_be_audited_is_not_made(db, set_clock, audit, monkeypatch):
    library = Library(db, set_clock, audit)
    put(library, an_asset())

    def breaks(*_: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(audit, "append", breaks)
    for act in (
        lambda: library.approve([an_asset().id], "U1"),
        lambda: library.retire([an_asset().id], "U1"),
        lambda: library.overrule_hype(an_asset().id, "U1", "why"),
    ):
        with pytest.raises(RuntimeError):
            act()
    assert library.get(an_asset().id) == an_asset()


def test_every_change_that_search_sees_moves_the_revision_on(library):
    asset = an_asset()
    put(library, asset)
    seen = [library.revision()]
    for step in (
        lambda: library.approve([asset.id], "U1"),
        lambda: library.overrule_hype(asset.id, "U1", "why"),
        lambda: put(library, asset, "one"),
        lambda: library.add_vectors("other", {f"{asset.id}#one": np.zeros(2, np.float32)}),
        lambda: library.retire([asset.id], "U1"),
    ):
        step()
        seen.append(library.revision())
    assert len(set(seen)) == len(seen)


def test_drafts_that_come_in_are_no_news_to_search(library):
    before = library.revision()
    put(library, an_asset())
    put(library, an_asset(), "another")
    assert library.revision() == before


def test_more_ids_than_a_query_may_name(library):
    put(library, an_asset(), approve=True)
    many = [f"none-{n}" for n in range(70_000)] + [an_asset().id]
    assert set(library.approved(many)) == {an_asset().id}


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://example.com/a", True),
        ("http://example.com", True),
        ("/a", False),
        ("example.com/a", False),
        ("ftp://example.com/a", False),
        ("https:///a", False),
        ("http://[bad", False),
        ("javascript:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_absolute_means_that_a_lead_can_open_it(url, is_one):
    assert is_absolute(url) is is_one


words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=words, text=words, topics=st.lists(words, max_size=3))
def test_any_words_come_back_as_they_were(sqlite_db, set_clock, title, text, topics):
    library = Library(sqlite_db, set_clock)
    asset = an_asset(title=title, text=text, topics=tuple(topics))
    put(library, asset)
    assert replace(library.get(asset.id), version=1) == asset
    assert put(library, asset) == "unchanged"
