"""The doctor: takes a machine and the settings, gives what is wrong and what to do about it."""

from pipeline.doctor.examination import examine
from pipeline.doctor.finding import Finding, Verdict

__all__ = ["Finding", "Verdict", "examine"]
