"""Adding content: idempotent by content, only what changed is embedded, what is gone is retired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.bootstrap import Wired, build
from bot.flow.add_assets import Added, add_assets
from bot.settings import Settings

BASE = "https://library.example"
TEXT = "A press stops for one of three reasons, and two of them give a warning days before. " * 6


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Wired]:
    wired = build(Settings(home=tmp_path / "home"))
    yield wired
    wired.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "content"
    made.mkdir()
    for name in ("presses", "pumps", "valves"):
        (made / f"{name}.md").write_text(f"# About {name}\n\n{TEXT.replace('press', name)}\n")
    return made


def add(folder: Path, tools: Wired) -> Added:
    return add_assets([str(folder)], tools, approve=True, base_url=BASE)


def test_a_second_run_changes_nothing_and_embeds_nothing(
    empty: Wired, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(add(folder, empty).added) == 3
    revision = empty.library.revision()
    embedded = _counting(empty, monkeypatch)
    again = add(folder, empty)
    assert (len(again.unchanged), again.added, again.updated, again.retired) == (3, [], [], [])
    assert embedded == []
    assert empty.library.revision() == revision


def test_an_edited_file_embeds_only_its_own_new_passages(
    empty: Wired, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, empty)
    chunks_before = empty.library.chunks()
    embedded = _counting(empty, monkeypatch)
    (folder / "pumps.md").write_text(f"# About pumps\n\nPumps have seals that wear. {TEXT}\n")
    edited = add(folder, empty)
    assert len(edited.updated) == 1
    assert len(edited.unchanged) == 2
    assert embedded
    assert all("pumps" in text.lower() for text in embedded)
    others = {i for i, c in chunks_before.items() if not c.asset_id.startswith("about-pumps")}
    assert others <= set(empty.library.chunks())


def test_a_new_title_does_not_make_a_second_asset(empty: Wired, folder: Path) -> None:
    first = add(folder, empty)
    (folder / "pumps.md").write_text(f"# All about seals\n\n{TEXT}\n")
    edited = add(folder, empty)
    assert edited.added == []
    assert set(edited.updated) <= set(first.added)


def test_a_deleted_file_leaves_the_index_within_its_folder_only(
    empty: Wired, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "cranes.md").write_text(f"# About cranes\n\n{TEXT.replace('press', 'crane')}\n")
    add(folder, empty)
    add(other, empty)
    assert empty.finder.search("valves", 10)[0].asset.title == "About valves"
    (folder / "valves.md").unlink()
    assert len(add(folder, empty).retired) == 1
    titles = {c.asset.title for c in empty.finder.search("valves", 10)}
    assert "About valves" not in titles
    assert "About cranes" in titles


def test_a_file_that_can_no_longer_be_read_is_reported_not_retired(
    empty: Wired, folder: Path
) -> None:
    add(folder, empty)
    (folder / "valves.md").write_bytes(b"\x00\x01\x02" * 100)
    again = add(folder, empty)
    assert again.retired == []
    assert len(again.rejected) == 1
    assert "About valves" in {a.title for a in empty.library.all()}


def test_only_approved_assets_are_found(empty: Wired, folder: Path) -> None:
    add_assets([str(folder)], empty, base_url=BASE)
    assert empty.finder.search("pumps", 10) == []
    pumps = next(a for a in empty.library.all() if "pumps" in a.title)
    empty.library.approve([pumps.id], "test")
    assert [c.asset.id for c in empty.finder.search("pumps", 10)] == [pumps.id]


def test_every_asset_is_audited_for_hype_when_it_enters(empty: Wired, tmp_path: Path) -> None:
    """M18 Findings are there from the start."""
    loud = "Revolutionary! The world's best platform! Book your demo today! Unbeatable savings! "
    (tmp_path / "loud.md").write_text(f"# Buy now\n\n{loud * 12}")
    (tmp_path / "calm.md").write_text(f"# Presses\n\n{TEXT}")
    add_assets([str(tmp_path / "loud.md"), str(tmp_path / "calm.md")], empty, base_url=BASE)
    hype = {a.title: a.hype for a in empty.library.all()}
    assert hype["Buy now"] > 0.5 > hype["Presses"]


def test_progress_is_told(empty: Wired, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    add_assets(
        [str(folder)], empty, base_url=BASE, progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (3, 3)


def _counting(tools: Wired, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are embedded from now on."""
    seen: list[str] = []
    embed = tools.embedder.embed

    def counted(texts: Sequence[str]) -> NDArray[np.float32]:
        seen.extend(texts)
        return embed(texts)

    monkeypatch.setattr(tools.embedder, "embed", counted)
    return seen


def test_a_change_of_the_embedding_model_makes_the_vectors_anew(
    empty: Wired, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decision 1: what another model made is missing, and is made, not taken for a miss."""
    add(folder, empty)
    empty.close()
    other = build(empty.settings)
    monkeypatch.setattr(type(other.embedder), "fingerprint", "another-model", raising=False)
    other.embedder.__dict__["fingerprint"] = "another-model"
    found = other.finder.search("pumps", 3)
    other.close()
    assert found[0].asset.title == "About pumps"


def test_what_a_broken_line_may_hide_is_kept(empty: Wired, tmp_path: Path) -> None:
    """A line that cannot be read must not retire a piece that may be in it."""
    manifest = tmp_path / "library.jsonl"
    lines = [f'{{"id": "a{n}", "title": "About {n}", "text": "{TEXT}"}}' for n in range(3)]
    manifest.write_text("\n".join(lines))
    assert len(add(manifest, empty).added) == 3
    manifest.write_text("\n".join([lines[0], lines[1][:40]]))
    again = add(manifest, empty)
    assert again.retired == []
    assert again.kept == ["a1", "a2"]
    manifest.write_text(lines[0])
    assert sorted(add(manifest, empty).retired) == ["a1", "a2"]
