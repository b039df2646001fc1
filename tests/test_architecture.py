"""The order of rooms: upper ones import lower ones, and heavy things wait until needed."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Mapping

import pytest
from helpers.places import ROOT

#: The rooms, upper ones first; what stands on one level does not import each other. CONTRIBUTING.md
#: draws the same list.
LEVELS = (
    ("cli",),
    ("commands",),
    ("results",),
    ("runs",),
    ("exact",),
    ("problem",),
    ("grid",),
    ("inputs",),
    ("model", "optimizer"),
    ("common",),
)
LEVEL = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}
#: What people outside import, each a thin module over a room.
DOORS = {"errors", "space", "scores", "testing", "__main__"}
#: What a plug-in may see of the toolkit.
OFFERED = {"optimizer", "space", "scores", "errors"}
#: Names of ``toolkit`` itself from which a policy is made; there is no door of theirs.
OFFERED |= {"Known", "Outlook", "Parameter", "Policy", "PolicyOptions"}
#: And a mechanism of settlement.
OFFERED |= {"Mechanism", "MechanismOptions", "Offer", "Outcome"}
#: And a goal.
OFFERED |= {"Given", "Goal", "GoalOptions", "SolvedPlans"}


def modules(folder, package):
    """Yield (dotted name, path) of every module below a folder."""
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        yield ".".join([package, *(p for p in parts if p != "__init__")]), path


def statements(body, at_import):
    """Yield the statements of a module: all of them, or those that its import carries out."""
    for node in body:
        yield node
        lazy = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or (
            isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        )
        if not (at_import and lazy):
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                yield from statements(getattr(node, field, []), at_import)


def imports(path, name, at_import=False):
    """Return the dotted names a module imports; anywhere in its text, types included."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in statements(ast.parse(path.read_text(encoding="utf-8")).body, at_import):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*up, *([base] if base else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names} | {base}
    return found


class Imports(Mapping):
    """The names that each module imports, each file read when it is first asked about."""

    def __init__(self, found, at_import=False):
        self._paths, self._at_import, self._known = dict(found), at_import, {}

    def __getitem__(self, name):
        if name not in self._known:
            self._known[name] = imports(self._paths[name], name, self._at_import)
        return self._known[name]

    def __iter__(self):
        return iter(self._paths)

    def __len__(self):
        return len(self._paths)


OWN = [(name, path) for name, path in modules(ROOT / "toolkit", "toolkit") if "." in name]
TOOLKIT, AT_IMPORT = Imports(OWN), Imports(OWN, at_import=True)
PLUGINS = Imports(modules(ROOT / "plugins", "toolkit_plugins"))


def room_of(name):
    return name.split(".")[1]


def rooms_imported(names):
    """Return the rooms and doors among imported names."""
    own = {room_of(n) for n in names if n.startswith("toolkit.")}
    return own & (LEVEL.keys() | DOORS)


def is_upward(name, imported):
    """Say whether a module of a room may not import another room, or a door."""
    own, other = room_of(name), LEVEL.get(imported, -1)
    return imported != own and other <= LEVEL[own]


def module_graph(at_import=False):
    """Return the modules that each module of the rooms imports."""
    known = TOOLKIT.keys()
    edges = {}
    for name, names in (AT_IMPORT if at_import else TOOLKIT).items():
        direct = {n if n in known else n.rpartition(".")[0] for n in names}
        edges[name] = {n for n in direct & known if n != name and n not in ancestors(name)}
    return edges


def ancestors(name):
    return {name.rsplit(".", i)[0] for i in range(1, name.count(".") + 1)}


def test_the_reader_of_imports_sees_every_form(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "import os.path as p\nfrom toolkit.model import plan as plans, fleet\n"
        "def f():\n    from toolkit.grid.opendss.day import Day\n    from .results import case\n"
        "    from . import inputs\n",
        encoding="utf-8",
    )
    found = imports(path, "toolkit.module")
    wanted = {"os.path", "toolkit.model.plan", "toolkit.model.fleet", "toolkit.results.case"}
    assert wanted | {"toolkit.grid.opendss.day.Day", "toolkit.inputs"} <= found
    assert rooms_imported(found) == {"model", "grid", "results", "inputs"}


def test_every_module_has_a_room():
    assert {room_of(name) for name in TOOLKIT} == LEVEL.keys() | DOORS
    assert len(PLUGINS) >= 4
    assert len(LEVEL) + len(DOORS) <= 16


@pytest.mark.parametrize("name", sorted(n for n in TOOLKIT if room_of(n) in LEVEL))
def test_no_module_imports_upwards_or_sideways(name):
    wrong = {room for room in rooms_imported(TOOLKIT[name]) if is_upward(name, room)}
    assert not wrong, f"{name} imports {sorted(wrong)}"


