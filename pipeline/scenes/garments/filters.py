"""Filters of a picture as it is looked at: of one small size, so made once and applied quickly.

A blur along one axis is a matrix of few values a row. Products with those take half the time
of filters that fit any size, and never wake a second thread, which a busy machine is slow to do.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage, sparse

SIDE = 96
"""The side of the square that a picture is looked at in: enough for an outline, and quick."""


def blur(deviation: float, order: int = 0) -> sparse.csr_array:
    """A Gaussian along one axis, or its derivative of an order, ``(SIDE, SIDE)`` float32."""
    kernel = ndimage.gaussian_filter1d(np.eye(SIDE), deviation, axis=0, order=order)
    return sparse.csr_array(kernel.astype(np.float32))


def mean(length: int) -> sparse.csr_array:
    """The mean of so many neighbours along one axis, ``(SIDE, SIDE)`` float32."""
    kernel = ndimage.uniform_filter1d(np.eye(SIDE), length, axis=0)
    return sparse.csr_array(kernel.astype(np.float32))


def filtered(picture: np.ndarray, down: sparse.csr_array, across: sparse.csr_array) -> np.ndarray:
    """Apply one filter to the columns and another to the rows.

    Args:
        picture: ``(SIDE, SIDE)`` or ``(SIDE, SIDE, channels)`` float32.
        down: Of `blur`.
        across: Of `blur`.

    Returns:
        As `picture`.
    """
    columns = (down @ picture.reshape(SIDE, -1)).reshape(picture.shape).swapaxes(0, 1)
    rows = (across @ columns.reshape(SIDE, -1)).reshape(picture.shape)
    done: np.ndarray = rows.swapaxes(0, 1)
    return done
