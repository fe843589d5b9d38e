"""Vector indexes: the scan, embedded Chroma and a Chroma server keep the same contract."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import IndexBusy, StorageFailed
from retrieval import chroma_server, chroma_sync
from retrieval.chroma_index import ChromaIndex
from retrieval.chroma_server import ChromaServerIndex
from retrieval.vectors import ScanIndex

DIMENSION = 64


def rows(count: int, seed: int = 1, dimension: int = DIMENSION) -> np.ndarray:
    matrix = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def names(count: int, start: int = 0) -> list[str]:
    return [f"c{n:06}" for n in range(start, start + count)]


def never():
    raise AssertionError("the vectors were read though the revision is the same")


@pytest.fixture(params=["scan", "chroma"])
def index(request, tmp_path):
    made = ScanIndex() if request.param == "scan" else ChromaIndex(tmp_path / "chroma", "team 1 ß")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "chroma"


def test_an_index_finds_each_vector_itself_with_cosine_one(index):
    matrix = rows(50)
    index.sync("r1", lambda: (names(50), matrix))
    assert index.count() == 50
    for name, vector in zip(names(50), matrix, strict=True):
        ((found, cosine),) = index.query(vector, 1)
        assert found == name
        assert cosine == pytest.approx(1.0, abs=1e-4)


def test_hits_come_best_first_with_their_cosines(index):
    matrix = rows(200)
    query = rows(1, seed=9)[0]
    index.sync("r1", lambda: (names(200), matrix))
    hits = index.query(query, 20)
    exact = matrix @ query
    assert [name for name, _ in hits] == [names(200)[i] for i in np.argsort(-exact)[:20]]
    assert [cosine for _, cosine in hits] == pytest.approx(
        sorted(exact, reverse=True)[:20], abs=1e-4
    )


def test_many_queries_give_what_each_gives_alone(index):
    index.sync("r1", lambda: (names(150), rows(150)))
    queries = rows(70, seed=5)
    together = index.query_many(queries, 5)
    assert [[n for n, _ in hits] for hits in together] == [
        [n for n, _ in index.query(query, 5)] for query in queries
    ]
    assert index.query_many(queries[:0], 5) == []


def test_ties_are_ordered_by_id(index):
    matrix = np.repeat(rows(1), 6, axis=0)
    ids = ["f", "b", "d", "a", "e", "c"]
    index.sync("r1", lambda: (ids, matrix))
    assert [name for name, _ in index.query(matrix[0], 6)] == sorted(ids)


def test_asking_for_more_than_there_is_gives_all(index):
    index.sync("r1", lambda: (names(3), rows(3)))
    assert len(index.query(rows(1)[0], 100)) == 3
    assert index.query(rows(1)[0], 0) == []


def test_an_empty_index_finds_nothing(index):
    query = rows(1)[0]
    assert index.query(query, 5) == []
    index.sync("r1", lambda: ([], np.zeros((0, 0), np.float32)))
    assert index.count() == 0
    assert index.query(query, 5) == []
    index.sync("r2", lambda: (names(2), rows(2)))
    assert len(index.query(query, 5)) == 2
    index.sync("r3", lambda: ([], np.zeros((0, 0), np.float32)))
    assert index.query(query, 5) == []


def test_the_same_revision_reads_nothing(index):
    index.sync("r1", lambda: (names(3), rows(3)))
    index.sync("r1", never)
    assert index.count() == 3


def test_a_new_revision_brings_new_chunks_and_drops_gone_ones(index):
    matrix = rows(60)
    index.sync("r1", lambda: (names(50), matrix[:50]))
    index.sync("r2", lambda: (names(50, 10), matrix[10:]))
    assert index.count() == 50
    assert index.query(matrix[55], 1)[0][0] == "c000055"
    assert index.query(matrix[5], 1)[0][1] < 0.99


def test_threads_query_while_another_syncs(index):
    matrix = rows(300)
    index.sync("r0", lambda: (names(300), matrix))
    failed = []

    def ask():
        try:
            for vector in matrix[:40]:
                assert index.query(vector, 3)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(3):
        index.sync(f"r{n + 1}", lambda n=n: (names(290 + n), matrix[: 290 + n]))
    for thread in threads:
        thread.join()
    assert failed == []


def test_chroma_agrees_with_the_exact_scan_on_5000_vectors(folder):
    matrix, queries = rows(5000, dimension=384), rows(40, seed=7, dimension=384)
    chroma, scan = ChromaIndex(folder, "recall"), ScanIndex()
    for made in (chroma, scan):
        made.sync("r1", lambda: (names(5000), matrix))
    shared = [
        len({n for n, _ in a} & {n for n, _ in b}) / 100
        for a, b in zip(chroma.query_many(queries, 100), scan.query_many(queries, 100), strict=True)
    ]
    chroma.close()
    assert np.mean(shared) >= 0.99


def test_a_closed_index_is_as_it_was_when_opened_again(folder):
    matrix = rows(40)
    first = ChromaIndex(folder, "kept")
    first.sync("r1", lambda: (names(40), matrix))
    first.close()
    again = ChromaIndex(folder, "kept")
    again.sync("r1", never)
    assert again.query(matrix[7], 1)[0][0] == "c000007"
    again.close()


def test_a_second_owner_is_told_that_the_index_is_in_use(folder):
    first = ChromaIndex(folder, "one")
    with pytest.raises(IndexBusy, match="Another Trailguide process"):
        ChromaIndex(folder, "two")
    code = (
        "import sys; from pathlib import Path; from knowledge.errors import IndexBusy\n"
        "from retrieval.chroma_index import ChromaIndex\n"
        "try: ChromaIndex(Path(sys.argv[1]), 'one')\n"
        "except IndexBusy: sys.exit(7)\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(command, check=False).returncode == 7
    first.close()
    ChromaIndex(folder, "two").close()
    assert subprocess.run(command, check=False).returncode == 0


def test_a_dead_owner_leaves_no_lock(folder):
    code = (
        "import sys, os; from pathlib import Path; from retrieval.chroma_index import ChromaIndex\n"
        "ChromaIndex(Path(sys.argv[1]), 'one'); os._exit(9)\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    assert subprocess.run(command, check=False).returncode == 9
    ChromaIndex(folder, "one").close()


def store_of(folder: Path) -> Path:
    (pointer,) = folder.glob("*.json")
    return folder / json.loads(pointer.read_text())["store"]


def damage_database(folder: Path) -> None:
    (store_of(folder) / "chroma.sqlite3").write_bytes(b"garbage" * 500)


def damage_vectors(folder: Path) -> None:
    for path in store_of(folder).rglob("*.bin"):
        path.write_bytes(b"\x00" * 17)


def lose_vectors(folder: Path) -> None:
    for path in store_of(folder).iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def lose_store(folder: Path) -> None:
    shutil.rmtree(store_of(folder))


def lose_everything(folder: Path) -> None:
    shutil.rmtree(folder)


def damage_pointer(folder: Path) -> None:
    (pointer,) = folder.glob("*.json")
    pointer.write_text('{"store": 3')


DAMAGE = [
    damage_database, damage_vectors, lose_vectors, lose_store, lose_everything, damage_pointer
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_rebuilt_when_it_is_opened(folder, damage):
    matrix = rows(1100)  # past Chroma's write-ahead batch, so that there are vector files
    first = ChromaIndex(folder, "kept")
    first.sync("r1", lambda: (names(1100), matrix))
    first.close()
    damage(folder)
    again = ChromaIndex(folder, "kept")
    again.sync("r1", lambda: (names(1100), matrix))
    assert again.count() == 1100
    assert [again.query(matrix[n], 1)[0][0] for n in (0, 700, 1099)] == [
        "c000000", "c000700", "c001099"
    ]  # fmt: skip
    again.close()
    assert len([p for p in folder.iterdir() if p.is_dir()]) == 1


def test_an_index_that_breaks_in_use_is_rebuilt_from_the_last_vectors(folder):
    matrix = rows(30)
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(30), matrix))
    index._client.delete_collection(index._collection.name)
    assert index.query(matrix[3], 1)[0][0] == "c000003"
    assert index.count() == 30
    index.close()


def test_vectors_missing_behind_our_back_are_noticed_at_the_next_sync(folder):
    matrix = rows(40)
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(40), matrix))
    index._collection.delete(ids=names(5))
    index.close()
    again = ChromaIndex(folder, "kept")
    again.sync("r1", lambda: (names(40), matrix))
    assert again.count() == 40
    again.close()


def test_a_large_change_builds_anew_and_leaves_one_store(folder, monkeypatch):
    monkeypatch.setattr(chroma_sync, "SMALL_INDEX", 10)
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(40), rows(40)))
    before = store_of(folder)
    index.sync("r2", lambda: (names(42), rows(42)))
    assert store_of(folder) == before
    index.sync("r3", lambda: (names(40, 100), rows(40, seed=3)))
    assert store_of(folder) != before
    assert not before.exists()
    assert index.query(rows(40, seed=3)[4], 1)[0][0] == "c000104"
    index.close()


def test_a_build_that_lost_vectors_is_refused(folder, monkeypatch):
    real = chroma_sync._add
    monkeypatch.setattr(chroma_sync, "_add", lambda c, ids, m, rows: real(c, ids, m, rows[:-1]))
    index = ChromaIndex(folder, "kept")
    with pytest.raises(StorageFailed, match="after a rebuild"):
        index.sync("r1", lambda: (names(103), rows(103)))
    assert list(folder.glob("*.json")) == []
    assert [path for path in folder.iterdir() if path.is_dir()] == []
    index.close()


def full(*_, **__):
    raise OSError(28, "No space left on device")


def stores(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


@pytest.mark.parametrize("where", ["retrieval.chroma_sync._add", "pathlib.Path.write_text"])
def test_m60_a_build_that_fails_leaves_nothing_behind(folder, monkeypatch, where):
    """M60 On a disk that is full each try would take what was made free."""
    index = ChromaIndex(folder, "kept")
    with monkeypatch.context() as disk:
        disk.setattr(where, full)
        for _ in range(3):
            with pytest.raises(StorageFailed, match="No space left"):
                index.sync("r1", lambda: (names(5), rows(5)))
            assert stores(folder) == []
    index.sync("r1", lambda: (names(5), rows(5)))
    assert len(stores(folder)) == 1
    index.close()


def test_m60_a_pointer_that_cannot_be_written_keeps_a_patched_index(folder, monkeypatch):
    """M60 Told as a failure of storage, and written at the next try without building anew."""
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))
    before = store_of(folder)
    with monkeypatch.context() as disk:
        disk.setattr("pathlib.Path.write_text", full)
        with pytest.raises(StorageFailed, match="No space left"):
            index.sync("r2", lambda: (names(6), rows(6)))
    index.sync("r2", lambda: (names(6), rows(6)))
    assert store_of(folder) == before
    assert index.query(rows(6)[5], 1)[0][0] == "c000005"
    index.close()
    again = ChromaIndex(folder, "kept")
    again.sync("r2", never)
    again.close()


def test_what_a_dead_builder_left_is_removed_at_the_next_start(folder):
    """The folder has one owner, so nobody builds there now; other names are left alone."""
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))
    key = index._key
    index.close()
    held = store_of(folder)
    for name in (f"{key}-0badcafe", "other-12345678-0badcafe"):
        (folder / name).mkdir()
        (folder / name / "chroma.sqlite3").write_bytes(b"half")
    again = ChromaIndex(folder, "kept")
    again.sync("r1", never)
    again.close()
    assert stores(folder) == sorted([held, folder / "other-12345678-0badcafe"])


def test_a_failed_read_leaves_the_index_as_it_was(folder):
    index = ChromaIndex(folder, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))

    def broken():
        raise StorageFailed("no database")

    with pytest.raises(StorageFailed, match="no database"):
        index.sync("r2", broken)
    assert len(index.query(rows(1)[0], 5)) == 5
    index.close()


def test_two_names_in_one_folder_do_not_touch_each_other(folder):
    for name, seed in (("a/b", 1), ("a b", 2)):
        index = ChromaIndex(folder, name)
        index.sync("r1", lambda seed=seed: (names(5), rows(5, seed=seed)))
        index.close()
    index = ChromaIndex(folder, "a/b")
    index.sync("r1", never)
    assert index.query(rows(5, seed=1)[2], 1)[0][1] == pytest.approx(1.0, abs=1e-4)
    index.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="Cannot write the vector index"):
        ChromaIndex(tmp_path / "file" / "chroma", "x")


def test_a_server_that_is_away_is_named_when_it_is_needed_and_not_before():
    index = ChromaServerIndex("http://127.0.0.1:9", "x")
    held = (names(3), rows(3))
    uses = (
        index.look, lambda: index.sync("r1", lambda: held), lambda: index.query(rows(1)[0], 1),
        lambda: index.knows(held, range(3)),
    )  # fmt: skip
    for use in uses:
        with pytest.raises(StorageFailed, match=r"127\.0\.0\.1:9 cannot be reached"):
            use()
    assert index.count() == 0
    index.close()


def test_a_server_holds_one_index_for_several_owners(server):
    matrix = rows(60)
    first, second = ChromaServerIndex(server, "shared"), ChromaServerIndex(server, "shared")
    first.sync("r1", lambda: (names(50), matrix[:50]))
    second._reopen()
    second.sync("r1", never)
    assert second.query(matrix[9], 1)[0][0] == "c000009"
    first.sync("r2", lambda: (names(50, 10), matrix[10:]))
    assert first.query(matrix[55], 1)[0][0] == "c000055"
    first._build(names(60), matrix)  # another builds anew and drops what the second holds
    first._flip("r3", 60)
    assert second.query(matrix[55], 1)[0][0] == "c000055"
    assert len([c for c in first._client.list_collections() if "shared" in c.name]) == 1
    first.close()
    second.close()


def states(server_index) -> list[str]:
    return sorted(c.metadata["state"] for c in server_index._client.list_collections())


@pytest.mark.parametrize("where", ["retrieval.chroma_sync._add", "_flip"])
def test_m60_a_build_that_fails_on_a_server_leaves_nothing_behind(server, monkeypatch, where):
    """M60 The one in force stays, the one that was begun goes."""
    index = ChromaServerIndex(server, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))
    with monkeypatch.context() as disk:
        if where == "_flip":
            disk.setattr("chromadb.api.models.Collection.Collection.modify", full)
        else:
            disk.setattr(where, full)
        for _ in range(2):
            with pytest.raises(StorageFailed, match="No space left"):
                index.renew()
            assert states(index) == ["ready"]
    index.renew()
    assert states(index) == ["ready"]
    assert index.query(rows(5)[3], 1)[0][0] == "c000003"
    index.close()


def test_what_dead_builders_left_on_a_server_is_dropped_after_an_hour(server, monkeypatch):
    """One that is being built now may be another bot's."""
    index = ChromaServerIndex(server, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))
    ChromaServerIndex(server, "other").sync("r1", lambda: (names(5), rows(5)))
    dying = ChromaServerIndex(server, "kept")
    dying._reopen()
    dying._start_anew()
    index.renew()
    assert states(index) == ["building", "ready", "ready"]
    later = time.time() + chroma_server.BUILDING_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    index.renew()
    assert states(index) == ["ready", "ready"]
    index.close()


def test_a_collection_that_another_bot_drops_first_is_no_failure(server, monkeypatch):
    index, other = ChromaServerIndex(server, "kept"), ChromaServerIndex(server, "kept")
    index.sync("r1", lambda: (names(5), rows(5)))
    other.sync("r1", lambda: (names(5), rows(5)))
    stale = list(other._client.list_collections())
    other.renew()
    (now,) = other._client.list_collections()
    monkeypatch.setattr(index, "_others", lambda: stale)
    index._collection = now
    index._flip("r2", 5)
    assert states(other) == ["ready"]
    index.close()
    other.close()


@pytest.fixture
def server(server_and_process):
    return server_and_process[0]


@pytest.fixture
def server_and_process(tmp_path):
    import socket
    import urllib.error
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1",
        "--port", str(port), "--path", str(tmp_path / "server"),
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=1)
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.1)
            else:
                pytest.fail("the Chroma server did not start in 20 s")
            yield url, process
        finally:
            process.terminate()
