"""Reading: the parts of a query as any interface may send them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any

from pipeline.catalogue import Picture
from pipeline.errors import QueryError
from pipeline.recommender.query.asked import as_picture
from pipeline.recommender.query.conditions import to_number

MAX_K = 50
MAX_PICTURES = 16
"""Of the pictures and items that one query asks by, together."""
MAX_MARKS = 100
"""Of the items that are marked, or left out."""
MAX_WORDS = 300
"""Characters of the words."""
SHOWN = 60
"""Characters of what was sent that are said again."""


def read_k(k: object) -> int | None:
    """How many matches: a whole number, its text, or None for as many as usual.

    Raises:
        QueryError: If it is none from 1 to `MAX_K`.
    """
    if k is None:
        return None
    number = to_number(k)
    if number is None or number != int(number) or not 1 <= number <= MAX_K:
        raise QueryError(f"Cannot give {shown(k)} matches: ask for 1 to {MAX_K}, one an item.")
    return int(number)


def read_share(value: object, name: str, meaning: str) -> float:
    """A number from 0 to 1, or its text.

    Args:
        value: What was sent.
        name: What to call it in the error.
        meaning: What 0 and 1 mean, for the error.

    Raises:
        QueryError: If it is none.
    """
    number = to_number(value)
    if number is None or not 0 <= number <= 1:
        raise QueryError(f"The {name} cannot be {shown(value)}. Give a number from {meaning}.")
    return number


def read_switch(value: object, name: str) -> bool:
    """Yes or no; None for no.

    Raises:
        QueryError: If it is neither.
    """
    if value is None or isinstance(value, bool):
        return bool(value)
    raise QueryError(f"'{name}' is either true or false, not {shown(value)}.")


def read_words(words: object) -> str:
    """What is asked for in words; None for nothing.

    Raises:
        QueryError: If it is no text, or too long.
    """
    if words is None:
        return ""
    if not isinstance(words, str):
        raise QueryError(f"The words cannot be {shown(words)}. Give a text, such as 'red shirt'.")
    if len(words) > MAX_WORDS:
        raise QueryError(f"The words are more than {MAX_WORDS} characters. Shorten them.")
    return " ".join(words.split())


def read_pictures(pictures: object) -> tuple[Picture, ...]:
    """The pictures that are asked by: one, several, or None for none.

    Raises:
        QueryError: If one of them is none.
    """
    given: list[Any] = [*pictures] if isinstance(pictures, list | tuple) else [pictures]
    return tuple(as_picture(picture) for picture in given if picture is not None)


def read_ids(ids: object, name: str, most: int = MAX_MARKS) -> tuple[str, ...]:
    """Ids of items: one, several, or None for none; each is kept once.

    Args:
        ids: What was sent.
        name: The parameter, for errors.
        most: How many there may be.

    Raises:
        QueryError: If one of them is neither a text nor a whole number, or they are too many.
    """
    if ids is None:
        return ()
    is_one = isinstance(ids, str | bytes) or not isinstance(ids, Iterable)
    given = [ids] if is_one else list(ids)  # type: ignore[call-overload]
    for item in given:
        is_number = isinstance(item, Real) and not isinstance(item, bool | float)
        if (not is_number and not isinstance(item, str)) or isinstance(ids, dict):
            raise QueryError(f"'{name}' takes the ids of items, not {shown(item)}.")
    if len(given) > most:
        raise QueryError(f"'{name}' takes at most {most} items, not {len(given)}.")
    return tuple(dict.fromkeys(str(item) for item in given))


def shown(value: object) -> str:
    """What was sent, as an error says it again: quoted where it is a text, cut where it is long."""
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
