"""Training: from labelled catalogues to an encoder folder in the hub's format."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from transformers import (
    EarlyStoppingCallback,
    PreTrainedModel,
    ResNetConfig,
    ResNetModel,
    TrainerCallback,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from pipeline.catalogue import Catalogue, Same, open_catalogue, split_catalogue
from pipeline.encoder import ENCODERS, locate
from pipeline.encoder.lite import gates_taken_out, imagenet_processor
from pipeline.encoder.network import Network, load_network
from pipeline.encoder.runtimes.torch_runtime import computes_bf16
from pipeline.errors import CatalogueError
from pipeline.training.card import CURVES, write_card, write_curves
from pipeline.training.data import Augmentation, Labels, MixedSamples, Source
from pipeline.training.data.caches import (
    cache_cuts,
    cache_features,
    cache_grounds,
    cache_pictures,
)
from pipeline.training.model import EncoderWithHeads, HeadsFirst, RunningAverage
from pipeline.training.plan import TrainingPlan
from pipeline.training.trainer import RetrievalTrainer, arguments, judged_items

CACHED_SIDE = 1.5
"""Pictures are kept so much larger than the network sees them, to be moved and turned."""
STUDIO = 0.5
"""A catalogue is a studio's if so many of its garments can be cut out of a white ground."""
MOST_GROUNDS = 3000


def train(plan: TrainingPlan) -> dict[str, float]:
    """Train an encoder and write it to ``plan.out``; an interrupted run goes on where it was.

    It stops early when the retrieval of held-out items gets no better, and the best epoch is
    kept. The folder has the hub's format, with a model card and the learning curves.

    Returns:
        The share of the five nearest held-out items that match, by attribute.

    Raises:
        CatalogueError: If a catalogue, an attribute or the table of values cannot be used.
        EncoderError: If an encoder cannot be had.
    """
    set_seed(plan.seed)
    learned, judged = _parts(plan)
    mixed = [(open_catalogue(source), count) for source, count in plan.mix]
    same = Same.read(plan.same) if plan.same else None
    everything = [catalogue for catalogue, _ in (*learned, *mixed)]
    labels = Labels.of(everything, list(plan.attributes), same, plan.words)
    sources = _sources(plan, [*learned, *mixed], labels)
    network = _first_network(plan)
    with gates_taken_out(network.model):
        model = EncoderWithHeads(
            network.model, network.dimension, labels, _teacher_mean(sources), bool(plan.encoder)
        )
        trainer = _trainer(plan, model, sources, judged, same)
        checkpoints = trainer.args.output_dir
        last = get_last_checkpoint(checkpoints) if Path(checkpoints).exists() else None
        trainer.train(resume_from_checkpoint=last)
        scores = _scores(trainer.evaluate())
        network.model.load_state_dict(model.averaged.state_dict())
    facts = _facts(plan, learned, judged, labels, trainer.state.epoch or 0)

    def describe(folder: Path) -> None:
        write_curves(trainer.state.log_history, folder / CURVES)
        write_card(folder, plan.out.name, facts, scores)

    save_encoder(network.model, plan.embed_side or plan.side, plan.out, describe)
    return scores


def save_encoder(
    encoder: PreTrainedModel,
    side: int,
    out: Path,
    describe: Callable[[Path], None] | None = None,
) -> None:
    """Write an encoder in the hub's format, weights in float16, aside and then renamed.

    Args:
        encoder: The encoder.
        side: The side that its preprocessing scales pictures to, in pixels.
        out: The folder; an earlier one there is replaced.
        describe: Adds to the folder before it is renamed.
    """
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    half = type(encoder)(encoder.config)
    half.load_state_dict(encoder.state_dict())
    half.half().save_pretrained(part)
    imagenet_processor(side).save_pretrained(part)
    if describe is not None:
        describe(part)
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


def _parts(plan: TrainingPlan) -> tuple[list[tuple[Catalogue, int | None]], list[Catalogue]]:
    """Of each catalogue what is learnt from, and what is held out."""
    learned: list[tuple[Catalogue, int | None]] = []
    judged = []
    for source, count in plan.catalogues:
        catalogue = open_catalogue(source)
        kept, held = split_catalogue(catalogue)
        if not held or not kept:
            raise CatalogueError(
                f"The catalogue '{source}' has too few different pictures to hold some out and "
                "judge by them. Give it as --mix SOURCE:N beside a larger one."
            )
        learned.append((catalogue.select(kept), count))
        judged.append(catalogue.select(held))
    return learned, judged


