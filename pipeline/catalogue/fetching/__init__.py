"""Fetching: takes addresses of pictures, gives files here, or the reason why there is none."""

from pipeline.catalogue.fetching.fetching import Fetched, Limits, fetch_pictures

__all__ = ["Fetched", "Limits", "fetch_pictures"]
