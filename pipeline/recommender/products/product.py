"""The product: what a shopper wants to know of an item, from the columns that catalogues use."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline.catalogue import BETWEEN, AttributeValue
from pipeline.catalogue.feeds.products import known_column, known_columns
from pipeline.recommender.products.sale import is_running
from pipeline.recommender.query import currency_of, read_amount

DATES = ("sale_price_effective_date", "sale_starts", "sale_ends")
NO_DETAILS = frozenset(("price", "sale_price", *DATES, "currency", "url"))
"""What is shown in a place of its own, or says when."""
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
    told = {key.strip().casefold(): value for key, value in attributes.items()}
    chosen = [*_texts(told, columns or SHOWN)]
    if not columns and not chosen:
        known = {key: known_column(key) for key in told}
        beside = [key for key, one in known.items() if one is None or one.name not in NO_DETAILS]
        chosen = [text for text in _texts(told, beside) if "://" not in text]
    texts = dict.fromkeys(text for text in chosen if text != name and len(text) <= LONGEST)
    return tuple(texts) if columns else tuple(texts)[:MOST_SHOWN]


def _price(known: _Known, now: datetime) -> tuple[str, str]:
    """What is to be paid, and its column: the price of a sale that is on, else the price."""
    sale, price = _first(known, "sale_price"), _first(known, "price")
    usual = _least(price[1])
    # Feeds write 0 where there is no sale; what is no number compares as false.
    is_sale = 0 < _least(sale[1]) < (math.inf if math.isnan(usual) else usual)
    is_on = is_sale and is_running(now, *(_first(known, date)[1] for date in DATES))
    return sale if is_on else price


def _least(price: str) -> float:
    """The least of the prices that a text lists, as those of variants; NaN where one is none."""
    numbers = [read_amount(part) for part in price.split(BETWEEN)]
    return math.nan if any(map(math.isnan, numbers)) else min(numbers)


def _first(known: _Known, part: str) -> tuple[str, str]:
    """The best column of some part that says something, and what; both empty for none."""
    return next(iter(known.get(part, {}).items()), ("", ""))


def _texts(told: Mapping[str, AttributeValue], names: Iterable[str]) -> list[str]:
    """The values of some attributes, those without one left out."""
    return [text for name in names if (text := _text(told.get(name.casefold())))]


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
    said = _first(known, "currency")[1].upper()
    of_column = known_column(column)
    named = said if _CODE.fullmatch(said) else currency_of(price)
    named = named or (of_column.currency if of_column is not None else "")
    if not named:
        return otherwise
    return named if _CODE.fullmatch(named) else ""
