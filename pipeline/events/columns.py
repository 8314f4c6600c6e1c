"""Columns: which column of a log is the user, the item, the time, and what its cells say."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import EventsError
from pipeline.letters import UNSEEN, without_unseen

USER, ITEM, TIME, KIND, WEIGHT, ORDER = "user", "item", "time", "kind", "weight", "order"
DAY, CLOCK, QUANTITY, INVOICE = "day", "time of the day", "quantity", "invoice"
KNOWN: dict[str, tuple[str, ...]] = {
    USER: (
        *("user", "userid", "customerid", "customer", "visitorid", "userpseudoid", "shopperid"),
        *("clientid", "reviewerid", "buyerid", "personid", "memberid", "anonymousid", "sessionid"),
    ),
    ITEM: (
        *("item", "itemid", "articleid", "productid", "sku", "asin", "parentasin", "stockcode"),
        *("itemsitemid", "article", "product", "variantid", "contentid"),
    ),
    TIME: (
        *("time", "timestamp", "tdat", "eventtimestamp", "eventtime", "datetime", "date"),
        *("eventdate", "createdat", "invoicedate", "orderdate", "unixreviewtime", "reviewtime"),
        *("occurredat", "purchasedate", "transactiondate", "saledate", "day"),
    ),
    KIND: (
        *("kind", "event", "eventname", "eventtype", "action", "behavior", "behaviour"),
        *("behaviortype", "behaviourtype", "actiontype", "type"),
    ),
    WEIGHT: ("weight",),
    ORDER: ("position", "order", "sequence", "step", "eventsequence"),
    QUANTITY: ("quantity", "qty"),
    INVOICE: ("invoiceno", "invoice", "invoicenumber"),
}
"""What columns are called, letters and digits alone, the likeliest first: among them those of H&M
(``customer_id``, ``article_id``, ``t_dat``), Retailrocket (``visitorid``, ``itemid``,
``timestamp``, ``event``), REES46 (``user_id``, ``product_id``, ``event_time``, ``event_type``),
Google Analytics 4 (``user_pseudo_id``, ``items.item_id``, ``event_timestamp``, ``event_name``),
UCI Online Retail (``CustomerID``, ``StockCode``, ``InvoiceDate``, ``Quantity``, ``InvoiceNo``)."""
DAYS = (
    *("date", "day", "orderdate", "invoicedate", "eventdate", "purchasedate", "transactiondate"),
    *("saledate", "tdat"),
)
"""What a column is called that may hold days alone."""
CLOCKS = (
    *("time", "timeofday", "hour", "ordertime", "invoicetime", "eventtime", "purchasetime"),
    *("transactiontime", "saletime"),
)
"""What a column is called that may hold times of the day alone, beside one of days."""
MAY_BE_NO_KIND = ("type", "behaviortype", "behaviourtype", "actiontype")
"""What a column of kinds is called, and one of something else too: of shops, of payments, of
numbers that no two logs mean alike."""
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
REQUIRED = (USER, ITEM, TIME)


@dataclass(frozen=True)
class Columns:
    """The columns of a log that somebody has named.

    None for each that is to be recognised, an empty text for one that there is not.
    """

    user: str | None = None
    item: str | None = None
    time: str | None = None
    day: str | None = None
    kind: str | None = None
    weight: str | None = None


def find_columns(
    names: Sequence[str], said: Columns, place: str, ignored: Collection[str] = ()
) -> dict[str, str]:
    """Find the column of each part of an event.

    Args:
        names: The columns that there are.
        said: Those that somebody has named.
        place: What to call the file in errors.
        ignored: Parts that are not looked for; `CLOCK` where days alone are the times.

    Returns:
        Their names by ``user``, ``item``, ``time`` or else ``order``, and the others where there
        are such; ``day`` where ``time`` may hold times of the day alone.

    Raises:
        EventsError: If one that was named, or one that is needed, is not there.
    """
    plain = {plain_name(name): name for name in reversed(names)}
    found: dict[str, str] = {}
    for part, known in KNOWN.items():
        named = getattr(said, part, None)
        if named:
            found[part] = _named(names, named, part, place)
        elif named is None and part not in ignored and (match := _first(plain, known)) is not None:
            found[part] = match
    if TIME in found:
        found.pop(ORDER, None)
        apart = _parted(plain, found[TIME], said)
        found |= {TIME: apart[DAY]} if CLOCK in ignored and apart else apart
    if said.day:
        found[DAY] = _named(names, said.day, DAY, place)
    missing = [part for part in REQUIRED if part not in found]
    if missing == [TIME] and ORDER in found:
        missing = []
    if missing:
        flags = " ".join(f"--{part} COLUMN" for part in missing)
        raise EventsError(
            f"'{place}' has no column known as the {' or the '.join(missing)} of an event. It has: "
            f"{_listed(names)}. Name it: {flags}"
        )
    return found


def find_nested(found: dict[str, str], schema: pa.Schema, said: Columns, path: Path) -> list[str]:
    """The parts whose columns hold lists or records, where nobody named and nothing needs them.

    Raises:
        EventsError: If one of the others does.
    """
    nested = []
    for part, name in found.items():
        kinds = [field.type for field in schema if field.name == name]
        if not kinds or not pa.types.is_nested(kinds[0]):
            continue
        if part in REQUIRED or getattr(said, part, None):
            raise EventsError(
                f"The column '{name}' of '{path.name}' holds {str(kinds[0])[:60]} and not one "
                f"{part} a row. Write it as a column of single values, or name another: --{part} "
                "COLUMN"
            )
        nested.append(part)
    return nested


def plain_name(name: str) -> str:
    """A column's name, its letters and digits alone."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def may_be_no_kind(found: dict[str, str], said: Columns) -> bool:
    """Whether the column of kinds may be one of something else, by its name."""
    return said.kind is None and plain_name(found.get(KIND, "")) in MAY_BE_NO_KIND


