"""The product: what a shopper wants to know of an item, from the columns that catalogues use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.catalogue import AttributeValue
from pipeline.recommender.query import currency_of, read_amount

SALE_PRICE, PRICE = "sale_price", "price"
CURRENCY = ("currency", "price_currency")
LINK = ("url", "link", "product_url")
SHOWN = ("brand", "articleType", "category", "baseColour", "color", "colour", "gender", "label")
"""What shoppers look for first, where no columns are chosen."""
MOST_SHOWN = 3
LONGEST = 40
"""Characters of a value that still reads as a detail, and not as a description."""
_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Product:
    """An item as a shop shows it.

    Attributes:
        price: As the catalogue writes it; empty where it has none.
        amount: The same as a number; None where it says none.
        currency: Its ISO 4217 code; empty where neither the item nor the shop names one.
        link: The address of its own page, on the web; empty where it has none.
        details: A few of its other attributes, those that tell most first.
    """

    price: str
    amount: float | None
    currency: str
    link: str
    details: tuple[str, ...]


def product_of(
    attributes: Mapping[str, AttributeValue],
    name: str,
    columns: Sequence[str] = (),
    currency: str = "",
) -> Product:
    """Read an item's attributes as those of a product.

    Args:
        attributes: Its attributes.
        name: What it is called, which no detail says again.
        columns: The attributes to show; none for those that are recognised.
        currency: The currency of prices whose item names none.
    """
    known = {key.strip().casefold(): value for key, value in attributes.items()}
    price = _price(known)
    amount = read_amount(price) if price else float("nan")
    link = next((text for text in _texts(known, LINK) if _WEB.fullmatch(text)), "")
    return Product(
        price=price,
        amount=amount if amount == amount else None,  # noqa: PLR0124 NaN
        currency=_currency(known, price, currency),
        link=link,
        details=_details(known, name, columns),
    )


def _details(
    known: Mapping[str, AttributeValue], name: str, columns: Sequence[str]
) -> tuple[str, ...]:
    chosen = [*_texts(known, columns or SHOWN)]
    if not columns and not chosen:
        beside = [key for key in known if key not in (SALE_PRICE, PRICE, *CURRENCY, *LINK)]
        chosen = [text for text in _texts(known, beside) if "://" not in text]
    told = dict.fromkeys(text for text in chosen if text != name and len(text) <= LONGEST)
    return tuple(told) if columns else tuple(told)[:MOST_SHOWN]


def _price(known: Mapping[str, AttributeValue]) -> str:
    """What is to be paid: the price of a sale, where one is said that is less than the price."""
    sale, price = _first(known, [SALE_PRICE]), _first(known, [PRICE])
    reduced, full = read_amount(sale), read_amount(price)
    # Feeds write 0 where there is no sale; what is no number compares as false.
    is_sale = bool(sale) and not (reduced <= 0 or reduced >= full)
    return sale if is_sale else price


def _first(known: Mapping[str, AttributeValue], names: Iterable[str]) -> str:
    return next(iter(_texts(known, names)), "")


def _texts(known: Mapping[str, AttributeValue], names: Iterable[str]) -> list[str]:
    """The values of some attributes, those without one left out."""
    values = (known.get(name.casefold()) for name in names)
    return [str(value).strip() for value in values if value not in (None, "")]


def _currency(known: Mapping[str, AttributeValue], price: str, otherwise: str) -> str:
    """The code of a price's currency; empty where it names one that has none, as ``$`` does."""
    said = _first(known, CURRENCY).upper()
    named = said if _CODE.fullmatch(said) else currency_of(price)
    if not named:
        return otherwise
    return named if _CODE.fullmatch(named) else ""
