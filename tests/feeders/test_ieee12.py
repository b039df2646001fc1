"""The 12-bus feeder's scripts, in plain OpenDSS: no part of the toolkit takes part here."""

import csv

import numpy as np
import pytest
from helpers.engine import ask, compiled
from helpers.forks import printed
from helpers.places import ROOT

MASTER = ROOT / "dss" / "ieee12" / "Master.dss"
DAY = ROOT / "profiles" / "typical_day.csv"

PV = {"pv1": ("5", 75.0), "pv2": ("10", 75.0)}
WIND = {"wt1": ("6", 50.0), "wt2": ("12", 50.0)}
BESS = {"bess1": "5", "bess2": "10"}
BEV = {"bev1": "3", "bev2": "7"}
VEHICLES, CHARGER_KW, CAPACITY_KWH, ETA = 8, 7.4, 40.0, 0.95

# Mean traded energy per hour of the paper's base case, hours 1-8, 9-16 and 17-24.
PAPER_BASE = (56.8, 86.2, 62.9)


def series(column):
    with DAY.open(encoding="utf-8", newline="") as file:
        return np.array([float(row[column]) for row in csv.DictReader(file)])


def power_curve(speed):
    cubic = (speed**3 - 3**3) / (12**3 - 3**3)
    return np.where((speed < 3) | (speed > 25), 0.0, np.minimum(cubic, 1.0))


def charged_on_arrival():
    """Draw [kW] of one station: all that is plugged in, until the fleet is back at its start."""
    start = soc = 0.6 * VEHICLES * CAPACITY_KWH
    draw, level = [], []
    for plugged, trip in zip(
        series("plugged_in [pu]"), VEHICLES * series("trip_energy [kWh/vehicle]"), strict=True
    ):
        kw = min(VEHICLES * CHARGER_KW * plugged, (start - soc + trip) / ETA)
        soc += ETA * kw - trip
        draw.append(kw)
        level.append(soc)
    return np.array(draw), np.array(level)


def shape(engine, name):
    engine.LoadShape.Name(name)
    return np.array(engine.LoadShape.PMult())


def injection(engine, element):
    """Complex power [kVA] that the element puts into the network."""
    engine.Circuit.SetActiveElement(element)
    powers = np.array(engine.CktElement.Powers())
    return complex(-powers[0::2].sum(), -powers[1::2].sum())


def steps(engine):
    engine.Text.Command("set number=1")
    for step in range(24):
        engine.Text.Command("solve")
        assert engine.Solution.Converged()
        yield step


@pytest.fixture(scope="module")
def base_day():
    """Injections [kVA] per element, losses [kW], lowest and highest voltage [pu], over the day."""
    engine = compiled(MASTER)
    names = [n for n in engine.Circuit.AllElementNames() if not n.startswith(("Vsource", "Line"))]
    power = {name: np.zeros(24, dtype=complex) for name in names}
    losses, low, high = np.zeros(24), np.zeros(24), np.zeros(24)
    for step in steps(engine):
        for name in names:
            power[name][step] = injection(engine, name)
        losses[step] = engine.Circuit.Losses()[0] / 1000
        voltages = engine.Circuit.AllBusMagPu()
        low[step], high[step] = min(voltages), max(voltages)
    return power, losses, low, high


def test_full_load_without_units_is_the_published_feeder():
    engine = compiled(
        MASTER,
        *(f"batchedit {kind}..* enabled=no" for kind in ("pvsystem", "generator", "storage")),
        "set mode=snap",
        "solve",
    )
    assert engine.Solution.Converged()
    losses = engine.Circuit.Losses()
    assert losses[0] / 1000 == pytest.approx(20.714, rel=1e-3)
    assert losses[1] / 1000 == pytest.approx(8.041, rel=1e-3)
    voltages = engine.Circuit.AllBusMagPu()
    assert min(voltages) == pytest.approx(0.94335, rel=1e-5)
    assert engine.Circuit.AllNodeNames()[int(np.argmin(voltages))].startswith("12.")
    engine.Circuit.SetActiveElement("Line.l1_2")
    assert engine.CktElement.CurrentsMagAng()[0] == pytest.approx(32.3, abs=0.05)
    assert engine.CktElement.NormalAmps() == 100


