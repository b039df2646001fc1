import importlib.util

import pytest
from helpers.drawings import put
from helpers.places import EXAMPLES
from typer.testing import CliRunner

from toolkit import cli, read_results
from toolkit.commands import search_and_store
from toolkit.commands.request import Request
from toolkit.errors import InputError
from toolkit.inputs.study import Study
from toolkit.results import figures, proof_words


def load(name):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_said_about_the_paper_is_what_the_script_prints(capsys):
    """docs/reproduction.md quotes this script line by line."""
    load("check_paper").main()
    printed = capsys.readouterr().out
    page = (EXAMPLES.parent / "docs" / "reproduction.md").read_text(encoding="utf-8")
    assert "\n".join("    " + line for line in printed.splitlines()) in page


@pytest.fixture(scope="module")
def compared(tmp_path_factory, six_hours):
    """A comparison with a bound on a study in steps of six hours."""
    study = Study.model_validate(
        {
            "feeder": "ieee12",
            "profiles": str(six_hours),
            "fleet": {"buses": ["5", "12"]},
            "name": "s",
        }
    )
    folder = tmp_path_factory.mktemp("compared") / "s"
    request = Request(("random", "cheetah", "pygad"), 60, 2, bound_s=20.0)
    search_and_store(study, request, folder, "toolkit compare")
    return read_results(folder)


def test_the_table_of_optimizers_holds_what_the_results_hold(compared):
    table = load("optimizer_table")
    page = table.page(dict.fromkeys(table.COMPARISONS, compared))
    for row in compared.statistics.itertuples():
        cells = [f"`{row.optimizer}`", f"{row.median_kwh:.1f}", f"{row.iqr_kwh:.1f}"]
        cells += [f"{row.median_pct_of_bound:.1f}", f"{row.average_rank:.2f}"]
        line = next(line for line in page.splitlines() if line.startswith(f"| {cells[0]} | "))
        assert set(cells) <= set(line.strip("| ").split(" | "))
    for row in compared.pairs.itertuples():
        assert f"{row.p_holm:.2g}" in page
    assert f"{proof_words.bound_text(compared.bound_kwh)} kWh" in page


def test_the_table_of_optimizers_names_commands_that_exist():
    table = load("optimizer_table")
    runner = CliRunner()
    for _, _, arguments in table.COMPARISONS.values():
        broken = runner.invoke(cli.app, ["compare", *arguments.split(), "--budget", "0"])
        assert isinstance(broken.exception, InputError)
        assert "--budget" in str(broken.exception)


def test_the_python_example_runs_and_shows_its_results(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(figures, "draw_folder", lambda folder: put(folder, "figure2_traded"))
    example = load("python_api")
    results = example.main(budget=25, runs=1, out=tmp_path / "out")
    assert list(results.cases) == ["base", "cheetah-seed1", "big-seed1"]
    assert results.study.limits.v_max == 1.06
    assert "bess3" in set(results.cases["big-seed1"].units["unit"])
    sums = example.per_bus(results, "cheetah-seed1").sum()
    traded = results.summary.set_index("case").loc["cheetah-seed1", "traded_kwh"]
    assert sums["sell_kwh"] == pytest.approx(traded)
    assert sums["buy_kwh"] == pytest.approx(traded)
    assert (tmp_path / "out" / "figures" / "python.png").is_file()
    assert str(tmp_path / "out" / "report.html") in capsys.readouterr().out
