"""The report's section on days that a plan was not made for."""

from dataclasses import replace

import pandas as pd
import pytest

from toolkit.results.columns import columns
from toolkit.results.figures.groups import groups_of
from toolkit.results.report.findings import findings
from toolkit.results.report.tried import tried_section
from toolkit.results.store import read_results


@pytest.fixture
def results(ieee12_results):
    days = {"case": "cheetah-seed1", "policy": "surplus", "day": ["1", "2"]}
    figures = {"traded_kwh": [60.0, 40.0], "traded_to_load_kwh": 30.0, "bound_kwh": [75.0, 50.0]}
    rest = {"import_kwh": 1.0, "export_kwh": 2.0, "hours_broken": [0.0, 2.0], "broken": ["", "x"]}
    frame = pd.DataFrame({**days, **figures, **rest}).reindex(columns=columns("validation.csv"))
    facts = {"profiles": "real_weather", "goal": "traded", "no_bound": ""}
    return replace(read_results(ieee12_results), validation=frame, validation_facts=facts)


def test_it_says_what_the_command_says(results):
    section = tried_section(results, [])
    assert "real_weather" in section.words[0]
    assert section.said[0].startswith("Case cheetah-seed1 under policy surplus: 100 kWh traded")
    assert "reaches 80.0 %" in section.said[-1]
    groups = groups_of(results)
    said = findings(results, groups, groups[0])["figure15_validation"]
    assert said == "100 kWh over 2 days, 80.0 % of the bound; limits are broken in 2 h."


def test_facts_of_earlier_folders_and_no_bound_are_told_too(results):
    blank = results.validation.assign(bound_kwh=float("nan"))
    section = tried_section(replace(results, validation=blank, validation_facts={}), [])
    assert "No bound on what perfect foresight would have given: none was proven." in section.said


def test_nothing_tried_nothing_said(results):
    section = tried_section(replace(results, validation=results.validation[:0]), [])
    assert not section.said
    assert not section.words
