"""A results folder by itself: everything in it follows from everything else in it.

Only csv, json and pandas read it here, and plain OpenDSS in a process of its own; nothing of the
toolkit's own arithmetic takes part.
"""

import json
import shutil
import subprocess
import sys
import tomllib

import numpy as np
import pandas as pd
import pytest
from helpers.places import ROOT

from toolkit.commands import record, search_and_store, simulate_and_store
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs import study
from toolkit.inputs.feeder_files import locate
from toolkit.results import store
from toolkit.results.columns import columns

KINDS = ("pv", "wt", "bess", "bev")
#: Run by a bare interpreter: hourly losses, lowest and highest voltage of exported feeders.
SOLVE = """
import json, sys
from opendssdirect import dss
assert not [m for m in sys.modules if m.split(".")[0] in ("toolkit", "toolkit_plugins")]
way, steps, everything = sys.argv[1], int(sys.argv[2]), []
for master in sys.argv[3:]:
    dss.Text.Command("ClearAll")
    dss.Text.Command(f'Redirect "{master}"')
    found = {"loss": [], "low": [], "high": []}
    everything.append(found)
    if way == "steps":
        dss.Text.Command("Set number=1")
    else:
        dss.Text.Command("New EnergyMeter.all element=line.l1_2 terminal=1")
    for _ in range(steps if way == "steps" else 1):
        dss.Text.Command("Solve")
        assert dss.Solution.Converged()
        volts = dss.Circuit.AllBusMagPu()
        found["loss"].append(dss.Circuit.Losses()[0] / 1000.0)
        found["low"].append(min(volts))
        found["high"].append(max(volts))
    if way == "day":
        dss.Meters.First()
        registers = dict(zip(dss.Meters.RegisterNames(), dss.Meters.RegisterValues()))
        found["energy"] = registers["Zone Losses kWh"]
        found["hour"] = dss.Solution.DblHour()
print(json.dumps(everything))
"""


def solved_plainly(masters, way, steps, cwd):
    """Return what plain OpenDSS, in a process without the toolkit, makes of exported feeders."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", SOLVE, way, str(steps), *map(str, masters)],
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def cases(folder):
    return sorted(p.name for p in (folder / "cases").iterdir())


def frame(folder, case, name):
    return pd.read_csv(folder / "cases" / case / f"{name}.csv", dtype={"bus": str, "unit": str})


def plan_of(folder, case):
    return json.loads((folder / "cases" / case / "plan.json").read_text(encoding="utf-8"))


def step_hours(folder, case):
    return 24.0 / frame(folder, case, "hourly")["step"].max()


def asked_of(folder):
    """Return the study's storage and vehicle figures, with the documented defaults filled in."""
    data = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    common = {"soc_max": 1.0, "eta_charge": 0.95, "eta_discharge": 0.95}
    storage = {**common, "soc_min": 0.1, "soc_start": 0.5, **data.get("storage", {})}
    vehicles = {**common, "soc_min": 0.2, "soc_start": 0.6, "v2g": True, "charger_kw": 7.4}
    return data, {"bess": storage, "bev": {**vehicles, **data.get("vehicles", {})}}


def day_of(folder):
    data, _ = asked_of(folder)
    name = data.get("profiles", "typical_day")
    if not name.endswith(".csv"):
        name = ROOT / "profiles" / f"{name}.csv"
    return pd.read_csv(name)


def test_files_have_the_columns_of_the_contract(results):
    contract = {
        "hourly": "step load_kw pv_kw wt_kw bess_kw bev_kw traded_kwh traded_to_load_kwh "
        "import_kwh export_kwh loss_kw v_min_pu v_max_pu",
        "buses": "step bus load_kw load_kvar pv_kw wt_kw bess_kw bev_kw net_kw sell_kwh buy_kwh "
        "v_min_pu v_max_pu",
        "units": "step unit kind bus p_kw q_kvar soc_kwh",
        "lines": "step line p_kw i_a loading_pct",
    }
    for case in cases(results):
        for name, wanted in contract.items():
            found = frame(results, case, name)
            assert list(found.columns)[: len(wanted.split())] == wanted.split()
            assert found["step"].min() == 1
            assert list(found.columns) == columns(f"{name}.csv")
    summary = pd.read_csv(results / "summary.csv")
    wanted = ["case", "seed", "evaluations", "traded_kwh", "traded_to_load_kwh", "loss_kwh"]
    wanted += ["v_min_pu", "v_max_pu", "violation", "feasible"]
    assert list(summary.columns)[: len(wanted)] == wanted
    assert summary["case"].tolist()[0] == "base"
    assert sorted(summary["case"]) == cases(results)


