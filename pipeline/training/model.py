"""The encoder with the heads that teach it; only the encoder is kept."""

from __future__ import annotations

import torch
from pytorch_metric_learning.losses import NormalizedSoftmaxLoss
from pytorch_metric_learning.utils.common_functions import TorchInitWrapper
from torch import nn
from torch.nn import functional
from transformers import (
    ResNetModel,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from pipeline.catalogue import JOINED
from pipeline.training.samples import NO_LABEL, Labels

PROXY_TEMPERATURE = 0.06
"""Of the cosine softmax; Zhai and Wu 2019 (arXiv:1811.12649) use 0.05."""
LABEL_SMOOTHING = 0.05
TEACHER_WEIGHT = 10.0
HEADS_ALONE = 0.1
"""The share of the steps in which the heads of an encoder that is trained already learn alone."""


class EncoderWithHeads(nn.Module):
    """A ResNet whose pooled features learn each attribute in two ways.

    A linear head classifies it. Proxies on the unit sphere, one a class, shape the cosine
    similarity itself, which is what retrieval ranks by; a pair of attributes has only these.
    With a teacher, a further linear head imitates its features.
    """

    def __init__(self, encoder: ResNetModel, labels: Labels, teacher_dimension: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        dimension = encoder.config.hidden_sizes[-1]
        sizes = [len(names) for names in labels.classes.values()]
        self.is_pair = [JOINED in attribute for attribute in labels.classes]
        self.heads = nn.ModuleList(nn.Linear(dimension, size) for size in sizes)
        self.proxies = nn.ModuleList(_make_proxies(size, dimension) for size in sizes)
        self.teacher_head = nn.Linear(dimension, teacher_dimension) if teacher_dimension else None

    def forward(
        self,
        pixels: torch.Tensor,
        labels: torch.Tensor | None = None,
        teacher: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Embed ``(n, 3, h, w)`` float32; with labels, also the loss.

        Args:
            pixels: Normalised pictures.
            labels: ``(n, attributes)`` int64, `NO_LABEL` where there is none.
            teacher: ``(n, teacher_dimension)`` float32, zeros where there is none.

        Returns:
            ``embedding`` ``(n, dimension)`` float32 and, with labels, the scalar ``loss``.
        """
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        embedding = self.encoder(pixels).pooler_output.flatten(1).float()
        if labels is None:
            return {"embedding": embedding}
        # Losses stay in float32: a softmax over similarities needs its digits.
        with torch.autocast(embedding.device.type, enabled=False):
            loss = self._attribute_loss(embedding, labels)
            if teacher is not None:
                loss = loss + TEACHER_WEIGHT * self._teacher_loss(embedding, teacher)
        return {"loss": loss, "embedding": embedding}

    def _attribute_loss(self, embedding: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        loss = embedding.new_zeros(())
        for column, is_pair in enumerate(self.is_pair):
            known = labels[:, column] != NO_LABEL
            if not known.any():
                continue
            chosen, target = embedding[known], labels[known, column]
            loss = loss + self.proxies[column](chosen, target)
            if not is_pair:
                logits = self.heads[column](chosen)
                loss = loss + functional.cross_entropy(
                    logits, target, label_smoothing=LABEL_SMOOTHING
                )
        return loss

    def _teacher_loss(self, embedding: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        known = teacher.abs().sum(dim=1) > 0
        if self.teacher_head is None or not known.any():
            return embedding.new_zeros(())
        imitation = self.teacher_head(embedding[known])
        return (1 - functional.cosine_similarity(imitation, teacher[known])).mean()


class HeadsFirst(TrainerCallback):
    """Holds the encoder still until its new heads have learned.

    Random heads would bend what it knows already (Kumar et al. 2022, arXiv:2202.10054).
    """

    def on_step_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: EncoderWithHeads | None = None,
        **_: object,
    ) -> None:
        """Hold the encoder for the share `HEADS_ALONE` of the steps; then let it learn."""
        assert model is not None
        model.encoder.requires_grad_(state.global_step >= HEADS_ALONE * state.max_steps)


def _make_proxies(classes: int, dimension: int) -> NormalizedSoftmaxLoss:
    """About unit length: their direction turns with the learning rate of the encoder's weights.

    The library's own proxies are longer by the root of the dimension, and hardly turn at all.
    """
    start = TorchInitWrapper(nn.init.normal_, std=dimension**-0.5)
    return NormalizedSoftmaxLoss(
        classes, dimension, temperature=PROXY_TEMPERATURE, weight_init_func=start
    )
