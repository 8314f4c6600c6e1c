"""Loading an encoder: which runtime it gets, and the compiled networks kept for the next start."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.encoder.cards import ENCODERS, RESNET_50, STARTER_ENCODER, EncoderCard
from pipeline.encoder.encoder import Encoder, EncoderIdentity
from pipeline.encoder.preprocessing import Preparer, Preprocessing
from pipeline.encoder.runtimes.runtime import Precision, Runtime
from pipeline.errors import EncoderError
from pipeline.folders import PART, lock_of, replace_folder
from pipeline.hub import is_offline
from pipeline.settings import Settings, looks_like_path

if TYPE_CHECKING:
    from pipeline.encoder.network import Network
    from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime

log = logging.getLogger(__name__)

CONFIGS = ("config.json", "preprocessor_config.json")
WEIGHTS = "model.safetensors"
COMPILED = "compiled"
UNPACKED = "encoders"
NETWORK = "network.xml"
RECORD = "encoder.json"
CACHE_FORMAT = 1


@dataclass(frozen=True)
class EncoderSource:
    """Where an encoder lies.

    Attributes:
        name: What people call it.
        location: A hub id or a folder.
        revision: The hub revision; None for a folder.
    """

    name: str
    location: str
    revision: str | None

    def digest(self) -> str | None:
        """A checksum over its files; None where they are not on this machine."""
        files = [self._file(name) for name in (*CONFIGS, WEIGHTS)]
        if not all(file is not None and file.is_file() for file in files):
            return None
        whole = hashlib.sha256(f"{CACHE_FORMAT} {version('openvino')}".encode())
        for file in files:
            with file.open("rb") as stream:  # type: ignore[union-attr]
                whole.update(hashlib.file_digest(stream, "sha256").digest())
        return whole.hexdigest()[:20]

    def is_here(self) -> bool:
        """Whether it is on this machine, as far as its first file tells."""
        file = self._file(CONFIGS[0])
        return file is not None and file.is_file()

    def _file(self, name: str) -> Path | None:
        folder = Path(self.location).expanduser()
        if folder.is_dir():
            return folder / name
        from huggingface_hub import try_to_load_from_cache

        found = try_to_load_from_cache(self.location, name, revision=self.revision)
        return Path(found) if isinstance(found, str) else None


def load_encoder(
    name: str | Path,
    revision: str | None = None,
    precision: str | None = None,
    home: Path | None = None,
) -> Encoder:
    """Load an encoder by the name of its card, a hub id, or a folder in the hub's format.

    Args:
        name: A name in `ENCODERS`, any other hub id of the family, or a folder.
        revision: A hub branch, tag or commit; a card's own pin by default.
        precision: ``auto``, ``fp32``, ``bf16`` or ``int8``; None takes the settings'.
        home: Where compiled networks are kept; None takes the one of the settings.

    Raises:
        EncoderError: If it is not there, cannot be read, or has no pooled features.
    """
    settings = Settings.read(home=home, precision=precision)
    card = ENCODERS.get(str(name))
    location = locate(card, settings.home) if card else str(name)
    revision = revision or (card.revision if card else None)
    folder = Path(location).expanduser()
    if not folder.is_dir() and (card is STARTER_ENCODER or looks_like_path(location)):
        raise EncoderError(
            f"There is no encoder folder at '{location}'. Give a folder with config.json, "
            "preprocessor_config.json and model.safetensors, or a hub id such as "
            f"'{RESNET_50.name}'."
        )
    shown = card.name if card else (str(folder.resolve()) if folder.is_dir() else location)
    source = EncoderSource(shown, location, None if folder.is_dir() else revision)
    return open_encoder(source, Precision.parse(settings.precision), settings.home)


def locate(card: EncoderCard, home: Path | None = None) -> str:
    """The hub id or the folder of a known encoder; one that a package carries is unpacked.

    Args:
        card: The encoder's card.
        home: Where a folder is made for it; None takes the one of the settings.

    Raises:
        EncoderError: If its package is not installed.
    """
    if card.location:
        return card.location
    from pipeline.encoder.lite import write_lite

    home = Settings.read(home=home).home
    return str(write_lite(card.name, home / UNPACKED / card.name))


def open_encoder(source: EncoderSource, precision: Precision, home: Path) -> Encoder:
    """Load an encoder with the runtime that is quickest here in the precision asked for.

    Raises:
        EncoderError: If it cannot be read, or has no pooled features.
    """
    use_openvino = precision is not Precision.FP32 and _openvino_is_wanted(precision)
    folder = _compiled_folder(source, home) if use_openvino else None
    if folder is not None and (compiled := _open_compiled(source, folder, precision)) is not None:
        return compiled
    if is_offline() and not source.is_here():
        # Said before `transformers`, which would say the same, takes seconds to be imported.
        raise EncoderError(
            f"The encoder '{source.name}' cannot be loaded: it is not on this machine, and the hub "
            "is out of reach. Check its name and the connection, or use the encoder 'starter'."
        )
    from pipeline.encoder.network import load_network

    network = load_network(source.name, source.location, source.revision)
    identity = EncoderIdentity(
        name=source.name,
        revision=source.revision,
        weights_sha256=network.weights_sha256(),
        preprocessing=network.preprocessing(),
        dimension=network.dimension,
    )
    preparer = _preparer(network, identity)
    runtime = _compile(network, identity, folder) if use_openvino else None
    if runtime is None:
        return Encoder(identity, preparer, _torch(network, precision), precision)
    kept = folder if folder is not None and (folder / RECORD).is_file() else None
    return Encoder(identity, preparer, runtime, precision, kept)


def _openvino_is_wanted(precision: Precision) -> bool:
    if _has_gpu():
        return False
    if importlib.util.find_spec("openvino") is not None:
        return True
    if precision is not Precision.AUTO:
        log.warning("OpenVINO is not installed, so torch runs the encoder.")
    return False


def _has_gpu() -> bool:
    if shutil.which("nvidia-smi") is None:
        return False  # spares a start without a GPU the import of torch
    import torch

    return bool(torch.cuda.is_available())


def _torch(network: Network, precision: Precision) -> Runtime:
    from pipeline.encoder.runtimes.torch_runtime import TorchRuntime

    is_half = precision in (Precision.BF16, Precision.INT8)
    return TorchRuntime(network.model, Precision.BF16 if is_half else Precision.FP32)


def _preparer(network: Network, identity: EncoderIdentity) -> Preparer:
    known = Preprocessing.of(identity.preprocessing)
    if known is not None:
        return known
    processor = network.processor
    return lambda image: processor(images=[image], return_tensors="np")["pixel_values"][0]


def _compile(network: Network, identity: EncoderIdentity, folder: Path | None) -> Runtime | None:
    """Convert for OpenVINO and keep the result; None if that fails, which torch makes good."""
    try:
        from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime, convert

        known = Preprocessing.of(identity.preprocessing)
        converted = convert(network.model, known.crop if known else None)
        runtime = OpenVinoRuntime(converted, Precision.BF16)
        return runtime if known is None or folder is None else _keep(runtime, identity, folder)
    except Exception as error:
        log.warning("OpenVINO cannot run the encoder (%s), so torch does.", error)
        return None


def _keep(runtime: OpenVinoRuntime, identity: EncoderIdentity, folder: Path) -> Runtime:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = folder.with_name(folder.name + PART)
        with lock_of(folder):
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            runtime.save(part / NETWORK)
            record = {"identity": asdict(identity), "sha256": _checksum(part / NETWORK)}
            (part / RECORD).write_text(json.dumps(record), encoding="utf-8")
            replace_folder(part, folder)
    except OSError as error:
        log.warning("The compiled encoder cannot be kept in '%s' (%s).", folder, error)
        return runtime
    return type(runtime)(folder / NETWORK, Precision.BF16, folder)


def _compiled_folder(source: EncoderSource, home: Path) -> Path | None:
    digest = source.digest()
    return home / COMPILED / digest if digest is not None else None


def _open_compiled(source: EncoderSource, folder: Path, precision: Precision) -> Encoder | None:
    """What an earlier start compiled of the same files, whole."""
    if not (folder / RECORD).is_file():
        return None
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        known = EncoderIdentity(**record["identity"])
        preprocessing = Preprocessing.of(known.preprocessing)
        is_whole = record["sha256"] == _checksum(folder / NETWORK)
        if preprocessing is None or not is_whole:
            raise ValueError("it is not what was written")
        from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime
    except (ValueError, KeyError, TypeError, OSError, ImportError) as error:
        log.warning("The compiled encoder in '%s' is made again (%s).", folder, error)
        return None
    identity = EncoderIdentity(
        source.name,
        source.revision,
        known.weights_sha256,
        known.preprocessing,
        known.dimension,
    )
    runtime = OpenVinoRuntime(folder / NETWORK, Precision.BF16, folder)
    return Encoder(identity, preprocessing, runtime, precision, folder)


def _checksum(network: Path) -> str:
    whole = hashlib.sha256()
    for file in (network, network.with_suffix(".bin")):
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
