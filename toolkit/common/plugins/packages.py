"""Write a package to start a third-party plug-in from."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Any

from toolkit.common.errors import InputError
from toolkit.common.files import exists_already, unwritable, write_new
from toolkit.common.plugins.groups import Group

#: Good as the name of a distribution, of an entry point and, with "_" for "-", of a module.
NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")


@dataclass(frozen=True)
class Package:
    """A package for a plug-in of a group: the folder of its templates, and where each goes."""

    group: Group[Any]
    templates: Path
    files: Mapping[str, str]

    def write(self, name: str, where: Path) -> Path:
        """Write a whole package for a plug-in of this name below ``where``; return its folder.

        Raises InputError for a name that cannot serve or is taken, and for a folder that exists.
        """
        self._check_name(name)
        folder = where / name
        try:
            folder.mkdir()
            for path, text in self._rendered(name).items():
                write_new(folder / path, text.encode("utf-8"))
        except FileExistsError as error:
            raise exists_already(folder) from error
        except OSError as error:
            raise unwritable(folder, error) from error
        return folder

    def _rendered(self, name: str) -> dict[str, str]:
        """Return the files of the package, path and text."""
        module = name.replace("-", "_")
        words = {
            "name": name,
            "module": module,
            "classname": "".join(part[:1].upper() + part[1:] for part in module.split("_")),
        }
        return {
            Template(path).substitute(words): Template(
                (self.templates / source).read_text(encoding="utf-8")
            ).substitute(words)
            for path, source in self.files.items()
        }

    def _check_name(self, name: str) -> None:
        """Refuse a name that cannot be a distribution, a module and a plug-in at once."""
        module = name.replace("-", "_")
        if not NAME.fullmatch(name):
            raise InputError(
                f"plugin name: found '{name}'; expected lower-case letters and digits, words "
                "joined by '-' or '_', a letter first, such as 'pattern-search'."
            )
        if keyword.iskeyword(module) or module in sys.stdlib_module_names:
            raise InputError(
                f"plugin name: '{name}' is a word or a module of Python itself; choose another."
            )
        if name in self.group.names():
            word = self.group.word
            raise InputError(
                f"plugin name: '{name}' is {'an' if word[0] in 'aeiou' else 'a'} {word} already, "
                f"of {self.group.owner(name)}; choose another."
            )
        if find_spec(module) is not None:
            raise InputError(
                f"plugin name: '{name}' is an installed module already; choose another."
            )
