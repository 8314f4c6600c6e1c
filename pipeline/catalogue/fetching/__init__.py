"""Fetching: takes addresses of pictures, gives files here, or the reason why there is none."""

from pipeline.catalogue.fetching.fetching import Fetched, fetch_pictures
from pipeline.catalogue.fetching.limits import NOBODY_ASKED, Limits

__all__ = ["NOBODY_ASKED", "Fetched", "Limits", "fetch_pictures"]
