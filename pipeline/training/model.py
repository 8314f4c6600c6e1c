"""The encoder with the heads that teach it; only the encoder is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel
from transformers import (
    PreTrainedModel,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from pipeline.catalogue import JOINED
from pipeline.training.data.labels import Labels

PROXY_TEMPERATURE = 0.06
"""Of the cosine softmax; Zhai and Wu 2019 (arXiv:1811.12649) use 0.05."""
VIEW_TEMPERATURE = 0.1
HEAD_WEIGHT, WORD_WEIGHT, VIEW_WEIGHT, TEACHER_WEIGHT = 0.5, 0.3, 0.5, 4.0
AVERAGE = "average"
"""The part of the model that follows the others and does not learn."""
MOST_KEPT, EARLY_STEPS = 0.998, 50
"""What the running average keeps of itself at a step; for the first steps less, since it follows
quickly then, as TensorFlow's ``ExponentialMovingAverage`` does."""
MIXED, EVENNESS = 0.35, 0.5
"""The share of batches whose pictures are mixed in pairs, and both parameters of the beta
distribution that shares are drawn from (Zhang et al. 2018, arXiv:1710.09412)."""
HEADS_ALONE = 0.04
"""The share of the steps in which the heads of an encoder that is trained already learn alone."""


class EncoderWithHeads(nn.Module):
    """A network whose pooled features learn, each by a head of its own, what their items are.

    - An attribute: proxies on the unit sphere, one a class, shape the cosine similarity itself,
      which is what retrieval ranks by; a linear head classifies besides, but for pairs.
    - Words of names: a linear head, a softmax over all words (Joulin et al. 2016,
      arXiv:1511.02251).
    - The two views of an item are nearer to each other than to the others of the batch (NT-Xent,
      Chen et al. 2020, arXiv:2002.05709).
    - A teacher's features of the picture as it was, whatever was done to it since. A teacher
      with as many features starts as the identity, which keeps them near.

    Some batches are mixed: each picture with another, which it then is in part.

    Args:
        encoder: The network.
        dimension: The length of its pooled features.
        labels: What there is to learn.
        teacher_mean: ``(d,)`` float32, the mean of the teacher's features; None for no teacher.
        keeps_statistics: Whether batch norms go on with the statistics that they have, which
            small batches of many kinds of pictures would blur.
    """

    def __init__(
        self,
        encoder: PreTrainedModel,
        dimension: int,
        labels: Labels,
        teacher_mean: torch.Tensor | None = None,
        keeps_statistics: bool = False,
    ) -> None:
        super().__init__()
        self.keeps_statistics = keeps_statistics
        self.encoder = encoder
        # A part of the model, so that checkpoints hold it.
        self.average = AveragedModel(encoder, avg_fn=_averaged).requires_grad_(False)
        self.sizes = [len(names) for names in labels.classes.values()]
        self.is_pair = [JOINED in attribute for attribute in labels.classes]
        # About unit length: their direction turns with the learning rate of other weights.
        self.proxies = nn.ParameterList(
            nn.Parameter(torch.randn(size, dimension) * dimension**-0.5) for size in self.sizes
        )
        self.heads = nn.ModuleList(nn.Linear(dimension, size) for size in self.sizes)
        self.word_head = nn.Linear(dimension, len(labels.words)) if labels.words else None
        self.teacher_head: nn.Linear | None = None
        if teacher_mean is not None:
            self.teacher_head = nn.Linear(dimension, len(teacher_mean))
            if len(teacher_mean) == dimension:
                nn.init.eye_(self.teacher_head.weight)
                with torch.no_grad():
                    self.teacher_head.bias.copy_(-teacher_mean)

    @property
    def averaged(self) -> PreTrainedModel:
        """The network with the running average of its weights, which judges better."""
        return cast(PreTrainedModel, self.average.module)

    def train(self, mode: bool = True) -> EncoderWithHeads:
        """Switch to training, all but batch norms that keep their statistics."""
        super().train(mode)
        if self.keeps_statistics:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def forward(
        self,
        pixels: torch.Tensor,
        labels: torch.Tensor | None = None,
        words: torch.Tensor | None = None,
        teacher: torch.Tensor | None = None,
        item: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Embed ``(n, 3, h, w)`` float32; with what `Augmentation` gives, also the loss.

        Returns:
            ``embedding`` ``(n, dimension)`` float32 and, with labels, the scalar ``loss``.
        """
        if labels is None or words is None or teacher is None or item is None:
            return {"embedding": self._embed(pixels)}
        mixture = None
        if self.training and torch.rand(()) < MIXED:
            mixture = Mixture.drawn(len(pixels), pixels.device)
            pixels, teacher = mixture.of(pixels), mixture.of(teacher)
        embedding = self._embed(pixels)
        # Losses stay in float32: a softmax over similarities needs its digits.
        with torch.autocast(embedding.device.type, enabled=False):
            loss = self._teacher_loss(embedding, teacher)
            if mixture is None:
                ones = embedding.new_ones(len(embedding))
                loss = loss + self._named_loss(embedding, labels, words, ones)
                loss = loss + self._view_loss(embedding, item)
            else:
                for share, rows in mixture.parts():
                    loss = loss + self._named_loss(embedding, labels[rows], words[rows], share)
        return {"loss": loss, "embedding": embedding}

    def _embed(self, pixels: torch.Tensor) -> torch.Tensor:
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        embedding: torch.Tensor = self.encoder(pixels).pooler_output.flatten(1).float()
        return embedding

    def _teacher_loss(self, embedding: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        if self.teacher_head is None:
            return embedding.new_zeros(())
        alike = functional.cosine_similarity(self.teacher_head(embedding), teacher)
        return TEACHER_WEIGHT * (1 - alike).mean()

    def _named_loss(
        self,
        embedding: torch.Tensor,
        labels: torch.Tensor,
        words: torch.Tensor,
        share: torch.Tensor,
    ) -> torch.Tensor:
        """What attributes and words teach, each picture counting as much as its share."""
        return self._attribute_loss(embedding, labels, share) + self._word_loss(
            embedding, words, share
        )

    def _attribute_loss(
        self, embedding: torch.Tensor, labels: torch.Tensor, share: torch.Tensor
    ) -> torch.Tensor:
        loss = embedding.new_zeros(())
        directions = functional.normalize(embedding)
        for column, allowed in enumerate(labels.split(self.sizes, dim=1)):
            known = allowed.any(dim=1)
            if not known.any():
                continue
            proxies = functional.normalize(self.proxies[column])
            alike = directions[known] @ proxies.T / PROXY_TEMPERATURE
            loss = loss + (_one_of(alike, allowed[known]) * share[known]).mean()
            if not self.is_pair[column]:
                logits = self.heads[column](embedding[known])
                named = (_one_of(logits, allowed[known]) * share[known]).mean()
                loss = loss + HEAD_WEIGHT * named
        return loss

    def _word_loss(
        self, embedding: torch.Tensor, words: torch.Tensor, share: torch.Tensor
    ) -> torch.Tensor:
        known = words.any(dim=1)
        if self.word_head is None or not known.any():
            return embedding.new_zeros(())
        chances = self.word_head(embedding[known]).log_softmax(dim=1)
        present = words[known].float()
        said = (chances * present).sum(dim=1) / present.sum(dim=1)
        return -WORD_WEIGHT * (said * share[known]).mean()

    def _view_loss(self, embedding: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        itself = torch.eye(len(item), dtype=torch.bool, device=item.device)
        pairs = (item[:, None] == item) & ~itself
        twice = pairs.any(dim=1)
        if not twice.any():
            return embedding.new_zeros(())
        directions = functional.normalize(embedding)
        alike = (directions @ directions.T / VIEW_TEMPERATURE).masked_fill(itself, -1e9)
        return VIEW_WEIGHT * _one_of(alike[twice], pairs[twice]).mean()


@dataclass(frozen=True)
class Mixture:
    """How the pictures of a batch are mixed in pairs.

    Attributes:
        share: How much of each mixture its own picture is, ``(n,)`` float32 from 0.5 to 1.
        partner: The row of the other, ``(n,)`` int64.
    """

    share: torch.Tensor
    partner: torch.Tensor

    @classmethod
    def drawn(cls, count: int, device: torch.device) -> Mixture:
        """Draw one for a batch."""
        share = torch.distributions.Beta(EVENNESS, EVENNESS).sample((count,)).to(device)
        return cls(torch.maximum(share, 1 - share), torch.randperm(count, device=device))

    def of(self, rows: torch.Tensor) -> torch.Tensor:
        """Mix ``(n, ...)`` float32."""
        share = self.share.to(rows).view(-1, *[1] * (rows.ndim - 1))
        return rows * share + rows[self.partner] * (1 - share)

    def parts(self) -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
        """The two parts of each mixture: what share it has, and of which row it is."""
        own = torch.arange(len(self.share), device=self.share.device)
        return (self.share, own), (1 - self.share, self.partner)


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
        """Let the encoder learn once the heads have."""
        assert model is not None
        model.encoder.requires_grad_(state.global_step >= HEADS_ALONE * state.max_steps)


class RunningAverage(TrainerCallback):
    """Averages the weights after every step (Izmailov et al. 2018, arXiv:1803.05407)."""

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: EncoderWithHeads | None = None,
        **_: object,
    ) -> None:
        """Take this step's weights in."""
        assert model is not None
        model.average.update_parameters(model.encoder)


def _averaged(average: torch.Tensor, now: torch.Tensor, steps: torch.Tensor | int) -> torch.Tensor:
    kept = min(MOST_KEPT, float(steps) / (float(steps) + EARLY_STEPS))
    return average.lerp(now, 1 - kept)


def _one_of(logits: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """The softmax loss of each row where any of the allowed classes is right.

    As in learning from partial labels (Feng et al. 2020, arXiv:2007.08929).
    """
    right = logits.masked_fill(~allowed, -1e9)
    return logits.logsumexp(dim=1) - right.logsumexp(dim=1)
