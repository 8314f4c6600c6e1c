"""BigCommerce: its product exports, each product above its variants, its pictures and its rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from pipeline.catalogue.columns import first_called, is_yes
from pipeline.catalogue.feeds.addresses import address_columns
from pipeline.catalogue.feeds.products import Columns
from pipeline.letters import plain_name

_IDS: Mapping[str, str] = {"item": "id", "itemtype": "productid"}
"""What says what a row is, and what the number of a product is called, in its newer export and in
the older. In rows that are no products that is a number of their own, which another product has."""
_PRODUCT, _IMAGE, _RULE = "product", "image", "rule"
_VARIANTS = ("variant", "sku")
_KINDS = frozenset((_PRODUCT, *_VARIANTS, _IMAGE, "video", _RULE))
_OPTIONS = ("options", "productname")
"""Where a variant names its options, in these two."""
_MOST_OPTIONS = 100
"""Names of options, at most, that become columns."""
_OLDER_OPTION = re.compile(r"\[\w+\]([^=]+)=(.+)", re.DOTALL)
_OF_PICTURES = re.compile(r"(product)?image(id|description|isthumbnail|sort(order)?)\d*")
_Cells = list[str | None]


def item_columns(columns: Columns) -> tuple[str, str] | None:
    """The columns of what a row is, and of its product's number; None in another program's feed."""
    for item, number in _IDS.items():
        name, of_product = first_called(columns, [item]), first_called(columns, [number])
        if name is not None and of_product is not None:
            kinds = set(_kinds(columns[name])) - {""}
            return (name, of_product) if {_PRODUCT} < kinds <= _KINDS else None
    return None


def rules_left(columns: Columns) -> list[str]:
    """What is noted of rules, which change the price of whoever chooses an option."""
    found = item_columns(columns)
    count = _kinds(columns[found[0]]).count(_RULE) if found is not None else 0
    rules = "1 rule" if count == 1 else f"{count:,} rules"
    return [f"has {rules} by which prices change, left out"] if count else []


def with_whole_products(columns: Columns) -> Columns:
    """A feed each of whose rows names its product, and whose products name their pictures.

    Only an export of BigCommerce is changed. The options of a variant become columns.
    """
    found = item_columns(columns)
    if found is None:
        return columns
    item, number = found
    kinds = _kinds(columns[item])
    steps = (row if kind == _PRODUCT else -1 for row, kind in enumerate(kinds))
    above = list(accumulate(steps, max))
    rules = [row for row, kind in enumerate(kinds) if kind == _RULE]
    pictures = address_columns(columns)
    whole: dict[str, _Cells] = {}
    for name, cells in columns.items():
        if name in pictures or not _OF_PICTURES.fullmatch(plain_name(name)):
            whole[name] = list(cells)
            for row in rules if name != item else ():
                whole[name][row] = None
    whole[number] = [columns[number][row] if row >= 0 else None for row in above]
    images = [row for row, kind in enumerate(kinds) if kind == _IMAGE and above[row] >= 0]
    _gather(whole, pictures, sorted(images, key=_order(columns)), above)
    variants = [row for row, kind in enumerate(kinds) if kind in _VARIANTS]
    return whole | _options(whole, variants)


def _kinds(cells: Sequence[str | None]) -> list[str]:
    return [(cell or "").strip().casefold() for cell in cells]


def _order(columns: Columns) -> Callable[[int], tuple[bool, int]]:
    """By what the rows of a product's pictures are sorted: the main one first."""
    main = columns.get(first_called(columns, ["imageisthumbnail"]) or "")
    places = columns.get(first_called(columns, ["imagesortorder"]) or "")

    def order(row: int) -> tuple[bool, int]:
        place = (places[row] if places else None) or ""
        is_number = re.fullmatch(r"[0-9]{1,9}", place) is not None
        return not (main and is_yes(main[row] or "")), int(place) if is_number else 0

    return order


def _gather(
    columns: Mapping[str, _Cells],
    pictures: Sequence[str],
    rows: Sequence[int],
    above: Sequence[int],
) -> None:
    """Name pictures in the rows of their products, and no more in their own."""
    for row in rows if pictures else ():
        address = next((cell for name in pictures if (cell := columns[name][row])), None)
        for name in pictures:
            columns[name][row] = None
        own = columns[pictures[0]]
        own[above[row]] = "\n".join(filter(None, (own[above[row]], address)))


def _options(columns: Mapping[str, _Cells], rows: Sequence[int]) -> dict[str, _Cells]:
    """The columns of what options variants have, which then are named there alone."""
    source = first_called(columns, _OPTIONS)
    if source is None:
        return {}
    taken = set(map(plain_name, columns))
    named: dict[str, _Cells] = {}
    for row in rows:
        pairs = _pairs(columns[source][row] or "")
        if not pairs or len(named.keys() | pairs.keys()) > _MOST_OPTIONS:
            continue
        columns[source][row] = None
        for name, value in pairs.items():
            free = f"option {name}" if plain_name(name) in taken else name
            named.setdefault(free, [None] * len(columns[source]))[row] = value
    return named


def _pairs(cell: str) -> dict[str, str]:
    """The options of a variant: ``Type=Swatch|Name=Hue|Value=Red[#f00]``, or ``[CS]Hue=Red``."""
    pairs: dict[str, str] = {}
    for part in cell.split("Type="):
        said = dict(one.partition("=")[::2] for one in part.split("|"))
        pairs[said.get("Name", "").strip()] = said.get("Value", "")
    for part in re.split(r",(?=\[)", cell):
        if found := _OLDER_OPTION.fullmatch(part):
            pairs[found[1].strip()] = found[2]
    # Behind a colour, how it looks.
    plain = {
        name: value.partition("[#")[0].partition(":#")[0].strip(" ,;|\t\r\n")
        for name, value in pairs.items()
    }
    return {name: value for name, value in plain.items() if name and value}
