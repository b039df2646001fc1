"""Installed distributions are looked through again exactly when the import path changes."""

import os

import pytest

from toolkit.common.plugins import declared as looking
from toolkit.common.plugins.declared import declared

GROUP = "toolkit.tests"


@pytest.fixture
def looks(monkeypatch):
    """Count how often the distributions are looked through."""
    found, every = [], looking.entry_points
    monkeypatch.setattr(looking, "_last", None)
    monkeypatch.setattr(looking, "entry_points", lambda: found.append(1) or every())
    return found


def put(place, name):
    info = place / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {name}:Mine\n")
    # However coarse the clock of the file system is.
    os.utime(place, ns=(0, place.stat().st_mtime_ns + 10**9))


def names():
    return sorted(entry.name for entry in declared(GROUP))


def test_they_are_looked_through_once(looks):
    for _ in range(3):
        assert names() == []
    assert len(declared("console_scripts")) > 0
    assert len(looks) == 1


def test_what_is_installed_meanwhile_is_found_and_what_is_gone_is_not(looks, tmp_path, monkeypatch):
    assert names() == []
    monkeypatch.syspath_prepend(tmp_path)
    put(tmp_path, "first")
    assert names() == ["first"]
    put(tmp_path, "second")
    assert names() == ["first", "second"]
    monkeypatch.undo()
    assert names() == []
