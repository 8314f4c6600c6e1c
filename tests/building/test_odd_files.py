"""A folder of 2,000 odd files ends with a balance that adds up, and every one of them is named."""

from __future__ import annotations

import io
import os
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from pipeline.artifacts import Balance, BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder

FILES = 2000
ITEM, SKIPPED, OTHER, SYSTEM, WITHOUT_ROW = "item", "skipped", "other", "system", "without a row"


def encoded(file_format: str, colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (24, 24), colour).save(stream, file_format)
    return stream.getvalue()


JPEG, PNG = encoded("JPEG", "red"), encoded("PNG", "blue")
KINDS: dict[str, tuple[bytes, str]] = {
    "{}.jpg": (JPEG, ITEM),
    "{}.png": (PNG, ITEM),
    "{}": (JPEG, ITEM),
    "{}.HEIC": (JPEG, ITEM),
    "{}.txt": (PNG, ITEM),
    "{} é 'ü'.jfif": (JPEG, ITEM),
    "{}.cut.jpg": (JPEG[:-300], SKIPPED),
    "{}.empty.png": (b"", SKIPPED),
    "{}.text.jpeg": (b"no picture at all, whatever its name is", SKIPPED),
    "{}.pointer.png": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", SKIPPED),
    "{}.psd": (b"8BPS\0\1" + bytes(60), SKIPPED),
    "{}.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", SKIPPED),
    "{}.mov": (b"\0\0\0\x14ftypqt  " + bytes(60), SKIPPED),
    "{}.notes.txt": (b"bought in May", OTHER),
    "{}.csv": (b"month,sales\n1,2\n", OTHER),
    "{}.xlsx": (b"PK\3\4" + bytes(60), OTHER),
    "{}.parquet": (b"no parquet", OTHER),
    "._{}.jpg": (b"\0\5\x16\7" + bytes(60), SYSTEM),
    "{}.thm": (JPEG, SYSTEM),
}
# Of what is embedded or tried to be there are fewer, since that takes the time.
CYCLE = [
    (pattern, *kind)
    for pattern, kind in KINDS.items()
    for _ in range(12 if kind[1] in (OTHER, SYSTEM) else 1)
]


@pytest.fixture(scope="module")
def odd(
    encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[BuiltCatalogue, dict[str, str]]:
    """The folder, built, and what should become of each of its files."""
    root = tmp_path_factory.mktemp("odd") / "photos"
    wanted: dict[str, str] = {}
    for number in range(FILES):
        pattern, content, becomes = CYCLE[number % len(CYCLE)]
        folder = root / ("", "tops", "tops/summer", "described")[number // len(CYCLE) % 4]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / pattern.format(number)
        path.write_bytes(content)
        wanted[path.relative_to(root).as_posix()] = becomes
    described = [name for name, what in wanted.items() if name.startswith("described/")]
    rows = ["file_name,size"]
    for number, name in enumerate(n for n in described if wanted[n] in (ITEM, SKIPPED)):
        if number % 3:
            rows.append(f'"{Path(name).name}",{number}')
        elif wanted[name] == ITEM or name.endswith((".cut.jpg", ".empty.png", ".text.jpeg")):
            wanted[name] = WITHOUT_ROW
    # Rows that are no items: one without a picture, one too long, and one of another machine.
    rows += [",1", "a.jpg,1,2,3", "C:\\photos\\gone.jpg,4"]
    (root / "described" / "metadata.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name in ("@eaDir", ".thumbnails"):
        (root / name).mkdir()
        (root / name / "a.jpg").write_bytes(JPEG)
        wanted[name + "/"] = SYSTEM
    if os.name != "nt":  # where links take a right that few have
        (root / "dead.jpg").symlink_to(root / "nowhere.jpg")
        (root / "round").symlink_to(root, target_is_directory=True)
        wanted |= {"dead.jpg": OTHER, "round": OTHER}
    out = tmp_path_factory.mktemp("built") / "odd"
    return build(open_catalogue(root), encoder, out), wanted


def test_the_balance_adds_up(odd: tuple[BuiltCatalogue, dict[str, str]]) -> None:
    built, wanted = odd
    balance, count = Balance.of(built.manifest), Counter(wanted.values())
    assert len(wanted) > FILES
    parts = (balance.items, balance.skipped, balance.without_row, balance.other, balance.system)
    assert balance.files + balance.rows == sum(parts)
    assert balance.items == len(built) == count[ITEM]
    assert balance.without_row == count[WITHOUT_ROW]
    assert (balance.other, balance.system) == (count[OTHER], count[SYSTEM])
    unread_rows = 3
    assert balance.skipped == count[SKIPPED] + unread_rows
    assert balance.rows >= unread_rows


def test_every_file_is_an_item_or_listed_once(odd: tuple[BuiltCatalogue, dict[str, str]]) -> None:
    built, wanted = odd
    named = Counter(
        [
            *built.ids,
            *(one.id for one in built.manifest.skipped),
            *(one.name for one in built.manifest.left_out),
        ]
    )
    lines = {name for name in named if "metadata.csv, line" in name}
    assert len(lines) == 3
    assert set(named) - lines == set(wanted)
    assert max(named.values()) == 1
    reasons = {one.id: one.reason for one in built.manifest.skipped}
    reasons |= {one.name: one.reason for one in built.manifest.left_out}
    assert all(reasons.values())
