"""A plan tried on days that it was not made for: figures, bounds, words, and what is refused."""

import json

import pandas as pd
import pytest
from helpers.json_keys import documented
from helpers.validated import made

from toolkit.commands import search_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.commands.request import Request
from toolkit.commands.validate import kept, validate
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.results.columns import columns
from toolkit.results.validation_words import sentences


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of a study of one day of three, whose stores follow the surplus."""
    return made(tmp_path_factory.mktemp("validate"), "surplus")


@pytest.fixture(scope="module")
def found(folder):
    return validate(folder, str(folder.parent / "others.csv"))


def test_a_day_that_stores_begin_as_in_the_study_gives_the_studys_figures(folder, tmp_path):
    """The study is about day 2 alone, and here it is the only day."""
    rows = (folder.parent / "days.csv").read_text().splitlines()
    alone = [f"{t}{row[row.index(',') :]}" for t, row in enumerate(rows[25:49])]
    (tmp_path / "alone.csv").write_text("\n".join([rows[0], *alone]) + "\n")
    day = validate(folder, str(tmp_path / "alone.csv"), "random-seed1").days.iloc[0]
    summary = pd.read_csv(folder / "summary.csv").set_index("case").loc["random-seed1"]
    for name in ("traded_kwh", "traded_to_load_kwh", "loss_kwh", "community_cost"):
        assert day[name] == pytest.approx(summary[name], rel=1e-7)
    for name in ("v_min_pu", "v_max_pu"):
        assert day[name] == pytest.approx(summary[name], abs=1e-8)
    hourly = pd.read_csv(folder / "cases" / "random-seed1" / "hourly.csv")
    for name in ("import_kwh", "export_kwh"):
        assert day[name] == pytest.approx(hourly[name].sum(), rel=1e-6, abs=1e-6)


def test_a_days_cost_is_its_own_whatever_settles_it(folder, tmp_path):
    """Under bill-sharing one price holds for all steps; a day still costs what it costs."""
    rows = {}
    for mechanism in ("mid-market", "bill-sharing"):
        text = (folder.parent / "study.toml").read_text().replace("days.csv", "others.csv")
        (folder.parent / f"{mechanism}.toml").write_text(
            f'{text}[settlement]\nmechanism = "{mechanism}"\n'
        )
        study = study_files.load(str(folder.parent / f"{mechanism}.toml"))
        search_and_store(study, Request(("random",), 5, 1), tmp_path / mechanism, "toolkit")
        rows[mechanism] = validate(
            tmp_path / mechanism, case="base", policy="surplus", bound=False
        ).days
    for days in rows.values():
        bought, sold, traded = (days[f"{n}_kwh"] for n in ("import", "export", "traded"))
        # The defaults of [tariffs]: 0.30 retail, 0.08 feed-in, 0.08 network.
        own = 0.30 * bought + 0.08 * traded - 0.08 * sold
        assert days["community_cost"].to_numpy() == pytest.approx(own, rel=1e-9)


def test_every_day_is_there_and_none_trades_more_than_is_proven(found, folder):
    assert list(found.days.columns) == columns("validation.csv")
    assert found.days["day"].tolist() == ["1", "2", "3", "4"]
    assert (found.days["traded_kwh"] <= found.days["bound_kwh"] * (1 + 1e-6)).all()
    assert (found.days["pct_of_bound"] > 1.0).all()
    written = pd.read_csv(folder / "validation.csv", dtype={"day": str})
    assert written["traded_kwh"].to_numpy() == pytest.approx(found.days["traded_kwh"], rel=1e-12)
    facts = json.loads((folder / "validation.json").read_text())
    assert facts["policy"] == "surplus"
    assert facts["bound"] is True


def test_the_same_again_gives_the_same(found, folder):
    again = validate(folder, str(folder.parent / "others.csv"), bound=False)
    same = [name for name in again.days if name not in ("bound_kwh", "pct_of_bound")]
    pd.testing.assert_frame_equal(again.days[same], found.days[same])
    assert again.days[["bound_kwh", "pct_of_bound"]].isna().all(axis=None)
    assert "it was not asked for" in again.sentences[-1]


def test_the_answer_comes_first_and_says_what_it_is_of(found):
    first, limits, worst, most = found.sentences
    total = found.days["traded_kwh"].sum()
    assert first.startswith("Case random-seed1 under policy surplus: ")
    assert f"{total:,.0f} kWh traded between neighbours over 4 days" in first
    assert "hold in every step" in limits or "are broken in" in limits
    assert f"day {found.days['traded_kwh'].to_numpy().argmin() + 1}" in worst
    assert f"{found.days['bound_kwh'].sum():,.0f} kWh" in most


def test_reproduce_tries_it_again_and_finds_what_was_changed(found, folder):
    validate(folder, str(folder.parent / "others.csv"))
    honest = reproduce(folder)
    assert honest.verdict.startswith("reproduced")
    compared = {d.column for d in honest.differences if d.file == "validation.csv"}
    assert compared == {*columns("validation.csv")}
    written = (folder / "validation.csv").read_text()
    rows = written.splitlines()
    cells = rows[2].split(",")
    cells[3] = str(float(cells[3]) * 1.01)
    (folder / "validation.csv").write_text("\n".join([*rows[:2], ",".join(cells), *rows[3:], ""]))
    again = reproduce(folder)
    assert again.verdict.startswith("NOT reproduced")
    assert "validation.csv" in again.verdict
    (folder / "validation.csv").write_text(written)
    facts = json.loads((folder / "validation.json").read_text())
    gone = {**facts, "profiles": str(folder / "gone.csv")}
    (folder / "validation.json").write_text(json.dumps(gone))
    again = reproduce(folder)
    assert again.verdict.startswith("reproduced")
    assert any("gone.csv" in note for note in again.notes)
    (folder / "validation.json").write_text(json.dumps(facts))


def test_broken_limits_are_told_with_the_day_and_its_cause(found):
    days = found.days.assign(hours_broken=[0.0, 2.0, 3.0, 0.0], broken=["", "a", "b", ""])
    told = sentences(days, "surplus", {})[1]
    assert told == "Limits are broken in 5 h on 2 of 4 days, most on day 3 (3 h): b."


def test_a_plan_of_series_wants_a_policy(tmp_path):
    results = made(tmp_path, "schedule")
    with pytest.raises(InputError, match="expected a policy that decides on those: --policy"):
        validate(results)
    told = validate(results, policy="surplus", bound=False)
    assert (told.policy, len(told.days)) == ("surplus", 3)


WRONG = {
    "an unknown case": ({"case": "random-seed2"}, "random-seed1"),
    "an unknown policy": ({"policy": "surpluss"}, "Did you mean 'surplus'"),
    "no profiles": ({"profile": "other.csv"}, "no file"),
    "an unknown option": ({"policy": "rolling", "options": {"hour": 3}}, "hour"),
    "series": ({"policy": "schedule"}, "expected a policy"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_tried_is_said_in_one_message(folder, what):
    given, words = WRONG[what]
    with pytest.raises(InputError) as caught:
        validate(folder, **given)
    assert words in str(caught.value)


def test_goals_that_a_study_measures_but_days_do_not_are_named(folder):
    study = study_files.load(str(folder / "study.toml"))
    market = study.market.model_copy(update={"measured": ["losses", "peak_import"]})
    asked = study.model_copy(update={"market": market})
    assert kept.figures_left(study) == ()
    assert kept.figures_left(asked) == (
        "market.measured: validation.csv, a row per day, has no figures of peak_import.",
    )


def test_no_results_no_validation(tmp_path):
    with pytest.raises(InputError, match="no results folder"):
        validate(tmp_path)


def test_the_command_tells_it(folder, command):
    words = ["validate", folder, "--profiles", folder.parent / "others.csv", "--no-bound"]
    code, out, _ = command(*words)
    assert code == 0
    assert "over 4 days" in " ".join(out.split())
    assert out.rstrip().endswith("validation.csv")
    code, out, _ = command(*words, "--json")
    found = json.loads(out)
    assert found.keys() <= documented()["validate"]
    assert [day["day"] for day in found["days"]] == ["1", "2", "3", "4"]
