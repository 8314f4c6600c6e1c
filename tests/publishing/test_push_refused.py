"""A push that cannot be, or that nobody has asked for, says so and what to do."""

from __future__ import annotations

import pytest

from pipeline.artifacts import BuiltCatalogue
from tests.support.publishing import Machine


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("me/shop",), "Name one with --licence"),
        (("me/shop", "--pictures", "referenced"), "only be referenced where the hub has them"),
        (("no-owner", "--licence", "mit"), "names no repository of the hub"),
        (("me/a/b", "--licence", "mit"), "names no repository of the hub"),
    ],
)
def test_what_cannot_be_published_says_what_to_do(
    shop: Machine, built: BuiltCatalogue, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in shop.refusal("push", *arguments, "--artifacts", built.folder)


def test_publishing_without_naming_what_is_refused(shop: Machine) -> None:
    assert "Say what to publish" in shop.refusal("push", "me/shop")


def test_without_a_token_the_error_names_the_way_to_log_in(
    shop: Machine, built: BuiltCatalogue
) -> None:
    arguments = ("push", "me/shop", "--artifacts", built.folder, "--licence", "mit")
    assert "hf auth login" in shop.refusal(*arguments, token=None)


def test_without_the_hub_nothing_is_published(shop: Machine, built: BuiltCatalogue) -> None:
    arguments = ("push", "me/shop", "--artifacts", built.folder, "--licence", "mit")
    assert "cannot be reached" in shop.refusal(*arguments, HF_HUB_OFFLINE="1")
