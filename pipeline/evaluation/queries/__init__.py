"""Queries: takes catalogues, gives what is asked: which pictures, disturbed how, sharing what."""

from pipeline.evaluation.queries.criteria import Criterion, choose_criteria
from pipeline.evaluation.queries.disturbances import DISTURBANCES, Disturbed, disturb
from pipeline.evaluation.queries.sides import Sides, choose_sides

__all__ = [
    "DISTURBANCES",
    "Criterion",
    "Disturbed",
    "Sides",
    "choose_criteria",
    "choose_sides",
    "disturb",
]
