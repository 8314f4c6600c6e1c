"""The encoder: takes pictures, gives one embedding each.

`network` and `lite` import torch, so what needs them imports them by their full names.
"""

from pipeline.encoder.calibration import Guard, calibrate, recall_int8
from pipeline.encoder.cards import ENCODERS, LITE0, RESNET_50, STARTER_ENCODER, EncoderCard
from pipeline.encoder.encoder import BATCH, DECODED_SIDE, Encoder, EncoderIdentity
from pipeline.encoder.loading import load_encoder, locate
from pipeline.encoder.preprocessing import seen

__all__ = [
    "BATCH",
    "DECODED_SIDE",
    "ENCODERS",
    "LITE0",
    "RESNET_50",
    "STARTER_ENCODER",
    "Encoder",
    "EncoderCard",
    "EncoderIdentity",
    "Guard",
    "calibrate",
    "load_encoder",
    "locate",
    "recall_int8",
    "seen",
]
