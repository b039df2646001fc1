"""The doctor: says what is wrong with a feeder instead of failing on it."""

from toolkit.commands.check_feeder.declared import Shown, shown
from toolkit.commands.check_feeder.findings import Diagnosis, Finding
from toolkit.commands.check_feeder.sandbox import check, survive

__all__ = ["Diagnosis", "Finding", "Shown", "check", "shown", "survive"]
