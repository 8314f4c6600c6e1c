"""Count which pieces are worn together in outfits: `python -m tools.count_outfits TRAIN TEST`.

Writes `pipeline/learning/outfits/worn_together.csv` from the first file, and says how often a
missing piece of the outfits of the second is among the first three: those that the table names, and
those that are learnt from the kinds of the first file's outfits as from the baskets of a log.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from pipeline.learning.outfits import (
    WORDS,
    Baskets,
    covers_the_same,
    piece_of,
    pieces_with,
    tabulate,
    worn_together,
)
from pipeline.learning.outfits.pieces import TABLE

FIRST = 3


def read_outfits(path: Path) -> list[list[str]]:
    """The pieces of each outfit of a parquet file with a column ``kinds``, each once."""
    known = ([piece_of(kind) for kind in kinds] for kinds in read_kinds(path))
    return [sorted({piece for piece in pieces if piece}) for pieces in known]


def read_kinds(path: Path) -> list[list[str]]:
    """The kinds of each outfit of such a file that are a piece, in small letters, each once."""
    outfits = pq.read_table(path, columns=["kinds"])["kinds"].to_pylist()
    named = ({kind.removeprefix("Men's ").casefold() for kind in kinds} for kinds in outfits)
    return [sorted(kind for kind in kinds if piece_of(kind)) for kinds in named]


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


def learn_baskets(outfits: list[list[str]]) -> Baskets:
    """Learn which kinds go together from outfits of kinds, as from a log's baskets."""
    names = sorted({kind for kinds in outfits for kind in kinds})
    numbers = {kind: number for number, kind in enumerate(names)}
    basket = np.repeat(np.arange(len(outfits)), [len(kinds) for kinds in outfits])
    kind = np.array([numbers[kind] for kinds in outfits for kind in kinds])
    baskets = tabulate(basket, kind, names)
    if baskets is None:
        raise SystemExit("No two kinds are together often enough.")
    return baskets


def hits_learnt(
    named: Callable[[list[str]], list[tuple[str, float]]],
    outfits: list[list[str]],
    shown: int | None = None,
) -> float:
    """How often a missing piece is among the first three that are named for kinds.

    Args:
        named: Names pieces for kinds, as `Baskets.pieces_with` does.
        outfits: Of kinds, each with all kinds of one piece taken out, in turn.
        shown: How many of the other pieces are known; None for all.
    """
    found = total = 0
    for kinds in outfits:
        by_piece: dict[str, list[str]] = {}
        for kind in kinds:
            by_piece.setdefault(str(piece_of(kind)), []).append(kind)
        for missing in sorted(by_piece):
            rest = [piece for piece in sorted(by_piece) if piece != missing][:shown]
            if not rest:
                continue
            total += 1
            known = [kind for piece in rest for kind in by_piece[piece]]
            others = [piece for piece, _ in named(known) if not covers_the_same(piece, rest)]
            found += missing in others[:FIRST]
    return found / total


def by_normalised(baskets: Baskets, kinds: list[str]) -> list[tuple[str, float]]:
    """The pieces by the mean of Bouma's (2009) normalised pointwise mutual information."""
    first = len(baskets.kinds)
    scores = []
    for number, piece in enumerate(baskets.pieces):
        told = []
        for row in (baskets.kinds.index(kind) for kind in kinds if kind in baskets.kinds):
            both = baskets.together[row, first + number] / baskets.count
            alone = baskets.together[row, row] * baskets.together[first + number, first + number]
            chance = alone / baskets.count**2
            told.append(math.log(both / chance) / -math.log(both) if both else -1.0)
        scores.append((piece, sum(told) / max(1, len(told))))
    return sorted(scores, key=lambda pair: (-pair[1], pair[0]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    options = parser.parse_args()
    write_table(read_outfits(options.train))
    worn_together.cache_clear()
    baskets = learn_baskets(read_kinds(options.train))
    for shown in (1, None):
        found, plain, total = hits(read_outfits(options.test), shown)
        learnt, normalised = (
            hits_learnt(named, read_kinds(options.test), shown)
            for named in (baskets.pieces_with, partial(by_normalised, baskets))
        )
        given = "one other piece" if shown else "all other pieces"
        print(
            f"{given} known: {found:.3f} by the table, {learnt:.3f} learnt from baskets, "
            f"{normalised:.3f} by normalised mutual information, {plain:.3f} by what is frequent "
            f"({total})"
        )
