"""A built catalogue goes to a bucket whole, and comes from it checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import EMBEDDINGS, MANIFEST, BuiltCatalogue, Manifest
from pipeline.cli import main
from pipeline.errors import ArtifactError, StoreError
from pipeline.publishing.stored import POINTER, get_built, put_built
from pipeline.recommender import open_recommender
from pipeline.recommender.living.reopening import reopen, stamp
from pipeline.settings import Settings
from tests.store.test_reading import upload
from tests.support.bucket_server import Bucket

ADDRESS = "s3://bucket/built/shop"


def stored(bucket: Bucket) -> list[str]:
    return [key.removeprefix("built/shop/") for key in bucket.objects if key.startswith("built/")]


def test_a_catalogue_is_built_from_a_bucket_into_a_bucket_and_served_from_there(
    bucket: Bucket,
    shop_folder: Path,
    encoder_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = upload(bucket, shop_folder, "photos")
    call = ["build", source, "--out", ADDRESS, "--encoder", str(encoder_folder)]
    main([*call, "--precision", "fp32"])
    assert f"8 items in {ADDRESS}" in capsys.readouterr().out
    assert stored(bucket)[-1] == POINTER
    assert len({key.partition("/")[0] for key in stored(bucket)}) == 2

    monkeypatch.setenv("LOOKALIKE_HOME", str(tmp_path / "another"))
    settings = Settings.read(artifacts=ADDRESS)
    recommender = open_recommender(settings)
    assert recommender.recommend(shop_folder / "red-disc.png")[0].id == "sku-0-disc"
    assert recommender.built.manifest.catalogue == source
    assert recommender.built.folder.is_relative_to(tmp_path / "another")
    asked = len(bucket.fetched())
    open_recommender(settings)
    assert len(bucket.fetched()) == asked + 1  # the pointer alone

    # What takes its place is taken over, and only then.
    before = stamp(recommender, settings)
    assert reopen(recommender, settings) is None
    table = bucket.objects["photos/metadata.csv"].splitlines(keepends=True)
    bucket.objects["photos/metadata.csv"] = b"".join(table[:-1])
    monkeypatch.setenv("LOOKALIKE_HOME", str(tmp_path / "home"))
    main([*call, "--precision", "fp32"])
    assert stamp(recommender, settings) != before
    later = reopen(recommender, settings)
    assert later is not None
    assert len(later.built) == 7


def test_an_interrupted_write_leaves_what_was_there_and_is_gone_on_from(
    bucket: Bucket, built: BuiltCatalogue, tmp_path: Path
) -> None:
    put_built(built, ADDRESS)
    other = replace(built.manifest, catalogue="another")
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in built.folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    other.write(copy)
    bucket.writes_left = 2
    with pytest.raises(StoreError, match="cannot be used"):
        put_built(BuiltCatalogue(copy, other), ADDRESS)
    assert get_built(ADDRESS, tmp_path / "home").manifest == built.manifest
    bucket.writes_left = None
    written = len([key for method, key in bucket.asked if method == "POST"])
    put_built(BuiltCatalogue(copy, other), ADDRESS)
    assert get_built(ADDRESS, tmp_path / "home").manifest == other
    sent = len([key for method, key in bucket.asked if method == "POST"]) - written
    assert sent < written


def edit(change: Callable[[dict], object]) -> Callable[[Bucket, str], None]:
    """A manifest that a stranger wrote, whose checksum the pointer has."""

    def apply(bucket: Bucket, folder: str) -> None:
        import hashlib

        fields = json.loads(bucket.objects[f"{folder}/{MANIFEST}"])
        change(fields)
        data = json.dumps(fields).encode()
        digest = hashlib.sha256(data).hexdigest()
        for key in [key for key in bucket.objects if key.startswith(folder)]:
            name = key.rpartition("/")[2]
            bucket.objects[f"built/shop/{digest[:32]}/{name}"] = bucket.objects[key]
        bucket.objects[f"built/shop/{digest[:32]}/{MANIFEST}"] = data
        pointer = {"format": 1, "manifest_sha256": digest}
        bucket.objects[f"built/shop/{POINTER}"] = json.dumps(pointer).encode()

    return apply


def flip(bucket: Bucket, folder: str, name: str = EMBEDDINGS) -> None:
    data = bytearray(bucket.objects[f"{folder}/{name}"])
    data[len(data) // 2] ^= 1
    bucket.objects[f"{folder}/{name}"] = bytes(data)


def point(data: bytes) -> Callable[[Bucket, str], None]:
    return lambda bucket, folder: bucket.objects.update({f"built/shop/{POINTER}": data})


DAMAGES: dict[str, tuple[Callable[[Bucket, str], object], str]] = {
    "a flipped byte": (flip, "embeddings.safetensors is not the file"),
    "a flipped byte of the manifest": (
        lambda bucket, folder: flip(bucket, folder, MANIFEST),
        "another checksum",
    ),
    "a longer file": (
        lambda b, f: b.objects.update({f"{f}/{EMBEDDINGS}": b.objects[f"{f}/{EMBEDDINGS}"] + b"x"}),
        "bytes, not the",
    ),
    "a missing file": (lambda b, f: b.objects.pop(f"{f}/{EMBEDDINGS}"), "There is no"),
    "a missing manifest": (lambda b, f: b.objects.pop(f"{f}/{MANIFEST}"), "not there any longer"),
    "no pointer": (lambda b, f: b.objects.pop(f"built/shop/{POINTER}"), "no built catalogue at"),
    "a pointer of nothing": (point(b""), "is damaged"),
    "a pointer of another kind": (point(b"[]"), "is damaged"),
    "a pointer elsewhere": (
        point(b'{"format": 1, "manifest_sha256": "../../../other"}'),
        "is damaged",
    ),
    "a pointer of a number": (point(b'{"format": 1, "manifest_sha256": 7}'), "is damaged"),
    "a huge pointer": (point(b'{"format": 1, "x": "' + b"x" * 5000 + b'"}'), "is damaged"),
    "a file outside": (edit(lambda f: f["files"][0].update(name="../../x")), "is damaged"),
    "a file too many": (
        edit(lambda f: f["files"].append({"name": "a.exe", "bytes": 1, "sha256": "0" * 64})),
        "is damaged",
    ),
    "a count that is not there": (edit(lambda f: f.update(count=10**7)), "is damaged"),
    "another format": (edit(lambda f: f.update(format_version=9)), "format version 9"),
    "an item more": (edit(lambda f: f.update(count=f["count"] + 1)), "damaged|its embeddings"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_what_is_damaged_or_hostile_is_refused_in_one_sentence_and_not_kept(
    bucket: Bucket, built: BuiltCatalogue, tmp_path: Path, kind: str
) -> None:
    put_built(built, ADDRESS)
    folder = next(key.rpartition("/")[0] for key in bucket.objects if key.endswith(MANIFEST))
    damage, sentence = DAMAGES[kind]
    damage(bucket, folder)
    with pytest.raises((ArtifactError, StoreError), match=sentence) as caught:
        get_built(ADDRESS, tmp_path / "home")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob(MANIFEST))
    assert not list(tmp_path.rglob("x"))


def test_a_damaged_copy_is_copied_again(
    bucket: Bucket, built: BuiltCatalogue, tmp_path: Path
) -> None:
    put_built(built, ADDRESS)
    first = get_built(ADDRESS, tmp_path)
    place = first.folder
    del first
    (place / EMBEDDINGS).write_bytes(b"")
    assert get_built(ADDRESS, tmp_path).ids == built.ids
    assert Manifest.read(place) == built.manifest


def test_what_could_not_be_sent_is_not_embedded_again(
    bucket: Bucket, shop_folder: Path, encoder_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(bucket, shop_folder, "photos")
    call = ["build", "s3://bucket/photos", "--encoder", str(encoder_folder), "--out"]
    assert main([*call, "s3://elsewhere/shop"]) == 1
    told = capsys.readouterr().err
    assert "There is no bucket 'elsewhere'" in told
    assert "Embedding" not in told
    bucket.writes_left = 0
    assert main([*call, ADDRESS]) == 1
    assert "Embedding" in capsys.readouterr().err
    assert not stored(bucket)
    bucket.writes_left = None
    assert main([*call, ADDRESS]) == 0
    assert "Embedding" not in capsys.readouterr().err
    assert stored(bucket)[-1] == POINTER
