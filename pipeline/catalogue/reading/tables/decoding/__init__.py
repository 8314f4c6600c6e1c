"""Decoding: takes the bytes of a text, gives the text, whichever encoding it was saved in."""

from pipeline.catalogue.reading.tables.decoding.text import decode, encoding_of

__all__ = ["decode", "encoding_of"]
