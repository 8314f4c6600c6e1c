"""Fixtures: a tiny encoder, small catalogues of drawn pictures, and the shared photos."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# Set before anything imports the hub's libraries: no test reaches the network.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
# The reference, which needs no compiling; tests of the other precisions name theirs. Set here and
# not in a fixture, so that servers that outlive one test have it too.
os.environ["LOOKALIKE_PRECISION"] = "fp32"
# Workers and servers share the cores: threads of one would wait, and turn, for those of the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# None of their catalogues stays in the cache of the person who runs them.
os.environ["HF_DATASETS_CACHE"] = tempfile.mkdtemp(prefix="lookalike-tests-")

import torch
from hypothesis import HealthCheck, settings
from PIL import Image, ImageDraw
from transformers import ResNetConfig, ResNetModel

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder, load_encoder
from pipeline.training.run import save_encoder
from tests.support import fuzzing
from tests.support.hub_server import LocalHub
from tests.support.publishing import Machine

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
# The same examples every time, so that what fails is what has changed; how long one takes depends
# on the machine. `--hypothesis-profile=search` looks for new ones.
settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", settings.get_profile("same"), derandomize=False, max_examples=2000
)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, metavar="N", help="think of N new inputs for each law")
    parser.addoption("--operations", type=int, metavar="N", help="try N new operations at random")
    parser.addoption("--seed", type=int, metavar="S", help="try those of a seed that was printed")
    parser.addoption("--ray", action="store_true", help="try a cluster of two workers too")
    parser.addoption("--milvus", action="store_true", help="try a real Milvus too")


def pytest_configure(config: pytest.Config) -> None:
    if (number := config.getoption("--fuzz")) is not None:
        fuzzing.begin(number)


COLOURS = {"red": "#c22", "green": "#2a2", "blue": "#24c", "black": "#111"}
atexit.register(shutil.rmtree, os.environ["HF_DATASETS_CACHE"], ignore_errors=True)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings or the built catalogues of the person who runs it."""
    for name in ("CATALOGUE", "ENCODER", "ARTIFACTS"):
        monkeypatch.delenv(f"LOOKALIKE_{name}", raising=False)
    monkeypatch.setenv("LOOKALIKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def products() -> str:
    """The folder of real product photos."""
    return _shared("fashion-product-images-small")


@pytest.fixture(scope="session")
def clothing_photos() -> str:
    """The folder of photos that people took at home."""
    return _shared("clothing-photos")


@pytest.fixture(scope="session")
def fashion_mnist() -> str:
    return _shared("fashion-mnist")


def _shared(name: str) -> str:
    folder = SHARED_DATA / name
    if not folder.is_dir():
        pytest.skip(f"the shared photos are not here ({folder})")
    return str(folder)


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet small enough to make here, in the hub's format, with fixed random weights."""
    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1])
    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    save_encoder(ResNetModel(config), 48, folder)
    return folder


@pytest.fixture(scope="session")
def encoder(encoder_folder: Path) -> Encoder:
    return load_encoder(encoder_folder, precision="fp32")


@pytest.fixture(scope="session")
def starter_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the starter catalogue is built once for all the tests that load it."""
    return tmp_path_factory.mktemp("home")


def draw_garment(path: Path, colour: str, shape: str, size: int = 64) -> None:
    """A square or a disc on white: different enough for random weights to tell apart."""
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    box = (size // 6, size // 6, size - size // 6, size - size // 6)
    (draw.ellipse if shape == "disc" else draw.rectangle)(box, fill=COLOURS[colour])
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures in two subfolders, with no metadata."""
    folder = tmp_path_factory.mktemp("pictures")
    for colour in COLOURS:
        for shape in ("disc", "square"):
            draw_garment(folder / shape / f"{colour}.png", colour, shape)
    return folder


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures with a metadata.csv, as a shop would bring them."""
    folder = tmp_path_factory.mktemp("shop")
    lines = ["file_name,id,productDisplayName,articleType,baseColour"]
    for number, colour in enumerate(COLOURS):
        for shape in ("disc", "square"):
            name = f"{colour}-{shape}.png"
            draw_garment(folder / name, colour, shape)
            lines.append(f"{name},sku-{number}-{shape},{colour.title()} {shape},{shape},{colour}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built(
    shop_folder: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> BuiltCatalogue:
    return build(open_catalogue(shop_folder), encoder, tmp_path_factory.mktemp("built") / "shop")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    with LocalHub(tmp_path_factory.mktemp("stored")).serving() as running:
        yield running


@pytest.fixture(scope="module")
def shop(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The machine that publishes."""
    return Machine(hub, tmp_path_factory.mktemp("shop"))


@pytest.fixture
def make_picture(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str = "photo.png", colour: str = "red", shape: str = "disc") -> Path:
        path = tmp_path / name
        draw_garment(path, colour, shape)
        return path

    return make
