"""Evaluation: takes a catalogue and encoders, gives scores beside baselines, and a report.

Training judges its epochs by `measures`, which it imports by its full name.
"""

from pipeline.evaluation.colour import which_weight
from pipeline.evaluation.queries import EvaluationPlan
from pipeline.evaluation.report import summary, which_metric, write_report
from pipeline.evaluation.run import evaluate

__all__ = ["EvaluationPlan", "evaluate", "summary", "which_metric", "which_weight", "write_report"]
