"""Arguments of the Python functions, checked once at the door, each with its limit.

``checked`` reads the annotations of a function. What NumPy and pandas hand over (``np.int64(5)``,
``np.str_("cheetah")``) is taken for the plain value it stands for.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, get_type_hints

from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError

from toolkit.common import caps
from toolkit.common.errors import (
    InputError,
    ToolkitError,
    listed,
    nearest,
)
from toolkit.common.excerpts import excerpt, shortened
from toolkit.common.phrases import in_words
from toolkit.common.validation import path_flaw

#: What polishing may change: the dispatch alone, or sites and sizes besides.
Polish = Literal["dispatch", "sites"]
P = ParamSpec("P")
R = TypeVar("R")


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value with numbers and arrays of NumPy as Python's own, and paths as text.

    Raises ValueError where it is nested too deep, a loop included.
    """
    if depth > caps.NESTING:
        raise ValueError(f"expected at most {caps.NESTING} levels within each other")
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if type(value).__module__.partition(".")[0] in ("numpy", "pandas") and hasattr(value, "tolist"):
        return plain(value.tolist(), depth + 1)
    if isinstance(value, Mapping):
        return {plain(key, depth + 1): plain(held, depth + 1) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [plain(held, depth + 1) for held in value]
    return value


def whole(lowest: int, highest: int) -> PlainValidator:
    """Take whole numbers within limits, 100.0 and 1e4 as well, but no true and no text."""
    words = f"expected a whole number from {lowest:,} to {highest:,}"

    def check(value: Any) -> int:
        value = plain(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(words)
        if not lowest <= value <= highest:
            raise ValueError(words)
        return value

    return PlainValidator(check)


def _seconds(value: Any) -> float:
    words = f"expected seconds above 0, at most {caps.SECONDS:,.0f}"
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(words)
    # Written so that NaN fails too.
    if not 0.0 < value <= caps.SECONDS:
        raise ValueError(words)
    return float(value)


def _yes_or_no(value: Any) -> bool:
    value = plain(value)
    if not isinstance(value, bool):
        raise ValueError("expected True or False")
    return value


def _word(value: Any) -> str:
    value = plain(value)
    if not isinstance(value, str) or isinstance(value, Path):
        raise ValueError("expected text")
    if len(value) > caps.NAME:
        raise ValueError(f"expected at most {caps.NAME} characters")
    return value


def _path(value: Any) -> Path:
    given = plain(value)
    if not isinstance(given, str) or not given:
        raise ValueError("expected a path, as text or as a Path")
    if flaw := path_flaw(given):
        raise ValueError(f"expected a path {flaw}")
    return Path(given)


def _options(value: Any) -> dict[str, Any]:
    found = plain(value)
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise ValueError("expected a dictionary with options by name")
    return found


def _options_by_name(value: Any) -> dict[str, dict[str, Any]]:
    found = _options(value)
    for name, held in found.items():
        if not isinstance(held, dict):
            raise ValueError(f"expected a dictionary of options for each; '{name}' has none")
        _options(held)
    return found


def _polish(value: Any) -> Polish:
    given = plain(value)
    if isinstance(given, str) and given == "sites":
        return "sites"
    if isinstance(given, str) and given == "dispatch":
        return "dispatch"
    raise ValueError("expected 'sites', 'dispatch' or None")


Budget = Annotated[int, whole(1, caps.BUDGET)]
Runs = Annotated[int, whole(1, caps.RUNS)]
Seed = Annotated[int, whole(0, caps.SEED)]
Workers = Annotated[int, whole(1, caps.WORKERS)]


def _starts(value: Any) -> dict[str, list[list[float]]]:
    try:
        return {
            str(case): [[_share(number) for number in point] for point in points]
            for case, points in value.items()
        }
    except (AttributeError, TypeError):
        raise ValueError("expected points of numbers from 0 to 1 by the case") from None


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise ValueError("expected numbers from 0 to 1")
    return float(value)


Seconds = Annotated[float, PlainValidator(_seconds)]
Polishing = Annotated[Polish, PlainValidator(_polish)]
Flag = Annotated[bool, PlainValidator(_yes_or_no)]
Word = Annotated[str, PlainValidator(_word)]
Starts = Annotated[Mapping[str, list[list[float]]], PlainValidator(_starts)]
PathLike = Annotated[Path | str, PlainValidator(_path)]
Options = Annotated[Mapping[str, Any], PlainValidator(_options)]
OptionsByName = Annotated[Mapping[str, Mapping[str, Any]], PlainValidator(_options_by_name)]


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Check a public function's arguments by its annotations before anything else is done.

    The function then raises InputError that names the argument, what was found and what was
    expected, and ToolkitError where the system refuses what it needs.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def door(*args: P.args, **kwargs: P.kwargs) -> R:
        given = _bound(function.__name__, signature, args, kwargs)
        adapters = _adapters(function)
        for name, value in given.arguments.items():
            if name in adapters:
                given.arguments[name] = _valid(name, value, adapters[name])
        try:
            return function(*given.args, **given.kwargs)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            raise ToolkitError(f"{where}{error.strerror or error}.") from error

    return door


def _bound(
    name: str, signature: inspect.Signature, args: Any, kwargs: Mapping[str, Any]
) -> inspect.BoundArguments:
    """Bind arguments to the names of a function. Raises InputError where that cannot be done."""
    known = [p.name for p in signature.parameters.values() if p.kind != p.VAR_KEYWORD]
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        unknown = [key for key in kwargs if key not in known]
        near = nearest(unknown[0], known) if unknown else ""
        says = f"{name}(): {error}.{near} Arguments: {listed(known)}."
        raise InputError(says) from None


@functools.cache
def _adapters(function: Callable[..., Any]) -> dict[str, TypeAdapter[Any]]:
    """Return what checks each argument of a function whose annotation says more than a type."""
    config = ConfigDict(arbitrary_types_allowed=True)
    taken = inspect.signature(function).parameters.values()
    names = [p.name for p in taken if p.kind != p.VAR_KEYWORD]
    # What a function returns may be of a library that only the type checker imports.
    told = SimpleNamespace(__annotations__={n: function.__annotations__[n] for n in names})
    hints = get_type_hints(told, function.__globals__, include_extras=True)
    return {name: TypeAdapter(hints[name], config=config) for name in names}


def _valid(name: str, value: Any, adapter: TypeAdapter[Any]) -> Any:
    """Return a checked argument. Raises InputError naming it."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        found = error.errors()[0]
        at = "".join(f"[{part!r}]" for part in found["loc"] if isinstance(part, int))
        says = in_words(found["msg"])
        value = found["input"]
    except RecursionError:
        at, says = "", "expected less within each other"
    raise InputError(f"{name}{at}: found {excerpt(value)}; {shortened(says, 400)}.") from None
