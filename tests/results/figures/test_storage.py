"""State of charge: as a share of a unit's own capacity, of many units, of none."""

import pandas as pd
from helpers.drawings import changed

from toolkit.results.figures import style
from toolkit.results.figures.groups import (
    groups_of,
)
from toolkit.results.figures.storage import MOST_UNITS, charge, state_of_charge
from toolkit.results.store import read_results


def test_charge_is_the_share_of_the_units_own_capacity(ieee12_results):
    group = groups_of(read_results(ieee12_results))[0]
    units = group.median.units
    stored = units.loc[units["unit"] == "bess1", "soc_kwh"].to_numpy()
    assert charge(group, "bess1").tolist() == (100.0 * stored / 120.0).tolist()
    assert charge(group, "pv1") is None


def test_fifty_units_are_drawn_without_a_legend_of_fifty(ieee12_results):
    results = read_results(ieee12_results)
    group = groups_of(results)[0]
    unit = next(u for u in group.median.plan["units"] if u["name"] == "bess1")
    many = [{**unit, "name": f"bess{i}", "kwh": 100.0 + i} for i in range(50)]
    rows = group.median.units[group.median.units["unit"] == "bess1"]
    units = pd.concat([rows.assign(unit=f"bess{i}") for i in range(50)])
    plan = {**group.median.plan, "units": many}
    with style.look():
        figure = state_of_charge([changed(group, units=units, plan=plan)], results.study)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()]
    assert len(titles) == MOST_UNITS
    assert "bess49, batteries (BESS)" in titles
    assert "bess9, batteries (BESS)" not in titles
    assert f"the {MOST_UNITS} largest of 50 units" in figure.get_suptitle()
    assert len(figure.legends[0].get_texts()) == 2


def test_nothing_stored_no_state_of_charge(ieee12_results):
    results = read_results(ieee12_results)
    group = groups_of(results)[0]
    plan = {**group.median.plan, "units": []}
    assert state_of_charge([changed(group, plan=plan)], results.study) is None
