"""The catalogues that are known by name, described by data."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import ARTIFACTS


@dataclass(frozen=True)
class Publication:
    """A published catalogue of this project's own, known to the byte.

    Attributes:
        repository: The dataset repository, ``owner/name``.
        commit: The hub commit.
        manifest_sha256: The checksum of its manifest, which holds those of all its files.
    """

    repository: str
    commit: str
    manifest_sha256: str


@dataclass(frozen=True)
class CatalogueCard:
    """A catalogue that is known by name, described by data.

    Attributes:
        hub_id: Where it lies on the hub.
        revision: The pinned hub commit.
        licence: The licence of its items; None where the hub's card states none.
        published: Its embeddings, which are pulled instead of made; None where there are none. A
            name alone would not do: whoever registers it would be believed.
    """

    hub_id: str
    revision: str
    licence: str | None
    published: Publication | None


FASHION_PRODUCTS = CatalogueCard(
    hub_id="ashraq/fashion-product-images-small",
    revision="3859c76db2f6f3d3b9a3863345e3ccdbff75879d",
    licence=None,
    published=None,
)
STARTER_CATALOGUE = ARTIFACTS / "starter-catalogue"
