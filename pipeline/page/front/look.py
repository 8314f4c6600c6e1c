"""The look: the page's own HTML, style and script, filled in for one shop."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path

from pipeline.page.front.shop import LOGOS, Shop

LOOK = Path(__file__).parent.parent / "look"
SCRIPTS = (
    *("state", "asking", "photo", "answer", "item", "kept", "noting", "shelves"),
    *("garments", "box", "steering", "why", "code", "map", "plane", "main"),
)
"""In the order in which they are joined: they share one scope."""
PRIVACY = (
    "Your photo is kept on the server while this page shows it, at most half an hour after its "
    "last use, and then removed; nothing else of it is stored."
)


def part(name: str, shop: Shop) -> str:
    """The HTML of one part of the page."""
    return _filled(f"{name}.html", shop)


def style(shop: Shop) -> str:
    """The page's own style."""
    return _filled("page.css", shop)


def script() -> str:
    """The page's own script, which keeps its names to itself."""
    parts = [(LOOK / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n"


def library(name: str) -> str:
    """A script of others, as they publish it."""
    return (LOOK / "vendored" / name).read_text(encoding="utf-8")


def version_of(text: str) -> str:
    """What an address carries so that browsers keep a file for as long as it is the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _filled(name: str, shop: Shop) -> str:
    text = (LOOK / name).read_text(encoding="utf-8")
    fields = {
        "title": html.escape(shop.title),
        "logo": _logo(shop),
        "accent": shop.accent,
        "on_accent": shop.on_accent,
        "privacy": PRIVACY,
    }
    for field, value in fields.items():
        text = text.replace("{{" + field + "}}", value)
    return text


def _logo(shop: Shop) -> str:
    """In place, so that no other file is asked for."""
    if shop.logo is None:
        return ""
    data = base64.b64encode(shop.logo.read_bytes()).decode()
    return f'<img alt="" src="data:{LOGOS[shop.logo.suffix.lower()]};base64,{data}">'
