"""Bills, trades and the community's figures, recomputed from the files of a results folder."""

import shutil
import tomllib

import numpy as np
import pandas as pd
import pytest

from toolkit import read_results
from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files
from toolkit.model.market import balance, jain_index, worse_off
from toolkit.problem.problem import Problem
from toolkit.problem.setting import prepare
from toolkit.results import bills
from toolkit.results.columns import columns
from toolkit.results.money_words import trading_sentence
from toolkit.results.solving import solve

NAMES = {"bus": str, "seller": str, "buyer": str, "worse_off_buses": str}


def read(folder, case, name):
    return pd.read_csv(folder / "cases" / case / f"{name}.csv", dtype=NAMES)


def cases(folder):
    return sorted(path.name for path in (folder / "cases").iterdir())


def tariffs(folder):
    data = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))["tariffs"]
    return tuple(data[name][0] for name in ("retail", "feed_in", "network"))


def with_hours(folder, case):
    """Return buses.csv with dt and what each prosumer has to give and needs, kWh."""
    frame = read(folder, case, "buses")
    dt = 24.0 / frame["step"].max()
    hour = (frame["step"] - 1) * dt
    period = np.select([hour < 8, hour < 16], ["off_peak", "mid_peak"], "peak")
    give, need = frame["net_kw"].clip(lower=0.0) * dt, (-frame["net_kw"]).clip(lower=0.0) * dt
    return frame.assign(period=period, dt=dt, give=give, need=need)


def test_files_have_the_columns_of_the_schema(results):
    for case in cases(results):
        for name in ("bills", "trades"):
            assert list(read(results, case, name).columns) == columns(f"{name}.csv")
    assert list(pd.read_csv(results / "community.csv").columns) == columns("community.csv")


def test_bills_follow_from_hours_and_tariffs(results):
    """The mid-market rate, worked out from buses.csv."""
    retail, feed_in, network = tariffs(results)
    price = 0.5 * (feed_in + retail - network)
    for case in cases(results):
        hours = with_hours(results, case)
        paid = retail * (hours["need"] - hours["buy_kwh"]) + (price + network) * hours["buy_kwh"]
        got = feed_in * (hours["give"] - hours["sell_kwh"]) + price * hours["sell_kwh"]
        hours = hours.assign(
            trading=paid - got, alone=retail * hours["need"] - feed_in * hours["give"]
        )
        found = read(results, case, "bills").set_index(["period", "bus"])
        for period, among in [*hours.groupby("period"), ("day", hours)]:
            sums = among.groupby("bus")[["trading", "alone", "sell_kwh", "buy_kwh"]].sum()
            mine = found.loc[period]
            sums = sums.loc[mine.index]
            for column, wanted in (
                ("bill_trading", sums["trading"]),
                ("bill_alone", sums["alone"]),
                ("saving", sums["alone"] - sums["trading"]),
                ("sold_kwh", sums["sell_kwh"]),
                ("bought_kwh", sums["buy_kwh"]),
            ):
                assert mine[column].to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-6)


def test_self_sufficiency_and_self_consumption_follow_from_hours(results):
    for case in cases(results):
        hours = with_hours(results, case)
        hours = hours.assign(made=(hours["pv_kw"] + hours["wt_kw"]) * hours["dt"])
        for period, among in [*hours.groupby("period"), ("day", hours)]:
            sums = among.groupby("bus")[["made", "give", "need"]].sum()
            found = read(results, case, "bills").set_index(["period", "bus"]).loc[period]
            sums = sums.loc[found.index]
            own = (sums["made"] - sums["give"]).clip(lower=0.0)
            used = own + sums["need"]
            assert found["made_kwh"].to_numpy() == pytest.approx(sums["made"].to_numpy())
            assert found["used_kwh"].to_numpy() == pytest.approx(used.to_numpy())
            enough = (100.0 * own / used).to_numpy()
            assert found["self_sufficiency_pct"].to_numpy() == pytest.approx(enough, nan_ok=True)
            making = (sums["made"] > 0.0).to_numpy()
            kept = 100.0 * (own / sums["made"])[making]
            assert found["self_consumption_pct"][making].to_numpy() == pytest.approx(kept)
            assert found["self_consumption_pct"][~making].isna().all()


