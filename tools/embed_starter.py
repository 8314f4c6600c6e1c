"""Embed the starter catalogue, to be shipped: `python -m tools.embed_starter`.

To be run, and `artifacts/starter-built` committed, whenever the starter encoder or the drawn
catalogue has changed. What was made by another encoder is not used: a start embeds it anew.
"""

from __future__ import annotations

from pipeline.building import SHIPPED, ship
from pipeline.catalogue import STARTER_CATALOGUE
from pipeline.encoder import load_encoder


def main() -> None:
    """Write the folder, computed in the reference's precision."""
    built = ship(STARTER_CATALOGUE, load_encoder("starter", precision="fp32"), SHIPPED)
    size = sum(record.bytes for record in built.manifest.files)
    print(f"{len(built)} items in {built.folder}, {size / 1e6:.1f} MB. Commit it.")


if __name__ == "__main__":
    main()
