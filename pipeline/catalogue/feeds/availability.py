"""Availability: whether a product can be bought, as shops of several languages say it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.catalogue.columns import is_no, is_yes
from pipeline.letters import composed_name

IN_STOCK, LIMITED, BACKORDER, PREORDER, OUT_OF_STOCK = (
    *("in_stock", "limited_availability", "backorder", "preorder"),
    "out_of_stock",
)
"""Availability as Google's specification and schema.org (*ItemAvailability*) have it."""
_BEST_FIRST = (IN_STOCK, LIMITED, BACKORDER, PREORDER)
_IN_STOCK = (
    *("instock", "available", "availablenow"),
    *("auflager", "lagernd", "vorrätig", "lieferbar", "sofortlieferbar", "verfügbar"),
    *("sofortverfügbar", "enstock", "disponible", "disponibles", "disponibile", "disponibili"),
    *("eninventario", "enexistencia", "hayexistencias", "disponível", "emestoque", "emstock"),
    *("opvoorraad", "leverbaar", "beschikbaar", "wmagazynie", "nastanie", "dostępny", "dostępna"),
    *("dostępne", "skladem", "naskladě", "skladom", "nasklade", "dostupné", "ilager", "pålager"),
    *("tilgængelig", "tilgjengelig", "tillgänglig", "varastossa", "saatavilla", "készleten"),
    *("raktáron", "elérhető", "înstoc", "instoc", "disponibil", "stokta", "stoktavar", "mevcut"),
    *("вналичии", "естьвналичии", "внаявності", "σεαπόθεμα", "διαθέσιμο", "άμεσαδιαθέσιμο"),
    *("在庫あり", "有货", "有貨", "现货", "現貨", "재고있음"),
)
_LIMITED = (
    *("limitedavailability", "limitedstock", "lowstock", "fewleft", "begrenztverfügbar"),
    *(
        "geringerbestand",
        "stocklimité",
        "disponibilitélimitée",
        "últimasunidades",
        "beperktevoorraad",
    ),
)
_BACKORDER = (
    *("backorder", "onbackorder", "availableonbackorder", "backordered", "nachbestellt"),
    *("lieferrückstand", "enréapprovisionnement", "surcommande", "bajopedido", "nabestelling"),
)
_PREORDER = (
    *("preorder", "presale", "vorbestellung", "vorbestellbar", "précommande", "prévente"),
    *("preventa", "prevendita", "preordine", "prévenda", "przedsprzedaż", "предзаказ"),
)
_OUT_OF_STOCK = (
    *("outofstock", "soldout", "unavailable", "currentlyunavailable", "notavailable", "notinstock"),
    *("nostock", "temporarilyoutofstock", "discontinued", "oos", "ausverkauft", "vergriffen"),
    *("nichtverfügbar", "derzeitnichtverfügbar", "nichtlieferbar", "nichtmehrlieferbar"),
    *("nichtauflager", "nichtvorrätig", "rupture", "rupturedestock", "enrupture"),
    *("enrupturedestock", "épuisé", "indisponible", "nondisponible", "agotado", "sinstock"),
    *("sinexistencias", "nodisponible", "fueradestock", "esaurito", "nondisponibile"),
    *("nondisponibili", "esgotado", "indisponível", "semestoque", "semstock", "foradeestoque"),
    *(
        "uitverkocht",
        "nietopvoorraad",
        "nietleverbaar",
        "nietbeschikbaar",
    ),
    *("brak", "brakwmagazynie", "niedostępny", "niedostępna", "niedostępne", "wyprzedany"),
    *(
        "wyprzedane",
        "vyprodáno",
        "nenískladem",
        "nedostupné",
        "vypredané",
        "niejeskladom",
        "slutsåld",
    ),
    *(
        "slutilager",
        "ejilager",
        "udsolgt",
        "ikkepålager",
        "utsolgt",
        "loppu",
        "loppuunmyyty",
        "eivarastossa",
    ),
    *("elfogyott", "nincskészleten", "nincsraktáron", "stocepuizat", "epuizat", "indisponibil"),
    *("tükendi", "stoktayok", "нетвналичии", "распродано", "немаєвнаявності", "εξαντλημένο"),
    *("在庫なし", "在庫切れ", "売り切れ", "缺货", "缺貨", "售罄", "품절"),
)
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(_IN_STOCK, IN_STOCK),
    **dict.fromkeys(_LIMITED, LIMITED),
    **dict.fromkeys(_BACKORDER, BACKORDER),
    **dict.fromkeys(_PREORDER, PREORDER),
    **dict.fromkeys(_OUT_OF_STOCK, OUT_OF_STOCK),
}
"""What shops say, as `composed_name` writes it, without signs and numbers."""
_COUNT = re.compile(
    r"[<>≥≤=~+ ]*(?P<minus>-?)\d[\d.,]*\+? ?"
    r"(pcs?|pieces?|units?|stk|stück|st|uds?|pz|szt|ks|шт)?\.?"
)
"""How many there are, as ``5``, ``> 10``, ``10+``, ``3 Stück``."""
_NO_LETTER = re.compile(r"[\W\d_]+")


def availability_of(cell: str) -> str:
    """What a cell says of availability, in one word for each kind; what is not known, as it is.

    A yes or a no, how many there are, an address of schema.org, or words.
    """
    if "schema.org/" in cell:
        cell = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cell.rpartition("/")[2]).lower()
    if is_yes(cell) or is_no(cell):
        return IN_STOCK if is_yes(cell) else OUT_OF_STOCK
    counted = _COUNT.fullmatch(cell.strip().casefold())
    known = IN_STOCK if counted else _WORDS.get(_NO_LETTER.sub("", composed_name(cell)), "")
    is_none = re.search(r"\d", cell) and not re.search(r"[1-9]", cell)  # as in `0 in stock`
    if known == IN_STOCK and (is_none or (counted and counted["minus"])):
        return OUT_OF_STOCK
    return known or cell


def best_availability(said: list[str]) -> str:
    """The best of what variants say; what is not known is better than what is out of stock."""
    return min(said, key=_nearness)


def _nearness(availability: str) -> int:
    if availability in _BEST_FIRST:
        return _BEST_FIRST.index(availability)
    return len(_BEST_FIRST) + (availability == OUT_OF_STOCK)
