"""Decoders: what reads the pictures that Pillow alone does not, or not in little memory."""

from pipeline.catalogue.pictures.decoders.streaming import LOADERS, Stream

__all__ = ["LOADERS", "Stream"]
