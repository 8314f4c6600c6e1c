"""Training data: takes labelled catalogues, gives batches of views with what they teach."""

from pipeline.training.data.augmentation import Augmentation
from pipeline.training.data.labels import Labels
from pipeline.training.data.samples import MixedSamples, Source

__all__ = ["Augmentation", "Labels", "MixedSamples", "Source"]
