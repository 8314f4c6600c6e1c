"""Steering: takes a checked query, gives what an index is searched with."""

from pipeline.recommender.steering.asking import Asked, Asker

__all__ = ["Asked", "Asker"]
