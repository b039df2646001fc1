"""New, Edit and what continues them: which properties are set to what, in canonical form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from toolkit.common.errors import nearest
from toolkit.inputs.scripts import commands, tables
from toolkit.inputs.scripts.canonical import Setting
from toolkit.inputs.scripts.classes import (
    IDLE_ACTIONS,
    LATER_CLASSES,
    MEMORY_ACTIONS,
    STATES,
    STOPPING,
    Property,
    classes,
    property_names,
)
from toolkit.inputs.scripts.elements import Element, Elements
from toolkit.inputs.scripts.lexer import Parameter
from toolkit.inputs.scripts.remarks import Refused, Remarked
from toolkit.inputs.scripts.tables import Located
from toolkit.inputs.scripts.values import (
    Named,
    Variables,
    judged,
    name,
    whole_number,
)
from toolkit.inputs.scripts.writing import Value

#: What the size of an element's matrices follows from.
SIZES = ("phases", "nphases", "nconds", "windings", "numsteps")


def class_of(named: str) -> str:
    """Return the class of ``class.name`` in lower case. Raises Refused for an unknown one."""
    cls, dot, _ = named.partition(".")
    known = cls.lower()
    if not dot:
        raise Refused("syntax", f"found '{named}'; expected CLASS.NAME.")
    if known in LATER_CLASSES:
        said = f"the OpenDSS engine in use has no class '{cls}'; {LATER_CLASSES[known]}."
        raise Refused("syntax", said)
    if known not in classes() and known != "circuit":
        raise Refused("syntax", f"unknown class '{cls}'.{nearest(cls, classes())}")
    return known


def full_name(named: str) -> str:
    """Return ``class.name``, its name checked; a name may hold dots. Raises Refused."""
    cls, _, bare = named.partition(".")
    return f"{cls}.{name(bare)}"


def parsed(
    element: Element, words: Sequence[Parameter], variables: Variables, before: int = 0
) -> tuple[list[tuple[Property, Value | Named]], list[str]]:
    """Return the properties that words set, in order, and sentences on those passed over.

    A value without a name belongs to the property after the last one; ``before`` is how many stand
    before the first. Raises Refused, for all of the statement.
    """
    known = classes()[element.cls]
    found: list[tuple[Property, Value | Named]] = []
    said: list[str] = []
    position = before
    for count, word in enumerate(words, start=1):
        if not word.value.strip():
            if count < len(words):
                raise Refused("syntax", _empty(word))
            break
        position = _position(word, position, element)
        about = known[position - 1]
        if _is_idle(element, about, word):
            said.append(_passed_over(about, element))
            continue
        _check_action(element, about, word)
        _check_state(element, about, word)
        _check_inverters(element, about, word)
        found.append((about, judged(about, word.value, variables)))
    return found, said


def _passed_over(about: Property, element: Element) -> str:
    """Say that a property is not passed on, and what the engine would have done at it."""
    beside = "; plain OpenDSS skips what follows it on the line, which counts here"
    return f"'{about.name}' of a {element.spelt} is passed over{beside * _stops(about, element)}."


def _empty(word: Parameter) -> str:
    named = f"'{word.name}'" if word.name else "a property"
    return f"found no value for {named}, at which OpenDSS stops reading the line; give it one."


def _position(word: Parameter, before: int, element: Element) -> int:
    """Return which property a parameter sets, counted from 1."""
    names = property_names(element.cls)
    if not word.name:
        if before >= len(names):
            said = f"'{word.value}' stands after the last property of a {element.spelt}."
            raise Refused("syntax", said)
        return before + 1
    name = commands.resolve(word.name, names)
    if name is None:
        close = nearest(word.name, names)
        raise Refused("syntax", f"a {element.spelt} has no property '{word.name}'.{close}")
    return names.index(name) + 1


def _is_idle(element: Element, about: Property, word: Parameter) -> bool:
    if about.kind == "action":
        return _abbreviates(word.value, IDLE_ACTIONS.get(element.cls, ()))
    return about.kind == "idle" or _stops(about, element)


def _stops(about: Property, element: Element) -> bool:
    """Say whether the engine would leave the rest of the line unread."""
    return STOPPING.get(element.cls) == about.name


def _check_action(element: Element, about: Property, word: Parameter) -> None:
    known = MEMORY_ACTIONS.get(element.cls, ())
    if about.kind == "action" and not _abbreviates(word.value, known):
        said = f"'action={word.value}' of a {element.spelt} is refused: it writes a file."
        raise Refused("refused", said)


def _check_inverters(element: Element, about: Property, word: Parameter) -> None:
    """Raise Refused for what the engine in use breaks down at in a list of inverters."""
    if element.cls != "invcontrol" or about.name != "derlist":
        return
    for unit in re.split(r"[\s,]+", word.value.strip("[](){}\"' ")):
        cls, _, own = unit.lower().partition(".")
        if unit and not (cls in ("pvsystem", "storage") and own):
            said = "expected full names, such as PVSystem.roof or Storage.box."
            raise Refused("syntax", f"{about.name}: found '{unit}'; {said}")


def _check_state(element: Element, about: Property, word: Parameter) -> None:
    """Raise Refused for what the engine in use cannot hold as the state of a switch."""
    if about.name not in STATES.get(element.cls, ()):
        return
    if element.cls == "fuse":
        said = "the engine in use fails at it; expected 'state=[open open open]', one per phase."
        raise Refused("syntax", f"'{about.name}={word.value}' of a {element.spelt}: {said}")
    if len(word.value.replace(",", " ").split()) > 1:
        said = "expected one state of all phases; 'Open LINE 1 PHASE' opens a single one."
        raise Refused("syntax", f"{about.name}: found {word.value!r}; {said}")


def _abbreviates(value: str, known: Sequence[str]) -> bool:
    return bool(value) and any(name.startswith(value.strip().lower()) for name in known)


def settings(
    element: Element,
    found: Sequence[tuple[Property, Value | Named]],
    elements: Elements,
    located: Located,
    remark: Remarked,
) -> list[Setting]:
    """Return what is set, with the numbers of files in the place of their names.

    The element learns what decides how its next file is read. Raises Refused, and FileTrouble for a
    file that is not what is expected.
    """
    made: list[Setting] = []
    for about, value in found:
        if isinstance(value, Named):
            made += tables.from_file(element, about, value, elements, located, remark)
        elif not isinstance(value, str) and element.cls in tables.ROWS:
            made += tables.written(element, about.name, value, elements, remark)
        else:
            _learn(element, about.name, value, elements)
            made.append((about.name, value))
    tables.check(element)
    return made


def _learn(element: Element, name: str, value: Value, elements: Elements) -> None:
    if not isinstance(value, str):
        return
    if name == tables.ROWS.get(element.cls):
        tables.resized(element, max(whole_number(value) or 0, 0))
        elements.effort.spend("values", element.rows)
    elif name in SIZES:
        element.sizes[name] = max(whole_number(value) or 0, 1)
        elements.effort.spend("matrices", element.entries)
    elif name in ("interval", "minterval", "sinterval"):
        element.timed = _is_zero(value)
    elif name == "like" and (other := elements.find(element.cls, f".{value}")) is not None:
        element.rows, element.timed, element.held = other.rows, other.timed, dict(other.held)
        elements.effort.spend("values", element.rows)


def _is_zero(text: str) -> bool:
    try:
        return float(text) == 0.0
    except ValueError:
        return False
