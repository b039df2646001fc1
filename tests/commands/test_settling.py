"""One plan settled by every mechanism: the same as a study of each of them says."""

import shutil

import numpy as np
import pandas as pd
import pytest
from helpers.settled import OURS

import toolkit
from toolkit.commands import simulate_and_store
from toolkit.commands.settling import settle
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.columns import columns

MEMBERS = ["2", "4", "6", "8", "1?"]
MONEY = ["cost_alone", "cost_trading", "saving", "network_income", "jain_index", "matched_kwh"]


@pytest.fixture(scope="module")
def found(ieee12_results):
    return settle(ieee12_results, "base")


def test_every_mechanism_has_a_row_and_everybody_a_bill(found):
    assert found.community["mechanism"].tolist() == sorted(OURS)
    assert found.refused == {}
    assert found.mechanism == "mid-market"
    sums = found.bills.groupby("mechanism")["bill_trading"].sum()
    costs = found.community.set_index("mechanism")["cost_trading"]
    assert sums.to_dict() == pytest.approx(costs.to_dict())


def test_the_studys_own_is_that_of_community_csv(found, ieee12_results):
    own = found.community.set_index("mechanism").loc["mid-market"]
    kept = pd.read_csv(ieee12_results / "community.csv").set_index("case").loc["base"]
    for name in MONEY:
        assert own[name] == pytest.approx(kept[name], rel=1e-12)


@pytest.mark.parametrize("mechanism", ["sdr", "bill-sharing", "auction", "bilateral"])
def test_another_is_what_a_study_with_it_says(mechanism, found, tmp_path, undrawn):
    asked = study_files.load("ieee12")
    section = asked.settlement.model_copy(update={"mechanism": mechanism})
    asked = asked.model_copy(update={"settlement": section})
    simulate_and_store(asked, None, tmp_path / "out", "toolkit simulate")
    kept = pd.read_csv(tmp_path / "out" / "community.csv").iloc[0]
    own = found.community.set_index("mechanism").loc[mechanism]
    for name in MONEY:
        assert own[name] == pytest.approx(kept[name], rel=1e-12), name
    assert own["worse_off"] == kept["worse_off"]


def test_the_answer_stands_first(found):
    fair, even = found.sentences
    assert fair == (
        "Nobody is worse off with auction, bilateral, mid-market and sdr. Somebody is worse off "
        "with bill-sharing (4)."
    )
    best = found.community.set_index("mechanism")["jain_index"]
    assert even == f"Savings are most even with sdr: Jain's index {best.max():.3f}, 1 being even."
    assert best.idxmax() == "sdr"


def test_the_table_has_every_row_and_says_who_is_a_member(tmp_path, undrawn):
    asked = study_files.load("ieee12")
    asked = asked.model_copy(
        update={"market": asked.market.model_copy(update={"members": tuple(MEMBERS)})}
    )
    simulate_and_store(asked, None, tmp_path / "out", "toolkit simulate")
    toolkit.settle(tmp_path / "out", csv=tmp_path / "s.csv")
    table = pd.read_csv(tmp_path / "s.csv", dtype={"bus": str})
    assert list(table.columns) == columns("settle.csv")
    assert len(table) == len(OURS) * (1 + 11)
    others = table[table["member"] == False]  # noqa: E712  blank for the community
    assert set(others["bus"]) == {"3", "5", "7", "9"}
    assert np.abs(others["saving"]).max() == pytest.approx(0.0, abs=1e-9)
    of_all = table[table["bus"].isna()].set_index("mechanism")
    sums = table[table["bus"].notna()].groupby("mechanism")[["bill_trading", "worse_off"]].sum()
    for name in sums:
        assert sums[name].to_dict() == pytest.approx(of_all[name].to_dict())


def test_nothing_in_the_folder_changes(ieee12_results, tmp_path):
    copy = shutil.copytree(ieee12_results, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    settle(copy)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_an_unknown_case_is_refused(ieee12_results):
    with pytest.raises(InputError, match=r"unknown case 'bass'\. Did you mean 'base'"):
        settle(ieee12_results, "bass")


def test_a_feeder_that_has_changed_is_refused(ieee12_results, monkeypatch):
    from toolkit.commands import settling

    def changed(study):
        return prepared(study.model_copy(update={"feeder": "ieee33"}))

    prepared = settling.prepare
    monkeypatch.setattr(settling, "prepare", changed)
    with pytest.raises(InputError, match="have changed since"):
        settle(ieee12_results, "base")


def test_the_terminal_shows_the_answer_both_tables_and_the_file(ieee12_results, command):
    code, out, error = command("settle", ieee12_results, "--case", "base", "--csv", "s.csv")
    assert (code, error) == (0, "")
    words = " ".join(out.split())
    assert words.startswith("Case base: Nobody is worse off with auction, bilateral,")
    assert "mid-market* 1662.7" in words
    assert "62.63!" in words
    assert words.endswith("s.csv")
