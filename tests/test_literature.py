"""The tables of docs/benchmarks.md: OpenDSS gives the losses of the plans that stand there."""

import importlib.util
import json
import re

import pytest
from helpers.places import EXAMPLES, ROOT

from toolkit.problem import plan_files
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\S+)` \| [^|]*\| ([\d.]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)


def literature():
    spec = importlib.util.spec_from_file_location("literature", EXAMPLES / "literature_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def entries(words, kind):
    """Return the units of a plan file that a row of the table tells of."""
    form = re.compile(r"(\d+): ([\d.]+) (kW|kvar)(?:, ([\d.]+))?")
    parts = [form.fullmatch(part) for part in words.split("; ")]
    found = []
    for k, part in enumerate(parts, start=1):
        bus, size, unit, factor = part.groups()
        entry = {"name": f"u{k}", "bus": bus, "kind": kind, unit.lower(): float(size)}
        # One power factor that is fixed is said of all.
        found.append(entry | ({"power_factor": float(factor)} if factor else {}))
    return found


@pytest.mark.parametrize(("name", "losses", "words", "reached"), ROWS)
def test_opendss_gives_the_losses_of_the_plan(tmp_path, name, losses, words, reached):
    module = literature()
    problem = next(each for each in module.problems() if each.name == name)
    setting = prepare(module.study(tmp_path / "feeder", problem))
    if words.startswith("open: "):
        plan = {"units": [], "open": words.removeprefix("open: ").split(", ")}
    else:
        plan = {"units": entries(words, problem.kind)}
    read = plan_files.from_json(json.dumps(plan), setting, "the page")
    day = Problem(setting).grid.day(read)
    assert not day.reason
    assert float(day.loss_kw[0]) == pytest.approx(float(losses), abs=2e-4)
    assert len(reached.split("; ")) >= 2, "each is reached by two optimizers"


def test_every_problem_of_the_script_stands_on_the_page():
    assert [row[0] for row in ROWS] == [problem.name for problem in literature().problems()]
