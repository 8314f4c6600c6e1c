"""The words: take what a catalogue says of its items, give what words mean in its embeddings."""

from pipeline.words.keeping import keep_words, open_words
from pipeline.words.learning import Learned, learn_words
from pipeline.words.words import Meant, Words

__all__ = ["Learned", "Meant", "Words", "keep_words", "learn_words", "open_words"]
