"""Lookalike beside the way such projects are usually built, in one run on one machine."""
