"""What a leg draws by its model and voltage, worked out by hand."""

import dataclasses

import numpy as np
import pytest

from toolkit.grid.batch.currents import MIX, MODELS, leg_currents
from toolkit.grid.batch.in_band import MODELS as QUICK
from toolkit.grid.batch.in_band import InBand
from toolkit.grid.network import LoadLegs

#: 6 kW and 2.4 kvar at 240 V.
S = 6000.0 + 2400.0j
ONE = LoadLegs(
    port=np.array([0]),
    bus=np.array([0]),
    power=np.array([[S]]),
    base_v=np.array([240.0]),
    low=np.array([0.5]),
    least=np.array([0.95]),
    most=np.array([1.05]),
    model=np.array([1]),
    by_voltage=np.array([[0.8, 3.0]]),
    mix=np.array([[0.2, 0.3, 0.5, 0.1, 0.4, 0.5, 0.0]]),
)


def drawn(model, volts):
    legs = dataclasses.replace(ONE, model=np.array([model]))
    at = np.array([[volts]], dtype=complex)
    return complex((at * np.conj(leg_currents(legs, np.array([0]), legs.power, at)))[0, 0])


@pytest.mark.parametrize("model", sorted(MODELS))
def test_at_its_base_voltage_each_draws_its_power(model):
    assert drawn(model, 240.0) == pytest.approx(S)
    assert drawn(model, 240.0j) == pytest.approx(S)


def test_inside_the_band_each_does_what_its_model_says():
    v = 1.02
    assert drawn(1, 240.0 * v) == pytest.approx(S)
    assert drawn(2, 240.0 * v) == pytest.approx(S * v**2)
    assert drawn(3, 240.0 * v) == pytest.approx(6000.0 + 2400.0j * v**2)
    assert drawn(4, 240.0 * v) == pytest.approx(6000.0 * v**0.8 + 2400.0j * v**3)
    assert drawn(5, 240.0 * v) == pytest.approx(S * v)
    real = 6000.0 * (0.2 * v**2 + 0.3 * v + 0.5)
    imag = 2400.0 * (0.1 * v**2 + 0.4 * v + 0.5)
    assert drawn(MIX, 240.0 * v) == pytest.approx(real + 1j * imag)


def test_above_the_band_constant_power_is_the_impedance_that_draws_it_at_the_bands_end():
    assert drawn(1, 240.0 * 1.1) == pytest.approx(S * (1.1 / 1.05) ** 2)


def test_below_the_band_its_current_falls_on_a_straight_line_to_that_of_an_impedance():
    at_least, at_low = 1.0 / 0.95, 0.5
    for v in (0.7, 0.9, 0.95):
        current = at_low + (at_least - at_low) * (v - 0.5) / (0.95 - 0.5)
        assert drawn(1, 240.0 * v) == pytest.approx(S * current * v)
    assert drawn(1, 240.0 * 0.4) == pytest.approx(S * 0.4**2)


def test_a_leg_without_voltage_draws_nothing():
    for model in MODELS:
        assert drawn(model, 0.0) == 0.0


@pytest.mark.parametrize("model", QUICK)
@pytest.mark.parametrize("volts", [0.3, 0.8, 0.97, 1.0, 1.04j, 1.3])
def test_many_legs_together_draw_what_each_does(model, volts):
    # Two legs at one port, whose 1 pu is not their base voltage.
    legs = dataclasses.replace(
        ONE,
        **{name: np.repeat(getattr(ONE, name), 2, axis=0) for name in ("power", "base_v", "mix")},
        **{name: np.repeat(getattr(ONE, name), 2) for name in ("low", "least", "most")},
        **{"port": np.array([0, 0]), "bus": np.array([0, 0]), "model": np.array([model] * 2)},
        by_voltage=np.array([[0.8, 3.0], [2.0, 1.3]]),
    )
    band, step = InBand(legs, np.array([230.0]), 1), np.zeros(3, dtype=np.intp)
    at = np.full((2, 3), volts * 240.0 / 230.0, dtype=complex)
    found = band.currents(at, band.at_steps(step))
    each = leg_currents(legs, np.arange(2), legs.power, np.full((2, 1), 240.0 * volts + 0j))
    assert np.allclose(found, each * 230.0, rtol=1e-13, atol=0.0)
    assert band.at_ports is not None
    assert np.allclose(band.at_ports @ found, each.sum() * 230.0, rtol=1e-13, atol=0.0)
