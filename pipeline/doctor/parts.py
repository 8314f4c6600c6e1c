"""The parts: the hub and the encoder."""

from __future__ import annotations

import time

from pipeline.doctor.finding import Finding, bad, good, poor
from pipeline.errors import LookalikeError
from pipeline.settings import STARTER, Settings


def examine_hub() -> Finding:
    """Whether the Hugging Face hub answers."""
    from pipeline.hub import find_hub, hub_endpoint, is_offline, proxy_fault

    if is_offline():
        return good("hub", "not asked, as HF_HUB_OFFLINE wishes")
    if fault := proxy_fault():
        return poor("hub", f"{hub_endpoint()} cannot be asked", fault)
    if find_hub():
        return good("hub", f"{hub_endpoint()} answers")
    return poor(
        "hub",
        f"{hub_endpoint()} does not answer",
        "Only the starter set and your own folders can be loaded. If you have a connection, see "
        "whether a proxy (HTTPS_PROXY) or another address (HF_ENDPOINT) is needed.",
    )


def examine_encoder(settings: Settings) -> Finding:
    """Whether the encoder loads and embeds a picture: the one named, else the starter's."""
    name = settings.encoder or STARTER
    try:
        import numpy as np
        from PIL import Image

        from pipeline.encoder import load_encoder

        encoder = load_encoder(name, precision=settings.precision, home=settings.home)
        picture = Image.new("RGB", (224, 224), "white")
        encoder.encode([picture])
        started = time.perf_counter()
        embedding = encoder.encode([picture])[0]
        milliseconds = (time.perf_counter() - started) * 1000
        is_finite = bool(np.isfinite(embedding).all())
    except LookalikeError as error:
        return bad("encoder", f"'{name}' does not load", str(error))
    seen = (
        f"'{name}' gives {len(embedding):,} numbers in {milliseconds:.0f} ms "
        f"({encoder.runtime.name}, {encoder.runtime.precision})"
    )
    if not is_finite:
        return bad("encoder", f"{seen}, which are infinite, or none", "Try --precision fp32.")
    return good("encoder", seen)
