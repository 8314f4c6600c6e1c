"""Queries: takes catalogues, gives what is asked: which pictures, disturbed how, sharing what."""

from pipeline.evaluation.queries.criteria import Criterion, choose_criteria
from pipeline.evaluation.queries.disturbances import DISTURBANCES, Disturbed, disturb
from pipeline.evaluation.queries.pictures import picture_of
from pipeline.evaluation.queries.plan import EvaluationPlan, check_limits
from pipeline.evaluation.queries.sides import (
    Sides,
    choose_sides,
    doubles_of,
    held_out_part,
    kept_part,
    spread_items,
)

__all__ = [
    "DISTURBANCES",
    "Criterion",
    "Disturbed",
    "EvaluationPlan",
    "Sides",
    "check_limits",
    "choose_criteria",
    "choose_sides",
    "disturb",
    "doubles_of",
    "held_out_part",
    "kept_part",
    "picture_of",
    "spread_items",
]
