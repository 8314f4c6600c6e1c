"""The shop: what the page is called, how it looks, and what it shows of a product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LookalikeError

ACCENT = "#1f5f4a"
LOGOS = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".webp": "image/webp"}
MAX_LOGO = 500_000
"""Bytes: it is sent with every opening of the page."""
MAX_TITLE = 60


@dataclass(frozen=True)
class Shop:
    """What whoever runs the page makes it look like.

    Attributes:
        title: The name on the page, in the browser's tab and in shared links.
        logo: A picture beside the name, PNG, SVG, JPEG or WebP; None for none.
        accent: The colour of buttons and marks, ``#rrggbb``.
        currency: The ISO 4217 code of prices whose item names none, such as ``EUR``.
        columns: The attributes that cards show; none for those that are recognised.

    Raises:
        LookalikeError: If a part is not what it has to be.
    """

    title: str = "Lookalike"
    logo: Path | None = None
    accent: str = ACCENT
    currency: str = ""
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < len(self.title.strip()) <= MAX_TITLE or not self.title.isprintable():
            raise LookalikeError(f"Give --title a name of 1 to {MAX_TITLE} characters.")
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.accent):
            raise LookalikeError(
                f"'{self.accent[:40]}' is no colour. Give --accent one such as {ACCENT}."
            )
        if self.currency and not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise LookalikeError(
                f"'{self.currency[:40]}' is no currency. Give --currency its code, such as EUR."
            )
        if self.logo is not None:
            self._check_logo(self.logo)

    @staticmethod
    def _check_logo(logo: Path) -> None:
        if logo.suffix.lower() not in LOGOS or not logo.is_file():
            raise LookalikeError(
                f"There is no logo '{logo}'. Give --logo a PNG, SVG, JPEG or WebP file."
            )
        if logo.stat().st_size > MAX_LOGO:
            raise LookalikeError(
                f"The logo '{logo}' is larger than {MAX_LOGO // 1000} kB. Save it smaller."
            )

    @property
    def on_accent(self) -> str:
        """Black or white, whichever is read better on the accent (WCAG 2.2, contrast ratio)."""
        parts = [int(self.accent[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        red, green, blue = linear
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"
