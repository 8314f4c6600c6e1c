"""WooCommerce: its product export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from pipeline.catalogue.columns import (
    OF_PRODUCT,
    PUBLISHED,
    not_shown,
    renamed,
    with_currency,
)
from pipeline.catalogue.feeds.addresses import split_addresses
from pipeline.catalogue.feeds.availability import availability_of
from pipeline.catalogue.feeds.products import (
    Columns,
    FeedLine,
    Product,
    Row,
    listed_variants,
    product_of,
)
from pipeline.letters import composed_name, plain_name

_TRANSLATED = {
    "type": ("typ", "tipo"),
    "sku": ("artikelnummer", "ugs", "cod"),
    "name": ("nom", "nombre", "nome", "naam"),
    "published": PUBLISHED,
    "images": ("bilder", "imágenes", "immagine", "immagini", "afbeeldingen"),
    "parent": ("übergeordnetesprodukt", "superior", "principal", "genitore", "hoofd"),
    "position": ("posición", "posizione", "positie"),
    "instock?": (
        *("vorrätig?", "enstock?", "eninventaire?", "¿existencias?", "¿eninventario?"),
        "opvoorraad?",
    ),
    "regularprice": (
        *("regulärerpreis", "tarifrégulier", "precionormal", "prezzodilistino"),
        "reguliereprijs",
    ),
    "visibilityincatalog": (
        *("sichtbarkeitimkatalog", "visibilitédanslecatalogue", "visibilidadenelcatálogo"),
        *("visibilitànelcatalogo", "zichtbaarheidincatalogus"),
    ),
    "datesalepriceends": (
        *("datum,andemangebotspreisendet", "datedefindepromo", "díaenqueterminaelpreciorebajado"),
        *("datadifinedelprezzoinofferta", "datumeindeactieprijs"),
    ),
    "datesalepricestarts": (
        *("datum,abdemangebotspreisgilt", "datededébutdepromo", "díaenqueempiezaelpreciorebajado"),
        *("datadiiniziodelprezzoinofferta", "datumstartactieprijs"),
    ),
    "saleprice": (
        *("angebotspreis", "tarifpromo", "preciorebajado", "prezzoinofferta"),
        "actieprijs",
    ),
}
_ENGLISH = {other: name for name, others in _TRANSLATED.items() for other in others}
"""Columns in German, French, Spanish, Italian and Dutch: an export is in the language of its shop
(woocommerce/woocommerce#24963)."""
_OF_API = frozenset(("permalink", "stockstatus"))
"""Columns of what its REST API answers, whose products say these as others do."""
_MARKS = frozenset(("regularprice", "published", "instock?", "parent"))


class WooCommerce:
    """See `Kind`. A row a product, or a variation that names its parent by SKU or as ``id:7``.

    The columns are those of its wiki, *Product CSV Import Schema*.
    """

    name = "a WooCommerce export"
    _IDS = ("id", "sku", "name")
    _LEAVE = ("images", "type", "parent", "position", "id")
    _ATTRIBUTE = re.compile(
        r"(?P<before>(?:nom|nombre|naam|valeur|valor|waarde|zichtbare|globale|standaard)[a-z()'\u2019]*?)?"
        r"(?:attribute?|attributo|atributo|eigenschap)(?:visible|global|pordefecto)?(?P<number>\d+)"
        r"(?P<after>(?:name|nome|val|wert|visi|sichtbar|global|default|standard|pred|par)[^\d]*)?"
    )
    _HIDDEN: ClassVar[dict[str, str]] = {"0": "0 (private)", "-1": "-1 (a draft)"}

    def __init__(self, columns: Columns) -> None:
        self._english = self._english_of(columns)
        self._plain = {plain: name for name, plain in reversed(self._english.items())}
        said = renamed(plain for plain in self._plain if plain not in self._LEAVE)
        self.names = {self._plain[plain]: name for plain, name in said.items()}
        if (stock := self._plain.get("instock?")) is not None:
            self.names[stock] = "availability"
        self._keys = self._keys_of(columns)

    @classmethod
    def wrote(cls, columns: Iterable[str]) -> bool:
        """Whether these are the columns of its export, in any of the languages that are known."""
        english = cls._english_of(columns)
        is_english = _ENGLISH.keys().isdisjoint(map(plain_name, english))
        plain = set(english.values())
        # Words such as `Tipo` and `Nome` are those of any table, and so more of them are asked for.
        is_export = {"type", "images"} <= plain and _OF_API.isdisjoint(plain)
        return is_export and len(plain & _MARKS) >= (1 if is_english else 2)

    @property
    def has_pictures(self) -> bool:
        """See `Kind`."""
        return "images" in self._plain

    def key(self, row: Row) -> str | None:
        """See `Kind`."""
        parent = self._cell(row, "parent")
        if parent and self.is_variant(row):
            named = re.fullmatch(r"id:\s*(\d+)", parent)
            return named[1] if named else self._keys.get(parent, parent)
        return self._own(row)

    def is_variant(self, row: Row) -> bool:
        """See `Kind`."""
        types = (self._cell(row, "type") or "").lower().split(",")
        return "variation" in map(str.strip, types)

    def hidden(self, lines: Sequence[FeedLine]) -> Mapping[int, str]:
        """See `Kind`. A variation says it of itself alone, its parent of all."""
        hidden: dict[int, str] = {}
        for line in lines:
            said = self._HIDDEN.get(self._cell(line.row, "published") or "")
            if said is not None:
                hidden[line.number] = not_shown("Published", said)
            elif (self._cell(line.row, "visibilityincatalog") or "").casefold() == "hidden":
                hidden[line.number] = not_shown(self._plain["visibilityincatalog"], "hidden")
        own = [line.number for line in lines if not self.is_variant(line.row)]
        if own and hidden.keys() >= set(own):
            return dict.fromkeys((line.number for line in lines), hidden[own[0]])
        return hidden

    def product(self, key: str, lines: Sequence[FeedLine]) -> Product:
        """See `Kind`."""
        # The parent first, which has the product's name and main picture.
        rows = sorted((line.row for line in lines), key=self.is_variant)
        pictures = [one for row in rows for one in split_addresses(self._cell(row, "images"))]
        said = [self._said(row) for row in rows]
        of_variants = {name for row in rows[1:] for name in self._options(row)}
        if not self.is_variant(rows[0]):
            for name in of_variants:
                said[0].pop(name, None)  # a parent lists there what its variants have
        product = product_of(key, lines[0].number, pictures, said, OF_PRODUCT)
        called = [self._cell(row, one) for row in rows for one in ("id", "sku")]
        product.attributes |= listed_variants(called, key)
        return product

    def _said(self, row: Row) -> dict[str, str]:
        said = {}
        for name, cell in row.items():
            plain = self._english[name]
            if plain not in self._LEAVE and not self._ATTRIBUTE.fullmatch(plain):
                said[self.names.get(name, name)] = cell
        if "availability" in said:
            said["availability"] = availability_of(said["availability"])
        return with_currency(said | self._options(row))

    def _options(self, row: Row) -> dict[str, str]:
        """The attributes that a row names in two columns each: a name and a value."""
        names: dict[str, str] = {}
        values: dict[str, str] = {}
        for name, cell in row.items():
            if found := self._ATTRIBUTE.fullmatch(self._english[name]):
                part = found["before"] or found["after"] or ""
                if part.startswith(("nam", "nom", "naam")):
                    names[found["number"]] = cell
                elif part.startswith(("val", "wert", "waarde")):
                    values[found["number"]] = cell
        return {name: values[number] for number, name in names.items() if number in values}

    def _keys_of(self, columns: Columns) -> dict[str, str]:
        """The key of the one product, which is no variation, that has a SKU."""
        names = [self._plain[name] for name in ("type", *self._IDS) if name in self._plain]
        keys: dict[str, set[str]] = {}
        for cells in zip(*(columns[name] for name in names), strict=True):
            row = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
            sku = self._cell(row, "sku")
            if sku is not None and not self.is_variant(row):
                keys.setdefault(sku, set()).add(self._own(row) or sku)
        return {sku: own.pop() for sku, own in keys.items() if len(own) == 1}

    @staticmethod
    def _english_of(columns: Iterable[str]) -> dict[str, str]:
        """What each column is called in an English export, as `plain_name` writes it."""
        plain = {name: composed_name(name) for name in columns}
        taken = set(plain.values())
        return {
            name: own if _ENGLISH.get(own, own) in taken else _ENGLISH[own]
            for name, own in plain.items()
        }

    def _own(self, row: Row) -> str | None:
        return next((cell for name in self._IDS if (cell := self._cell(row, name))), None)

    def _cell(self, row: Row, plain: str) -> str | None:
        return row.get(self._plain.get(plain, ""))