def _sources(
    plan: TrainingPlan, catalogues: list[tuple[Catalogue, int | None]], labels: Labels
) -> list[Source]:
    teacher = _load(plan.teacher) if plan.teacher else None
    sources = []
    for catalogue, count in catalogues:
        pictures = cache_pictures(catalogue, round(plan.side * CACHED_SIDE), plan.work)
        cuts = cache_cuts(catalogue, pictures, plan.work)
        features = np.zeros((len(catalogue), 0), np.float32)
        if teacher is not None:
            key = teacher.weights_sha256()
            features = cache_features(catalogue, pictures, teacher.model, key, plan.work)
        can_be_cut = float(np.mean([cut.any() for cut in cuts]))
        sources.append(
            Source(
                pictures,
                cuts,
                labels.encode(catalogue),
                labels.encode_words(catalogue),
                features,
                is_studio=can_be_cut >= STUDIO,
                per_epoch=count,
                chances=None if count is None else labels.chances(catalogue),
            )
        )
    return sources


def _trainer(
    plan: TrainingPlan,
    model: EncoderWithHeads,
    sources: list[Source],
    judged: list[Catalogue],
    same: Same | None,
) -> RetrievalTrainer:
    callbacks: list[TrainerCallback] = [EarlyStoppingCallback(plan.patience), RunningAverage()]
    if plan.encoder is not None:
        callbacks.append(HeadsFirst())
    photos = [source.pictures for source in sources if not source.is_studio]
    count = min(MOST_GROUNDS, sum(len(source.pictures) for source in sources))
    grounds = cache_grounds(photos, count, plan.work, plan.seed)
    side = round(plan.side * CACHED_SIDE)
    return RetrievalTrainer(
        judged=[
            judged_items(part, cache_pictures(part, side, plan.work), plan.attributes)
            for part in judged
        ],
        side=plan.side,
        same=same,
        starts_trained=plan.encoder is not None,
        model=model.to(memory_format=torch.channels_last),
        args=arguments(plan, plan.work / f"{plan.out.name}-checkpoints", _gains_by_bf16(model)),
        train_dataset=MixedSamples(sources),
        data_collator=Augmentation(plan.side, grounds),
        callbacks=callbacks,
    )


def _gains_by_bf16(model: torch.nn.Module) -> bool:
    """Whether this machine trains it faster in bf16: not, on a CPU, what has depthwise layers.

    Their gradients are slow in bf16: a step of EfficientNet-Lite2 took 1.4 times as long.
    """
    convolutions = (m for m in model.modules() if isinstance(m, torch.nn.Conv2d))
    is_deep = any(layer.groups == layer.in_channels > 1 for layer in convolutions)
    return computes_bf16() and (torch.cuda.is_available() or not is_deep)


def _teacher_mean(sources: list[Source]) -> torch.Tensor | None:
    if sources[0].teacher.shape[1] == 0:
        return None
    return torch.from_numpy(np.concatenate([source.teacher for source in sources]).mean(axis=0))


def _first_network(plan: TrainingPlan) -> Network:
    if plan.encoder is not None:
        return _load(plan.encoder)
    encoder = ResNetModel(ResNetConfig())
    for stage in encoder.encoder.stages:
        for block in stage.layers:
            # A block that starts as the identity trains faster (Goyal et al. 2017,
            # arXiv:1706.02677, section 5.1).
            torch.nn.init.zeros_(block.layer[-1].normalization.weight)
    return Network(encoder, imagenet_processor(plan.side), encoder.config.hidden_sizes[-1])


def _load(name: str) -> Network:
    card = ENCODERS.get(name)
    return load_network(name, locate(card) if card else name, card.revision if card else None)


def _scores(metrics: dict[str, float]) -> dict[str, float]:
    names = {key: key.removeprefix("eval_") for key in metrics if key.startswith("eval_")}
    return {name: metrics[key] for key, name in names.items() if name != "retrieval"}


def _facts(
    plan: TrainingPlan,
    learned: list[tuple[Catalogue, int | None]],
    judged: list[Catalogue],
    labels: Labels,
    epochs: float,
) -> dict[str, str]:
    """What the model card says of the training, without the folders of this machine."""
    data = [
        f"{len(learn):,} items of {_called(source)}, {len(held):,} more held out by id"
        + (f", {count:,} drawn an epoch" if count else "")
        for (source, count), (learn, _), held in zip(plan.catalogues, learned, judged, strict=True)
    ]
    data += [f"{count or 'all':} of {_called(source)} an epoch" for source, count in plan.mix]
    start = "random weights" if plan.encoder is None else _called(plan.encoder)
    method = (
        "cosine proxies and a linear head an attribute, two views of an item near each other "
        "(studio photos as they are and cut out, set on other grounds in other light), AdamW, "
        "first layers slower, a third of the batches mixed in pairs, cosine schedule, running "
        "average of the weights"
    )
    words = [f"{len(labels.words)} words of {labels.name}"] if labels.name else []
    return {
        "Data": "; ".join(data) + "; no picture is on both sides",
        "Attributes": ", ".join(
            [f"{a} ({len(n)} values)" for a, n in labels.classes.items()] + words
        ),
        "Method": method + (f", features of {_called(plan.teacher)} kept" if plan.teacher else ""),
        "Run": f"from {start}, {epochs:g} epochs at {plan.side} x {plan.side}",
    }


def _called(source: str) -> str:
    return Path(source).name if Path(source).exists() else source
