"""Settings files: packaged, changed from the home folder, and wrong ones named."""

from __future__ import annotations

import pytest

from knowledge.defaults_files import DEFAULT_NAMES, load_defaults
from knowledge.errors import BadInput
from knowledge.personas import load_definitions, load_personas


@pytest.mark.parametrize("name", DEFAULT_NAMES)
def test_every_packaged_file_loads(name):
    assert load_defaults(name)


def test_the_home_file_is_merged_key_by_key(tmp_path):
    (tmp_path / "pacing.toml").write_text("[gap]\ndays = 10\n")
    merged = load_defaults("pacing", tmp_path)
    assert merged["gap"]["days"] == 10
    assert merged["gap"]["engaged_days"] == 5
    assert load_defaults("pacing")["gap"]["days"] == 7


def test_a_home_without_the_file_changes_nothing(tmp_path):
    assert load_defaults("personas", tmp_path) == load_defaults("personas")


def test_a_team_may_add_a_persona(tmp_path):
    (tmp_path / "personas.toml").write_text(
        '[personas.clinical]\nlabel = "clinical"\nwords = ["nurse", "ward manager"]\n'
    )
    personas = load_personas(tmp_path)
    assert personas.infer("Head nurse") == "clinical"
    assert personas.names["clinical"] == "clinical"


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("pacing", "[gap]\nday = 1\n", "gap.day"),
        ("pacing", "gaps = 1\n", "gaps"),
        ("pacing", "gap = 3\n", "'gap' must be a table"),
        ("definitions", 'version = "two"\n', "version"),
        ("personas", "= 3", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path, name, text, named):
    (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(BadInput) as told:
        load_defaults(name, tmp_path)
    assert f"{name}.toml" in str(told.value)
    assert named in str(told.value)


def test_a_binary_file_is_refused(tmp_path):
    (tmp_path / "pacing.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(BadInput, match="UTF-8"):
        load_defaults("pacing", tmp_path)


def test_an_unknown_name_is_refused():
    with pytest.raises(BadInput, match="pacing"):
        load_defaults("weather")


def test_a_persona_without_words_is_named(tmp_path):
    (tmp_path / "personas.toml").write_text("[personas.x]\nlabel = 'x'\n")
    with pytest.raises(BadInput, match=r"personas\.x\.words"):
        load_personas(tmp_path)


@pytest.mark.parametrize(
    ("title", "persona"),
    [
        ("VP Maintenance", "operations"), ("Chief Financial Officer", "finance"),
        ("Head of IT", "it"), ("Plant Manager", "executive"), ("Maintenance planner", "operations"),
        ("HR Business Partner", "hr"), ("Poet", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_m32_persona_is_told_by_the_job_title(title, persona):
    assert load_personas().infer(title) == persona


def test_buying_role_is_guessed_only_from_titles_that_settle_it():
    personas = load_personas()
    assert personas.infer_buying_role("CFO") == "economic_buyer"
    assert personas.infer_buying_role("Maintenance manager") is None


def test_m49_a_definition_shows_its_version():
    assert load_definitions().of("qualified lead").endswith("(definition 1)")
    assert load_definitions().of("unicorn") == ""