def test_day_solves_in_a_clean_process(tmp_path):
    script = (
        "import sys\n"
        "from opendssdirect import dss\n"
        "dss.Text.Command(f'redirect \"{sys.argv[1]}\"')\n"
        "dss.Text.Command('solve')\n"
        "assert dss.Circuit.Name() == 'ieee12'\n"
        "print(dss.Solution.Converged(), dss.Solution.Hour(), dss.Error.Number())\n"
    )
    said = printed(script, MASTER, cwd=tmp_path)
    assert said.split() == ["True", "24", "0"]
    assert not list(tmp_path.iterdir())


def test_every_property_reaches_the_element():
    # The engine can drop the end of a line without a message; these stand at the ends.
    engine = compiled(MASTER)
    expected = {f"load.{bus}": "load" for bus in range(2, 13)}
    expected |= {f"pvsystem.{name}": "irradiance" for name in PV}
    expected |= {f"generator.{name}": "wind" for name in WIND}
    expected |= {f"storage.{name}": "bess_base" for name in BESS}
    expected |= {f"storage.{name}": "bev_base" for name in BEV}
    assert {element: ask(engine, f"{element}.daily") for element in expected} == expected
    for element in expected:
        assert float(ask(engine, f"{element}.vminpu")) == 0.5
        assert float(ask(engine, f"{element}.vmaxpu")) == 1.5
    for name in (*BESS, *BEV):
        assert ask(engine, f"storage.{name}.dispmode") == "Follow"
        assert float(ask(engine, f"storage.{name}.%IdlingkW")) == 0


def test_units_stand_where_the_readme_says():
    engine = compiled(MASTER)
    sites = {f"pvsystem.{name}": bus for name, (bus, _) in PV.items()}
    sites |= {f"generator.{name}": bus for name, (bus, _) in WIND.items()}
    sites |= {f"storage.{name}": bus for name, bus in (BESS | BEV).items()}
    assert {element: ask(engine, f"{element}.bus1") for element in sites} == sites


def test_buses_have_voltage_bases_and_coordinates():
    engine = compiled(MASTER)
    places = set()
    for bus in engine.Circuit.AllBusNames():
        engine.Circuit.SetActiveBus(bus)
        assert engine.Bus.kVBase() == pytest.approx(11 / 3**0.5)
        assert engine.Bus.Coorddefined()
        places.add((engine.Bus.X(), engine.Bus.Y()))
    assert len(places) == 12


def test_profile_keeps_its_header_and_ranges():
    header = DAY.read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu],"
        "trip_energy [kWh/vehicle]"
    )
    hour = np.arange(24)
    assert series("hour [h]").tolist() == hour.tolist()
    assert series("load [pu]").max() == series("load [pu]")[19] == 1.0
    rise, fall = np.cos(np.pi * (hour - 6) / 12), np.cos(np.pi * (hour - 5) / 12)
    sun = np.where((hour >= 6) & (hour < 18), 900 * 12 / np.pi * (rise - fall), 0)
    assert series("irradiance [W/m2]") == pytest.approx(sun, abs=0.5)
    wind = 10.6 + 2.0 * np.cos(2 * np.pi * (hour + 0.5 - 22.5) / 24)
    assert series("wind_speed [m/s]") == pytest.approx(wind, abs=0.0501)
    assert np.all((series("plugged_in [pu]") >= 0) & (series("plugged_in [pu]") <= 1))
    assert np.flatnonzero(series("trip_energy [kWh/vehicle]")).tolist() == [7, 17]