def test_what_a_battery_takes_from_the_grid_is_nobodys_own():
    """Two steps behind one meter, kWh: 10 taken to charge, 8 of it given back."""
    battery = balance(generated=0.0, given=8.0, taken=10.0)
    assert (battery.self_sufficiency, battery.used) == (0.0, 10.0)
    # 6 generated, 2 of it given; 4 kept, of which a store lost some; 12 taken.
    home = balance(generated=6.0, given=2.0, taken=12.0)
    assert home.self_sufficiency == pytest.approx(25.0)
    assert home.self_consumption == pytest.approx(100.0 * 4.0 / 6.0)
    assert np.isnan(balance(0.0, 0.0, 0.0).self_sufficiency)


def test_money_is_conserved_to_the_cent(results):
    """What members pay is what the network and the grid get, for each case and period."""
    retail, feed_in, network = tariffs(results)
    for case in cases(results):
        found = read(results, case, "bills").groupby("period").sum(numeric_only=True)
        through_grid = retail * found["import_kwh"] - feed_in * found["export_kwh"]
        others_get = through_grid + network * found["bought_kwh"]
        assert found["bill_trading"].to_numpy() == pytest.approx(others_get, abs=1e-6)
        day, parts = found.loc["day"], found.drop("day").sum()
        assert day["bill_trading"] == pytest.approx(parts["bill_trading"], abs=1e-6)


def test_trades_add_up_to_what_each_sold_and_bought(results):
    retail, feed_in, network = tariffs(results)
    for case in cases(results):
        trades = read(results, case, "trades")
        day = read(results, case, "bills").set_index("period").loc["day"].set_index("bus")
        for side, column in (("seller", "sold_kwh"), ("buyer", "bought_kwh")):
            sums = trades.groupby(side)["kwh"].sum().reindex(day.index, fill_value=0.0)
            assert sums.to_numpy() == pytest.approx(day[column].to_numpy(), abs=1e-6)
        price = 0.5 * (feed_in + retail - network)
        assert trades["money"].to_numpy() == pytest.approx(price * trades["kwh"], rel=1e-9)


def test_the_community_is_the_sum_of_its_members(results):
    community = pd.read_csv(results / "community.csv", dtype=NAMES).set_index("case")
    assert sorted(community.index) == cases(results)
    for case, row in community.iterrows():
        day = read(results, case, "bills").set_index("period").loc["day"]
        summary = pd.read_csv(results / "summary.csv").set_index("case").loc[case]
        assert row["matched_kwh"] == pytest.approx(summary["traded_kwh"], abs=1e-6)
        for name, column in (
            ("cost_alone", "bill_alone"),
            ("cost_trading", "bill_trading"),
            ("saving", "saving"),
        ):
            assert row[name] == pytest.approx(day[column].sum(), abs=1e-6)
        moved = day[["sold_kwh", "bought_kwh", "export_kwh", "import_kwh"]].any(axis=1)
        saving = day["saving"][moved].to_numpy()
        jain = saving.sum() ** 2 / (len(saving) * (saving**2).sum()) if saving.any() else np.nan
        assert row["jain_index"] == pytest.approx(jain, nan_ok=True)
        assert row["worse_off"] == 0
        hourly = read(results, case, "hourly")
        made = (hourly["pv_kw"] + hourly["wt_kw"]).sum() * 24.0 / len(hourly)
        own = max(made - hourly["export_kwh"].sum(), 0.0)
        enough = 100.0 * own / (own + hourly["import_kwh"].sum())
        assert row["self_sufficiency_pct"] == pytest.approx(enough, abs=1e-6)


def test_results_read_back_and_old_folders_still_do(ieee12_results, tmp_path):
    held = read_results(ieee12_results)
    assert len(held.community) == len(held.summary)
    assert held.cases["base"].bills["bus"].map(type).eq(str).all()
    old = tmp_path / "old"
    shutil.copytree(ieee12_results, old)
    (old / "community.csv").unlink()
    for case in cases(old):
        for name in ("bills", "trades"):
            (old / "cases" / case / f"{name}.csv").unlink()
    empty = read_results(old)
    assert empty.community.empty
    assert empty.cases["base"].bills.empty
    assert list(empty.cases["base"].trades.columns) == columns("trades.csv")


