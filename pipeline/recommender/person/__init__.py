"""The person: takes the items that somebody keeps, gives what else they may like, and why."""

from pipeline.recommender.person.suggesting import Suggester

__all__ = ["Suggester"]
