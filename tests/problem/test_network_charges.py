"""The local market of a study: its tariffs, its limit prices and its network charges."""

from pathlib import Path

import numpy as np
import pytest
from helpers.radial import loads as radial_loads
from helpers.radial import sections, solve

from toolkit.errors import InputError
from toolkit.grid import opendss
from toolkit.grid.opendss import branch_impedances, read_feeder
from toolkit.inputs import feeder_files, study_files
from toolkit.model.plan import base_plan
from toolkit.problem import network_charges
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare

HEAD = 'name = "mine"\nfeeder = "ieee12"\n'
LINES = feeder_files.bundled_folder() / "ieee12" / "Lines.dss"


def parse(text):
    return study_files.parse((HEAD + text).encode(), "some/mine.toml")


def refused(text, *words, ask=parse):
    with pytest.raises(InputError) as caught:
        ask(text)
    message = str(caught.value)
    assert message.count("\n") == 0
    for word in words:
        assert word in message, message


def test_what_a_study_says_of_money_is_what_its_market_has():
    by_hour = [0.2] * 8 + [0.3] * 16
    asked = parse(f"[tariffs]\nretail = {by_hour}\nfeed_in = 0.05\nnetwork = 0\n")
    found = prepare(asked).market
    assert found.tariffs.retail.tolist() == by_hour
    assert found.tariffs.feed_in.tolist() == [0.05] * 24
    assert found.mechanism == "mid-market"
    assert study_files.parse(study_files.to_toml(asked).encode(), "again") == asked


def test_who_takes_part_has_load_or_may_have_a_unit(make_setting):
    setting = make_setting(fleet={"buses": ["1", "5", "6"]})
    assert setting.market.prosumers.tolist() == list(range(12))
    plain = make_setting()
    assert "1" not in [plain.feeder.buses[b] for b in plain.market.prosumers]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tariffs]\nretial = 0.3\n", ["tariffs.retial", "Did you mean 'retail'?"]),
        ("[tariffs]\nretail = 'x'\n", ["'tariffs.retail'", "expected one number, or a list"]),
        ("[tariffs]\nretail = [0.3, -1]\n", ["'tariffs.retail.1'", "-1"]),
        ("[settlement.bids.5]\nask = 0.1\n", ["'settlement.bids.5.bid' is missing"]),
    ],
)
def test_a_mistake_about_money_gets_one_message(text, words):
    refused(text, "some/mine.toml", *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[tariffs]\nretail = [0.3, 0.2]\n", ["tariffs.retail", "2 values", "24, one per step"]),
        (
            "[settlement]\nmechanism = 'mid'\n",
            ["'settlement'", "unknown mechanism 'mid'. Known: auction"],
        ),
        ("[tariffs]\nfeed_in = 0.25\n", ["retail 0.3, feed_in 0.25", "in step 1"]),
        ("[settlement.bids.55]\nask = 0.1\nbid = 0.2\n", ["settlement.bids '55'", "Did you mean"]),
    ],
)
def test_money_that_does_not_fit_the_study_is_refused(text, words):
    refused(text, "study ", *words, ask=lambda text: prepare(parse(text)))


def test_limit_prices_are_seeded_but_for_those_given():
    def market(text):
        return prepare(parse("[settlement]\nmechanism = 'auction'\n" + text)).market

    plain, other = market(""), market("seed = 2\n")
    given = market("bids = { '5' = { ask = 0.11, bid = 0.2 } }\n")
    assert not np.array_equal(plain.terms.ask, other.terms.ask)
    at = [str(b) for b in range(2, 13)].index("5")
    assert (given.terms.ask[:, at] == 0.11).all()
    assert (given.terms.bid[:, at] == 0.2).all()
    rest = np.arange(11) != at
    assert np.array_equal(given.terms.ask[:, rest], plain.terms.ask[:, rest])


def test_a_closed_switch_is_no_way_at_all_but_no_gap(ieee12, monkeypatch):
    """A switch has next to no impedance; buses on both sides stay connected."""
    sizes = np.where(np.arange(len(ieee12.feeder.branches)) == 4, 5.8e-9, 0.01)
    monkeypatch.setattr(opendss, "branch_impedances", lambda feeder: sizes)
    found = network_charges.distances(ieee12.feeder)
    assert np.isfinite(found).all()
    assert found[0, -1] == pytest.approx(0.01 * (len(sizes) - 1) + 5.8e-9, abs=1e-12)


def test_electrical_distance_is_the_impedance_of_the_way(ieee12):
    ohms = {("1", "1"): 0.0}
    for start, to, z in sections(LINES):
        ohms["1", to] = ohms["1", start] + abs(z)
    wanted = [ohms["1", bus] / 11.0**2 for bus in ieee12.feeder.buses]
    found = network_charges.distances(ieee12.feeder)
    assert found[0] == pytest.approx(wanted, rel=1e-9)
    assert found[11, 3] == pytest.approx(wanted[11] - wanted[3], rel=1e-9)


def test_a_trade_over_the_mean_way_from_the_head_pays_the_flat_charge():
    setting = prepare(parse("[settlement]\nmechanism = 'bilateral'\n"))
    market, feeder = setting.market, setting.feeder
    charge = market.terms.charge
    assert charge.shape == (24, 11, 11)
    assert charge == pytest.approx(charge.swapaxes(1, 2), abs=1e-15)
    from_head = network_charges.distances(feeder)[0]
    mean = (from_head * feeder.load_kw).sum() / feeder.load_kw.sum()
    buses = {feeder.buses[b]: i for i, b in enumerate(market.prosumers)}
    way = from_head[feeder.bus_index["9"]] - from_head[feeder.bus_index["4"]]
    assert charge[5, buses["4"], buses["9"]] == pytest.approx(0.08 * way / mean, rel=1e-9)


