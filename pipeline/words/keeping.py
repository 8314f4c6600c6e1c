"""Keeping: what was learned beside the catalogue, so that no query waits for it."""

from __future__ import annotations

import hashlib
import json
import logging

import numpy as np

from pipeline.artifacts import (
    BuiltCatalogue,
    FileRecord,
    Manifest,
    WordsRecord,
    map_embeddings,
    write_embeddings,
)
from pipeline.colour import DIMENSION
from pipeline.errors import QueryError
from pipeline.words.learning import KINDS, READING, Learned, learn_words
from pipeline.words.words import Words

log = logging.getLogger(__name__)

TERMS, ROWS = "words.json", "words.safetensors"
MAX_TERMS_BYTES = 64 * 2**20


def keep_words(built: BuiltCatalogue) -> WordsRecord | None:
    """Learn the words of a catalogue and write them into its folder.

    Returns:
        What the manifest says of them; None where its items have no texts.
    """
    try:
        learned = learn_words(built)
    except QueryError:
        return None
    told = {
        "known": sorted(learned.known),
        "terms": learned.terms,
        "weights": learned.weights.tolist(),
        "length": learned.length,
    }
    path = built.folder / TERMS
    path.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    rows = write_embeddings(built.folder / ROWS, [learned.rows], *learned.rows.shape)
    return WordsRecord(FileRecord.of(path), rows, made_of(built.manifest))


def open_words(built: BuiltCatalogue) -> Words:
    """The words of a catalogue, as they were kept, or learned now where that cannot be used.

    Raises:
        QueryError: If its items have no text to learn from.
    """
    dimension = built.manifest.encoder.dimension
    record = built.manifest.words
    if record is not None:
        try:
            return Words(_read(built, record), dimension)
        except (ValueError, OSError, KeyError, TypeError, QueryError, RecursionError) as error:
            log.warning("The words of '%s' are learned again: %s.", built.folder, error)
    return Words(learn_words(built), dimension)


def made_of(manifest: Manifest) -> str:
    """What tells apart what words were learned of: the files of items, and how they are read."""
    told = (str(READING), *(file.sha256 for file in manifest.files))
    return hashlib.sha256(" ".join(told).encode()).hexdigest()


def _read(built: BuiltCatalogue, record: WordsRecord) -> Learned:
    if record.made_of != made_of(built.manifest):
        raise ValueError("they are of other items, or were read in another way")
    for file, name in ((record.terms, TERMS), (record.rows, ROWS)):
        path = built.folder / name
        if path.is_symlink() or FileRecord.of(path) != file:
            raise ValueError(f"{name} is damaged")
    if record.terms.bytes > MAX_TERMS_BYTES:
        raise ValueError(f"{TERMS} is larger than any that is built")
    told = json.loads((built.folder / TERMS).read_text(encoding="utf-8"))
    terms = {name: [str(term) for term in told["terms"][name]] for name in KINDS}
    weights = np.array(told["weights"], dtype=np.float64)
    rows = map_embeddings(built.folder / ROWS)
    colours = DIMENSION if built.colours is not None else 0
    count = sum(map(len, terms.values()))
    wanted = (count + 1, built.manifest.encoder.dimension + colours)
    numbers = (weights, rows, np.float64(told["length"]))
    if rows.shape != wanted or weights.shape != (count,) or not told["known"]:
        raise ValueError(f"they are of {rows.shape}, not {wanted}")
    if not all(np.isfinite(each).all() for each in numbers):
        raise ValueError("they hold numbers that are infinite, or none at all")
    return Learned(frozenset(map(str, told["known"])), terms, weights, rows, float(told["length"]))
