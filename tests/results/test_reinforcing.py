"""What is beyond a limit, when, for how long, and the rating needed."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from toolkit.commands import simulate_and_store
from toolkit.inputs.limit_sections import Limits
from toolkit.inputs.study import Study
from toolkit.results import reinforcing
from toolkit.results.figures.groups import groups_of
from toolkit.results.reinforcing import off_voltage, to_reinforce
from toolkit.results.store import read_results


@pytest.fixture
def group(ieee12_results):
    """A base case with bus 7 too low at two steps, and a cable of 100 A with 130 A and 110 A."""
    found = groups_of(read_results(ieee12_results))[0]
    buses, lines = found.median.buses.copy(), found.median.lines.copy()
    buses[["v_min_pu", "v_max_pu"]] = 1.0
    low = buses["bus"].astype(str) == "7"
    buses.loc[low & buses["step"].isin([18, 20]), "v_min_pu"] = [0.94, 0.93]
    lines[["i_a", "loading_pct"]] = 50.0
    one = lines["line"] == lines["line"][0]
    lines.loc[one & (lines["step"] == 19), ["i_a", "loading_pct"]] = 130.0
    lines.loc[one & (lines["step"] == 20), ["i_a", "loading_pct"]] = 110.0
    hourly = found.median.hourly.assign(weight=np.where(np.arange(1, 25) == 20, 3.0, 1.0))
    median = dataclasses.replace(found.median, buses=buses, lines=lines, hourly=hourly)
    return dataclasses.replace(found, median=median)


def test_the_worst_hour_the_hours_and_the_rating_needed(group):
    """By hand: 130 A on a cable of 100 A; 110 A at a weight of 3. Nothing is tuned to 24 hours."""
    table = to_reinforce([group], Limits(v_min=0.95, v_max=1.05, loading_max=100.0))
    assert table[["what", "worst", "step", "when", "hours"]].to_numpy().tolist() == [
        ["loading", 130.0, 19, "18:00", 4.0],
        ["low voltage", 0.93, 20, "19:00", 4.0],
    ]
    assert table["element"].tolist() == [group.median.lines["line"][0], "7"]
    assert table["rating_a"][0] == pytest.approx(100.0)
    assert table["needed_a"][0] == pytest.approx(130.0)
    assert table[["rating_a", "needed_a"]].iloc[1].isna().all()


def test_a_limit_of_the_study_below_the_rating_asks_for_more(group):
    """At 80 % of its rating at most, 130 A ask for 162.5 A."""
    table = to_reinforce([group], Limits(v_min=0.9, v_max=1.05, loading_max=80.0))
    assert table["needed_a"].tolist() == pytest.approx([162.5])


def test_nothing_beyond_nothing_told(group):
    limits = Limits(v_min=0.9, v_max=1.1, loading_max=200.0)
    table = to_reinforce([group], limits)
    assert table.empty
    assert isinstance(table, pd.DataFrame)


def test_a_step_barely_beyond_counts_where_tables_have_every_digit(group):
    """0.949969 pu is below 0.95, at a weight of 3; packed tables, of rounded figures, leave it."""
    buses = group.median.buses.copy()
    buses.loc[(buses["bus"].astype(str) == "7") & (buses["step"] == 20), "v_min_pu"] = 0.949969
    barely = dataclasses.replace(group, median=dataclasses.replace(group.median, buses=buses))
    limits = Limits(v_min=0.95, v_max=1.05, loading_max=200.0)
    table = to_reinforce([barely], limits)
    assert table[["element", "hours"]].to_numpy().tolist() == [["7", 4.0]]
    assert off_voltage(buses, limits).sum() == 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reinforcing, "PLAIN_ROWS", 10)
        assert to_reinforce([barely], limits)["hours"].tolist() == [1.0]


def test_rounding_cancels_in_the_rating_of_packed_tables(group, monkeypatch):
    """A transformer of 4.6188 A, as a year's table has it: currents to 0.1 A."""
    monkeypatch.setattr(reinforcing, "PLAIN_ROWS", 10)
    lines = group.median.lines.copy()
    own = lines["line"] == lines["line"][0]
    loading = np.linspace(20.0, 118.42, int(own.sum()))
    lines.loc[own, "loading_pct"] = loading
    lines.loc[own, "i_a"] = (4.6188 * loading / 100.0).round(1)
    rounded = dataclasses.replace(group, median=dataclasses.replace(group.median, lines=lines))
    (row,) = to_reinforce([rounded], Limits(v_min=0.9)).to_dict("records")
    assert row["rating_a"] == pytest.approx(4.6188, rel=2e-3)
    assert row["needed_a"] == pytest.approx(4.6188 * 1.1842, rel=2e-3)


#: A transformer without losses, whose load has unity power factor: 60 kW are 60 kVA.
STATION = """
Clear
New Circuit.station basekv=11 pu=1.0 bus1=grid R1=0 X1=1e-6 R0=0 X0=1e-6
New Transformer.t phases=3 windings=2 buses=(grid, street) kvs=(11, 0.4) kvas=(50, 50) {more}
~ XHL=0.001 %loadloss=0 %noloadloss=0
New Load.homes phases=3 bus1=street kV=0.4 kW=60 pf=1 model=1
Set voltagebases=[11, 0.4]
Calcvoltagebases
"""


@pytest.mark.parametrize(("more", "rating"), [("", 50.0), ("normhkVA=55", 55.0)])
def test_a_transformer_is_told_in_kva(tmp_path, more, rating):
    """By hand: 60 kVA on 50 kVA are 120 %, and on 55 kVA 109.1 %; at 80 % at most it needs 75."""
    (tmp_path / "station.dss").write_text(STATION.format(more=more), encoding="utf-8")
    limits = {"loading_max": 80.0}
    loads = {"shapes": "study"}
    study = Study.model_validate(
        {
            "name": "station",
            "feeder": str(tmp_path / "station.dss"),
            "limits": limits,
            "loads": loads,
            "fleet": {"add": [{"name": "pv1", "kind": "pv", "bus": "street", "kw": 1.0}]},
        }
    )
    simulate_and_store(study, None, tmp_path / "out", "toolkit simulate")
    results = read_results(tmp_path / "out")
    base = groups_of(results)
    table = to_reinforce(base, results.study.limits, results.network)
    row = table.iloc[0]
    assert row["element"] == "transformer.t"
    assert row["rating_kva"] == rating
    assert row["worst"] == pytest.approx(100.0 * 60.0 / rating, rel=1e-3)
    assert row["needed_kva"] == pytest.approx(75.0, rel=1e-3)
    assert row["needed_a"] == pytest.approx(75.0 / (np.sqrt(3.0) * 11.0), rel=1e-3)
    blank = [{k: v for k, v in b.items() if k != "rated_kva"} for b in results.network["branches"]]
    older = to_reinforce(base, results.study.limits, {"branches": blank})
    assert older["rating_kva"].isna().all()
