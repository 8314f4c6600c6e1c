"""Alike: takes a catalogue and queries of all sorts, gives how often each is called unlike it."""

from pipeline.evaluation.alike.measuring import AlikePlan, Asked, measure_alike

__all__ = ["AlikePlan", "Asked", "measure_alike"]
