"""Notes on plans that break limits name who breaks them: the loads, or units that must be there."""

import pytest

from toolkit.commands import simulate_and_store
from toolkit.inputs import study_files

SCRIPT = """Clear
New Circuit.lane bus1=a basekV=0.4 MVAsc3=100 MVAsc1=100
New Line.ab bus1=a bus2=b r1=0.05 x1=0.03 r0=0.05 x0=0.03 c1=0 c0=0 length=1 units=none normamps=300
New Line.bc bus1=b bus2=c r1=0.05 x1=0.03 r0=0.05 x0=0.03 c1=0 c0=0 length=1 units=none normamps=300
New Load.b bus1=b kV=0.4 kW={load} pf=1 vminpu=0.5
New Load.c bus1=c kV=0.4 kW=2 pf=1 vminpu=0.5
New PVSystem.big bus1=c kV=0.4 Pmpp={big} kVA={big}
New PVSystem.small bus1=b kV=0.4 Pmpp=1 kVA=1
Set voltagebases=[0.4]
Calcvoltagebases
"""


@pytest.fixture
def notes(tmp_path):
    def simulated(load=5, big=1, fixed=("big",), **limits):
        (tmp_path / "lane.dss").write_text(SCRIPT.format(load=load, big=big))
        units = "".join(
            f"[fleet.units.{name}]\nsize = [{size}, {size}]\n"
            for name, size in {"big": big, "small": 1}.items()
            if name in fixed
        )
        text = 'name = "lane"\nfeeder = "lane.dss"\n[loads]\nshapes = "study"\n'
        (tmp_path / "lane.toml").write_text(text + units)
        study = study_files.load(str(tmp_path / "lane.toml"))
        outcome = simulate_and_store(study, None, tmp_path / "out", "test", force=True)
        return outcome.notes

    return simulated


def test_a_fixed_unit_is_named_not_the_loads(notes):
    base, cause = notes(big=130)
    assert base.startswith("base breaks limits: voltage 1.")
    assert cause.startswith("Without units these limits hold; unit big, at the smallest size")
    assert "breaks: voltage 1." in cause
    assert "loads" not in cause
    assert cause.endswith(
        "PV and wind give all that sun and wind give, unless curtail lets them give less."
    )


def test_of_several_fixed_units_the_one_that_does_it_is_named(notes):
    assert "; unit big, at the" in notes(big=130, fixed=("big", "small"))[1]


def test_a_unit_that_may_be_left_out_is_not_blamed(notes):
    assert len(notes(big=130, fixed=())) == 1


def test_loads_that_do_it_alone_are_named(notes):
    _, cause = notes(load=200)
    assert cause.startswith("Even without units the loads break: voltage 0.")


def test_loads_and_a_fixed_unit_get_a_sentence_each(notes):
    _, loads, unit = notes(load=200, big=300)
    assert loads.startswith("Even without units the loads break: voltage 0.9")
    assert "unit big" in unit
    assert "voltage 1." in unit


def test_curtailment_is_no_word_for_loads(notes):
    assert not any("curtail" in note for note in notes(load=200))
