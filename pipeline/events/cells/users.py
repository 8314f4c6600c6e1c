"""Users: who each row is of, and which of them are no person but all who were not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.events.cells.items import is_rounded
from pipeline.events.cells.texts import number_texts, texts_of
from pipeline.events.columns import SESSION, USER, VISITOR, folded
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
CLIENTS = frozenset(
    (
        *("web", "website", "webshop", "www", "online", "browser", "app", "mobile", "mobile app"),
        *("ios", "android", "iphone", "ipad", "desktop", "tablet", "phone", "pc", "mac", "windows"),
        *("linux", "chrome", "safari", "firefox", "edge", "pos", "till", "kiosk", "terminal"),
        *("kasse", "shop", "store", "server", "backend", "api", "admin", "device", "client"),
    )
)
"""What a column of clients or devices may hold that is a program or a kind of them all."""
SIZEABLE = 0.25
"""The share of its column that a visitor may have who has far more rows than any other."""

_MARK = "\0"
"""Between a part and an id, where the id is none of a user."""


class People:
    """The people of a log: users, and visitors who were not logged in, by other ids than theirs.

    A visitor whom some rows name beside one user is that user. One whom they name beside several,
    or who has far more rows than any other, or all of its column, is nobody, but a till's or a
    program's name.

    Args:
        nobodies: Ids that a first reading has found to be nobody's: where another column names a
            visitor, that is believed instead.
    """

    def __init__(self, nobodies: Collection[str] = ()) -> None:
        self._numbers: dict[str, int] = {}
        self._user_of: dict[str, str] = {}
        self._nobodies = frozenset(nobodies)
        self._beside: Counter[str] = Counter()
        self._values: dict[str, set[str]] = {}

    def ids(self, batch: dict[str, pa.Array]) -> pa.Array:
        """Who each row is of: its user, else its visitor, else its session; texts to be numbered.

        Args:
            batch: The columns of the next rows by their parts of an event.
        """
        ids = users = texts_of(batch[USER])
        is_user = is_named = is_known = _are_people(users)
        nobodies = pa.array(list(self._nobodies), users.type)
        for part in (part for part in batch if part.startswith((VISITOR, SESSION))):
            is_joined, values = part.startswith(VISITOR), self._values.setdefault(part, set())
            if is_known.all() and not is_joined and len(values) > 1:
                continue
            texts = texts_of(batch[part])
            is_other = _are_people(texts)
            if len(values) < 2:
                values.update(pc.unique(texts.filter(pa.array(is_other)))[:2].to_pylist())
            others = pc.binary_join_element_wise(part, texts, _MARK)
            if is_joined:
                both = pa.array(is_user & is_other)
                self._join(others.filter(both), users.filter(both))
            is_nobody = np.asarray(pc.is_in(others, value_set=nobodies))
            is_one = is_other & ~is_nobody & _are_people(texts, CLIENTS)
            # What is nobody's stands until another column tells more.
            ids = pc.if_else(pa.array(~is_known & (is_one | (is_other & ~is_named))), others, ids)
            is_known, is_named = is_known | is_one, is_named | is_other
        return ids

    def numbers(self, ids: pa.Array, left: np.ndarray) -> np.ndarray:
        """The number of each row's person, ``(m,)`` int32, to be `settled`; -1 if it is not left.

        Args:
            ids: Those of `ids`.
            left: Which rows are left, ``(m,)`` bool.
        """
        return number_texts(ids, self._numbers, left)

    def nobodies(self, numbers: np.ndarray) -> frozenset[str]:
        """The ids of visitors that are nobody's, those told before among them.

        Args:
            numbers: Those of `numbers`, of all rows that are left.
        """
        rows = np.bincount(numbers, minlength=len(self._numbers))
        of_parts: dict[str, Counter[str]] = {}
        own = Counter({one: int(rows[n]) for one, n in self._numbers.items() if _MARK in one})
        for one, count in (own + self._beside).items():
            of_parts.setdefault(one.split(_MARK)[0], Counter())[one] = count
        found = {one for one, user in self._user_of.items() if not user}
        found |= {one for one in own if folded(one.split(_MARK)[1]) in CLIENTS}
        for part, counts in of_parts.items():
            (most, count), *others = counts.most_common(2)
            is_all = len(self._values[part]) == 1
            is_far = bool(others) and count >= TIMES_AS_MANY * others[0][1]
            if is_all or (is_far and count >= SIZEABLE * counts.total()):
                found.add(most)
        return self._nobodies | (found & own.keys())

    def settled(self, numbers: np.ndarray, left: np.ndarray, counts: Counts) -> np.ndarray:
        """The people of all rows, now that it is known which visitors are users, and which nobody.

        Args:
            numbers: Those of `numbers`.
            left: Which rows are left, ``(m,)`` bool; those of guests and nobodies are taken out.
            counts: Told what is dropped, and how many rows are of visitors.
        """
        guests = drop(left, are_guests(numbers, self._numbers.get(ZERO)))
        counts.without_user += guests
        counts.guests += Counter({ZERO: guests})
        self._drop_nobodies(numbers, left, counts)
        visitors = {number: one for one, number in self._numbers.items() if _MARK in one}
        users = {number: self._user_of.get(one) for number, one in visitors.items()}
        joined = {
            number: self._numbers.setdefault(user, len(self._numbers))
            for number, user in users.items()
            if user
        }
        people = np.arange(len(self._numbers), dtype=np.int32)
        is_visitor = np.zeros(len(people), dtype=bool)
        is_visitor[list(visitors)] = True
        people[list(joined)] = list(joined.values())
        settled: np.ndarray = people[numbers]
        counts.visitors = int(is_visitor[numbers[left]].sum())
        counts.joined = int((settled != numbers)[left].sum())
        return settled

    def _drop_nobodies(self, numbers: np.ndarray, left: np.ndarray, counts: Counts) -> None:
        """Take the rows out whose visitor is nobody, and count them by what stands there."""
        those = sorted(self.nobodies(numbers) & self._numbers.keys())
        nobodies = {self._numbers[one]: one for one in those}
        is_such = np.zeros(len(self._numbers) + 1, dtype=bool)
        is_such[list(nobodies)] = True
        which = left & is_such[numbers]
        rows = np.bincount(numbers[which], minlength=len(is_such))
        for number, one in nobodies.items():
            counts.guests += Counter({one.split(_MARK)[1][:40]: int(rows[number])})
        counts.without_user += drop(left, which)

    def _join(self, visitors: pa.Array, users: pa.Array) -> None:
        """Note the users that visitors are; an empty text for one of several."""
        pairs = pa.table({VISITOR: visitors, USER: users}).group_by([VISITOR, USER])
        counted = pairs.aggregate([([], "count_all")])
        columns = (counted[name].to_pylist() for name in (VISITOR, USER, "count_all"))
        for visitor, user, count in zip(*columns, strict=True):
            self._beside[visitor] += count
            if self._user_of.setdefault(visitor, user) != user:
                self._user_of[visitor] = ""


def drop_guests(users: pa.Array, left: np.ndarray, counts: Counts) -> None:
    """Take the rows out that name no person, or whom nobody can tell from others; count them.

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
        elif is_rounded(text) and (dropped := drop(left, codes == code)):
            counts.rounded[USER] += dropped
            counts.rounded_examples.setdefault(USER, text)


def _are_people(ids: pa.Array, none: Collection[str] = GUESTS) -> np.ndarray:
    """Which ids name a person, ``(m,)`` bool; 0 is none where another column may tell."""
    encoded = pc.dictionary_encode(ids)
    are_such = [
        bool(text) and text != ZERO and folded(text) not in none and not is_rounded(text)
        for text in encoded.dictionary.to_pylist()
    ]
    found: np.ndarray = np.array(are_such, dtype=bool)[np.asarray(encoded.indices)]
    return found


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
