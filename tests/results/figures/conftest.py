"""Folders that are drawn once."""

import shutil

import pytest

from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files
from toolkit.results.figures import draw_folder


@pytest.fixture(scope="module")
def drawn(ieee12_results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "results"
    shutil.copytree(ieee12_results, folder)
    draw_folder(folder)
    return folder


@pytest.fixture(scope="module")
def base_only(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "results"
    simulate_and_store(study_files.load("ieee12"), None, folder, "toolkit simulate")
    return folder
