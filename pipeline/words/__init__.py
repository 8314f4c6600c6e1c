"""The words: take what a catalogue says of its items, give what words mean in its embeddings."""

from pipeline.words.keeping import keep_words, open_words
from pipeline.words.learning import Learned, has_words, learn_words
from pipeline.words.saying import count_said
from pipeline.words.words import Meant, Words

__all__ = [
    "Learned",
    "Meant",
    "Words",
    "count_said",
    "has_words",
    "keep_words",
    "learn_words",
    "open_words",
]
