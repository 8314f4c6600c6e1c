"""Count which pieces are worn together in outfits: `python -m tools.count_outfits TRAIN TEST`.

Writes `pipeline/recommender/person/worn_together.csv` from the first file, and says how often a
missing piece of the outfits of the second is among the first three that the table names.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from itertools import permutations
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.recommender.person.pieces import TABLE, WORDS, piece_of, pieces_with, worn_together

FIRST = 3


def read_outfits(path: Path) -> list[list[str]]:
    """The pieces of each outfit of a parquet file with a column ``kinds``, each once."""
    outfits = pq.read_table(path, columns=["kinds"])["kinds"].to_pylist()
    known = ([piece_of(kind.removeprefix("Men's ")) for kind in kinds] for kinds in outfits)
    return [sorted({piece for piece in pieces if piece}) for pieces in known]


def write_table(outfits: list[list[str]]) -> None:
    """Write for each piece in how many of its outfits each other is."""
    alone = Counter(piece for outfit in outfits for piece in outfit)
    pairs = Counter(pair for outfit in outfits for pair in permutations(outfit, 2))
    with TABLE.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["piece", "other", "share"])
        for piece in WORDS:
            for other in WORDS:
                if count := pairs[piece, other]:
                    writer.writerow([piece, other, f"{count / alone[piece]:.4f}"])


def hits(outfits: list[list[str]], shown: int | None = None) -> tuple[float, float, int]:
    """How often a missing piece is among the first three, by the table and by what is frequent.

    Args:
        outfits: Each with one piece taken out, in turn.
        shown: How many of the others are known; None for all.
    """
    frequent = Counter(piece for outfit in outfits for piece in outfit)
    found = plain = total = 0
    for outfit in outfits:
        for missing in outfit:
            rest = [piece for piece in outfit if piece != missing][:shown]
            if not rest:
                continue
            total += 1
            found += missing in [piece for piece, _ in pieces_with(rest)[:FIRST]]
            others = [piece for piece, _ in frequent.most_common() if piece not in rest]
            plain += missing in others[:FIRST]
    return found / total, plain / total, total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    options = parser.parse_args()
    write_table(read_outfits(options.train))
    worn_together.cache_clear()
    for shown in (1, None):
        found, plain, total = hits(read_outfits(options.test), shown)
        given = "one other piece" if shown else "all other pieces"
        print(f"{given} known: {found:.3f} by the table, {plain:.3f} by what is frequent ({total})")
