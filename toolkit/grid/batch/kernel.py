"""Days of plans, one after the other and each in the cache, compiled by numba.

What ``FixedPoint`` does for loads of constant power, and what ``Voltages`` and ``Conductors`` read.
Some steps are solved at a time, C of them: a value has their real parts and then their imaginary
ones, (X, 2 C). No sum is reordered: a plan has the same bits whatever stands beside it. Nodes are
in the order of the factors.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from math import sqrt

from numba import njit

from toolkit.common.types import BoolArray, ComplexArray, FloatArray, IndexArray
from toolkit.grid.batch.factors import Sparse

#: Steps that are solved together, each such part by its own convergence.
TOGETHER = 24
#: Iterations after which a part counts as not converged.
MOST = 100
#: Largest move, pu, and what is left to move, at which voltages have converged: a tenth of what
#: ``convergence`` asks for, since an iteration stands alone here and is the last one.
SMALL, LEFT = 1e-9, 1e-10


@njit(cache=True)
def days(
    plans: tuple[ComplexArray, IndexArray],
    units: tuple[IndexArray, FloatArray],
    loads: tuple[FloatArray, FloatArray, int, float, float],
    network: tuple[ComplexArray, Sparse, Sparse, Sparse, Sparse, ComplexArray],
    voltages: tuple[IndexArray, FloatArray],
    branches: tuple[IndexArray, Sparse],
    found: tuple[FloatArray, FloatArray, ComplexArray, BoolArray],
    scratch: tuple[FloatArray, FloatArray, FloatArray, FloatArray],
) -> None:
    """Solve n plans over T steps; write voltages, loading, node voltages and which were solved.

    plans: what units inject, kVA, (n, U, T), and their buses, (n, U); units: the port of each leg
    of a unit at a bus, (G, U, B), P for none, and VA in it per kVA, (U, B); loads: VA drawn and pu
    to begin with, (K, P, 2 C), filled up with the last step, at how many ports, and squares of the
    voltages between which they hold; network: V of nodes without loads, (N,), nodes in columns of
    ports and in rows of ports, L and U in columns, and 1 / the diagonal of U; voltages: the node of
    each that is held, and pu per volt, (V,); branches: the first conductor of each and an end,
    (L + 1,), and % per volt in rows of conductors; found: pu, (n, T, V), %, (n, T, L), V,
    (n, N, T), with an empty first axis if nobody asks, and (n,);
    scratch: what is written on the way, (P, 2 C), (P, 2 C), (N, 2 C) and (2, 2 C).
    """
    kva, bus = plans
    drawn, begin, count, least, most = loads
    v_pu, loading, node_volts, solved = found
    steps = kva.shape[2]
    power, volts, nodes, row = scratch
    for i in range(len(kva)):
        solved[i] = True
        for first in range(0, steps, TOGETHER):
            _copy(drawn[first // TOGETHER], power)
            _copy(begin[first // TOGETHER], volts)
            _inject(kva[i], bus[i], units, power, first)
            ends = _converge(power, network, volts, nodes, row)
            solved[i] &= ends and _hold(volts, count, least, most)
            width = min(TOGETHER, steps - first)
            _read_voltages(nodes, voltages, v_pu[i, first : first + width])
            _read_loading(nodes, branches, loading[i, first : first + width], row)
            if len(node_volts):
                _keep(nodes, node_volts[i, :, first : first + width])


@njit(cache=True)
def _copy(values: FloatArray, out: FloatArray) -> None:
    """Copy values, (X, 2 C)."""
    for i in range(len(values)):
        for c in range(2 * TOGETHER):
            out[i, c] = values[i, c]


@njit(cache=True)
def _inject(
    kva: ComplexArray,
    bus: IndexArray,
    units: tuple[IndexArray, FloatArray],
    power: FloatArray,
    first: int,
) -> None:
    """Take what units inject off what is drawn at their ports."""
    ports, per_leg = units
    last = kva.shape[1] - 1
    for leg in range(len(ports)):
        for u in range(len(kva)):
            port, each = ports[leg, u, bus[u]], per_leg[u, bus[u]]
            if port < len(power):
                for c in range(TOGETHER):
                    own = kva[u, min(first + c, last)]
                    power[port, c] -= own.real * each
                    power[port, TOGETHER + c] -= own.imag * each


@njit(cache=True)
def _converge(
    power: FloatArray,
    network: tuple[ComplexArray, Sparse, Sparse, Sparse, Sparse, ComplexArray],
    volts: FloatArray,
    nodes: FloatArray,
    row: FloatArray,
) -> bool:
    """Bring voltages across ports, pu, to V = V0 - Z conj(S / V), and those of nodes, V."""
    no_load, at, across, lower, upper, per_pivot = network
    before = 0.0
    for k in range(MOST):
        for node in range(len(nodes)):
            for c in range(2 * TOGETHER):
                nodes[node, c] = 0.0
        _draw(power, volts, at, nodes, row)
        _solve(lower, upper, per_pivot, nodes, row)
        for node in range(len(nodes)):
            v = no_load[node]
            for c in range(TOGETHER):
                nodes[node, c] = v.real - nodes[node, c]
                nodes[node, TOGETHER + c] = v.imag - nodes[node, TOGETHER + c]
        largest = _move(nodes, across, volts, row)
        if k and (largest <= SMALL or largest * largest <= LEFT * (before - largest)):
            return True
        before = largest
    return False


@njit(cache=True)
def _draw(
    power: FloatArray, volts: FloatArray, at: Sparse, nodes: FloatArray, row: FloatArray
) -> None:
    """Add the currents at nodes that take a power, VA, at voltages across ports, pu."""
    begins, entries, values = at
    own, turned = row[0], row[1]
    for port in range(len(volts)):
        for c in range(TOGETHER):
            a, b = volts[port, c], volts[port, TOGETHER + c]
            p, q = power[port, c], power[port, TOGETHER + c]
            per_square = 1.0 / (a * a + b * b)
            real, imag = (p * a + q * b) * per_square, (p * b - q * a) * per_square
            own[c], own[TOGETHER + c] = real, imag
            turned[c], turned[TOGETHER + c] = -imag, real
        for e in range(begins[port], begins[port + 1]):
            _add(nodes[entries[e]], values[e], own, turned)


@njit(cache=True)
def _add(out: FloatArray, value: complex, own: FloatArray, turned: FloatArray) -> None:
    """Add a number times values, given as they are and times j."""
    a, b = value.real, value.imag
    for c in range(2 * TOGETHER):
        out[c] += a * own[c] + b * turned[c]


@njit(cache=True)
def _solve(
    lower: Sparse, upper: Sparse, per_pivot: ComplexArray, nodes: FloatArray, row: FloatArray
) -> None:
    """Turn currents at nodes, in the order of the factors, into the voltages that they cause."""
    own, turned = row[0], row[1]
    begins, entries, values = lower
    for node in range(len(nodes)):
        if begins[node] < begins[node + 1]:
            _times(nodes[node], 1.0, 0.0, own, turned)
            for e in range(begins[node], begins[node + 1]):
                _add(nodes[entries[e]], -values[e], own, turned)
    begins, entries, values = upper
    for node in range(len(nodes) - 1, -1, -1):
        _times(nodes[node], per_pivot[node].real, per_pivot[node].imag, own, turned)
        for c in range(2 * TOGETHER):
            nodes[node, c] = own[c]
        for e in range(begins[node], begins[node + 1]):
            _add(nodes[entries[e]], -values[e], own, turned)


@njit(cache=True)
def _times(values: FloatArray, a: float, b: float, own: FloatArray, turned: FloatArray) -> None:
    """Write a + jb times values, as it is and times j."""
    for c in range(TOGETHER):
        p, q = values[c], values[TOGETHER + c]
        real, imag = a * p - b * q, a * q + b * p
        own[c], own[TOGETHER + c] = real, imag
        turned[c], turned[TOGETHER + c] = -imag, real


@njit(cache=True)
def _row(nodes: FloatArray, of: Sparse, k: int, out: FloatArray) -> None:
    """Write a row of a sparse matrix times values of nodes."""
    begins, entries, values = of
    for c in range(2 * TOGETHER):
        out[c] = 0.0
    for e in range(begins[k], begins[k + 1]):
        own, a, b = nodes[entries[e]], values[e].real, values[e].imag
        for c in range(TOGETHER):
            out[c] += a * own[c] - b * own[TOGETHER + c]
            out[TOGETHER + c] += a * own[TOGETHER + c] + b * own[c]


@njit(cache=True)
def _move(nodes: FloatArray, across: Sparse, volts: FloatArray, row: FloatArray) -> float:
    """Write voltages across ports, pu, of those of nodes, V; return the largest move."""
    own, most = row[0], row[1]
    for c in range(2 * TOGETHER):
        most[c] = 0.0
    for port in range(len(volts)):
        _row(nodes, across, port, own)
        for c in range(2 * TOGETHER):
            off = abs(own[c] - volts[port, c])
            # Not a number is never small.
            most[c] = most[c] if off <= most[c] else off
            volts[port, c] = own[c]
    largest = 0.0
    for c in range(2 * TOGETHER):
        largest = largest if most[c] <= largest else most[c]
    return largest


@njit(cache=True)
def _hold(volts: FloatArray, ports: int, least: float, most: float) -> bool:
    """Say whether all loads draw their power at voltages, pu, whose squares keep within a band."""
    for port in range(ports):
        for c in range(TOGETHER):
            squared = volts[port, c] ** 2 + volts[port, TOGETHER + c] ** 2
            if not least < squared < most:
                return False
    return True


@njit(cache=True)
def _keep(nodes: FloatArray, out: ComplexArray) -> None:
    """Write voltages of nodes, V, into (N, C)."""
    for node in range(len(out)):
        for c in range(out.shape[1]):
            out[node, c] = complex(nodes[node, c], nodes[node, TOGETHER + c])


@njit(cache=True)
def _read_voltages(
    nodes: FloatArray, voltages: tuple[IndexArray, FloatArray], v_pu: FloatArray
) -> None:
    """Write voltages held to limits, pu, of those of nodes, V, into (C, V)."""
    node, per_volt = voltages
    for c in range(len(v_pu)):
        for k in range(len(node)):
            a, b = nodes[node[k], c], nodes[node[k], TOGETHER + c]
            v_pu[c, k] = sqrt(a * a + b * b) * per_volt[k]


@njit(cache=True)
def _read_loading(
    nodes: FloatArray, branches: tuple[IndexArray, Sparse], loading: FloatArray, row: FloatArray
) -> None:
    """Write the loading of branches, %, that of their conductor that carries most, into (C, L)."""
    begins, rated = branches
    own = row[0]
    for branch in range(len(begins) - 1):
        for conductor in range(begins[branch], begins[branch + 1]):
            _row(nodes, rated, conductor, own)
            for c in range(len(loading)):
                pct = sqrt(own[c] * own[c] + own[TOGETHER + c] * own[TOGETHER + c])
                if conductor == begins[branch] or pct > loading[c, branch]:
                    loading[c, branch] = pct
