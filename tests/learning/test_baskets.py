"""Which kinds go together, as the baskets of a log tell: counted, kept, published and checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pipeline.artifacts import BuiltCatalogue, FileRecord, Manifest, open_built
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.learning.outfits import Baskets, tabulate
from pipeline.publishing.layout import restore, write_published
from pipeline.recommender import Recommender
from tests.learning.test_learning import learn_in_copy

FILE = "learnt.safetensors"
DISC, SQUARE = "sku-0-disc", "sku-3-square"


def write_baskets(path: Path, has_times: bool = True) -> Path:
    """Ten people who choose a disc and a square on one day, and another disc on the next."""
    lines = ["user,item,time" if has_times else "user,item,position"]
    for person in range(10):
        for number, (item, hour) in enumerate(((DISC, 1), (SQUARE, 23), ("sku-1-disc", 25))):
            when = f"2024-03-{1 + hour // 24:02d}T{hour % 24:02d}:00:00Z" if has_times else number
            lines.append(f"p{person},{item},{when}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def learnt(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learn_in_copy(built, tmp_path_factory.mktemp("baskets"), write_baskets)


def test_kinds_that_are_no_known_garment_go_together_too(learnt: Path, encoder: Encoder) -> None:
    recommender = Recommender(encoder, open_built(learnt))
    # Nobody chose this disc, but others on one day with a square.
    answer = recommender.complete_the_look("sku-3-disc")
    assert [match.attributes["articleType"] for match in answer.matches] == ["square"]
    reason = answer.records()[0]["reason"]
    assert reason.startswith("goes with ")
    assert reason.endswith(", learnt from baskets")
    assert answer.matches[0].score == pytest.approx(1, abs=0.01)
    assert not answer.notes
    # Whom people chose with it, comes before others of its kind.
    assert [match.id for match in recommender.complete_the_look(DISC).matches] == [SQUARE]
    assert "chose it too" in recommender.complete_the_look(DISC).records()[0]["reason"]


def test_a_day_is_a_basket_and_an_order_has_none(
    learnt: Path, built: BuiltCatalogue, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = Manifest.read(learnt).learnt
    assert record is not None
    assert record.baskets == 10, "the second day of each has one kind alone"
    place = shutil.copytree(built.folder, tmp_path / "shop")
    events = write_baskets(tmp_path / "order.csv", has_times=False)
    assert main(["learn", str(events), "--artifacts", str(place)]) == 0
    assert "baskets" not in capsys.readouterr().out
    assert "together" not in load_file(place / FILE)


def publish(place: Path, folder: Path) -> None:
    opened = open_built(place)
    write_published(opened, folder, opened.manifest, with_pictures=True, with_learnt=True)


def test_it_is_published_with_the_kinds_that_are_left(
    learnt: Path, encoder: Encoder, tmp_path: Path, encoder_folder: Path
) -> None:
    publish(learnt, tmp_path / "out")
    pulled = Recommender(encoder, restore(tmp_path / "out", "me/shop", tmp_path / "pulled"))
    assert len(pulled.complete_the_look("sku-3-disc").matches) == 1
    place = shutil.copytree(learnt, tmp_path / "shop")
    squares = [item for item in open_built(place).ids if item.endswith("square")]
    assert main(["remove", str(place), *squares, "--encoder", str(encoder_folder)]) == 0
    publish(place, tmp_path / "fewer")
    assert b"square" in (place / FILE).read_bytes()
    assert b"square" not in (tmp_path / "fewer" / "data" / FILE).read_bytes()


def contradict(tensors: dict[str, np.ndarray]) -> None:
    tensors["together"][0, 1] = 9


def count_more(tensors: dict[str, np.ndarray]) -> None:
    tensors["together"][:] = 2**31 - 1


def count_none(tensors: dict[str, np.ndarray]) -> None:
    tensors["together"][0, 0] = 0


def name_twice(tensors: dict[str, np.ndarray]) -> None:
    tensors["kinds"] = np.frombuffer(b"disc\ndisc", dtype=np.uint8)


def name_no_text(tensors: dict[str, np.ndarray]) -> None:
    tensors["kinds"][0] = 255


def reshape(tensors: dict[str, np.ndarray]) -> None:
    tensors["together"] = tensors["together"][:3]


def add_pieces(tensors: dict[str, np.ndarray]) -> None:
    pieces = [f"piece {number}" for number in range(20)]
    tensors["pieces"] = np.frombuffer("\n".join(pieces).encode(), dtype=np.uint8)
    tensors["together"] = np.full((22, 22), 10, dtype=np.int32)


def leave_out(tensors: dict[str, np.ndarray]) -> None:
    del tensors["together"]


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (contradict, "its table of kinds contradicts itself"),
        (count_more, "its table of kinds counts more baskets than there are"),
        (count_none, "its table of kinds counts more baskets than there are, or none"),
        (name_twice, "its table of kinds names one twice"),
        (name_no_text, "is of no use"),
        (reshape, "its table of kinds is of another shape"),
        (add_pieces, "its table of kinds is of another shape|longer than that of"),
        (leave_out, "it holds other tensors"),
        (0, "it holds other tensors"),
        (10**8, "counts more baskets than its events can fill"),
        (-1, "learnt.baskets: Input should be greater than or equal to 0"),
    ],
)
def test_what_is_hostile_is_refused_when_opened_and_when_pulled(
    edit: Callable[[dict[str, np.ndarray]], object] | int,
    sentence: str,
    learnt: Path,
    encoder: Encoder,
    tmp_path: Path,
) -> None:
    place, out = shutil.copytree(learnt, tmp_path / "shop"), tmp_path / "out"
    publish(learnt, out)
    for folder, file in ((place, place / FILE), (out, out / "data" / FILE)):
        manifest = Manifest.read(folder)
        assert manifest.learnt is not None
        if isinstance(edit, int):
            replace(manifest, learnt=replace(manifest.learnt, baskets=edit)).write(folder)
            continue
        tensors = {name: part.copy() for name, part in load_file(file).items()}
        edit(tensors)
        file.unlink()
        save_file(tensors, file)
        record = replace(manifest.learnt, file=FileRecord.of(file))
        replace(manifest, learnt=record).write(folder)
    with pytest.raises(ArtifactError, match=sentence):
        Recommender(encoder, open_built(place))
    with pytest.raises(ArtifactError, match=sentence):
        restore(out, "they/shop", tmp_path / "pulled")
    assert not (tmp_path / "pulled").exists()


def test_what_is_in_every_basket_does_not_go_best_with_anything() -> None:
    names = ["jeans", "belts", "socks", "shirts", "ties"]
    held = [[0, 1, 2]] * 90 + [[0, 2]] * 10 + [[3, 4, 2]] * 100 + [[0, 3]] * 4
    basket = np.repeat(np.arange(len(held)), [len(kinds) for kinds in held])
    baskets = tabulate(basket, np.concatenate(held), names)
    assert baskets is not None
    assert baskets.count == 204
    found = dict(baskets.pieces_with(["jeans"]))
    assert next(iter(found)) == "belt", "socks are in more baskets, but with everything"
    assert "top" not in found, "four baskets are too few to tell"
    assert found["belt"] == pytest.approx((90 + 10 * 90 / 204) / (104 + 10))
    assert baskets.kinds_with("ties").keys() >= {"shirts", "socks"}
    assert baskets.pieces_with(["never seen"]) == []
    again = Baskets.read(baskets.tensors(), baskets.count)
    assert again.pieces_with(["jeans"]) == baskets.pieces_with(["jeans"])
