"""Known columns: what each of a feed is, by its name, in the languages and exports of shops."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pipeline.amounts import split_currency
from pipeline.letters import composed_name

PRICES = {"price": "highest_price", "sale_price": "highest_sale_price"}
"""Prices of which the lowest is the product's, and what the highest is called."""
KNOWN = {
    "title": (
        *("title", "name", "producttitle", "productname", "productdisplayname"),
        *("bezeichnung", "artikelbezeichnung", "produktbezeichnung", "produktname", "artikelname"),
        *("titel", "produkttitel", "artikeltitel", "nom", "nomduproduit", "titre", "désignation"),
        *("libellé", "nome", "nomeprodotto", "titolo", "denominazione", "nombre", "título"),
        *("nombredelproducto", "titulo", "naam", "productnaam", "nazwa", "nazwaproduktu", "název"),
        *("názevproduktu", "názov", "navn", "namn", "nimi", "название", "наименование"),
        *("titleshort", "titlelong", "translationsdefaultname", "itemname"),
    ),
    "price": (
        *("price", "variantprice", "regularprice", "normalprice", "productprice", "retailprice"),
        *("preis", "regulärerpreis", "normalpreis", "verkaufspreis", "prix", "prixnormal"),
        *("prixrégulier", "precio", "precionormal", "prezzo", "prijs", "cena", "preço", "pris"),
        # With the tax before without, as shoppers pay it.
        *("pricetaxincluded", "pricevat", "pricedefaultgross", "priceincltax", "bruttopreis"),
        *("preisbrutto", "prixttc", "startprice", "buyitnowprice", "standardprice", "ourprice"),
        *("lowprice", "pricerangeminvariantprice"),  # schema.org and Shopify, of several offers
        *("pricetaxexcludedorpricetaxincluded", "pricetaxexcluded", "pricedefaultnet"),
        *("priceexcltax", "nettopreis", "preisnetto", "prixht"),
        *("listpricewithtax", "listprice"),  # what a maker asks for, where a shop has no price
    ),
    "sale_price": (
        *("saleprice", "variantsaleprice", "specialprice", "discountprice", "discountedprice"),
        *("angebotspreis", "aktionspreis", "sonderpreis", "prixpromo", "preciorebajado"),
        *("preciooferta", "prezzoscontato", "actieprijs", "cenapromocyjna"),
    ),
    "on_sale": (
        *("onsale", "isonsale", "variantonsale", "productonsale", "issale", "saleactive"),
        *("issaleactive", "saleenabled", "enablesale"),
    ),
    "sale_price_effective_date": ("salepriceeffectivedate",),
    "sale_starts": (
        *("salestarts", "datesalepricestarts", "salepricedatesfrom", "specialpricefrom"),
        *("specialpricefromdate", "specialfromdate", "salefromdate", "salestartdate"),
    ),
    "sale_ends": (
        *("saleends", "datesalepriceends", "salepricedatesto", "specialpriceto"),
        *("specialpricetodate", "specialtodate", "saleenddate", "saletodate"),
    ),
    "currency": (
        *("currency", "currencycode", "pricecurrency", "currencyid", "currencyiso", "isocurrency"),
        "pricedefaultcurrency",
        *("währung", "waehrung", "währungscode", "devise", "monnaie", "codedevise", "valuta"),
        *("valuutta", "moneda", "divisa", "waluta", "měna", "mena", "moeda", "pénznem", "валюта"),
        *("parabirimi", "valutakod", "valutakode"),
    ),
    "url": ("url", "link", "producturl", "productlink", "permalink", "pageurl"),
    "brand": ("brand", "brands", "vendor", "manufacturer", "brandname"),
    "availability": (
        *("availability", "instock", "stockstatus", "availabilitystatus", "available"),
        *("verfügbarkeit", "vorrätig", "auflager", "lagerstatus", "disponibilité", "enstock"),
        *("disponibilidad", "disponibilità", "beschikbaarheid", "opvoorraad", "disponibilidade"),
        *("dostępność", "dostupnost", "dostupnosť", "tillgänglighet", "наличие"),
    ),
}
"""The attributes that every feed has under another name, and those names, best first, as
`plain_name` writes them."""
SALE_DATES = ("sale_price_effective_date", "sale_starts", "sale_ends")
"""When a sale is on, as `KNOWN` calls it."""
OF_PRODUCT = ("title", "url", "brand")
"""What a product has one of, whatever its variants have; there may be a comma in it."""
GROUPS = (
    *("itemgroupid", "parentid", "parentsku", "parentproductid", "parentproductsku"),
    *("mastersku", "masterid", "productid", "styleid"),
)
"""What columns are called that name the product which a row is a variant of, best first: beside a
parent, a ``product_id`` is the row's own."""
HANDLES = ("handle", "urlhandle")
"""What Shopify calls the product that a row is of: each, and not only those of variants."""
HANDLES_PICTURES = ("imagesrc", "productimageurl", "variantimage", "variantimageurl")
"""What it calls the pictures beside it."""
_PLACES = {
    plain: (name, place) for name, plains in KNOWN.items() for place, plain in enumerate(plains)
}
_DECORATION = re.compile(r"\*|\(0/1\)")
"""What PrestaShop and eBay write beside names: that a column is needed, and what its cells are."""
_LANGUAGE = re.compile(r"[A-Z]{2}_(?=[A-Z])")
"""What Lightspeed writes before the name of what it has in several languages, as ``NL_Title``."""


