"""``--json``: one document on stdout, numbers as numbers, every key documented."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from helpers.json_keys import documented

from toolkit.cli import terminal

DOCUMENTED = documented()


@pytest.fixture
def document(command):
    """Return a function that carries out a command with --json and returns what it printed."""

    def printed(*words):
        code, out, err = command(*words, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return printed


@pytest.mark.parametrize(
    "words",
    [
        "feeders list",
        "feeders show ieee12",
        "profiles list",
        "profiles show typical_day",
        "policies show surplus",
        "mechanisms show auction",
        "goals list",
        "goals show losses",
    ],
)
def test_every_key_that_is_printed_is_documented(words, document):
    found = document(*words.split())
    keys = DOCUMENTED[" ".join(words.split()[:2])]
    assert found.keys() <= keys
    # Of lists, the keys of the first entry as well; those of plug-ins stand in one row.
    like = DOCUMENTED["optimizers list"] | DOCUMENTED["optimizers show"]
    for held in found.values():
        if isinstance(held, list) and held and isinstance(held[0], dict):
            assert held[0].keys() <= keys | like


def test_numbers_are_numbers_with_their_units(document):
    feeder = document("feeders", "show", "ieee12")
    assert (feeder["buses"], feeder["load_kw"]) == (12, 435.0)
    assert feeder["units"][0] == {
        "name": "pv1", "kind": "pv", "bus": "5",
        "size_kw": 75.0, "size_kwh": 0.0, "vehicles": 0.0,
    }  # fmt: skip
    irradiance = document("profiles", "show", "typical_day")["columns"][1]
    assert irradiance["total"] == pytest.approx(6.874)
    assert irradiance["total_unit"] == "kWh/m2"
    options = {
        o["name"]: o["default"] for o in document("optimizers", "show", "cheetah")["options"]
    }
    assert (options["members"], options["variant"]) == (6, "released")


def test_one_plan_settled_by_every_mechanism(document, ieee12_results):
    found = document("settle", ieee12_results, "--case", "base")
    assert found.keys() == DOCUMENTED["settle"]
    by_name = {row["mechanism"]: row for row in found["community"]}
    assert by_name["mid-market"]["matched_kwh"] == pytest.approx(1662.7, abs=0.05)
    assert {row["bus"] for row in found["bills"]} >= {"2", "12"}


def test_the_older_spelling_works_and_says_so(command):
    code, out, err = command("feeders", "check", "ieee12", "--format", "json")
    assert code == 0
    found = json.loads(out)
    assert found["verdict"] == "ready", [f for f in found["findings"] if f["level"] != "note"]
    assert err == "Note: --format ends with version 0.2; --json takes its place.\n"
    assert "--format" not in command("feeders", "check", "--help")[1]


def test_a_mistake_leaves_stdout_empty(command):
    code, out, err = command("feeders", "show", "nowhere", "--json")
    assert (code, out) == (2, "")
    assert "unknown feeder" in err


def test_what_is_no_number_is_null(capsys, tmp_path):
    table = pd.DataFrame({"bus": ["1"], "v_pu": [np.nan], "member": [pd.NA]})
    many = np.array([1, 2]), np.float64(0.5), np.int64(3), np.bool_(True)
    terminal.say_json({"rows": table, "many": many, "most": math.inf, "path": tmp_path})
    assert json.loads(capsys.readouterr().out) == {
        "rows": [{"bus": "1", "v_pu": None, "member": None}],
        "many": [[1, 2], 0.5, 3, True],
        "most": None,
        "path": str(tmp_path),
    }
