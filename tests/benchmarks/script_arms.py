"""Two plain opendssdirect scripts of the kind a user would write, on the fitness's own circuit.

Both send one text command after the other, step through the hours and read with the classic
interface. Storage is written as the fitness's generators, which solve faster than Storage elements,
so that nothing but the way of working differs.
"""

import re

from answers import Answer, by_name, traded_kwh

from toolkit.grid.opendss.engine import new_engine
from toolkit.grid.opendss.script import (
    control_start,
    day_settings,
    plan_commands,
    preamble,
)
from toolkit.grid.opendss.units import element_of
from toolkit.problem.encoding import decode


class _Script:
    tolerance = 1e-6

    def __init__(self, setting, x):
        self.setting, self.d = setting, new_engine()
        feeder, operation = setting.feeder, setting.operation
        self.plans = decode(x, operation, setting.space)
        self.count = len(x)
        self.loads = [f"load.{load.name}" for load in feeder.loads]
        self.load_bus = [feeder.bus_index[load.bus] for load in feeder.loads]
        self.units = [element_of(unit, feeder, True) for unit in feeder.units]
        self.lines = [branch.name for branch in feeder.branches]

    def compile(self):
        """Compile the feeder and give it what holds for every plan."""
        feeder, operation = self.setting.feeder, self.setting.operation
        self.d.Text.Command(f'Redirect "{feeder.script}"')
        for line in preamble(feeder, operation, stand_ins=True):
            self.d.Text.Command(line)
        for line in [*day_settings(operation, feeder), "Set number=1"]:
            self.d.Text.Command(line)

    def run(self):
        """Work out the answer of every plan."""
        for i in range(self.count):
            self.solve(self.plans.row(i))

    def answers(self, count):
        """Return the answers of the first plans."""
        return [self.solve(self.plans.row(i)) for i in range(count)]

    def solve(self, plan):
        """Write a plan, go through its hours and add up."""
        self.write(plan)
        dt, d = self.setting.scenario.dt, self.d
        d.Text.Command("Set hour=0 sec=0")
        net, loss, volts = [], 0.0, []
        for _ in range(self.setting.scenario.steps):
            d.Solution.Solve()
            assert d.Solution.Converged()
            net.append(self.net_positions(plan))
            loss += d.Circuit.Losses()[0] / 1000.0 * dt
            volts.append(self.voltages())
            self.loadings()
        names = d.Circuit.AllNodeNames()
        return Answer(traded_kwh(net, dt), loss, by_name(names, volts))

    def power(self, element):
        """Return the kW into an element."""
        self.d.Circuit.SetActiveElement(element)
        return sum(self.d.CktElement.Powers()[::2])

    def net_positions(self, plan):
        """Return each bus's injection less its load, kW."""
        net = [0.0] * len(self.setting.feeder.buses)
        for element, bus in zip(self.loads, self.load_bus, strict=True):
            net[bus] -= self.power(element)
        for element, bus in zip(self.units, plan.bus, strict=True):
            net[bus] -= self.power(element)
        return net

    def loadings(self):
        """Return each line's largest current over its rating."""
        found = []
        for line in self.lines:
            self.d.Circuit.SetActiveElement(line)
            phases = self.d.CktElement.NumPhases()
            amps = max(self.d.CktElement.CurrentsMagAng()[0 : 2 * phases : 2])
            found.append(amps / self.d.CktElement.NormalAmps())
        return found


class Recompile(_Script):
    """Compiles the feeder afresh for each plan and reads voltages as one list."""

    name = "script, recompiles"

    def write(self, plan):
        """Compile, then one command for each unit and each shape."""
        feeder, operation = self.setting.feeder, self.setting.operation
        self.compile()
        for line in plan_commands(plan, operation, feeder, stand_ins=True):
            self.d.Text.Command(line)

    def voltages(self):
        """Return the voltage of every node, pu."""
        return self.d.Circuit.AllBusMagPu()


class TextEdits(_Script):
    """Compiles once, writes one property a command and reads bus by bus."""

    name = "script, text edits"

    def __init__(self, setting, x):
        super().__init__(setting, x)
        self.compile()

    def write(self, plan):
        """Write each property by a command of its own."""
        feeder, operation = self.setting.feeder, self.setting.operation
        for line in control_start(feeder):
            self.d.Text.Command(line)
        for line in plan_commands(plan, operation, feeder, stand_ins=True):
            _, element, rest = line.split(" ", 2)
            for name, value in re.findall(r"(\S+?)=(\[[^]]*\]|\S+)", rest):
                self.d.Text.Command(f"{element}.{name}={value}")

    def voltages(self):
        """Return the voltage of every node, pu."""
        found = []
        for bus in self.d.Circuit.AllBusNames():
            self.d.Circuit.SetActiveBus(bus)
            found += self.d.Bus.puVmagAngle()[::2]
        return found
