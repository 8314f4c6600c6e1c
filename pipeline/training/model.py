"""The encoder with the heads that teach it; only the encoder is kept."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from transformers import ResNetModel

from pipeline.training.samples import JOINED, NO_LABEL, Labels

PROXY_SCALE = 16.0
"""Inverse temperature of the cosine softmax (Zhai and Wu 2019, arXiv:1811.12649, use 20)."""
LABEL_SMOOTHING = 0.05
TEACHER_WEIGHT = 4.0


class EncoderWithHeads(nn.Module):
    """A ResNet whose pooled features feed one head per attribute.

    A single attribute has a linear head. A pair has proxies on the unit sphere, which shape the
    cosine similarity itself. With a teacher, a further linear head imitates its features.
    """

    def __init__(self, encoder: ResNetModel, labels: Labels, teacher_dimension: int = 0):
        super().__init__()
        self.encoder = encoder
        dimension = encoder.config.hidden_sizes[-1]
        self.attributes = tuple(labels.classes)
        self.heads = nn.ModuleList(
            nn.Linear(dimension, len(names), bias=JOINED not in attribute)
            for attribute, names in labels.classes.items()
        )
        self.teacher_head = nn.Linear(dimension, teacher_dimension) if teacher_dimension else None

    def forward(
        self,
        pixels: torch.Tensor,
        labels: torch.Tensor | None = None,
        teacher: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Embed ``(n, 3, h, w)`` float32; with labels, also the loss.

        Returns:
            ``embedding`` ``(n, dimension)`` float32 and, with labels, the scalar ``loss``.
        """
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        embedding = self.encoder(pixels).pooler_output.flatten(1).float()
        if labels is None:
            return {"embedding": embedding}
        loss = embedding.new_zeros(())
        for column, (attribute, head) in enumerate(zip(self.attributes, self.heads, strict=True)):
            if (labels[:, column] != NO_LABEL).any():
                loss = loss + functional.cross_entropy(
                    self._logits(attribute, head, embedding),
                    labels[:, column],
                    ignore_index=NO_LABEL,
                    label_smoothing=LABEL_SMOOTHING,
                )
        if self.teacher_head is not None and teacher is not None:
            known = teacher.abs().sum(dim=1) > 0
            if known.any():
                imitation = self.teacher_head(embedding[known])
                distance = 1 - functional.cosine_similarity(imitation, teacher[known])
                loss = loss + TEACHER_WEIGHT * distance.mean()
        return {"loss": loss, "embedding": embedding}

    def _logits(self, attribute: str, head: nn.Module, embedding: torch.Tensor) -> torch.Tensor:
        if JOINED not in attribute:
            return head(embedding)
        proxies = functional.normalize(head.weight.float(), dim=1)
        return PROXY_SCALE * functional.normalize(embedding, dim=1) @ proxies.T
