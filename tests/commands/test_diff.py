"""Two results folders side by side: what was changed by hand is what is told."""

import json
import shutil

import pandas as pd
import pytest
from helpers.json_keys import documented

import toolkit
from toolkit.commands.diff import plans, words
from toolkit.errors import InputError
from toolkit.results.columns import columns


@pytest.fixture(scope="module")
def changed(ieee12_results, tmp_path_factory):
    """A copy whose best plan trades 12.5 kWh more without its PV, with another limit in its study.

    Units that are gone have a size of none in plan.json, as plans with limits of their number do.
    """
    folder = tmp_path_factory.mktemp("changed") / "a|b"
    shutil.copytree(ieee12_results, folder)
    summary = pd.read_csv(folder / "summary.csv", dtype=str, keep_default_na=False)
    best = summary.iloc[1:]["traded_kwh"].astype(float).idxmax()
    for column in ("traded_kwh", "score"):
        summary.loc[best, column] = repr(float(summary.loc[best, column]) + 12.5)
    summary.to_csv(folder / "summary.csv", index=False)
    path = folder / "cases" / summary.loc[best, "case"] / "plan.json"
    plan = json.loads(path.read_text("utf-8"))
    for unit in plan["units"]:
        unit["kw"] = 0.0 if unit["kind"] == "pv" else unit["kw"]
    path.write_text(json.dumps(plan), "utf-8")
    study = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(study.replace("v_max = 1.05", "v_max = 1.06"), "utf-8")
    return folder


@pytest.fixture(scope="module")
def found(ieee12_results, changed):
    return toolkit.diff(ieee12_results, changed)


def test_the_answer_is_one_sentence(found, ieee12_results):
    before = pd.read_csv(ieee12_results / "summary.csv")["traded_kwh"].iloc[1:].max()
    share = 100.0 * 12.5 / before
    assert found.sentences[0] == (
        f"B trades 12.5 kWh more (+{share:.1f} %): {before + 12.5:,.1f} kWh over the day against "
        f"{before:,.1f} kWh in A, with 2 PV systems fewer; 1 field of the study differs: "
        "limits.v_max."
    )
    assert found.same == ""


def test_what_was_asked_differently_has_both_values(found):
    rows = found.asked.set_index("name")
    assert rows.loc["limits.v_max"].tolist() == ["study", "1.05", "1.06"]
    # The study is none that the folder's profiles are known for any more.
    assert rows.loc["profiles", "part"] == "files"
    assert rows.loc["profiles", "b"].startswith("not known")
    assert set(rows.index) == {"limits.v_max", "profiles"}


def test_figures_have_their_difference_in_unit_and_per_cent(found):
    best = found.figures[found.figures["plan"] == "best"].set_index("figure")
    traded = best.loc["energy traded"]
    assert traded["unit"] == "kWh"
    assert traded["difference"] == pytest.approx(12.5)
    assert traded["difference_pct"] == pytest.approx(100.0 * 12.5 / traded["a"])
    assert best.loc["network losses", "difference"] == 0.0
    assert (found.figures.query("plan == 'base'")["difference"] == 0.0).all()


def test_units_stand_by_bus_and_kind(found):
    pv = found.plan[found.plan["kind"] == "pv"]
    assert pv["units_a"].sum() == 2
    assert pv["size_a"].sum() > 1.0
    assert (pv[["units_b", "size_b"]] == 0).all(axis=None)
    assert found.plan[found.plan["kind"] != "pv"]["same"].all()


def test_the_same_bytes_are_called_so(ieee12_results, tmp_path):
    shutil.copytree(ieee12_results, tmp_path / "copy")
    (tmp_path / "copy" / "report.html").write_text("another", "utf-8")
    found = toolkit.diff(ieee12_results, tmp_path / "copy")
    assert found.same == "bytes"
    assert found.sentences[0].startswith("The same results: all ")
    assert found.sentences[0].endswith("files of A and B have the same bytes.")
    assert found.asked.empty


def test_times_alone_are_no_difference(ieee12_results, tmp_path):
    row = "case,searched_kwh,polished_kwh,kept,moved_units,evaluations,seconds\nbase,1,2,True,0,3,"
    for name, seconds in (("a", "1.5"), ("b", "2.5")):
        shutil.copytree(ieee12_results, tmp_path / name)
        (tmp_path / name / "polish.csv").write_text(f"{row}{seconds}\n", "utf-8")
    assert toolkit.diff(tmp_path / "a", tmp_path / "b").same == "times"
    (tmp_path / "b" / "polish.csv").write_text(f"{row.replace(',3,', ',4,')}1.5\n", "utf-8")
    assert toolkit.diff(tmp_path / "a", tmp_path / "b").same == ""


def test_other_feeders_days_and_goals(ieee12_results, other_results):
    found = toolkit.diff(ieee12_results, other_results)
    assert "fields of the study differ." in found.sentences[0]
    parts = found.asked.groupby("part").size()
    assert parts["study"] > 10
    assert "vehicles.v2g" in set(found.asked["name"])