IMPEDANCES = """Clear
New Circuit.small bus1=a basekV=11 MVAsc3=1e6 MVAsc1=1e6
New Transformer.t phases=3 buses=[a b] kVs=[11 0.4] kVAs=[500 500] xhl=4 %loadloss=1
New Line.bc bus1=b bus2=c phases=3 length=2 units=none
~ rmatrix=[0.03 | 0.01 0.03 | 0.01 0.01 0.03] xmatrix=[0.05 | 0.02 0.05 | 0.02 0.02 0.05]
New Line.cd bus1=c.2 bus2=d.2 phases=1 length=1 units=none r1=0.03 x1=0.04 r0=0.03 x0=0.04 c1=0 c0=0
New Load.c bus1=c kV=0.4 kW=5 kvar=1
New Load.d bus1=d.2 phases=1 kV=0.23 kW=5 kvar=1
New PVSystem.roof bus1=c kV=0.4 Pmpp=9 kVA=9
Set voltagebases=[11 0.4]
Calcvoltagebases
"""


def test_impedances_by_hand_across_voltage_levels(tmp_path):
    # Transformer: |0.01 + 0.04j| on 500 kVA is twice that on 1 MVA. Line bc: self less mutual,
    # 0.02 + 0.03j, times 2. Line cd: 0.05 ohm. Base at 0.4 kV: 0.16 ohm.
    script = tmp_path / "small.dss"
    script.write_text(IMPEDANCES, encoding="utf-8")
    found = branch_impedances(read_feeder(script))
    bc = 2 * abs(0.02 + 0.03j) / 0.16
    wanted = {"line.bc": bc, "line.cd": 0.05 / 0.16, "transformer.t": 2 * abs(0.01 + 0.04j)}
    names = [branch.name for branch in read_feeder(script).branches]
    assert dict(zip(names, found, strict=True)) == pytest.approx(wanted, rel=1e-4)


def test_buses_without_a_way_between_them_do_not_trade(tmp_path):
    script = tmp_path / "small.dss"
    script.write_text(IMPEDANCES.replace("bus1=c.2 bus2=d.2", "bus1=x.2 bus2=d.2"), "utf-8")
    feeder = read_feeder(script)
    at = np.array([feeder.bus_index[bus] for bus in ("c", "d")])
    charge = network_charges.by_distance(feeder, at, np.array([0.1]))
    assert charge[0, 0, 1] > 1e6
    assert charge[0, 0, 0] == 0.0


@pytest.mark.parametrize(
    ("opened", "impedance"),
    [
        ("Open Line.bc 1", np.inf),
        ("Open Line.bc 1\nOpen Line.bc 2", np.inf),
        # Of the phases left: 2 (0.03 + j0.05) less 2 (0.01 + j0.02), on 0.16 ohm.
        ("Open Line.bc 1 1\nOpen Line.bc 2 1", abs(0.04 + 0.06j) / 0.16),
    ],
)
def test_an_open_line_is_no_way(opened, impedance, tmp_path):
    script = tmp_path / "small.dss"
    script.write_text(f"{IMPEDANCES}{opened}\n", encoding="utf-8")
    feeder = read_feeder(script)
    names = [branch.name for branch in feeder.branches]
    found = branch_impedances(feeder)[names.index("line.bc")]
    assert found == pytest.approx(impedance, rel=1e-6)
    apart = network_charges.distances(feeder)[feeder.bus_index["b"], feeder.bus_index["c"]]
    assert np.isfinite(apart) == np.isfinite(impedance)


def test_marginal_losses_are_those_of_a_power_flow_of_our_own(ieee12, problem):
    day = problem.search_grid.day(base_plan(ieee12.operation))
    found = network_charges.marginal_losses(ieee12.feeder, ieee12.operation)
    lines, buses = sections(LINES), ieee12.feeder.buses
    declared = radial_loads(Path(LINES).with_name("Loads.dss"))
    plan = base_plan(ieee12.operation)
    for t in (3, 12, 19):
        drawn = {bus: day.load_kva[t, i] for i, bus in enumerate(buses)}
        for u, bus in enumerate(plan.bus):
            drawn[buses[bus]] -= day.unit_kva[t, u]
        before = solve(lines, drawn)[1].real
        for bus in ("4", "8", "12"):
            more = 0.05 * declared[bus].real
            after = solve(lines, {**drawn, bus: drawn[bus] + more})[1].real
            wanted = (after - before) / more
            assert found[t, ieee12.feeder.bus_index[bus]] == pytest.approx(wanted, rel=1e-3)


def test_the_charge_by_marginal_loss_has_a_direction():
    text = "[settlement]\nmechanism = 'bilateral'\ncharge = 'marginal-loss'\n"
    setting = prepare(parse(text))
    charge = setting.market.terms.charge
    assert charge == pytest.approx(-charge.swapaxes(1, 2), abs=1e-15)
    rise = network_charges.marginal_losses(setting.feeder, setting.operation)
    wanted = 0.22 * (rise[19, 11] - rise[19, 1])  # bus 2 sells to bus 12 at hour 20
    assert charge[19, 0, 10] == pytest.approx(wanted, rel=1e-12)
    assert wanted > 0.0
    found = setting.market.settle(_net(setting))
    assert found.network.sum() != 0.0


def _net(setting):
    problem = Problem(setting)
    day = problem.search_grid.day(base_plan(setting.operation))
    net = -day.load_kva.real
    for u, bus in enumerate(base_plan(setting.operation).bus):
        net[:, bus] += day.unit_kva.real[:, u]
    return net
