"""A cell of a table."""

from __future__ import annotations

Cell = str | int | float | bool | None
"""What a table says in one place; ``None`` where it says nothing."""
