"""The commands of `python -m pipeline`, one file each: `add` its options and run it."""
