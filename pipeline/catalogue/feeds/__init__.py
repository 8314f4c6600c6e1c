"""Feeds: takes what shops export, gives products with their pictures fetched, rows folded."""

from pipeline.catalogue.feeds.feed import Break, read_feed

__all__ = ["Break", "read_feed"]
