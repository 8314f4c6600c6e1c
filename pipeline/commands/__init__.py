"""The commands of `python -m pipeline`, one file each: `add` its options and run it.

They take flags, give text or JSON. `options` holds what several of them have in common.
"""
