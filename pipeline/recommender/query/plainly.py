"""Plainly: errors that a shop's page says to shoppers in words of its own."""

from __future__ import annotations

from pipeline.errors import QueryError


class PlainError(QueryError):
    """A query that cannot be answered, told to programs and, in other words, to shoppers.

    Args:
        sentence: What is told to whoever writes queries.
        plainly: What is told to a shopper, who knows neither ids nor names of attributes.

    Attributes:
        plainly: See above.
    """

    def __init__(self, sentence: str, plainly: str) -> None:
        super().__init__(sentence)
        self.plainly = plainly
