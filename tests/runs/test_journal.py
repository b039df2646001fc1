"""The journal of a run: what is written, what is read back, what damage costs."""

import json
import os

import numpy as np
import pytest
from helpers.journals import SIZE, SPACE, WHOSE, Bowl, points, written

from toolkit import read_journal
from toolkit.errors import InputError, Stopped, ToolkitError
from toolkit.optimizer.ledger import Ledger
from toolkit.runs import journal as journals
from toolkit.runs.journal import Journal
from toolkit.runs.recorder import Recorder
from toolkit.scores import UNSOLVED
from toolkit.space import Space, Variable


def test_what_was_written_is_served_and_only_the_rest_is_made(tmp_path):
    first = written(tmp_path / "j", 10)
    bowl = Bowl()
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        assert (journal.held, journal.dropped) == (10, 0)
        again = Recorder(bowl, journal).evaluate(points(25))
    assert bowl.made == 15
    assert np.array_equal(again.objective[:10], first.objective)
    plain = Ledger(SPACE, Bowl().evaluate, 25).evaluate(points(25))
    assert np.array_equal(again.objective, plain.objective)
    assert np.array_equal(again.violation, plain.violation)
    assert again.skipped is None
    assert len(read_journal(tmp_path / "j")) == 25


def test_skipped_rows_are_served_as_skipped(tmp_path):
    incumbent = np.where(np.arange(12) % 3 == 0, np.nan, 0.8)
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        first = Recorder(Bowl(), journal).evaluate_against(points(12), incumbent)
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        again = Recorder(Bowl(), journal).evaluate_against(points(12), incumbent)
    assert 0 < first.skipped.sum() < 12
    assert np.array_equal(first.skipped, again.skipped)
    assert np.array_equal(first.violation, again.violation)
    told = read_journal(tmp_path / "j")
    assert np.array_equal(told["skipped"], first.skipped)
    assert np.array_equal(told["violation"].isna(), first.skipped)


def test_a_user_reads_vectors_scores_and_reasons(tmp_path):
    scores = written(tmp_path / "j", 40)
    told = read_journal(tmp_path / "j")
    assert told.columns.tolist() == [
        *("evaluation", "objective", "violation", "skipped", "solver", "reason", "a", "b")
    ]
    assert told["evaluation"].tolist() == list(range(1, 41))
    assert np.array_equal(told[["a", "b"]].to_numpy(), points(40))
    assert np.array_equal(told["objective"], scores.objective)
    unsolved = points(40)[:, 1] > 0.9
    assert unsolved.any()
    assert np.array_equal(told["reason"] == "step 3 did not converge", unsolved)
    assert (told["violation"][unsolved] == UNSOLVED).all()
    assert not told["skipped"].any()


@pytest.mark.parametrize("torn", [1, 4, SIZE - 1])
def test_a_torn_tail_is_cut_off_and_costs_what_was_torn(torn, tmp_path):
    path = tmp_path / "j"
    first = written(path, 10)
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    assert len(read_journal(path)) == 9
    bowl = Bowl()
    with Journal(path, SPACE, WHOSE) as journal:
        assert (journal.held, journal.dropped) == (9, 0)
        again = Recorder(bowl, journal).evaluate(points(10))
    assert bowl.made == 1
    assert np.array_equal(again.objective, first.objective)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("record", [0, 4, 9])
@pytest.mark.parametrize("byte", [0, 20, SIZE - 1])
def test_a_flipped_bit_costs_its_record_and_those_after(record, byte, tmp_path):
    path = tmp_path / "j"
    written(path, 10)
    whole = path.read_bytes()
    spoilt = bytearray(whole)
    spoilt[len(whole) - (10 - record) * SIZE + byte] ^= 1
    path.write_bytes(spoilt)
    assert len(read_journal(path)) == record
    with Journal(path, SPACE, WHOSE) as journal:
        assert (journal.held, journal.dropped) == (record, 10 - record)
        Recorder(Bowl(), journal).evaluate(points(10))
    assert path.read_bytes() == whole


def test_a_tail_of_zeros_is_no_record(tmp_path):
    """What some file systems leave after a power loss."""
    path = tmp_path / "j"
    written(path, 3)
    path.write_bytes(path.read_bytes() + bytes(5 * SIZE))
    with Journal(path, SPACE, WHOSE) as journal:
        assert (journal.held, journal.dropped) == (3, 5)


@pytest.mark.parametrize("keep", [0, 1, 30])
def test_a_journal_torn_in_its_first_line_begins_anew_and_says_so(keep, tmp_path):
    path = tmp_path / "j"
    written(path, 3)
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    with pytest.raises(InputError, match="no journal"):
        read_journal(path)
    with Journal(path, SPACE, WHOSE) as journal:
        assert journal.held == 0
        told = "was damaged from the start; its 0 evaluations" if keep else "was empty"
        assert told in journal.lost
    written(path, 3)
    assert path.read_bytes() == whole


