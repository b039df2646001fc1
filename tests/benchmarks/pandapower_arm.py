"""The same days by pandapower's time series, the ordinary way: profiles, controls, a log."""

import numpy as np
import pandapower as pp
import pandas as pd
from answers import Answer, by_name, traded_kwh
from pandapower.control import ConstControl
from pandapower.timeseries import DFData, OutputWriter, run_timeseries

from toolkit.grid.opendss.engine import compile_feeder
from toolkit.problem.encoding import decode

#: What the loop logs: what the fitness reads, and the source, as is usual (without a table besides
#: buses and lines, version 3.5 fails over two columns of one table).
LOGGED = [
    ("res_ext_grid", "p_mw"),
    ("res_bus", "vm_pu"),
    ("res_bus", "p_mw"),
    ("res_line", "pl_mw"),
    ("res_line", "loading_percent"),
]


class Pandapower:
    """One network for all plans; each day runs under ConstControl into an OutputWriter.

    The balanced 12-bus feeder as a positive-sequence network. pandapower stops at a mismatch of
    1e-8 MVA and knows no source impedance, so it agrees to about 1e-5, not to 1e-6.
    """

    name = "pandapower time series"
    tolerance = 1e-4

    def __init__(self, setting, x):
        self.setting = setting
        self.plans = decode(x, setting.operation, setting.space)
        self.count = len(x)
        self.net = network(setting)

    def run(self):
        """Work out the answer of every plan."""
        for i in range(self.count):
            self.solve(self.plans.row(i))

    def answers(self, count):
        """Return the answers of the first plans."""
        return [self.solve(self.plans.row(i)) for i in range(count)]

    def solve(self, plan):
        """Put a plan into the network, run its day and add up."""
        net = self.net
        net.sgen["bus"] = plan.bus
        net.controller = net.controller.iloc[:0]
        self._control("load", "p_mw", self._load(self.setting.feeder.load_kw))
        self._control("load", "q_mvar", self._load(self.setting.feeder.load_kvar))
        self._control("sgen", "p_mw", plan.p_kw.T / 1000.0)
        log = OutputWriter(net, time_steps=range(self.setting.scenario.steps), log_variables=LOGGED)
        run_timeseries(net, time_steps=range(self.setting.scenario.steps), verbose=False)
        return self._answer(log.output)

    def _load(self, declared):
        buses = self.net.load["bus"].to_numpy()
        shape = self.setting.profiles.load
        return shape[:, None] * declared[buses] / 1000.0

    def _control(self, element, variable, values):
        index = self.net[element].index
        source = DFData(pd.DataFrame(values, columns=index))
        ConstControl(self.net, element, variable, index, profile_name=index, data_source=source)

    def _answer(self, output):
        feeder = self.setting.feeder
        net_kw = -1000.0 * output["res_bus.p_mw"].to_numpy()
        # The source's bus takes in what all others need, and holds no load or unit here.
        net_kw[:, feeder.bus_index[feeder.head]] = 0.0
        loss = 1000.0 * float(output["res_line.pl_mw"].to_numpy().sum()) * self.setting.scenario.dt
        names = [f"{bus}.{phase}" for bus in feeder.buses for phase in (1, 2, 3)]
        volts = np.repeat(output["res_bus.vm_pu"].to_numpy(), 3, axis=1)
        return Answer(traded_kwh(net_kw, self.setting.scenario.dt), loss, by_name(names, volts))


def network(setting):
    """Return the feeder as a pandapower network, its units as static generators."""
    feeder = setting.feeder
    net = pp.create_empty_network(f_hz=60.0)
    for kv in feeder.base_kv:
        pp.create_bus(net, vn_kv=float(kv))
    pp.create_ext_grid(net, feeder.bus_index[feeder.head], vm_pu=1.0)
    for bus in np.flatnonzero(feeder.load_kw):
        pp.create_load(net, int(bus), p_mw=0.0, q_mvar=0.0)
    for unit in feeder.units:
        pp.create_sgen(net, feeder.bus_index[unit.bus], p_mw=0.0, q_mvar=0.0, name=unit.name)
    _lines(net, feeder)
    return net


def _lines(net, feeder):
    d = compile_feeder(feeder.script)
    for branch in feeder.branches:
        d.Lines.Name(branch.name.split(".", 1)[1])
        pp.create_line_from_parameters(
            net,
            feeder.bus_index[branch.bus1],
            feeder.bus_index[branch.bus2],
            length_km=float(d.Lines.Length()),
            r_ohm_per_km=float(d.Lines.R1()),
            x_ohm_per_km=float(d.Lines.X1()),
            c_nf_per_km=0.0,
            max_i_ka=branch.rating_a / 1000.0,
        )
