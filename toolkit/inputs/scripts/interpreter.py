"""Commands read one after the other into canonical form.

Nothing here relies on what is active in the engine: the interpreter knows every element that the
scripts have defined, and names it in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from toolkit.common.errors import nearest
from toolkit.inputs.scripts import arguments, data, definitions
from toolkit.inputs.scripts.arguments import ARGUMENTS
from toolkit.inputs.scripts.canonical import Canonical
from toolkit.inputs.scripts.classes import PASSED_CLASSES, property_names
from toolkit.inputs.scripts.definitions import class_of, full_name
from toolkit.inputs.scripts.elements import Element, Elements
from toolkit.inputs.scripts.files import size_of
from toolkit.inputs.scripts.lexer import Parameter
from toolkit.inputs.scripts.passage import Passage
from toolkit.inputs.scripts.remarks import Refused, Remarked

#: The source that a new circuit brings, which takes the properties that follow ``New Circuit``.
SOURCE = "Vsource.source"
#: What stands between the words of one value in quotes or brackets.
_BETWEEN = re.compile(r"[\s,]")


class Interpreter:
    """Reads commands one after the other; holds elements, variables and the element meant by ~."""

    def __init__(self, located: Callable[[str, bool], Path], remark: Remarked) -> None:
        """Take what returns the path of a file named in a script, needed or not, and hears remarks.

        ``located`` raises FileTrouble.
        """
        self._located, self._remark = located, remark
        self._elements = Elements()
        self.effort = self._elements.effort
        self._variables: dict[str, str] = {}
        self._current: Element | None = None
        self._passage = Passage()

    def valued(self, text: str) -> str:
        """Return text with the variable that it begins with replaced. Raises Refused.

        Of several words, such as a sum in brackets, each is looked up when they are read.
        """
        if not text.startswith("@") or len(text) == 1 or _BETWEEN.search(text):
            return text
        at = text.find("^") if "^" in text else text.find(".")
        key, rest = (text, "") if at < 0 else (text[:at], text[at:])
        if key.lower() not in self._variables:
            close = nearest(key, self._variables)
            raise Refused("syntax", f"no variable '{key}'; expected 'var {key}=...' before.{close}")
        return self._variables[key.lower()] + rest

    def read(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return what a command means, ``words`` being what follows it.

        Raises Refused, and FileTrouble for a file that cannot be read.
        """
        if command not in ("var", "set", "solve"):
            words = [replace(word, value=self.valued(word.value)) for word in words]
        if command in ("new", "edit", "batchedit", "select", "enable", "disable"):
            return _BY_NAME[command](self, *self._named(words))
        if command in ("more", "m", "~"):
            return self._continued(words)
        self._current = None
        if command in ARGUMENTS:
            return [arguments.with_arguments(command, words, self._elements, self.valued)]
        return self._standing_alone(command, words)

    def implied(self, words: Sequence[Parameter]) -> list[Canonical]:
        """Return what ``class.name.property=value`` and what follows it mean."""
        first = words[0]
        cls, _, rest = first.name.partition(".")
        bare, dot, about = rest.partition(".")
        if not dot:
            raise Refused("syntax", f"found '{first.name}=...'; expected a command.")
        values = [replace(word, value=self.valued(word.value)) for word in words]
        values[0] = replace(values[0], name=about)
        known = class_of(full := f"{cls}.{bare}")
        if known not in ("circuit", *PASSED_CLASSES):
            self._elements.known(known, full, "edit")
        return self._edit(known, full, values)

    def _named(self, words: Sequence[Parameter]) -> tuple[str, str, Sequence[Parameter]]:
        """Return class, full name and what follows."""
        self._current = None
        first = words[0] if words else Parameter("", "", "", 0, 0)
        if first.name and not "object".startswith(first.name.lower()):
            raise Refused("syntax", f"found '{first.name}='; expected CLASS.NAME.")
        _check_quotes(first.value, words[1:])
        cls = first.value.partition(".")[0].lower()
        return cls if cls in PASSED_CLASSES else class_of(first.value), first.value, words[1:]

    def _new(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls in PASSED_CLASSES:
            self._remark("passed", f"'{cls}' is passed over: it matters in dynamics only.")
            self._current = Element(named, cls)
            return []
        full = full_name(named)
        if cls == "circuit":
            return self._circuit(full, words)
        self._current = self._elements.add(cls, full)
        return [self._set("new", self._current, words)]

    def _circuit(self, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return a circuit and its source. The engine gives that a first property of its own."""
        if self._elements.has_circuit:
            raise Refused("syntax", "a second circuit; expected 'Clear' before it.")
        self._elements.has_circuit = True
        self._passage = Passage()
        source = self._current = self._elements.add("vsource", SOURCE)
        made = Canonical("new", named)
        edited = self._set("edit", source, words, before=1)
        return [made, edited] if edited.properties else [made]

    def _edit(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls == "circuit":
            said = f"'{named}' cannot be edited; its source is {SOURCE}, options are for Set."
            raise Refused("syntax", said)
        known = self._elements.find(cls, full_name(named)) if cls not in PASSED_CLASSES else None
        self._current = known or Element(named, "")
        if known is None:
            self._remark("passed", self._elements.no_such(cls, named, "edit"))
            return []
        return [self._set("edit", known, words)]

    def _batch(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls == "circuit":
            raise Refused("syntax", "found a circuit; expected a class of elements.")
        found = self._elements.matching(cls, named.partition(".")[2])
        if not found:
            self._remark("passed", f"no element of class {cls} fits '{named}'.")
        self.effort.spend("statements", len(found))
        return [self._set("edit", element, words) for element in found]

    def _select(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Remember the element that a ~ means from now on; the engine is told nothing."""
        self._current = self._elements.known(cls, full_name(named), "select")
        return []

    def _enabled(self, command: str, cls: str, named: str) -> list[Canonical]:
        """Enable or disable one element, or, with ``*``, all of its class.

        The engine sets the state of a storage anew when it is enabled by its own name, and not when
        its class is; so the class stays one.
        """
        whole = named.partition(".")[2] == "*"
        one = self._elements.find(cls, full_name(named))
        found = self._elements.all_of(cls) if whole else [one] if one is not None else []
        if "enabled" not in property_names(cls) or not found:
            self._remark("passed", f"there is no {named} to enable or disable.")
            return []
        self.effort.spend("statements", len(found))
        return [Canonical(command, f"{cls}.*" if whole else found[0].name)]

    def _enable(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        return self._enabled("enable", cls, named)

    def _disable(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        return self._enabled("disable", cls, named)

    def _continued(self, words: Sequence[Parameter]) -> list[Canonical]:
        if self._current is None:
            said = "the line continues no New or Edit; write 'Edit class.name ...'."
            raise Refused("syntax", said)
        if not self._current.cls:
            raise Refused("syntax", f"there is no {self._current.name} to continue.")
        if self._current.cls in PASSED_CLASSES:
            return []
        edited = self._set("edit", self._current, words)
        return [edited] if edited.properties else []

    def _set(
        self, command: str, element: Element, words: Sequence[Parameter], before: int = 0
    ) -> Canonical:
        found, passed = definitions.parsed(element, words, self.valued, before)
        for said in passed:
            self._remark("passed", said)

        def located(path: str) -> Path:
            return self._located(path, True)

        made = definitions.settings(element, found, self._elements, located, self._remark)
        return Canonical(command, element.name, tuple(made))

    def _standing_alone(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return what a command means that is about no element."""
        if command in ("set", "solve"):
            return self._options(command, words)
        if command == "reset":
            return [arguments.reset(words)]
        if command == "var":
            return self._var(words)
        if command in ("buscoords", "latlongcoords"):
            return self._coordinates(command, words)
        if command in ("clear", "clearall"):
            self._elements.clear()
        else:
            self.effort.spend("visits", len(self._elements))
        if command == "setloadandgenkv":
            # Without a list of buses the engine ends the process here.
            return [Canonical("makebuslist"), Canonical(command)]
        # A question is passed over; the element that it makes active counts for nothing here.
        return [] if command == "?" else [Canonical(command)]

    def _options(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return what Set sets, or a Solve by its options, and a Solve at which controls move."""
        made = arguments.options(words, self.valued, self._remark)
        self._passage.follow(made)
        if command == "solve":
            solved = self._passage.solved(self._elements, self._remark)
            made += solved
            self.effort.spend("solves", len(solved))
        return made

    def _var(self, words: Sequence[Parameter]) -> list[Canonical]:
        for word in words:
            if word.name and not word.name.startswith("@"):
                said = f"found the variable '{word.name}'; expected a name that begins with '@'."
                raise Refused("syntax", said)
            if word.name:
                self._variables[word.name.lower()] = self.valued(word.value)
        return []

    def _coordinates(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        path = self._located(words[0].value if words else "", False)
        self.effort.spend("bytes", size_of(path))
        found, others = data.coordinates(path, command == "latlongcoords")
        self.effort.spend("values", 2 * len(found) + others)
        if others:
            said = f"{others} line{'' if others == 1 else 's'} of '{path.name}' passed over"
            self._remark("passed", f"{said}: expected BUS, X, Y.")
        return [Canonical(command, coordinates=found)] if found else []


_BY_NAME: dict[str, Callable[[Interpreter, str, str, Sequence[Parameter]], list[Canonical]]] = {
    "new": Interpreter._new,
    "edit": Interpreter._edit,
    "batchedit": Interpreter._batch,
    "select": Interpreter._select,
    "enable": Interpreter._enable,
    "disable": Interpreter._disable,
}


def _check_quotes(named: str, words: Sequence[Parameter]) -> None:
    """Refuse quotes that begin behind the class, which OpenDSS takes for a part of the name."""
    cls, _, bare = named.partition(".")
    sign = bare[:1]
    if sign not in ('"', "'") or bare.endswith(sign, 1):
        return
    rest = next((i for i, word in enumerate(words) if word.value.endswith(sign)), None)
    if rest is not None:
        name = " ".join((bare[1:], *(word.value for word in words[: rest + 1])))[:-1]
        said = (
            f"expected {sign}{cls}.{name}{sign}: OpenDSS knows quotes around class and name alone."
        )
        raise Refused("syntax", f"found {named}; {said}")
