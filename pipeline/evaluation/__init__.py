"""Evaluation: takes a catalogue and encoders, gives scores beside baselines, and a report.

Training judges its epochs by `measures`, which it imports by its full name.
"""

from pipeline.evaluation.report import which_metric, write_report
from pipeline.evaluation.run import EvaluationPlan, evaluate

__all__ = ["EvaluationPlan", "evaluate", "which_metric", "write_report"]
