"""The colour descriptor: how far each colour name fits a garment."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file

from pipeline.colour.counting import count_colours
from pipeline.colour.pixels import garment_weights, middle
from pipeline.timing import timed

SIDE = 96
"""Pictures are described at this side: colour needs no detail."""
WEIGHTS = Path(__file__).with_name("names.safetensors")
DIMENSION = 33
"""The length of a descriptor: the colour names that were learned."""
DESCRIPTOR = "colour-names-2"
"""Its name, to change with anything that changes descriptors: only equal ones can be compared."""


@timed("colour")
def describe_colour(picture: Image.Image) -> np.ndarray:
    """Describe the colours of the garment in a picture.

    A network of one hidden layer reads the probability of each colour name out of the histogram
    of the garment's pixels: names learned from labelled photos, as in van de Weijer, Schmid and
    Verbeek (2009, *Learning Color Names for Real-World Applications*), see
    `tools/learn_colour_names.py`. Shades of one name are alike then, and a shade between two names
    is like both.

    Args:
        picture: An RGB picture of any size.

    Returns:
        ``(DIMENSION,)`` float32: the square root of each probability, so that its length is 1 and
        the product of two descriptors is their Bhattacharyya coefficient (Bhattacharyya 1943).
    """
    network = _network()
    hidden = np.maximum(colour_features(picture) @ network["in.weight"] + network["in.bias"], 0)
    logits = hidden @ network["out.weight"] + network["out.bias"]
    odds = np.exp(logits - logits.max())
    descriptor: np.ndarray = np.sqrt(odds / odds.sum()).astype(np.float32)
    return descriptor


def colour_features(picture: Image.Image) -> np.ndarray:
    """What the names are read from: the roots of the shares of cells, ``(2 * cells,)`` float64.

    Once of all the garment's pixels, and once of those in the middle of the picture most.
    """
    small = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))
    weights = garment_weights(small)
    counts = [count_colours(small, part) for part in (weights, weights * middle(SIDE))]
    features: np.ndarray = np.sqrt(np.concatenate(counts))
    return features


@cache
def _network() -> dict[str, np.ndarray]:
    return {name: tensor.astype(np.float64) for name, tensor in load_file(WEIGHTS).items()}
