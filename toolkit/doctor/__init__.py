"""The doctor: says what is wrong with a feeder instead of failing on it."""

from toolkit.doctor.findings import Diagnosis, Finding
from toolkit.doctor.visit import check, survive

__all__ = ["Diagnosis", "Finding", "check", "survive"]
