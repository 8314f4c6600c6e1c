"""Cells: what a cell of a log says of the item, the kind and the time."""
