"""Training: takes a labelled catalogue, gives an encoder folder in the hub's format."""

from pipeline.training.plan import TrainingPlan
from pipeline.training.run import train

__all__ = ["TrainingPlan", "train"]
