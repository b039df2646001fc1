"""Studies that benchmarks share."""

import numpy as np

from toolkit.grid.opendss import read_feeder
from toolkit.inputs.study import Study
from toolkit.problem.setting import prepare


def with_units(script, count):
    """Return a study of any feeder with units spread over its three-phase medium voltage."""
    feeder = read_feeder(script)
    there = zip(feeder.buses, feeder.phases, feeder.base_kv, strict=True)
    buses = [bus for bus, phases, kv in there if phases == (1, 2, 3) and kv > 1.0]
    kinds = ("pv", "wt", "bess", "bev")
    units = [
        {"name": f"unit{i}", "kind": kinds[i % 4], "bus": str(bus)}
        | ({"vehicles": 20} if kinds[i % 4] == "bev" else {"kw": 100.0})
        for i, bus in enumerate(np.random.default_rng(1).choice(buses, count))
    ]
    asked = {"name": script.stem, "feeder": str(script), "fleet": {"buses": buses, "add": units}}
    return prepare(Study.model_validate(asked))
