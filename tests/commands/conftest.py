"""A study with days of six steps, and the results of a whole search on it."""

import shutil

import pytest
from helpers.resuming import QUICK

from toolkit.commands import search_and_store
from toolkit.inputs import study_files


@pytest.fixture(scope="session")
def asked(write_coarse, tmp_path_factory):
    """Write a study with days of six steps; return the file."""
    return write_coarse(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="session")
def whole(asked, tmp_path_factory):
    """The results of the same command, uninterrupted."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    search_and_store(study_files.load(str(asked)), QUICK, folder, "toolkit compare")
    return folder


@pytest.fixture
def folder(ieee12_results, tmp_path):
    """A copy of a results folder, for a test to write into."""
    copied = tmp_path / "results"
    shutil.copytree(ieee12_results, copied)
    return copied
