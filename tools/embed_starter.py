"""Embed the starter catalogue, to be shipped: `python -m tools.embed_starter`.

To be run, and `artifacts/starter-built` committed, whenever the starter encoder or the drawn
catalogue has changed. What was made by another encoder is not used: a start embeds it anew.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.building import SHIPPED, build, ship
from pipeline.catalogue import STARTER_CATALOGUE, open_catalogue
from pipeline.encoder import load_encoder
from pipeline.settings import STARTER


def main() -> None:
    """Write the folder, computed in the reference's precision."""
    encoder = load_encoder(STARTER, precision="fp32")
    with tempfile.TemporaryDirectory() as scratch:
        built = build(open_catalogue(STARTER_CATALOGUE), encoder, Path(scratch) / STARTER)
        manifest = ship(built, STARTER_CATALOGUE, SHIPPED)
    size = sum(record.bytes for record in manifest.files)
    print(f"{manifest.count} items in {SHIPPED}, {size / 1e6:.1f} MB. Commit it.")


if __name__ == "__main__":
    main()
