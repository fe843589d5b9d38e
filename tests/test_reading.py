"""Reading: what is found under arguments, and how each kind of file becomes an asset."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from knowledge.asset_fields import guess_type
from knowledge.assets import Asset
from knowledge.errors import BadInput
from knowledge.journey import AssetType
from knowledge.reading import Rejected, Source, discover, folders, read, read_all
from tests.documents import LESSON, LIBRARY, docx, pdf, pptx

BASE = "https://www.tidewell.example"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LIBRARY, tmp_path / "library"))


def _assets(*arguments: Path | str, base_url: str | None = None) -> dict[str, Asset]:
    items = list(read_all([str(a) for a in arguments], base_url))
    assert all(isinstance(item, Asset) for item in items), items
    return {Path(item.source).name: item for item in items if isinstance(item, Asset)}


def test_folder_is_read_whole_in_sorted_order_without_hidden_files(library: Path) -> None:
    found = discover([str(library)])
    names = [str(Path(source.location).relative_to(library)) for source in found]
    assert names == [
        "blog/counting-stops.md",
        "case-studies/pump-house.html",
        "guides/spare-parts.mdx",
        "shift-handover_notes.txt",
    ]
    assert {source.folder for source in found} == {str(library)}


def test_every_kind_of_file_becomes_an_asset(library: Path) -> None:
    (library / "plan.docx").write_bytes(docx("Plans that hold", LESSON))
    (library / "deck.pptx").write_bytes(pptx("A deck", LESSON, "notes"))
    (library / "sheet.pdf").write_bytes(pdf(LESSON, "A sheet of advice"))
    assets = _assets(library, base_url=BASE)
    assert {name: asset.title for name, asset in assets.items()} == {
        "counting-stops.md": "Counting short stops",
        "pump-house.html": "How a pump house halved call-outs",
        "spare-parts.mdx": "Spare parts: what to keep",
        "shift-handover_notes.txt": "Shift handover notes",
        "plan.docx": "Plans that hold",
        "deck.pptx": "A deck",
        "sheet.pdf": "A sheet of advice",
    }
    assert all(asset.language == "en" for asset in assets.values())
    assert all(Path(asset.source).is_absolute() for asset in assets.values())


def test_type_is_told_by_the_folder_when_not_given(library: Path) -> None:
    kinds = {name: asset.type for name, asset in _assets(library).items()}
    assert kinds["counting-stops.md"] is AssetType.BLOG
    assert kinds["pump-house.html"] is AssetType.CASE_STUDY
    assert kinds["spare-parts.mdx"] is AssetType.GUIDE
    assert kinds["shift-handover_notes.txt"] is AssetType.OTHER


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("docs", "changelog"), AssetType.CHANGELOG),
        (("White Papers",), AssetType.WHITEPAPER),
        (("customer-stories", "2024"), AssetType.CASE_STUDY),
        (("webinars",), AssetType.WEBINAR),
        (("research",), AssetType.RESEARCH),
        (("press-releases",), AssetType.PRESS_RELEASE),
        (("s", "ies", ""), AssetType.OTHER),
    ],
)
def test_nearest_folder_that_names_a_type_wins(path: tuple[str, ...], kind: AssetType) -> None:
    assert guess_type(path) is kind


def test_base_url_gives_each_file_its_address(library: Path) -> None:
    index = library / "guides" / "first steps" / "index.md"
    index.parent.mkdir()
    index.write_text(LESSON)
    assets = _assets(library, base_url=BASE + "/")
    assert assets["counting-stops.md"].url == f"{BASE}/blog/counting-stops"
    assert assets["spare-parts.mdx"].url == f"{BASE}/guides/spare-parts"
    assert assets["index.md"].url == f"{BASE}/guides/first%20steps"
    assert assets["index.md"].title == "First steps"


def test_page_names_its_own_address(library: Path) -> None:
    url = _assets(library)["pump-house.html"].url
    assert url == "https://www.tidewell.example/case-studies/pump-house"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", b"", "is empty"),
        ("a.md", b"\n\n  \n", "has no text"),
        ("a.md", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not text"),
        ("a.txt", bytes(range(32)) * 20, "is not text"),
        ("a.html", b"GIF89a\0\0\0", "is not text"),
        ("a.pdf", b"plain words", "is not a PDF"),
        ("a.docx", b"plain words", "is not a Word file"),
        ("a.md", b"Three short words", "too short: 3 words"),
        ("a.md", b"word", "too short: 1 word"),
        ("a.md", b"word " * 1_200_000, "is larger than 5 MB"),
    ],
)
def test_file_that_gives_no_asset_says_why(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (item,) = read_all([str(path)])
    assert isinstance(item, Rejected)
    assert (item.source, item.reason) == (str(path), reason) or item.reason.startswith(reason)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_text_of_other_systems_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "a.txt").write_bytes((mark + f"Café, “quoted”.\r\n{LESSON}").encode(encoding))
    text = _assets(tmp_path / "a.txt")["a.txt"].text
    assert text == f"Café, “quoted”.\n{LESSON}"


def test_text_in_another_language_is_read_and_marked(tmp_path: Path) -> None:
    german = "Ein Plan, den niemand liest, verhindert nichts. Hängt ihn dort auf, wo die Schicht "
    (tmp_path / "a.txt").write_text(german + "beginnt, und nennt für jede Zeile eine Person. " * 2)
    assert _assets(tmp_path / "a.txt")["a.txt"].language == "de"


def test_links_out_of_the_folder_are_reported_and_those_inside_are_read_once(
    tmp_path: Path, library: Path
) -> None:
    outside = tmp_path / "private.md"
    outside.write_text(LESSON)
    (tmp_path / "elsewhere").mkdir()
    (library / "leak.md").symlink_to(outside)
    (library / "leak").symlink_to(tmp_path / "elsewhere")
    (library / "again.md").symlink_to(library / "blog" / "counting-stops.md")
    (library / "loop").symlink_to(library)
    items = list(read_all([str(library)]))
    refused = [item for item in items if isinstance(item, Rejected)]
    assert [Path(item.source).name for item in refused] == ["leak", "leak.md"]
    assert {item.reason for item in refused} == {"is a link that leads out of the folder"}
    assert len(items) - len(refused) == 4


def test_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "never-was.md")
    (tmp_path / "round.md").symlink_to(tmp_path / "round.md")
    items = list(read_all([str(tmp_path)]))
    assert [i.reason for i in items if isinstance(i, Rejected)] == [
        "is a link that leads nowhere"
    ] * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_named_and_stops_nothing(library: Path) -> None:
    (library / "blog" / "counting-stops.md").chmod(0)
    (library / "guides").chmod(0)
    items = list(read_all([str(library)]))
    (library / "guides").chmod(0o755)
    reasons = {Path(i.source).name: i.reason for i in items if isinstance(i, Rejected)}
    assert reasons == dict.fromkeys(
        ("counting-stops.md", "guides"), "cannot be read: permission denied"
    )


def test_file_that_vanishes_meanwhile_is_rejected(tmp_path: Path) -> None:
    (item,) = read(Source(str(tmp_path / "gone.md"), str(tmp_path), "markdown"))
    assert item == Rejected(str(tmp_path / "gone.md"), "cannot be read: no such file or directory")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("nowhere/at-all.md", "does not exist; check the spelling"),
        ("", "is empty or broken"),
        ("a\0b", "is empty or broken"),
        ("x" * 5000, "does not exist"),
        ("http://x.example/page", "by https only"),
        ("{}/photo.png", "is not a kind of file that is read: md, "),
        ("{}/noextension", "is not a kind of file"),
        ("{}/pipe.md", "is not a kind of file"),
    ],
)
def test_bad_argument_is_said_in_one_sentence(tmp_path: Path, argument: str, message: str) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / "noextension").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.md")
    with pytest.raises(BadInput) as caught:
        discover([argument.format(tmp_path)])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_pipe_in_a_folder_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert discover([str(tmp_path)]) == []


@pytest.mark.parametrize("base_url", ["www.x.example", "", "ftp://x.example", "https://"])
def test_base_url_must_be_absolute(library: Path, base_url: str) -> None:
    with pytest.raises(BadInput, match="not an absolute http or https address"):
        list(read_all([str(library)], base_url))


def test_an_id_belongs_to_one_piece(library: Path) -> None:
    copy = library / "guides" / "copy.md"
    shutil.copy(library / "blog" / "counting-stops.md", copy)
    (rejected,) = [i for i in read_all([str(library)]) if isinstance(i, Rejected)]
    assert rejected.source == str(copy)
    assert rejected.reason.startswith("id 'counting-stops-1f0c2d3e' is already used by")


def test_same_file_twice_is_read_once(library: Path) -> None:
    single = library / "blog" / "counting-stops.md"
    sources = discover([str(library), str(single), str(library)])
    assert len(sources) == 4


def test_second_reading_gives_the_same(library: Path) -> None:
    first = list(read_all([str(library)], BASE))
    assert first == list(read_all([str(library)], BASE))


def test_folders_named_are_known_even_when_empty_now(tmp_path: Path, library: Path) -> None:
    (tmp_path / "empty").mkdir()
    manifest = library / "manifest.csv"
    given = [str(tmp_path / "empty"), str(manifest), "https://x.example/a", str(library / "x.md")]
    assert folders(given) == (str(tmp_path / "empty"), str(manifest))
    assert list(read_all(given[:1])) == []


def test_progress_counts_pieces_and_only_moves_forward(library: Path) -> None:
    seen: list[tuple[int, int]] = []
    list(read_all([str(library)], None, lambda done, total: seen.append((done, total))))
    totals = {total for _, total in seen}
    assert len(totals) == 1
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1] > 3


def test_progress_counts_the_lines_of_a_manifest(tmp_path: Path) -> None:
    manifest = tmp_path / "m.jsonl"
    text = "Pumps move water from one place to the next. " * 5
    manifest.write_text("".join(f'{{"id": "a{n}", "text": "{text}"}}\n' for n in range(7)))
    seen: list[tuple[int, int]] = []
    list(read_all([str(manifest)], None, lambda done, total: seen.append((done, total))))
    assert seen[0] == (1, 7)
    assert seen[-1] == (7, 7)


def test_single_file_has_no_folder(library: Path) -> None:
    asset = _assets(library / "guides" / "spare-parts.mdx")["spare-parts.mdx"]
    assert asset.folder == ""
    assert asset.type is AssetType.GUIDE
