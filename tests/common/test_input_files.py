"""Files and names handed in that no command could use."""

import os

import pytest
from helpers.refusals import HEAD, refusal

from toolkit.common import input_files
from toolkit.inputs import study_files


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "a" * 300, "at most 100 characters"),
        ("feeder", "a" * 300, "at most 255 bytes each"),
        ("feeder", "a/" * 3000, "at most 4,096 bytes"),
        ("profiles", "a\\u0000.csv", "without NUL"),
    ],
)
def test_names_that_no_file_system_holds_are_refused(field, value, words):
    fields = {"name": "mine", "feeder": "ieee12", field: value}
    text = "\n".join(f'{key} = "{held}"' for key, held in fields.items())
    refusal(lambda: study_files.parse(text.encode(), "mine.toml"), f"'{field}'", words)


def test_text_in_other_encodings_is_named_and_a_byte_order_mark_is_taken():
    assert study_files.parse(b"\xef\xbb\xbf" + HEAD.encode(), "mine.toml").name == "mine"
    for encoding in ("utf-16", "utf-32"):
        refusal(lambda e=encoding: study_files.parse(HEAD.encode(e), "mine.toml"), "UTF-16")
    refusal(
        lambda: study_files.parse(HEAD.encode() + b"# \xff", "m.toml"), "m.toml, line 3", "0xff"
    )


@pytest.fixture
def endless(tmp_path):
    """A pipe that nobody writes into, a device without an end, a folder, and a huge file."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(10**12)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "words"),
    [("pipe", "a pipe"), ("zero", "a device"), ("folder", "a folder"), ("huge", "too large")],
)
def test_only_regular_files_of_a_stated_size_are_read(name, words, endless, command):
    refusal(lambda: input_files.content(endless / name, 1000), name, words)
    os.rename(endless / name, endless / f"{name}.toml")
    code, _, err = command("simulate", f"{name}.toml")
    assert code == 2
    assert words in err or (name == "folder" and "no file" in err)
    os.rename(endless / f"{name}.toml", endless / f"{name}.csv")
    (endless / "x.toml").write_text(HEAD + f'profiles = "{name}.csv"\n')
    code, _, err = command("simulate", "x.toml")
    assert code == 2
    assert words in err or (name == "folder" and "no file" in err)
    code, _, err = command("simulate", "--plan", f"{name}.csv")
    assert code == 2
    assert words in err


def test_a_name_longer_than_any_file_has_is_no_traceback(command):
    for words in (["simulate", "a" * 300 + ".toml"], ["simulate", "b" * 9000]):
        code, out, err = command(*words)
        assert (code, out) == (2, "")
        assert "Error" in err
        assert len(err) < 1000
