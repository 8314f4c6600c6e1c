"""Listing: where the items are in a file of JSON, one object a line, or a list somewhere in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

LISTS = ("products", "items", "listings", "results", "data", "hits", "records", "@graph")
"""What servers call the list of what they were asked for, where an answer holds several."""
_NO_LISTS = ("errors", "facets", "filters", "included", "aggregations", "links")
"""What they call lists beside it."""
_DEEPEST = 4
"""Objects in each other around that list, at most."""
_THINGS = ("product", "productgroup", "productmodel", "individualproduct", "listitem")
"""What schema.org calls an item, beside which a page describes itself and its shop."""


@dataclass
class Objects:
    """The objects of a file.

    Attributes:
        rows: Each object.
        numbers: The line, from 1, at which each begins, or of a list its place, from 1.
        bad: The numbers of what is none, and why.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)

    def take(self, number: int, value: object) -> None:
        """Take what is an object; what is none is noted."""
        if isinstance(value, dict):
            self.rows.append(value)
            self.numbers.append(number)
        else:
            self.bad.append((number, "is no JSON object with a name for each value"))


def read_lines(text: str) -> Objects:
    """The objects of a text with one a line."""
    objects = Objects()
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if line.strip():
            try:
                objects.take(number, json.loads(line))
            except (ValueError, RecursionError) as error:
                objects.bad.append((number, f"is no JSON ({error})"))
    return objects


def read_list(text: str) -> Objects:
    """The objects of a list, of the one list of objects that an object holds, or of an object.

    Those that an object holds by their ids have these as their ``id``, unless they have their own.
    Of what schema.org has types for, products alone are taken.

    Raises:
        ValueError: If there is no such list.
        RecursionError: If it is nested too deep.
    """
    whole = _list_in(json.loads(text))
    if whole is None:
        raise ValueError("it is no list of objects")
    is_typed = any(_type_of(value) in _THINGS for value in whole)
    objects = Objects()
    for number, value in enumerate(whole, start=1):
        if is_typed and (kind := _type_of(value)) and kind not in _THINGS:
            objects.bad.append((number, f"is a {kind} and no product"))
        else:
            objects.take(number, value)
    return objects


def opened(value: object) -> object:
    """A list out of what GraphQL wraps it in, and a value out of what MongoDB does."""
    if not isinstance(value, dict):
        return value
    if isinstance(edges := value.get("edges"), list):
        return [one["node"] if isinstance(one, dict) and "node" in one else one for one in edges]
    if isinstance(nodes := value.get("nodes"), list):
        return nodes
    if len(value) == 1 and next(iter(value)).startswith("$"):  # {"$oid": "…"}
        return next(iter(value.values()))
    return value


def _list_in(held: object) -> list[object] | None:
    """The list of objects that is all there is, or lies in objects; None where none is the one."""
    found = sorted(_lists_in("", held, 0), key=lambda one: one[1])
    named = [one for one in found if one[0] in LISTS]
    if named:
        return min(named, key=lambda one: LISTS.index(one[0]))[2]
    others = [one for one in found if one[0] not in _NO_LISTS]
    nearest = [one for one in others if one[1] == others[0][1]]
    if len(nearest) == 1:
        return nearest[0][2]
    return _by_id(held) if isinstance(held, dict) and not found else None


def _lists_in(name: str, held: object, depth: int) -> Iterator[tuple[str, int, list[object]]]:
    """The lists of objects in a value: what each is called, how deep it lies, and itself."""
    held = opened(held)
    if isinstance(held, list):
        if _has_objects(held):
            yield name, depth, held
    elif isinstance(held, dict) and depth <= _DEEPEST:
        by_id = _by_id(held)
        if by_id and set.intersection(*(set(value) for value in held.values())):
            yield name, depth, by_id
        else:
            for key, value in held.items():
                yield from _lists_in(key, value, depth + 1)


def _by_id(held: Mapping[str, object]) -> list[object] | None:
    """The objects that an object holds, with their ids; None where it is about a single thing."""
    if len(held) < 2 or not all(isinstance(value, dict) for value in held.values()):
        return None
    return [{"id": key, **value} for key, value in held.items() if isinstance(value, dict)]


def _type_of(value: object) -> str:
    """What schema.org calls it, in small letters; empty where it does not say."""
    kind = value.get("@type") if isinstance(value, dict) else None
    if isinstance(kind, list):
        kind = next((one for one in kind if str(one).lower() in _THINGS), next(iter(kind), None))
    return kind.lower() if isinstance(kind, str) else ""


def _has_objects(values: Iterable[object]) -> bool:
    return any(isinstance(value, dict) for value in values)
