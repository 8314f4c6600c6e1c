"""Columns: which column of a log is the user, the item, the time, as real exports call them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.errors import EventsError

USER, ITEM, TIME, KIND, WEIGHT, ORDER = "user", "item", "time", "kind", "weight", "order"
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
        *("occurredat", "purchasedate"),
    ),
    KIND: ("kind", "event", "eventname", "eventtype", "action", "behavior", "behaviour", "type"),
    WEIGHT: ("weight",),
    ORDER: ("position", "order", "sequence", "step", "eventsequence"),
}
"""What columns are called, letters and digits alone, the likeliest first: among them those of H&M
(``customer_id``, ``article_id``, ``t_dat``), Retailrocket (``visitorid``, ``itemid``,
``timestamp``, ``event``), REES46 (``user_id``, ``product_id``, ``event_time``, ``event_type``) and
Google Analytics 4 (``user_pseudo_id``, ``items.item_id``, ``event_timestamp``, ``event_name``)."""
REQUIRED = (USER, ITEM, TIME)


@dataclass(frozen=True)
class Columns:
    """The columns of a log that somebody has named; None for each that is to be recognised."""

    user: str | None = None
    item: str | None = None
    time: str | None = None
    kind: str | None = None
    weight: str | None = None


def find_columns(names: Sequence[str], said: Columns, place: str) -> dict[str, str]:
    """Find the column of each part of an event.

    Args:
        names: The columns that there are.
        said: Those that somebody has named.
        place: What to call the file in errors.

    Returns:
        Their names by ``user``, ``item``, ``time`` or else ``order``, and ``kind`` and ``weight``
        where there are such.

    Raises:
        EventsError: If one that was named, or one that is needed, is not there.
    """
    plain = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in reversed(names)}
    found: dict[str, str] = {}
    for part, known in KNOWN.items():
        named = getattr(said, part, None)
        if named is not None:
            found[part] = _named(names, named, part, place)
        elif (match := next((plain[name] for name in known if name in plain), None)) is not None:
            found[part] = match
    if TIME in found:
        found.pop(ORDER, None)
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
