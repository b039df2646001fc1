"""What is said of many elements is said once, and none is left out."""

from toolkit.model.notices import Notice, gathered


def lines(*notices):
    return [str(notice) for notice in notices]


def test_notices_of_their_own_stay_as_they_are():
    own = lines(
        Notice("PVSystem.a", "is one.", "/x/a.dss", 3), Notice("Set mode=yearly", "is not.")
    )
    assert gathered(own) == own


def test_the_same_words_of_several_elements_become_one_line():
    many = [Notice(f"InvControl.i{k}", "switched off.", "/x/a.dss", 10 + k) for k in range(5)]
    (line,) = gathered(lines(*many))
    names = "InvControl.i0, InvControl.i1, InvControl.i2 and 2 more"
    assert line == f"a.dss, lines 10, 11, 12 and 2 more: {names}: switched off."


def test_of_more_than_three_that_differ_in_figures_the_first_is_shown_and_the_others_named():
    many = [
        Notice(
            f"Storage.s{k}", f"declares {k}.5 kW; fleet.units.s{k} can say otherwise.", "a.dss", k
        )
        for k in range(1, 7)
    ]
    assert gathered(lines(*many[:3])) == lines(*many[:3])
    (line,) = gathered(lines(*many))
    assert line.startswith(f"{many[0]} ")
    assert line.endswith(" of Storage.s2, Storage.s3, Storage.s4 and 2 more.")


def test_files_and_sorts_are_kept_apart():
    here, there = Notice("Load.a", "is odd.", "a.dss", 1), Notice("Load.b", "is odd.", "b.dss", 1)
    other = Notice("Load.c", "is even.", "a.dss", 2)
    assert gathered(lines(here, there, other)) == lines(here, there, other)
