"""Chunks: cut where a reader would cut, stable over edits, fit for the embedding model."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.assets import Asset
from knowledge.chunking import LONG_WORD, WORDS, chunk_asset, count_words, embedding_text, plain
from knowledge.journey import AssetType


def asset(text: str, title: str = "Planning a shutdown", **facts) -> Asset:
    return Asset("plan-1", title, AssetType.GUIDE, text, "plan.md", **facts)


LARGE = {"words": 180, "overlap": 30}


def sentences(count: int, word: str = "pump") -> str:
    return " ".join(f"The {word} number {n} was checked and signed off." for n in range(count))


def test_each_chunk_carries_the_heading_above_it():
    text = f"{sentences(12)}\n\n## How long does it take?\n\n{sentences(12, 'valve')}\n"
    first, second = chunk_asset(asset(text), **LARGE)
    assert first.heading == ""
    assert second.heading == "How long does it take?"
    assert second.text.startswith("The valve number 0")


def test_small_sections_share_a_chunk_with_their_headings_as_lines():
    (chunk,) = chunk_asset(asset("# One\nshort\n\n# Two\nalso short\n"))
    assert chunk.heading == "One"
    assert chunk.text == "short\n\nTwo\n\nalso short"


def test_underlined_headings_count_and_a_rule_is_no_text():
    (chunk,) = chunk_asset(asset("Crew size\n=========\n\ntwo people\n\n* * *\n\nthree at night"))
    assert (chunk.heading, chunk.text) == ("Crew size", "two people\n\nthree at night")


def test_long_sections_repeat_their_last_sentence():
    first, second, *_ = chunk_asset(asset(sentences(60)))
    tail = first.text.rsplit("The ", 1)[1]
    assert second.text.startswith("The ")
    assert tail in second.text


def test_a_code_block_that_fits_is_never_split():
    code = "\n".join(f"step_{n} = run({n})" for n in range(40))
    text = f"{sentences(15)}\n\n```python\n# not a heading\n{code}\n```\n\n{sentences(15)}"
    chunks = chunk_asset(asset(text), **LARGE)
    assert sum(f"# not a heading\n{code}" in chunk.text for chunk in chunks) == 1
    assert all("```" not in chunk.text for chunk in chunks)
    assert {chunk.heading for chunk in chunks} == {""}


def test_a_huge_code_block_is_split_between_lines():
    lines = [f"value_{n} = compute({n}) + rest" for n in range(400)]
    chunks = chunk_asset(asset("~~~\n" + "\n".join(lines) + "\n~~~"))
    assert [line for chunk in chunks for line in chunk.text.split("\n")] == lines


@pytest.mark.parametrize(
    ("markdown", "reads"),
    [
        ('see [the guide](https://a.example/x_(y)?a=b "t") now', "see the guide now"),
        ("![chart](c.png) after", " after"),
        ("[![badge](b.svg)](https://a.example) ok", " ok"),
        ("a [ref][1] and <https://not-a-tag> <br/>line<!-- no -->", "a ref and  line"),
        (
            "**bold** and *soft* but 2 * 3 * 4 and snake_case_name",
            "bold and soft but 2 * 3 * 4 and snake_case_name",
        ),
        ("call `f[0](x)` **now**", "call f[0](x) now"),
    ],
)
def test_link_targets_images_and_marks_are_dropped(markdown, reads):
    assert plain(markdown) == reads


def test_link_definitions_are_dropped():
    (chunk,) = chunk_asset(asset("Read [this][1].\n\n[1]: https://a.example/long/path\n"))
    assert chunk.text == "Read this."


def test_unchanged_passages_keep_their_ids_when_another_is_edited():
    parts = [f"## Part {n}\n\n{sentences(14, f'item{n}')}" for n in range(4)]
    before = chunk_asset(asset("\n\n".join(parts)), **LARGE)
    parts[1] = f"## Part 1\n\n{sentences(14, 'other')}"
    after = chunk_asset(asset("\n\n".join(parts)), **LARGE)
    changed = [b.id != a.id for b, a in zip(before, after, strict=True)]
    assert changed == [False, True, False, False]


def test_a_new_title_gives_new_ids_since_the_title_is_embedded():
    text = sentences(5)
    assert chunk_asset(asset(text))[0].id != chunk_asset(asset(text, title="Other"))[0].id


def test_equal_passages_of_one_asset_have_different_ids():
    part = f"## Notes\n\n{sentences(20)}\n\n"
    chunks = chunk_asset(asset(part * 3), **LARGE)
    assert len({chunk.id for chunk in chunks}) == len(chunks) == 3


def test_an_asset_without_text_is_still_found_by_its_description_or_title():
    assert chunk_asset(asset("\n ", description="About crews."))[0].text == "About crews."
    assert chunk_asset(asset(""))[0].text == "Planning a shutdown"


def test_what_is_embedded_is_title_heading_and_text():
    (chunk,) = chunk_asset(asset("# Crews\n\ntwo people"))
    assert embedding_text("Shutdown", chunk) == "Shutdown\nCrews\ntwo people"
    assert embedding_text("Crews", chunk) == "Crews\ntwo people"


def test_text_without_spaces_is_cut_to_size():
    japanese = "設備の保全計画は毎週見直します。" * 400
    chunks = chunk_asset(asset(japanese))
    assert len(chunks) > 5
    assert all(count_words(chunk.text) <= WORDS for chunk in chunks)
    assert all(count_words(c.text) <= WORDS for c in chunk_asset(asset("x" * 50_000)))


@pytest.mark.parametrize("part", ["[", "[a](", "![", "<a ", "**", "`", "[](()", "*a "])
def test_hostile_markup_is_cut_in_time(part):
    started = time.process_time()
    chunk_asset(asset(part * (100_000 // len(part))))
    assert time.process_time() - started < 20


@settings(deadline=None, max_examples=80)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["# Title", "## ", "```", "~~~", "---", "===", "- item", "", "> said"]),
            st.text(max_size=60),
        ),
        max_size=40,
    ),
    st.integers(5, 60),
)
def test_any_text_is_cut_within_size_in_order_and_twice_the_same(lines, words):
    piece = asset("\n".join(lines))
    chunks = chunk_asset(piece, words=words)
    assert chunks == chunk_asset(piece, words=words)
    assert [chunk.ordinal for chunk in chunks] == list(range(len(chunks)))
    assert len({chunk.id for chunk in chunks}) == len(chunks) > 0
    # A heading kept as a line may come on top of a full chunk.
    most = words + max((count_words(line) for line in lines), default=0) + LONG_WORD
    assert all(count_words(chunk.text) <= most for chunk in chunks)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=600))
@settings(deadline=None, max_examples=40)
def test_no_word_is_lost(words):
    text = " ".join(f"{word}." if n % 7 == 6 else word for n, word in enumerate(words))
    found = " ".join(chunk.text for chunk in chunk_asset(asset(text), words=50, overlap=0))
    assert found.split() == text.split()
