"""The fitness itself, and the engine alone on the same edits and the same days.

What counts as engine: the text or the calls that write a plan, prepared beforehand, the rebuild of
the admittance matrix that they cause, and the power flow of every step. What does not: decoding,
turning a plan into those calls, reading the solution, clearing the market and scoring.
"""

import numpy as np
from answers import Answer, by_name, traded_kwh

from toolkit.grid.opendss.engine import handle_of
from toolkit.grid.opendss.script import control_start, plan_commands
from toolkit.grid.opendss.units import shape_element
from toolkit.problem.encoding import decode
from toolkit.problem.problem import Problem


def answer_of(problem, grid, day, plan):
    """Return the answer in a solved day."""
    dt = problem.setting.scenario.dt
    net = -day.load_kva.real
    for u, bus in enumerate(plan.bus):
        net[:, bus] += day.unit_kva.real[:, u]
    names = [str(name) for name in grid._d.Circuit.YNodeOrder()]
    loss = float(day.loss_kw.sum()) * dt
    return Answer(traded_kwh(net, dt), loss, by_name(names, day.v_pu))


class Fitness:
    """The whole fitness: decode, solve all days, clear, score; nothing is skipped.

    All plans at once, by whatever solver the study's search uses.
    """

    name = "fitness, a population"
    tolerance = 1e-6

    def __init__(self, setting, x):
        self.problem, self.x = Problem(setting), x
        self.plans = decode(x, setting.operation, setting.space)
        self.count = len(x)

    def run(self):
        """Score every plan."""
        self.problem.evaluate(self.x)

    def scores(self, count):
        """Return the scores of the first plans, as this arm makes them."""
        return self.problem.evaluate(self.x[:count])

    def days(self, plans):
        """Return the days behind them."""
        return self.problem.search.flow.days(plans)

    def answers(self, count):
        """Return the answers of the first plans, and hold the scores against them."""
        grid, plans = self.problem.search_grid, self.plans.row(slice(0, count))
        days = self.days(plans)
        found = [answer_of(self.problem, grid, days.day(i), plans.row(i)) for i in range(count)]
        traded = np.array([answer.traded_kwh for answer in found])
        assert np.allclose(-self.scores(count).objective, traded, rtol=1e-9, atol=0.0)
        return found


class OneByOne(Fitness):
    """The same for an optimizer that asks for one plan at a time."""

    name = "fitness, one at a time"

    def run(self):
        """Score every plan."""
        for row in self.x:
            self.problem.evaluate(row[None])


class ByEngine(Fitness):
    """The same by OpenDSS alone, which solves one plan after the other."""

    name = "fitness, by OpenDSS"

    def run(self):
        """Score every plan."""
        self.problem.evaluate_by_engine(self.x)

    def scores(self, count):
        """Return the scores of the first plans, as this arm makes them."""
        return self.problem.evaluate_by_engine(self.x[:count])

    def days(self, plans):
        """Return the days behind them."""
        return self.problem.search_grid.days(plans)


class _Recorder:
    """Stands for the engine's library and notes every call instead of making it."""

    def __init__(self, library):
        self.library, self.calls = library, []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((getattr(self.library, name), arguments))


class SameCalls:
    """The engine alone: the very calls that the fitness makes, one after the other.

    They are recorded from the fitness's own writer, and played back with their arguments ready.
    """

    name = "engine, same calls"
    tolerance = 1e-6

    def __init__(self, setting, x):
        self.problem = Problem(setting)
        self.grid = self.problem.search_grid
        plans = decode(x, setting.operation, setting.space)
        self.rows = [plans.row(i) for i in range(len(x))]
        self.count = len(x)
        self.recorded = [self._record(row) for row in self.rows]

    def _record(self, plan):
        writer = self.grid._writer
        library = writer._util.lib
        recorder = _Recorder(library)
        for element in writer._elements:
            element._lib = recorder
        writer.write(plan)
        for element in writer._elements:
            element._lib = library
        return writer._shapes.copy(), recorder.calls

    def _write(self, recorded):
        shapes, calls = recorded
        grid = self.grid
        if grid._control_start:
            grid._d.Text.Commands(grid._control_start)
        grid._writer._shapes[:] = shapes
        for call, arguments in calls:
            call(*arguments)
        grid._reader.start_day()

    def run(self):
        """Write every plan and solve its day."""
        library, hours = self.grid._reader._lib, self.grid._hours[1:]
        whole, at, snap = (
            library.Solution_Solve,
            library.Solution_Set_dblHour,
            library.Solution_SolveSnap,
        )
        for recorded in self.recorded:
            self._write(recorded)
            whole()
            for hour in hours:
                at(hour)
                snap()

    def answers(self, count):
        """Return the answers of the first plans, reading what :meth:`run` does not."""
        found = []
        grid, steps = self.grid, range(self.problem.setting.scenario.steps)
        for recorded, plan in zip(self.recorded[:count], self.rows, strict=False):
            self._write(recorded)
            for t in steps:
                assert not grid._step(t)
                grid._reader.read(t)
            found.append(answer_of(self.problem, grid, grid._as_day(len(steps), "", plan), plan))
        return found


class OneText:
    """The engine alone as its manual has it: one text for a plan, one Solve for the whole day."""

    name = "engine, text, one Solve"
    tolerance = 1e-6

    def __init__(self, setting, x):
        self.problem = Problem(setting)
        self.grid = self.problem.search_grid
        plans = decode(x, setting.operation, setting.space)
        self.rows = [plans.row(i) for i in range(len(x))]
        self.count = len(x)
        start = control_start(setting.feeder)
        self.texts = [
            "\n".join(
                [*start, *plan_commands(row, setting.operation, setting.feeder, stand_ins=True)]
            )
            for row in self.rows
        ]
        self._take_back(setting)

    def _take_back(self, setting):
        """Give the schedules back to the engine: text cannot write into the writer's array."""
        util = self.grid._writer._util
        null, zeros = util.ffi.NULL, util.ffi.new("double[]", setting.scenario.steps)
        for u in setting.fleet.storage_rows:
            shape = handle_of(self.grid._d, shape_element(setting.feeder.units[u]))
            util.lib.Alt_LoadShape_Set_Points(shape, len(zeros), null, zeros, null, False, False, 1)
            util._check_for_error()

    def _write(self, text):
        self.grid._d.Text.Commands(text)
        self.grid._reader.start_day()

    def run(self):
        """Write every plan and solve its day."""
        d, steps = self.grid._d, self.problem.setting.scenario.steps
        solve = self.grid._reader._lib.Solution_Solve
        d.Text.Command(f"Set number={steps}")
        for text in self.texts:
            self._write(text)
            solve()
        d.Text.Command("Set number=1")

    def answers(self, count):
        """Return the answers of the first plans, solved step by step to be read."""
        found = []
        grid, steps = self.grid, self.problem.setting.scenario.steps
        for text, plan in zip(self.texts[:count], self.rows, strict=False):
            self._write(text)
            for t in range(steps):
                assert grid._reader.solve()
                grid._reader.read(t)
            last = grid._reader.volts[-1].copy()
            found.append(answer_of(self.problem, grid, grid._as_day(steps, "", plan), plan))
            self._whole_day(text)
            grid._reader.read(0)
            assert np.array_equal(grid._reader.volts[0], last)
        return found

    def _whole_day(self, text):
        d, steps = self.grid._d, self.problem.setting.scenario.steps
        d.Text.Command(f"Set number={steps}")
        self._write(text)
        assert self.grid._reader.solve()
        d.Text.Command("Set number=1")
