"""What a script said before is said again only where reading it anew would say the same."""

import os
import shutil

import pytest

from toolkit.inputs.feeder_files import locate
from toolkit.inputs.scripts import reader, remembered


@pytest.fixture
def master(tmp_path, monkeypatch):
    """A copy of the bundled feeder, of which nothing has been read."""
    monkeypatch.setattr(remembered, "_known", {})
    return shutil.copytree(locate("ieee12").parent, tmp_path / "feeder") / "Master.dss"


@pytest.fixture
def read(monkeypatch):
    """Return a function that reads a script, and the number of files it had to read for that."""
    seen, plain = [], reader.text_of
    monkeypatch.setattr(reader, "text_of", lambda path: seen.append(path) or plain(path))

    def told(script, root=None):
        seen.clear()
        found = reader.read_script(script, root)
        return found, len(seen)

    return told


def test_what_is_read_again_is_the_same_and_takes_no_reading(master, read):
    first, files = read(master)
    again, none = read(master)
    assert (files > 3, none) == (True, 0)
    assert again == first
    again.statements.clear()
    again.files.clear()
    assert read(master)[0] == first


def test_a_root_is_a_case_of_its_own(master, read):
    read(master)
    assert read(master, master.parent)[1] > 0


def test_a_file_that_changes_is_read_anew_be_it_as_long_and_as_old(master, read):
    loads = master.with_name("Loads.dss")
    before, _ = read(master)
    times = loads.stat()
    loads.write_text(loads.read_text("utf-8").replace("vminpu=0.5", "vminpu=0.6"), "utf-8")
    os.utime(loads, ns=(times.st_atime_ns, times.st_mtime_ns))
    after, files = read(master)
    assert files > 3
    assert after.statements != before.statements


def test_a_name_that_leads_elsewhere_is_read_anew(master, read):
    loads = master.with_name("Loads.dss")
    (master.parent / "other").mkdir()
    other = shutil.copy(loads, master.parent / "other" / "Loads.dss")
    loads.unlink()
    loads.symlink_to(other)
    assert read(master)[0].statements
    loads.unlink()
    found, files = read(master)
    assert files > 0
    assert found.faults


def test_a_name_that_led_nowhere_is_looked_for_anew(master, read):
    loads = master.with_name("Loads.dss")
    aside = loads.rename(master.with_name("aside"))
    assert read(master)[0].faults
    aside.rename(loads)
    found, files = read(master)
    assert files > 3
    assert not found.faults


def test_the_spelling_of_a_name_is_looked_at_anew(master, read):
    loads = master.with_name("Loads.dss")
    loads.rename(master.with_name("LOADS.dss"))
    spelt, _ = read(master)
    assert [r.kind for r in spelt.remarks] == ["case"]
    shutil.copy(master.with_name("LOADS.dss"), loads)
    assert read(master)[0].remarks == []


def test_few_scripts_are_kept(tmp_path, read, monkeypatch):
    monkeypatch.setattr(remembered, "_known", {})
    for number in range(remembered.KEPT + 3):
        (tmp_path / f"{number}.dss").write_text("New Circuit.x\n", "utf-8")
        read(tmp_path / f"{number}.dss")
    assert len(remembered._known) == remembered.KEPT
    assert read(tmp_path / "0.dss")[1] == 1
