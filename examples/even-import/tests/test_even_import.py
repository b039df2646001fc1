"""The toolkit's conformance suite, and two steps by hand."""

from importlib.metadata import entry_points

import numpy as np
from toolkit import Given, SolvedPlans
from toolkit.testing import check_goal

from even_import.goal import EvenImport


def test_conformance():
    assert [check for check in check_goal(EvenImport) if not check.passed] == []


def test_it_is_installed_under_its_name():
    (entry,) = entry_points(group="toolkit.goals", name="even-import")
    assert entry.load() is EvenImport


def test_two_steps_by_hand():
    """6 and 2 kW are drawn, 4 in the mean: 6 / 4. Then 3 and 0: 1.5 in the mean, 3 / 1.5."""
    assert EvenImport().figure(drawing([[6.0, 2.0], [3.0, 0.0]])).tolist() == [1.5, 2.0]


def drawing(kw: list[list[float]]) -> SolvedPlans:
    """Return plans of a feeder of one bus without units, which draws so many kW in each step."""
    drawn = np.array(kw)
    load, none = drawn[..., None], np.zeros((len(drawn), 0))
    steps = drawn.shape[1]
    given = Given(
        hours=np.ones(steps),
        step_h=1.0,
        weights=np.ones(steps),
        separate=False,
        per_year=8760.0 / steps,
        load_kw=load[0],
        buses=("1",),
        units=(),
        kinds=(),
        prosumers=np.array([0]),
        parties=("1",),
        members=None,
        size_max=np.zeros(0),
        kw_per_size=np.zeros(0),
        retail=np.full(steps, 0.30),
        feed_in=np.full(steps, 0.10),
        network=np.full(steps, 0.06),
        co2=np.zeros(steps),
        unit_co2=np.zeros(0),
        v_min=0.95,
        v_max=1.05,
        loading_max=100.0,
    )
    return SolvedPlans(
        given=given,
        load_kw=load,
        net_kw=-load,
        unit_kw=np.zeros((len(drawn), steps, 0)),
        bus=none.astype(int),
        size=none,
        kwh=none,
        stored_kwh=np.zeros((len(drawn), 0, steps + 1)),
        asked={"head_import_kw": drawn},
    )
