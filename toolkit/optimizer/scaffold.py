"""Write a package to start a third-party optimizer from."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from string import Template

from toolkit.common.errors import InputError
from toolkit.common.files import exists_already, unwritable, write_new
from toolkit.optimizer import registry

TEMPLATES = Path(__file__).parent / "templates"
#: Where each template goes.
FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "$module/__init__.py": "package.py.tmpl",
    "$module/optimizer.py": "optimizer.py.tmpl",
    "tests/test_$module.py": "test.py.tmpl",
}
#: Good as the name of a distribution, of an entry point and, with "_" for "-", of a module.
NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


def write_plugin(name: str, where: Path) -> Path:
    """Write a whole package for an optimizer of this name below ``where``; return its folder.

    Raises InputError for a name that cannot serve or is taken, and for a folder that exists.
    """
    check_name(name)
    folder = where / name
    try:
        folder.mkdir()
        for path, text in rendered(name).items():
            write_new(folder / path, text.encode("utf-8"))
    except FileExistsError as error:
        raise exists_already(folder) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    return folder


def rendered(name: str) -> dict[str, str]:
    """Return the files of the package, path and text."""
    module = name.replace("-", "_")
    words = {
        "name": name,
        "module": module,
        "classname": "".join(part[:1].upper() + part[1:] for part in module.split("_")),
    }
    return {
        Template(path).substitute(words): Template(
            (TEMPLATES / source).read_text(encoding="utf-8")
        ).substitute(words)
        for path, source in FILES.items()
    }


def check_name(name: str) -> None:
    """Refuse a name that cannot be a distribution, a module and an optimizer at once."""
    module = name.replace("-", "_")
    if not NAME.fullmatch(name):
        raise InputError(
            f"plugin name: found '{name}'; expected lower-case letters and digits, words joined "
            "by '-' or '_', a letter first, such as 'pattern-search'."
        )
    if keyword.iskeyword(module) or module in sys.stdlib_module_names:
        raise InputError(
            f"plugin name: '{name}' is a word or a module of Python itself; choose another."
        )
    if name in registry.names():
        raise InputError(
            f"plugin name: '{name}' is an optimizer already, of {registry.owner(name)}; "
            "choose another."
        )
    if find_spec(module) is not None:
        raise InputError(f"plugin name: '{name}' is an installed module already; choose another.")
