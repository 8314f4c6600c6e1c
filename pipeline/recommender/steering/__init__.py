"""Steering: takes a checked query, gives what an index is searched with."""

from pipeline.recommender.steering.asking import Asked, Asker, Looked

__all__ = ["Asked", "Asker", "Looked"]
