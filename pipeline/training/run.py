"""Training: from a labelled catalogue to an encoder folder in the hub's format."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import (
    ConvNextImageProcessorPil,
    EarlyStoppingCallback,
    ResNetConfig,
    ResNetModel,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from pipeline.catalogue import Catalogue, attribute_values, open_catalogue, split_catalogue
from pipeline.encoder import ENCODERS
from pipeline.encoder.network import load_network
from pipeline.encoder.preprocessing import IMAGENET_MEAN, IMAGENET_STD, normalise, resize
from pipeline.encoder.runtimes.torch_runtime import computes_bf16
from pipeline.encoder.teacher import TEACHER, teacher_features
from pipeline.errors import EncoderError
from pipeline.evaluation.measures import precision_at_k
from pipeline.training.augmentation import Augmentation
from pipeline.training.card import CURVES, write_card, write_curves
from pipeline.training.model import EncoderWithHeads, HeadsFirst
from pipeline.training.samples import Labels, MixedSamples, Source, cache_pictures

RETRIEVAL = "retrieval"
"""The mean over the attributes, by which the best epoch is chosen."""


@dataclass(frozen=True)
class TrainingPlan:
    """What to train on and how.

    Attributes:
        catalogue: The source of the labelled catalogue; a share of it is held out.
        out: The folder of the finished encoder.
        attributes: The columns to learn; ``a+b`` learns the pair.
        mix: Further sources, each with the number of its pictures an epoch draws.
        encoder: What to start from: a hub id, a folder or ``starter``; None for random weights.
        side: The side of the square pictures, in pixels.
        patience: Epochs without better retrieval after which it stops early.
        teacher: Whether to imitate EfficientNet-Lite0 besides.
    """

    catalogue: str
    out: Path
    attributes: tuple[str, ...]
    mix: tuple[tuple[str, int], ...] = ()
    encoder: str | None = None
    epochs: int = 10
    side: int = 128
    batch: int = 64
    learning_rate: float = 1e-3
    patience: int = 4
    teacher: bool = False
    work: Path = field(default_factory=lambda: Path("work"))
    seed: int = 7


def train(plan: TrainingPlan) -> dict[str, float]:
    """Train an encoder and write it to ``plan.out``; an interrupted run goes on where it was.

    It stops early when the retrieval of held-out items gets no better, and the best epoch is
    kept. The folder has the hub's format, with a model card and the learning curves.

    Returns:
        The share of the five nearest held-out items that match, by attribute.

    Raises:
        CatalogueError: If the catalogue or an attribute cannot be used.
        EncoderError: If the encoder to start from cannot be had.
    """
    set_seed(plan.seed)
    catalogue = open_catalogue(plan.catalogue)
    kept, held = split_catalogue(catalogue)
    learn, judge = catalogue.select(kept), catalogue.select(held)
    mixed = [open_catalogue(source) for source, _ in plan.mix]
    labels = Labels.of([learn, *mixed], list(plan.attributes))
    samples = _samples(plan, learn, mixed, labels)
    model = EncoderWithHeads(_first_encoder(plan), labels, samples.teacher_dimension)
    callbacks: list[TrainerCallback] = [EarlyStoppingCallback(plan.patience)]
    if plan.encoder is not None:
        callbacks.append(HeadsFirst())
    checkpoints = plan.work / f"{plan.out.name}-checkpoints"
    trainer = RetrievalTrainer(
        eval_dataset=judge,
        side=plan.side,
        cache=plan.work,
        attributes=plan.attributes,
        model=model.to(memory_format=torch.channels_last),
        args=_arguments(plan, checkpoints),
        train_dataset=samples,
        data_collator=Augmentation(plan.side),
        callbacks=callbacks,
    )
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.exists() else None
    trainer.train(resume_from_checkpoint=last)
    judged = trainer.evaluate()
    scores = {name: judged[f"eval_{name}"] for name in plan.attributes if f"eval_{name}" in judged}
    facts = _facts(plan, learn, judge, labels, trainer.state.epoch or 0)

    def describe(folder: Path) -> None:
        write_curves(trainer.state.log_history, folder / CURVES)
        write_card(folder, plan.out.name, facts, scores)

    save_encoder(model.encoder, plan.side, plan.out, describe)
    return scores


def _facts(
    plan: TrainingPlan, learn: Catalogue, judge: Catalogue, labels: Labels, epochs: float
) -> dict[str, str]:
    """What the model card says of the training, without the folders of this machine."""
    name = Path(plan.catalogue).name if Path(plan.catalogue).exists() else plan.catalogue
    mixed = ", ".join(f"{count:,} of {Path(source).name} an epoch" for source, count in plan.mix)
    start = "random weights" if plan.encoder is None else Path(plan.encoder).name
    return {
        "Data": f"{len(learn):,} items of {name}; {len(judge):,} more held out by id, no picture "
        "on both sides" + (f"; besides {mixed}" if mixed else ""),
        "Attributes": ", ".join(f"{a} ({len(n)} values)" for a, n in labels.classes.items()),
        "Method": "a linear head an attribute, cosine proxies an attribute, colour-true "
        "augmentation, AdamW, cosine schedule"
        + (f", features of {TEACHER} to imitate" * plan.teacher),
        "Run": f"from {start}, {epochs:g} epochs at {plan.side} x {plan.side}",
    }


def _samples(
    plan: TrainingPlan, learn: Catalogue, mixed: list[Catalogue], labels: Labels
) -> MixedSamples:
    teacher = teacher_features(learn, plan.work) if plan.teacher else None
    sources = [
        Source(cache_pictures(learn, plan.side, plan.work), labels.encode(learn), teacher=teacher)
    ]
    for catalogue, (_, per_epoch) in zip(mixed, plan.mix, strict=True):
        pictures = cache_pictures(catalogue, plan.side, plan.work)
        sources.append(Source(pictures, labels.encode(catalogue), per_epoch))
    return MixedSamples(sources, 0 if teacher is None else teacher.shape[1])


def _first_encoder(plan: TrainingPlan) -> ResNetModel:
    if plan.encoder is not None:
        card = ENCODERS.get(plan.encoder)
        location, revision = (card.location, card.revision) if card else (plan.encoder, None)
        model = load_network(plan.encoder, location, revision).model
        if not isinstance(model, ResNetModel):
            raise EncoderError(
                f"The encoder '{plan.encoder}' is a {type(model).__name__}; training starts from a "
                "ResNet, or from random weights without --encoder."
            )
        return model
    encoder = ResNetModel(ResNetConfig())
    for stage in encoder.encoder.stages:
        for block in stage.layers:
            # A block that starts as the identity trains faster (Goyal et al. 2017,
            # arXiv:1706.02677, section 5.1).
            torch.nn.init.zeros_(block.layer[-1].normalization.weight)
    return encoder


def _arguments(plan: TrainingPlan, checkpoints: Path) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.batch,
        learning_rate=plan.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        weight_decay=0.05,
        max_grad_norm=5.0,
        bf16=computes_bf16(),
        use_cpu=not torch.cuda.is_available(),
        eval_strategy="epoch",
        metric_for_best_model=RETRIEVAL,
        greater_is_better=True,
        load_best_model_at_end=True,
        save_strategy="epoch",
        save_total_limit=2,  # the last one, to go on from, and the best one
        logging_steps=20,
        report_to=[],
        dataloader_drop_last=True,
        remove_unused_columns=False,
        seed=plan.seed,
    )


class RetrievalTrainer(Trainer):
    """Judges by retrieval on held-out items, which is what the encoder is for, not by the loss."""

    control: TrainerControl

    def __init__(
        self,
        *,
        eval_dataset: Catalogue,
        side: int,
        cache: Path,
        attributes: tuple[str, ...],
        **trainer: Any,
    ) -> None:
        super().__init__(eval_dataset=eval_dataset, **trainer)
        self._pictures = cache_pictures(eval_dataset, side, cache)
        self._side = side
        self._values = {
            attribute: values
            for attribute in attributes
            if any(values := attribute_values(eval_dataset, attribute))
        }

    def evaluate(self, *_: object, **__: object) -> dict[str, float]:
        """Embed the held-out items; give precision@5 as ``eval_`` and the attribute's name."""
        precision = precision_at_k(self._embed(), self._values)
        precision[RETRIEVAL] = float(np.mean(list(precision.values())))
        metrics = {f"eval_{name}": round(share, 4) for name, share in precision.items()}
        self.log(metrics)
        # Early stopping listens here.
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _save(
        self, output_dir: str | None = None, state_dict: dict[str, torch.Tensor] | None = None
    ) -> None:
        # Weights in channels_last order are not contiguous, which safetensors refuses.
        state_dict = state_dict or self.model.state_dict()
        super()._save(output_dir, {name: t.contiguous() for name, t in state_dict.items()})

    def _embed(self) -> np.ndarray:
        self.model.eval()
        parts = []
        for start in range(0, len(self._pictures), 64):
            batch = torch.from_numpy(np.array(self._pictures[start : start + 64]))
            pixels = normalise(resize(batch.permute(0, 3, 1, 2), self._side)).to(self.args.device)
            half = torch.autocast(self.args.device.type, torch.bfloat16, enabled=self.args.bf16)
            with torch.inference_mode(), half:
                parts.append(self.model(pixels)["embedding"].float().cpu().numpy())
        self.model.train()
        return np.concatenate(parts)


def save_encoder(
    encoder: ResNetModel, side: int, out: Path, describe: Callable[[Path], None] | None = None
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
    half = ResNetModel(encoder.config)
    half.load_state_dict(encoder.state_dict())
    half.half().save_pretrained(part)
    ConvNextImageProcessorPil(
        size={"shortest_edge": side},
        crop_pct=1.0,
        resample=Image.Resampling.BICUBIC,
        image_mean=list(IMAGENET_MEAN),
        image_std=list(IMAGENET_STD),
    ).save_pretrained(part)
    if describe is not None:
        describe(part)
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)
