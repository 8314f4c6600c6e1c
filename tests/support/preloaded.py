"""What is imported once, before commands and servers are forked."""

from __future__ import annotations

import importlib
import os
import sys

SLOW = (
    "faiss",
    "openvino",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "sklearn.feature_extraction.text",
    "torch._dynamo",
    "torch.distributed.tensor",
    "torch.fx.experimental.symbolic_shapes",
)
READING = ("gradio", "gradio_client", "huggingface_hub", "transformers")
"""They read variables when they are imported."""
PREFIXES = ("GRADIO_", "HF_", "HUGGING", "TRANSFORMERS_", "XDG_")


def variables() -> dict[str, str]:
    """What `READING` may read."""
    return {name: value for name, value in os.environ.items() if name.startswith(PREFIXES)}


def forget_what_read_other_variables() -> None:
    """Let it be imported anew where the variables are no longer those that it has read."""
    if variables() != READ:
        for name in [name for name in sys.modules if name.partition(".")[0] in READING]:
            del sys.modules[name]


READ = variables()
for module in SLOW + READING:
    importlib.import_module(module)
