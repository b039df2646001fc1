"""Keys of switches: every vector leaves a network radial and connected."""

import itertools

import numpy as np
import pytest
from helpers.switched import full_load_33

from toolkit.model.forest import Forest, way
from toolkit.model.switching import Switches
from toolkit.problem.setting import prepare

#: A ring of four sections, 0 to 3, and a tie between 1 and 3.
RING = Switches(
    names=("line.a", "line.b", "line.c", "line.d", "line.tie"),
    ends=((0, 1), (1, 2), (2, 3), (3, 0), (1, 3)),
    base_open=(False, False, False, True, True),
    searched=True,
)


def buses_reached(closed: list[tuple[str, str]], start: str) -> set[str]:
    """Return the buses on closed lines from a start, by looking at all of them again and again."""
    reached = {start}
    while True:
        more = {end for pair in closed if reached & {*pair} for end in pair} - reached
        if not more:
            return reached
        reached |= more


@pytest.mark.parametrize("candidates", [["*"], ["tie*", "l[2-9]_*", "l1[0-9]_*", "l2*", "l3*"]])
def test_ten_thousand_random_vectors_are_radial_and_connected(tmp_path, candidates) -> None:
    setting = prepare(full_load_33(tmp_path, candidates=candidates))
    switches = setting.fleet.switches
    assert switches is not None
    branches = {branch.name: (branch.bus1, branch.bus2) for branch in setting.feeder.branches}
    assert len(branches) == 37
    x = np.random.default_rng(1).random((10_000, len(setting.space)))
    opened = setting.decode(x).further.open
    assert opened is not None
    assert (opened.sum(axis=1) == 5).all()  # of 37 lines between 33 buses 32 are closed
    different = np.unique(opened, axis=0)
    assert len(different) > 5_000
    for row in different:
        off = {name for name, is_open in zip(switches.names, row, strict=True) if is_open}
        closed = [ends for name, ends in branches.items() if name not in off]
        assert len(closed) == 32
        assert len(buses_reached(closed, "1")) == 33


def test_a_ring_by_hand() -> None:
    # In the order a, c, tie, b, d: a joins 0 and 1, c 2 and 3, the tie both; b and d close loops.
    keys = np.array([[0.9, 0.3, 0.8, 0.2, 0.5]])
    assert RING.opened(keys).tolist() == [[False, True, False, True, False]]
    # Of equal keys the first named counts first: a, b, c.
    assert RING.opened(np.full((1, 5), 0.5)).tolist() == [[False, False, False, True, True]]


def test_every_spanning_tree_has_keys_and_nothing_else_has() -> None:
    trees = 0
    for off in itertools.combinations(range(5), 2):
        is_open = np.isin(np.arange(5), off)
        closed = [RING.ends[k] for k in np.flatnonzero(~is_open)]
        joined = Forest((str(one), str(other)) for one, other in closed)
        assert RING.radial(is_open) == (joined.joins == 3)
        trees += joined.joins == 3
        if joined.joins == 3:
            assert (RING.opened(RING.keys(is_open)[None])[0] == is_open).all()
    assert trees == 8  # of the ring of four with a chord, by Kirchhoff's theorem
    assert not RING.radial(np.zeros(5, dtype=bool))  # a mesh
    assert not RING.radial(np.array([True, True, True, False, False]))  # 2 is cut off


def test_rows_do_not_depend_on_those_beside_them() -> None:
    keys = np.random.default_rng(2).random((50, 5))
    alone = [RING.opened(row[None])[0] for row in keys]
    assert (RING.opened(keys) == np.array(alone)).all()


def test_what_is_open_is_named_without_its_class() -> None:
    assert RING.said(RING.base) == ("d", "tie")


def test_a_way_and_a_forest() -> None:
    pairs = {"a": ("0", "1"), "b": ("1", "2"), "c": ("2", "0"), "d": ("4", "5")}
    assert way(pairs, "0", "1") == ("a",)
    assert way(pairs, "0", "5") == ()
    joined = Forest(pairs.values())
    assert joined.joins == 3
    assert joined.root("0") == joined.root("2") != joined.root("4")
