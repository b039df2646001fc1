"""A results folder by itself: everything in it follows from everything else in it.

Only csv, json and pandas read it here, and plain OpenDSS in a process of its own; nothing of the
toolkit's own arithmetic takes part.
"""

import pandas as pd
import pytest
from helpers.stored import KINDS, asked_of, cases, day_of, frame, plan_of, step_hours

from toolkit.results.columns import columns


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
