"""The closeness: takes a built catalogue and its encoder, tells what a distance to it means."""

from pipeline.closeness.calibration import (
    calibrate_closeness,
    photographed_items,
    record_closeness,
)
from pipeline.closeness.judging import Judge, Verdict, distances_of

__all__ = [
    "Judge",
    "Verdict",
    "calibrate_closeness",
    "distances_of",
    "photographed_items",
    "record_closeness",
]
