"""A catalogue in Milvus: built into it, changed in it, and searched as if it were here."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue, Manifest, open_built
from pipeline.building import add, build, remove, update
from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, DatabaseError, QueryError
from pipeline.index import Database, Metric, load, new_collection, open_held
from pipeline.index.engines.milvus.loading import Load
from pipeline.index.engines.reference import ReferenceIndex
from pipeline.recommender import Recommender, load_catalogue
from pipeline.settings import Settings
from tests.commands.test_command_line import run
from tests.conftest import draw_garment
from tests.support.milvus import NEEDS_LITE, count_in, in_milvus, lite, lite_address, names_in

pytestmark = NEEDS_LITE

HOSTILE = (
    'a "quote"',
    "a 'quote'",
    "back\\slash",
    '" or 1==1',
    '"] or key >= 0 or key in ["',
    "' || true || '",
    "key",
    "{key}",
    "%s",
    "ключ 鍵 🗝",
    "x" * 70_000,
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose items have the worst of ids and values."""
    folder = tmp_path_factory.mktemp("hostile") / "shop"
    items = []
    for number, value in enumerate(HOSTILE):
        colour, shape = ("red", "green", "blue")[number % 3], ("disc", "square")[number % 2]
        draw_garment(folder / f"{number}.png", colour, shape, 40 + number)
        items.append({"file_name": f"{number}.png", "id": f"{value[:300]}", "kind": value})
    lines = "\n".join(json.dumps(item) for item in items)
    (folder / "metadata.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def built_once(shop: Path, encoder: Encoder) -> BuiltCatalogue:
    return build(open_catalogue(shop), encoder, shop.with_name("built"), database=lite())


@pytest.fixture
def source(shop: Path, tmp_path: Path) -> Path:
    """A copy of that shop, to be changed."""
    return shutil.copytree(shop, tmp_path / "shop")


@pytest.fixture
def held(built_once: BuiltCatalogue, tmp_path: Path) -> BuiltCatalogue:
    """That shop, built and loaded, to be changed."""
    folder = shutil.copytree(built_once.folder, tmp_path / "built")
    replace(built_once.manifest, collection=new_collection()).write(folder)
    return load_catalogue(Settings(artifacts=folder, address=lite_address()))


def test_no_value_says_anything_but_itself_to_the_database(
    built_once: BuiltCatalogue, encoder: Encoder
) -> None:
    held, database = built_once, lite()
    here, there = Recommender(encoder, held), Recommender(encoder, held, database=database)
    photo = held.thumbnail(0)
    for metric in Metric:
        assert there.recommend(photo, metric, k=11) == here.recommend(photo, metric, k=11)
    for row, value in enumerate(HOSTILE):
        (match,) = there.recommend(photo, where={"kind": value})
        assert match.id == held.ids[row]
        left = there.recommend(photo, k=11, leave_out=held.ids[row])
        assert sorted(m.id for m in left) == sorted(i for i in held.ids if i != held.ids[row])
        with pytest.raises(QueryError, match="No item has"):
            there.recommend(photo, where={"kind": value + "?"})


def test_a_catalogue_lives_in_the_database_as_it_does_here(
    held: BuiltCatalogue, source: Path, encoder: Encoder
) -> None:
    """Each version is found as it is; of those before, only the last is kept."""
    first, database = held, lite()
    served = Recommender(encoder, first, database=database)
    photo = first.thumbnail(0)
    before = served.recommend(photo, k=11)

    draw_garment(source / "new.png", "black", "disc")
    added = add(first.folder, one_of(source, "new.png"), encoder, database=database).built
    here, there = Recommender(encoder, added), Recommender(encoder, added, database=database)
    for metric in Metric:
        assert there.recommend(photo, metric, k=12) == here.recommend(photo, metric, k=12)
    collections, aliases = names_in(database, added)
    assert len(collections) == 2
    assert len(aliases) == 4
    assert count_in(database, collections[0]) == 12
    # A page that has the version before open still finds it, and nothing else.
    assert served.recommend(photo, k=11) == before

    gone = remove(first.folder, [first.ids[3], first.ids[4]], encoder, database=database).built
    there = Recommender(encoder, gone, database=database)
    assert there.recommend(photo, k=10) == Recommender(encoder, gone).recommend(photo, k=10)
    assert count_in(database, collections[0]) == 12  # the last version is searched still
    gone = remove(first.folder, [first.ids[5]], encoder, database=database).built
    assert count_in(database, collections[0]) == 10
    assert len(names_in(database, gone)[1]) == 4
    with pytest.raises(DatabaseError, match="holds this version of the catalogue no longer"):
        served.recommend(photo)


def test_what_the_database_holds_of_another_is_refused_in_a_sentence(
    held: BuiltCatalogue, source: Path, encoder: Encoder, tmp_path: Path
) -> None:
    older = shutil.copytree(held.folder, tmp_path / "older")
    draw_garment(source / "0.png", "black", "square")
    update(held.folder, open_catalogue(source), encoder, database=lite())
    update(held.folder, open_catalogue(source), encoder, database=lite())
    draw_garment(source / "0.png", "red", "square")
    update(held.folder, open_catalogue(source), encoder, database=lite())
    with pytest.raises(ArtifactError, match=r"another version of it\. Load it: .* load .*older"):
        Recommender(encoder, open_built(older), database=lite())

    other = replace(held.manifest.encoder, weights_sha256="0" * 64)
    made = replace(Manifest.read(older), encoder=other)
    with pytest.raises(ArtifactError, match="what another encoder has made of it"):
        open_held(BuiltCatalogue(older, made), lite())
    stranger = replace(Manifest.read(older), collection="lookalike_stranger")
    with pytest.raises(ArtifactError, match="nothing of it"):
        open_held(BuiltCatalogue(older, stranger), lite())
    with pytest.raises(ArtifactError, match="nothing of it"):
        open_held(BuiltCatalogue(older, replace(stranger, collection=None)), lite())


def test_a_load_that_was_killed_goes_on_and_is_seen_by_nobody_before_its_end(
    built_once: BuiltCatalogue, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    sent: list[int] = []
    sending, most = Load._send, [3]

    def send(self: Load, rows: np.ndarray) -> None:
        if len(sent) == most[0]:
            raise KilledError
        sending(self, rows)
        sent.extend(rows.tolist())

    fresh = replace(built_once.manifest, collection=new_collection())
    built = BuiltCatalogue(built_once.folder, fresh)
    monkeypatch.setattr("pipeline.index.engines.milvus.loading.BATCH_BYTES", 1)
    monkeypatch.setattr(Load, "_send", send)
    with pytest.raises(KilledError):
        load(built, lite())
    with pytest.raises(ArtifactError, match="another version of it"):
        Recommender(encoder, built, database=lite())
    assert sent == [0, 1, 2]
    most[0] = -1
    load(built, lite())
    assert sent == [*range(11), *range(11)]  # by one metric, then by the other
    photo = built.thumbnail(1)
    found = Recommender(encoder, built, database=lite()).recommend(photo, k=11)
    assert found == Recommender(encoder, built).recommend(photo, k=11)


def test_more_than_a_filter_names_are_left_out_of_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = np.abs(np.random.default_rng(3).normal(size=(300, 16))).astype(np.float32)
    monkeypatch.setattr("pipeline.index.engines.milvus.searching.MOST_NAMED", 10)
    for metric in Metric:
        index, truth = in_milvus(rows, metric), ReferenceIndex(rows, metric)
        for allowed in (np.arange(300) % 3 == 0, np.arange(300) < 40):
            np.testing.assert_array_equal(
                index.search(rows[:4], 9, allowed)[0], truth.search(rows[:4], 9, allowed)[0]
            )


def test_thousands_that_tie_come_in_the_order_of_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = np.tile(np.eye(4, dtype=np.float32), (100, 1))
    monkeypatch.setattr("pipeline.index.engines.milvus.searching.MOST", 60)
    found, _ = in_milvus(rows, Metric.COSINE).search(rows[1:2], 3)
    assert found.tolist() == [[1, 5, 9]]


def test_the_command_line_builds_loads_and_asks(
    shop_folder: Path,
    encoder_folder: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    out, photo = tmp_path / "built", shop_folder / "red-disc.png"
    named = ("--encoder", encoder_folder)
    at = ("--address", lite_address())
    made = run("build", shop_folder, "--out", out, *named, "--engine", "milvus", *at, "--json")
    assert made.returncode == 0, made.stderr
    asked = ("recommend", photo, "--artifacts", out, *named, "--json")
    here, there = run(*asked), run(*asked, *at)
    assert json.loads(there.stdout) == json.loads(here.stdout)
    run("remove", out, "sku-0-disc", *named)
    assert f"does not hold this version yet: python -m pipeline load {out} --add" in caplog.text
    assert "Traceback" not in caplog.text
    refused = run(*asked, *at)
    assert refused.returncode == 1
    assert "another version of it" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert "holds the 7 items" in run("load", out, *at).stdout
    assert json.loads(run(*asked, *at).stdout) == json.loads(run(*asked).stdout)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("localhost:19530", "'localhost:19530' is no address of a Milvus"),
        ("http://", "is no address"),
        ("http://host:port", "is no address"),
        ("ftp://user:secret@host/x", "What is named is no address"),
        ("/nowhere/at/all.db", "There is no folder '/nowhere/at'"),
        ("http://user:secret@127.0.0.1:9", "at http://127.0.0.1:9 does not answer. Start it"),
    ],
)
def test_an_address_that_is_none_is_told_in_a_sentence(address: str, says: str) -> None:
    with pytest.raises(DatabaseError) as told:
        Database(address).reach()
    assert says in str(told.value).replace("\\", "/")
    assert "secret" not in str(told.value)


def test_a_flag_that_lacks_the_other_is_told_in_a_sentence(shop_folder: Path) -> None:
    lacking = run("build", shop_folder, "--out", "unused", "--engine", "milvus")
    assert "Say where the Milvus is: --address" in lacking.stderr
    lacking = run("recommend", shop_folder / "red-disc.png", "--address", lite_address())
    assert "name the one to search, with --artifacts" in lacking.stderr


def test_without_the_extra_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DatabaseError, match=r'pip install -r ".*requirements-scale\.txt"$'):
        Database("http://127.0.0.1:19530")


def one_of(source: Path, name: str) -> Catalogue:
    """A catalogue of one picture."""
    folder = source.with_name("more")
    folder.mkdir()
    shutil.copy(source / name, folder / name)
    return open_catalogue(folder)
