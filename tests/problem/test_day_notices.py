"""Shapes that count in another way than plain OpenDSS has it are named with file and line."""

import pytest
from helpers.plain_base import NETWORK, setting_of

HOURS = " ".join(str(hour) for hour in range(1, 25))
#: A shape of the first load, how it follows it, and what is said of it.
SHAPES = {
    "half hours": (
        f"New LoadShape.s npts=48 interval=0.5 mult=[{'1 0.5 ' * 24}]",
        "daily=s",
        "values of 0.5 h in steps of 1 h: each step takes the mean of its values",
    ),
    "two hours": (
        f"New LoadShape.s npts=12 interval=2 mult=[{'1 0.5 ' * 6}]",
        "daily=s",
        "values of 2 h in steps of 1 h: each step takes the value of its time",
    ),
    "hours of their own": (
        f"New LoadShape.s npts=24 interval=0 hour=[{HOURS}] mult=[{'1 0.5 ' * 12}]",
        "daily=s",
        "values at hours of their own",
    ),
    "a part of a day": (
        "New LoadShape.s npts=5 interval=1 mult=[1 2 3 4 5]",
        "yearly=s",
        "5 h of a yearly shape are not used",
    ),
}


def said_of(tmp_path, before, load, **sections):
    script = tmp_path / "street.dss"
    script.write_text(NETWORK.format(before=before, load=load, after=""), encoding="utf-8")
    notices = setting_of(script, **sections).feeder.notices
    return [n for n in notices if "LoadShape" in n.about or "TShape" in n.about]


@pytest.mark.parametrize("case", SHAPES)
def test_a_shape_that_counts_in_another_way_is_named(case, tmp_path):
    before, load, words = SHAPES[case]
    (said,) = said_of(tmp_path, before, load)
    assert (said.about, said.line, said.level) == ("LoadShape.s", 5, "note")
    assert said.file.endswith("street.dss")
    assert words in said.text
    assert not said_of(tmp_path, before, load, loads={"shapes": "study"})


def test_shapes_of_one_kind_are_named_together(tmp_path):
    names = ("s", "t", "u", "v", "w")
    before = "\n".join(
        f"New LoadShape.{n} npts=48 interval=0.5 mult=[{'1 0.5 ' * 24}]\n"
        f"New Load.{n} bus1=c kV=11 kW=1 daily={n}"
        for n in names
    )
    (said,) = said_of(tmp_path, before, "")
    assert said.about == "LoadShape.s, LoadShape.t, LoadShape.u and 2 more"


@pytest.mark.parametrize("load", ["", "daily=s", "yearly=s"])
def test_a_shape_of_the_study_s_steps_is_not_named(load, tmp_path):
    shape = f"New LoadShape.s npts=24 interval=1 mult=[{'1 0.5 ' * 12}]"
    assert said_of(tmp_path, shape, load) == []
