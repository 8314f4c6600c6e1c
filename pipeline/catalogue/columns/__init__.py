"""The columns of a shop's table by their names: prices and their sales, and what is hidden."""

from pipeline.catalogue.columns.hidden import Hidden, may_hide, not_shown
from pipeline.catalogue.columns.known import (
    KNOWN,
    PRICES,
    SALE_DATES,
    known_column,
    known_columns,
    renamed,
    unknown,
)
from pipeline.catalogue.columns.plain_text import without_markup
from pipeline.catalogue.columns.prices import (
    fold_prices,
    fold_sales,
    in_one_currency,
    with_currency,
)
from pipeline.catalogue.columns.words import is_no, is_yes

__all__ = [
    "KNOWN",
    "PRICES",
    "SALE_DATES",
    "Hidden",
    "fold_prices",
    "fold_sales",
    "in_one_currency",
    "is_no",
    "is_yes",
    "known_column",
    "known_columns",
    "may_hide",
    "not_shown",
    "renamed",
    "unknown",
    "with_currency",
    "without_markup",
]
