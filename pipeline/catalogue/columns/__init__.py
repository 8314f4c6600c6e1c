"""The columns of a shop's table by their names: prices and their sales, and what is hidden."""

from pipeline.catalogue.columns.hidden import PUBLISHED, Hidden, may_hide, not_shown
from pipeline.catalogue.columns.known import (
    GROUPS,
    HANDLES,
    HANDLES_PICTURES,
    KNOWN,
    OF_PRODUCT,
    PRICES,
    SALE_DATES,
    first_called,
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
    "GROUPS",
    "HANDLES",
    "HANDLES_PICTURES",
    "KNOWN",
    "OF_PRODUCT",
    "PRICES",
    "PUBLISHED",
    "SALE_DATES",
    "Hidden",
    "first_called",
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
