"""The product: what a shopper wants to know of an item, from the columns that catalogues use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline.amounts import currency_named, may_be_one
from pipeline.catalogue import BETWEEN, AttributeValue
from pipeline.catalogue.columns import (
    PRICES,
    SALE_DATES,
    is_no,
    known_column,
    known_columns,
)
from pipeline.letters import composed_name
from pipeline.recommender.products.sale import running
from pipeline.recommender.query import currency_of, read_amount

NO_DETAILS = frozenset(("price", "sale_price", "on_sale", *SALE_DATES, "currency", "url"))
"""What is shown in a place of its own, or says when."""
_OF_VARIANTS = frozenset((*PRICES.values(), "variants"))
"""What a feed's item says of its variants beside that: it would read as a second price."""
SHOWN = ("brand", "articleType", "category", "baseColour", "color", "colour", "gender", "label")
"""What shoppers look for first, where no columns are chosen."""
MOST_SHOWN = 3
LONGEST = 40
"""Characters of a value that still reads as a detail, and not as a description."""
_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{3}")
_Known: TypeAlias = Mapping[str, Mapping[str, str]]
"""By part, such as the price, the columns that say it, the best first, and what they say."""


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
    now: datetime | None = None,
) -> Product:
    """Read an item's attributes as those of a product.

    Args:
        attributes: Its attributes.
        name: What it is called, which no detail says again.
        columns: The attributes to show; none for those that are recognised.
        currency: The currency of prices whose item names none.
        now: When it is shown, with a zone, by which a sale has begun or ended; None for now.
    """
    known = {
        part: {column: text for column in named if (text := _text(attributes[column]))}
        for part, named in known_columns(attributes).items()
    }
    column, price = _price(known, now or datetime.now(UTC))
    amount = read_amount(price)
    links = known.get("url", {}).values()
    return Product(
        price=price,
        amount=None if math.isnan(amount) else amount,
        currency=_currency(known, column, price, currency),
        link=next((text for text in links if _WEB.fullmatch(text)), ""),
        details=_details(attributes, name, columns),
    )


def _details(
    attributes: Mapping[str, AttributeValue], name: str, columns: Sequence[str]
) -> tuple[str, ...]:
    told = {composed_name(key): value for key, value in reversed([*attributes.items()])}
    chosen = [*_texts(told, columns or SHOWN)]
    if not columns and not chosen:
        known = {key: known_column(key) for key in attributes if key not in _OF_VARIANTS}
        beside = [key for key, one in known.items() if one is None or one.name not in NO_DETAILS]
        chosen = [text for text in _texts(told, beside) if "://" not in text]
    texts = dict.fromkeys(text for text in chosen if text != name and len(text) <= LONGEST)
    return tuple(texts) if columns else tuple(texts)[:MOST_SHOWN]


def _price(known: _Known, now: datetime) -> tuple[str, str]:
    """What is to be paid, and its column: the price of a sale that is on, else the price."""
    price, sale = _first(known, "price"), _sale(known)
    flag = _first(known, "on_sale")[1]
    if flag and all(map(is_no, flag.split(BETWEEN))):
        return price
    usual = _least(price[1])
    most = math.inf if math.isnan(usual) else usual
    # Feeds write 0 where there is no sale; what is no number compares as false.
    dates = [_first(known, date)[1] for date in SALE_DATES]
    on = [text for text in running(now, sale[1], *dates) if 0 < _least(text) < most]
    return (sale[0], min(on, key=_least)) if on else price


def _sale(known: _Known) -> tuple[str, str]:
    """The best column of sales that are not in another currency than the price; else empty."""
    column, price = _first(known, "price")
    paid = _named(known, column, price)
    for name, text in known.get("sale_price", {}).items():
        if may_be_one(_written(text) or _of_column(name), paid):
            return name, text
    return "", ""


def _least(price: str) -> float:
    """The least of the prices that a text lists, as those of variants; NaN where one is none."""
    numbers = [read_amount(part) for part in price.split(BETWEEN)]
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


def _first(known: _Known, part: str) -> tuple[str, str]:
    """The best column of some part that says something, and what; both empty for none."""
    return next(iter(known.get(part, {}).items()), ("", ""))


def _texts(told: Mapping[str, AttributeValue], names: Iterable[str]) -> list[str]:
    """The values of some attributes, those without one left out."""
    return [text for name in names if (text := _text(told.get(composed_name(name))))]


def _text(value: AttributeValue) -> str:
    return "" if value is None else str(value).strip()


def _currency(known: _Known, column: str, price: str, otherwise: str) -> str:
    """The code of a price's currency; empty where it names one that has none, as ``$`` does.

    Args:
        known: What the item says, by part.
        column: The price's column, which may name it.
        price: The price.
        otherwise: The currency of prices that name none.
    """
    named = _named(known, column, price)
    if not named:
        return otherwise
    return named if _CODE.fullmatch(named) else ""


def _named(known: _Known, column: str, price: str) -> str:
    """The currency that a price, its column or the one of currencies names; empty for none."""
    said = _first(known, "currency")[1]
    code = said.upper() if _CODE.fullmatch(said.upper()) else currency_named(said)
    return code or _written(price) or _of_column(column)


def _written(price: str) -> str:
    """The currency that a price names, or the first of several; empty for none."""
    return currency_of(price.split(BETWEEN, maxsplit=1)[0])


def _of_column(column: str) -> str:
    """The currency that the name of a price's column names; empty for none."""
    known = known_column(column)
    return "" if known is None else known.currency
