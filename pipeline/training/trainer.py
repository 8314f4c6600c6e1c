"""The trainer: layers learn at their own pace, and retrieval on held-out items judges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import PreTrainedModel, Trainer, TrainerControl, TrainingArguments

from pipeline.catalogue import Catalogue, Same, attribute_values
from pipeline.evaluation.measures import as_text, likeness, nearest_rows, precision_at_k
from pipeline.index import Metric
from pipeline.training.data.caches import pooled
from pipeline.training.model import AVERAGE
from pipeline.training.plan import TrainingPlan

RETRIEVAL = "retrieval"
"""The mean over what is judged, by which the best epoch is chosen."""
SLOWEST = 0.15
"""The pace of an encoder's first layer, as a share of that of its last: what first layers see
is in every picture (Howard and Ruder 2018, arXiv:1801.06146, section 3.2)."""
HEADS_PACE, PROXIES_PACE, TEACHER_PACE = 2.5, 6.0, 0.4
"""The pace of what starts at random, and of the head that is right from the start."""
WEIGHT_DECAY = 0.02


@dataclass(frozen=True)
class Judged:
    """Held-out items of one catalogue.

    Attributes:
        pictures: ``(n, side, side, 3)`` uint8.
        values: The value of every item, by attribute.
    """

    pictures: np.ndarray
    values: dict[str, list[str | None]]


class RetrievalTrainer(Trainer):
    """Judges by retrieval on held-out items, which is what the encoder is for, not by the loss.

    Args:
        judged: The held-out items of each catalogue.
        side: The side of the pictures that the network sees.
        same: Which values mean the same, to ask one catalogue with another's pictures.
        starts_trained: Whether the encoder knows something already: then first layers are slow.
        trainer: What `transformers.Trainer` takes besides.
    """

    control: TrainerControl

    def __init__(
        self,
        *,
        judged: list[Judged],
        side: int,
        same: Same | None,
        starts_trained: bool,
        **trainer: Any,
    ) -> None:
        super().__init__(eval_dataset=judged, **trainer)
        self._judged = judged
        self._side = side
        self._same = same
        self._starts_trained = starts_trained

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Ask each held-out item for its nearest others; give precision@5 by attribute."""
        network = self.model.averaged
        embedded = [self._embed(network, judged.pictures) for judged in self._judged]
        precision: dict[str, float] = {}
        for embeddings, judged in zip(embedded, self._judged, strict=True):
            precision = precision_at_k(embeddings, judged.values) | precision
        if self._same is not None:
            precision |= self._across(self._same, embedded)
        precision[RETRIEVAL] = float(np.mean(list(precision.values())))
        metrics = {f"eval_{name}": round(share, 4) for name, share in precision.items()}
        self.log(metrics)
        # Early stopping listens here.
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW with a pace for each layer; neither biases nor norms decay."""
        rate = self.args.learning_rate
        groups = [
            {
                "params": [parameter],
                "lr": rate * self._pace(name),
                "weight_decay": WEIGHT_DECAY if parameter.ndim > 1 else 0.0,
            }
            for name, parameter in self.model.named_parameters()
            if not name.startswith(AVERAGE)
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99))
        return self.optimizer

    def _pace(self, name: str) -> float:
        paces = {"heads": HEADS_PACE, "word_head": HEADS_PACE, "proxies": PROXIES_PACE}
        part = name.partition(".")[0]
        if part != "encoder":
            return paces.get(part, TEACHER_PACE)
        if not self._starts_trained:
            return 1.0
        names = [name for name, _ in self.model.encoder.named_parameters()]
        place = names.index(name.partition(".")[2]) / max(1, len(names) - 1)
        return SLOWEST + (1 - SLOWEST) * place

    def _save(
        self, output_dir: str | None = None, state_dict: dict[str, torch.Tensor] | None = None
    ) -> None:
        # Weights in channels_last order are not contiguous, which safetensors refuses.
        state_dict = state_dict or self.model.state_dict()
        super()._save(output_dir, {name: t.contiguous() for name, t in state_dict.items()})

    def _embed(self, network: PreTrainedModel, pictures: np.ndarray) -> np.ndarray:
        starts = range(0, len(pictures), 64)
        with torch.autocast(self.args.device.type, torch.bfloat16, enabled=self.args.bf16):
            parts = [pooled(network, np.array(pictures[s : s + 64]), self._side) for s in starts]
        self.model.train()
        return np.concatenate(parts)

    def _across(self, same: Same, embedded: list[np.ndarray]) -> dict[str, float]:
        """Precision@5 of one catalogue's pictures asked among another's items."""
        asking = _having(self._judged, same.query_column)
        asked = _having(self._judged, same.item_column)
        if asking is None or asked is None or asking == asked:
            return {}
        values = as_text(self._judged[asking].values[same.query_column])
        held = as_text(self._judged[asked].values[same.item_column])
        answerable = same(values[:, None], held).any(axis=1)
        if not answerable.any():
            return {}
        alike = likeness(embedded[asking][answerable], embedded[asked], Metric.COSINE)
        hits = same(values[answerable][:, None], held[nearest_rows(alike)])
        return {same.name: float(hits.mean())}


def judged_items(catalogue: Catalogue, pictures: np.ndarray, attributes: tuple[str, ...]) -> Judged:
    """The held-out part of a catalogue, with the attributes that it has."""
    values = {name: attribute_values(catalogue, name) for name in attributes}
    return Judged(pictures, {name: found for name, found in values.items() if any(found)})


def arguments(plan: TrainingPlan, checkpoints: Path, bf16: bool) -> TrainingArguments:
    """For `transformers.Trainer`: a cosine schedule, a checkpoint an epoch, the best one kept."""
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.batch,
        learning_rate=plan.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=0.05,
        max_grad_norm=5.0,
        bf16=bf16,
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


def _having(judged: list[Judged], attribute: str) -> int | None:
    return next((n for n, part in enumerate(judged) if attribute in part.values), None)
