"""``toolkit feeders import`` on a library that stands in for SimBench's."""

import sys
from types import SimpleNamespace

import pytest
from helpers import nets

import toolkit
from toolkit.commands import feeder_api
from toolkit.commands.check_feeder import check
from toolkit.errors import InputError, ToolkitError

CODE = "1-LV-rural1--0-sw"
SOURCE = f"simbench:{CODE}"


@pytest.fixture(autouse=True)
def library(monkeypatch, tmp_path):
    """Let the package simbench hold one small grid; work in an empty folder."""
    found = nets.with_plant(nets.net(), "LV1.1 SGen 2", "Wind_MV", "WP4")
    library = SimpleNamespace(
        __version__="1.6.3",
        collect_all_simbench_codes=lambda: [CODE, "1-MV-rural--0-sw"],
        get_simbench_net=lambda code: found,
        get_absolute_values=lambda net, profiles: nets.series(net),
    )
    monkeypatch.setitem(sys.modules, "simbench", library)
    monkeypatch.chdir(tmp_path)


def test_a_folder_is_written_that_is_a_feeder_and_a_study():
    imported = toolkit.import_feeder(SOURCE)
    folder = imported.file.parent
    assert str(folder) == f"dss/{CODE}"
    assert {path.name for path in folder.iterdir()} >= {"Master.dss", "README.md", "profiles.csv"}
    assert [path.name for path in folder.parent.iterdir()] == [CODE]
    assert "4 buses, 2 lines, 1 transformer, 1 load, 1 PV plant" in imported.done[0]
    assert "2016-03-26 to 2016-03-27, UTC+01:00" in imported.done[0]
    assert "Open Database License" in imported.done[-1]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_study_of_a_day_holds_and_is_checked(undrawn):
    folder = toolkit.import_feeder(SOURCE, out="mine").file.parent
    text = (folder / "study.toml").read_text(encoding="utf-8")
    day = text.replace("2016-06-21", "2016-03-27")
    (folder / "study.toml").write_text(day, encoding="utf-8")
    assert check(folder.resolve() / "Master.dss").verdict.startswith("ready")
    study = toolkit.load_study("mine/study.toml")
    buses = toolkit.simulate(study, out="results").cases["base"].buses
    load = buses[buses["bus"] == "lv1_1_bus_2"]
    share = [i / 192.0 for i in range(96, 192)]
    assert load["load_kw"].tolist() == pytest.approx([6.0 * s for s in share], abs=1e-5)
    assert load["load_kvar"].tolist() == pytest.approx([2.0 * (s - 0.5) for s in share], abs=1e-5)
    made = buses[buses["bus"] == "lv1_1_bus_3"]
    assert made["pv_kw"].tolist() == pytest.approx([40.0 * (s - 0.001) for s in share], abs=1e-5)
    assert made["wt_kw"].tolist() == pytest.approx([30.0 * (1.0 - s) for s in share], abs=1e-5)


def refused(source=SOURCE, **told):
    with pytest.raises(InputError) as caught:
        toolkit.import_feeder(source, **told)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("simbech:1-LV-rural1--0-sw", "expected simbench:CODE. Did you mean 'simbench:'?"),
        ("1-LV-rural1--0-sw", "found '1-LV-rural1--0-sw'; expected simbench:CODE"),
        ("simbench:", "expected simbench:CODE"),
        ("SimBench:x", "Did you mean 'simbench:'?"),
        ("https://simbench.de", "expected simbench:CODE"),
        ("simbench:1-LV-rural9--0-sw", f"Did you mean '{CODE}'? Known: "),
        ("simbench:../x", "unknown grid of SimBench"),
    ],
)
def test_a_source_that_is_none_gets_one_message(source, words):
    assert words in refused(source)


def test_a_folder_that_exists_is_not_touched(tmp_path):
    (tmp_path / "mine").mkdir()
    assert "mine: exists already; choose another name" in refused(out="mine")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ToolkitError, match="file"):
        toolkit.import_feeder(SOURCE, out="file/mine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine"]


def test_nothing_is_left_of_a_folder_that_could_not_be_written_whole(monkeypatch, tmp_path):
    def full(columns, out):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(feeder_api.store, "write", full)
    with pytest.raises(ToolkitError, match="mine: cannot be written: No space left"):
        toolkit.import_feeder(SOURCE, out="mine")
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "simbench", None)
    assert "pip install 'p2p-der-toolkit[simbench]'" in refused()


def test_a_grid_whose_year_is_too_large_is_refused_before_it_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr(feeder_api.caps, "PROFILE_BYTES", 1000)
    assert "found 1 loads, whose year takes some 0 MB" in refused(out="mine")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_the_function_does(command):
    code, out, err = command("feeders", "import", SOURCE, "--out", "mine")
    assert (code, err) == (0, "")
    assert "- 1-LV-rural1--0-sw: 4 buses" in " ".join(out.split())
    assert out.rstrip().endswith("Wrote mine/study.toml")
    code, _, err = command("feeders", "import", "simbench:1-LV-rural1--0-ws")
    assert code == 2
    assert f"Did you mean '{CODE}'?" in " ".join(err.split())
