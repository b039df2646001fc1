"""Settings that a script leaves: what multiplies loads, what keeps controls at rest, and the rest.

``toolkit/inputs/scripts/options.csv`` says of every option of Set what becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toolkit.common.errors import InputError
from toolkit.common.types import FloatArray
from toolkit.grid.opendss.engine import Engine, numbers_of, property_of
from toolkit.inputs.scripts import Script
from toolkit.inputs.scripts.options import options
from toolkit.inputs.scripts.passage import UNSOLVED
from toolkit.inputs.scripts.writing import Value
from toolkit.model.notices import Notice

#: The engine's numbers for loads that follow neither multiplier nor shape, or no multiplier.
FIXED, EXEMPT = 1, 2
#: What beginnings of a control mode mean that differs from static.
_AT_REST = "off"
#: Tolerances that figures keep: their own, and OpenDSS's, which scripts without any have.
TIGHTEST, LOOSEST = 1e-9, 1e-4
#: What a Solve of several steps does in plain OpenDSS besides solving.
_MOVES = "Each day begins from declared taps and states, not from those it would leave."


def setting(d: Engine, option: str) -> str:
    """Return an option of Set as the engine holds it, in lower case."""
    d.Text.Command(f"Get {option}")
    return str(d.Text.Result()).strip().lower()


def controls_rest(d: Engine) -> bool:
    """Say whether the script has switched all controls off."""
    return setting(d, "controlmode") == _AT_REST


def check_frequency(d: Engine, read: Script) -> None:
    """Raise InputError for a frequency at which the engine solves no power flow."""
    now, base = float(setting(d, "frequency")), float(setting(d, "basefrequency"))
    if now != base:
        raise InputError(
            f"feeder {_where(read)}: found a frequency of {now:g} Hz in a circuit of {base:g} Hz, "
            "at which OpenDSS solves harmonics; expected 'Set DefaultBaseFrequency=...' before "
            "'New Circuit' instead."
        )


def _where(read: Script) -> str:
    said = [place for name, _, *place in _settings(read) if name == "frequency"]
    file, line = said[-1] if said else (read.path, 0)
    return f"{file}, line {line}" if line else str(file)


@dataclass(frozen=True)
class LoadFactors:
    """What the engine multiplies the declared power of loads by.

    multiplier: ``LoadMult``; year and rate: ``Year``, and growth in a year, a factor. A load grows
    by its GrowthShape, or else by the rate in each year after the first.
    """

    d: Engine
    multiplier: float
    year: int
    rate: float

    @classmethod
    def of(cls, d: Engine) -> LoadFactors:
        """Return the factors that a compiled circuit holds."""
        rate = 1.0 + float(setting(d, "%growth")) / 100.0
        return cls(d, float(setting(d, "loadmult")), int(setting(d, "year")), rate)

    def of_load(self, name: str, status: int) -> float:
        """Return the factor of one load, by its status in the engine's numbers."""
        scaled = 1.0 if status in (FIXED, EXEMPT) else self.multiplier
        return scaled * self._growth(property_of(self.d, f"load.{name}", "growth").lower())

    def _growth(self, shape: str) -> float:
        if not self.year:
            return 1.0
        if not shape:
            return float(self.rate ** (self.year - 1))
        if shape not in self._shapes:
            self._shapes[shape] = _grown(*_growth_shape(self.d, shape), self.year)
        return self._shapes[shape]

    @cached_property
    def _shapes(self) -> dict[str, float]:
        return {}


def _growth_shape(d: Engine, name: str) -> tuple[FloatArray, FloatArray]:
    """Return the years of a GrowthShape and the factors that hold from each on."""
    years, factors = (numbers_of(d, f"growthshape.{name}", which) for which in ("year", "mult"))
    return years, factors


def _grown(years: FloatArray, factors: FloatArray, year: int) -> float:
    """Return what the engine makes of a shape: nothing in its first year, then a product.

    In the year after the first the first factor counts, and each later one from the year on after
    its own.
    """
    first, at, grown = int(years[0]), 0, float(factors[0])
    if year <= first:
        return 1.0
    for passed in range(first + 1, year):
        if at + 1 < len(years) and years[at + 1] == passed:
            at += 1
        grown *= float(factors[at])
    return grown


def setting_notices(d: Engine, read: Script) -> tuple[Notice, ...]:
    """Return what is to be said of the options that a script sets, each at its last line."""
    last = {name: (value, file, line) for name, value, file, line in _settings(read)}
    found = []
    for name, (value, file, line) in last.items():
        if text := _said(d, name, value):
            spelt = f"Set {name}={' '.join(value) if isinstance(value, tuple) else value}"
            found.append(Notice(spelt, text, str(file), line, "settings", "note"))
    return tuple(found)


def passed_over(read: Script, controlled: bool) -> tuple[Notice, ...]:
    """Return which commands are passed over that would have changed the circuit, each once.

    Of the Solves on the way those in a mode of several steps, where controls would have moved.
    """
    found: dict[str, Notice] = {}
    for remark in read.remarks:
        moves = controlled and remark.text.startswith(UNSOLVED)
        if moves or remark.kind == "changed":
            about, text = _parted(f"{remark.text} {_MOVES * moves}".strip())
            said = Notice(about, text, str(remark.file), remark.line, "settings")
            found.setdefault(f"{about}: {text}", said)
    return tuple(found.values())


def _parted(text: str) -> tuple[str, str]:
    """Return what a remark is about, and what it says of it."""
    command, passed, _ = text.partition(" is passed over")
    about, colon, rest = text.partition(": ")
    return (about, rest) if colon and not passed else (command, text)


def last_setting(read: Script, option: str) -> tuple[str, int]:
    """Return file and line at which an option is set last, or blank and 0."""
    places = [(str(file), line) for name, _, file, line in _settings(read) if name == option]
    return places[-1] if places else ("", 0)


def _settings(read: Script) -> Iterator[tuple[str, Value, Path, int]]:
    """Yield every option that the script sets for the circuit that it ends with."""
    begun = max(
        (i for i, s in enumerate(read.statements) if s.said.command in ("clear", "clearall")),
        default=-1,
    )
    for given in read.statements[begun + 1 :]:
        if given.said.command == "set":
            for name, value in given.said.properties:
                yield name, value, given.file, given.line


def _said(d: Engine, name: str, value: Value) -> str:
    """Return what is to be said of one option, nothing where figures follow the script."""
    option = options()[name]
    if name == "controlmode":
        return _control_mode(setting(d, name)) if _has_controls(d) else ""
    if name == "tolerance" and TIGHTEST <= float(str(value)) <= LOOSEST:
        return ""
    if option.fate != "announced" or (isinstance(value, str) and option.is_neutral(value)):
        return ""
    return f"not used: figures {option.reason}."


def _has_controls(d: Engine) -> bool:
    """Say whether a circuit has anything that a mode of control could matter to."""
    kinds = {str(name).partition(".")[0].lower() for name in d.Circuit.AllElementNames()}
    return any(k.endswith(("control", "controller", "dispatcher")) for k in kinds) or bool(
        kinds & {"relay", "recloser", "fuse"}
    )


def _control_mode(mode: str) -> str:
    if mode == "static":
        return ""
    if mode == _AT_REST:
        return "all controls rest; taps and capacitors stay where the scripts leave them."
    return (
        f"not used: controls work in mode static, until they rest in each step, not in mode {mode}."
    )
