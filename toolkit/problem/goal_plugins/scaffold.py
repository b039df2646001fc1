"""The package that a third-party goal starts from."""

from __future__ import annotations

from pathlib import Path

from toolkit.common.plugins.packages import Package
from toolkit.problem.goal_plugins.registry import GOAL_PLUGINS

TEMPLATES = Path(__file__).parent / "templates"
#: Where each template goes.
FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "$module/__init__.py": "package.py.tmpl",
    "$module/goal.py": "goal.py.tmpl",
    "tests/test_$module.py": "test.py.tmpl",
}
write_goal = Package(GOAL_PLUGINS, TEMPLATES, FILES).write
