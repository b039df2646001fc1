"""Studies that curtail, from the search to the check of what it left behind."""

import json

import numpy as np
import pandas as pd
import pytest
from helpers.roofs import BATTERY, FIXED, written

from toolkit.commands import search_and_store, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.problem import plan_files
from toolkit.problem.setting import prepare
from toolkit.results.store.sheets import read_csv

TEXT = "[fleet]\ncurtail = {how}\n" + FIXED + "[limits]\nexport_max = 5\n"


@pytest.fixture(scope="module", params=["true", '"per step"'])
def found(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("curtailed")
    study = written(folder, TEXT.format(how=request.param), BATTERY.format(bus="b", kwh=40))
    asked = Request(optimizers=("random",), budget=40, runs=1, workers=1)
    search_and_store(study, asked, folder / "out", "test")
    return study, folder / "out"


def test_a_plan_is_found_and_reproduced(found):
    _, out = found
    summary = pd.read_csv(out / "summary.csv")
    assert summary["feasible"].tolist() == [False, True]
    assert reproduce(out).reproduced


def test_tables_say_how_much_is_curtailed_and_why(found):
    _, out = found
    units = pd.read_csv(out / "cases/random-seed1/units.csv")
    roof = units[units["unit"] == "pv1"]
    sun = np.where((roof["step"] > 8) & (roof["step"] <= 16), 40.0, 0.0)
    assert np.allclose(roof["p_kw"] + roof["curtailed_kw"], sun, rtol=1e-9, atol=1e-6)
    assert units.loc[units["unit"] == "bess1", "curtailed_kw"].isna().all()
    hourly = pd.read_csv(out / "cases/random-seed1/hourly.csv")
    assert np.allclose(hourly["curtailed_kw"], roof["curtailed_kw"])
    row = pd.read_csv(out / "summary.csv").set_index("case").loc["random-seed1"]
    parts = row["curtailed_by_decision_kwh"] + row["curtailed_by_connection_kwh"]
    assert (
        row["curtailed_kwh"] == pytest.approx(parts) == pytest.approx(hourly["curtailed_kw"].sum())
    )
    base = pd.read_csv(out / "summary.csv").set_index("case").loc["base"]
    assert base["curtailed_kwh"] == 0.0


def test_never_more_than_the_limit_leaves_in_the_tables(found):
    _, out = found
    hourly = pd.read_csv(out / "cases/random-seed1/hourly.csv")
    given = hourly["pv_kw"] + hourly["bess_kw"] - hourly["load_kw"] - hourly["loss_kw"]
    assert given.max() <= 5.0


def test_a_plan_file_is_read_back_and_never_gives_more(found, tmp_path):
    study, out = found
    setting, text = prepare(study), (out / "cases/random-seed1/plan.json").read_text()
    plan = plan_files.from_json(text, setting, "plan.json")
    assert json.loads(plan_files.to_json(plan, setting)) == json.loads(text)
    data = json.loads(text)
    roof = next(unit for unit in data["units"] if unit["name"] == "pv1")
    roof["p_kw"][10] = 41.0
    with pytest.raises(InputError, match="'pv1', p_kw: found 41 in step 11; expected 0 to"):
        plan_files.from_json(json.dumps(data), setting, "plan.json")
    roof["p_kw"][10] = 1.0
    with pytest.raises(InputError, match="'pv1', curtailed_kw: expected 24 values"):
        plan_files.from_json(json.dumps(data), setting, "plan.json")
    del roof["curtailed_kw"]
    less = plan_files.from_json(json.dumps(data), setting, "plan.json")
    assert less.p_kw[0, 10] == 1.0


def test_a_short_plan_is_cut_to_limits(found, tmp_path):
    study, _ = found
    setting = prepare(study)
    units = [{"name": "pv1", "bus": "c", "kw": 40.0}, {"name": "bess1", "bus": "b", "kw": 20.0}]
    plan = plan_files.from_json(json.dumps({"units": units}), setting, "plan.json")
    net = plan.p_kw.sum(axis=0) - setting.scenario.loads.kw.sum(axis=1)
    assert net.max() == pytest.approx(5.0)
    units[1]["p_kw"] = [0.0] * 24
    still = plan_files.from_json(json.dumps({"units": units}), setting, "plan.json")
    assert still.p_kw[0, 8:16].tolist() == pytest.approx([22.0] * 8)
    (tmp_path / "plan.json").write_text(json.dumps({"units": units}))
    simulate_and_store(study, tmp_path / "plan.json", tmp_path / "out", "test")
    summary = pd.read_csv(tmp_path / "out/summary.csv").set_index("case")
    assert summary.loc["plan", "curtailed_by_connection_kwh"] == pytest.approx(18.0 * 8)
    assert reproduce(tmp_path / "out").reproduced


def test_studies_that_do_not_curtail_have_no_columns_of_it(tmp_path):
    study = written(tmp_path, "[limits]\nexport_max = 5\n")
    simulate_and_store(study, None, tmp_path / "out", "test")
    for file in ("summary.csv", "cases/base/units.csv", "cases/base/hourly.csv"):
        assert "curtailed" not in (tmp_path / "out" / file).read_text()
    assert "curtailed" not in (tmp_path / "out/cases/base/plan.json").read_text()
    assert not any("curtailed" in name for name in read_csv(tmp_path / "out/summary.csv"))


def test_a_plan_may_not_curtail_what_gives_all(tmp_path):
    setting = prepare(written(tmp_path, ""))
    unit = {"name": "pv1", "bus": "c", "kw": 40.0, "given": 0.5}
    with pytest.raises(InputError, match="given: found it of a unit that gives all it can"):
        plan_files.from_json(json.dumps({"units": [unit]}), setting, "plan.json")


def test_what_may_be_curtailed_is_not_blamed(tmp_path):
    study = written(tmp_path, "[fleet]\ncurtail = true\n" + FIXED)
    (note,) = simulate_and_store(study, None, tmp_path / "out", "test").notes
    assert note.startswith("base breaks limits: voltage 1.0")
