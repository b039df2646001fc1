"""Lines opened and closed plan by plan, live and in exported scripts."""

import numpy as np
import pytest
from helpers.switched import RING, full_load_33, study_of
from opendssdirect import dss

from toolkit.grid.backend import backend
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

ARRAYS = ("v_pu", "loss_kw", "loading", "load_kva", "unit_kva")


@pytest.fixture(scope="module")
def problem(tmp_path_factory) -> Problem:
    return Problem(
        prepare(full_load_33(tmp_path_factory.mktemp("net"), share=0.3, candidates=["*"]))
    )


@pytest.mark.parametrize("circuit", ["grid", "search_grid"])
def test_plans_a_b_a_give_the_bits_of_a_twice(problem, circuit) -> None:
    flow, plans = getattr(problem, circuit), problem.setting.decode(_points(problem, 6))
    first = [flow.day(plans.row(i)) for i in range(6)]
    again = [flow.day(plans.row(i)) for i in (3, 0, 5, 1, 4, 2)]
    for i, day in zip((3, 0, 5, 1, 4, 2), again, strict=True):
        for name in ARRAYS:
            assert np.array_equal(getattr(day, name), getattr(first[i], name)), name


def test_open_lines_carry_nothing_and_the_circuits_agree(problem) -> None:
    plans = problem.setting.decode(_points(problem, 3))
    names = problem.setting.fleet.switches.names
    branches = [branch.name for branch in problem.setting.feeder.branches]
    for i in range(3):
        day, flows = problem.grid.day_with_flows(plans.row(i))
        rows = [
            branches.index(n) for n, off in zip(names, plans.further.open[i], strict=True) if off
        ]
        assert len(rows) == 5
        for carried in (day.loading, flows.line_kw, flows.line_a):
            assert not carried[:, rows].any()
        closed = np.delete(np.arange(37), rows)
        assert (flows.line_a[:, closed] > 1e-3).all()
        searched = problem.search_grid.day(plans.row(i))
        assert searched.loss_kw == pytest.approx(day.loss_kw, rel=1e-9)
        assert searched.loading == pytest.approx(day.loading, rel=1e-6)


def test_plain_opendss_solves_the_exported_script_to_the_same_losses(problem, tmp_path) -> None:
    setting = problem.setting
    plans = setting.decode(_points(problem, 3))
    for i in range(3):
        plan, folder = plans.row(i), tmp_path / str(i)
        folder.mkdir()
        backend().export_feeder(plan, setting.operation, setting.feeder, folder)
        dss.Text.Command(f'Redirect "{folder / "Master.dss"}"')
        dss.Solution.Solve()
        assert dss.Solution.Converged()
        own = problem.grid.day(plan).loss_kw[0]
        assert dss.Circuit.Losses()[0] / 1000.0 == pytest.approx(own, rel=1e-9)
        replayed = backend().replay(folder / "Master.dss", 1)
        names = zip(setting.fleet.switches.names, plan.further.open, strict=True)
        assert {*replayed.open} == {name for name, off in names if off}
        assert replayed.loss_kw[0] == pytest.approx(own, rel=1e-9)


def test_a_line_that_a_script_opens_is_closed(tmp_path) -> None:
    """``Open`` in a script is a switch as well as ``enabled=no``."""
    opened = RING.replace("enabled=no", "") + "Open Line.c 1\n"
    studies = [
        study_of(tmp_path / name, script, candidates=["b", "c", "d"])
        for name, script in (("open", opened), ("disabled", RING))
    ]
    days = []
    for study in studies:
        setting = prepare(study)
        assert setting.fleet.switches is not None
        assert setting.fleet.switches.base.tolist() == [False, True, False]
        keys = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
        days.append(Problem(setting).grid.days(setting.decode(keys)))
    assert days[0].loss_kw == pytest.approx(days[1].loss_kw, rel=1e-9)
    assert days[0].loss_kw[0, 0] != days[0].loss_kw[1, 0]


def test_charging_current_of_an_open_line_is_off(tmp_path) -> None:
    cable = RING.replace(
        "r1=1.0 x1=1.0 r0=1.0 x0=1.0 c1=0 c0=0", "r1=1 x1=1 r0=1 x0=1 c1=900 c0=400"
    )
    setting = prepare(study_of(tmp_path, cable, candidates=["b", "c", "d"]))
    day, flows = Problem(setting).grid.day_with_flows(
        setting.decode(np.array([[0, 1, 1.0]])).row(0)
    )
    row = [branch.name for branch in setting.feeder.branches].index("line.b")
    assert not flows.line_a[0, row]
    assert np.isfinite(day.v_pu).all()


def _points(problem: Problem, n: int) -> np.ndarray:
    return np.random.default_rng(7).random((n, len(problem.setting.space)))