def spoilt_head(content, how):
    """Damage the first line of a journal."""
    end = content.index(b"\n") + 1
    return {
        "a digit of the checksum": b"\0" + content[1:],
        "a letter": content[:40] + b"\xff" + content[41:],
        "its end": content[: end - 1] + b"x" + content[end:],
        "all of it": bytes(end) + content[end:],
        "a line more": b"# edited\n" + content,
        "a part less": content[50:],
        "another line": b"00000000 {}\n" + content[end:],
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        *("a digit of the checksum", "a letter", "its end", "all of it", "a line more"),
        *("a part less", "another line"),
    ],
)
def test_a_damaged_first_line_costs_nothing_but_a_word(how, tmp_path):
    path = tmp_path / "j"
    first = written(path, 10)
    whole = path.read_bytes()
    path.write_bytes(spoilt_head(whole, how))
    with pytest.raises(InputError, match="its first line is damaged"):
        read_journal(path)
    bowl = Bowl()
    with Journal(path, SPACE, WHOSE) as journal:
        assert journal.held == 10
        assert "first line of its journal was damaged; the 10 evaluations after it were kept" in (
            journal.lost
        )
        again = Recorder(bowl, journal).evaluate(points(10))
    assert bowl.made == 0
    assert np.array_equal(again.objective, first.objective)
    assert path.read_bytes() == whole


def test_a_damaged_first_line_and_a_damaged_record_cost_that_record_and_those_after(tmp_path):
    path = tmp_path / "j"
    written(path, 10)
    spoilt = bytearray(path.read_bytes())
    spoilt[20] ^= 1
    spoilt[len(spoilt) - 4 * SIZE + 5] ^= 1
    path.write_bytes(spoilt)
    with Journal(path, SPACE, WHOSE) as journal:
        assert journal.held == 6
        assert "4 damaged ones were made again" in journal.lost


def test_records_of_another_search_behind_a_damaged_first_line_are_not_taken_for_ours(tmp_path):
    path = tmp_path / "j"
    written(path, 10)
    content = path.read_bytes()
    path.write_bytes(b"\0" + content[1:])
    with Journal(path, SPACE, {**WHOSE, "seed": 2}) as journal:
        assert journal.held == 0
        assert "damaged from the start; its 10 evaluations were made again" in journal.lost


def test_what_is_no_journal_at_all(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ToolkitError, match=r"folder: cannot be written: Is a directory"):
        Journal(tmp_path / "folder", SPACE, WHOSE)
    with pytest.raises(InputError, match=r"folder: cannot be read: found a folder"):
        read_journal(tmp_path / "folder")
    private = tmp_path / "private"
    private.write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(private)
    with pytest.raises(ToolkitError, match=r"link: cannot be written: is a symbolic link"):
        Journal(tmp_path / "link", SPACE, WHOSE)
    assert private.read_text("utf-8") == "mine"


def test_a_file_that_has_grown_beyond_all_measure_is_cut_without_reading_it(tmp_path):
    path = tmp_path / "j"
    written(path, 10)
    whole = path.read_bytes()
    os.truncate(path, 1 << 40)
    with Journal(path, SPACE, WHOSE, most=10) as journal:
        assert journal.held == 10
        assert "damaged evaluations of its journal were made again" in journal.lost
    assert path.read_bytes() == whole


def test_the_journal_of_another_search_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "j"
    written(path, 3)
    whole = path.read_bytes()
    with pytest.raises(ToolkitError, match=r"another search: its seed is 1, not 2"):
        Journal(path, SPACE, {**WHOSE, "seed": 2})
    wider = Space((*SPACE.variables, Variable("c", "real", 0, 1)))
    with pytest.raises(ToolkitError, match="its variables is"):
        Journal(path, wider, WHOSE)
    assert path.read_bytes() == whole


def test_other_points_than_the_journal_has_stop_the_search_with_their_number(tmp_path):
    written(tmp_path / "j", 5)
    asked = points(5)
    asked[3, 1] = np.nextafter(asked[3, 1], 1.0)
    with Journal(tmp_path / "j", SPACE, WHOSE) as journal:
        recorder = Recorder(Bowl(), journal)
        with pytest.raises(Stopped):
            recorder.evaluate(asked)
        # An optimizer library that swallows the signal gets no further.
        with pytest.raises(Stopped):
            recorder.evaluate(points(5))
    assert "evaluation 4 is of another point" in str(recorder.fault)


def test_a_journal_is_one_process_s_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "WAIT_S", 0.1)
    with (
        Journal(tmp_path / "j", SPACE, WHOSE),
        pytest.raises(ToolkitError, match="another process is writing"),
    ):
        Journal(tmp_path / "j", SPACE, WHOSE)
    Journal(tmp_path / "j", SPACE, WHOSE).close()


def test_the_first_line_can_be_read_by_anything(tmp_path):
    written(tmp_path / "j", 2)
    line = (tmp_path / "j").read_bytes().split(b"\n")[0]
    found = json.loads(line[9:])
    assert found["seed"] == 1
    assert found["variables"] == ["a", "b"]
