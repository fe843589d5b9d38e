"""A backup made while others write is one moment, and is restored whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Wired, build
from bot.flow.backup import SETTINGS_FILE, secret_settings, without_secrets
from bot.flow.erasing import erase_lead, erase_words
from bot.settings import Settings
from knowledge.leads import LeadFacts
from storage.erased_marks import LIST, marks_in
from storage.lead_merge import merge_leads
from tests.conftest import Ran
from tests.databases import new_postgres_database
from tests.storage_examples import a_suggestion

pytestmark = pytest.mark.embedded  # what is about PostgreSQL makes its databases itself

Command = Callable[..., Ran]
FEW = 12


def add(tools: Wired, number: int) -> None:
    facts = LeadFacts(name=f"Ada Quill{number}", email=f"ada{number}@quill.example")
    tools.leads.put(f"L{number}", facts, "told", "U1")


def leads_of(tools: Wired) -> set[str]:
    return {lead_id for lead_id, _ in tools.leads.all()}


@contextmanager
def wired(home: Path, **more: Any) -> Iterator[Wired]:
    tools = build(Settings(home=home, **more))
    try:
        yield tools
    finally:
        tools.close()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A home with a few leads and no library, so that nothing has to be embedded."""
    home = tmp_path / "small"
    with wired(home) as tools:
        for number in range(FEW):
            add(tools, number)
    return home


