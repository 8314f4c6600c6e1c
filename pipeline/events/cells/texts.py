"""Texts of cells, each read once: logs repeat their days and their hours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def different_texts(column: pa.Array) -> tuple[pd.Series, np.ndarray]:
    """The different texts of a column, and which of them each row has."""
    encoded = pc.dictionary_encode(column.fill_null(""))
    texts = pd.Series(encoded.dictionary.to_pylist(), dtype="object").astype(str)
    return texts.str.strip("\u200b\ufeff\u200e\u200f \t\r\n\xa0"), np.asarray(encoded.indices)