def test_an_upward_a_sideways_and_a_door_s_import_are_seen():
    assert is_upward("toolkit.grid.x", "problem")
    assert is_upward("toolkit.model.x", "optimizer")
    assert is_upward("toolkit.model.x", "errors")
    assert not is_upward("toolkit.problem.x", "grid")
    assert not is_upward("toolkit.grid.x", "grid")


def test_contributing_draws_the_same_list():
    """Each level a line: its rooms, then the duty that the room itself states."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room in LEVEL:
        duty = ast.get_docstring(ast.parse((ROOT / "toolkit" / room / "__init__.py").read_text()))
        assert duty, room
        line = f"    {room}/ {duty.splitlines()[0]}"
        assert line in {" ".join(["   ", *t.split()]) for t in text.splitlines()}, line
    drawn = [line.split("/")[0].strip() for line in text.splitlines() if line.startswith("    ")]
    assert [room for room in drawn if room in LEVEL] == list(LEVEL)


def test_no_cycle_between_modules():
    edges, done = module_graph(), set()

    def visit(name, path):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for following in sorted(edges[name]):
                visit(following, [*path, name])
            done.add(name)

    for name in edges:
        visit(name, [])


def longest(edges, name, known):
    """Return the longest chain of imports that begins at a module."""
    if name not in known:
        chains = [longest(edges, following, known) for following in edges[name]]
        known[name] = [name, *max(chains, key=len, default=[])]
    return known[name]


def test_no_chain_of_imports_is_long():
    edges, known = module_graph(at_import=True), {}
    chain = max((longest(edges, name, known) for name in edges), key=len)
    assert len(chain) <= 20, " > ".join(chain)


def test_the_plug_in_contract_stands_on_little():
    seen = {n for n in module_graph()["toolkit.optimizer.contract"] if room_of(n) == "optimizer"}
    assert seen == {"toolkit.optimizer.scores", "toolkit.optimizer.space"}


@pytest.mark.parametrize("name", sorted(PLUGINS))
def test_a_plug_in_sees_only_the_contract(name):
    own = {n for n in PLUGINS[name] if n.split(".")[0] == "toolkit"}
    seen = {n.split(".")[1] if "." in n else "toolkit" for n in own - {"toolkit"}}
    assert seen <= OFFERED, f"{name} imports {sorted(seen - OFFERED)}"
    assert "toolkit" not in own or own & {"toolkit.Policy", "toolkit.Mechanism", "toolkit.Goal"}


def roots(names):
    return {name.split(".")[0] for name in names}


def test_the_toolkit_never_imports_plug_ins():
    assert not [name for name, names in TOOLKIT.items() if "toolkit_plugins" in roots(names)]


def test_only_the_grid_speaks_to_the_engine():
    engine = {"opendssdirect", "dss", "dss_python", "dss_python_backend"}
    speakers = {name for name, names in TOOLKIT.items() if roots(names) & engine}
    assert speakers
    assert all(name.startswith("toolkit.grid.opendss.") for name in speakers)
    assert not [name for name, names in PLUGINS.items() if roots(names) & engine]


def test_only_figures_import_matplotlib():
    drawing = {n for n, names in TOOLKIT.items() if "matplotlib" in roots(names)}
    assert drawing
    assert all(name.startswith("toolkit.results.figures") for name in drawing)
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
    "highspy",
    "pvlib",
    "tsam",
    "simbench",
    "pandapower",
    "windpowerlib",
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
    assert (
        not loaded_after("from toolkit.optimizer import registry\nassert registry.names()") & HEAVY
    )


#: Folders of tests that are no rooms: whole feeders, the plug-ins, and what is no test by itself.
BESIDE = {"feeders", "plugins", "helpers", "fuzz", "sweep", "benchmarks"}


def test_tests_mirror_the_rooms():
    tests = ROOT / "tests"
    folders = {path.parent.relative_to(tests) for path in tests.rglob("*.py")}
    inside = [folder for folder in folders if folder.parts and folder.parts[0] not in BESIDE]
    assert {folder.parts[0] for folder in inside} == LEVEL.keys()
    assert [folder for folder in inside if not (ROOT / "toolkit" / folder).is_dir()] == []


def test_no_file_of_tests_is_long():
    lines = {path: path.read_text("utf-8").count("\n") for path in (ROOT / "tests").rglob("*.py")}
    assert [path for path, count in lines.items() if count > 400] == []


def test_every_folder_of_code_is_installed():
    # In a checkout an editable install finds a folder that a real one leaves out.
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    installed = set(listed["tool"]["setuptools"]["packages"])
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "toolkit").rglob("*.py")}
    assert {".".join(folder.parts) for folder in folders} - installed == set()
