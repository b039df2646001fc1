"""Loading that the search derives from voltages, held against the engine's own."""

import numpy as np
import pytest
from helpers.places import EXAMPLES

from toolkit.grid.opendss.loading import Loadings
from toolkit.inputs import study_files
from toolkit.inputs.feeder_files import locate
from toolkit.inputs.study import Study
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

FEEDERS = EXAMPLES / "feeders"
REGULATED = {"ieee13": 3, "ieee34": 6, "ieee123": 7, "european-lv": 0, "epri-ckt5": 0}


def told_by_the_engine(problem, plan, monkeypatch):
    """Return a day of the search, and what the engine says of each branch after each step."""
    grid, told = problem.search_grid, []
    plain = grid._reader.read

    def read(t, losses):
        plain(t, losses)
        percent = grid._d.PDElements.AllPctNorm()
        lines = dict(zip(map(str.lower, grid._d.PDElements.AllNames()), percent, strict=True))
        branches = problem.setting.feeder.branches
        told.append([loading(grid._d, branch.name, lines) for branch in branches])

    monkeypatch.setattr(grid._reader, "read", read)
    day = grid.day(plan)
    return day, np.array(told)


def loading(d, name, lines):
    """Return what the engine says of a line, and of a transformer what its nameplate says."""
    if not name.startswith("transformer."):
        return lines[name]
    d.Circuit.SetActiveElement(name)
    phases, wires = d.CktElement.NumPhases(), d.CktElement.NumConductors()
    amps = np.array(d.CktElement.CurrentsMagAng()[::2]).reshape(-1, wires)[:, :phases].max(axis=1)
    d.Transformers.Name(name.partition(".")[2])
    rated = []
    for winding in range(1, d.Transformers.NumWindings() + 1):
        d.Transformers.Wdg(winding)
        root = np.sqrt(3) if phases > 1 else 1.0
        rated.append(d.Transformers.kVA() / phases / (d.Transformers.kV() / root))
    return 100.0 * (amps / rated).max()


def agrees(problem, monkeypatch):
    setting = problem.setting
    x = np.random.default_rng(4).random((1, len(setting.space)))
    plan = decode(x, setting.operation, setting.space).row(0)
    day, told = told_by_the_engine(problem, plan, monkeypatch)
    assert not day.reason
    assert day.loading == pytest.approx(told, rel=1e-9, abs=1e-7)
    assert told.max() > 5.0


@pytest.mark.parametrize("name", ["ieee12", "ieee33", "ieee69"])
def test_the_search_derives_what_the_engine_would_say(name, monkeypatch):
    problem = Problem(prepare(study_files.load(name)))
    assert not len(problem.search_grid._read_rows)
    agrees(problem, monkeypatch)


@pytest.mark.parametrize("name", list(REGULATED))
def test_it_does_so_on_public_feeders_and_asks_where_taps_move(name, public_feeder, monkeypatch):
    text = (FEEDERS / f"{name}.toml").read_bytes()
    asked = study_files.parse(text, name)
    limits = asked.limits.model_copy(update={"transformer_rating": "nameplate"})
    changes = {"feeder": str(public_feeder(name)), "limits": limits}
    problem = Problem(prepare(asked.model_copy(update=changes)))
    assert not len(problem.search_grid._read_rows)
    assert len(problem.search_grid._winding_rows) == REGULATED[name]
    agrees(problem, monkeypatch)


def test_a_branch_without_a_rating_is_never_loaded(tmp_path, make_setting, monkeypatch):
    script = tmp_path / "bare.dss"
    text = f'Redirect "{locate("ieee12")}"\nEdit Line.L1_2 normamps=0\n'
    script.write_text(text, encoding="utf-8")
    problem = Problem(make_setting(feeder=str(script)))
    agrees(problem, monkeypatch)
    plan = base_plan(problem.setting.operation)
    assert not problem.search_grid.day(plan).loading[:, 0].any()


def test_ratings_by_season_are_left_to_the_engine(tmp_path, make_setting, monkeypatch):
    """They change by the hour: a rating read once would be that of one season."""
    script = tmp_path / "seasons.dss"
    lines = [
        f'Redirect "{locate("ieee12")}"',
        f"New XYcurve.season npts=24 xarray=({' '.join(map(str, range(24)))}) "
        f"yarray=({' '.join('0' if h < 12 else '1' for h in range(24))})",
        "Edit Line.L1_2 Seasons=2 Ratings=(400, 20)",
        "Set SeasonRating=yes SeasonSignal=season",
    ]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problem = Problem(make_setting(feeder=str(script)))
    assert not len(problem.search_grid._derived_rows)
    agrees(problem, monkeypatch)
    plan = base_plan(problem.setting.operation)
    searched, record = problem.search_grid.day(plan), problem.grid.day(plan)
    assert searched.loading == pytest.approx(record.loading, rel=1e-6)


def test_a_feeder_without_branches_has_no_loading(tmp_path):
    script = tmp_path / "one.dss"
    lines = [
        "New Circuit.one basekv=12.47 bus1=b",
        "New Load.a bus1=b kv=12.47 kw=100",
        "New PVSystem.p bus1=b kv=12.47 kVA=50 Pmpp=50",
        "Set voltagebases=[12.47]",
        "Calcvoltagebases",
    ]
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problem = Problem(prepare(Study(name="one", feeder=str(script))))
    plan = base_plan(problem.setting.operation)
    for grid in (problem.search_grid, problem.grid):
        assert grid.day(plan).loading.shape == (24, 0)


def test_the_record_is_read_from_the_engine(problem, ieee12, random_plan, monkeypatch):
    monkeypatch.setattr(Loadings, "of", None)
    day = problem.grid.day(random_plan(ieee12, 1))
    assert not len(problem.grid._derived_rows)
    assert day.loading.min() > 0.0


def test_a_current_is_the_drop_over_the_impedance(problem, ieee12, random_plan):
    """By hand on the 12-bus feeder: balanced lines without charging, I = (V1 - V2) / (R + jX)."""
    grid = problem.search_grid
    day = grid.day(random_plan(ieee12, 1))
    volts = grid._reader.volts.reshape(len(day.v_pu), -1, 3)[..., 0]
    order = [node.split(".")[0] for node in grid.nodes[::3]]
    for k, branch in enumerate(ieee12.feeder.branches):
        grid._d.Lines.Name(branch.name.split(".")[1])
        z = complex(grid._d.Lines.R1(), grid._d.Lines.X1()) * grid._d.Lines.Length()
        drop = volts[:, order.index(branch.bus1)] - volts[:, order.index(branch.bus2)]
        assert day.loading[:, k] == pytest.approx(
            100 * np.abs(drop / z) / branch.rating_a, rel=1e-6
        )
