"""`facets`: what a catalogue can be filtered by, near a query and in the whole."""

from __future__ import annotations

import argparse

from pipeline.commands.asking.query import add_query, is_asked, read_parts, read_query
from pipeline.commands.options import Commands, add_json, add_settings, open_named, print_json

SHOWN = 10
"""Values of an attribute that people are shown; JSON has more."""


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("facets", help="count the values that items can be filtered by")
    add_query(command)
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.recommender import Query

    parts = (options.where, options.but, options.less, options.leave_out)
    is_query = is_asked(options) or any(parts)
    query = read_query(options) if is_query else Query.if_asked(**read_parts(options))
    facets = open_named(options).facets(query)
    if options.json:
        print_json([facet.record() for facet in facets])
        return
    for facet in facets:
        numbers = f", {facet.least:g} to {facet.most:g}" if facet.least is not None else ""
        print(f"{facet.attribute}: {facet.distinct} values{numbers}")
        for value in facet.values[:SHOWN]:
            near = "" if value.nearest is None else f"{value.nearest:>6} of the nearest,"
            print(f"{near}{value.catalogue:>8} in all  {value.value}")
