"""What settings there are, and the value of each: from a flag, a variable, a file or a default."""

from pipeline.values.declared import (
    LOADING,
    PREFIX,
    SERVING,
    SETTINGS_FILE,
    Kind,
    Setting,
    settings_named,
)
from pipeline.values.flags import add_flags
from pipeline.values.reading import read_values
from pipeline.values.table import settings_table

__all__ = [
    "LOADING",
    "PREFIX",
    "SERVING",
    "SETTINGS_FILE",
    "Kind",
    "Setting",
    "add_flags",
    "read_values",
    "settings_named",
    "settings_table",
]
