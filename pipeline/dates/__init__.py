"""What a text or a number says of a day and a time, however people and programs write them."""

from pipeline.dates.clocks import FEW, Clock, read_clock
from pipeline.dates.names import in_plain_digits
from pipeline.dates.numbers import (
    DAY_SECONDS,
    FIRST,
    LAST,
    UNKNOWN,
    day_numbers,
    from_days,
    from_numbers,
)
from pipeline.dates.reading import (
    DAY_FIRST,
    DAY_OR_YEAR_FIRST,
    EITHER_FIRST,
    MONTH_FIRST,
    YEAR_FIRST,
    Moment,
    read_moment,
)

__all__ = [
    "DAY_FIRST",
    "DAY_OR_YEAR_FIRST",
    "DAY_SECONDS",
    "EITHER_FIRST",
    "FEW",
    "FIRST",
    "LAST",
    "MONTH_FIRST",
    "UNKNOWN",
    "YEAR_FIRST",
    "Clock",
    "Moment",
    "day_numbers",
    "from_days",
    "from_numbers",
    "in_plain_digits",
    "read_clock",
    "read_moment",
]
