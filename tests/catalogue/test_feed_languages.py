"""WooCommerce writes its export in the language of the shop, whose drafts are no items in any."""

from __future__ import annotations

import pytest

from tests.catalogue.conftest import OpenFeed

GERMAN = (
    "ID,Typ,Artikelnummer,Name,Veröffentlicht,Vorrätig?,Angebotspreis,Regulärer Preis,Kategorien,"
    "Bilder,Übergeordnetes Produkt,Position,Attribut 1 Name,Attribut 1 Wert(e),Attribut 1 Sichtbar"
)
FRENCH = (
    "ID,Type,UGS,Nom,Publié,En stock ?,Tarif promo,Tarif régulier,Catégories,"
    "Images,Parent,Position,Nom de l\u2019attribut 1,Valeur(s) de l\u2019attribut 1 ,"
    "Attribut 1 visible"
)
SPANISH = (
    "ID,Tipo,SKU,Nombre,Publicado,¿Existencias?,Precio rebajado,Precio normal,Categorías,"
    "Imágenes,Superior,Posición,Nombre del atributo 1,Valor(es) del atributo 1,Atributo visible 1"
)
ITALIAN = (
    "ID,Tipo,COD,Nome,Pubblicato,In stock?,Prezzo in offerta,Prezzo di listino,Categorie,"
    "Immagine,Genitore,Posizione,Attributo 1 nome,Attributo 1 valuta(e),Attributo 1 visibile"
)
DUTCH = (
    "ID,Type,Artikelnummer,Naam,Gepubliceerd,Op voorraad?,Actieprijs,Reguliere prijs,Categorieën,"
    "Afbeeldingen,Hoofd,Positie,Naam eigenschap 1,Waarde eigenschap 1,Zichtbare eigenschap 1"
)
ROWS = """
1,variable,TEE,Tee,1,1,,,Tops,"@red-disc.png, @blue-disc.png",,0,Size,"S, M",1
2,variation,TEE-S,Tee - S,1,1,15,20,,,TEE,1,Size,S,1
3,variation,TEE-M,Tee - M,0,0,,22,,,id:1,2,Size,M,1
4,simple,CAP,Cap,-1,1,,9,Hats,@green-disc.png,,0,,,
"""


@pytest.mark.parametrize("header", [GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH])
def test_an_export_of_woocommerce_is_known_in_its_language(
    open_feed: OpenFeed, header: str
) -> None:
    catalogue = open_feed(header + ROWS)
    assert any("read as a WooCommerce export" in note for note in catalogue.notes)
    assert list(catalogue.ids) == ["1"]
    tee = catalogue.attributes_of(0)
    wanted = {"title": "Tee", "price": 20, "sale_price": 15, "availability": "in_stock"}
    assert {name: tee[name] for name in wanted} == wanted
    assert tee["Size"] == "S"
    assert len(catalogue.further[0]) == 1
    reasons = [one.reason for one in catalogue.left_out]
    assert any("A variant of '1'" in reason for reason in reasons)
    assert any("'4'" in reason and "-1 (a draft)" in reason for reason in reasons)


def test_a_table_with_words_of_these_languages_is_any_table(open_feed: OpenFeed) -> None:
    rows = "Maglia,Tee,@red-disc.png,5\nMaglia,Cap,@red-disc.png,6\n"
    catalogue = open_feed(f"Tipo,Nome,Immagine,Prezzo di listino\n{rows}")
    assert any("a table of addresses" in note for note in catalogue.notes)
    assert len(catalogue) == 2
