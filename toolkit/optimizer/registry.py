"""The optimizers that are installed: one group of plug-ins, and what each says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toolkit.common.errors import ToolkitError
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
load, build, configure = OPTIMIZERS.load, OPTIMIZERS.build, OPTIMIZERS.configure


@dataclass(frozen=True)
class Portrait:
    """What an optimizer says of itself; ``lacking`` says which library, see ``missing``."""

    name: str
    description: str
    reference: str
    lacking: str
    options: tuple[OptionRow, ...]
    choices: Mapping[str, Mapping[str, Sequence[str]]]


def portrait(name: str) -> Portrait:
    """Import a plug-in and return what it says of itself, and what its library offers."""
    found = load(name)
    return Portrait(
        name,
        found.description,
        str(found.reference),
        missing(found),
        option_table(found),
        choices(found, name),
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
