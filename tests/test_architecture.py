"""The order of rooms: upper ones import lower ones, and heavy things wait until needed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: Room of each part of the package. A part is a module, or a package that counts as one.
ROOMS = (
    "errors schema validation scripts sections money goals study feeders profiles space scores "
    "devices locks files machine apart shown sizes intake arguments",
    "fleet roster loads plan planfile grid market charges localmarket fitness breaches objectives",
    "problem optimizer bound",
    "ledger plugins labels enquiry",
    "runs exact cases bills tables ranktests verdicts targets statistics store shortfall commands "
    "reproduce explain doctor functions testing scaffold",
    "report figures",
    "terminal console cli api start",
)
ROOM = {part: number for number, parts in enumerate(ROOMS) for part in parts.split()}
#: What a plug-in may see of the toolkit.
OFFERED = {"optimizer", "space", "scores", "errors"}


def modules(folder, package):
    """Yield (dotted name, path) of every module below a folder."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        yield ".".join([package, *(p for p in parts if p != "__init__")]), path


def imports(path, name):
    """Return the dotted names a module imports anywhere in its text, types included."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, *([base] if base else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return found


TOOLKIT = {
    name: imports(path, name) for name, path in modules(ROOT / "toolkit", "toolkit") if "." in name
}
PLUGINS = {name: imports(path, name) for name, path in modules(ROOT / "plugins", "toolkit_plugins")}


def part_of(name):
    return name.split(".")[1]


def parts_imported(names):
    """Return the parts of the package among imported names."""
    return {part_of(n) for n in names if n.startswith("toolkit.") and part_of(n) in ROOM}


def graph():
    """Return the parts each part imports, itself left out."""
    edges = {part: set() for part in ROOM}
    for name, names in TOOLKIT.items():
        edges[part_of(name)] |= parts_imported(names) - {part_of(name)}
    return edges


def test_the_reader_of_imports_sees_every_form(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "import os.path as p\nfrom toolkit import plan as plans, study\n"
        "def f():\n    from toolkit.grid.opendss.day import Day\n    from . import cases\n"
        "    from .store import prepare\n",
        encoding="utf-8",
    )
    found = imports(path, "toolkit.module")
    wanted = {
        "os.path",
        "toolkit.problem.encoding",
        "toolkit.inputs.study",
        "toolkit.grid.opendss.day.Day",
        "toolkit.results.case",
    }
    assert wanted | {"toolkit.results.store", "toolkit.results.store.prepare"} <= found
    assert {"plan", "study", "grid", "cases", "store"} == parts_imported(found)


def test_every_module_has_a_room():
    assert {part_of(name) for name in TOOLKIT} <= set(ROOM)
    assert len(TOOLKIT) > 20
    assert len(PLUGINS) >= 4


@pytest.mark.parametrize("name", sorted(TOOLKIT))
def test_no_module_imports_from_a_higher_room(name):
    room = ROOM[part_of(name)]
    higher = {part for part in parts_imported(TOOLKIT[name]) if ROOM[part] > room}
    assert not higher, f"{name} (room {room}) imports {sorted(higher)}"


def test_no_cycle_between_modules():
    edges, done = graph(), set()

    def visit(part, path):
        assert part not in path, " -> ".join([*path[path.index(part) :], part])
        if part not in done:
            for following in sorted(edges[part]):
                visit(following, [*path, part])
            done.add(part)

    for part in edges:
        visit(part, [])


def test_the_plug_in_contract_stands_on_little():
    assert parts_imported(TOOLKIT["toolkit.optimizer"]) <= {"space", "scores", "errors"}


@pytest.mark.parametrize("name", sorted(PLUGINS))
def test_a_plug_in_sees_only_the_contract(name):
    own = {n for n in PLUGINS[name] if n.split(".")[0] == "toolkit"}
    seen = {n.split(".")[1] if "." in n else "toolkit" for n in own - {"toolkit"}}
    assert seen <= OFFERED, f"{name} imports {sorted(seen - OFFERED)}"
    assert "toolkit" not in own


def roots(names):
    return {name.split(".")[0] for name in names}


def test_the_toolkit_never_imports_plug_ins():
    assert not [name for name, names in TOOLKIT.items() if "toolkit_plugins" in roots(names)]


def test_only_the_grid_speaks_to_the_engine():
    engine = {"opendssdirect", "dss", "dss_python", "dss_python_backend"}
    speakers = {part_of(name) for name, names in TOOLKIT.items() if roots(names) & engine}
    assert speakers == {"grid"}
    assert not [name for name, names in PLUGINS.items() if roots(names) & engine]


def test_only_figures_import_matplotlib():
    assert {part_of(n) for n, names in TOOLKIT.items() if "matplotlib" in roots(names)} == {
        "figures"
    }
    assert not [name for name, names in PLUGINS.items() if "matplotlib" in roots(names)]


def loaded_after(code):
    """Return the top names of all modules a fresh interpreter holds after some code."""
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('loaded', *sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return {m.split(".")[0] for m in run.stdout.rpartition("loaded ")[2].split()}


HEAVY = {"matplotlib", "opendssdirect", "dss", "dss_python_backend", "toolkit_plugins"}
HEAVY |= {
    "pygad",
    "mealpy",
    "cma",
    "dask",
    "distributed",
    "scipy",
    "scikit_posthocs",
    "seaborn",
    "statsmodels",
    "highspy",
}


def test_importing_the_toolkit_pulls_in_nothing_heavy():
    assert not loaded_after("import toolkit") & (HEAVY | {"pandas", "numpy"})
    assert not loaded_after("from toolkit import Optimizer, Scores, Space, Variable") & HEAVY


def test_help_pulls_in_nothing_heavy():
    code = (
        "from toolkit.cli import app\n"
        "try:\n    app(['--help'])\n"
        "except SystemExit as end:\n    assert not end.code\n"
    )
    assert not loaded_after(code) & (HEAVY | {"pandas", "numpy", "pydantic", "jinja2"})


@pytest.mark.parametrize("words", [["--help"], ["optimizers", "list"]])
def test_commands_that_only_tell_load_no_engine_and_no_library(words):
    code = (
        "import sys\nfrom toolkit.cli import main\n"
        f"sys.argv = ['toolkit', *{words}]\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code\n"
    )
    # Listing the optimizers loads the plug-ins, but not what they are built on.
    found = loaded_after(code)
    assert "toolkit" in found
    assert not found & ((HEAVY | {"pandas"}) - {"toolkit_plugins"})


def test_listing_optimizers_names_imports_none():
    assert not loaded_after("from toolkit import plugins\nassert plugins.names()") & HEAVY


def test_every_public_name_is_there():
    import toolkit

    for name in toolkit.__all__:
        assert getattr(toolkit, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = toolkit.nonsense
