"""A cell of a table, and what spreadsheets write into one that they could not work out."""

from __future__ import annotations

from collections.abc import Sequence

Cell = str | int | float | bool | None
"""What a table says in one place; ``None`` where it says nothing."""
ERRORS = frozenset(
    (
        *("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#ERROR!"),
        *("#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA"),
        *("#BEZUG!", "#NV", "#WERT!", "#ZAHL!", "#ÜBERLAUF!"),  # German
        *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!"),  # French
        *("#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NULO!", "#¡NUM!"),  # Spanish
        *("#RIF!", "#VALORE!", "#NOME?", "#N/D", "#NULLO!", "#ARG!", "#ADR!"),
        *("#VERW!", "#WAARDE!", "#NAAM?", "#DEEL/0!", "#LEEG!", "#GETAL!", "#N/B"),  # Dutch
    )
)
"""What Excel and Google's sheets write where a formula has no result, in their languages."""


def without_errors(columns: Sequence[list[Cell]], notes: list[str]) -> list[list[Cell]]:
    """Columns with the errors of spreadsheets as empty cells, which is noted.

    Args:
        columns: The cells of each.
        notes: Where it is noted, to go on after the table's name.
    """
    found = [cell for cells in columns for cell in cells if cell in ERRORS]
    if not found:
        return list(columns)
    what = "1 cell" if len(found) == 1 else f"{len(found):,} cells"
    notes.append(f"has {what} with an error of a spreadsheet, as '{found[0]}', taken as empty")
    return [[None if cell in ERRORS else cell for cell in cells] for cells in columns]
