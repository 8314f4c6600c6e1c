"""Building: takes a catalogue and an encoder, gives a built catalogue."""

from pipeline.building.build import PLAN, Progress, build, open_or_build, with_closeness

__all__ = ["PLAN", "Progress", "build", "open_or_build", "with_closeness"]