def test_nothing_unfinished_is_left(results):
    names = [p.name for p in results.rglob("*")]
    assert not [n for n in names if n.endswith((".partial", ".tmp"))]
    manifest = json.loads((results / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "complete"
    assert manifest["seed"] == 1
    assert manifest["versions"]["opendssdirect.py"]
    assert manifest["wall_time_s"] > 0
    assert {"tables.md", "tables.csv", "study.toml", "summary.csv"} <= set(names)


def test_clearing_follows_from_the_net_positions(results):
    for case in cases(results):
        dt, buses = step_hours(results, case), frame(results, case, "buses")
        hourly = frame(results, case, "hourly").set_index("step")
        for step, rows in buses.groupby("step"):
            surplus = rows["net_kw"].clip(lower=0.0) * dt
            deficit = (-rows["net_kw"]).clip(lower=0.0) * dt
            traded = min(surplus.sum(), deficit.sum())
            assert rows["sell_kwh"].sum() == pytest.approx(traded, abs=1e-6)
            assert rows["buy_kwh"].sum() == pytest.approx(traded, abs=1e-6)
            for side, part in (("sell_kwh", surplus), ("buy_kwh", deficit)):
                share = traded / part.sum() if part.sum() > 0 else 0.0
                assert rows[side].to_numpy() == pytest.approx((part * share).to_numpy(), abs=1e-6)
            assert hourly["traded_kwh"][step] == pytest.approx(traded, abs=1e-6)
            assert hourly["import_kwh"][step] == pytest.approx(deficit.sum() - traded, abs=1e-6)
            assert hourly["export_kwh"][step] == pytest.approx(surplus.sum() - traded, abs=1e-6)


def test_net_positions_are_units_less_load(results):
    for case in cases(results):
        buses, units = frame(results, case, "buses"), frame(results, case, "units")
        total = buses[[f"{kind}_kw" for kind in KINDS]].sum(axis=1) - buses["load_kw"]
        assert buses["net_kw"].to_numpy() == pytest.approx(total.to_numpy(), abs=1e-9)
        at = buses.set_index(["step", "bus"])
        for (step, bus, kind), rows in units.groupby(["step", "bus", "kind"]):
            assert at.loc[(step, bus), f"{kind}_kw"] == pytest.approx(rows["p_kw"].sum(), abs=1e-9)
        for kind in KINDS:
            everywhere = units.loc[units["kind"] == kind, "p_kw"].sum()
            assert buses[f"{kind}_kw"].sum() == pytest.approx(everywhere, abs=1e-6)


def test_storage_follows_equations_5_and_7(results):
    _, parameters = asked_of(results)
    day = day_of(results)
    for case in cases(results):
        dt, units = step_hours(results, case), frame(results, case, "units")
        entries = {u["name"]: u for u in plan_of(results, case)["units"]}
        for name, rows in units[units["kind"].isin(["bess", "bev"])].groupby("unit"):
            entry, p = entries[name], parameters[rows["kind"].iloc[0]]
            stored = start = p["soc_start"] * entry["kwh"]
            for (_, row), sun in zip(rows.iterrows(), day.itertuples(index=False), strict=True):
                kw = row["p_kw"]
                stored += p["eta_charge"] * max(-kw, 0) * dt - max(kw, 0) / p["eta_discharge"] * dt
                limit = entry["kw"]
                if row["kind"] == "bev":
                    plugged, trip = sun[4], sun[5]
                    stored -= entry["vehicles"] * trip
                    limit = entry["vehicles"] * p["charger_kw"] * plugged
                    assert p["v2g"] or kw <= 1e-3
                assert abs(kw) <= limit + 1e-3
                assert row["soc_kwh"] == pytest.approx(stored, abs=1e-3)
                assert row["soc_kwh"] >= p["soc_min"] * entry["kwh"] - 1e-3
                assert row["soc_kwh"] <= p["soc_max"] * entry["kwh"] + 1e-3
            assert rows["soc_kwh"].iloc[-1] >= start - 1e-3


def test_units_do_what_the_plan_says(results):
    day = day_of(results)
    for case in cases(results):
        units = frame(results, case, "units")
        for entry in plan_of(results, case)["units"]:
            rows = units[units["unit"] == entry["name"]]
            assert set(rows["bus"]) == {entry["bus"]}
            assert set(rows["kind"]) == {entry["kind"]}
            assert rows["p_kw"].to_numpy() == pytest.approx(entry["p_kw"], abs=1e-3)
            assert rows["q_kvar"].abs().max() < 1e-3
            if entry["kind"] in ("pv", "wt"):
                assert rows["soc_kwh"].isna().all()
            if entry["kind"] == "pv":
                sun = entry["kw"] * day["irradiance [W/m2]"] / 1000.0
                assert rows["p_kw"].to_numpy() == pytest.approx(sun.to_numpy(), abs=1e-3)
            if entry["kind"] == "bev":
                _, parameters = asked_of(results)
                rating = entry["vehicles"] * parameters["bev"]["charger_kw"]
                assert entry["kw"] == pytest.approx(rating)


def test_units_of_a_kind_stand_on_different_buses(results):
    for case in cases(results):
        sites = [(u["kind"], u["bus"]) for u in plan_of(results, case)["units"]]
        assert len(set(sites)) == len(sites)


def test_hourly_is_the_sum_over_buses(results):
    for case in cases(results):
        hourly = frame(results, case, "hourly").set_index("step")
        by_step = frame(results, case, "buses").groupby("step")
        for name in ("load_kw", *(f"{kind}_kw" for kind in KINDS)):
            assert hourly[name].to_numpy() == pytest.approx(by_step[name].sum().to_numpy())
        assert hourly["traded_kwh"].to_numpy() == pytest.approx(
            by_step["sell_kwh"].sum().to_numpy()
        )
        assert hourly["v_min_pu"].to_numpy() == pytest.approx(by_step["v_min_pu"].min().to_numpy())
        assert hourly["v_max_pu"].to_numpy() == pytest.approx(by_step["v_max_pu"].max().to_numpy())


def test_traded_to_load_counts_only_what_serves_load(results):
    for case in cases(results):
        buses, units = frame(results, case, "buses"), frame(results, case, "units")
        draw = units.assign(charging=(-units["p_kw"]).clip(lower=0.0))
        charging = draw.groupby(["step", "bus"])["charging"].sum()
        at = buses.set_index(["step", "bus"]).join(charging).fillna({"charging": 0.0})
        use = at["load_kw"] + at["charging"]
        to_load = at["buy_kwh"] * (at["load_kw"] / use.where(use > 0.0)).fillna(0.0)
        hourly = frame(results, case, "hourly")
        expected = to_load.groupby("step").sum().to_numpy()
        assert hourly["traded_to_load_kwh"].to_numpy() == pytest.approx(expected, abs=1e-6)
        assert (hourly["traded_to_load_kwh"] <= hourly["traded_kwh"] + 1e-9).all()


def test_contributions_add_up_to_what_each_bus_sells(results):
    for case in cases(results):
        units = frame(results, case, "units")
        sold = units.groupby(["step", "bus"])["sell_kwh"].sum()
        at = frame(results, case, "buses").set_index(["step", "bus"])["sell_kwh"]
        assert at[sold.index].to_numpy() == pytest.approx(sold.to_numpy(), abs=1e-6)
        assert at.drop(sold.index).abs().max() < 1e-9
        assert (units.loc[units["p_kw"] <= 0.0, "sell_kwh"] == 0.0).all()


def test_the_network_balances(results):
    """What enters at the head serves loads and losses less what units inject."""
    for case in cases(results):
        hourly, lines = frame(results, case, "hourly"), frame(results, case, "lines")
        head = lines.loc[lines["line"] == "line.l1_2", "p_kw"].to_numpy()
        needed = hourly["load_kw"] + hourly["loss_kw"]
        for kind in KINDS:
            needed = needed - hourly[f"{kind}_kw"]
        assert head == pytest.approx(needed.to_numpy(), abs=1e-3)
        # The rating assumed for every line is 100 A, so that per cent are amperes.
        assert lines["loading_pct"].to_numpy() == pytest.approx(lines["i_a"].to_numpy())


def test_the_summary_is_the_sum_over_the_day(results):
    summary = pd.read_csv(results / "summary.csv").set_index("case")
    data, _ = asked_of(results)
    limits = {"v_min": 0.95, "v_max": 1.05, "loading_max": 100.0, **data.get("limits", {})}
    for case in cases(results):
        hourly, row = frame(results, case, "hourly"), summary.loc[case]
        for name in ("traded_kwh", "traded_to_load_kwh"):
            assert row[name] == pytest.approx(hourly[name].sum())
        loss = hourly["loss_kw"].sum() * step_hours(results, case)
        assert row["loss_kwh"] == pytest.approx(loss)
        assert row["v_min_pu"] == pytest.approx(hourly["v_min_pu"].min())
        assert row["v_max_pu"] == pytest.approx(hourly["v_max_pu"].max())
        loading = frame(results, case, "lines")["loading_pct"].max()
        holds = (
            row["v_min_pu"] >= limits["v_min"] - 1e-9
            and row["v_max_pu"] <= limits["v_max"] + 1e-9
            and loading <= limits["loading_max"] + 1e-9
        )
        assert bool(row["feasible"]) == holds == (row["violation"] == 0.0)


def test_the_history_leads_to_the_summary(results):
    summary = pd.read_csv(results / "summary.csv").set_index("case")
    for case in cases(results):
        if case == "base":
            assert not (results / "cases" / case / "history.csv").exists()
            continue
        history, row = frame(results, case, "history"), summary.loc[case]
        assert history["evaluation"].tolist() == list(range(1, len(history) + 1))
        assert len(history) == row["evaluations"] == 25
        assert case == f"{row['optimizer']}-seed{int(row['seed'])}"
        feasible = history["objective"].where(history["violation"] == 0.0)
        best = feasible.cummin().ffill()
        assert history["best_objective"].equals(best.rename("best_objective"))
        if feasible.notna().any():
            assert row["traded_kwh"] == pytest.approx(-feasible.min(), abs=1e-6)
            assert row["violation"] == 0.0
        else:
            assert row["violation"] == pytest.approx(history["violation"].min(), rel=1e-6)


def test_tables_are_period_means_of_the_median_run(results):
    tables = pd.read_csv(results / "tables.csv", keep_default_na=False)
    summary = pd.read_csv(results / "summary.csv").fillna({"optimizer": "base"})
    for name, group in summary.groupby("optimizer"):
        ranked = group.sort_values(["violation", "traded_kwh"], ascending=[True, False])
        case = ranked["case"].iloc[len(ranked) // 2]
        hourly, dt = frame(results, case, "hourly"), step_hours(results, case)
        third = len(hourly) // 3
        units = frame(results, case, "units")
        for i, period in enumerate(("off_peak", "mid_peak", "peak")):
            here = tables[(tables["case"] == name) & (tables["period"] == period)]
            part = hourly.iloc[i * third : (i + 1) * third]
            expected = {
                1: part["traded_kwh"].sum() / 8.0,
                3: part["loss_kw"].mean(),
                4: part["v_min_pu"].mean(),
            }
            for number, value in expected.items():
                found = here.loc[here["table"] == number, "value"].astype(float)
                assert found.tolist() == [pytest.approx(value)], (name, period, number)
            sold = units[units["step"].isin(part["step"])].groupby("kind")["sell_kwh"].sum() / 8.0
            table2 = here[here["table"] == 2].set_index("item")["value"].astype(float)
            assert table2.to_dict() == pytest.approx(sold.to_dict())
            assert table2.sum() == pytest.approx(expected[1])
        assert dt * 3 * third == 24.0


def test_the_paper_stands_beside_ours_where_it_has_a_figure(ieee12_results):
    tables = pd.read_csv(ieee12_results / "tables.csv", keep_default_na=False)
    paper = {1: [56.8, 86.2, 62.9], 3: [23.1, 28.6, 32.4], 4: [0.964, 0.953, 0.947]}
    for number, figures in paper.items():
        base = tables[(tables["table"] == number) & (tables["case"] == "base")]
        assert base["published"].astype(float).tolist() == figures
    assert (tables.loc[tables["case"] == "random", "published"] == "").all()
    text = (ieee12_results / "tables.md").read_text(encoding="utf-8")
    for figure in ("56.8", "86.2", "62.9", "Table 1", "Table 4"):
        assert figure in text


@pytest.mark.parametrize("way", ["steps", "day"])
def test_the_exported_feeders_give_the_day_in_plain_opendss(results, way, tmp_path):
    names = cases(results)
    masters = [results / "cases" / case / "feeder" / "Master.dss" for case in names]
    steps = len(frame(results, names[0], "hourly"))
    for case, found in zip(names, solved_plainly(masters, way, steps, tmp_path), strict=True):
        hourly = frame(results, case, "hourly")
        if way == "day":
            energy = hourly["loss_kw"].sum() * step_hours(results, case)
            assert found["hour"] == pytest.approx(24.0)
            assert found["energy"] == pytest.approx(energy, rel=1e-4)
            hourly = hourly.tail(1)
        assert found["loss"] == pytest.approx(hourly["loss_kw"].tolist(), abs=1e-4)
        assert found["low"] == pytest.approx(hourly["v_min_pu"].tolist(), abs=1e-6)
        assert found["high"] == pytest.approx(hourly["v_max_pu"].tolist(), abs=1e-6)


def test_the_exported_feeder_may_be_moved(ieee12_results, tmp_path):
    here, there = ieee12_results / "cases" / "base" / "feeder", tmp_path / "a folder" / "feeder"
    shutil.copytree(here, there)
    (found,) = solved_plainly([there / "Master.dss"], "steps", 24, tmp_path)
    assert found["loss"] == pytest.approx(
        frame(ieee12_results, "base", "hourly")["loss_kw"].tolist(), abs=1e-4
    )
    assert str(ieee12_results) not in (here / "Master.dss").read_text(encoding="utf-8")


def test_the_same_command_and_seed_give_the_same_bytes(ieee12_results, results_of):
    again = results_of(study.load("ieee12"))
    for path in ieee12_results.rglob("*"):
        if path.is_file() and path.name != "manifest.json":
            twin = again / path.relative_to(ieee12_results)
            assert path.read_bytes() == twin.read_bytes(), path.name


def test_the_number_of_workers_does_not_matter(ieee12_results, results_of):
    again = results_of(study.load("ieee12"), workers=2)
    for name in ("summary.csv", "tables.csv", "cases/cheetah-seed2/history.csv"):
        assert (ieee12_results / name).read_bytes() == (again / name).read_bytes()


def test_another_seed_gives_another_summary(ieee12_results, results_of):
    other = results_of(study.load("ieee12"), seed=7)
    first, second = (pd.read_csv(f / "summary.csv") for f in (ieee12_results, other))
    assert set(first["seed"].dropna()) == {1, 2}
    assert set(second["seed"].dropna()) == {7, 8}
    assert set(first["traded_kwh"][1:]).isdisjoint(second["traded_kwh"][1:])


def test_the_stored_study_runs_again_to_the_same_summary(results, results_of, request):
    again = study.load(str(results / "study.toml"))
    runs = 2 if again.name == "ieee12" else 1
    folder = results_of(again, runs=runs)
    assert (folder / "summary.csv").read_bytes() == (results / "summary.csv").read_bytes()
    assert (folder / "study.toml").read_bytes() == (results / "study.toml").read_bytes()


def test_a_stored_plan_simulates_to_the_same_figures(results, tmp_path):
    asked = study.load(str(results / "study.toml"))
    case = next(c for c in cases(results) if c != "base")
    plan = results / "cases" / case / "plan.json"
    simulate_and_store(asked, plan, tmp_path / "out", "toolkit simulate")
    old = pd.read_csv(results / "summary.csv").set_index("case").loc[case]
    new = pd.read_csv(tmp_path / "out" / "summary.csv").set_index("case").loc["plan"]
    for name in ("traded_kwh", "traded_to_load_kwh", "loss_kwh", "v_min_pu", "v_max_pu"):
        assert new[name] == pytest.approx(old[name], rel=1e-6)


QUICK = Request(("random",), 3, 1)


def test_a_folder_with_results_is_refused_unless_forced(tmp_path):
    asked, folder = study.load("ieee12"), tmp_path / "out"
    search_and_store(asked, QUICK, folder, "toolkit")
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(InputError, match=r"out.*already holds results.*--force"):
        search_and_store(asked, QUICK, folder, "toolkit")
    with pytest.raises(InputError, match="already holds results"):
        simulate_and_store(asked, None, folder, "toolkit")
    assert before == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    simulate_and_store(asked, None, folder, "toolkit", force=True)
    assert cases(folder) == ["base"]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_other_files_is_never_touched(tmp_path, force):
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"other files \(thesis\.tex\)"):
        search_and_store(study.load("ieee12"), QUICK, tmp_path, "toolkit", force=force)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    "request_",
    [Request(("cheta",), 3, 1), Request(("random",), 0, 1), Request(("random",), 3, 1, 1, 0)],
)
def test_a_bad_request_leaves_earlier_results_alone(tmp_path, request_):
    asked, folder = study.load("ieee12"), tmp_path / "out"
    simulate_and_store(asked, None, folder, "toolkit")
    before = (folder / "summary.csv").read_bytes()
    with pytest.raises(InputError):
        search_and_store(asked, request_, folder, "toolkit", force=True)
    assert (folder / "summary.csv").read_bytes() == before


def test_the_manifest_is_of_the_feeder_as_it_was_read(tmp_path, monkeypatch):
    """Not of what stood there when the command ended."""
    script = tmp_path / "mine.dss"
    script.write_text(f'Redirect "{locate("ieee12")}"\n', encoding="utf-8")
    asked = study.Study(name="mine", feeder=str(script))
    then, write = study.fingerprint(asked), record.write

    def edit_and_write(*given):
        script.write_text(f"{script.read_text()}! edited meanwhile\n", encoding="utf-8")
        return write(*given)

    monkeypatch.setattr(record, "write", edit_and_write)
    simulate_and_store(asked, None, tmp_path / "out", "simulate")
    assert study.fingerprint(asked) != then
    assert store.read_manifest(tmp_path / "out")["study_hash"] == then


def test_an_option_the_library_refuses_leaves_earlier_results_alone(tmp_path):
    asked, folder = study.load("ieee12"), tmp_path / "out"
    simulate_and_store(asked, None, folder, "toolkit")
    before = (folder / "summary.csv").read_bytes()
    bad = Request(("mealpy",), 3, 1, options={"mealpy": {"algorithm": "JAED"}})
    with pytest.raises(InputError, match=r"JAED.*Did you mean 'JADE'"):
        search_and_store(asked, bad, folder, "toolkit", force=True)
    assert (folder / "summary.csv").read_bytes() == before


def test_a_run_that_fails_does_not_lose_the_others(tmp_path, install):
    """An optimizer that breaks costs its own run only, and the manifest says so."""
    body = "problem.evaluate(rng.random((4, len(problem.space))))"
    install("bro-ken", "broken", body=f"{body}; raise RuntimeError('out of ideas')")
    folder = tmp_path / "out"
    asked = Request(("random", "broken"), 9, 1)
    outcome = search_and_store(study.load("ieee12"), asked, folder, "toolkit")
    told = "broken-seed1 broke after 4 evaluations: RuntimeError: out of ideas"
    assert told in outcome.notes
    found = pd.read_csv(folder / "summary.csv")["case"].tolist()
    assert found == ["base", "random-seed1", "broken-seed1"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "failed"


def test_results_read_back(results):
    from toolkit import read_results

    found = read_results(results)
    assert sorted(found.cases) == cases(results)
    assert found.study.name == results.name
    assert found.cases["base"].history is None
    assert np.isfinite(found.cases["base"].hourly["loss_kw"]).all()
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_results(results / "cases")
