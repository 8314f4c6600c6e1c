"""Columns: which column of a log is the user, the item, the time."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.errors import EventsError
from pipeline.letters import without_unseen

USER, ITEM, TIME, KIND, WEIGHT, ORDER = "user", "item", "time", "kind", "weight", "order"
DAY, CLOCK, QUANTITY, INVOICE = "day", "time of the day", "quantity", "invoice"
QUANTITY_CANCELLED, QUANTITY_RETURNED = "quantity cancelled", "quantity given back"
STATUS, CANCELLATION, RETURN = "status", "cancellation", "return"
VISITOR, SESSION = "visitor", "session"
KNOWN: dict[str, tuple[str, ...]] = {
    USER: (
        *("user", "userid", "customerid", "customer", "visitorid", "userpseudoid", "shopperid"),
        *("clientid", "reviewerid", "buyerid", "personid", "memberid", "anonymousid", "sessionid"),
        *("fullvisitorid", "anonymoususerid", "distinctid", "deviceid", "cookieid", "browserid"),
    ),
    ITEM: (
        *("item", "itemid", "articleid", "productid", "sku", "asin", "parentasin", "stockcode"),
        *("itemsitemid", "article", "product", "variantid", "contentid", "propertiesproductid"),
        *("propertiesproductsproductid", "ecommerceitemsitemid", "productsproductid"),
        *("lineitemsproductid",),
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
    QUANTITY: (
        *("quantity", "qty", "lineitemquantity", "qtyordered", "quantityordered", "orderquantity"),
        *("itemquantity", "quantitypurchased", "units", "unitsordered", "unitssold", "menge"),
        *("anzahl", "bestellmenge", "stuckzahl", "stueckzahl", "quantite", "qte", "cantidad"),
        *("quantita", "qta", "aantal", "ilosc", "quantidade", "antal", "antall", "mnozstvi"),
    ),
    QUANTITY_CANCELLED: ("qtycanceled", "qtycancelled", "quantitycanceled", "quantitycancelled"),
    QUANTITY_RETURNED: ("qtyrefunded", "qtyreturned", "quantityrefunded", "quantityreturned"),
    INVOICE: ("invoiceno", "invoice", "invoicenumber"),
    RETURN: ("returnedat", "returned", "isreturned"),
}
"""What columns are called, letters and digits alone, the likeliest first: among them those of H&M
(``customer_id``, ``article_id``, ``t_dat``), Retailrocket (``visitorid``, ``itemid``,
``timestamp``, ``event``), REES46 (``user_id``, ``product_id``, ``event_time``, ``event_type``),
Google Analytics 4 (``user_pseudo_id``, ``items.item_id``, ``event_timestamp``, ``event_name``),
Segment (``userId``, ``properties.product_id``, ``properties.products.product_id``, ``timestamp``),
UCI Online Retail (``CustomerID``, ``StockCode``, ``InvoiceDate``, ``Quantity``, ``InvoiceNo``)."""
SEVERAL = {
    VISITOR: (
        *("visitorid", "fullvisitorid", "userpseudoid", "anonymousid", "anonymoususerid"),
        *("clientid", "distinctid", "deviceid", "cookieid", "browserid"),
    ),
    SESSION: ("sessionid",),
    STATUS: (
        *("status", "orderstatus", "itemstatus", "financialstatus", "fulfillmentstatus", "state"),
        *("lineitemstatus", "lineitemfulfillmentstatus", "fulfilmentstatus", "paymentstatus"),
        *("deliverystatus", "shippingstatus", "shipmentstatus", "transactionstatus"),
        *("returnstatus", "refundstatus", "salesstatus", "orderstate", "bestellstatus"),
        *("auftragsstatus", "zahlungsstatus", "lieferstatus", "statut", "statutcommande"),
        *("statutdelacommande", "estado", "estadodelpedido", "stato", "statoordine"),
        *("statodellordine", "orderstatuscode"),
    ),
    CANCELLATION: (
        *("cancelledat", "canceledat", "cancelled", "canceled", "iscancelled", "iscanceled"),
        *("cancellationdate", "canceldate", "datecancelled", "datecanceled", "refundedat"),
        *("refunded", "isrefunded", "refunddate", "daterefunded", "voidedat"),
    ),
}
"""Likewise, of which each is read: who it was where a row names no user, in the order in which they
are believed, and what says that an order was taken back, by its payment or by its delivery."""
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
REQUIRED = (USER, ITEM, TIME)
LONGEST_NAME = 60
"""Letters of a column's name, at most, that is known for one."""
_ALL_KNOWN = frozenset(name for known in (*KNOWN.values(), *SEVERAL.values()) for name in known)
_WHOLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe"})
"""Letters that are no letter with an accent to Unicode."""


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
    status: str | None = None


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
        elif named is None and (match := _first(plain, known)) is not None:
            found[part] = match
    found |= _of_several(names, said, place, found.get(USER))
    found = {part: name for part, name in found.items() if part not in ignored}
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


def known_names(names: Sequence[str], said: Columns) -> int:
    """How many of some names are those of columns: ones that are known, or that somebody named."""
    named = {name.casefold().strip() for name in vars(said).values() if name}
    short = {name for name in names if 0 < len(name) <= LONGEST_NAME}
    return sum(name.casefold() in named or plain_name(name) in _ALL_KNOWN for name in short)


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


def folded(text: str) -> str:
    """A text in small letters without their accents, as people write it who lack them."""
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def plain_name(name: str) -> str:
    """A column's name, its letters and digits alone, without accents."""
    return re.sub(r"[\W_]", "", folded(name))


def may_be_no_kind(found: dict[str, str], said: Columns) -> bool:
    """Whether the column of kinds may be one of something else, by its name."""
    return said.kind is None and plain_name(found.get(KIND, "")) in MAY_BE_NO_KIND


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


def _of_several(
    names: Sequence[str], said: Columns, place: str, user: str | None
) -> dict[str, str]:
    """The columns of `SEVERAL` but the user's, as parts numbered from the second of each on."""
    found: dict[str, str] = {}
    plain = {plain_name(name): name for name in reversed(names) if name != user}
    for part, known in SEVERAL.items():
        if named := getattr(said, part, None):
            found[part] = _named(names, named, part, place)
        elif named is None:
            those = [plain[name] for name in known if name in plain]
            found |= {part if n == 0 else f"{part} {n + 1}": name for n, name in enumerate(those)}
    return found


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
    shown = ", ".join(f"'{' '.join(name.split())[:40]}'" for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "") or "none"
