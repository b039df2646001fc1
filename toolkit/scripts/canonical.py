"""What a script says, in the form in which the engine is told: one element in one statement.

Nothing here relies on what is active in the engine: the interpreter knows every element that the
scripts have defined, and names it in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from toolkit.errors import nearest
from toolkit.scripts import commands, data, definitions
from toolkit.scripts.classes import PASSED_CLASSES, Property, property_names
from toolkit.scripts.definitions import Setting, class_of
from toolkit.scripts.elements import Element, Elements
from toolkit.scripts.lexer import Parameter
from toolkit.scripts.values import Named, Refused, bus, judged, name
from toolkit.scripts.writing import written

#: The source that a new circuit brings, which takes the properties that follow ``New Circuit``.
SOURCE = "Vsource.source"
#: Arguments of the commands that take some, in their order.
ARGUMENTS = {
    "open": (Property("object", "word"), Property("term", "number"), Property("cond", "number")),
    "setkvbase": (Property("bus", "bus"), Property("kvll", "number")),
    "setbusxy": (Property("bus", "bus"), Property("x", "number"), Property("y", "number")),
}
ARGUMENTS["close"] = ARGUMENTS["open"]
#: The number of a terminal or conductor.
_COUNT = re.compile(r"\d{1,2}")
Coordinates = tuple[tuple[str, float, float], ...]
#: Hears of what is done without: "passed" or "changed", and a sentence.
Remarked = Callable[[Literal["passed", "changed"], str], None]


@dataclass(frozen=True)
class Canonical:
    """A statement for the engine: a command in lower case, an element, its properties in order.

    coordinates: bus, x and y, of a file of coordinates, which is no command of the engine here.
    """

    command: str
    element: str | None = None
    properties: tuple[Setting, ...] = ()
    coordinates: Coordinates = ()

    @property
    def text(self) -> str:
        """The statement as OpenDSS reads it; nothing for coordinates."""
        if self.coordinates:
            return ""
        word = commands.BARE.get(self.command, self.command.capitalize())
        return written(word, self.element, self.properties)

    @property
    def brief(self) -> str:
        """The beginning of the statement, for a message."""
        shown = [p for p in self.properties if isinstance(p[1], str)][:4]
        return written(self.command.capitalize(), self.element, shown)[:60]


class Interpreter:
    """Reads commands one after the other; holds elements, variables and the element meant by ~."""

    def __init__(self, located: Callable[[str, bool], Path], remark: Remarked) -> None:
        """Take what returns the path of a file named in a script, needed or not, and hears remarks.

        ``located`` raises FileTrouble.
        """
        self._located, self._remark = located, remark
        self._elements = Elements()
        self._variables: dict[str, str] = {}
        self._current: Element | None = None

    def valued(self, text: str) -> str:
        """Return text with the variable that it begins with replaced. Raises Refused."""
        if not text.startswith("@") or len(text) == 1:
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
        if command != "var":
            words = [replace(word, value=self.valued(word.value)) for word in words]
        if command in ("new", "edit", "batchedit", "select", "enable", "disable"):
            return _BY_NAME[command](self, *self._named(words))
        if command in ("more", "m", "~"):
            return self._continued(words)
        self._current = None
        if command in commands.BARE:
            return self._bare(command)
        return _OTHERS[command](self, command, words)

    def implied(self, words: Sequence[Parameter]) -> list[Canonical]:
        """Return what ``class.name.property=value`` and what follows it mean."""
        first = words[0]
        cls, _, rest = first.name.partition(".")
        bare, dot, about = rest.partition(".")
        if not dot:
            raise Refused("syntax", f"found '{first.name}=...'; expected a command.")
        values = [replace(word, value=self.valued(word.value)) for word in words]
        values[0] = definitions.renamed(values[0], about)
        known = class_of(full_name := f"{cls}.{bare}")
        if known not in ("circuit", *PASSED_CLASSES) and not self._elements.find(known, full_name):
            close = nearest(bare.lower(), self._elements.names(known))
            raise Refused("syntax", f"there is no {full_name} to edit.{close}")
        return self._edit(known, full_name, values)

    def _named(self, words: Sequence[Parameter]) -> tuple[str, str, Sequence[Parameter]]:
        """Return class, full name and what follows."""
        self._current = None
        first = words[0] if words else Parameter("", "", "", 0, 0)
        if first.name and not "object".startswith(first.name.lower()):
            raise Refused("syntax", f"found '{first.name}='; expected CLASS.NAME.")
        cls = first.value.partition(".")[0].lower()
        return cls if cls in PASSED_CLASSES else class_of(first.value), first.value, words[1:]

    def _new(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls in PASSED_CLASSES:
            self._remark("passed", f"'{cls}' is passed over: it matters in dynamics only.")
            self._current = Element(named, cls)
            return []
        full_name = _full_name(named)
        if cls == "circuit":
            return self._circuit(full_name, words)
        self._current = self._elements.add(cls, full_name)
        return [self._set("new", self._current, words)]

    def _circuit(self, full_name: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return a circuit and its source. The engine gives that a first property of its own."""
        if self._elements.has_circuit:
            raise Refused("syntax", "a second circuit; expected 'Clear' before it.")
        self._elements.has_circuit = True
        source = self._current = self._elements.add("vsource", SOURCE)
        made = Canonical("new", full_name)
        edited = self._set("edit", source, words, before=1)
        return [made, edited] if edited.properties else [made]

    def _edit(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls == "circuit":
            said = f"'{named}' cannot be edited; its source is {SOURCE}, options are for Set."
            raise Refused("syntax", said)
        known = self._elements.find(cls, _full_name(named)) if cls not in PASSED_CLASSES else None
        self._current = known or Element(named, "")
        if known is None:
            close = nearest(named.partition(".")[2].lower(), self._elements.names(cls))
            self._remark("passed", f"there is no {named} to edit.{close}")
            return []
        return [self._set("edit", known, words)]

    def _batch(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        if cls == "circuit":
            raise Refused("syntax", "found a circuit; expected a class of elements.")
        found = self._elements.matching(cls, named.partition(".")[2])
        if not found:
            self._remark("passed", f"no element of class {cls} fits '{named}'.")
        return [self._set("edit", element, words) for element in found]

    def _select(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Remember the element that a ~ means from now on; the engine is told nothing."""
        known = self._elements.find(cls, _full_name(named))
        if known is None:
            close = nearest(named.partition(".")[2].lower(), self._elements.names(cls))
            raise Refused("syntax", f"there is no {named} to select.{close}")
        self._current = known
        return []

    def _enabled(self, cls: str, named: str, yes: bool) -> list[Canonical]:
        if "enabled" not in property_names(cls):
            found = []
        elif named.partition(".")[2] == "*":
            found = self._elements.all_of(cls)
        else:
            known = self._elements.find(cls, _full_name(named))
            found = [known] if known is not None else []
        if not found:
            self._remark("passed", f"there is no {named} to enable or disable.")
        state = "yes" if yes else "no"
        return [Canonical("edit", e.name, (("enabled", state),)) for e in found]

    def _enable(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        return self._enabled(cls, named, True)

    def _disable(self, cls: str, named: str, words: Sequence[Parameter]) -> list[Canonical]:
        return self._enabled(cls, named, False)

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

        made = definitions.settings(element, found, self._elements, located)
        return Canonical(command, element.name, tuple(made))

    def _bare(self, command: str) -> list[Canonical]:
        if command in ("clear", "clearall"):
            self._elements.clear()
        if command == "setloadandgenkv":
            # Without a list of buses the engine ends the process here.
            return [Canonical("makebuslist"), Canonical(command)]
        return [Canonical(command)]

    def _ask(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Pass over a question; the element that it makes active counts for nothing here."""
        return []

    def _reset(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        what = words[0].value.lower() if words else ""
        known = commands.resolve(what, commands.RESETS)
        if what and known is None:
            close = nearest(what, commands.RESETS)
            raise Refused("syntax", f"found 'Reset {what}'.{close}")
        return [Canonical("reset", known)]

    def _var(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        for word in words:
            if word.name and not word.name.startswith("@"):
                said = f"found the variable '{word.name}'; expected a name that begins with '@'."
                raise Refused("syntax", said)
            if word.name:
                self._variables[word.name.lower()] = self.valued(word.value)
        return []

    def _coordinates(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        path = self._located(words[0].value if words else "", False)
        found, others = data.coordinates(path, command == "latlongcoords")
        if others:
            said = f"{others} line{'' if others == 1 else 's'} of '{path.name}' passed over"
            self._remark("passed", f"{said}: expected BUS, X, Y.")
        return [Canonical(command, coordinates=found)] if found else []

    def _arguments(self, command: str, words: Sequence[Parameter]) -> list[Canonical]:
        """Return a command whose arguments go by their order, whatever they are called."""
        known = ARGUMENTS[command]
        if len(words) > len(known):
            raise Refused("syntax", f"found {len(words)} values after '{command}'.")
        values = {about.name: word for about, word in zip(known, words, strict=False)}
        return [_COMMANDS[command](self, command, values)]

    def _switched(self, command: str, values: dict[str, Parameter]) -> Canonical:
        """Return Open or Close of an element that is there."""
        named = values["object"].value if "object" in values else ""
        cls, full_name = class_of(named), _full_name(named)
        known = self._elements.find(cls, full_name)
        if known is None:
            close = nearest(full_name.partition(".")[2].lower(), self._elements.names(cls))
            raise Refused("syntax", f"there is no {named} to {command}.{close}")
        counts = []
        for key in ("term", "cond"):
            text = values[key].value if key in values else "0"
            if not _COUNT.fullmatch(text):
                raise Refused("syntax", f"{key}: found '{text}'; expected a whole number.")
            counts.append((key, str(int(text))))
        return Canonical(command, known.name, tuple(counts))

    def _kv_base(self, command: str, values: dict[str, Parameter]) -> Canonical:
        if len(values) < 2:
            raise Refused("syntax", f"found no value after '{command}'.")
        about = "kVLN" if values["kvll"].name.lower() == "kvln" else "kVLL"
        base = judged(Property(about, "number"), values["kvll"].value, self.valued)
        assert isinstance(base, str)
        return Canonical(command, None, (("bus", bus(values["bus"].value)), (about, base)))

    def _bus_xy(self, command: str, values: dict[str, Parameter]) -> Canonical:
        if len(values) < 3:
            raise Refused("syntax", f"found {len(values)} values; expected a bus, x and y.")
        try:
            x, y = float(values["x"].value), float(values["y"].value)
        except ValueError:
            raise Refused("syntax", "expected a bus, x and y.") from None
        return Canonical(command, coordinates=((bus(values["bus"].value).lower(), x, y),))

    def options(self, words: Sequence[Parameter]) -> list[Canonical]:
        """Return Set with the options that describe the circuit."""
        self._current = None
        kept: list[Setting] = []
        position = 0
        for word in words:
            option = _option(word, position)
            position = _OPTIONS.index(option) + 1
            if _option_runs(option, self._remark):
                kind = commands.OPTION_KINDS[option]
                if option == "harmonics" and word.value.lower() == "all":
                    kind = "word"
                value = judged(Property(option, kind), self.valued(word.value), self.valued)
                if isinstance(value, Named):
                    raise Refused("syntax", f"{option}: expected its values, not a file.")
                kept.append((option, value))
        return [Canonical("set", None, tuple(kept))] if kept else []


_OPTIONS = [name.lower() for name in commands.OPTIONS]
_BY_NAME: dict[str, Callable[[Interpreter, str, str, Sequence[Parameter]], list[Canonical]]] = {
    "new": Interpreter._new,
    "edit": Interpreter._edit,
    "batchedit": Interpreter._batch,
    "select": Interpreter._select,
    "enable": Interpreter._enable,
    "disable": Interpreter._disable,
}
_OTHERS: dict[str, Callable[[Interpreter, str, Sequence[Parameter]], list[Canonical]]] = {
    "?": Interpreter._ask,
    "reset": Interpreter._reset,
    "var": Interpreter._var,
    "buscoords": Interpreter._coordinates,
    "latlongcoords": Interpreter._coordinates,
    **dict.fromkeys(ARGUMENTS, Interpreter._arguments),
}
_COMMANDS: dict[str, Callable[[Interpreter, str, dict[str, Parameter]], Canonical]] = {
    "open": Interpreter._switched,
    "close": Interpreter._switched,
    "setkvbase": Interpreter._kv_base,
    "setbusxy": Interpreter._bus_xy,
}


def _full_name(named: str) -> str:
    """Return ``class.name``, its name checked; a name may hold dots. Raises Refused."""
    cls, _, bare = named.partition(".")
    return f"{cls}.{name(bare)}"


def _option(word: Parameter, before: int) -> str:
    """Return the option that a parameter of Set means."""
    if not word.name:
        return _OPTIONS[min(before, len(_OPTIONS) - 1)]
    option = commands.resolve(word.name, commands.OPTIONS)
    if option is None:
        close = nearest(word.name, commands.OPTIONS)
        raise Refused("syntax", f"unknown option '{word.name}' of Set.{close}")
    return option


def _option_runs(option: str, remark: Remarked) -> bool:
    fate = commands.option_fate(option)
    if fate == "refuse":
        reason = commands.OPTION_REFUSED[option]
        said = f"'set {option}' is refused: it {reason}. Remove the line."
        raise Refused("refused", said)
    if fate == "pass":
        remark("passed", f"'set {option}' is passed over.")
    return fate == "run"
