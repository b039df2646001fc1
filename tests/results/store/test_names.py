"""Names of files and cases: known as ours, and never a path."""

import os

import pandas as pd
import pytest

from toolkit.commands import simulate_and_store
from toolkit.common import files
from toolkit.errors import InputError, ToolkitError
from toolkit.inputs import study_files
from toolkit.results import figures, store
from toolkit.results.store.names import is_shown


def test_every_figure_is_known_as_ours():
    assert all(is_shown(f"figures/{n}.{k}") for n in figures.FIGURES for k in ("png", "svg"))
    assert not is_shown("figures/../figure1_one_line.svg")


@pytest.mark.parametrize("out", ["x" * 300, "a" * 256 + "/b", "\udcff", "a\0b", "link/x"])
def test_names_that_cannot_be_folders(out, coarse, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("nowhere")
    given = study_files.load(str(coarse)), None, tmp_path / out, "toolkit"
    if out == "\udcff":
        assert simulate_and_store(*given).status == "complete"
        return
    with pytest.raises(ToolkitError) as error:
        simulate_and_store(*given)
    assert len(str(error.value).splitlines()) == 1


def test_a_file_under_way_takes_nobody_s_name(tmp_path):
    (tmp_path / "a.csv.partial").write_text("mine", "utf-8")
    files.write_text(tmp_path / "a.csv", "x")
    assert (tmp_path / "a.csv.partial").read_text("utf-8") == "mine"
    (tmp_path / "b.csv").symlink_to(tmp_path / "outside")
    with pytest.raises(ToolkitError, match="it is a link, not a file"):
        files.write_text(tmp_path / "b.csv", "x")
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a.csv.partial", "b.csv"]


def test_case_names_are_no_paths(made):
    path = made / "summary.csv"
    plain = path.read_text("utf-8")
    for name in ("../../x", "/etc", '""', ".", "..", "base", "a\\b"):
        path.write_text(plain.replace("cheetah-seed1", name, 1), "utf-8")
        with pytest.raises(InputError, match=r"summary\.csv: column 'case': "):
            store.read_results(made)
    assert pd.read_csv(path)["case"].iloc[0] == "base"
