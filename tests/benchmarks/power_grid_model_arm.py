"""The same days by power-grid-model's batch calculation: all plans and steps in one call."""

import numpy as np
from answers import Answer, by_name, traded_kwh
from power_grid_model import (
    CalculationMethod,
    ComponentType,
    DatasetType,
    LoadGenType,
    PowerGridModel,
    initialize_array,
)

from toolkit.grid.opendss.engine import compile_feeder
from toolkit.problem.encoding import decode

#: What the fitness needs, and nothing else.
ASKED = {
    ComponentType.node: ["u_pu"],
    ComponentType.line: ["p_from", "p_to", "loading"],
}


class GridModel:
    """One balanced network; the net power of each bus is a load, new in each of n x T scenarios.

    Newton's method to 1e-9, by one thread. It knows no source impedance, so a stiff one is given.
    """

    name = "power-grid-model batch"
    tolerance = 1e-4

    def __init__(self, setting, x):
        self.setting = setting
        self.plans = decode(x, setting.operation, setting.space)
        self.count = len(x)
        self.model = PowerGridModel(network(setting), system_frequency=60.0)

    def run(self):
        """Solve every plan's day."""
        self.solve(self.plans)

    def solve(self, plans):
        """Return the results of all plans and steps, and the net injection, kW, (n, T, B)."""
        net = -self._load_kva(plans).real
        for u in range(plans.bus.shape[1]):
            rows = np.arange(len(plans.bus))
            net[rows, :, plans.bus[:, u]] += plans.p_kw[:, u]
        q = self._load_kva(plans).imag
        scenarios = net.reshape(-1, net.shape[-1])
        update = initialize_array(DatasetType.update, ComponentType.sym_load, scenarios.shape)
        update["id"] = 10_000 + np.arange(net.shape[-1])
        update["p_specified"] = -1000.0 * scenarios
        update["q_specified"] = 1000.0 * q.reshape(scenarios.shape)
        found = self.model.calculate_power_flow(
            update_data={ComponentType.sym_load: update},
            calculation_method=CalculationMethod.newton_raphson,
            error_tolerance=1e-9,
            threading=-1,
            output_component_types=ASKED,
        )
        return found, net

    def _load_kva(self, plans):
        feeder, loads = self.setting.feeder, self.setting.scenario.loads
        total = np.zeros((loads.p.shape[1], len(feeder.buses)), dtype=complex)
        for k, load in enumerate(feeder.loads):
            power = load.kw * loads.p[loads.of[k]] + 1j * load.kvar * loads.q[loads.of[k]]
            total[:, feeder.bus_index[load.bus]] += power
        return np.broadcast_to(total, (len(plans.bus), *total.shape)).copy()

    def answers(self, count):
        """Return the answers of the first plans."""
        feeder, dt = self.setting.feeder, self.setting.scenario.dt
        found, net = self.solve(self.plans.row(slice(0, count)))
        shape = count, self.setting.scenario.steps, -1
        volts = found[ComponentType.node]["u_pu"].reshape(shape)
        lines = found[ComponentType.line]
        loss = (lines["p_from"] + lines["p_to"]).reshape(shape).sum(axis=(1, 2)) * dt / 1000.0
        names = [f"{bus}.{phase}" for bus in feeder.buses for phase in (1, 2, 3)]
        return [
            Answer(
                traded_kwh(net[i], dt),
                float(loss[i]),
                by_name(names, np.repeat(volts[i], 3, axis=1)),
            )
            for i in range(count)
        ]


def network(setting):
    """Return the feeder's lines, its source and a load at every bus."""
    feeder = setting.feeder
    count = len(feeder.buses)
    node = initialize_array(DatasetType.input, ComponentType.node, count)
    node["id"] = np.arange(count)
    node["u_rated"] = 1000.0 * feeder.base_kv
    load = initialize_array(DatasetType.input, ComponentType.sym_load, count)
    load["id"], load["node"] = 10_000 + np.arange(count), np.arange(count)
    load["status"], load["type"] = 1, LoadGenType.const_power
    load["p_specified"], load["q_specified"] = 0.0, 0.0
    source = initialize_array(DatasetType.input, ComponentType.source, 1)
    source["id"], source["node"], source["status"] = 20_000, feeder.bus_index[feeder.head], 1
    source["u_ref"], source["sk"] = 1.0, 1e20
    return {
        ComponentType.node: node,
        ComponentType.line: _lines(feeder),
        ComponentType.sym_load: load,
        ComponentType.source: source,
    }


def _lines(feeder):
    d = compile_feeder(feeder.script)
    line = initialize_array(DatasetType.input, ComponentType.line, len(feeder.branches))
    for i, branch in enumerate(feeder.branches):
        d.Lines.Name(branch.name.split(".", 1)[1])
        length = float(d.Lines.Length())
        line["id"][i] = 30_000 + i
        line["from_node"][i] = feeder.bus_index[branch.bus1]
        line["to_node"][i] = feeder.bus_index[branch.bus2]
        line["r1"][i], line["x1"][i] = d.Lines.R1() * length, d.Lines.X1() * length
        line["i_n"][i] = branch.rating_a
    line["from_status"] = line["to_status"] = 1
    line["c1"] = line["tan1"] = 0.0
    return line
