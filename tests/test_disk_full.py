"""A disk that is really full in the midst of the work: nothing lost, half or twice."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import outlasting
from bot.bootstrap import Wired, build
from bot.flow import importing
from bot.flow.backup import back_up
from bot.flow.import_planning import Options
from bot.jobs import lives
from bot.settings import Settings
from knowledge.errors import StorageFailed, TrailguideError
from tests.conftest import UNCAPPED, Ran
from tests.faults.disk import Disk, small_disk
from tests.faults.running import running
from tests.slack.files import DroppedFile
from tests.slack.local import until

pytestmark = [pytest.mark.faults, pytest.mark.embedded, pytest.mark.timeout(600)]

FULL_SECONDS = 8.0
TOLD = " ".join(["A bakery finds leaks in its compressed air lines by ultrasound."] * 12)
QUESTION = "How does a bakery find leaks in its compressed air lines?"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


@pytest.fixture
def settings(disk: Disk, seeded: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A bot whose home is on that disk, and that sweeps every second."""
    monkeypatch.setattr(lives, "SWEEP_SECONDS", 1.0)
    monkeypatch.setattr(outlasting, "LONGEST_PAUSE_SECONDS", 0.1)
    home = disk.path / "home"
    shutil.copytree(seeded, home)
    return Settings(home=home, check_links=False, **UNCAPPED)


@pytest.fixture
def wired(settings: Settings) -> Iterator[Wired]:
    made = build(settings)
    yield made
    made.close()


def pieces(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        fields = f"title: Compressed air {number}\ntype: guide\nid: air-{number}"
        address = f"url: https://www.tidewell.example/air-{number}"
        text = f"---\n{fields}\n{address}\n---\n\nLine {number}. {TOLD} Step {number} ends it.\n"
        (folder / f"air-{number}.md").write_text(text)
    return folder


@pytest.mark.parametrize("left", [0, 200_000])
def test_m58_m59_people_who_ask_while_the_disk_is_full_are_answered_once(
    left: int, wired: Wired, disk: Disk
) -> None:
    """M58 M59 Nothing left, or so little that a commit gets through and the next does not."""
    with running(wired) as bot:
        stop = threading.Event()

        def talk(person: int) -> None:
            turn = 0
            while not stop.is_set():
                bot.send(*(() if turn % 4 == 0 else ("help",)), person=person)
                turn += 1
                stop.wait(0.4)

        people = [threading.Thread(target=talk, args=(n,)) for n in range(1, 4)]
        for person in people:
            person.start()
        until(lambda: len(bot.keys) > 6, "some talk", 60)
        disk.fill(left)
        time.sleep(FULL_SECONDS)
        disk.give_back()
        time.sleep(2.0)
        stop.set()
        for person in people:
            person.join()
        bot.settled(120)
        bot.send("thanks!", person=9)
        bot.settled(30)  # no restart was needed
        assert left or bot.refused, "nothing came in while it was full"
        bot.check()


def test_m59_a_file_and_a_picture_on_their_way_when_the_disk_fills_arrive_once(
    wired: Wired, disk: Disk
) -> None:
    """M59 A dropped file is read and proposed, the map of the library is uploaded."""
    with running(wired) as bot:
        office = bot.office
        bot.slack.dropped["F1"] = DroppedFile("air.md", f"# Air in bakeries\n\n{TOLD}\n".encode())
        told = [{"id": "F1", "name": "air.md"}]
        dropped = office.event("", subtype="file_share", files=told)
        bot.deliver(dropped)
        assert office.command("coverage picture").status == 200
        disk.fill()
        time.sleep(3.0)
        disk.give_back()
        until(lambda: not wired.inbox.pending(), "the answers", 120)
        posts = bot.slack.messages
        assert len([m for m in posts if m.get("files")]) == 1, posts
        assert len([m for m in posts if "air" in str(m.get("blocks")).lower()]) == 1
        assert wired.audit.verify(wired.db).ok


def test_m60_the_index_is_written_when_there_is_room_and_answers_meanwhile(
    wired: Wired, disk: Disk, tmp_path: Path
) -> None:
    """M60 The vectors in SQL stand in; afterwards the index holds what SQL holds."""
    wired.finder.search(QUESTION, 1)
    identity = importing.plan([str(pieces(tmp_path / "more", 2))], wired, Options(approve=True))
    assert importing.work(identity, wired).wait is None
    disk.fill()
    found = wired.finder.search(QUESTION, 1)
    assert found[0].asset.title.startswith("Compressed air")
    disk.give_back()
    wired.finder.prove(1000)
    assert wired.finder.prove(1000)
    assert [c.asset.id for c in wired.finder.search(QUESTION, 1)] == [found[0].asset.id]


def test_m59_an_import_that_met_a_full_disk_ends_with_each_piece_once(
    wired: Wired, disk: Disk, tmp_path: Path
) -> None:
    """M59 It stops with a sentence, and goes on after any number of full disks."""
    identity = importing.plan([str(pieces(tmp_path / "more", 40))], wired, Options())
    stopped = 0
    for left in (0, 150_000, 400_000, 800_000):
        disk.fill(left)
        try:
            importing.work(identity, wired)
        except TrailguideError:
            stopped += 1
        disk.give_back()
    assert stopped
    assert importing.work(identity, wired).wait is None
    done = importing.result(identity, wired)
    assert not done.rejected, done.rejected[:2]
    titles = [a.title for a in wired.library.all() if a.title.startswith("Compressed air")]
    assert sorted(titles) == sorted(f"Compressed air {n}" for n in range(40))
    assert wired.audit.verify(wired.db).ok


def test_m59_a_backup_onto_a_full_disk_leaves_nothing_and_the_next_one_is_whole(
    wired: Wired, disk: Disk, tmp_path: Path, trailguide: Callable[..., Ran]
) -> None:
    """M59 With room for some of it, and with none."""
    before = sorted(p.name for p in disk.path.iterdir())
    for left in (0, 300_000, 2_000_000):
        disk.fill(left)
        with pytest.raises(StorageFailed):
            back_up(disk.path / "backup.zip", "test", wired)
        disk.give_back()
        assert sorted(p.name for p in disk.path.iterdir()) == before
    made = back_up(disk.path / "backup.zip", "test", wired)
    assert made.bytes > 0
    assert trailguide("--home", tmp_path / "restored", "restore", made.path).status == 0
    assert wired.audit.verify(wired.db).ok
