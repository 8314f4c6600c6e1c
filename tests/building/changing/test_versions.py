"""The last versions are kept at no cost, and taken back whole."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import Version, open_built, roll_back, settled, versions_of
from pipeline.building import build, remove, update
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError


def numbers(folder: Path) -> list[int]:
    return [version.number for version in versions_of(folder)]


def test_a_catalogue_that_never_changed_is_its_own_first_version(out: Path) -> None:
    (version,) = versions_of(out)
    assert (version.number, version.items, version.previous) == (1, 8, None)
    assert settled(out) == out
    assert not out.with_name("built.versions").exists()


def test_the_last_five_are_kept_and_any_of_them_comes_back(
    shop: Path, out: Path, encoder: Encoder
) -> None:
    ids = open_built(out).ids
    for item_id in ids[:6]:
        remove(out, [item_id], encoder)
    assert numbers(out) == [3, 4, 5, 6, 7]
    assert [version.items for version in versions_of(out)] == [6, 5, 4, 3, 2]
    assert roll_back(out).number == 6
    assert open_built(out).ids == ids[5:]
    assert roll_back(out, 3).number == 3
    assert (open_built(out).ids, numbers(out)) == (ids[2:], [3, 4, 5, 6, 7])
    done = remove(out, ids[7:], encoder)
    assert (done.version.number, done.version.previous) == (8, 3)
    # What an older one was changed from is kept before those that it was rolled back from.
    assert numbers(out) == [3, 5, 6, 7, 8]
    assert roll_back(out).number == 3
    assert open_built(out).ids == ids[2:]
    assert roll_back(out, 7).number == 7
    # An item that returns in a later version than those that had it is embedded again.
    assert update(out, open_catalogue(shop), encoder).embedded == 2


def test_what_does_not_change_takes_no_space(out: Path, encoder: Encoder, shop: Path) -> None:
    before = {file.name: file.stat().st_ino for file in out.iterdir()}
    table = shop / "metadata.csv"
    table.write_text(table.read_text().replace("Red disc", "Red disc reduced"))
    update(out, open_catalogue(shop), encoder)
    linked = {f.name for f in out.iterdir() if before.get(f.name) == f.stat().st_ino}
    assert "embeddings.safetensors" in linked
    assert "manifest.json" not in linked
    assert settled(out).name == "00002"


def test_without_hard_links_versions_are_copies(
    out: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    # In place of a file system that has none, as on a memory card.
    monkeypatch.setattr(os, "link", refuse)
    ids = open_built(out).ids
    remove(out, ids[:1], encoder)
    assert (out / "embeddings.safetensors").stat().st_nlink == 1
    roll_back(out)
    assert open_built(out).ids == ids


def test_what_is_learnt_beside_a_version_is_kept_with_it(
    out: Path, encoder: Encoder, tmp_path: Path
) -> None:
    ids = open_built(out).ids
    remove(out, ids[:1], encoder)
    for text in ("first", "more of it"):
        part = tmp_path / "part"
        part.write_text(text)
        part.replace(out / "beside.json")
        replace(open_built(out).manifest, notes=(text,)).write(out)
        assert settled(out) == out
        remove(out, open_built(out).ids[:1], encoder)
        roll_back(out)
        assert (out / "beside.json").read_text() == text
        assert open_built(out).manifest.notes == (text,)
        assert settled(out) != out


def test_a_build_over_a_catalogue_that_lives_is_its_next_version(
    out: Path, encoder: Encoder, picture_folder: Path
) -> None:
    remove(out, open_built(out).ids[:1], encoder)
    build(open_catalogue(picture_folder), encoder, out)
    assert numbers(out) == [1, 2, 3]
    names = {file.name for file in settled(out).iterdir()}
    assert settled(out).name == "00003"
    assert not [name for name in names if name.startswith(("shard", "plan.", "embeddings-"))]
    roll_back(out)
    assert len(open_built(out)) == 7


def test_what_somebody_puts_in_its_place_is_a_version_of_its_own(
    out: Path, encoder: Encoder, tmp_path: Path
) -> None:
    copy = shutil.copytree(out, tmp_path / "copy")
    ids = open_built(out).ids
    remove(out, ids[:1], encoder)
    shutil.rmtree(out)
    edited = open_built(copy)
    remove(copy, ids[4:], encoder)
    shutil.copytree(copy, out)  # of the number 2 too, but another
    assert edited.ids == ids
    remove(out, ids[:1], encoder)
    assert open_built(out).ids == ids[1:4]
    roll_back(out)
    assert open_built(out).ids == ids[:4]
    roll_back(out, 2)
    assert open_built(out).ids == ids[1:]


@pytest.mark.parametrize("number", [9, 0, None])
def test_a_version_that_is_not_kept_is_one_sentence(out: Path, number: int | None) -> None:
    with pytest.raises(ArtifactError, match=r"is kept. There are: 1\. Name one of them\."):
        roll_back(out, number)


def test_a_damaged_version_does_not_come_back(out: Path, encoder: Encoder) -> None:
    remove(out, open_built(out).ids[:1], encoder)
    (out.with_name("built.versions") / "00001" / "items-00000.parquet").write_bytes(b"PAR1")
    with pytest.raises(ArtifactError, match="damaged"):
        roll_back(out)
    assert len(open_built(out)) == 7


@pytest.mark.parametrize("text", ["", "[]", '{"number": 10000000000}', '{"number": "2"}'])
def test_a_strangers_version_is_not_believed(out: Path, text: str) -> None:
    (out / "version.json").write_text(text)
    assert Version.read(out).number == 1


def test_the_commands_tell_what_they_did(
    shop: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(*arguments: object) -> str:
        capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == 0
        return capsys.readouterr().out

    (shop / "red-disc.png").unlink()
    told = json.loads(run("update", out, shop))
    assert (told["version"], told["items"], told["removed"]) == (2, 7, ["sku-0-disc"])
    assert told["embedded"] == 0
    # It is known where the items were read, from whichever folder.
    monkeypatch.chdir(out.parent)
    assert json.loads(run("update", "built"))["version"] == 2
    assert json.loads(run("remove", out, "sku-1-disc", "sku-1-square"))["items"] == 5
    kept = json.loads(run("versions", out))
    assert [(one["number"], one["items"], one["current"]) for one in kept] == [
        (1, 8, False),
        (2, 7, False),
        (3, 5, True),
    ]
    assert json.loads(run("rollback", out))["number"] == 2
    assert main(["versions", str(out)]) == 0
    assert "*     2" in capsys.readouterr().out
    assert main(["rollback", str(out), "0"]) == 1
    assert main(["rollback", str(out), "9"]) == 1
    assert "There are: 1, 2, 3" in capsys.readouterr().err
    assert main(["add", str(out), str(shop / "nowhere")]) == 1
    assert "no catalogue at" in capsys.readouterr().err
    shutil.rmtree(shop)
    assert main(["update", str(out)]) == 1
    assert "which is not here. Name the source" in capsys.readouterr().err