def test_load_shapes_equal_the_profile():
    engine = compiled(MASTER)
    draw, level = charged_on_arrival()
    assert shape(engine, "load") == pytest.approx(series("load [pu]"), abs=1e-12)
    assert shape(engine, "irradiance") * 1000 == pytest.approx(
        series("irradiance [W/m2]"), abs=1e-9
    )
    assert shape(engine, "wind") == pytest.approx(
        power_curve(series("wind_speed [m/s]")), abs=1e-12
    )
    assert not shape(engine, "bess_base").any()
    assert shape(engine, "bev_base") == pytest.approx(-draw / (VEHICLES * CHARGER_KW), abs=1e-12)
    assert level[-1] == pytest.approx(0.6 * VEHICLES * CAPACITY_KWH)
    assert level.min() >= 0.2 * VEHICLES * CAPACITY_KWH
    assert level.max() <= VEHICLES * CAPACITY_KWH


def test_element_powers_equal_the_formulas(base_day):
    power, *_ = base_day
    sun, wind = series("irradiance [W/m2]"), series("wind_speed [m/s]")
    draw, _ = charged_on_arrival()
    expected = {f"PVSystem.{name}": kw * sun / 1000 for name, (_, kw) in PV.items()}
    expected |= {f"Generator.{name}": kw * power_curve(wind) for name, (_, kw) in WIND.items()}
    expected |= {f"Storage.{name}": np.zeros(24) for name in BESS}
    expected |= {f"Storage.{name}": -draw for name in BEV}
    for name, kw in expected.items():
        assert power[name].real == pytest.approx(kw, abs=1e-3), name
        assert power[name].imag == pytest.approx(0, abs=1e-3), name


def test_loads_stay_constant_power(base_day):
    power, *_ = base_day
    engine = compiled(MASTER)
    for bus in range(2, 13):
        full = complex(*(float(ask(engine, f"load.{bus}.{part}")) for part in ("kW", "kvar")))
        expected = -full * series("load [pu]")
        assert power[f"Load.{bus}"] == pytest.approx(expected, abs=1e-3)


def test_base_case_trades_what_the_paper_reports(base_day):
    power, losses, low, high = base_day
    net = {str(bus): power[f"Load.{bus}"].real.copy() for bus in range(2, 13)}
    sites = {f"PVSystem.{name}": bus for name, (bus, _) in PV.items()}
    sites |= {f"Generator.{name}": bus for name, (bus, _) in WIND.items()}
    sites |= {f"Storage.{name}": bus for name, bus in (BESS | BEV).items()}
    for name, bus in sites.items():
        net[bus] += power[name].real
    positions = np.array(list(net.values()))
    surplus = np.maximum(positions, 0).sum(axis=0)
    deficit = np.maximum(-positions, 0).sum(axis=0)
    traded = np.minimum(surplus, deficit).reshape(3, 8).mean(axis=1)
    assert traded == pytest.approx(PAPER_BASE, rel=0.02)
    # The README's table.
    assert traded == pytest.approx([57.24, 87.18, 63.41], abs=0.005)
    assert losses.reshape(3, 8).mean(axis=1) == pytest.approx([3.218, 4.684, 10.042], abs=1e-3)
    assert low.reshape(3, 8).min(axis=1) == pytest.approx([0.97217, 0.97747, 0.95820], abs=1e-5)
    assert high.max() <= 1.0


def test_battery_energy_follows_its_balance():
    schedule = [-0.9, -0.4, 0.0, 0.5, 1.0, 0.2, 0.35, -0.7] * 3
    engine = compiled(MASTER, f"edit loadshape.bess_base mult=({' '.join(map(str, schedule))})")
    stored = 60.0
    for step in steps(engine):
        kw = 30.0 * schedule[step]
        stored += ETA * max(-kw, 0.0) - max(kw, 0.0) / ETA
        assert 12.0 <= stored <= 120.0
        for name in BESS:
            assert float(ask(engine, f"storage.{name}.kWhstored")) == pytest.approx(
                stored, abs=1e-3
            )


def test_station_schedule_never_meets_the_energy_rating():
    # Even a day of charging, or of discharging, at full power passes unclipped.
    for sign in (-1, 1):
        engine = compiled(MASTER, f"edit loadshape.bev_base mult=({' '.join([str(sign)] * 24)})")
        for _ in steps(engine):
            for name in BEV:
                assert injection(engine, f"Storage.{name}").real == pytest.approx(
                    sign * VEHICLES * CHARGER_KW, abs=1e-3
                )
