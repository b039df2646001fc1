"""What a command marks its folder with while it prepares and draws, and what is left of it."""

import os
import time

from toolkit.results.store.marks import OLD_S, drawing, is_marked, preparing
from toolkit.results.store.names import DRAWING, PREPARING
from toolkit.results.store.place import check_free, claimed


def test_a_folder_says_that_its_command_prepares_and_nothing_is_left(tmp_path):
    folder = tmp_path / "new" / "results"
    with preparing(folder) as prepared:
        assert is_marked(folder, PREPARING, time.time())
        check_free(folder, force=False)
        prepared()
        assert not (tmp_path / "new").exists()
        with claimed(folder, force=False):
            assert not is_marked(folder, PREPARING, time.time())
    assert folder.is_dir()


def test_what_was_refused_leaves_no_folder_and_other_files_stay(tmp_path):
    try:
        with preparing(tmp_path / "results"):
            raise ValueError
    except ValueError:
        assert list(tmp_path.iterdir()) == []
    (tmp_path / "notes.txt").touch()
    with preparing(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_mark_of_a_killed_command_says_nothing_after_a_while_and_is_in_nobodys_way(tmp_path):
    mark = tmp_path / PREPARING
    mark.parent.mkdir()
    mark.touch()
    os.utime(mark, (0.0, time.time() - OLD_S - 1.0))
    assert not is_marked(tmp_path, PREPARING, time.time())
    with claimed(tmp_path, force=False):
        pass


def test_figures_being_drawn_are_told_until_they_are_there(tmp_path):
    with drawing(tmp_path):  # no results folder
        assert not any(tmp_path.iterdir())
    (tmp_path / "manifest.json").touch()
    with drawing(tmp_path):
        assert is_marked(tmp_path, DRAWING, time.time())
        (tmp_path / "figures" / "figure1_one_line.svg").touch()
    assert not is_marked(tmp_path, DRAWING, time.time())
    assert (tmp_path / "figures" / "figure1_one_line.svg").is_file()
