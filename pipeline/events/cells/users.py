"""Users: which of them are no person, but stand for all who were not known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.events.columns import folded
from pipeline.events.events import Counts, drop

GUESTS = frozenset(
    (
        *("-1", "guest", "guests", "guest user", "guest customer", "guest checkout", "visitor"),
        *("anonymous", "anonymous user", "anon", "not set", "(not set)", "(none)", "not logged in"),
        *("null", "none", "nil", "nan", "n/a", "undefined", "unknown", "<na>", "\\n", "-"),
        *("00000000-0000-0000-0000-000000000000", "gast", "anonym", "unbekannt", "invite"),
        *("anonyme", "inconnu", "invitado", "anonimo", "desconocido", "ospite", "sconosciuto"),
        *("anoniem", "onbekend", "convidado", "desconhecido", "gosc", "anonimowy"),
    )
)
"""What exports write in the place of a user whom they do not know, without accents."""
ZERO = "0"
"""WooCommerce's and Magento's number of all guests; and the first number of other programs."""
TIMES_AS_MANY, FEWEST_OTHERS = 3, 2


def drop_guests(users: pa.Array, left: np.ndarray, counts: Counts) -> None:
    """Take the rows out that name no person, and count them.

    Args:
        users: The texts of the rows' users.
        left: Which rows are left, ``(m,)`` bool.
        counts: Told what is dropped.
    """
    encoded = pc.dictionary_encode(users)
    codes = np.asarray(encoded.indices)
    for code, text in enumerate(encoded.dictionary.to_pylist()):
        if not text or folded(text) in GUESTS:
            dropped = drop(left, codes == code)
            counts.without_user += dropped
            if text and dropped:
                counts.guests[text[:40]] += dropped


def are_guests(numbers: np.ndarray, zero: int | None) -> np.ndarray:
    """Which rows are of a user 0 who is all guests, ``(m,)`` bool.

    A log may really number its people from 0. The first of them is no more likely to be its most
    eager than any other, and where people are numbered by how much they did, the second did half
    as much (Zipf): so 0 is a person unless it has three times the rows of anybody else, of two
    others at least. To leave out one person who was that eager costs less than to take thousands
    of guests for one.

    Args:
        numbers: The numbers of the rows' users.
        zero: The number of the user who is called `ZERO`; None if nobody is.
    """
    if zero is None or not len(numbers):
        return np.zeros(len(numbers), dtype=bool)
    rows = np.bincount(numbers, minlength=zero + 1)
    others = np.delete(rows, zero)
    is_all = (others > 0).sum() >= FEWEST_OTHERS and rows[zero] >= TIMES_AS_MANY * others.max()
    found: np.ndarray = (numbers == zero) & is_all
    return found
