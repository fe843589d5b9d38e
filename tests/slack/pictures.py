"""Pictures of the local Slack's page for docs/images: a part of it, with a margin."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import FloatRect, Locator, Page

from tests.slack.local import ROOT

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT, SCALE = 980, 2000, 2
"""Narrow, so that lines are as long as in Slack's own window; high enough for the whole card."""
MARGIN = 12
COLOURS = 64
"""Of a picture of text and buttons; it weighs a third of the full one."""


def take(page: Page, name: str, clip: FloatRect) -> None:
    image = IMAGES / f"{name}.png"
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip)))
    shot.convert("RGB").quantize(COLOURS).save(image, optimize=True)
    print(f"Saved {image.relative_to(ROOT)}.")  # noqa: T201 - what this command is for


def conversation(page: Page) -> FloatRect:
    """The messages without the page's frame: what real Slack would show in its own."""
    first, last = (
        box(m) for m in (page.locator(".main .msg").first, page.locator(".main .msg").last)
    )
    return {
        "x": first["x"],
        "y": first["y"] - MARGIN,
        "width": WIDTH - first["x"],
        "height": last["y"] + last["height"] - first["y"] + 2 * MARGIN,
    }


def around(shown: Locator) -> FloatRect:
    """One part of the page, with a margin."""
    found = box(shown)
    return {
        "x": max(0.0, found["x"] - MARGIN),
        "y": max(0.0, found["y"] - MARGIN),
        "width": found["width"] + 2 * MARGIN,
        "height": found["height"] + 2 * MARGIN,
    }


def box(shown: Locator) -> FloatRect:
    found = shown.bounding_box()
    assert found
    return found
