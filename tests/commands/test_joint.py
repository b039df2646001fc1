"""One page over several results folders: which is best, what differs, and what cannot be said."""

import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

import toolkit
from toolkit.commands.joint import write_joint_report
from toolkit.errors import InputError
from toolkit.results.columns import columns

NASTY = "<script>alert(1)</script> & one"


def best_row(folder):
    summary = pd.read_csv(folder / "summary.csv")
    return summary.iloc[1:].nlargest(1, "traded_kwh").iloc[0]


@pytest.fixture(scope="module")
def three(ieee12_results, tmp_path_factory):
    """Three copies: as it is, with a limit changed and a report, and with 2 kWh more, bounded."""
    place = tmp_path_factory.mktemp("three")
    folders = [place / "plain", place / NASTY.replace("/", "-"), place / "more"]
    for folder in folders:
        shutil.copytree(ieee12_results, folder)
    study = (folders[1] / "study.toml").read_text("utf-8")
    (folders[1] / "study.toml").write_text(study.replace("v_max = 1.05", "v_max = 1.06"), "utf-8")
    (folders[1] / "report.html").write_text("its own", "utf-8")
    path = folders[2] / "summary.csv"
    summary = pd.read_csv(path, dtype=str, keep_default_na=False)
    best = summary.iloc[1:]["traded_kwh"].astype(float).idxmax()
    for column in ("traded_kwh", "score"):
        summary.loc[best, column] = repr(float(summary.loc[best, column]) + 2.0)
    summary.loc[best, "pct_of_bound"] = "80.0"
    summary.to_csv(path, index=False)
    head = "bound_kwh,without_limits_kwh,exact_kwh,exact_pct_of_bound,gap_pct,bound_s,seconds,ended"
    (folders[2] / "bound.csv").write_text(f"{head}\n3000.0,2900,2800,93.3,6.7,1,2,time\n", "utf-8")
    return folders


@pytest.fixture(scope="module")
def written(three, tmp_path_factory):
    place = tmp_path_factory.mktemp("page")
    path, answer = write_joint_report(three, place)
    return path, path.read_text("utf-8"), answer


def test_the_best_is_named_with_how_much_better_it_is(written, three):
    kwh = best_row(three[0])["traded_kwh"]
    assert written[2] == (
        f"The best of 3 folders is more: energy traded over the day, {kwh + 2.0:,.1f} kWh. "
        f"It is better than plain, the second, by 2.000 kWh, {100.0 * 2.0 / kwh:.2g} %."
    )


def test_the_page_has_fields_that_differ_as_columns_and_bounds(written):
    page = written[1]
    assert "They differ in one field: limits.v_max." in page
    assert '<th scope="col" class="words">limits.v_max</th>' in page
    cases = page.partition('id="cases"')[2].partition("</table>")[0]
    assert ">1.06<" in cases
    assert ">3,000.0 kWh<" in cases
    assert ">80.0<" in cases


def test_only_a_folder_with_a_report_is_linked_to_and_names_are_text(written):
    path, page, _ = written
    links = re.findall(r'<a href="([^"#]+)">', page)
    assert len(set(links)) == 1
    assert "%3Cscript%3E" in links[0]
    assert "<script>alert" not in page
    assert (path.parent / unquote(links[0])).read_text("utf-8") == "its own"


def test_the_page_asks_for_nothing_and_has_its_figure(written):
    page = written[1]
    assert "default-src 'none'" in page
    assert page.count("data:image/svg+xml;base64,") >= 1
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_table_beside_it(written, three):
    table = pd.read_csv(Path(written[0]).with_name("cases.csv"))
    assert list(table.columns) == columns("cases.csv")
    own = table[(table["folder"] == str(three[0])) & (table["plan"] == "best")].set_index("item")
    assert own.loc["energy traded", "value"] == best_row(three[0])["traded_kwh"]
    assert table[table["plan"] == "bound"]["value"].tolist() == [3000.0]


def test_folders_that_seek_different_things(three, tmp_path):
    other = tmp_path / "losses"
    shutil.copytree(three[0], other)
    study = (other / "study.toml").read_text("utf-8")
    text = study.replace('objective = "traded"', 'objective = "losses"')
    (other / "study.toml").write_text(text, "utf-8")
    page, answer = write_joint_report([three[0], other], tmp_path / "out")
    assert answer.startswith("They do not seek the same (")
    assert "network losses), so that none is the best" in answer
    assert "Energy traded (kWh) and Network losses (kWh)" in page.read_text("utf-8")


def test_folders_about_different_times_have_no_figure(three, other_results, tmp_path):
    other = tmp_path / "shorter"
    shutil.copytree(other_results, other)
    path = other / "cases" / "base" / "plan.json"
    for path in (other / "cases").glob("*/plan.json"):
        plan = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**plan, "step_h": 0.25}), "utf-8")
    page, answer = write_joint_report([three[0], other], tmp_path / "out")
    assert answer.startswith("None is called the best: ")
    assert "12 h" in answer
    assert 'class="drawn"' not in page.read_text("utf-8").partition("folder1-title")[0]


def test_a_sweep_stands_for_its_points(three, tmp_path):
    swept = tmp_path / "swept"
    for name in ("001", "002"):
        shutil.copytree(three[0], swept / "points" / name)
    (swept / "points" / "003").mkdir()
    (swept / "points" / "003" / "manifest.json").write_text("{}", "utf-8")
    (swept / "sweep.json").write_text("{}", "utf-8")
    page = toolkit.write_joint_report([swept], tmp_path / "out")
    text = page.read_text("utf-8")
    assert "<h1>2 results folders side by side</h1>" in text
    assert "The best of 2 folders are 001, 002: " in text


def test_the_command_prints_the_answer_then_the_page(command, three, tmp_path):
    code, told, err = command("report", *three, "--output", tmp_path / "out")
    assert (code, err) == (0, "")
    assert told.startswith("The best of 3 folders is more: ")
    assert told.splitlines()[-1] == str(tmp_path / "out" / "report.html")


def test_mistakes_get_one_message(command, three, tmp_path):
    one = three[0]
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "front.json").write_text("{}", "utf-8")
    for words, expected in (
        ((one, tmp_path / "begun", "-o", tmp_path / "out"), "no point of this front is complete"),
        ((one, one, "--output", tmp_path / "out"), "found twice"),
        ((one, "--output", tmp_path / "out"), "found 1 results folder; expected 2 to 200"),
        ((one, three[2], "--output", one), "holds results already"),
        ((one, three[2], "--reinforce"), "--reinforce: expected with one results folder; found 2"),
        ((tmp_path / "begun", "--methods"), "found a front, whose points are results folders"),
        ((one, tmp_path / "nowhere", "--output", tmp_path / "out"), "no results folder"),
    ):
        code, told, err = command("report", *words)
        assert (code, told, err.count("\n")) == (2, "", 1), err
        assert expected in err
    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way(three, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match="is a file; expected a folder"):
        toolkit.write_joint_report(three, tmp_path / "file")
