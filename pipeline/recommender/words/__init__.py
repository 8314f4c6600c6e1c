"""The words: take what a catalogue says of its items, give what words mean in its embeddings."""

from pipeline.recommender.words.words import Meant, Words

__all__ = ["Meant", "Words"]
