"""An update gives what a build would give, and embeds only what nobody has embedded before."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue, Version, open_built
from pipeline.building import add, build, remove, update
from pipeline.catalogue import make_thumbnail, open_catalogue, picture_digests
from pipeline.colour import describe_colour
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, CatalogueError
from pipeline.index import Metric, open_index
from pipeline.plane import PLANE
from tests.conftest import draw_garment


@pytest.fixture
def embedded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures of catalogues are embedded, batch by batch."""
    batches: list[int] = []
    monkeypatch.setattr(
        "pipeline.building.rows.batches._embed", _counted("pipeline.building.rows.batches", batches)
    )
    return batches


def _counted(module: str, batches: list[int]) -> Callable[..., np.ndarray]:
    usual = sys.modules[module]._embed

    def counted(encoder: Encoder, batch: list, *rest: object) -> np.ndarray:
        batches.append(len(batch))
        return usual(encoder, batch, *rest)

    return counted


def edit_table(shop: Path, change: Callable[[list[str]], list[str]]) -> None:
    """Change the lines of its table below the header."""
    table = shop / "metadata.csv"
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join([header, *change(lines)]) + "\n", encoding="utf-8")


def assert_as_built(changed: BuiltCatalogue, shop: Path, encoder: Encoder) -> None:
    """Whether it is what a build of the same gives, to the picture."""
    source = open_catalogue(shop)
    read = [row for row, item_id in enumerate(source.ids) if item_id not in skipped_ids(changed)]
    whole = source.select(read)
    assert changed.ids == whole.ids
    assert changed.attribute_table.to_pydict() == whole.attributes.to_pydict()
    assert [digest.tobytes() for digest in changed.pictures] == picture_digests(whole)
    pictures = [whole.read_picture(row) for row in range(len(whole))]
    expected = encoder.encode(pictures)
    np.testing.assert_allclose(changed.embeddings, expected, rtol=1e-4, atol=1e-5)
    assert changed.colours is not None
    np.testing.assert_array_equal(changed.colours, [describe_colour(one) for one in pictures])
    for row, picture in enumerate(pictures):
        assert changed.thumbnail(row) == make_thumbnail(whole.picture_source(row), picture)
    assert changed.manifest.source_files == source.files


def skipped_ids(built: BuiltCatalogue) -> set[str]:
    return {item.id for item in built.manifest.skipped}


def test_what_came_went_and_changed_is_as_if_it_were_built(
    shop: Path, out: Path, encoder: Encoder, embedded: list[int], tmp_path: Path
) -> None:
    draw_garment(shop / "new.png", "green", "disc", size=80)
    draw_garment(shop / "red-disc.png", "blue", "disc", size=90)
    (shop / "black-square.png").unlink()
    edit_table(
        shop,
        lambda lines: [
            "new.png,sku-new,A new one,disc,green",
            *(
                line.replace("Green square", "Lime square")
                for line in lines
                if "black-sq" not in line
            ),
        ],
    )
    done = update(out, open_catalogue(shop), encoder)
    assert done.difference.added == ["sku-new"]
    assert set(done.difference.changed) == {"sku-0-disc", "sku-1-square"}
    assert done.difference.removed == ["sku-3-square"]
    assert (done.embedded, embedded) == (2, [2])
    assert (done.version.number, done.version.previous) == (2, 1)
    assert_as_built(open_built(out), shop, encoder)


def test_a_price_costs_no_picture_and_links_the_embeddings(
    shop: Path, out: Path, encoder: Encoder, embedded: list[int]
) -> None:
    edit_table(shop, lambda lines: [line.replace("Red disc", "Red disc reduced") for line in lines])
    done = update(out, open_catalogue(shop), encoder)
    assert (done.difference.changed, embedded) == (["sku-0-disc"], [])
    earlier = out.with_name("built.versions") / "00001" / "embeddings.safetensors"
    assert earlier.samefile(out / "embeddings.safetensors")
    row = done.built.row_of("sku-0-disc")
    assert row is not None
    assert done.built.attributes(row)["productDisplayName"] == "Red disc reduced"


def test_what_can_be_made_anew_may_be_missing(shop: Path, out: Path, encoder: Encoder) -> None:
    (out / PLANE).unlink()
    edit_table(shop, lambda lines: [line.replace("Red disc", "Red disc reduced") for line in lines])
    done = update(out, open_catalogue(shop), encoder)
    assert done.difference.changed == ["sku-0-disc"]
    assert (out / PLANE).is_file()


