"""Tables of numbers, such as a LoadShape: their values, written in the script or in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.common.types import FloatArray
from toolkit.inputs.scripts import data
from toolkit.inputs.scripts.canonical import Setting
from toolkit.inputs.scripts.classes import Property
from toolkit.inputs.scripts.elements import Element, Elements
from toolkit.inputs.scripts.files import size_of
from toolkit.inputs.scripts.remarks import Refused, Remarked
from toolkit.inputs.scripts.values import Named
from toolkit.inputs.scripts.writing import Value

#: Returns the path of a file that a script names.
Located = Callable[[str], Path]
#: The property that says how many values the tables of a class have.
ROWS = {
    **dict.fromkeys(("loadshape", "tshape", "priceshape", "xycurve", "growthshape"), "npts"),
    "tcc_curve": "npts",
    "spectrum": "numharm",
}
#: What the columns of a file are, for each class and property that names one; ``hour`` is there
#: only where values have hours of their own.
COLUMNS = {
    "loadshape": ("hour", "mult"),
    "loadshape.pqcsvfile": ("hour", "mult", "qmult"),
    "tshape": ("hour", "temp"),
    "priceshape": ("hour", "price"),
    "xycurve": ("xarray", "yarray"),
    "growthshape": ("year", "mult"),
    "spectrum": ("harmonic", "%mag", "angle"),
}
#: Arrays whose length leaves the number of values of their class alone.
BESIDE = ("hour", "qmult")
#: Tables that no power flow depends on: the engine may fill theirs with zeros.
_IDLE = ("spectrum", "priceshape")
#: Other names of an array.
_SAME = {"pmult": "mult"}


def written(
    element: Element, name: str, value: Value, elements: Elements, remark: Remarked
) -> list[Setting]:
    """Return an array that stands in the script, after the number of its values if none is given.

    Raises Refused for one of another table than a LoadShape without that number: the engine would
    read past the end of an array that it has not made.
    """
    count, made = _count(name, value), []
    many = ROWS[element.cls]
    if not element.rows:
        if element.cls != "loadshape":
            raise Refused("syntax", f"{name}: expected {many}=NUMBER before it.")
        made.append(_counted(element, count, remark))
    if count > element.rows:
        said = f"{element.name}: {name} has {count} values for {many}={element.rows}"
        remark("passed", f"{said}; only the first {element.rows} count, as in plain OpenDSS.")
    # Of few numbers the engine makes an array as long as the element's others.
    elements.effort.spend("values", element.rows)
    element.timed = element.timed or name == "hour"
    hold(element, name, count)
    return [*made, (name, value)]


def _count(name: str, value: Value) -> int:
    """Return how many values an array has, pairs counting as one."""
    count = sum(word.count("|") + 1 if isinstance(word, str) else 1 for word in value)
    return count // 2 if name == "points" else count


def _counted(element: Element, count: int, remark: Remarked) -> Setting:
    """Give a LoadShape the number of values that it has."""
    many = ROWS[element.cls]
    said = f"no {many} before its values: all {count} count, where plain OpenDSS takes none"
    remark("changed", f"{element.name}: {said}; write {many}={count} before them.")
    element.rows = count
    return many, str(count)


def hold(element: Element, name: str, count: int) -> None:
    """Note how many values an array of a table holds; of more than its rows the first ones."""
    element.held[_SAME.get(name, name)] = min(count, element.rows)


def resized(element: Element, rows: int) -> None:
    """Give a table another number of rows, to which its arrays are cut."""
    element.rows = rows
    for name, count in element.held.items():
        element.held[name] = min(count, rows)


def check(element: Element) -> None:
    """Raise Refused where an array has too few values; the engine would make up the others."""
    for name, count in element.held.items():
        if count < element.rows and element.cls not in _IDLE:
            many = f"{ROWS[element.cls]}={element.rows}"
            said = f"found {count} value{'s' * (count != 1)} for {many}; expected {element.rows}"
            why = "of the others plain OpenDSS would make zeros"
            raise Refused("syntax", f"{element.name}: {name}: {said}, {why}.")


def from_file(
    element: Element,
    about: Property,
    named: Named,
    elements: Elements,
    located: Located,
    remark: Remarked,
) -> list[Setting]:
    """Return what a file of numbers sets. Raises Refused, and FileTrouble."""
    if element.cls not in ROWS:
        said = f"numbers of a {element.spelt} are not read from files; write them here."
        raise Refused("syntax", f"{about.name}: {said}")
    if about.kind == "file":
        key = f"{element.cls}.{about.name}"
        targets: tuple[str, ...] = COLUMNS.get(key, COLUMNS.get(element.cls, ()))
        if targets[0] == "hour" and not element.timed:
            targets = targets[1:]
        columns = list(range(1, len(targets) + 1))
    else:
        targets, columns = (about.name,), [named.column or 1]
    path = located(named.path)
    elements.effort.spend("bytes", size_of(path))
    # Where no column is named the file holds those that are meant and no others.
    rows = data.table(path, named.form, columns, named.header, bare=not named.column)
    elements.effort.spend("values", rows.size)
    return _taken(element, about, targets, rows, remark)


def _taken(
    element: Element,
    about: Property,
    targets: Sequence[str],
    rows: FloatArray,
    remark: Remarked,
) -> list[Setting]:
    """Return a file's numbers as settings, as many as the element says it has."""
    count, wanted = len(rows), element.rows
    many = ROWS[element.cls]
    made: list[Setting] = []
    if not wanted and element.cls == "loadshape":
        made.append(_counted(element, count, remark))
        wanted = element.rows
    if not wanted:
        said = f"{about.name}: the file holds {count} rows; expected {many}={count} before it."
        raise Refused("syntax", said)
    if count < wanted:
        if about.name in BESIDE:
            said = f"{about.name}: the file holds {count} rows; expected {many}={wanted}."
            raise Refused("syntax", said)
        resized(element, count)
        made.append((many, str(count)))
    if "hour" in targets:
        element.timed = True
    for target in targets:
        hold(element, target, count)
    kept = rows[:wanted]
    return made + [(target, kept[:, k].copy()) for k, target in enumerate(targets)]
