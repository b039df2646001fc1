"""What results depend on beside the study: the versions of packages and the processor."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from importlib.util import find_spec
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
    "highspy",
    "pydantic",
    "pygad",
    "mealpy",
    "cma",
)


def versions() -> dict[str, str]:
    """Return the versions of everything the figures depend on."""
    return {name: _version(name) for name in RECORDED}


@cache
def _version(name: str) -> str:
    """Return the version of a package; what is imported does not change with what is installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def processor() -> str:
    """Return what kind of processor this is, on which the last digits of NumPy depend."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()}, {next(models, platform.processor()) or 'unknown'}"


def runtime(*more: str) -> dict[str, str]:
    """Return what results are made under, of which figures do not depend, and further packages."""
    system = f"{platform.system()} {platform.release()}"
    return {
        "Python": platform.python_version(),
        "platform": system,
        **{name: _version(name) for name in more},
    }


def code_hash() -> str:
    """Return a hash over the text of the toolkit and its own plug-ins, as installed here."""
    digest = hashlib.sha256()
    for name in ("toolkit", "toolkit_plugins"):
        spec = find_spec(name)
        for folder in (spec.submodule_search_locations if spec is not None else None) or ():
            for path in sorted(Path(folder).rglob("*.py")):
                text = path.read_bytes()
                digest.update(
                    f"{name}/{path.relative_to(folder).as_posix()} {len(text)}\n".encode()
                )
                digest.update(text)
    return digest.hexdigest()
