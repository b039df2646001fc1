"""Whole commands on a study whose trades are settled by a mechanism of somebody else."""

import shutil
import sys

import pandas as pd
import pytest

import toolkit
from toolkit.commands import search_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.common.errors import ToolkitError
from toolkit.common.plugins.hosts import Hosts
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.problem.mechanisms import host
from toolkit.problem.setting import prepare

PRICED = "return Outcome.at_price(offer, offer.feed_in + offer.room * self.options.size / 10)"


@pytest.fixture
def stranger(install, monkeypatch, undrawn):
    """Install a mechanism of somebody else; end its process afterwards."""
    monkeypatch.setattr(host, "_made", {})
    monkeypatch.setattr(host, "_hosts", Hosts())

    def add(body=PRICED):
        return install(
            "of-others",
            "others",
            group="toolkit.mechanisms",
            base="Mechanism",
            options="MechanismOptions",
            method="settle",
            arguments="offer",
            top="from toolkit import Mechanism, MechanismOptions, Outcome",
            body=body,
        )

    yield add
    host._hosts.close()


def study(folder, write_coarse, more=""):
    path = write_coarse(folder)
    text = '[settlement]\nmechanism = "others"\noptions = { size = 4 }\n' + more
    path.write_text(path.read_text() + text, encoding="utf-8")
    return study_files.load(str(path))


def test_a_search_of_costs_is_settled_by_it_and_reproduced(stranger, write_coarse, tmp_path):
    module = stranger()
    asked = study(tmp_path, write_coarse, '[market]\nobjective = "community_cost"\n')
    out = tmp_path / "out"
    outcome = search_and_store(asked, Request(("random",), 30, 1), out, "toolkit optimize")
    assert outcome.status == "complete"
    community = pd.read_csv(out / "community.csv").set_index("case")
    assert set(community["mechanism"]) == {"others"}
    summary = pd.read_csv(out / "summary.csv").set_index("case")
    cost = community.loc["random-seed1", "cost_trading"]
    assert summary.loc["random-seed1", "community_cost"] == pytest.approx(cost, rel=1e-9)
    # 0.08 + 0.4 of 0.14 to the seller of each kWh.
    trades = pd.read_csv(out / "cases" / "random-seed1" / "trades.csv")
    assert trades["money"].to_numpy() == pytest.approx(0.136 * trades["kwh"].to_numpy())
    assert reproduce(out).reproduced
    assert module not in sys.modules
    compared = toolkit.settle(out).community.set_index("mechanism")
    assert compared.loc["others", "cost_trading"] == pytest.approx(cost, rel=1e-9)
    assert len(compared) == 6


def test_money_that_does_not_add_up_ends_a_command_with_one_message(
    stranger, write_coarse, tmp_path
):
    stranger("return Outcome(owed=2.0 * offer.buy, due=offer.sell)")
    asked = study(tmp_path, write_coarse)
    with pytest.raises(ToolkitError, match="mechanism 'others': owed and due differ in step") as e:
        search_and_store(asked, Request(("random",), 5, 1), tmp_path / "out", "toolkit optimize")
    assert "so that nothing is lost or made" in str(e.value)


def test_one_that_breaks_is_left_out_of_the_comparison_with_its_reason(
    stranger, ieee12_results, tmp_path
):
    stranger("raise RuntimeError('no idea')")
    found = toolkit.settle(shutil.copytree(ieee12_results, tmp_path / "copy"))
    assert found.refused == {"others": "mechanism 'others': RuntimeError: no idea"}
    assert len(found.community) == 5


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"mechanism": "midmarket"}, "unknown mechanism 'midmarket'. Did you mean 'mid-market'?"),
        ({"mechanism": "sdr", "options": {"share": 1}}, "mechanism 'sdr' has no option 'share'."),
    ],
)
def test_a_mechanism_that_cannot_be_is_refused(section, said):
    asked = study_files.load("ieee12")
    asked = toolkit.Study.model_validate({**asked.model_dump(mode="json"), "settlement": section})
    with pytest.raises(InputError) as error:
        prepare(asked)
    assert str(error.value).startswith("study ieee12: 'settlement': ")
    assert said in str(error.value)


def test_listed_shown_and_tested_in_a_terminal(command):
    code, out, _ = command("mechanisms", "list")
    words = " ".join(out.split())
    assert code == 0
    for name in ("auction", "bilateral", "bill-sharing", "mid-market", "sdr"):
        assert f"{name} " in words
    assert "cannot be used" not in words
    code, out, _ = command("mechanisms", "show", "bilateral")
    assert "Asks for what the network charges pairs" in " ".join(out.split())
    code, out, _ = command("mechanisms", "test", "bill-sharing")
    assert (code, out.splitlines()[-1]) == (0, "10 passed, 0 failed")
    code, _, error = command("mechanisms", "test", "bill-sharin")
    assert code == 2
    assert "Did you mean 'bill-sharing'" in error


def test_a_package_is_begun(command, tmp_path):
    code, out, _ = command("mechanisms", "new", "our-way")
    assert code == 0
    assert "pip install" in out
    made = (tmp_path / "our-way" / "our_way" / "mechanism.py").read_text(encoding="utf-8")
    assert "class OurWay(Mechanism)" in made
    entry = (tmp_path / "our-way" / "pyproject.toml").read_text(encoding="utf-8")
    assert 'our-way = "our_way.mechanism:OurWay"' in entry
    code, _, error = command("mechanisms", "new", "sdr")
    assert code == 2
    assert "is a mechanism already" in error