@pytest.mark.parametrize("mechanism", ["sdr", "bill-sharing", "auction", "bilateral"])
def test_every_mechanism_conserves_money_on_a_solved_day(mechanism, make_setting, random_plan):
    setting = make_setting(settlement={"mechanism": mechanism})
    case = solve(Problem(setting), "plan", random_plan(setting, 3))
    held = bills.account(setting, case)
    day = held.bills[held.bills["period"] == "day"]
    through_grid = 0.30 * day["import_kwh"].sum() - 0.08 * day["export_kwh"].sum()
    charges = held.community["network_income"] - 0.08 * day["import_kwh"].sum()
    assert day["bill_trading"].sum() == pytest.approx(through_grid + charges, abs=1e-6)
    matched = held.community["matched_kwh"]
    assert 0.0 < matched <= case.summary["traded_kwh"] + 1e-6
    if mechanism != "bilateral":
        assert charges == pytest.approx(0.08 * matched, abs=1e-6)
    if mechanism == "bill-sharing":
        assert held.trades["money"].isna().all()
        assert held.community["worse_off"] > 0
    else:
        assert held.community["worse_off"] == 0


def test_jains_index_by_hand():
    assert jain_index(np.array([2.0, 2.0, 2.0])) == 1.0
    assert jain_index(np.array([3.0, 0.0, 0.0])) == pytest.approx(1 / 3)
    assert jain_index(np.array([3.0, 1.0, -1.0])) == pytest.approx(16 / 30)
    assert np.isnan(jain_index(np.zeros(3)))
    # What rounding leaves where nothing is traded and all bills are shared.
    assert np.isnan(jain_index(np.array([9.9e-14, 6.8e-14, 2.8e-14])))


def test_half_a_cent_more_is_worse_off():
    found = worse_off(np.array([1.0, 1.0, -1.0]), np.array([1.004, 1.006, -2.0]))
    assert found.tolist() == [False, True, False]


def test_the_console_says_what_trading_meant(command):
    code, out, _ = command("simulate", "ieee12")
    assert code == 0
    assert "Trading in base (mid-market) saves the community" in " ".join(out.split())
    assert "nobody is worse off" in " ".join(out.split())


def test_who_is_worse_off_is_named():
    row = {"case": "a", "mechanism": "bill-sharing", "currency": "GBP", "saving": 2.5}
    row |= {"cost_alone": 1234.5, "worse_off": 6, "worse_off_buses": "2 3 4 5 6 7"}
    assert trading_sentence(row) == (
        "Trading in a (bill-sharing) saves the community 2.50 GBP of 1,234.50 GBP "
        "over the day; worse off: 2, 3, 4, 5, 6, ... (6)."
    )


def test_a_plan_is_held_against_the_base_case_and_trading_told_apart():
    """By hand: 90 alone, 80 with trading, 75 in the base case: 5 more, while trading saves 10."""
    row = {"case": "a", "mechanism": "mid-market", "currency": "EUR", "saving": 10.0}
    row |= {"cost_alone": 90.0, "cost_trading": 80.0, "worse_off": 0, "worse_off_buses": ""}
    assert trading_sentence(row, 75.0, "week") == (
        "With the plan of a the community pays 80.00 EUR over the week, 5.00 EUR more than the "
        "75.00 EUR of the base case. Trading in a (mid-market) saves the community 10.00 EUR of "
        "90.00 EUR over the week; nobody is worse off."
    )
    assert "10.00 EUR less than the 90.00 EUR" in trading_sentence(row, 90.0)
    assert "the same as the 80.00 EUR" in trading_sentence(row, 80.0)


def test_a_case_keeps_its_energy_whatever_the_mechanism(tmp_path):
    """Settlement moves money only: the rest of summary.csv is the same to the last digit."""
    found = []
    for mechanism in ("mid-market", "auction"):
        asked = study_files.load("ieee12")
        section = asked.settlement.model_copy(update={"mechanism": mechanism})
        asked = asked.model_copy(update={"settlement": section})
        simulate_and_store(asked, None, tmp_path / mechanism, "toolkit simulate")
        found.append(pd.read_csv(tmp_path / mechanism / "summary.csv", dtype=str))
    costs = [summary.pop("community_cost").tolist() for summary in found]
    assert costs[0] != costs[1]
    pd.testing.assert_frame_equal(*found)
    assert prepare(asked).market.mechanism == "auction"
