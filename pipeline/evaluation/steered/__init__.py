"""Steered: takes a built catalogue and held-out queries, tells what steering an answer gives."""

from pipeline.evaluation.steered.measuring import Steered, measure_steered

__all__ = ["Steered", "measure_steered"]
