"""The card of a published catalogue: what it is, how it was made, and how to load it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from huggingface_hub import DatasetCardData
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.artifacts import BuiltCatalogue, Manifest

CARD = "README.md"
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
"""The bounds of the hub's size categories."""


def write_card(
    folder: Path,
    repository: str,
    built: BuiltCatalogue,
    manifest: Manifest,
    *,
    licence: str | None,
    with_pictures: bool,
) -> None:
    """Write the dataset card of a published folder.

    Args:
        folder: The published folder.
        repository: What it will be called on the hub.
        built: The catalogue that was published.
        manifest: The manifest as it was published.
        licence: The licence of the items, an identifier of the hub; None where none is stated.
        with_pictures: Whether thumbnails are included.
    """
    title = f"{manifest.catalogue.rsplit('/', 1)[-1]} embeddings"
    front_matter = DatasetCardData(
        pretty_name=title,
        license=licence or "unknown",
        task_categories=["image-feature-extraction"],
        size_categories=[size_category(manifest.count)],
        tags=["image-similarity", "embeddings", "fashion", "lookalike"],
    )
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined
    )
    text = templates.get_template("dataset_card.md").render(
        title=title,
        repository=repository,
        manifest=manifest,
        origin=_origin(manifest),
        attributes=_attribute_types(built),
        with_pictures=with_pictures,
        licence_sentence=_licence_sentence(licence, manifest.catalogue),
        preprocessing=", ".join(f"{k} {v}" for k, v in manifest.encoder.preprocessing.items()),
        versions=", ".join(f"{name} {number}" for name, number in manifest.versions.items()),
    )
    (folder / CARD).write_text(f"---\n{front_matter.to_yaml()}\n---\n{text}\n", encoding="utf-8")


def size_category(count: int) -> str:
    """The hub's size category of so many items, such as ``10K<n<100K``."""
    names = [f"{bound // 1_000}K" if bound < 1_000_000 else f"{bound // 10**6}M" for bound in SIZES]
    if count < SIZES[0]:
        return f"n<{names[0]}"
    for low, high, bound in zip(names, names[1:], SIZES[1:], strict=False):
        if count < bound:
            return f"{low}<n<{high}"
    return f"n>{names[-1]}"


def _origin(manifest: Manifest) -> str:
    commit = f" at commit `{manifest.catalogue_revision}`" if manifest.catalogue_revision else ""
    return f"the catalogue `{manifest.catalogue}`{commit}"


def _attribute_types(built: BuiltCatalogue) -> dict[str, str]:
    schema: pa.Schema = built.items(0, 1).schema
    return {name: str(schema.field(name).type) for name in built.attribute_names}


def _licence_sentence(licence: str | None, catalogue: str) -> str:
    if licence is not None:
        return f"Licence: {licence}."
    return (
        f"The card of `{catalogue}` states no licence for its pictures and texts, so none is "
        "stated here: ask its owner before you use them."
    )
