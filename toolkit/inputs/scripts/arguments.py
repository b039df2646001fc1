"""Commands that take arguments but no element's properties: Open, Close, SetkVBase, Reset, Set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.common.errors import nearest
from toolkit.inputs.scripts import commands
from toolkit.inputs.scripts import options as table
from toolkit.inputs.scripts.canonical import Canonical, Setting
from toolkit.inputs.scripts.classes import Property
from toolkit.inputs.scripts.definitions import class_of, full_name
from toolkit.inputs.scripts.elements import Elements
from toolkit.inputs.scripts.lexer import Parameter
from toolkit.inputs.scripts.remarks import Refused, Remarked
from toolkit.inputs.scripts.values import (
    Named,
    Variables,
    bus,
    judged,
)
from toolkit.inputs.scripts.writing import Value

#: What the arguments of a command are, in their order, whatever a script calls them.
ARGUMENTS = {
    "open": ("object", "term", "cond"),
    "close": ("object", "term", "cond"),
    "setkvbase": ("bus", "kvll"),
    "setbusxy": ("bus", "x", "y"),
}
#: What draws or injects a current that does not leave the solution when its conductors are opened.
LEAVING = ("load", "generator", "pvsystem", "storage", "indmach012", "isource", "vccs")
#: The number of a terminal or conductor.
_COUNT = re.compile(r"\d{1,2}", re.ASCII)
_OPTIONS = tuple(table.options())


def with_arguments(
    command: str, words: Sequence[Parameter], elements: Elements, variables: Variables
) -> Canonical:
    """Return a command of :data:`ARGUMENTS`. Raises Refused."""
    known = ARGUMENTS[command]
    if len(words) > len(known):
        raise Refused("syntax", f"found {len(words)} values after '{command}'.")
    values = dict(zip(known, words, strict=False))
    if command in ("open", "close"):
        return _switched(command, values, elements)
    if len(values) < len(known):
        said = f"found {len(values)} values after '{command}'; expected {', '.join(known)}."
        raise Refused("syntax", said)
    if command == "setkvbase":
        return _kv_base(values, variables)
    return _bus_xy(values)


def _switched(command: str, values: dict[str, Parameter], elements: Elements) -> Canonical:
    """Return Open or Close of an element that is there."""
    named = values["object"].value if "object" in values else ""
    known = elements.known(class_of(named), full_name(named), command)
    counts = []
    for key in ("term", "cond"):
        text = values[key].value if key in values else "0"
        if not _COUNT.fullmatch(text):
            raise Refused("syntax", f"{key}: found '{text}'; expected a whole number.")
        counts.append((key, str(int(text))))
    if command == "open" and known.cls in LEAVING:
        raise Refused("syntax", _stays_on(known.name))
    return Canonical(command, known.name, tuple(counts))


def _stays_on(named: str) -> str:
    return (
        f"'Open {named}': OpenDSS goes on computing with the current of an open load or unit, and "
        f"its figures change from run to run; expected 'Disable {named}', or 'Open' of the branch "
        "that feeds it."
    )


def _kv_base(values: dict[str, Parameter], variables: Variables) -> Canonical:
    about = "kVLN" if values["kvll"].name.lower() == "kvln" else "kVLL"
    base = _value(Property(about, "number"), values["kvll"], variables)
    return Canonical("setkvbase", None, (("bus", bus(values["bus"].value)), (about, base)))


def _bus_xy(values: dict[str, Parameter]) -> Canonical:
    try:
        x, y = float(values["x"].value), float(values["y"].value)
    except ValueError:
        raise Refused("syntax", "expected a bus, x and y.") from None
    return Canonical("setbusxy", coordinates=((bus(values["bus"].value).lower(), x, y),))


def reset(words: Sequence[Parameter]) -> Canonical:
    """Return Reset, of everything or of one of :data:`commands.RESETS`. Raises Refused."""
    what = words[0].value.lower() if words else ""
    known = commands.resolve(what, commands.RESETS)
    if what and known is None:
        raise Refused("syntax", f"found 'Reset {what}'.{nearest(what, commands.RESETS)}")
    return Canonical("reset", known)


def options(words: Sequence[Parameter], variables: Variables, remark: Remarked) -> list[Canonical]:
    """Return Set with the options that describe the circuit. Raises Refused."""
    kept: list[Setting] = []
    position = 0
    for word in words:
        option = table.options()[_option(word, position)]
        position = _OPTIONS.index(option.name) + 1
        if _is_passed_on(option, word, remark):
            kept.append((option.name, _option_value(option, word, variables)))
    return [Canonical("set", None, tuple(kept))] if kept else []


def _option_value(option: table.SetOption, word: Parameter, variables: Variables) -> Value:
    all_harmonics = option.name == "harmonics" and word.value.lower() == "all"
    kind = "word" if all_harmonics or option.kind is None else option.kind
    return _value(Property(option.name, kind), word, variables)


def _value(about: Property, word: Parameter, variables: Variables) -> Value:
    value = judged(about, variables(word.value), variables)
    if isinstance(value, Named):
        raise Refused("syntax", f"{about.name}: expected its values, not a file.")
    return value


def _option(word: Parameter, before: int) -> str:
    """Return the option that a parameter of Set means."""
    if not word.name:
        return _OPTIONS[min(before, len(_OPTIONS) - 1)]
    option = commands.resolve(word.name, _OPTIONS)
    if option is None:
        close = nearest(word.name, _OPTIONS)
        raise Refused("syntax", f"unknown option '{word.name}' of Set.{close}")
    return option


def _is_passed_on(option: table.SetOption, word: Parameter, remark: Remarked) -> bool:
    if option.fate == "refused" and not option.is_neutral(word.value):
        said = f"'set {option.name}' is refused: it {option.reason}. Remove the line."
        raise Refused("refused", said)
    if option.kind is None:
        remark("passed", f"'set {option.name}' is passed over: {option.reason}.")
    return option.kind is not None
