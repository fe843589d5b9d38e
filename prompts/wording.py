"""The words people read: loads the template files once and renders them strictly."""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

_STRICT = Environment(
    loader=PackageLoader("prompts", "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text, never HTML
    keep_trailing_newline=False,
)


@cache
def words(name: str) -> dict[str, Any]:
    """The parsed template file `templates/<name>.toml`."""
    path = files("prompts").joinpath("templates", f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def words_with(name: str, overlays: tuple[str, ...]) -> dict[str, Any]:
    """The template file `name` with the tables of others laid over it, the last one on top."""
    laid = words(name)
    for overlay in overlays:
        laid = _over(laid, words(overlay))
    return laid


def _over(table: dict[str, Any], top: dict[str, Any]) -> dict[str, Any]:
    """A table with another's entries in place of its own; what only one of them has stays."""
    return table | {
        name: _over(table[name], entry)
        if isinstance(entry, dict) and isinstance(table.get(name), dict)
        else entry
        for name, entry in top.items()
    }


@lru_cache(maxsize=1_000)
def _compiled(template: str) -> Template:
    return _STRICT.from_string(template)


def render(template: str, values: dict[str, object], *, strip: bool = True) -> str:
    """Fill a template; a placeholder without a value raises `jinja2.UndefinedError`."""
    text = _compiled(template).render(values)
    return text.strip() if strip else text


def prompt(name: str, values: dict[str, object]) -> str:
    """Render the prompt file `templates/<name>.jinja`, as strictly."""
    return _STRICT.get_template(f"{name}.jinja").render(values).strip()


@cache
def why(rule: str, kind: str = "") -> str:
    """What a finding means and what to do instead."""
    return str(words("checks")[f"{rule}_{kind}" if kind else rule])
