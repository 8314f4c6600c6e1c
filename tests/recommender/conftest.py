"""What the tests of the recommender share."""

from __future__ import annotations

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import Encoder
from pipeline.recommender import Recommender


@pytest.fixture(scope="module")
def recommender(encoder: Encoder, built: BuiltCatalogue) -> Recommender:
    """One that each file of tests has to itself: some keep what they learn."""
    return Recommender(encoder, built)
