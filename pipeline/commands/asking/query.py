"""What is asked, as flags; the same for every command that asks."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any

from pipeline.errors import LookalikeError

if TYPE_CHECKING:
    from pipeline.recommender import Query

FILTERS = ("where", "but")
MISTAKEN = {"=>": ">=", "=<": "<="}


def add_query(command: argparse.ArgumentParser) -> None:
    """Add the flags that say what is asked."""
    add_pair(command)
    command.add_argument("-k", help="how many matches, 1 to 50 (default: 5)")
    command.add_argument(
        "--where",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="what every match must have; a name given again takes any of its values, and "
        "price=10..50 or 'price<60' a range of numbers",
    )
    command.add_argument(
        "--but",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="what every match must have in place of what the photo shows, such as another colour",
    )
    command.add_argument("--words", help="what the items are like, alone or beside the photo")
    command.add_argument(
        "--words-weight", metavar="W", help="how much the words count, from 0 to 1 (default: 0.5)"
    )
    _add_items(command, "--more", "more", "items to come nearer to")
    _add_items(command, "--less", "less", "items to get away from")
    _add_items(command, "--leave-out", "leave_out", "items that must not be among the matches")
    command.add_argument(
        "--variety", metavar="V", default=0, help="how different the matches are to be, 0 to 1"
    )
    command.add_argument(
        "--fold", action="store_true", help="give near duplicates and variants of a product once"
    )


def add_pair(command: argparse.ArgumentParser) -> None:
    """Add those flags of them that say how near one item is to a photo, or to another item."""
    command.add_argument(
        "pictures", nargs="*", metavar="PICTURE", help="the photo, a file, or several"
    )
    _add_items(command, "--item", "items", "items to ask by, as if they were photos")
    command.add_argument("--metric", help="cosine (default) or euclidean")
    command.add_argument("--colour-weight", metavar="W", help="how much colour counts, from 0 to 1")
    command.add_argument(
        "--box",
        default="auto",
        help="what part of the photo: auto (the garment, where it is surely told from its "
        "ground; the default), whole, or left,top,right,bottom as shares of the upright photo, "
        "such as 0.1,0.2,0.9,0.8",
    )
    command.set_defaults(wrong_usage=command.error)


def read_query(options: argparse.Namespace) -> Query:
    """The query that flags name, checked before anything is loaded; exits where they name none.

    Raises:
        QueryError, PictureError: If it cannot be answered.
    """
    from pipeline.catalogue import open_picture
    from pipeline.recommender import NOTHING_ASKED, Query

    if not is_asked(options):
        options.wrong_usage(NOTHING_ASKED)
    query = Query(**read_parts(options))
    for picture in query.pictures:
        open_picture(picture)
    return query


def read_parts(options: argparse.Namespace) -> dict[str, Any]:
    """The parts of a query that a command has flags for, by their names.

    Raises:
        LookalikeError: If a filter cannot be read.
    """
    from pipeline.recommender import Query

    given = {name: value for name, value in vars(options).items() if name in Query.__annotations__}
    return given | {name: parse_where(given[name]) for name in FILTERS if name in given}


def is_asked(options: argparse.Namespace) -> bool:
    """Whether flags name anything to ask by."""
    return any(vars(options).get(name) for name in ("pictures", "items", "more", "words"))


def _add_items(command: argparse.ArgumentParser, flag: str, name: str, text: str) -> None:
    command.add_argument(
        flag, dest=name, nargs="+", action="extend", default=[], metavar="ID", help=text
    )


def parse_where(texts: list[str]) -> dict[str, object]:
    """What every match must have: any of some values of an attribute, or a range of numbers.

    Raises:
        LookalikeError: If a text says neither.
    """
    from pipeline.recommender import Range, shown

    values: dict[str, list[str]] = {}
    ranges: dict[str, Range] = {}
    for text in texts:
        found = re.match(r"(?s)([^=<>]+?)\s*(<=|>=|=>|=<|==|=|<|>)\s*(.*)", text)
        if not found:
            raise LookalikeError(f"{shown(text)} is not NAME=VALUE, such as baseColour=Blue.")
        name, sign, value = found.groups()
        if sign in MISTAKEN:
            meant = MISTAKEN[sign]
            raise LookalikeError(
                f"A filter knows no '{sign}'. Write {meant}, as in 'price{meant}60'."
            )
        if sign in ("=", "=="):
            values.setdefault(name, []).append(value)
        else:
            ranges[name] = Range.beyond(sign, value, ranges.get(name))
    if both := sorted(set(values) & set(ranges)):
        raise LookalikeError(
            f"{shown(both[0])} is asked for by values and by a range. Ask for one of the two."
        )
    return {**values, **ranges}
