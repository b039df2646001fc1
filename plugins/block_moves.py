"""Moves on what a space's names tell: choices, single settings, and series of steps.

Each move takes a position x of shape (d,) in the unit cube and returns a new one; it knows the
variables' names and kinds (``Space.series``, ``Space.units``), never what they mean. A move that
finds nothing to change returns a position equal to x. Rows are the series of one length, columns
their common steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from toolkit.space import FloatArray, IndexArray, Space

Move = Callable[[FloatArray, np.random.Generator], FloatArray]


class Weighted(NamedTuple):
    """A move, and how often it is tried beside the others."""

    name: str
    weight: float
    move: Move


def _two(n: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return two different whole numbers below n >= 2."""
    a = int(rng.integers(n))
    b = int(rng.integers(n - 1))
    return a, b + (b >= a)


def _share(most: float, rng: np.random.Generator) -> float:
    """Return all of what can be shifted, or a random part of it."""
    return most if rng.random() < 0.5 else most * rng.random()


def single_moves(free: IndexArray) -> list[Weighted]:
    """Return moves on a few of the free variables, whatever they are."""

    def few(rng: np.random.Generator) -> IndexArray:
        count = min(len(free), 1 + int(rng.poisson(0.7)))
        return rng.choice(free, size=count, replace=False)

    def redraw(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, j = x.copy(), few(rng)
        z[j] = rng.random(len(j))
        return z

    def to_bound(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, j = x.copy(), few(rng)
        z[j] = rng.integers(0, 2, len(j))
        return z

    return [Weighted("redraw", 1, redraw), Weighted("to bound", 1, to_bound)]


def setting_moves(settings: IndexArray) -> list[Weighted]:
    """Return the move on one variable that is neither a choice nor part of a series."""

    def setting(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, j = x.copy(), settings[rng.integers(len(settings))]
        near = np.clip(z[j] + 0.1 * rng.standard_normal(), 0.0, 1.0)
        z[j] = near if rng.random() < 0.7 else rng.integers(0, 2)
        return z

    return [Weighted("setting", 2, setting)] if settings.size else []


def choice_moves(choices: IndexArray) -> list[Weighted]:
    """Return moves on the choices: another value, the value of another, or the two swapped."""

    def choose(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z = x.copy()
        z[choices[rng.integers(len(choices))]] = rng.random()
        return z

    def join(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z = x.copy()
        a, b = choices[list(_two(len(choices), rng))]
        z[a] = x[b]
        if rng.random() < 0.5:
            z[b] = x[a]
        return z

    moves = [Weighted("choose", 3, choose)] if choices.size else []
    return [*moves, Weighted("join", 1, join)] if choices.size > 1 else moves


def row_moves(rows: IndexArray) -> list[Weighted]:
    """Return moves within and between rows of shape (rows, T >= 2), one or several steps each."""
    return _within_rows(rows) + (_between_rows(rows) if len(rows) > 1 else [])


def _within_rows(rows: IndexArray) -> list[Weighted]:
    count, steps = rows.shape

    def shift(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Raise one step of a row by what another of its steps is lowered."""
        z, row = x.copy(), rows[rng.integers(count)]
        up, down = row[list(_two(steps, rng))]
        by = _share(min(1.0 - z[up], z[down]), rng)
        z[up], z[down] = z[up] + by, z[down] - by
        return z

    def level(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Set a window of one row to one value."""
        z, row = x.copy(), rows[rng.integers(count)]
        z[row[_window(steps, rng, 3.0)]] = (
            rng.random() if rng.random() < 0.5 else rng.integers(0, 2)
        )
        return z

    return [Weighted("shift", 1, shift), Weighted("level", 1, level)]


def _between_rows(rows: IndexArray) -> list[Weighted]:
    count, steps = rows.shape

    def exchange(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Raise one row at a step by what another is lowered there."""
        z, (a, b), t = x.copy(), _two(count, rng), rng.integers(steps)
        up, down = rows[a, t], rows[b, t]
        by = _share(min(1.0 - z[up], z[down]), rng)
        z[up], z[down] = z[up] + by, z[down] - by
        return z

    def double_exchange(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Exchange between two rows at one step and back at another: every sum stays."""
        z, (a, b), (t, s) = x.copy(), _two(count, rng), _two(steps, rng)
        ups, downs = rows[[a, b], [t, s]], rows[[b, a], [t, s]]
        by = _share(min(1.0 - z[ups].max(), z[downs].min()), rng)
        z[ups] += by
        z[downs] -= by
        return z

    def swap_rows(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, (a, b) = x.copy(), _two(count, rng)
        z[rows[a]], z[rows[b]] = x[rows[b]], x[rows[a]]
        return z

    def mirror(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Let a window of one row do the opposite of another row."""
        z, (a, b), steps_ = x.copy(), _two(count, rng), _window(steps, rng, 3.3)
        z[rows[a, steps_]] = 1.0 - x[rows[b, steps_]]
        return z

    return [
        Weighted("exchange", 1, exchange),
        Weighted("double exchange", 1, double_exchange),
        Weighted("swap rows", 1, swap_rows),
        Weighted("mirror", 1, mirror),
    ]


def _window(steps: int, rng: np.random.Generator, mean: float) -> slice:
    start = int(rng.integers(steps))
    return slice(start, start + 1 + int(rng.geometric(1.0 / mean)))


def column_moves(rows: IndexArray) -> list[Weighted]:
    """Return moves on whole columns: all rows of shape (rows, T >= 2) at a step together."""
    steps = rows.shape[1]

    def copy_columns(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Repeat what all rows do in one window of steps in another."""
        z = x.copy()
        length = 1 if rng.random() < 0.5 else min(1 + int(rng.geometric(0.5)), steps // 2)
        a, b = rng.integers(0, steps - length + 1, 2)
        z[rows[:, a : a + length]] = x[rows[:, b : b + length]]
        return z

    def swap_columns(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, (a, b) = x.copy(), _two(steps, rng)
        z[rows[:, a]], z[rows[:, b]] = x[rows[:, b]], x[rows[:, a]]
        return z

    def reverse_columns(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Let all rows do the opposite at two steps."""
        z, pair = x.copy(), list(_two(steps, rng))
        z[rows[:, pair]] = 1.0 - x[rows[:, pair]]
        return z

    return [
        Weighted("copy columns", 2, copy_columns),
        Weighted("swap columns", 1, swap_columns),
        Weighted("reverse columns", 1, reverse_columns),
    ]


def follow_moves(rows: IndexArray, choices: list[IndexArray]) -> list[Weighted]:
    """Return the move that gives one unit the row and the choices of another.

    choices: those of the unit that each row belongs to. Units with another number of choices, or
    none, are left alone.
    """
    count = len(rows)

    def follow(x: FloatArray, rng: np.random.Generator) -> FloatArray:
        z, (a, b) = x.copy(), _two(count, rng)
        if choices[a].size and choices[a].size == choices[b].size:
            z[rows[a]] = x[rows[b]]
            z[choices[a]] = x[choices[b]]
        return z

    return [Weighted("follow", 2, follow)] if count > 1 and any(map(np.size, choices)) else []


def fields(space: Space) -> list[tuple[IndexArray, list[IndexArray]]]:
    """Return the series of each length as (rows, T), with the choices of each row's unit."""
    by_length: dict[int, list[str]] = {}
    for name, at in space.series.items():
        by_length.setdefault(len(at), []).append(name)
    return [
        (np.array([space.series[n] for n in names]), [_choices_beside(space, n) for n in names])
        for names in by_length.values()
    ]


def _choices_beside(space: Space, series: str) -> IndexArray:
    at = space.units.get(series.partition(".")[0], np.array([], dtype=np.intp))
    return at[space.choice[at]]


def structured_moves(space: Space, *, rows: bool, choices: bool) -> list[Weighted]:
    """Return the moves a space's structure allows, by family."""
    free = space.free
    in_series = np.zeros(len(space), dtype=bool)
    for at in space.series.values():
        in_series[at] = True
    moves = single_moves(np.flatnonzero(free)) + setting_moves(
        np.flatnonzero(free & ~space.choice & ~in_series)
    )
    if choices:
        moves += choice_moves(np.flatnonzero(free & space.choice))
    for field, beside in fields(space):
        if rows:
            moves += row_moves(field) + column_moves(field)
        if rows and choices:
            moves += follow_moves(field, beside)
    return moves
