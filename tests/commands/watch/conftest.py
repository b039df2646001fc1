"""Folders of searches on their way."""

import shutil

import pytest
from helpers.watched import Writer, manifest


@pytest.fixture
def running(tmp_path):
    """A comparison on its way: one of two runs has begun. Gives the folder and its writer."""
    folder = tmp_path / "mine"
    manifest(folder, status="running")
    writer = Writer(folder, "few-seed7")
    yield folder, writer
    writer.journal.close()


@pytest.fixture
def snapshot():
    """Say what stands in a folder, and when each file was last changed."""

    def taken(folder):
        return {p: (p.lstat().st_mtime_ns, p.lstat().st_size) for p in sorted(folder.rglob("*"))}

    return taken


@pytest.fixture
def swept(tmp_path, ieee12_results):
    """A sweep of three points: one complete, one on its way, one not begun."""
    folder = tmp_path / "sweep"
    fields = [{"field": "storage.hours", "values": [1, 2, 4]}]
    manifest(folder, "sweep.json", status="running", fields=fields, files={})
    shutil.copytree(ieee12_results, folder / "points" / "001")
    manifest(folder / "points" / "002", status="running")
    writer = Writer(folder / "points" / "002", "many-seed7")
    yield folder, writer
    writer.journal.close()
