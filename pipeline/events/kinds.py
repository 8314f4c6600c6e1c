"""Kinds: how much each kind of event says that a person chose the item."""

from __future__ import annotations

import re

VIEW, CART, PURCHASE = 1.0, 2.0, 3.0
"""In the order of what they cost a person; how far they lie apart is a choice, not measured."""
KIND_WEIGHTS: dict[str, float] = {
    **dict.fromkeys(
        ("view", "viewitem", "itemview", "productview", "detail", "click", "clicked", "selectitem"),
        VIEW,
    ),
    **dict.fromkeys(("pageview", "opened", "open", "pv"), VIEW),
    **dict.fromkeys(("cart", "addtocart", "basket", "addtobasket", "begincheckout"), CART),
    **dict.fromkeys(("wishlist", "addtowishlist", "favourite", "favorite", "fav"), CART),
    **dict.fromkeys(("like", "kept", "keep", "save", "saved"), CART),
    **dict.fromkeys(
        ("purchase", "purchased", "buy", "bought", "order", "ordered", "transaction", "rental"),
        PURCHASE,
    ),
    **dict.fromkeys(("sale", "rent", "rented"), PURCHASE),
}
"""By the names of kinds, letters alone; every other kind, such as ``shown``,
``remove_from_cart``, ``view_item_list`` or ``refund``, says nothing of a choice and is left out."""


def kind_weight(kind: str) -> float | None:
    """The weight of a kind by its name; None for one that is no choice."""
    return KIND_WEIGHTS.get(re.sub(r"[^a-z]", "", kind.casefold()))
