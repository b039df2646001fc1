"""What the solver makes of a network: a phase for all, nodes left out, rows as blocks."""

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csc_matrix, csr_matrix, random_array
from scipy.sparse.linalg import spsolve

from toolkit.grid.backend import backend
from toolkit.grid.batch.blocks import Blocks
from toolkit.grid.batch.convergence import has_converged
from toolkit.grid.batch.kept_nodes import KeptNodes
from toolkit.grid.batch.one_thread import one_thread
from toolkit.grid.batch.rotation import no_rotation, rotation_of
from toolkit.grid.batch.secant import Secant
from toolkit.inputs.study import Study
from toolkit.problem.setting import prepare


@pytest.fixture(scope="module")
def network(ieee12):
    return backend().network_of(ieee12.feeder, ieee12.operation)


def test_one_phase_stands_for_three_where_all_are_alike(network):
    rotation = rotation_of(network)
    assert len(rotation.nodes) == len(network.nodes) / 3
    assert len(rotation.ports) == len(network.ports) / 3
    whole = rotation.expansion @ network.no_load[rotation.nodes]
    assert np.abs(whole - network.no_load).max() < 1e-8 * np.abs(network.no_load).max()


@pytest.mark.parametrize("what", ["load", "line", "voltage", "unit"])
def test_a_phase_that_differs_stands_for_itself(what, network):
    legs = network.loads
    if what == "load":
        power = legs.power.copy()
        power[0] *= 1.001
        other = dataclasses.replace(network, loads=dataclasses.replace(legs, power=power))
    elif what == "line":
        changed = network.admittance.tolil()
        changed[4, 4] *= 1.001
        other = dataclasses.replace(network, admittance=csc_matrix(changed))
    elif what == "voltage":
        volts = network.no_load.copy()
        volts[4] *= 1.001
        other = dataclasses.replace(network, no_load=volts)
    else:
        ports = {**network.unit_ports}
        at = next(iter(ports))
        ports[at] = ports[at][:1]
        other = dataclasses.replace(network, unit_ports=ports)
    assert len(rotation_of(other).ports) == len(network.ports)
    assert np.array_equal(rotation_of(other).ports, no_rotation(network).ports)


def test_nodes_that_pass_on_follow_from_those_kept(tmp_path):
    lines = "\n".join(
        f"New Line.l{i} bus1=n{i} bus2=n{i + 1} r1=0.1 x1=0.1 r0=0.3 x0=0.3 c1=9 c0=4 length=0.2 "
        "units=km"
        for i in range(12)
    )
    script = tmp_path / "long.dss"
    script.write_text(
        f"Clear\nNew Circuit.x basekv=0.4 bus1=n0\n{lines}\n"
        "New Load.one bus1=n6.1 phases=1 kv=0.23 kw=2\nNew Load.two bus1=n12 kv=0.4 kw=6\n"
        "Set voltagebases=[0.4]\nCalcvoltagebases\n",
        encoding="utf-8",
    )
    setting = prepare(Study.model_validate({"name": "x", "feeder": str(script)}))
    network = backend().network_of(setting.feeder, setting.operation)
    kept = KeptNodes(network)
    names = {network.nodes[i].split(".")[0] for i in kept.nodes}
    assert names == {"n0", "n6", "n12"}
    current = np.zeros((len(network.nodes), 2), dtype=complex)
    current[kept.nodes] = np.random.default_rng(0).random((len(kept.nodes), 2))
    volts = kept.all(kept.factors.solve(current[kept.nodes]))
    expected = spsolve(network.admittance, current)
    assert np.abs(volts - expected).max() < 1e-9 * np.abs(expected).max()
    assert np.allclose(kept.expansion @ volts[kept.nodes], volts, rtol=1e-13, atol=0.0)


def test_rows_as_blocks_are_the_matrix():
    rng = np.random.default_rng(1)
    matrix = csr_matrix(random_array((40, 30), density=0.1, rng=rng)).astype(complex)
    begins = np.array([0, 3, 6, 7, 20, 38])
    values = rng.random((30, 8)) + 1j * rng.random((30, 8))
    blocks = Blocks(matrix, begins)
    assert sorted(blocks.rows) == list(range(40))
    expected = (matrix @ values)[blocks.rows]
    assert np.allclose(blocks.product(values), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("moves", "ends"),
    [
        ([1e-4, 1e-6], False),  # a hundredth each time: about 1e-8 is left
        ([1e-4, 3e-7], True),  # 9e-10 is left
        ([1e-8, 1e-8], True),  # as near as rounding leaves it
        ([1e-6, 2e-6], False),
        ([2e-7, 1.9e-7], False),
        ([np.nan, np.nan], False),
    ],
)
def test_voltages_have_converged_by_what_is_left(moves, ends):
    before, most = moves
    assert has_converged(most, before) == ends
    assert has_converged(np.array([most]), np.array([before])).tolist() == [ends]


def test_the_secant_finds_where_a_line_stays():
    # x/2 + 1 becomes 1 of 0, 1.5 of 1, and 2 of 2; -x + 4 becomes 4 of 0 and 0 of 4, around 2.
    secant = Secant(np.zeros((1, 2), dtype=complex))
    assert secant.moves(np.array([[1.0, 4.0 + 0j]])).tolist() == [1.0, 4.0]
    secant.go_on()
    assert secant.volts.tolist() == [[1.0, 4.0]]
    assert secant.moves(np.array([[1.5, 0j]])).tolist() == [0.5, 4.0]
    secant.go_on()
    assert secant.volts.tolist() == [[2.0, 2.0]]


def test_the_secant_goes_on_by_a_move_at_most():
    # What moved by 1 and then by 0.9 would go on for nine times as long.
    secant = Secant(np.zeros((1, 1), dtype=complex))
    for moved, volts in ((1.0, 1.0), (1.9, 2.8)):
        secant.moves(np.array([[moved + 0j]]))
        secant.go_on()
        assert secant.volts[0, 0] == pytest.approx(volts)


def test_products_are_made_by_one_thread_and_then_by_as_many_as_before():
    from threadpoolctl import ThreadpoolController

    blas = ThreadpoolController().select(user_api="blas")
    with blas.limit(limits=2):
        before = [library.num_threads for library in blas.lib_controllers]
        with one_thread():
            assert [library.num_threads for library in blas.lib_controllers] == [1] * len(before)
        assert [library.num_threads for library in blas.lib_controllers] == before
