"""The row of summary.csv that a day solved again gives, and the words for what it breaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.commands.reproduce.case_check import Words
from toolkit.commands.reproduce.difference import RELATIVE, VOLTAGE
from toolkit.commands.reproduce.solution import Reading
from toolkit.common.types import FloatArray
from toolkit.grid.solution import Day
from toolkit.inputs.study import Study
from toolkit.model.connections import Connections
from toolkit.optimizer.scores import sanitised
from toolkit.problem.evaluation import Evaluation, evaluate
from toolkit.problem.goals import GOALS
from toolkit.problem.limit_violations import nearly_worst, violation
from toolkit.problem.limit_words import Kind
from toolkit.problem.problem import Problem
from toolkit.problem.setting import Setting
from toolkit.problem.study_connections import connections_of
from toolkit.problem.study_tariffs import day_steps
from toolkit.results.case import WORSE_IN_YEAR, WORSE_OFF
from toolkit.results.cost_tables import CostAccount, cost_account


def figures_and_words(
    reading: Reading, totals: dict[str, float], study: Study, setting: Setting | None
) -> tuple[dict[str, object], Words, CostAccount | None]:
    """Return figures of a day by their column of summary.csv, and what the case may say it breaks.

    Last is what it costs by the year. totals: those that follow from hourly.csv. Without the
    study's sources there is no cost, no self-sufficiency, and no score that stands on them; no
    violation where bills or limits of goals count in it.
    """
    if setting is None:
        return _from_day(reading, totals, study), _words_from_day(reading, study), None
    plan = replace(reading.plan, stored=_stored(reading, setting))
    evaluation = evaluate(reading.day, plan, Problem(setting).aim, reading.places)
    figures = {**evaluation.figures, **totals, **_violated(evaluation.figures["violation"])}
    return figures, _words(reading, study, evaluation), cost_account(evaluation.solved)


def _stored(reading: Reading, setting: Setting) -> FloatArray:
    """Return what stores hold, kWh, (U, T + 1): in the engine at the end of each step."""
    fleet = setting.fleet
    stored: FloatArray = np.zeros_like(reading.plan.stored)
    for u in fleet.storage_rows:
        stored[u, 0] = fleet.store_of(u).soc_start * reading.plan.kwh[u]
        stored[u, 1:] = reading.solution.stored_kwh[:, u]
    return stored


def _from_day(reading: Reading, totals: dict[str, float], study: Study) -> dict[str, object]:
    """Return the figures that need nothing but the day."""
    each = np.fmax.reduce(np.abs(reading.day.v_pu - 1.0), axis=1)
    off = float(np.average(each, weights=reading.solution.weights))
    figures = {**totals, "voltage_deviation_pu": off}
    score = _score(reading, figures, each, study)
    violated = {} if _beyond_day(study) else _violated(_of_network(reading, study))
    return {**figures, **score, **violated}


def _beyond_day(study: Study) -> bool:
    """Say whether more than the network of a day counts as violated."""
    return study.market.nobody_worse_off or bool(study.limits.of_goals)


def _violated(value: float) -> dict[str, object]:
    return {"violation": value, "feasible": value == 0.0}


def _score(
    reading: Reading, figures: dict[str, float], off: FloatArray, study: Study
) -> dict[str, float]:
    """Return the score where the day alone gives it; the cut-off of objectives.score included.

    off: the largest distance of a node from 1 pu, (T,).
    """
    sought = study.market.objective
    if not GOALS[sought].from_day:
        return {}
    value = GOALS[sought].sign * figures[GOALS[sought].column]
    if study.horizon.over_days.averse and reading.days is not None:
        value = _at_risk(reading, reading.days, off, study)
    if sought == "voltage_deviation":
        value = min(value, study.limits.largest_deviation)
    return {"score": -value}


def _at_risk(reading: Reading, weights: FloatArray, off: FloatArray, study: Study) -> float:
    """Return what is minimised where separate days count by how bad they are.

    weights: how many days each stands for, (D,).
    """
    solution, goal = reading.solution, GOALS[study.market.objective]
    known = {
        "traded": solution.trading.energy.traded,
        "traded_to_load": solution.trading.energy.traded_to_load,
        "losses": solution.loss_kw * solution.dt,
        "voltage_deviation": off,
    }
    steps = known[study.market.objective].reshape(len(weights), -1)
    averaged = study.market.objective == "voltage_deviation"
    days = steps.mean(axis=1) if averaged else steps.sum(axis=1) * weights.sum()
    return float(study.horizon.over_days.of(goal.sign * days, weights))


def _of_network(reading: Reading, study: Study) -> float:
    """Return the violation of the network's limits."""
    hours = reading.solution.dt * reading.solution.weights
    connections = _connections(reading, study)
    raw = violation(reading.day, reading.plan, study.limits, hours, connections)
    return float(sanitised(np.zeros(1), np.array([raw])).violation[0])


def _connections(reading: Reading, study: Study) -> Connections | None:
    """Return what may pass through connections in the steps of a day."""
    solution = reading.solution
    day = day_steps(solution.dt)
    return connections_of(study, solution.buses, len(solution.weights), day)


def _words_from_day(reading: Reading, study: Study) -> Words:
    if _beyond_day(study):
        return None
    return _kinds(reading, study) if _of_network(reading, study) > 0.0 else ()


def _words(reading: Reading, study: Study, evaluation: Evaluation) -> Words:
    kinds = _kinds(reading, study) if evaluation.limit_violations else ()
    kinds = (*kinds, *(one.may_read(RELATIVE) for one in evaluation.goals_broken))
    bills = [(WORSE_OFF,)] if evaluation.worse_off else []
    return (*kinds, *bills, *([(WORSE_IN_YEAR,)] if evaluation.worse_in_year else []))


def _kinds(reading: Reading, study: Study) -> tuple[tuple[str, ...], ...]:
    """Return every text that may stand for each kind of limit that is broken."""
    near = _near(reading.day)
    connections = _connections(reading, study)
    args = (reading.day, reading.plan, study.limits, reading.places, near, connections)
    kinds = nearly_worst(*args)
    return tuple(tuple(map(str, kind)) for kind in kinds)


def _near(day: Day) -> dict[Kind, float]:
    """Return how far two figures may be apart and still be the same, by kind of limit."""
    power = RELATIVE * max(float(np.abs(day.unit_kva.real).max(initial=0.0)), 1.0)
    loading = RELATIVE * max(float(np.nanmax(day.loading, initial=0.0)), 1.0)
    load = RELATIVE * max(float(np.abs(day.load_kva.real).sum(axis=1).max()), 1.0)
    return {
        "low voltage": VOLTAGE,
        "high voltage": VOLTAGE,
        "loading": loading,
        "delivery": power,
        "export": power + load,
        "import": power + load,
        "unbalance": 100.0 * VOLTAGE,
    }


def may_say(text: str, allowed: tuple[tuple[str, ...], ...]) -> bool:
    """Say whether a text is one of each kind's, in their order, "; " between them."""
    left = text
    for i, kind in enumerate(allowed):
        start = next((t for t in kind if left.startswith(t)), None)
        if start is None:
            return False
        left = left[len(start) :]
        if i < len(allowed) - 1:
            if not left.startswith("; "):
                return False
            left = left[2:]
    return not left
