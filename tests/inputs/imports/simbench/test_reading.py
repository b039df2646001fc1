"""A grid of pandapower as values: names, switches, transformers, and what is refused or told."""

import pandas as pd
import pytest
from helpers import nets

from toolkit.errors import InputError
from toolkit.inputs.imports.simbench.grid import name_of
from toolkit.inputs.imports.simbench.reading import grid_of


def test_a_grid_is_read_with_names_that_scripts_take():
    grid = grid_of(nets.net(), "x")
    assert [bus.name for bus in grid.buses] == [
        "mv1_bus_4",
        "lv1_1_bus_1",
        "lv1_1_bus_2",
        "lv1_1_bus_3",
    ]
    # A thousandth of a degree at 53 degrees north: 111.32 m * cos(53) = 67.0 m.
    assert [bus.x for bus in grid.buses] == pytest.approx([0.0, 67.0, 134.0, 201.0], abs=0.05)
    assert (grid.source, grid.source_pu, grid.hertz) == ("mv1_bus_4", 1.025, 50.0)
    assert (grid.loads[0].kw, grid.loads[0].kvar) == (6.0, 2.0)
    plant = grid.plants[0]
    assert (plant.bus, plant.sun, plant.kw, plant.kva) == ("lv1_1_bus_3", True, 40.0, 40.0)
    # Of buses with load alone.
    assert grid.band == (0.9, 1.1)


def test_names_keep_letters_digits_and_hyphens():
    assert name_of("MV1.101-LV1.101-Trafo 1") == "mv1_101-lv1_101-trafo_1"


def test_a_transformer_by_hand():
    """vk 5 % and vkr 3 %: x 4 %; 0.3125 % of 160 kVA is 0.5 kVA: 0.3 kW and 0.4 kvar."""
    one = grid_of(nets.net(tap_pos=-1.0), "x").transformers[0]
    assert (one.r, one.x) == pytest.approx((0.03, 0.04))
    assert one.iron == pytest.approx(0.3 + 0.4j)
    assert one.taps == pytest.approx((0.975, 1.0))
    assert one.delta
    changed = {"parallel": 2, "tap_side": "lv", "tap_pos": 2.0, "max_loading_percent": 60.0}
    two = grid_of(nets.net(**changed), "x").transformers[0]
    assert (two.kva, two.limit, two.iron) == (320.0, 192.0, pytest.approx(0.6 + 0.8j))
    assert two.taps == pytest.approx((1.0, 1.05))


def test_lines_in_parallel_by_hand():
    found = nets.net()
    found.line.loc[0, "parallel"] = 2
    found.line.loc[0, "max_loading_percent"] = 60.0
    one = grid_of(found, "x").lines[0]
    assert (one.r, one.x, one.c) == pytest.approx((0.1, 0.04, 200.0))
    assert one.amps == pytest.approx(270.0 * 2 * 0.6)


def test_buses_between_closed_switches_are_one_and_open_ends_are_open():
    switches = [(1, 2, "b", True), (2, 1, "l", False), (1, 3, "b", False)]
    grid = grid_of(nets.net(switches), "x")
    assert [bus.name for bus in grid.buses] == ["mv1_bus_4", "lv1_1_bus_1", "lv1_1_bus_3"]
    # Line 1 leads from a bus to itself.
    assert [(line.name, line.ends, line.open) for line in grid.lines] == [
        ("line_2", ("lv1_1_bus_1", "lv1_1_bus_3"), (1,))
    ]
    assert grid.loads[0].bus == "lv1_1_bus_1"
    told = " ".join(grid.remarks)
    for words in ("1 closed switches", "1 open switches", "1 branches are open"):
        assert words in told


def test_what_is_open_at_both_ends_or_out_of_service_is_left_out():
    found = nets.net([(2, 1, "l", False), (3, 1, "l", False), (0, 0, "t", False)])
    found.load.loc[0, "in_service"] = False
    grid = grid_of(found, "x")
    assert [line.name for line in grid.lines] == ["line_1"]
    assert (grid.transformers, grid.loads) == ((), ())


def test_generators_that_are_no_pv_and_batteries_are_told():
    found = nets.with_plant(nets.net(), "LV1.1 SGen 2", "Biomass_MV", "WP4")
    grid = grid_of(nets.with_battery(nets.with_plant(found, "SGen 3", "lv_RES", "PV5")), "x")
    assert [plant.sun for plant in grid.plants] == [True, False, True]
    battery = grid.batteries[0]
    assert (battery.kw, battery.kwh, battery.efficiency, battery.stored) == (5.0, 10.0, 0.95, 0.2)
    told = " ".join(grid.remarks)
    assert "Biomass_MV: written as Generator" in told
    assert "series of storages are left out" in told
    assert "by 150 degrees" in told


def test_taps_that_move_and_taps_off_neutral_are_told():
    grid = grid_of(nets.net(autoTap=1, autoTapSetp=1.03, tap_pos=1.0), "x")
    told = " ".join(grid.remarks)
    assert "hold 1.03 pu: left out" in told
    assert "taps of 1 transformers stand off" in told


@pytest.mark.parametrize(
    ("table", "words"),
    [("gen", "1 generators that hold a voltage"), ("trafo3w", "three windings")],
)
def test_elements_without_a_place_are_refused(table, words):
    found = nets.Net(nets.net() | {table: pd.DataFrame({"bus": [1]})})
    with pytest.raises(InputError, match=words):
        grid_of(found, "x")


def test_several_sources_are_refused():
    found = nets.Net(nets.net() | {"ext_grid": pd.DataFrame({"bus": [0, 1], "vm_pu": [1.0, 1.0]})})
    with pytest.raises(InputError, match="grid x: found 2 external grids; expected one"):
        grid_of(found, "x")
