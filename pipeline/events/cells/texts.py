"""Texts of cells, each read once: logs repeat their days and their hours."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import in_plain_digits
from pipeline.letters import UNSEEN, stripped

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
_GUARD = r"^'([=+\-@\t\r])"
"""What the programs of shops put an apostrophe before, lest spreadsheets take it for a formula."""
_FORMULA = r'^="([^"]*)"$'


def different_texts(column: pa.Array) -> tuple[pd.Series, np.ndarray]:
    """The different texts of a column of times, plainly written, and which of them each row has."""
    encoded = pc.dictionary_encode(column.fill_null(""))
    texts = [_plain(text) for text in encoded.dictionary.to_pylist()]
    return pd.Series(texts, dtype="object").astype(str), np.asarray(encoded.indices)


def texts_of(column: pa.Array) -> pa.Array:
    """The cells of a column of ids or kinds as the catalogue reads them; empty for none.

    They are without blanks and what is not seen around them, composed (NFC), without the ``="``
    that tells Excel to leave a number alone or the apostrophe that keeps it from a formula, and
    without a ``.0`` that all numbers end in.
    """
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        is_whole = pc.and_(pc.is_finite(column), pc.equal(pc.floor(column), column))
        known = pc.and_(is_whole, pc.less(pc.abs(column), 2.0**63))
        column = pc.if_else(known, column, None).cast(pa.int64())
    encoded = pc.dictionary_encode(pc.cast(column, pa.string()).fill_null(""))
    texts = pc.utf8_trim(encoded.dictionary, characters=BLANKS + UNSEEN)
    texts = pc.utf8_ltrim_whitespace(pc.replace_substring_regex(texts, _GUARD, r"\1"))
    texts = pc.replace_substring_regex(texts, _FORMULA, r"\1")
    texts = pc.utf8_normalize(texts, "NFC")
    is_written = pc.match_substring_regex(texts, r"^(0|-?[1-9]\d{0,14})\.0$")
    is_number = pc.match_substring_regex(texts, r"^-?\d+(\.\d+)?$")
    if pc.all(pc.or_(is_written, pc.invert(is_number))).as_py():
        texts = pc.if_else(is_written, pc.replace_substring_regex(texts, r"\.0$", ""), texts)
    return texts.take(encoded.indices)


def numeric(column: pa.Array) -> pa.Array:
    """A column of numbers; of texts, NaN for what is none, and 1 for what is empty."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    # A comma parts the decimals in half of Europe's exports, and some write the minus of print.
    encoded = pc.dictionary_encode(column.fill_null(""))
    texts = [
        _plain(text).replace(",", ".").replace("\u2212", "-")
        for text in encoded.dictionary.to_pylist()
    ]
    read = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce").to_numpy(np.float64)
    # A text that is no number stays one that is none.
    return pa.array(np.where(column.is_null(), 1.0, read[encoded.indices]))


def _plain(text: str) -> str:
    """A number or a time without what spreadsheets put around it, in the digits of ASCII."""
    text = stripped(in_plain_digits(text))
    if text.startswith(("'", "=")):
        text = stripped(re.sub(_FORMULA, r"\1", text.removeprefix("'")))
    return text


def number_texts(texts: pa.Array, known: dict[str, int], left: np.ndarray) -> np.ndarray:
    """The numbers of texts, ``(m,)`` int32, new ones numbered on; only those of rows left."""
    return numbers_of(texts, left, lambda text: known.setdefault(text, len(known)))


def numbers_of(texts: pa.Array, left: np.ndarray, number: Callable[[str], int]) -> np.ndarray:
    """What each text of the rows left is numbered, ``(m,)`` int32; -1 for the others."""
    encoded = pc.dictionary_encode(texts)
    codes = np.asarray(encoded.indices)
    different = encoded.dictionary.to_pylist()
    numbers = np.full(len(different) + 1, -1, dtype=np.int32)
    for code in np.unique(codes[left]).tolist():
        numbers[code] = number(different[code])
    found: np.ndarray = numbers[codes]
    return found
