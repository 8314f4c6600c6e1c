"""Every runtime and precision embeds as the reference does, or falls back and says so."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from transformers import AutoImageProcessor

from pipeline.building import build
from pipeline.catalogue import Catalogue, open_catalogue, open_picture
from pipeline.encoder import STARTER_ENCODER, load_encoder
from pipeline.encoder.runtimes.runtime import Precision
from pipeline.encoder.runtimes.torch_runtime import computes_bf16
from pipeline.errors import EncoderError
from pipeline.recommender import open_recommender
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CLOSE = 0.999
"""The least cosine of two embeddings of one picture that count as the same embedding."""
HALF = 0.995
"""The same of bf16, which keeps eight bits of a number, and of photos that are shrunk in two steps;
in the mean over photos it is `CLOSE`."""
NEAR = 0.985
"""What int8 keeps of the starter encoder's embeddings on any CPU."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the starter encoder is compiled once for the tests of this file."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def photos(products: str) -> Catalogue:
    return open_catalogue(products).select(list(range(0, 8000, 50)))


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / lengths


def test_bf16_on_openvino_embeds_photos_as_the_reference(photos: Catalogue, home: Path) -> None:
    pictures = [photos.read_picture(row) for row in range(0, len(photos), 10)]
    fast = load_encoder("starter", precision="bf16", home=home)
    assert fast.runtime.name == "openvino"
    reference = load_encoder("starter", precision="fp32", home=home)
    assert reference.runtime.name == "torch"
    alike = cosines(fast.encode(pictures), reference.encode(pictures))
    assert alike.mean() >= CLOSE
    assert alike.min() >= HALF


