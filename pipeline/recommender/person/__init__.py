"""The person: takes the items that somebody keeps, gives what else they may like, and why."""

from pipeline.recommender.person.kept import MAX_KEPT
from pipeline.recommender.person.suggesting import Suggester

__all__ = ["MAX_KEPT", "Suggester"]
