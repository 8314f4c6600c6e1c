"""Fetching: takes addresses of pictures, gives files here, or the reason why there is none."""

from pipeline.catalogue.fetching.fetching import NOBODY_ASKED, Fetched, Limits, fetch_pictures

__all__ = ["NOBODY_ASKED", "Fetched", "Limits", "fetch_pictures"]
