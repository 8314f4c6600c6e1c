"""The page on evaluation says what the commands take."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.cli import _parser
from pipeline.evaluation import EvaluationPlan
from pipeline.evaluation.queries import DISTURBANCES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_every_command_on_the_page_parses_to_a_plan_without_contradiction() -> None:
    commands = re.findall(r"^python -m pipeline (.*)$", PAGE.replace("\\\n", " "), re.M)
    assert len(commands) == 4
    for command in commands:
        options = _parser().parse_args(command.split())
        EvaluationPlan(
            options.catalogue,
            tuple(options.encoder),
            queries=options.queries,
            queries_from=options.queries_from,
            leave_one_out=options.leave_one_out,
            whole=options.whole,
        ).check()
        assert set(options.disturb) <= set(DISTURBANCES)
        assert options.same is None or (ROOT / options.same).is_file()


def test_every_link_and_disturbance_of_the_page_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    for name in DISTURBANCES:
        assert re.search(rf"\*\*[^*]*\b{name}\b", PAGE), name
