"""Feeds: takes what shops export, gives products with their pictures fetched, rows folded."""

from pipeline.catalogue.feeds.feed import read_feed

__all__ = ["read_feed"]
