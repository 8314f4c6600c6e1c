"""`push`: publish a built catalogue on the hub."""

from __future__ import annotations

import argparse

from pipeline.commands.options import Commands, add_json, add_settings, print_json, read_settings
from pipeline.errors import HubError


def add(commands: Commands) -> None:
    """Add the command."""
    command = commands.add_parser("push", help="publish a built catalogue on the hub")
    command.add_argument("repository", help="the dataset repository, owner/name")
    command.add_argument(
        "--pictures",
        choices=["included", "referenced"],
        help="whether thumbnails go along (default: where a licence is known)",
    )
    command.add_argument("--licence", help="the licence of the items, such as cc-by-4.0")
    command.add_argument("--private", action="store_true", help="for you alone, if it is new")
    command.add_argument("--revision", metavar="BRANCH", help="the branch (default: main)")
    command.add_argument("--tag", help="a tag for the commit")
    command.add_argument(
        "--encoder-repository",
        metavar="REPOSITORY",
        help="where your own encoder goes (default: the repository's name with -encoder)",
    )
    command.add_argument(
        "--with-learnt",
        action="store_true",
        help="also publish what was learnt from a shop's events: which items sell together",
    )
    add_settings(command)
    add_json(command)
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from pipeline.publishing.push import PushPlan, push
    from pipeline.recommender import open_catalogue_built

    settings = read_settings(options)
    if settings.artifacts is None and settings.catalogue is None:
        raise HubError("Say what to publish: --artifacts with a built catalogue, or --catalogue.")
    built = open_catalogue_built(settings)
    plan = PushPlan(
        repository=options.repository,
        pictures=options.pictures,
        licence=options.licence,
        private=options.private,
        branch=options.revision,
        tag=options.tag,
        encoder_repository=options.encoder_repository,
        learnt=options.with_learnt,
    )
    pushed = push(built, plan)
    if options.json:
        print_json(
            {
                "repository": pushed.repository,
                "commit": pushed.commit,
                "changed": pushed.is_new,
                "encoder": pushed.encoder,
            }
        )
        return
    if not pushed.is_new:
        print(f"Nothing has changed: {pushed.repository} is at commit {pushed.commit}")
        return
    print(f"{len(built)} items in {pushed.repository} at commit {pushed.commit}")
    print(f"Serve them: python app.py --artifacts {pushed.repository}")
