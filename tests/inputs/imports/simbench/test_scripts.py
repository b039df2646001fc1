"""What is written for a grid, as OpenDSS and the toolkit read it."""

import numpy as np
import pytest
from helpers import nets

from toolkit.grid.backend import backend
from toolkit.inputs.imports.simbench import papers, scripts, series
from toolkit.inputs.imports.simbench.reading import grid_of
from toolkit.inputs.study_files import parse


def written(folder, found):
    grid = grid_of(found, "1-LV-x--0-sw")
    for name, text in scripts.written(grid, series.shapes_of(found), 0.25).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return grid


def test_the_toolkit_reads_what_is_written(tmp_path):
    found = nets.with_plant(nets.with_battery(nets.net()), "LV1.1 SGen 2", "Wind_MV", "WP4")
    written(tmp_path, found)
    feeder = backend().read_feeder(tmp_path / "Master.dss")
    assert set(feeder.buses) == {"mv1_bus_4", "lv1_1_bus_1", "lv1_1_bus_2", "lv1_1_bus_3"}
    assert [(load.kw, load.kvar) for load in feeder.loads] == [(6.0, 2.0)]
    units = {unit.name: unit for unit in feeder.units}
    assert {name: unit.kind for name, unit in units.items()} == {
        "lv1_1_sgen_1": "pv",
        "lv1_1_sgen_2": "wt",
        "lv1_1_storage_1": "bess",
    }
    assert [unit.kw for unit in units.values()] == [40.0, 30.0, 5.0]
    shape = units["lv1_1_sgen_2"].yearly
    assert np.allclose(shape.p, 1.0 - np.arange(192) / 192.0, atol=1e-8)
    assert not [notice for notice in feeder.notices if notice.level != "note"]


def test_a_grid_without_shapes_and_batteries_has_no_files_for_them(tmp_path):
    written(tmp_path, nets.net())
    assert {path.name for path in tmp_path.iterdir()} == {
        "Master.dss",
        "Lines.dss",
        "Transformers.dss",
        "Loads.dss",
        "PVSystem.dss",
        "BusCoords.csv",
    }


def test_an_open_end_is_open_in_opendss(tmp_path):
    written(tmp_path, nets.net([(3, 1, "l", False)]))
    assert "Open Line.line_2 term=2" in (tmp_path / "Lines.dss").read_text(encoding="utf-8")


def test_the_study_keeps_what_the_grid_has_and_asks_for_batteries():
    found = nets.net()
    grid, axis = grid_of(found, "1-LV-x--0-sw"), series.axis_of(found, "x")
    study = parse(papers.study(grid, axis).encode(), "study.toml")
    assert study.fleet.keeps("lv1_1_sgen_1")
    assert [(unit.name, unit.bus, unit.kw, unit.kwh) for unit in study.fleet.add] == [
        ("bess1", "lv1_1_bus_2", 3.0, 12.0)
    ]
    assert (study.limits.v_min, study.limits.v_max) == (0.9, 1.1)
    own = parse(papers.study(grid_of(nets.with_battery(found), "x"), axis).encode(), "study.toml")
    assert not own.fleet.add
    assert own.fleet.keeps("lv1_1_storage_1")


def test_generators_of_other_names_are_kept_by_these():
    found = nets.with_plant(nets.net(), "HV1 RES 7", "Wind", "WP4")
    study = parse(papers.study(grid_of(found, "x"), series.axis_of(found, "x")).encode(), "s.toml")
    assert study.fleet.fixed == ("*_sgen_*", "hv1_res_7")


def test_the_readme_states_source_and_licence():
    found = nets.net()
    text = papers.readme(grid_of(found, "1-LV-x--0-sw"), series.axis_of(found, "x"), "1.6.3")
    for words in ("Open Database\nLicense (ODbL) 1.0", "10.3390/en13123290", "| loads | 1 |"):
        assert words in text


@pytest.mark.parametrize(("count", "words"), [(1, "1 load"), (2, "2 loads")])
def test_counts_are_told_in_words(count, words):
    found = nets.net()
    found["load"] = found.load.loc[[0] * count]
    assert words in papers.counts_told(grid_of(found, "x")).split(", ")
