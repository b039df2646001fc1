"""The optimizers that are installed: one group of plug-ins, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.common.errors import InputError, ToolkitError
from toolkit.common.excerpts import excerpt
from toolkit.common.plugins.groups import Group, missing
from toolkit.common.plugins.options import OptionRow, option_table
from toolkit.common.processes import words
from toolkit.optimizer.contract import Optimizer, OptimizerOptions

#: Beside options this key says whose they are (see ``labels``), so no option may be called so.
RESERVED = "optimizer"
OPTIMIZERS = Group(
    "toolkit.optimizers",
    "optimizer",
    Optimizer,  # type: ignore[type-abstract]  # never made, only asked about
    OptimizerOptions,
    "minimize",
    (RESERVED,),
)
names, owner, info = OPTIMIZERS.names, OPTIMIZERS.owner, OPTIMIZERS.info
load, configure = OPTIMIZERS.load, OPTIMIZERS.configure


@dataclass(frozen=True)
class Portrait:
    """What an optimizer says of itself; ``lacking`` says which library, see ``missing``."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    choices: Mapping[str, Mapping[str, Sequence[str]]]


def chosen(word: str, options: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """Return a plug-in's name and options, of NAME or NAME:VALUE, such as ``mealpy:GWO``.

    Raises InputError where it has nothing to choose by a colon, or an option says otherwise.
    """
    name, colon, value = word.partition(":")
    given = dict(options or {})
    if not colon:
        return word, given
    key = load(name).chooses
    if not (key and value):
        what = f"NAME:{key.upper()}" if key else f"its name alone and --option {name}.KEY=VALUE"
        raise InputError(f"optimizer '{word}': expected {what}.")
    if given.setdefault(key, value) != value:
        raise InputError(
            f"optimizer '{word}': its option says {key}={excerpt(given[key])}; give one of them."
        )
    return name, given


def build(word: str, options: Mapping[str, Any] | None = None) -> Optimizer:
    """Return the optimizer of this name, or NAME:VALUE, with these options."""
    return OPTIMIZERS.build(*chosen(word, options))


def portrait(word: str, options: Mapping[str, Any] | None = None) -> Portrait:
    """Import a plug-in and return what it says of itself, and what its library offers.

    Of one that is many, such as ``mealpy:GWO``, the one chosen.
    """
    name, given = chosen(word, options)
    found = load(name)
    lacking = missing(found)
    if not lacking:
        OPTIMIZERS.parsed(found, given, name)
    return Portrait(
        name,
        found.description,
        str(found.reference),
        lacking,
        option_table(found, {} if lacking else given),
        {} if found.chooses in given else choices(found, name),
    )


def choices(optimizer: type[Optimizer], name: str) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the values of options that only a library knows: option -> heading -> values."""
    if missing(optimizer):
        return {}
    try:
        return optimizer.choices()
    except (Exception, SystemExit) as error:
        raise ToolkitError(
            f"optimizer '{name}' cannot say what its options may be: {words(error)}"
        ) from error
