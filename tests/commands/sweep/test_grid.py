"""Grids of a sweep, by values worked out by hand, and what is refused."""

import pytest

import toolkit
from toolkit.commands.sweep.grid import Swept, in_words, of_mapping, parsed, points
from toolkit.common import caps
from toolkit.common.errors import InputError
from toolkit.inputs import study_files


@pytest.fixture(scope="module")
def base():
    return study_files.load("ieee12")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,4,8", (1, 2, 4, 8)),
        ("200:600:5", (200, 300, 400, 500, 600)),
        ("0.1:0.3:3", (0.1, 0.2, 0.3)),
        ("0:1:3", (0.0, 0.5, 1.0)),
        ("-1:1:2, 5", (-1, 1, 5)),
        ("1e2:3e2:2", (100.0, 300.0)),
        ("true,False", (True, False)),
        ("sdr,auction", ("sdr", "auction")),
        ('"a,b",c', ("a,b", "c")),
        ("'1:2:3'", ("1:2:3",)),
        ("[0, 2],[0, 3]", ([0, 2], [0, 3])),
        ("C:/wind.csv", ("C:/wind.csv",)),
    ],
)
def test_values_are_read_as_they_are_meant(text, values):
    (one,) = parsed([f"storage.hours={text}"])
    assert one == Swept("storage.hours", values)
    assert [type(value) for value in one.values] == [type(value) for value in values]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("storage.hours", "found 'storage.hours'; expected FIELD=VALUES"),
        ("=1", "expected FIELD=VALUES"),
        ("storage.hours=", "found no value; expected values with commas"),
        ("storage.hours=1,,2", "found '1,,2'; expected values with commas"),
        ("storage.hours=5:1:3", "FROM below TO, such as 1:5:3"),
        ("storage.hours=1:2:1", "COUNT a whole number of at least 2"),
        ("storage.hours=1:2:2.5", "COUNT a whole number of at least 2"),
        ("storage.hours=1:2", "expected FROM:TO:COUNT"),
        ("storage.hours=1:x:3", "expected FROM:TO:COUNT"),
        ("storage.hours=1:1:3", "FROM below TO"),
        (f"storage.hours=1:2:{caps.POINTS + 1}", "expected at most 10,000 values"),
        ("fleet.scale=[0,2", "expected every bracket closed"),
    ],
)
def test_malformed_values_are_refused_in_one_message(text, says):
    with pytest.raises(InputError, match="--set") as refused:
        parsed([text])
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_same_field_twice_and_a_grid_too_large_are_refused():
    with pytest.raises(InputError, match=r"storage\.hours: found twice"):
        parsed(["storage.hours=1", "storage.hours=2"])
    with pytest.raises(InputError, match=r"a grid of 101 x 100 = 10,100 points"):
        parsed(["storage.hours=1:2:101", "limits.v_max=1.01:1.1:100"])
    with pytest.raises(InputError, match="expected at least one FIELD=VALUES"):
        parsed([])


@pytest.mark.parametrize(
    ("field", "values", "says"),
    [
        ("storage.hour", [1], r"unknown key 'storage\.hour'\. Did you mean 'hours'"),
        ("storag.hours", [1], "unknown key 'storag'. Did you mean 'storage'"),
        ("storage.hours", [-1], "found -1; expected greater than 0"),
        ("storage.hours", ["a"], "found 'a'; expected a number"),
        ("storage", [1], "is a section; expected a field of it: storage.soc_min"),
        ("storage.hours", [1, 1.0], "found 1.0 a second time"),
        ("storage.hours", [], "found no value"),
        ("storage..hours", [1], "expected SECTION.FIELD"),
        ("storage.hours", [{"a": 1}], "found a section"),
    ],
)
def test_what_no_study_takes_is_refused_by_field(base, field, values, says):
    with pytest.raises(InputError, match=says) as refused:
        points(base, of_mapping({field: values}))
    assert str(refused.value).startswith("--set")
    assert str(refused.value).count(f"'{field}'") <= 1


def test_the_last_field_changes_first_and_studies_hold_the_values(base):
    found = points(base, parsed(["storage.hours=1,2", "limits.v_max=1.04:1.06:2"]))
    assert [point.name for point in found] == ["001", "002", "003", "004"]
    assert [point.values for point in found] == [(1, 1.04), (1, 1.06), (2, 1.04), (2, 1.06)]
    assert [p.study.storage.hours for p in found] == [1.0, 1.0, 2.0, 2.0]
    assert found[3].study.limits.v_max == 1.06
    assert in_words(["storage.hours", "limits.v_max"], found[1].values) == (
        "storage.hours = 1, limits.v_max = 1.06"
    )


def test_fields_that_have_to_agree_are_judged_together(base):
    swept = parsed(["wind.cut_in=13", "wind.rated=14,20"])
    assert [p.study.wind.cut_in for p in points(base, swept)] == [13.0, 13.0]
    with pytest.raises(InputError, match="rising order"):
        points(base, parsed(["wind.cut_in=13"]))
    with pytest.raises(InputError, match=r"point 001.*rising order"):
        points(base, parsed(["wind.cut_in=13", "wind.rated=11,14"]))


def test_a_number_may_be_meant_as_text(base):
    (point,) = points(base, parsed(["name=2030"]))
    assert point.study.name == "2030"


def test_a_bound_that_no_point_can_have_is_refused_before_any_search(tmp_path, write_coarse):
    path = write_coarse(tmp_path)
    path.write_text(path.read_text() + '[owners]\npv = "third-party:Volt"\n', encoding="utf-8")
    out = tmp_path / "out"
    asked = {"storage.hours": [1, 2]}
    with pytest.raises(InputError, match=r"point 001 .*no exact model: 'owners'"):
        toolkit.sweep(path, asked, budget=5, optimizers=["random"], bound=5.0, out=out)
    assert not out.exists()
