"""OpenDSS statements in every way to write them, read by the toolkit and by the engine itself.

    python tests/fuzz/statements.py --count 100000 --seed 1

The engine is given the same lines twice: as they are, and as the toolkit writes them from its
canonical form. Every element and every property of it has to be the same in both, and the elements
have to be those of the canonical form, with the buses that it says. Lines that the toolkit refuses
are left out of both. Each batch has a process of its own, for some nonsense ends the engine's.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import random
import re
import sys
import tempfile
from pathlib import Path

from toolkit.grid.opendss.engine import new_engine, run_statements, vocabulary
from toolkit.inputs.scripts import read_script
from toolkit.inputs.scripts.classes import Property, classes
from toolkit.inputs.scripts.tables import ROWS

#: Lines a circuit is made of.
BATCH = 60
#: Classes whose elements are made; nonsense about the others ends the engine's process too often.
MADE = (
    *("line", "line", "load", "load", "load", "generator", "pvsystem", "storage", "transformer"),
    *("capacitor", "reactor", "linecode", "loadshape", "loadshape", "xycurve", "spectrum"),
    *("tshape", "growthshape", "priceshape", "fault", "vsource", "isource", "wiredata"),
    *("regcontrol", "swtcontrol", "tcc_curve", "linespacing"),
)
NAMES = ("a1", "B2", "c_3", "l(r:x-y)", "d.4", "é5", "x%6", "one two", "7", "n-8")
BUSES = ("a", "b", "c", "650", "n(1)", "B")
#: Properties left out: they end the engine's process, or read and change other elements.
LEFT_OUT = {
    *("like", "enabled", "x", "y", "points", "cncable", "tscable", "wires", "cncables"),
    *("tscables", "geometry", "spacing", "wire", "bank", "subname", "varidx", "states"),
    # Values that were never given are whatever the memory holds.
    *("npts", "numharm", "numsteps"),
}
#: A number as only memory that was never set holds it.
_UNSET = re.compile(r"E[-+]?[1-9]\d\d")
#: What the tables of some classes begin with: how many values they hold.
BEGINS = {
    **dict.fromkeys(ROWS, "npts=3 "),
    "tshape": "npts=3 temp=(1 2 3) hour=[0 1 2] ",
    "priceshape": "npts=3 price=(1 2 3) hour=[0 1 2] ",
    "xycurve": "npts=3 xarray=(1 2 3) yarray=[0 1 2] ",
    "spectrum": "numharm=2 harmonic=(1 3) %mag=(100 5) angle=(0 0) ",
}
WORDS = ("yes", "no", "y", "true", "wye", "delta", "ln", "mi", "none", "daily", "fixed", "x")


def number(rng: random.Random) -> str:
    """Return a number, in one of the ways to write one."""
    plain = rng.choice(("1", "2", "0.5", ".25", "3.", "1e1", "1.5E-1", "+4", "0.95"))
    pairs = ('""', "''", "()", "[]", "{}")
    if rng.random() < 0.7:
        return plain
    pair = rng.choice(pairs)
    inside = plain if rng.random() < 0.5 else rng.choice((f"{plain} 2 *", "2 3 +", "4 sqrt", " 5 "))
    return f"{pair[0]}{inside}{pair[1]}"


def numbers(rng: random.Random, plain: bool = False) -> str:
    """Return an array of numbers, all of them without quotes when they are to be plain."""
    pair = rng.choice(("()", "[]", "{}", '""', "''"))
    ends = pair[1]
    inner = [v for v in (number(rng) for _ in range(rng.randint(1, 6))) if ends not in v]
    between = rng.choice((" ", ",", ", ", " | ", "  "))
    if plain or between == " | ":
        # Where a row ends after a quoted number depends on what the engine read before.
        inner = [v for v in inner if v[0] not in "\"'([{"]
    return f"{pair[0]}{between.join(inner) or '1'}{pair[1]}"


def bus(rng: random.Random) -> str:
    """Return a bus with or without nodes."""
    nodes = rng.choice(("", "", ".1", ".1.2", ".1.2.3", ".1.2.3.0", ".2", ".1.2.3."))
    return rng.choice(BUSES) + nodes


def dressed(rng: random.Random, text: str) -> str:
    """Return text with or without quotes."""
    if " " in text or rng.random() < 0.2:
        pair = rng.choice([p for p in ('""', "''", "()", "[]", "{}") if p[1] not in text])
        return f"{pair[0]}{text}{pair[1]}"
    return text


def value(rng: random.Random, known: Property) -> str:
    """Return a value that may fit a property, and mostly does."""
    if rng.random() < 0.05:
        return rng.choice(("@v", "@w", "@list"))
    if known.kind in ("number", "integer"):
        small = rng.choice(("1", "2", "3", '"3"', "(2 1 +)"))
        return small if known.kind == "integer" else number(rng)
    if known.kind == "numbers":
        plain = known.name.endswith("matrix")
        if plain:
            return f"[{rng.choice(('1', '0.5', '1 2', '1 | 2 3'))}]"
        # The heights of a line spacing are read as rows when any were before.
        return numbers(rng, plain=known.name == "h")
    if known.kind == "bus":
        return dressed(rng, bus(rng))
    if known.kind == "buses":
        return "[" + " ".join(dressed(rng, bus(rng)) for _ in range(2)).replace("]", "") + "]"
    if known.kind == "words":
        return f"[{' '.join(rng.choice(WORDS) for _ in range(2))}]"
    return dressed(rng, rng.choice(WORDS))


def cased(rng: random.Random, text: str) -> str:
    """Return text in other letter cases."""
    return rng.choice((text, text.upper(), text.capitalize(), text))


def properties(rng: random.Random, cls: str) -> str:
    """Return what sets some properties of a class, by name, by abbreviation or by position."""
    usable = [p for p in classes()[cls] if p.name not in LEFT_OUT and p.kind != "code"]
    usable = [p for p in usable if p.kind not in ("idle", "action", "file")]
    known = [p.name for p in classes()[cls]]
    parts = []
    for _ in range(rng.randint(0, 5)):
        about = rng.choice(usable)
        name = about.name
        # The engine knows no abbreviations of a growth shape.
        if rng.random() < 0.3 and cls != "growthshape":
            length = rng.randint(2, len(name)) if len(name) > 2 else len(name)
            meant = next((n for n in known if n.startswith(name[:length])), "")
            name = name[:length] if meant == about.name else name
        equals = rng.choice(("=", "=", " = ", "= "))
        parts.append(f"{cased(rng, name)}{equals}{value(rng, about)}")
        at = known.index(about.name) + 1
        if rng.random() < 0.15 and at < len(known) and classes()[cls][at] in usable:
            parts.append(value(rng, classes()[cls][at]))
    return rng.choice((" ", ", ", "  ")).join(parts)


def element(rng: random.Random, cls: str, name: str) -> str:
    """Return the full name of an element, in quotes where it needs them."""
    full = f"{cased(rng, cls)}.{name}"
    if " " in full or rng.random() < 0.2:
        pair = rng.choice([p for p in ('""', "''", "[]", "{}") if p[1] not in full])
        full = f"{pair[0]}{full}{pair[1]}"
    return full if rng.random() < 0.9 else f"object={full}"


def line(rng: random.Random, made: list[tuple[str, str]]) -> str:
    """Return one line; ``made`` holds class and name of the elements so far."""
    what = rng.random()
    comment = rng.choice(("", "", "", " ! x=1", " // kW=7", "\t"))
    if what < 0.45 or not made:
        cls, name = rng.choice(MADE), f"{rng.choice(NAMES)}{rng.randint(0, 40)}"
        made.append((cls, name))
        new = rng.choice(("New", "new", "NEW", '"New"', "ne", "n"))
        begin = BEGINS.get(cls, "")
        return f"{new} {element(rng, cls, name)} {begin}{properties(rng, cls)}{comment}"
    cls, name = rng.choice(made[-8:])
    if what < 0.58:
        edit = rng.choice(("Edit", "edit", "EDIT", "ed", "e"))
        return f"{edit} {element(rng, cls, name)} {properties(rng, cls)}{comment}"
    if what < 0.74:
        said = properties(rng, made[-1][0])
        return f"{rng.choice(('~', 'More', 'm', 'M'))} {said}{comment}"
    if what < 0.82:
        usable = [p for p in classes()[cls] if p.kind in ("number", "word", "bus", "numbers")]
        first = rng.choice([p for p in usable if p.name not in LEFT_OUT])
        said = f"{cls}.{name}.{first.name}"
        said = f'"{said}"' if " " in said else said
        # Plain OpenDSS pastes the value between double quotes, and reads the line again.
        return f"{said}={value(rng, first).replace(chr(34), '')} {properties(rng, cls)}"
    if what < 0.87:
        pattern = rng.choice(("..*", "a.*", "^b", "[a-c]", "1$", ".", "x%6"))
        return f"BatchEdit {cls}.{pattern} {properties(rng, cls)}"
    return _other(rng, cls, name)


def _other(rng: random.Random, cls: str, name: str) -> str:
    """Return a line that makes no element."""
    return rng.choice(
        (
            f"Select {cls}.{name}" if " " not in name else f'Select "{cls}.{name}"',
            f"Disable {cls}.*",
            f"Enable {cls}.*",
            f"Set loadmult={number(rng)} mode=daily  number = 24",
            f"set voltagebases={numbers(rng)}",
            "var @v=2 @w=(3 4 +)",
            "VAR @list=[1 2 3] @V=5",
            "MakeBusList",
            "! only a comment",
            "",
        )
    )


def script(seed: int, count: int) -> list[str]:
    """Return the lines of a circuit."""
    rng = random.Random(seed)
    made: list[tuple[str, str]] = []
    head = [
        "Clear",
        "var @v=1 @w=0.5 @list=(1 2)",
        f"New Circuit.c{seed} bus1=a basekv={number(rng)}",
    ]
    return [*head, *(line(rng, made) for _ in range(count))]


def accepted(lines: list[str], path: Path) -> list[str]:
    """Return the lines that the toolkit does not refuse, those that hang on others left out.

    Nor does it hold lines that plain OpenDSS reads only in part, by a property that it has retired.
    """
    while True:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        remarks = read_script(path).remarks
        refused = {r.line for r in remarks if r.is_fault or "plain OpenDSS skips" in r.text}
        if not refused:
            return lines
        lines = [text for number, text in enumerate(lines, start=1) if number not in refused]


def dump(d) -> dict[str, dict[str, str]]:
    """Return every property of every element as the engine says it."""
    util, found = d._api_util, {}
    for index, (cls, names) in enumerate(vocabulary().items(), start=1):
        for at in range(1, util.lib.Obj_GetCount(util.ctx, index) + 1):
            handle = util.lib.Obj_GetHandleByIdx(util.ctx, index, at)
            full = f"{cls}.{_text(util, util.lib.Obj_GetName(handle))}".lower()
            found[full] = {
                name: _text(util, util.lib.Obj_GetAsString(handle, number))
                for number, name in enumerate(names, start=1)
            }
    return found


def _text(util, found) -> str:
    return found if isinstance(found, str) else util.ffi.string(found).decode("utf-8", "replace")


def failing(lines: list[str], path: Path) -> tuple[set[int], set[int], tuple]:
    """Return the numbers of the lines that fail in plain OpenDSS and in ours, and both engines."""
    plain, ours = new_engine(), new_engine()
    failed = set()
    for number, text in enumerate(lines, start=1):
        try:
            plain.Text.Command(text)
        except Exception:
            failed.add(number)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    theirs = {statement.line for statement, _ in run_statements(ours, read_script(path).statements)}
    return failed, theirs, (plain, ours)


def compare(seed: int, count: int) -> tuple[int, list[str]]:
    """Return how many lines of a circuit were accepted, and what differs.

    A line that fails ends a compilation, so that nothing is asked of what follows from it: it is
    left out, of both.
    """
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.dss"
        lines = accepted(script(seed, count), path)
        while True:
            failed, theirs, engines = failing(lines, path)
            if not failed | theirs:
                break
            first = min(failed | theirs)
            if not {first} <= failed & theirs:
                where = "plain OpenDSS" if first in failed else "ours"
                wrong.append(f"fails in {where} only: {lines[first - 1]}")
            lines = accepted([t for n, t in enumerate(lines, start=1) if n != first], path)
        read = read_script(path)
    again = new_engine()
    for text in lines:
        again.Text.Command(text)
    plain, ours = (dump(d) for d in engines)
    return len(lines), wrong + _differences(plain, ours, dump(again)) + _against_form(read, ours)


def _differences(plain, ours, again) -> list[str]:
    """Return where properties differ, apart from what plain OpenDSS does not repeat itself."""
    wrong = [f"element in one only: {name}" for name in sorted(set(plain) ^ set(ours))]
    for name in sorted(set(plain) & set(ours)):
        for about, theirs in plain[name].items():
            same = theirs == ours[name][about] or theirs != again[name][about]
            if not same and not _UNSET.search(theirs + ours[name][about]):
                wrong.append(f"{name}.{about}: {ours[name][about]!r}, plain OpenDSS {theirs!r}")
    return wrong


def _against_form(read, ours) -> list[str]:
    """Return where elements or their buses are not what the canonical form says."""
    wrong, buses = [], {}
    for statement in read.statements:
        said = statement.said
        if said.command in ("new", "edit") and said.element:
            name = said.element.lower()
            if name not in ours and not name.startswith("circuit."):
                wrong.append(f"{name} is not there")
            found = {key: v for key, v in said.properties if key == "bus1" and isinstance(v, str)}
            buses.setdefault(name, {}).update(found)
    for name, said in buses.items():
        for about, wanted in said.items():
            there = ours.get(name, {}).get(about, "").lower()
            # The engine may add the nodes that an element's number of phases implies.
            if not (there + ".").startswith(wanted.lower().split(".")[0] + "."):
                wrong.append(f"{name}.{about}: {there!r}, canonical form {wanted!r}")
    return wrong


def apart(seed: int, count: int) -> tuple[int, list[str]] | None:
    """Compare in a process of its own; None where nonsense ends it or keeps it for a minute."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def work() -> None:
        faulthandler.disable()
        try:
            theirs.send(compare(seed, count))
        except Exception as error:
            theirs.send((0, [f"the comparison itself broke: {error!r}"]))

    worker = context.Process(target=work)
    worker.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(60) else None
    except EOFError:
        return None
    finally:
        worker.kill()
        worker.join()


def main() -> int:
    """Compare, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="statements")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    seeds = range(given.seed, given.seed + -(-given.count // BATCH))
    compared = differing = lost = 0
    for seed in seeds:
        found = apart(seed, BATCH)
        lost += found is None
        count, wrong = found or (0, [])
        compared += count
        differing += bool(wrong)
        for text in wrong[:3]:
            print(f"seed {seed}: {text[:300]}", flush=True)
    total = len(seeds) * BATCH
    print(
        f"{total} statements; {compared} that both readers accept were compared; "
        f"{differing} of {len(seeds)} circuits differ; {lost} ended the engine's process"
    )
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