def texts_of(column: pa.Array) -> pa.Array:
    """The cells of a column of ids or kinds as the catalogue reads them; empty for none.

    They are without blanks and what is not seen around them, composed (NFC), without the ``="``
    that tells Excel to leave a number alone, and without a ``.0`` that all numbers end in.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        is_whole = pc.and_(pc.is_finite(column), pc.equal(pc.floor(column), column))
        known = pc.and_(is_whole, pc.less(pc.abs(column), 2.0**63))
        column = pc.if_else(known, column, None).cast(pa.int64())
    encoded = pc.dictionary_encode(pc.cast(column, pa.string()).fill_null(""))
    texts = pc.utf8_trim(encoded.dictionary, characters=BLANKS + UNSEEN)
    texts = pc.replace_substring_regex(texts, r'^="([^"]*)"$', r"\1")
    texts = pc.utf8_normalize(texts, "NFC")
    is_written = pc.match_substring_regex(texts, r"^(0|-?[1-9]\d{0,14})\.0$")
    is_number = pc.match_substring_regex(texts, r"^-?\d+(\.\d+)?$")
    if pc.all(pc.or_(is_written, pc.invert(is_number))).as_py():
        texts = pc.if_else(is_written, pc.replace_substring_regex(texts, r"\.0$", ""), texts)
    return texts.take(encoded.indices)


def numeric(column: pa.Array) -> pa.Array:
    """A column of numbers; of texts, NaN for what is none, and 1 for what is empty."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    # A comma parts the decimals in half of Europe's exports.
    texts = pd.Series(pc.replace_substring(column, ",", ".").to_pylist(), dtype="object")
    read = pd.to_numeric(texts, errors="coerce")
    # A text that is no number stays one that is none.
    return pa.array(np.where(column.is_null(), 1.0, read.to_numpy(dtype=np.float64)))


def number_texts(texts: pa.Array, known: dict[str, int], left: np.ndarray) -> np.ndarray:
    """The numbers of texts, ``(m,)`` int32, new ones numbered on; only those of rows left."""
    return numbers_of(texts, left, lambda text: known.setdefault(text, len(known)))


def numbers_of(texts: pa.Array, left: np.ndarray, number: Callable[[str], int]) -> np.ndarray:
    """What each text of the rows left is numbered, ``(m,)`` int32; -1 for the others."""
    encoded = pc.dictionary_encode(texts)
    codes = np.asarray(encoded.indices)
    different = encoded.dictionary.to_pylist()
    numbers = np.full(len(different) + 1, -1, dtype=np.int32)
    for code in np.unique(codes[left]).tolist():
        numbers[code] = number(different[code])
    found: np.ndarray = numbers[codes]
    return found


def compared(text: str) -> str:
    """An id as it is compared with others: composed, without what is not seen in it."""
    return unicodedata.normalize("NFC", without_unseen(text)).strip()


def _parted(plain: dict[str, str], time: str, said: Columns) -> dict[str, str]:
    """The columns of the day and of the time of the day, where they may stand apart."""
    if said.day is not None:
        return {}
    days, clocks = _first(plain, DAYS), _first(plain, CLOCKS)
    if plain_name(time) in CLOCKS:
        return {DAY: days} if days is not None else {}
    if said.time is None and plain_name(time) in DAYS and clocks is not None:
        return {DAY: time, TIME: clocks}
    return {}


def _first(plain: dict[str, str], known: Sequence[str]) -> str | None:
    return next((plain[name] for name in known if name in plain), None)


def _named(names: Sequence[str], named: str, part: str, place: str) -> str:
    if named in names:
        return named
    folded = [name for name in names if name.casefold().strip() == named.casefold().strip()]
    if len(folded) == 1:
        return folded[0]
    close = difflib.get_close_matches(named, names, 1)
    hint = f"Did you mean '{close[0]}'?" if close else f"It has: {_listed(names)}."
    raise EventsError(f"'{place}' has no column '{named}' for the {part} of an event. {hint}")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name[:40]}'" for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "") or "none"
