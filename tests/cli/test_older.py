"""Older spellings are understood, and said to be old."""

import pytest

from toolkit.cli import older


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("optimize -o members=3", "optimize --option members=3"),
        (
            "compare -o mealpy:PSO.w=0.7 -o c.x=a=b",
            "compare --option mealpy:PSO.w=0.7 --option c.x=a=b",
        ),
        ("--debug optimize -omembers=3", "--debug optimize --option members=3"),
        ("policies test rolling -o hours=4", "policies test rolling --option hours=4"),
    ],
)
def test_options_set_by_o_are_still_understood(typed, meant):
    words, note = older.spelt_anew(typed.split())
    assert words == meant.split()
    assert "-o means --output; for an option write --option" in note
    assert "ends with version 0.2" in note


@pytest.mark.parametrize(
    "typed",
    [
        "optimize -o results/mine",
        "optimize -o ./a=b",
        "optimize --output a=b",
        "optimize --option members=3 -o out",
        "bound -o a=b",
        "diff a b -o c",
        "",
    ],
)
def test_o_is_the_place_of_output(typed):
    assert older.spelt_anew(typed.split()) == (typed.split(), "")


def test_each_spelling_leads_to_the_folder(command, tmp_path):
    code, out, err = command("optimize", "-o", "members=1", "-o", "here", "--budget", "2")
    assert (code, out) == (2, "")
    assert err.startswith("Note: -o means --output; for an option write --option members=1.")
    assert "option 'members' of optimizer 'cheetah': found '1'" in err
    for number, word in enumerate(("-o", "--out", "--output")):
        assert command("simulate", word, f"f{number}")[0] == 0
        assert (tmp_path / f"f{number}" / "summary.csv").is_file()