@dataclass(frozen=True)
class KnownColumn:
    """What a column is, by its name.

    Attributes:
        name: The attribute, one of `KNOWN`.
        place: Its place among the names of that, the best first.
        currency: The currency that a price's column names, as ``Price (EUR)`` does; else empty.
    """

    name: str
    place: int
    currency: str = ""


@lru_cache(maxsize=4096)
def known_column(column: str) -> KnownColumn | None:
    """What a column of some name is; None for one that is not known.

    One that names its currency comes after those that name none.
    """
    if (found := _PLACES.get(_plain(column))) is not None:
        return KnownColumn(*found)
    if before := _LANGUAGE.match(column):
        name, place = _PLACES.get(_plain(column[before.end() :]), ("", 0))
        return KnownColumn(name, len(KNOWN[name]) + place) if name == "title" else None
    rest, currency = split_currency(column)
    name, place = _PLACES.get(_plain(rest), ("", 0))
    return KnownColumn(name, len(KNOWN[name]) + place, currency) if name in PRICES else None


def known_columns(columns: Iterable[str]) -> dict[str, list[str]]:
    """The columns that are known, by the attribute that they are, the best first."""
    found: dict[str, list[tuple[KnownColumn, str]]] = {}
    for column in columns:
        if (known := known_column(column)) is not None:
            found.setdefault(known.name, []).append((known, column))
    # By the first alone: of two that are as good, the earlier is taken.
    return {
        name: [column for _, column in sorted(found[name], key=lambda pair: pair[0].place)]
        for name in KNOWN
        if name in found
    }


def first_called(columns: Iterable[str], plains: Iterable[str]) -> str | None:
    """The first column that is called the first of these, as `composed_name` writes them."""
    called = {composed_name(name): name for name in reversed(list(columns))}
    return next((called[plain] for plain in plains if plain in called), None)


def renamed(columns: Iterable[str]) -> dict[str, str]:
    """What columns are called here that are known by another name.

    One that names its currency is left to `with_currency`, which knows its cells.

    Args:
        columns: Those that are no pictures and no id.
    """
    taken = list(columns)
    names = {}
    for name, (found, *_) in known_columns(taken).items():
        known = known_column(found)
        has_currency = known is not None and known.currency
        if not has_currency and (found == name or name not in taken):
            names[found] = name
    return names


def unknown(columns: Iterable[str], names: Iterable[str]) -> list[str]:
    """What is noted of a feed none of whose columns is what shoppers look for first.

    Args:
        columns: The columns.
        names: What some of them are called here.
    """
    known = {*known_columns(columns), *names}
    missing = [name for name in ("title", "price") if name not in known]
    if not missing:
        return []
    kinds = " or as ".join(f"a {name}" for name in missing)
    called = " or ".join(f"'{name}'" for name in missing)
    return [f"has no column known as {kinds}: if it has one, call it {called}"]


def _plain(column: str) -> str:
    return _DECORATION.sub("", composed_name(column))