@contextmanager
def writing(tools: Wired) -> Iterator[list[int]]:
    """Somebody who adds leads without a pause, as a bot does meanwhile; how many, in the end."""
    stop, done = threading.Event(), [0]

    def go_on() -> None:
        while not stop.is_set():
            done[0] += 1
            add(tools, 1000 + done[0])

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        yield done
    finally:
        stop.set()
        writer.join()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_m56_m59_a_backup_made_while_others_write_restores_one_moment(
    dialect: str, tmp_path: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, file, to = tmp_path / "home", tmp_path / "b.zip", tmp_path / "to"
    if dialect == "postgresql":
        monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", new_postgres_database())
    with wired(home) as tools, writing(tools):
        for _ in range(3):
            file.unlink(missing_ok=True)
            made = trailguide("--home", home, "backup", "--output", file, "--json")
            assert made.status == 0, made.err
    assert made.json["database"] == dialect
    assert file.stat().st_mode & 0o777 == 0o600
    if dialect == "postgresql":
        monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", new_postgres_database())
    done = trailguide("restore", file, "--home", to, "--json")
    assert done.status == 0, done.err
    assert done.json["audit"]["ok"]
    with wired(to) as again:
        assert again.audit.verify(again.db).ok
        there = leads_of(again)
        added = [e for e in again.audit.entries(again.db) if e.kind == "lead.added"]
        assert len(there) == len(added) > 1  # a row and its entry come together or not at all
        add(again, 1)  # and the restored home goes on
        assert again.audit.verify(again.db).ok
    assert to.stat().st_mode & 0o777 == 0o700


def test_a_restored_library_answers_with_the_same_passages_and_embeds_none_anew(
    home: Path, tmp_path: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, to = tmp_path / "b.zip", tmp_path / "to"
    with wired(home) as tools:
        before = tools.finder.search("spare parts stock", 5)
    assert trailguide("--home", home, "backup", "--output", file).status == 0

    def never(*_: Any) -> str:
        raise AssertionError("a passage was embedded anew")

    monkeypatch.setattr("bot.flow.reembedding.embedding_text", never)
    done = trailguide("restore", file, "--home", to, "--json")
    assert done.status == 0, done.err
    with wired(to) as again:
        after = again.finder.search("spare parts stock", 5)
        assert again.vectors.count() == done.json["passages"] > 0
    assert [(h.asset.id, h.score) for h in after] == [(h.asset.id, h.score) for h in before]


def test_no_secret_is_in_a_backup_and_the_teams_own_words_stay(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    (small / SETTINGS_FILE).write_text(
        '# ask Kim before you change this\ntime_zone = "Europe/Berlin"  # our own\n'
        'slack_bot_token = "xoxb-hush"\nsignal_secrets = ["0123456789abcdef-hush"]\n'
        '# old: xoxb-hush\ncrm_token = "pat-hush"\n'
    )
    told = trailguide("--home", small, "backup", "--output", tmp_path / "b.zip")
    assert "crm_token, signal_secrets, slack_bot_token" in told.out
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert all(b"hush" not in archive.read(name) for name in archive.namelist())
        kept = archive.read(SETTINGS_FILE).decode()
    assert kept == '# ask Kim before you change this\ntime_zone = "Europe/Berlin"  # our own\n'


def test_a_secret_that_cannot_be_cut_out_takes_its_file_with_it() -> None:
    assert without_secrets('signal_secrets = [\n "0123456789abcdef",\n]\ntime_zone = "UTC"') is None
    assert {"slack_bot_token", "crm_refresh_token", "database_url"} <= secret_settings()


@pytest.mark.parametrize(
    "spoil",
    ["nothing", "a letter", "cut", "half", "a byte", "a stranger", "outside", "newer", "step"],
)
def test_m59_a_file_that_is_no_whole_backup_leaves_nothing_behind(
    spoil: str, small: Path, tmp_path: Path, trailguide: Command
) -> None:
    file, to = tmp_path / "b.zip", tmp_path / "to"
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    spoiled(file, spoil)
    before = set(tmp_path.iterdir())
    told = trailguide("restore", file, "--home", to)
    assert told.status == 2, told
    assert len(told.err.strip().splitlines()) == 1
    assert "Traceback" not in told.err
    assert set(tmp_path.iterdir()) == before


def spoiled(file: Path, how: str) -> None:
    """Do to a backup what disks, networks and strangers do."""
    raw = file.read_bytes()
    if how == "nothing":
        file.unlink()
    elif how == "a letter":
        file.write_text("Dear team, find attached our leads. " * 100)
    elif how in {"cut", "half"}:
        file.write_bytes(raw[: -1 if how == "cut" else len(raw) // 2])
    elif how == "a byte":
        middle = len(raw) // 2
        file.write_bytes(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])
    else:
        _rewritten(file, how)


def _rewritten(file: Path, how: str) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts["manifest.json"])
    if how == "a stranger":
        parts = {"letter.txt": b"hello"}
    elif how == "newer":
        manifest["format"] = 99
    elif how == "step":
        manifest["step"] = "9999"
    elif how == "outside":
        parts["../escaped.db"] = b"x"
        manifest["files"]["../escaped.db"] = {"bytes": 1, "sha256": "2d711642b7"}
    if how != "a stranger":
        parts["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_home_with_something_in_it_is_left_alone(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    file = tmp_path / "b.zip"
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    told = trailguide("restore", file, "--home", small)
    assert (told.status, "is not empty" in told.err) == (2, True)
    again = trailguide("--home", small, "backup", "--output", file)
    assert (again.status, "is there already" in again.err) == (2, True)


@pytest.mark.parametrize("step", ["writes", "links"])
def test_a_disk_that_fills_up_leaves_no_half_backup(
    step: str, small: Path, tmp_path: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M59"""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((zipfile.ZipFile, "write") if step == "writes" else (os, "link")), full)
    folder = tmp_path / "out"
    folder.mkdir()
    told = trailguide("--home", small, "backup", "--output", folder / "b.zip")
    assert (told.status, "No space left on device" in told.err) == (1, True)
    assert list(folder.iterdir()) == []


@pytest.mark.embedded  # the server looks after its own files
def test_a_damaged_database_is_not_taken_for_a_backup(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    path = small / "trailguide.db"
    with sqlite3.connect(path) as db:
        (page,) = db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_subject_id'"
        ).fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff" * 64)
    told = trailguide("--home", small, "backup", "--output", tmp_path / "b.zip")
    assert told.status == 1
    assert "damaged" in told.err
    assert not (tmp_path / "b.zip").exists()


def test_without_postgresqls_programs_a_sentence_says_what_to_do(
    tmp_path: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", new_postgres_database())
    monkeypatch.setenv("PATH", str(tmp_path))
    told = trailguide("--home", tmp_path / "h", "backup", "--output", tmp_path / "b.zip")
    assert (told.status, told.err.count("\n")) == (1, 1)
    assert "pg_dump is not installed here" in told.err


def test_a_backup_of_one_kind_of_database_is_not_put_into_another(
    small: Path, tmp_path: Path, trailguide: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "b.zip"
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    monkeypatch.setenv("TRAILGUIDE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    told = trailguide("restore", file, "--home", tmp_path / "to")
    assert (told.status, "unset TRAILGUIDE_DATABASE_URL" in told.err) == (2, True)
    assert not (tmp_path / "to").exists()


def test_what_was_erased_since_the_backup_is_erased_again(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    """The marks of an erasure lead to nobody, save in a copy that still has the lead's salt."""
    file, to = tmp_path / "b.zip", tmp_path / "to"
    with wired(small) as tools:
        tools.suggestions.save(a_suggestion("s-nobody", lead_id=None))
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    with wired(small) as tools:
        erase_lead("L3", "command line", tools)
        with tools.db.write() as session:
            merge_leads(session, tools.audit, tools.clock.now(), gone="L4", survivor="L5", by="crm")
        erase_lead("L5", "command line", tools)
        erase_words("s-nobody", "command line", tools)
        add(tools, 99)
        erase_lead("L99", "command line", tools)  # who was never in the backup
        assert len(marks_in(tools.db)) == 5
    listed = (small / LIST).read_text()
    assert not any(word in listed for word in ("L3", "Quill", "ada"))
    for source in (small / LIST, small):
        done = trailguide("restore", file, "--home", to, "--erasures", source, "--json")
        assert done.json["erased_again"] == 4, done
        with wired(to) as again:
            there = leads_of(again)
            assert there == {f"L{n}" for n in range(FEW)} - {"L3", "L4", "L5"}
            assert again.suggestions.get("s-nobody").erased
            assert again.audit.verify(again.db).ok
            assert len((to / LIST).read_text().splitlines()) == len(listed.splitlines())
        to = tmp_path / "second"


def test_a_lead_who_came_back_after_an_erasure_stays(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    with wired(small) as tools:
        erase_lead("L3", "command line", tools)
        add(tools, 3)
    file = tmp_path / "b.zip"
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    done = trailguide("restore", file, "--home", tmp_path / "to", "--erasures", small, "--json")
    assert done.json["erased_again"] == 0
    with wired(tmp_path / "to") as again:
        assert "L3" in leads_of(again)


def test_a_list_is_heeded_by_a_database_that_was_put_back_by_other_means(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    before = tmp_path / "before"
    shutil.copytree(small, before)
    with wired(small) as tools:
        erase_lead("L3", "command line", tools)
    for count in (1, 0):
        told = trailguide("--home", before, "erasures", small / LIST, "--json")
        assert told.json == {"erased_again": count}


def test_a_list_that_is_none_is_refused_before_anything_is_done(
    small: Path, tmp_path: Path, trailguide: Command
) -> None:
    file, letter = tmp_path / "b.zip", tmp_path / "letter.txt"
    assert trailguide("--home", small, "backup", "--output", file).status == 0
    letter.write_text("Please erase Ada Quill.")
    for source in (letter, tmp_path / "nowhere.txt", tmp_path):
        told = trailguide("restore", file, "--home", tmp_path / "to", "--erasures", source)
        assert (told.status, told.err.count("\n")) == (2, 1), told
    assert not (tmp_path / "to").exists()
