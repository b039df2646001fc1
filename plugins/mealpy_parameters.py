"""The algorithms of mealpy by the names people use, and the parameters that each takes.

mealpy says what an algorithm takes only as it makes one: the names and defaults stand in the
signature, the limits in the checks made there. So each algorithm is made once, and what it checks
is noted.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from toolkit.errors import InputError, nearest
from toolkit.optimizer import OptimizerOptions

#: What mealpy puts before a short name, the first that fits: GWO is OriginalGWO, GA is BaseGA.
PREFIXES = ("", "Original", "Base", "Dev")
#: Parameters that the toolkit sets.
OURS = {"self", "epoch", "pop_size", "kwargs"}
#: What a value is, by the check that mealpy makes.
KINDS = {"check_int": int, "check_float": float, "check_bool": bool, "check_str": str}
#: The check of a parameter that may be a number of members or a share of them.
EITHER = "check_is_int_and_float"


@dataclass(frozen=True)
class Check:
    """A check that mealpy makes of a parameter.

    form: the method that checks; kept: the value as the algorithm keeps it.
    """

    form: str
    value: Any
    limits: tuple[Any, ...]
    kept: Any
    holds: bool


class Notebook:
    """Stands in for mealpy's validator: notes each check, and lets every value pass."""

    def __init__(self, validator: Any, noted: dict[str, Check]) -> None:
        self._validator, self._noted = validator, noted

    def __getattr__(self, form: str) -> Callable[..., Any]:
        def check(name: str, value: Any, *limits: Any, **named: Any) -> Any:
            try:
                kept, holds = getattr(self._validator, form)(name, value, *limits, **named), True
            except ValueError:
                kept, holds = value, False
            self._noted[name] = Check(form, value, (*limits, *named.values()), kept, holds)
            return kept

        return check


def folded(name: str) -> str:
    """Return a name without case, '-' and '_', in which people differ."""
    return re.sub("[-_ ]", "", name).casefold()


def named(known: Mapping[str, Any], name: str) -> Any:
    """Return mealpy's class of a name, long or short. Raises InputError with the nearest name."""
    by_word = {folded(long): long for long in known}
    for prefix in PREFIXES:
        if long := by_word.get(folded(prefix + name)):
            return known[long]
    shorts = {long.removeprefix(prefix) for long in known for prefix in PREFIXES[1:3]}
    raise InputError(
        f"option 'algorithm': mealpy has no '{name[:60]}'.{nearest(name, {*known, *shorts})} "
        "'toolkit optimizers show mealpy' lists what it has."
    )


def checks(kind: Any, epochs: int, population: int, given: Mapping[str, Any]) -> dict[str, Check]:
    """Return the checks that an algorithm makes of its parameters, in their order."""
    noted: dict[str, Check] = {}

    def make(self: Any, made: Any) -> None:
        vars(self)["notebook"] = Notebook(made, noted)

    validator = property(lambda self: vars(self)["notebook"], make)
    type(kind.__name__, (kind,), {"validator": validator})(
        epoch=epochs, pop_size=population, **given
    )
    return noted


def declared(
    base: type[OptimizerOptions], kind: Any, name: str, epochs: int, population: int
) -> type[OptimizerOptions]:
    """Return options with those of ``base`` and the parameters that an algorithm takes."""
    noted = checks(kind, epochs, population, {})
    signature = inspect.signature(kind.__init__).parameters.values()
    family = kind.__module__.split(".")[1].replace("_", "-")
    fields: dict[str, Any] = {
        "algorithm": (
            str,
            Field(name, description=f"mealpy's {kind.__name__}, {family}{_source(kind)}"),
        )
    }
    for parameter in signature:
        if parameter.name not in OURS:
            check = _check_of(noted, parameter.name, parameter.default)
            fields[parameter.name] = _field(check, _meaning(kind, parameter.name))
    return create_model("Options", __base__=base, **fields)


def _source(kind: Any) -> str:
    """Return what mealpy's own text calls an algorithm, and the work it names first."""
    text = kind.__doc__ or ""
    called = re.search(r"version(?: of)?:\s*(\S.*)", text)
    named = re.search(r"References\s*~+\s*\[1\]\s*(.+?)(?=\n\s*\n|\n\s*\[2\]|\Z)", text, re.DOTALL)
    title = f": {called[1].strip()}" if called else ""
    return title + (f"; mealpy names {' '.join(named[1].split()).rstrip('.')}" if named else "")


def _check_of(noted: Mapping[str, Check], name: str, default: Any) -> Check:
    """Return the check of a parameter; one check goes by another name (MGTO's pp by p1)."""
    if name in noted:
        return noted[name]
    likely = [check for check in noted.values() if check.value is default]
    return likely[0] if likely else Check("check_float", default, (), default, True)


def _field(check: Check, meaning: str) -> tuple[Any, Any]:
    """Return a parameter as a field of options."""
    if check.form == EITHER:
        count, share = (
            _numeric(k, limits) for k, limits in zip((int, float), check.limits, strict=True)
        )
        return count | share, Field(check.kept, description=meaning)
    if check.form == "check_str" and check.limits:
        return Literal[tuple(check.limits[0])], Field(check.kept, description=meaning)
    limits = check.limits[0] if check.limits and check.form != "check_bool" else None
    kind = KINDS[check.form]
    return kind, Field(check.kept, description=meaning, **_words(kind, limits))


def _numeric(kind: Any, limits: Any) -> Any:
    return Annotated[(kind, *Field(**_words(kind, limits)).metadata)]


def _words(kind: Any, limits: Any) -> dict[str, Any]:
    """Return limits in pydantic's words: mealpy writes them as a list where they are included."""
    closed = isinstance(limits, list)
    pairs = zip((("ge", "le") if closed else ("gt", "lt")), limits or (), strict=False)
    words: dict[str, Any] = {word: limit for word, limit in pairs if math.isfinite(limit)}
    return {**words, "allow_inf_nan": False} if kind is float else words


def _meaning(kind: Any, name: str) -> str:
    """Return what mealpy's own text says of a parameter, but for the default, which is told."""
    told = re.search(
        rf"^\s*\+?\s*{name}(?:\s*\([^)]*\))?:\s*(.+)$", kind.__doc__ or "", re.MULTILINE
    )
    words = re.sub(r",?\s*default\s*[=:].*$", "", told[1] if told else "").strip(" ,.")
    return f"mealpy: {words}" if words else "a parameter of the algorithm"


def refusal(kind: Any, epochs: int, population: int, given: Mapping[str, Any]) -> str:
    """Say which parameter an algorithm refuses with this population and schedule, and why."""
    noted = checks(kind, epochs, population, given)
    name, check = next((name, check) for name, check in noted.items() if not check.holds)
    limits = " or ".join(map(str, check.limits)) or "another value"
    return (
        f"'{name}': found {check.value!r}, expected within {limits}, "
        f"with a population of {population}."
    )
