"""Lookalike, a room a stage: from a catalogue of pictures to the items most like a photo."""

__version__ = "0.1.0"