def test_a_picture_that_moves_or_returns_is_not_embedded_again(
    picture_folder: Path, encoder: Encoder, embedded: list[int], tmp_path: Path
) -> None:
    folder = shutil.copytree(picture_folder, tmp_path / "pictures")
    out = tmp_path / "out"
    build(open_catalogue(folder), encoder, out)
    embedded.clear()
    shutil.move(folder / "disc" / "red.png", folder / "moved.png")
    shutil.copy(folder / "square" / "red.png", folder / "twice.png")
    gone = (folder / "square" / "blue.png").read_bytes()
    (folder / "square" / "blue.png").unlink()
    first = update(out, open_catalogue(folder), encoder)
    assert first.difference.added == ["moved.png", "twice.png"]
    (folder / "back.png").write_bytes(gone)
    second = update(out, open_catalogue(folder), encoder)
    assert second.difference.added == ["back.png"]
    assert (embedded, first.embedded, second.embedded) == ([], 0, 0)
    for name in ("moved.png", "twice.png", "back.png"):
        row = second.built.row_of(name)
        assert row is not None
        expected = encoder.encode([folder / name])[0]
        np.testing.assert_allclose(second.built.embeddings[row], expected, rtol=1e-4, atol=1e-5)


def test_a_picture_of_the_same_size_and_time_is_known_by_its_content(
    shop: Path, out: Path, encoder: Encoder
) -> None:
    catalogue = open_catalogue(shop)
    update(out, catalogue, encoder)
    picture = shop / "red-disc.png"
    before = picture.stat()
    changed = bytearray((shop / "blue-disc.png").read_bytes())
    changed += b"\0" * max(0, before.st_size - len(changed))  # behind its end, which nobody reads
    picture.write_bytes(changed)
    os.utime(picture, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert update(out, open_catalogue(shop), encoder).difference.changed == ["sku-0-disc"]


def test_nothing_new_makes_no_version_and_keeps_the_balance(
    shop: Path, out: Path, encoder: Encoder
) -> None:
    os.utime(shop / "red-disc.png")
    (shop / "notes.txt").write_text("no item")
    done = update(out, open_catalogue(shop), encoder)
    assert (bool(done.difference), done.version.number) == (False, 1)
    opened = open_built(out)
    assert opened.manifest.catalogue_fingerprint == open_catalogue(shop).fingerprint
    assert [one.name for one in opened.manifest.left_out] == ["notes.txt"]


def test_a_picture_that_cannot_be_read_is_skipped_until_it_can(
    shop: Path, out: Path, encoder: Encoder, tmp_path: Path
) -> None:
    whole = (shop / "red-disc.png").read_bytes()
    for name in ("red-disc.png", "blue-disc.png"):
        (shop / name).write_bytes(b"no picture")
    done = update(out, open_catalogue(shop), encoder)
    assert done.difference.removed == ["sku-0-disc", "sku-2-disc"]
    assert {item.id for item in done.built.manifest.skipped} == {"sku-0-disc", "sku-2-disc"}
    (shop / "red-disc.png").write_bytes(whole)
    done = update(out, open_catalogue(shop), encoder)
    assert (done.difference.added, done.embedded) == (["sku-0-disc"], 0)
    assert_as_built(done.built, shop, encoder)


def test_items_are_added_replaced_and_taken_out_by_hand(
    out: Path, encoder: Encoder, tmp_path: Path
) -> None:
    more = tmp_path / "more"
    draw_garment(more / "new.png", "green", "disc", size=80)
    draw_garment(more / "other.png", "blue", "square", size=90)
    (more / "metadata.csv").write_text(
        "file_name,id,price\nnew.png,sku-new,10\nother.png,sku-0-disc,12\n", encoding="utf-8"
    )
    done = add(out, open_catalogue(more), encoder)
    assert (done.difference.added, done.difference.changed) == (["sku-new"], ["sku-0-disc"])
    assert done.built.ids[0] == "sku-0-disc"
    assert done.built.attributes(0) == {"price": 12}
    assert done.built.attributes(8) == {"price": 10}
    assert done.built.attributes(1)["articleType"] == "square"
    assert done.built.manifest.source_files == 9
    done = remove(out, ["sku-new", "sku-0-disc", "sku-new"], encoder)
    assert done.difference.removed == ["sku-0-disc", "sku-new"]
    assert len(open_built(out)) == 7
    assert done.built.manifest.source_files == 7


def test_every_row_of_many_files_keeps_its_own_picture(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Smaller constants, so that files are linked, split and joined with few pictures.
    monkeypatch.setattr(sys.modules["pipeline.building.embedding"], "SHARD_ROWS", 12)
    monkeypatch.setattr("pipeline.building.changing.composing.FEWEST_ROWS", 4)
    monkeypatch.setattr("pipeline.building.changing.composing.FILE_ROWS", 10)
    folder = tmp_path / "pictures"
    for number in range(48):
        draw_garment(folder / f"{number:03}.png", "red", "disc", size=16 + 2 * number)
    out = tmp_path / "out"
    build(open_catalogue(folder), encoder, out)
    earlier = {file.stat().st_ino for file in out.glob("items-*")}
    draw_garment(folder / "013-new.png", "green", "disc")
    for number in (*range(25, 35), 47):
        (folder / f"{number:03}.png").unlink()
    done = update(out, open_catalogue(folder), encoder)
    later = {file.stat().st_ino for file in out.glob("items-*")}
    assert len(earlier & later) == 1  # the first; of the third too little was left
    assert_as_built(done.built, folder, encoder)


def test_the_next_version_is_searched_and_judged(
    shop: Path, out: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.building.changing.taking_place.DRIFT", 0.01)
    draw_garment(shop / "red-disc.png", "green", "square", size=100)
    done = update(out, open_catalogue(shop), encoder)
    index = open_index(done.built, Metric.COSINE)
    (rows, _) = index.search(encoder.encode([shop / "red-disc.png"]), 1)
    assert done.built.ids[rows[0, 0]] == "sku-0-disc"
    assert (
        done.built.manifest.closeness
        != open_built(out.with_name("built.versions") / "00001").manifest.closeness
    )


def test_what_was_built_before_there_were_digests_is_embedded_once(
    shop: Path, out: Path, encoder: Encoder, embedded: list[int]
) -> None:
    built = open_built(out)
    files = tuple(file for file in built.manifest.files if file.name != "pictures.safetensors")
    replace(built.manifest, files=files).write(out)
    (out / "pictures.safetensors").unlink()
    first = update(out, open_catalogue(shop), encoder)
    assert (sum(embedded), bool(first.difference)) == (8, False)
    assert update(out, open_catalogue(shop), encoder).embedded == 0


def test_bad_input_is_one_sentence_and_changes_nothing(
    shop: Path, out: Path, encoder: Encoder, picture_folder: Path, tmp_path: Path
) -> None:
    before = open_built(out).manifest
    with pytest.raises(CatalogueError, match="no item 'sku-9', 'sku-8', so nothing was removed"):
        remove(out, ["sku-0-disc", "sku-9", "sku-8"], encoder)
    with pytest.raises(CatalogueError, match="all 8 items"):
        remove(out, before_ids(out), encoder)
    with pytest.raises(CatalogueError, match=r"None of the 8 items of .* say so: update"):
        update(out, open_catalogue(picture_folder), encoder, must_share=True)
    with pytest.raises(ArtifactError, match="lies inside the catalogue"):
        update(shutil.copytree(out, shop / "built"), open_catalogue(shop), encoder)
    shutil.rmtree(shop / "built")
    with pytest.raises(ArtifactError, match="no built catalogue at"):
        update(tmp_path / "nowhere", open_catalogue(shop), encoder)
    for picture in shop.glob("*.png"):
        picture.write_bytes(b"no picture")
    with pytest.raises(CatalogueError, match=r"no readable picture, so .* is as it was; the first"):
        update(out, open_catalogue(shop), encoder)
    with pytest.raises(CatalogueError, match="no readable picture among its 8 items"):
        add(out, open_catalogue(shop), encoder)
    assert open_built(out).manifest == before
    assert Version.read(out).number == 1


def test_a_folder_that_only_the_manifest_names_is_taken_for_the_source_by_its_pictures(
    shop: Path, out: Path, encoder: Encoder, tmp_path: Path
) -> None:
    """A stranger's built catalogue may name private pictures by the names that cameras give."""
    private = shutil.copytree(shop, tmp_path / "private")
    for picture in private.glob("*.png"):
        draw_garment(picture, "black", "disc", size=90)
    with pytest.raises(CatalogueError, match=r"none of the pictures .* say so: update"):
        update(out, open_catalogue(private), encoder, must_share=True)
    assert Version.read(out).number == 1
    draw_garment(shop / "red-disc.png", "black", "disc")
    assert update(out, open_catalogue(shop), encoder, must_share=True).difference


def before_ids(out: Path) -> list[str]:
    return list(open_built(out).ids)