def test_compiling_an_encoder_warns_of_nothing(encoder_folder: Path, tmp_path: Path) -> None:
    """In a process of its own, since such a warning comes once."""
    script = (
        "from pathlib import Path\nfrom pipeline.encoder import load_encoder\n"
        f"encoder = load_encoder({str(encoder_folder)!r}, None, 'bf16', Path({str(tmp_path)!r}))\n"
        "print(encoder.runtime.name)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "openvino", done.stderr
    assert "loss_type" not in done.stderr


def test_a_second_start_takes_the_compiled_network_and_no_torch(
    encoder_folder: Path, tmp_path: Path
) -> None:
    first = load_encoder(encoder_folder, precision="bf16", home=tmp_path)
    assert first.runtime.name == "openvino"
    program = (
        "import sys; from pathlib import Path; from pipeline.encoder import load_encoder\n"
        f"home = Path({str(tmp_path)!r})\n"
        f"encoder = load_encoder({str(encoder_folder)!r}, precision='bf16', home=home)\n"
        "from PIL import Image; encoder.encode([Image.new('RGB', (60, 60), 'red')])\n"
        "print(encoder.identity.weights_sha256, 'torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == [first.identity.weights_sha256, "False"]


@pytest.mark.parametrize("name", ["network.xml", "network.bin", "encoder.json"])
def test_a_corrupt_compiled_network_is_made_again(
    encoder_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    picture = Image.new("RGB", (60, 60), "red")
    expected = load_encoder(encoder_folder, precision="bf16", home=tmp_path).encode([picture])
    (file,) = tmp_path.glob(f"compiled/*/{name}")
    file.write_bytes(file.read_bytes()[:-20] + b"!" * 10)
    with caplog.at_level(logging.WARNING):
        encoder = load_encoder(encoder_folder, precision="bf16", home=tmp_path)
    assert "is made again" in caplog.text
    np.testing.assert_array_equal(encoder.encode([picture]), expected)
    caplog.clear()
    load_encoder(encoder_folder, precision="bf16", home=tmp_path)
    assert caplog.text == ""


def test_a_compilers_corrupt_cache_does_no_harm(encoder_folder: Path, tmp_path: Path) -> None:
    picture = Image.new("RGB", (60, 60), "red")
    expected = None
    for _ in range(2):
        encoder = load_encoder(encoder_folder, precision="bf16", home=tmp_path)
        found = encoder.encode([picture])
        expected = found if expected is None else expected
    blobs = list(tmp_path.glob("compiled/*/*.blob"))
    assert blobs
    for blob in blobs:
        blob.write_bytes(blob.read_bytes()[: blob.stat().st_size // 2])
    encoder = load_encoder(encoder_folder, precision="bf16", home=tmp_path)
    np.testing.assert_array_equal(encoder.encode([picture]), expected)


def test_without_openvino_torch_takes_its_place_and_one_line_says_so(
    encoder_folder: Path, tmp_path: Path
) -> None:
    # Made impossible to import, which is what a machine without the package looks like.
    program = (
        "import sys; sys.modules['openvino'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'openvino' else find(name, *a)\n"
        "from pathlib import Path; from pipeline.encoder import load_encoder\n"
        "for precision in ('auto', 'bf16'):\n"
        f"    encoder = load_encoder({str(encoder_folder)!r}, None, precision,"
        f" Path({str(tmp_path)!r}))\n"
        "    print(encoder.runtime.name, encoder.runtime.precision)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    half = "bf16" if computes_bf16() else "fp32"
    assert run.stdout.splitlines() == ["torch fp32", f"torch {half}"]
    assert run.stderr.count("OpenVINO is not installed") == 1


def test_torch_in_bf16_embeds_as_in_float32(photos: Catalogue) -> None:
    from pipeline.encoder.network import load_network
    from pipeline.encoder.runtimes.torch_runtime import TorchRuntime

    model = load_network("starter", STARTER_ENCODER.location, None).model
    reference = load_encoder("starter", precision="fp32")
    pixels = np.stack([reference.prepare(photos.read_picture(row)) for row in range(8)])
    half = TorchRuntime(model, Precision.BF16).embed(pixels)
    alike = cosines(half, reference.runtime.embed(pixels))
    assert alike.mean() >= CLOSE
    assert alike.min() >= HALF


def test_int8_that_passes_its_guard_builds_and_answers(
    photos: Catalogue, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The starter encoder is a hair under the guard where int8 is added up in 16 bits.
    monkeypatch.setattr("pipeline.encoder.calibration.MIN_COSINE", NEAR)
    monkeypatch.setattr("pipeline.encoder.calibration.MIN_AGREEMENT", 0.9)
    encoder = load_encoder("starter", precision="int8", home=home)
    built = build(photos, encoder, tmp_path / "built")
    record = built.manifest.runtime
    assert record is not None
    assert (record.name, record.precision) == ("openvino", "int8")
    assert record.guard is not None
    assert record.guard["mean_cosine"] >= NEAR
    reference = load_encoder("starter", precision="fp32", home=home)
    rows = range(0, len(photos), 8)
    expected = reference.encode([photos.read_picture(row) for row in rows])
    assert cosines(built.embeddings[list(rows)], expected).mean() >= NEAR

    settings = Settings(artifacts=built.folder, home=home, precision="auto")
    recommender = open_recommender(settings)
    assert recommender.info()["precision"] == "int8"
    assert recommender.recommend(photos.read_picture(5))[0].id == photos.ids[5]
    plain = open_recommender(Settings(artifacts=built.folder, home=tmp_path, precision="fp32"))
    assert plain.info()["precision"] == "fp32"
    assert plain.recommend(photos.read_picture(5))[0].id == photos.ids[5]


def test_int8_that_fails_its_guard_is_left_for_bf16(
    photos: Catalogue,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from pipeline.encoder.runtimes.openvino_runtime import has_bf16

    # No network fails here by itself, so the bar is raised out of reach.
    monkeypatch.setattr("pipeline.encoder.calibration.MIN_COSINE", 1.1)
    few = photos.select(list(range(140)))
    encoder = load_encoder("starter", precision="int8", home=home)
    with caplog.at_level(logging.WARNING):
        built = build(few, encoder, tmp_path / "built")
    assert "int8 is too far from float32" in caplog.text
    assert built.manifest.runtime is not None
    assert built.manifest.runtime.precision == ("bf16" if has_bf16() else "fp32")
    assert built.manifest.runtime.guard is not None


def test_an_unknown_precision_is_an_error_that_names_the_known(encoder_folder: Path) -> None:
    with pytest.raises(EncoderError, match=r"no precision 'fp64'.*auto, fp32, bf16, int8"):
        load_encoder(encoder_folder, precision="fp64")


@pytest.mark.parametrize("size", [(224, 224), (300, 180), (181, 400), (60, 70)])
@pytest.mark.parametrize(("side", "crop_pct"), [(128, 1.0), (224, 0.875)])
def test_pictures_are_prepared_as_the_reference_processor_does(
    photos: Catalogue, size: tuple[int, int], side: int, crop_pct: float
) -> None:
    from pipeline.encoder.preprocessing import Preprocessing

    processor = AutoImageProcessor.from_pretrained(STARTER_ENCODER.location, backend="pil")
    processor.size = {"shortest_edge": side}
    processor.crop_pct = crop_pct
    settings = {"type": type(processor).__name__, "do_resize": True, "do_rescale": True}
    values = ("crop_pct", "resample", "rescale_factor", "image_mean", "image_std")
    settings |= {name: getattr(processor, name) for name in values}
    fast = Preprocessing.of(settings | {"size": {"shortest_edge": side}, "do_normalize": True})
    assert fast is not None
    picture = photos.read_picture(3).resize(size)
    expected = processor(images=[picture], return_tensors="np")["pixel_values"][0]
    np.testing.assert_allclose(fast(picture), expected, atol=1e-5)


def test_a_phones_photo_embeds_as_when_decoded_whole(photos: Catalogue, home: Path) -> None:
    """Decoded at a fraction of its size and shrunk in two steps, against the reference."""
    encoder = load_encoder("starter", precision="fp32", home=home)
    reference = AutoImageProcessor.from_pretrained(STARTER_ENCODER.location, backend="pil")
    phone = []
    for row in range(0, 120, 10):
        large = photos.read_picture(row).resize((1800, 2400), Image.Resampling.BICUBIC)
        stream = io.BytesIO()
        large.filter(ImageFilter.UnsharpMask(8)).save(stream, "JPEG", quality=92)
        phone.append(stream.getvalue())
    assert open_picture(phone[0], 512).size == (900, 1200)
    whole = [
        reference(images=[open_picture(p)], return_tensors="np")["pixel_values"] for p in phone
    ]
    expected = encoder.runtime.embed(np.concatenate(whole))
    found = cosines(encoder.encode(phone), expected)
    assert found.mean() >= CLOSE
    assert found.min() >= HALF
