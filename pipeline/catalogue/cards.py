"""The catalogues that are known by name, described by data."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import ARTIFACTS


@dataclass(frozen=True)
class CatalogueCard:
    """A catalogue that is known by name, described by data.

    Attributes:
        hub_id: Where it lies on the hub.
        revision: The pinned hub commit.
        licence: The licence of its items; None where the hub's card states none.
        published: The dataset repository of its embeddings, which are pulled if they are there.
    """

    hub_id: str
    revision: str
    licence: str | None
    published: str


FASHION_PRODUCTS = CatalogueCard(
    hub_id="ashraq/fashion-product-images-small",
    revision="3859c76db2f6f3d3b9a3863345e3ccdbff75879d",
    licence=None,
    published="lookalike-search/fashion-product-embeddings",
)
STARTER_CATALOGUE = ARTIFACTS / "starter-catalogue"
