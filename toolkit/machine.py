"""What results depend on beside the study: the versions of packages and the processor."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

#: Packages whose versions decide the figures.
RECORDED = (
    "p2p-der-toolkit",
    "opendssdirect.py",
    "dss-python",
    "dss-python-backend",
    "numpy",
    "pandas",
    "scipy",
    "scikit-posthocs",
    "highspy",
    "pydantic",
    "pygad",
    "mealpy",
    "cma",
)


def versions() -> dict[str, str]:
    """Return the versions of everything the figures depend on."""
    found = {}
    for name in RECORDED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def processor() -> str:
    """Return what kind of processor this is, on which the last digits of NumPy depend."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()}, {next(models, platform.processor()) or 'unknown'}"
