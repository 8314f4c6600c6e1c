"""The page on evaluation says what the commands take, and the README what they measured."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli import _parser
from pipeline.evaluation import EvaluationPlan
from pipeline.evaluation.queries import DISTURBANCES

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "docs" / "evaluation"
PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

OVER_QUERIES, OVER_KINDS = "precision@5", "precision@5 over kinds"
FIGURES = [
    [
        ("photo from a home, among such photos: same kind", "phone", "label", OVER_QUERIES),
        ("mean over kinds", "phone", "label", OVER_KINDS),
        (
            "photo from a home, in the shop's catalogue: same kind",
            "phone-to-studio",
            "label=articleType",
            OVER_QUERIES,
        ),
        ("mean over kinds", "phone-to-studio", "label=articleType", OVER_KINDS),
    ],
    [
        ("articleType", "studio", "articleType", OVER_QUERIES),
        ("baseColour", "studio", "baseColour", OVER_QUERIES),
        ("both", "studio", "articleType+baseColour", OVER_QUERIES),
        ("gender", "studio", "gender", OVER_QUERIES),
    ],
    [(name, "disturbed", "articleType", OVER_QUERIES) for name in DISTURBANCES],
]
"""Of each table of the README's figures the columns: header, report, attribute, measure; those of
the disturbed are called by what was done to the queries."""


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
            disturb=tuple(options.disturb),
        ).check()
        assert options.same is None or (ROOT / options.same).is_file()


def test_every_link_and_disturbance_of_the_page_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    for name in DISTURBANCES:
        assert re.search(rf"\*\*[^*]*\b{name}\b", PAGE), name


def tables() -> list[list[list[str]]]:
    """The tables of the README's section of figures, each as rows of cells, the header first."""
    section = README.partition("\n## Measured\n")[2].partition("\n### ")[0]
    found = re.findall(r"(?:^\|.*\|\n)+", section, re.M)
    rows = [[line.strip("|").split("|") for line in table.splitlines()] for table in found]
    return [
        [[cell.strip().replace("**", "") for cell in row] for row in table if "---" not in row[1]]
        for table in rows
    ]


def contender_of(row: str) -> str:
    """What reports call the contender of a row such as ``EfficientNet-Lite0, ImageNet``."""
    name = row.partition(",")[0].lower().removesuffix(" encoder")
    return "random" if name == "chance" else name


def measured(header: str, report: str, attribute: str, measure: str) -> dict[str, str]:
    """By contender, a figure by cosine as it stands in the README."""
    read = json.loads((REPORTS / f"{report}.json").read_text(encoding="utf-8"))
    asked = read["disturbed"][header] if report == "disturbed" else read
    wanted = ("cosine", attribute, measure)
    return {
        score["contender"]: "{mean:.3f} ({low:.3f} to {high:.3f})".format(**score["estimate"])
        for score in asked["scores"]
        if (score["metric"], score["attribute"], score["measure"]) == wanted
    }


def differing(rows: list[list[str]], columns: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """What a table of the README says otherwise than the reports, for whoever fills it anew."""
    for number, (header, report, *what) in enumerate(columns, start=1):
        known = measured(header, report, *what)
        named = {contender_of(row[0]): row[number] for row in rows[1:]}
        assert {"starter", "random"} <= set(known) & set(named), (header, report)
        for contender in sorted(set(known) & set(named)):
            if named[contender] != known[contender]:
                place = f"{contender} in docs/evaluation/{report}.json, {header}"
                yield f"{place}: {known[contender]}, in the README {named[contender]}"


@pytest.mark.parametrize("number", range(len(FIGURES)))
def test_the_readme_has_the_figures_of_the_reports(number: int) -> None:
    rows, columns = tables()[number], FIGURES[number]
    assert rows[0][1:] == [header for header, *_ in columns]
    wrong = "\n".join(differing(rows, columns))
    assert not wrong, f"fill the README's table anew from the reports:\n{wrong}"


def test_every_table_of_figures_in_the_readme_is_held_against_reports() -> None:
    assert len(tables()) == len(FIGURES)
