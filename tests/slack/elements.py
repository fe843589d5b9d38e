"""What Slack allows inside a block: texts, options and interactive elements, with their limits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

ENTITY = re.compile(r"&(?:amp|lt|gt);")
LINK = re.compile(
    r"<(?:https?://|mailto:)[^\s<>|]+\|[^<>]*>|<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^\d+\^[^<>|]+\|[^<>]*>"
)
"""The only marks that may stand in our own text; `<!channel>` and its like are not among them."""

SECTION, FIELD, HEADER, LABEL = 3000, 2000, 150, 2000
BUTTON, VALUE, ADDRESS, ID = 75, 2000, 3000, 255
OPTION, OPTION_VALUE, DESCRIPTION, GROUP = 75, 150, 75, 75
PLACEHOLDER, TYPED = 150, 3000
OPTIONS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}
MANY_OPTIONS = 100
"""Of a menu, and of one group of it."""
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
MENUS = ("static", "external", "users", "conversations", "channels")
SELECTS = frozenset(f"{m}{kind}_select" for m in ("", "multi_") for kind in MENUS)
PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
CHOICES = frozenset({"checkboxes", "radio_buttons"})
TYPING = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
IN_ACTIONS = frozenset({"button", "overflow"}) | SELECTS | PICKERS | CHOICES
IN_INPUT = SELECTS | PICKERS | CHOICES | TYPING
IN_SECTION = frozenset({"image"}) | IN_ACTIONS


class Refused(AssertionError):
    """What Slack would answer with `error`, in its own words."""

    def __init__(self, why: str, error: str = "invalid_blocks") -> None:
        super().__init__(why)
        self.error = error


class AgainstOurRules(Refused):
    """What Slack would take, but what we never want to say: the fake fails the test for it."""


def need(held: object, why: str, error: str = "invalid_blocks") -> None:
    """Slack's rule."""
    if not held:
        raise Refused(why, error)


def we_need(held: object, why: str) -> None:
    """Our own rule."""
    if not held:
        raise AgainstOurRules(why)


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_object(text: dict[str, Any], limit: int) -> None:
    if text["type"] == "plain_text":
        return plain(text, limit)
    need(text["type"] == "mrkdwn", "unknown text type")
    need(0 < units(text["text"]) <= limit, f"text of {units(text['text'])}")
    we_need(text.get("verbatim") is True, "mrkdwn must be verbatim: Slack must not link by itself")
    return inert(text["text"])


def plain(text: dict[str, Any], limit: int) -> None:
    need(text["type"] == "plain_text", "must be plain_text")
    need(0 < units(text["text"]) <= limit, f"plain text of {units(text['text'])}, most {limit}")


def inert(text: str) -> None:
    """Nothing in it mentions, links or formats but what we wrote so."""
    rest = LINK.sub("", text)
    we_need(
        "<" not in rest and ">" not in re.sub(r"^> ?", "", rest, flags=re.M),
        f"raw bracket: {rest[:80]}",
    )
    we_need("&" not in ENTITY.sub("", text), "raw or split entity")


def element(made: dict[str, Any], allowed: frozenset[str]) -> None:
    """An interactive element, or a section's image."""
    kind = made["type"]
    need(kind in allowed, f"a {kind} cannot stand here")
    if kind == "image":
        return image(made)
    need(0 < units(made["action_id"]) <= ID, "action_id")
    if "placeholder" in made:
        plain(made["placeholder"], PLACEHOLDER)
    if "confirm" in made:
        for name, limit in CONFIRM.items():
            text_object(made["confirm"][name], limit)
    for kinds, check in _ELEMENTS:
        if kind in kinds:
            check(made)
    return None


def image(made: dict[str, Any]) -> None:
    need(0 < units(made["image_url"]) <= ADDRESS, "image_url")
    need(0 < units(made["alt_text"]) <= FIELD, "alt_text")


def _button(made: dict[str, Any]) -> None:
    plain(made["text"], BUTTON)
    need(made.get("style") in {None, "primary", "danger"}, "style")
    need(units(made.get("url", "")) <= ADDRESS, "url")
    need(units(made.get("value", "")) <= VALUE, "button value")
    we_need(
        "url" in made or re.fullmatch(r"[\w:.-]{1,100}(#[0-9a-f]{8})?", made["value"]),
        "a button carries an id, no state",
    )


def _choices(made: dict[str, Any]) -> None:
    most = OPTIONS.get(made["type"], MANY_OPTIONS)
    groups = made.get("option_groups")
    need((groups is None) != ("options" not in made), "options or option_groups, not both")
    need(groups is None or 1 <= len(groups) <= MANY_OPTIONS, "option groups")
    for group in groups or [made]:
        if "label" in group:
            plain(group["label"], GROUP)
        options = group["options"]
        need(1 <= len(options) <= most, f"{len(options)} options, most {most}")
        values = [o["value"] for o in options if "value" in o]
        need(len(values) == len(set(values)), "option values repeat")
        for option in options:
            _option(option)
    everything = [o for g in groups or [made] for o in g["options"]]
    initial = made.get(
        "initial_options", [made["initial_option"]] if "initial_option" in made else []
    )
    need("initial_options" not in made or initial, "initial_options must not be empty")
    need(all(o in everything for o in initial), "an initial option is none of the options")


def _option(option: dict[str, Any]) -> None:
    text_object(option["text"], OPTION)
    need(0 < units(option["value"]) <= OPTION_VALUE, "option value")
    if "description" in option:
        text_object(option["description"], DESCRIPTION)


def _typed(made: dict[str, Any]) -> None:
    most = made.get("max_length", TYPED)
    need(0 < most <= TYPED, "max_length")
    need(0 <= made.get("min_length", 0) <= most, "min_length")
    initial = made.get("initial_value")
    need(initial is None or 0 < units(str(initial)) <= most, "initial_value")
    need(made["type"] != "number_input" or "is_decimal_allowed" in made, "is_decimal_allowed")


def _picked(made: dict[str, Any]) -> None:
    shapes = {"initial_date": r"\d{4}-\d\d-\d\d", "initial_time": r"\d\d:\d\d",
              "initial_date_time": r"\d{10}"}  # fmt: skip
    for name, shape in shapes.items():
        need(name not in made or re.fullmatch(shape, str(made[name])), name)


_STATIC = frozenset({"static_select", "multi_static_select", "overflow"}) | CHOICES
_ELEMENTS: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], None]], ...] = (
    (frozenset({"button"}), _button),
    (_STATIC, _choices),
    (TYPING, _typed),
    (PICKERS, _picked),
)
