"""Hidden: what the columns of a table say of what its shop does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.catalogue.columns.words import NO, YES, is_no, is_yes
from pipeline.letters import composed_name, small_letters

_NO = (*NO, "-1")
_DRAFT = (
    *("draft", "archived", "unlisted", "unpublished"),
    *("inactive", "disabled", "hidden", "private", "pending", "trash"),
)
PUBLISHED = ("veröffentlicht", "publié", "publicado", "pubblicato", "gepubliceerd")
"""What WooCommerce calls a column of what is published, in the languages of its exports."""
_NOWHERE = ("none", "nowhere", "not visible individually")
_WORDS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("visible", "isvisible", "productvisible", "productvisible?"), _NO),
    **dict.fromkeys(("published", "ispublished", "isactive", "isenabled"), _NO),
    **dict.fromkeys(PUBLISHED, _NO),
    **dict.fromkeys(("status", "productstatus"), _DRAFT),
    "productonline": (*_NO, "2"),
    "catalogvisibility": ("hidden",),
    "visibility": (*_NO, *_DRAFT, *_NOWHERE),
}
"""What columns say of what a shop does not show, as in Wix, Squarespace, BigCommerce, Magento."""
_SWITCHES: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("active", "active(0/1)", "enabled", "enabled(0/1)", "productenabled"), _NO),
    **dict.fromkeys(("aktiv", "actif", "activo", "attivo", "actief", "ativo"), _NO),
    **dict.fromkeys(("hidden", "ishidden", "disabled", "isdisabled"), tuple(YES)),
    **dict.fromkeys(("archived", "isarchived", "isdraft", "deleted", "isdeleted"), tuple(YES)),
}
"""The same of columns whose names may mean other things, such as what is active in a cream: taken
only where all their cells are a yes or a no."""


def not_shown(column: str, cell: str) -> str:
    """Why a shop does not show a product or a variant of one."""
    return f"The shop does not show it, since its {column} is {cell}. Publish it there first"


def may_hide(column: str) -> bool:
    """Whether a column is called like one that says so."""
    return composed_name(column) in _WORDS.keys() | _SWITCHES.keys()


class Hidden:
    """The columns of a table that say what its shop shows.

    Args:
        columns: The cells of each of its columns.
    """

    def __init__(self, columns: Mapping[str, Sequence[str | None]]) -> None:
        self._words: dict[str, Sequence[str]] = {}
        for name, cells in columns.items():
            plain = composed_name(name)
            if plain in _WORDS:
                self._words[name] = _WORDS[plain]
            elif plain in _SWITCHES and all(is_yes(cell) or is_no(cell) for cell in cells if cell):
                self._words[name] = _SWITCHES[plain]

    def says(self, row: Mapping[str, str]) -> bool:
        """Whether a row says anything of it."""
        return not self._words.keys().isdisjoint(row)

    def reason(self, row: Mapping[str, str]) -> str | None:
        """Why what a row is about is not shown; None where it is."""
        said = ((name, cell) for name, cell in row.items() if name in self._words)
        hiding = ((n, c) for n, c in said if small_letters(c) in self._words[n])
        found = next(hiding, None)
        return None if found is None else not_shown(*found)
