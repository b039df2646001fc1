"""Text and values from outside as one short line that no terminal obeys."""

import pytest
from helpers.refusals import OBEYED

from toolkit import InputError, ToolkitError
from toolkit.common.errors import MESSAGE
from toolkit.common.excerpts import excerpt, line, shown
from toolkit.errors import nearest, unknown_name


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\bc", r"a\rb\x08c"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\udcff", r"\udcff"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("é 日本 😀 a\\b", "é 日本 😀 a\\b"),
    ],
)
def test_what_a_screen_obeys_is_written_out(text, written):
    assert shown(text) == line(text) == written
    assert shown(written) == written


def test_an_end_of_line_is_kept_in_text_and_written_out_in_a_line():
    assert shown("a\nb\tc") == "a\nb\tc"
    assert line("a\nb\tc") == r"a\nb\tc"


class Unshowable:
    def __repr__(self):
        raise RuntimeError("no")


ODD = [Unshowable(), 10**5000, "x" * 10**6, [["y"] * 1000] * 1000]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_an_excerpt_is_one_short_line_of_anything(value):
    assert len(excerpt(value)) < 100
    assert "\n" not in excerpt(value)


def test_no_error_holds_what_a_screen_obeys_or_is_without_end():
    assert not OBEYED.search(str(ToolkitError("\x1b]0;owned\x07 \u202e")))
    assert len(str(InputError("x" * 10**6))) <= MESSAGE
    names = [f"bus{i}" for i in range(5000)]
    assert len(str(unknown_name("bus", "y" * 10**6, names))) < 1000
    assert nearest("bus1" + "z" * 10**6, ["bus1"]) in ("", " Did you mean 'bus1'?")
