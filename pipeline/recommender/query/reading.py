"""Reading: the parts of a query as any interface may send them, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

from pipeline.catalogue import Picture
from pipeline.errors import QueryError
from pipeline.recommender.query.asked import as_picture
from pipeline.recommender.query.conditions import to_number
from pipeline.recommender.saying import shown

MAX_K = 50
MAX_PICTURES = 16
"""Of the pictures and items that one query asks by, together."""
MAX_MARKS = 100
"""Of the items that are marked, or left out."""
MAX_WORDS = 300
"""Characters of the words."""


def is_left_out(value: object) -> bool:
    """Whether what was sent says as little as nothing: None, or an empty text, list or mapping."""
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def read_k(k: object) -> int | None:
    """How many matches: a whole number, its text, or None for as many as usual.

    Raises:
        QueryError: If it is none from 1 to `MAX_K`.
    """
    if k is None:
        return None
    number = to_number(k)
    if number is None or number != int(number) or not 1 <= number <= MAX_K:
        raise QueryError(
            f"Cannot give {_shown_number(k)} matches: ask for 1 to {MAX_K}, one an item."
        )
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
        said = _shown_number(value)
        raise QueryError(f"The {name} cannot be {said}. Give a number from {meaning}.")
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
    if is_left_out(ids):
        return ()
    is_one = isinstance(ids, str | bytes | dict) or not isinstance(ids, Iterable)
    given = [ids] if is_one else list(ids)  # type: ignore[call-overload]
    texts = [_id(item) for item in given]
    if None in texts:
        raise QueryError(f"'{name}' takes the ids of items, not {shown(given[texts.index(None)])}.")
    if len(given) > most:
        raise QueryError(f"'{name}' takes at most {most} items, not {len(given)}.")
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def read_id(item: object, name: str = "item") -> str:
    """The id of one item.

    Args:
        item: What was sent.
        name: The parameter, for errors.

    Raises:
        QueryError: If it is neither a text nor a whole number.
    """
    if is_left_out(item):
        raise QueryError(f"There is no item. Give its id as the parameter '{name}'.")
    text = _id(item)
    if text is None:
        raise QueryError(f"'{name}' takes the id of one item, not {shown(item)}.")
    return text


def _id(item: object) -> str | None:
    """An id as a text; None for what is none."""
    if isinstance(item, str):
        return item
    # What `to_number` finds too large has more digits than any id, and maybe than Python writes.
    is_number = isinstance(item, Integral) and not isinstance(item, bool)
    return str(item) if is_number and to_number(item) is not None else None


def _shown_number(value: object) -> str:
    """What is to be a number, as an error says it again: without quotes, however it came."""
    if isinstance(value, str):
        for read in (int, float):
            try:
                return shown(read(value))
            except ValueError:
                continue
    return shown(value)
