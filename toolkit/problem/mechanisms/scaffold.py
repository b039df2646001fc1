"""The package that a third-party mechanism starts from."""

from __future__ import annotations

from pathlib import Path

from toolkit.common.plugins.packages import Package
from toolkit.problem.mechanisms.registry import MECHANISMS

TEMPLATES = Path(__file__).parent / "templates"
#: Where each template goes.
FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "$module/__init__.py": "package.py.tmpl",
    "$module/mechanism.py": "mechanism.py.tmpl",
    "tests/test_$module.py": "test.py.tmpl",
}
write_mechanism = Package(MECHANISMS, TEMPLATES, FILES).write