PLAN = {"step_h": 1.0, "units": [{"name": "s", "kind": "bess", "bus": "2", "kw": 5, "kwh": 20}]}


@pytest.mark.parametrize(
    ("bus", "kw", "expected"),
    [
        ("2", 5.0, "with the same units at the same buses"),
        ("3", 5.0, "with as many units of each kind, some at other buses"),
        ("2", 6.0, "with units at the same buses, some of another size"),
        ("2", 0.0, "with 1 battery fewer"),
    ],
)
def test_units_in_words(bus, kw, expected):
    other = {**PLAN, "units": [{**PLAN["units"][0], "bus": bus, "kw": kw}]}
    assert plans.in_words(plans.side_by_side(PLAN, other)) == expected


def test_what_stores_give_at_other_times():
    one, other = (
        {"step_h": 0.5, "units": [{**PLAN["units"][0], "p_kw": power}]}
        for power in ([4.0, 0.0, -4.0], [0.0, 4.0, -4.0])
    )
    assert plans.redispatched(one, other) == pytest.approx(2.0)  # 4 kW for half an hour
    assert plans.redispatched(one, {**other, "step_h": 1.0}) is None
    assert plans.redispatched(one, one) == 0.0


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (300.0, 312.3, "12.3 kWh more (+4.1 %)"),
        (139.9, 126.3, "13.6 kWh less (-9.7 %)"),
        (1000.0, 1000.02, "0.0200 kWh more (+0.002 %)"),
        (-50.0, -40.0, "10.00 kWh more (+20.0 %)"),
        (0.0, 5.0, "5.000 kWh more"),
        (5.0, 5.0, "as much"),
    ],
)
def test_a_change_in_words(before, now, expected):
    assert words.change(before, now, "kWh") == expected


def test_the_command_prints_and_writes(command, ieee12_results, changed, tmp_path):
    out = tmp_path / "out"
    code, told, err = command("diff", ieee12_results, changed, "--output", out)
    assert (code, err) == (0, "")
    assert told.startswith("B trades 12.5 kWh more")
    assert "limits.v_max" in told
    assert told.splitlines()[-1] == str(out / "diff.md")
    table = pd.read_csv(out / "diff.csv")
    assert list(table.columns) == columns("diff.csv")
    best = table[table["part"] == "best"].set_index("item")
    assert best.loc["energy traded", "difference"] == pytest.approx(12.5)
    assert "| limits.v_max | 1.05 | 1.06 |" in (out / "diff.md").read_text("utf-8")
    assert sorted(path.name for path in out.iterdir()) == ["diff.csv", "diff.md"]


def test_the_keys_of_json_are_documented(command, ieee12_results, changed):
    code, told, err = command("diff", ieee12_results, changed, "--json")
    assert (code, err) == (0, "")
    assert json.loads(told).keys() <= documented()["diff"]


def test_mistakes_get_one_message(command, ieee12_results, tmp_path):
    (tmp_path / "swept").mkdir()
    (tmp_path / "swept" / "sweep.json").write_text("{}", "utf-8")
    for words_typed, expected in (
        (("diff", ieee12_results, tmp_path / "nowhere"), "no results folder"),
        (("diff", tmp_path / "swept", ieee12_results), "is the folder of a sweep"),
        (("diff", *[ieee12_results] * 2, "--output", ieee12_results), "is a results folder"),
    ):
        code, told, err = command(*words_typed)
        assert (code, told) == (2, "")
        assert err.startswith("Error: ")
        assert expected in err
        assert err.count("\n") == 1


def test_a_file_in_the_way(ieee12_results, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match="is a file; expected a folder"):
        toolkit.diff(ieee12_results, ieee12_results, output=tmp_path / "file")


def test_at_a_prompt_it_shows_itself_in_a_few_lines(found):
    assert repr(found).startswith("B trades 12.5 kWh more")
    assert len(repr(found)) < 2000
    assert "<table" in found._repr_html_()


def test_a_plan_that_breaks_a_limit_is_never_called_better(ieee12_results, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(ieee12_results, folder)
    study = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(study.replace('"traded"', '"losses"'), "utf-8")
    shutil.copytree(folder, tmp_path / "whole")
    summary = pd.read_csv(folder / "summary.csv", dtype=str, keep_default_na=False)
    searched = summary.index[1:]
    summary.loc[searched, ["violation", "feasible"]] = ["0.5", "False"]
    summary.loc[searched, "loss_kwh"] = "1.0"
    summary.loc[searched, "broken"] = "voltage 0.94 pu at bus 9"
    summary.to_csv(folder / "summary.csv", index=False)
    answer, limits, *_ = toolkit.diff(tmp_path / "whole", folder).sentences
    assert answer.startswith("Only A keeps every limit: of network losses over the day B has ")
    assert " less (-" in answer
    assert "better" not in answer
    assert limits == "A keeps every limit. B breaks a limit: voltage 0.94 pu at bus 9."
