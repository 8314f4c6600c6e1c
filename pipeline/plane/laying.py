"""Laying out: from embeddings to places in a plane, items that look alike beside each other.

By t-SNE (van der Maaten and Hinton 2008), its repulsion interpolated on a grid (Linderman, Rachh,
Hoskins, Steinerberger and Kluger 2019) or, of few, by a tree, as `openTSNE` does it; with an
exaggeration of 4 it draws what UMAP draws (Böhm, Berens and Kobak 2022, *Attraction-Repulsion
Spectrum in Neighbor Embeddings*), without a compiler. It starts from the principal components, so
it is the same in every run.
"""

from __future__ import annotations

import numpy as np

from pipeline.spreading import spread

COMPONENTS = 50
"""Principal components, in which neighbours are looked for."""
FITTED = 8_192
"""Items, spread evenly, that the components are taken from."""
NEIGHBOURS = 10
"""That attract each item."""
FEWEST = 50
"""Items, fewer of which are shown by their first two components."""
LAID = 50_000
"""Items that are laid out themselves; of more, the others go beside those."""
BESIDE = 5
"""Neighbours in whose middle an item goes that is set beside the others."""
CHUNK = 4_096
EARLY, EARLY_EXAGGERATION = 100, 12
LATE, EXAGGERATION = 200, 4
"""Iterations, and how much more strongly than in t-SNE neighbours attract each other in them."""
TREE = 3_000
"""Items, fewer of which repel each other by a tree, which is quicker for them than a grid."""
START = 1e-4
"""The deviation of the places that it starts from, as t-SNE is told to."""
NEARLY_NONE = 1e-6
"""Embeddings of length 1 that differ by less are the same."""


def lay_out(embeddings: np.ndarray) -> np.ndarray:
    """Give each item a place.

    Args:
        embeddings: ``(n, dimension)`` float32, of one item at least.

    Returns:
        ``(n, 2)`` float32 from 0 to 1, the longer side of all of them 1; all in the middle where
        the items look the same.
    """
    vectors = components_of(embeddings)
    rows = spread(len(vectors), LAID)
    places = _between(_lay(vectors[rows]))
    if len(rows) == len(vectors):
        return places
    everywhere = np.empty((len(vectors), 2), np.float32)
    everywhere[rows] = places
    others = np.setdiff1d(np.arange(len(vectors)), rows)
    everywhere[others] = beside(vectors[rows], places, vectors[others])
    return everywhere


def components_of(embeddings: np.ndarray) -> np.ndarray:
    """The directions of embeddings, in fewer numbers, ``(n, at most 50)`` float32."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    fitted = normalize(embeddings[spread(len(embeddings), FITTED)])
    if len(fitted) == 1 or np.ptp(fitted, axis=0).max(initial=0) < NEARLY_NONE:
        return np.zeros((len(embeddings), 1), np.float32)
    count = min(COMPONENTS, *fitted.shape)
    # Of few, all components are found at once; of many, the first ones, by a seed.
    solver = "randomized" if count == COMPONENTS else "full"
    pca = PCA(count, svd_solver=solver, random_state=0).fit(fitted)
    starts = range(0, len(embeddings), CHUNK)
    parts = [pca.transform(normalize(embeddings[start : start + CHUNK])) for start in starts]
    return np.concatenate(parts).astype(np.float32)


def beside(known: np.ndarray, places: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Give items a place in the middle of those that are nearest to them.

    Args:
        known: The components of items that have a place, ``(m, c)``.
        places: Their places, ``(m, 2)``.
        vectors: The components of the others, ``(n, c)``.

    Returns:
        ``(n, 2)`` float32.
    """
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=min(BESIDE, len(known)), algorithm="brute").fit(known)
    starts = range(0, len(vectors), CHUNK)
    parts = [nearest.kneighbors(vectors[s : s + CHUNK], return_distance=False) for s in starts]
    # The median: neighbours in two groups do not set an item between these.
    middles = [np.median(places[rows], axis=1) for rows in parts]
    return np.concatenate([np.empty((0, 2)), *middles]).astype(np.float32)


def _lay(vectors: np.ndarray) -> np.ndarray:
    """Places of any size, ``(n, 2)`` float64."""
    first = np.zeros((len(vectors), 2))
    first[:, : vectors.shape[1]] = vectors[:, :2]
    deviation = first[:, 0].std()
    if len(vectors) < FEWEST or deviation < NEARLY_NONE:
        return first
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import Uniform
    from openTSNE.nearest_neighbors import PrecomputedNeighbors
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(vectors)
    distances, rows = nearest.kneighbors()
    affinities = Uniform(knn_index=PrecomputedNeighbors(rows, distances), symmetrize="max")
    # Items that look the same start a little apart: they could not part else.
    noise = np.random.default_rng(0).normal(0, 0.01, first.shape)
    start = (first / deviation + noise) * START
    method = "bh" if len(vectors) < TREE else "fft"
    plane = TSNEEmbedding(
        start, affinities, negative_gradient_method=method, n_jobs=1, random_state=0
    )
    plane = plane.optimize(EARLY, exaggeration=EARLY_EXAGGERATION, momentum=0.5)
    plane = plane.optimize(LATE, exaggeration=EXAGGERATION, momentum=0.8)
    return np.asarray(plane)


def _between(places: np.ndarray) -> np.ndarray:
    """The same from 0 to 1, with the middle in the middle."""
    least, most = places.min(axis=0), places.max(axis=0)
    side = (most - least).max()
    middle = (least + most) / 2
    scaled = 0.5 + (places - middle) / (side if side > 0 else 1)
    between: np.ndarray = scaled.clip(0, 1).astype(np.float32)
    return between
