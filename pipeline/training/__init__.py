"""Training: takes a labelled catalogue, gives an encoder folder in the hub's format."""

from pipeline.training.run import TrainingPlan, train

__all__ = ["TrainingPlan", "train"]
