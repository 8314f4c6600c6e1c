"""Kinds: how much an event says that a person chose the item, by its kind above all."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.events.cells.cancelled import takes_back
from pipeline.events.cells.texts import numeric, texts_of
from pipeline.events.columns import KIND, WEIGHT
from pipeline.events.events import Counts, drop

VIEW, CART, PURCHASE = 1.0, 2.0, 3.0
"""In the order of what they cost a person; how far they lie apart is a choice, not measured."""
NO_CHOICE = 0.0
"""Of a kind that is known, and says nothing of a choice."""
KIND_WEIGHTS: dict[str, float] = {
    **dict.fromkeys(("viewitem", "selectitem", "detail", "opened", "open", "pv"), VIEW),
    **dict.fromkeys(("added", "itemadded", "productadded", "keep", "addtowishlist"), CART),
    **dict.fromkeys(("shown",), NO_CHOICE),
    **dict.fromkeys(("completed", "complete", "processing", "pending", "unshipped"), PURCHASE),
    **dict.fromkeys(("authorized", "invoiced", "partiallyrefunded", "partiallyreturned"), PURCHASE),
    **dict.fromkeys(("partiallyshipped", "partiallypaid", "partiallyfulfilled"), PURCHASE),
}
"""By the names of kinds, letters alone, of which no word tells; `shown` is of a page's own log,
and the last are what becomes of an order, where a column of that is named for the kinds."""
_WEIGHTS_OF_WORDS = {
    VIEW: r"(page|item|product|detail)?view(s|ed)?|click(s|ed)?",
    CART: r"carts?|bags?|baskets?|wish(ed|es|list|lists|listed)?|favou?rite[sd]?|favou?rited|favs?"
    r"|like[sd]?|save[sd]?|kept|checkouts?",
    PURCHASE: r"purchase[sd]?|order(s|ed)?|paid|buys?|bought|sales?|sold|transactions?|rent(s|ed)?"
    r"|rentals?|shipped|delivered|dispatched|fulfilled",
}
_NO_CHOICE = re.compile(
    r"(remov|refund|cancel|return|dislik|unlik|unsav|unfav|impress|abandon|delet|declin|fail|void"
    r"|revers).*|lists?|search(ed|es)?|results?|promotions?|banners?|categor(y|ies)|not?"
)
"""Words of kinds that take a choice back, or are about no single item that somebody looked at."""
_DONE = re.compile(r"completed?|success(ful)?|done|finish(ed)?|paid|confirm(ed|ation)?")
"""Words by which a checkout has ended in a purchase."""
MOST_WEIGHT = 1e9
"""Of one event; what is greater is a slip, and would drown all others."""
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""The words of ``Product Viewed``, ``add_to_cart`` and ``addToCart``."""


def kind_weight(kind: str) -> float | None:
    """The weight of a kind by its name, or by the words in it.

    Of several words the least counts: who views a cart, or clicks on a button, has not bought.

    Returns:
        `NO_CHOICE` for one that says nothing of a choice, None for one that is not known.
    """
    named = KIND_WEIGHTS.get(re.sub(r"[^a-z]", "", kind.casefold()))
    if named is not None:
        return named
    # A list of wishes is none of items that somebody was shown.
    words = " ".join(_PARTS.findall(kind)).casefold().replace("wish list", "wishlist").split()
    if takes_back(kind) or any(_NO_CHOICE.fullmatch(word) for word in words):
        return NO_CHOICE
    found = [
        weight
        for weight, known in _WEIGHTS_OF_WORDS.items()
        if any(re.fullmatch(known, word) for word in words)
    ]
    is_done = any(_DONE.fullmatch(word) for word in words)
    if is_done and any(word.startswith("checkout") for word in words):
        return PURCHASE
    # Whole words that are written as one, such as `addtocart`.
    run_together = re.fullmatch(r"(?:addto|begin)(\w+)", "".join(words))
    if not found and run_together:
        return kind_weight(run_together[1])
    return min(found, default=None)


def weigh(
    batch: dict[str, pa.Array], left: np.ndarray, counts: Counts, kinds: Counter[float | None]
) -> np.ndarray:
    """The weights of rows, ``(m,)`` float32; those of kinds that are no choice are dropped.

    Args:
        batch: The columns of the rows by their parts of an event.
        left: Which rows are left, ``(m,)`` bool.
        counts: Told what is dropped.
        kinds: Told how many rows say a kind of each weight, or None for one that is not known.
    """
    weights = np.ones(len(left), dtype=np.float32)
    if KIND in batch:
        encoded = pc.dictionary_encode(texts_of(batch[KIND]))
        names = encoded.dictionary.to_pylist()
        known = [kind_weight(kind) if kind else 1.0 for kind in names]
        codes = np.asarray(encoded.indices)
        for code, (kind, weight) in enumerate(zip(names, known, strict=True)):
            if kind:
                kinds[weight] += int((codes == code).sum())
            if not weight and (dropped := drop(left, codes == code)):
                which = counts.unknown_kinds if weight is None else counts.no_choice
                which[kind[:60]] += dropped
        weights = np.array([weight or 0.0 for weight in known], dtype=np.float32)[codes]
    if WEIGHT in batch:
        said = pc.cast(numeric(batch[WEIGHT]), pa.float64(), safe=False)
        numbers = np.asarray(said.fill_null(1.0), dtype=np.float64)
        is_good = (numbers > 0) & (numbers < MOST_WEIGHT)
        counts.bad_weights += drop(left, ~is_good)
        weights = weights * np.where(is_good, numbers, 0).astype(np.float32)
    return weights


def are_kinds(kinds: Counter[float | None]) -> bool:
    """Whether a column is of kinds: half of its rows say one that is known, or several weights.

    One word alone may be of something else, such as the bag among the types of goods.

    Args:
        kinds: What `weigh` has told of all rows.
    """
    known = kinds.total() - kinds[None]
    return 2 * known >= kinds.total() or len(kinds.keys() & {VIEW, CART, PURCHASE}) > 1
