"""Prices: what a row of a feed says of them, in one currency, with the sale that counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from pipeline.amounts import may_be_one, read_amount
from pipeline.catalogue.columns.known import PRICES, SALE_DATES, known_column, known_columns
from pipeline.catalogue.columns.words import is_no
from pipeline.catalogue.found import BETWEEN
from pipeline.letters import plain_name

NO_DATE = "-"
"""Beside the sale of a variant that names no date, where those of others do."""
_plain = lru_cache(maxsize=4096)(plain_name)
_DIGITS = re.compile(r"[.,]?\d[\d.,' ]*(?<=\d)")


def with_currency(row: dict[str, str]) -> dict[str, str]:
    """A row whose price is a number alone and its currency beside it, as in ``10.00 USD``.

    A sale that its row says is none is left out. One in another currency than the price is kept in
    a column that names it, as ``sale_price_usd``, since it is no price less than that.

    Args:
        row: The row, by the names of attributes; a price whose column names its currency, as
            ``Price (EUR)``, becomes the price.
    """
    row = _priced(row)
    currency = row.get("currency", "")
    for name in PRICES:
        found = read_amount(row.get(name, ""))
        # `1.299` is less than two, and more than a thousand where another column says euros.
        told = None if found is None or found.currency else read_amount(f"{row[name]} {currency}")
        if told is not None:
            row = row | {name: told.written}
        elif found is not None and found.currency and name == "price":
            row = row | {name: found.written, "currency": currency or found.currency}
    return _with_sale(row)


def fold_prices(name: str, values: Iterable[str]) -> dict[str, str]:
    """The lowest of several prices, and the highest beside it where it is another.

    Args:
        name: One of `PRICES`.
        values: The prices.
    """
    numbers = {value: _number(value) for value in values}
    # A sale price of 0 says that there is no sale.
    paid = [value for value in numbers if numbers[value] or name == "price"] or [*numbers]
    ordered = sorted(paid, key=numbers.__getitem__)
    return {name: ordered[0]} | ({PRICES[name]: ordered[-1]} if len(numbers) > 1 else {})


def fold_sales(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The sales of variants, with when they are on; empty where there is none.

    Where they are on at different times, all stand side by side, and each of their dates in the
    same order: which of them is on is told when it is shown.
    """
    sales: dict[tuple[str, ...], float] = {}
    for row in rows:
        if number := _number(row.get("sale_price", "0")):
            dates = (row.get(date, "").replace(BETWEEN, " ") for date in SALE_DATES)
            sales[row["sale_price"], *dates] = number
    if not sales:
        return {}
    folded = fold_prices("sale_price", [price for price, *_ in sales])
    ordered = sorted(sales, key=sales.__getitem__)
    is_apart = len({tuple(dates) for _, *dates in ordered}) > 1
    if is_apart:
        folded["sale_price"] = BETWEEN.join(price for price, *_ in ordered)
    for place, date in enumerate(SALE_DATES, start=1):
        said = [one[place] for one in ordered]
        if any(said):
            folded[date] = BETWEEN.join(one or NO_DATE for one in said) if is_apart else said[0]
    return folded


def in_one_currency(rows: Sequence[dict[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    """The rows of one product, their prices in the first's currency alone, and the others."""
    first = next((row["currency"] for row in rows if row.get("currency")), "")
    others: dict[str, None] = {}
    kept = []
    for row in rows:
        currency = row.get("currency", "")
        if may_be_one(first, currency):
            kept.append(row)
            continue
        others[currency] = None
        left = (*PRICES, *SALE_DATES, "currency")
        kept.append({name: cell for name, cell in row.items() if name not in left})
    return kept, list(others)


def _priced(row: dict[str, str]) -> dict[str, str]:
    """A row whose prices are called so, with the currency that the price's column names."""
    for name in PRICES:
        for column in known_columns(row).get(name, []):
            known = known_column(column)
            if name in row or known is None or not known.currency:
                break
            amount = read_amount(row[column])
            named = amount.currency if amount is not None and amount.currency else ""
            if name == "sale_price" and not may_be_one(named or known.currency, _paid_in(row)):
                continue
            row = {name if other == column else other: cell for other, cell in row.items()}
            if "currency" not in row and not named:
                row["currency"] = known.currency
    return row


def _paid_in(row: Mapping[str, str]) -> str:
    """The currency of a row's price; empty where none is named."""
    found = read_amount(row.get("price", ""))
    return row.get("currency", "") or ("" if found is None else found.currency)


def _with_sale(row: dict[str, str]) -> dict[str, str]:
    """A row with its sale, where that counts: as its flag, its currency and its discount say."""
    row = _discounted(row)
    if is_no(row.get("on_sale", "")):
        left = ("sale_price", *SALE_DATES)
        return {name: cell for name, cell in row.items() if name not in left}
    found = read_amount(row.get("sale_price", ""))
    if found is None or may_be_one(found.currency, _paid_in(row)):
        return row
    elsewhere = f"sale_price_{found.currency.lower()}"
    return {elsewhere if name == "sale_price" else name: cell for name, cell in row.items()}


def _discounted(row: dict[str, str]) -> dict[str, str]:
    """A row with the price that a discount leaves, as Wix writes one: a mode and a value."""
    said = {_plain(name): cell for name, cell in row.items()}
    price, value = (
        read_amount(text) for text in (row.get("price", ""), said.get("discountvalue", ""))
    )
    mode = said.get("discountmode", "").upper()
    if price is None or value is None or value.number <= 0 or mode not in ("PERCENT", "AMOUNT"):
        return row
    off = price.number * value.number / 100 if mode == "PERCENT" else value.number
    left = price.number - off
    return row | {"sale_price": f"{left:.2f}"} if left > 0 and "sale_price" not in row else row


def _number(price: str) -> float:
    """A price as a number, or the first in a text such as ``from $30``; infinity for none."""
    found = read_amount(price)
    if found is None and (first := _DIGITS.search(price)):
        found = read_amount(first[0] if first[0][0].isdigit() else f"0{first[0]}")
    return float("inf") if found is None else found.number
