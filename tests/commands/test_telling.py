"""Sweeps, fronts, settlements and validations tell the same as their terminals do, in short."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from toolkit.commands.front import Front
from toolkit.commands.importing import Imported
from toolkit.commands.settling import settle
from toolkit.commands.sweep import Sweep
from toolkit.commands.validate import validate
from toolkit.problem.goals import GOALS
from toolkit.results.store import read_csv, read_results


@pytest.fixture(scope="module")
def swept():
    """A sweep of 200 points, the energy traded rising from 1 kWh to 200 kWh."""
    names = [f"{i:03d}" for i in range(1, 201)]
    table = pd.DataFrame(
        {
            "point": names,
            "storage.hours": [float(i) for i in range(1, 201)],
            "case": "cheetah-seed1",
            "score": [float(i) for i in range(1, 201)],
            "violation": 0.0,
            "feasible": True,
            "loss_kwh": 1.0,
            "traded_kwh": [float(i) for i in range(1, 201)],
            "currency": "EUR",
            "plans": 1,
        }
    )
    goal = GOALS["traded"]
    return Sweep(Path("results/s"), "complete", ("storage.hours",), table, goal, ("a note",) * 90)


def test_a_sweep_says_its_best_point(swept):
    lines = repr(swept).splitlines()
    assert lines[0].startswith("Best of 200 points: storage.hours = 200: 200 kWh energy traded")
    assert "  ... 192 more" in lines
    assert lines[-1] == "Sweep of storage.hours, complete: 200 complete points in results/s"
    assert len(repr(swept)) < 2000
    html = swept._repr_html_()
    assert "the first 40 of 200 rows" in html
    assert "<td>40.0</td>" in html
    nothing = replace(swept, table=swept.table.iloc[:0])
    assert repr(nothing).startswith("No plan of 0 points keeps every limit.")


def test_a_front_without_a_plan_says_so():
    empty = pd.DataFrame(columns=["point", "goal"])
    found = Front(Path("results/f"), "interrupted", ("traded", "losses"), empty, pd.DataFrame())
    assert repr(found).startswith("No point of the front has a plan that keeps every limit.")
    assert "energy traded against network losses, interrupted" in repr(found)
    assert "No point of the front" in found._repr_html_()


def test_settlements_say_who_is_worse_off(ieee12_results):
    found = settle(ieee12_results, "base")
    assert repr(found).splitlines()[0] == found.sentences[0]
    assert len(repr(found)) < 2000
    html = found._repr_html_()
    assert html.count("<table>") == 2
    assert all(name in html for name in found.community["mechanism"])


def test_a_validation_says_what_came_of_it(ieee12_results, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(ieee12_results, folder)
    found = validate(folder, case="base", policy="surplus", bound=False)
    assert repr(found).splitlines()[0] == found.sentences[0]
    assert repr(found).splitlines()[-1] == f"Validation over 1 day of {folder}"
    assert found.sentences[0] in found._repr_html_()


def test_an_import_says_its_file_first_and_little_of_much():
    found = Imported(Path("year.csv"), ("a.csv: one meter.",) * 500)
    assert repr(found).splitlines()[:2] == ["year.csv", "a.csv: one meter."]
    assert len(repr(found)) < 2000


def test_a_case_says_the_energy_of_its_summary(ieee12_results):
    found = read_results(ieee12_results)
    traded = read_csv(ieee12_results / "summary.csv").set_index("case")["traded_kwh"]
    for name, case in found.cases.items():
        assert repr(case).startswith(f"Case {name}: {traded[name]:,.1f} kWh traded, lowest")
