"""What a network planner takes away from a results folder: what to reinforce, and a map."""

from __future__ import annotations

import json
from pathlib import Path

from toolkit.common.errors import fitting_together, unknown_name
from toolkit.common.files import write_text
from toolkit.results.figures.groups import Group, best_plan, groups_of
from toolkit.results.geojson import to_geojson
from toolkit.results.reinforcing import to_reinforce
from toolkit.results.store.contents import Results
from toolkit.results.store.reading import read_results
from toolkit.results.store.sheets import write_csv


def write_reinforcements(folder: Path, case: str | None = None) -> Path:
    """Write reinforce.csv of the base case and of a case, the best plan when none is named.

    Raises InputError where files cannot be read, and for a case that is not there.
    """
    results = read_results(folder)
    with fitting_together(folder):
        base, shown = groups_of(results)[0], _chosen(results, case)
        told = [base] if shown.median.name == base.median.name else [base, shown]
        table = to_reinforce(told, results.study.limits)
    write_csv(folder / "reinforce.csv", table)
    return folder / "reinforce.csv"


def write_geojson(folder: Path, case: str | None = None) -> tuple[Path, int]:
    """Write map.geojson of a case, the best plan when none is named.

    Return where it is, and how many buses were left out because they have no coordinates. Raises
    InputError where coordinates are no degrees.
    """
    results = read_results(folder)
    with fitting_together(folder):
        collection, left_out = to_geojson(results, _chosen(results, case))
    write_text(folder / "map.geojson", json.dumps(collection, indent=1, allow_nan=False) + "\n")
    return folder / "map.geojson", left_out


def _chosen(results: Results, case: str | None) -> Group:
    groups = groups_of(results)
    if case is None:
        return best_plan(results, groups)
    if case not in results.cases:
        raise unknown_name("case", case, results.cases)
    row = results.summary[results.summary["case"] == case].iloc[0]
    typical = groups[0].typical
    return Group(case, results.cases[case], row, (results.cases[case],), typical)
