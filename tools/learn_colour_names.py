"""Learn the colour names of the descriptor: `python -m tools.learn_colour_names CATALOGUE`.

Learns from the part of the catalogue that `evaluate` does not ask with.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from tqdm import tqdm

from pipeline.catalogue import Catalogue, attribute_values, open_catalogue, split_catalogue
from pipeline.colour.names import WEIGHTS, colour_features

LEAST_ITEMS = 5
"""A name with fewer items is not learned."""
HIDDEN, DROPPED, DECAY, RATE, BATCH, EPOCHS = 128, 0.5, 0.3, 6e-3, 128, 14
SMOOTHING = 0.1
"""People name the same garment differently."""
SPREAD = 4.0
"""Features are a few hundredths large; so many times larger, the first steps learn."""


def learn(features: np.ndarray, labels: np.ndarray, names: int) -> dict[str, np.ndarray]:
    """Fit the network.

    Args:
        features: ``(n, 2 * cells)`` float32.
        labels: The number of the name of each, ``(n,)`` int64.
        names: How many names there are.

    Returns:
        ``in.weight`` ``(2 * cells, hidden)``, ``in.bias``, ``out.weight`` ``(hidden, names)`` and
        ``out.bias``, float16.
    """
    torch.manual_seed(0)
    inputs, outputs = nn.Linear(features.shape[1], HIDDEN), nn.Linear(HIDDEN, names)
    network = nn.Sequential(inputs, nn.ReLU(), nn.Dropout(DROPPED), outputs)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    rows, wanted = torch.from_numpy(features * SPREAD), torch.from_numpy(labels)
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(labels)).split(BATCH):
            loss = nn.functional.cross_entropy(
                network(rows[batch]), wanted[batch], label_smoothing=SMOOTHING
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    tensors = {
        "in.weight": inputs.weight.T * SPREAD,
        "in.bias": inputs.bias,
        "out.weight": outputs.weight.T,
        "out.bias": outputs.bias,
    }
    return {name: tensor.detach().half().contiguous().numpy() for name, tensor in tensors.items()}


def main() -> None:
    """Learn from a catalogue and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", help="photos of one garment each, with a column of colours")
    parser.add_argument("--attribute", default="baseColour", help="the column of colours")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    whole = open_catalogue(options.catalogue)
    kept = whole.select(split_catalogue(whole)[0])
    rows, labels, names = _labelled(kept, options.attribute)
    features = [colour_features(kept.read_picture(row)) for row in tqdm(rows, unit="item")]
    tensors = learn(np.stack(features).astype(np.float32), labels, len(names))
    save_file(tensors, options.out, {"names": ", ".join(names)})
    print(f"{len(names)} colour names, learned from {len(rows):,} photos: {', '.join(names)}")


def _labelled(catalogue: Catalogue, attribute: str) -> tuple[list[int], np.ndarray, list[str]]:
    """The rows that have a frequent value, the number of each value, and the values."""
    values = np.array([value or "" for value in attribute_values(catalogue, attribute)])
    found, counts = np.unique(values, return_counts=True)
    names = [str(name) for name in found[counts >= LEAST_ITEMS] if name]
    rows = np.flatnonzero(np.isin(values, names))
    return rows.tolist(), np.searchsorted(names, values[rows]), names


if __name__ == "__main__":
    main()
