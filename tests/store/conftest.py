"""Fixtures: a bucket on loopback, and the variables by which its client finds it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.bucket_server import Bucket

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def served() -> Iterator[Bucket]:
    with Bucket().serving() as bucket:
        yield bucket


@pytest.fixture
def bucket(served: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket that this process has the keys of."""
    served.objects.clear()
    served.asked.clear()
    served.writes_left = None
    for name, value in {
        "AWS_ENDPOINT_URL": served.endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **KEYS,
    }.items():
        monkeypatch.setenv(name, value)
    return served
