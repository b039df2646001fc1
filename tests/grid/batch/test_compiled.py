"""The compiled kernel beside the engine and the batch solver without it."""

import sys
import types

import numpy as np
import pytest
from helpers.batch_flow import batch_flow

from toolkit import read_journal
from toolkit.errors import InputError
from toolkit.grid import batch
from toolkit.grid.agreement import agreement
from toolkit.inputs import study_files
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.runs.journal import Journal
from toolkit.runs.recorder import Recorder
from toolkit.runs.referee import Referee

ARRAYS = ("v_pu", "loss_kw", "loading", "load_kva", "unit_kva")
COMPILED = {"solver": "compiled"}

#: A feeder with one load.
FEEDER = """Clear
New Circuit.x basekv=12.47 bus1=a
New Line.l bus1=a bus2=b r1=0.3 x1=0.6 r0=0.9 x0=1.8 c1=0 c0=0 length=3 units=km
New Load.d bus1=b kv=12.47 kw=900 pf=0.9 {load}
New PVSystem.p bus1=b phases=3 kv=12.47 kva=400 pmpp=200 pf=1
Set voltagebases=[12.47]
Calcvoltagebases
"""


def plans_of(setting, n, seed=0):
    x = np.random.default_rng(seed).random((n, len(setting.space)))
    return decode(x, setting.operation, setting.space)


def flows(setting):
    """Return the batch power flow of a setting, and the compiled one."""
    return tuple(batch_flow(setting.feeder, setting.operation, by) for by in (False, True))


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)


@pytest.mark.parametrize(
    "name",
    [
        "ieee12",
        pytest.param("ieee33", marks=pytest.mark.slow),
        pytest.param("ieee69", marks=pytest.mark.slow),
    ],
)
def test_the_days_are_the_engines_and_those_without_the_kernel(name):
    problem = Problem(prepare(study_files.load(name)))
    plain, compiled = flows(problem.setting)
    plans = plans_of(problem.setting, 12)
    own, expected = compiled.days(plans), plain.days(plans)
    # Each of the two leaves as much of the fixed point.
    assert own.v_pu == pytest.approx(expected.v_pu, rel=0.0, abs=3e-10)
    assert own.loading == pytest.approx(expected.loading, rel=0.0, abs=3e-7)
    assert own.loss_kw == pytest.approx(expected.loss_kw, rel=1e-7)
    found = agreement(
        compiled.days(plans.row(slice(0, 8))), problem.search_grid.days(plans.row(slice(0, 8)))
    )
    assert found.solved
    assert found.v_pu < 1e-9
    assert max(found.power, found.loss, found.loading) < 1e-7


def test_a_plan_is_the_same_bits_alone_and_among_others(make_setting, coarse_day):
    # Six steps fill a quarter of what is solved together.
    setting = make_setting(profiles=str(coarse_day))
    compiled = batch_flow(setting.feeder, setting.operation, True)
    plans = plans_of(setting, 50, 1)
    together = compiled.days(plans)
    assert agreement(together, Problem(setting).search_grid.days(plans)).holds
    for i in (0, 17, 49):
        assert same(compiled.days(plans.row(slice(i, i + 1))), together.rows(slice(i, i + 1)))


def test_steps_beyond_those_solved_together_are_the_engines(make_setting, write_day, tmp_path):
    setting = make_setting(profiles=str(write_day(tmp_path / "fine.csv", 0.25)))
    plans = plans_of(setting, 2)
    days = batch_flow(setting.feeder, setting.operation, True).days(plans)
    assert agreement(days, Problem(setting).search_grid.days(plans)).holds


def test_a_plan_that_leaves_a_loads_band_is_solved_without_the_kernel(make_setting, tmp_path):
    script = tmp_path / "narrow.dss"
    script.write_text(FEEDER.format(load="vmaxpu=1.005"), encoding="utf-8")
    setting = make_setting(feeder=str(script), fleet={"scale": [0, 20]})
    plain, compiled = flows(setting)
    plans = plans_of(setting, 20)
    own, expected = compiled.days(plans), plain.days(plans)
    out = (np.abs(expected.load_kva - plain._load_kva) > 1e-9).any(axis=(1, 2))
    assert 0 < out.sum() < 20
    for i, leaves in enumerate(out.tolist()):
        rows = slice(i, i + 1)
        assert same(own.rows(rows), plain.days(plans.row(rows))) == leaves
    assert agreement(own, Problem(setting).search_grid.days(plans)).holds


def test_it_searches_where_asked_and_the_journal_says_so(make_setting, tmp_path):
    problem = Problem(make_setting(power_flow=COMPILED))
    assert problem.search.solver == "compiled"
    assert str(problem.search).startswith("the compiled batch solver: on 4 trial plans it agrees")
    path, points = tmp_path / "j", np.random.default_rng(3).random((60, len(problem.space)))
    with Journal(path, problem.space, {"case": "x"}) as journal:
        Recorder(problem, journal, referee=Referee(problem)).evaluate(points)
    assert set(read_journal(path)["solver"]) == {"compiled", "opendss"}


def test_what_it_does_not_know_is_refused(make_setting, tmp_path):
    script = tmp_path / "models.dss"
    script.write_text(FEEDER.format(load="model=5"), encoding="utf-8")
    why = "'compiled', .* the compiled kernel does not know loads other than constant power within"
    with pytest.raises(InputError, match=why):
        _ = Problem(make_setting(power_flow=COMPILED, feeder=str(script))).search


def test_without_numba_a_message_names_the_extra(make_setting, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(InputError, match=r"pip install 'p2p-der-toolkit\[fast\]'"):
        _ = Problem(make_setting(power_flow=COMPILED)).search


def test_a_numba_that_cannot_be_imported_says_why(make_setting, monkeypatch, tmp_path):
    (tmp_path / "numba.py").write_text("raise ImportError('needs NumPy 2.4 or less')")
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match=r"cannot be imported \(needs NumPy 2\.4 or less\)"):
        _ = Problem(make_setting(power_flow=COMPILED)).search


def test_without_a_folder_for_its_code_a_message_says_so(make_setting, monkeypatch):
    def njit(**options):
        raise RuntimeError("cannot cache function")

    monkeypatch.setitem(sys.modules, "numba", types.SimpleNamespace(njit=njit))
    monkeypatch.delitem(sys.modules, "toolkit.grid.batch.kernel", raising=False)
    monkeypatch.delattr(batch, "kernel", raising=False)
    with pytest.raises(InputError, match=r"no folder .* kept \(cannot cache function\).*NUMBA_CAC"):
        _ = Problem(make_setting(power_flow=COMPILED)).search
