"""Each error is counted by its kind, and one of a kind's own kinds by that."""

from __future__ import annotations

import pytest

from pipeline.errors import CatalogueError, CutShortError, LookalikeError, QueryError
from pipeline.page.operating.watch import _kind
from pipeline.recommender.query import PlainError
from pipeline.timing import Watched


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (QueryError("no such metric"), "query"),
        (PlainError("No item has colour 'x'.", "There is nothing here for x."), "query"),
        (CatalogueError("not found"), "catalogue"),
        (CutShortError("breaks off"), "catalogue"),
        (LookalikeError("of no kind"), "lookalike"),
    ],
)
def test_an_error_is_of_the_kind_that_it_derives_from(error: Exception, kind: str) -> None:
    query = Watched()
    query.error = error
    assert _kind(query) == kind
