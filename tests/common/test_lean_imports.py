import subprocess
import sys

import pytest

from toolkit.common.lean_imports import without

HEAVY = ("pandas", "highspy", "matplotlib", "scipy.stats", "typer")
SEARCH = f"""
import sys
import toolkit.runs.errands
from toolkit.grid import opendss
print([name for name in {HEAVY} if name in sys.modules])
"""


def test_the_process_of_a_search_imports_nothing_heavy_it_does_not_need():
    done = subprocess.run(
        [sys.executable, "-c", SEARCH], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_a_package_is_out_of_sight_only_meanwhile(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with without("this"), pytest.raises(ImportError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_what_is_imported_already_stays():
    with without("json"):
        import json
    assert sys.modules["json"] is json
