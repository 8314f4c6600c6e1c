"""Markup: takes feeds in XML, mended where they are not well-formed, gives one row an item."""

from pipeline.catalogue.feeds.markup.reading import attributes_of, is_markup, read_markup

__all__ = ["attributes_of", "is_markup", "read_markup"]
