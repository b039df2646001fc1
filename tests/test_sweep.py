"""Every construct of OpenDSS in a small script of its own, and the public feeders.

Snapshot and day of the toolkit's circuits equal plain OpenDSS in a clean process: powers of every
element, every node voltage, open conductors, taps and states of capacitors. What differs by choice
is refused or announced by name. ``python tests/sweep/run.py`` prints the table.
"""

import pytest
from sweep.compare import compared, solved_plainly
from sweep.construct import Construct, constructs

EACH = constructs()
#: A unit for each public feeder: what has none is no study.
ROOFS = {
    "ieee13": "bus1=671 kv=4.16",
    "ieee34": "bus1=848 kv=24.9",
    "ieee123": "bus1=47 kv=4.16",
    "european-lv": "bus1=34.1 phases=1 kv=0.23 vmaxpu=1.5",
    "epri-ckt5": "bus1=x_1144260_1.2 phases=1 kv=0.24",
}
#: Where loads have shapes of a minute, steps of one, since plain OpenDSS takes no means of them;
#: where they have yearly shapes, the mode that uses them.
DAYS = {
    "european-lv": {"mode": "yearly", "hours": 1.0 / 60.0, "steps": 1440, "read": 24},
    "epri-ckt5": {"mode": "yearly", "least": 0.05},
}
LARGE = ("european-lv", "epri-ckt5")


def _marked(construct):
    marks = [pytest.mark.xfail(strict=True, reason=construct.fault)] if construct.fault else []
    return pytest.param(construct, id=construct.name, marks=marks)


@pytest.fixture(scope="module")
def plain():
    """What plain OpenDSS makes of each construct: a snapshot and a day."""
    told = iter(solved_plainly([job for construct in EACH for job in construct.jobs()]))
    return {construct.name: [next(told), next(told)] for construct in EACH}


@pytest.mark.parametrize("construct", [_marked(construct) for construct in EACH])
def test_a_construct_equals_plain_opendss(construct, plain, tmp_path):
    assert compared(construct, plain[construct.name], tmp_path).wrong == []


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in LARGE else n for n in ROOFS],
)
def test_a_public_feeder_equals_plain_opendss(name, public_feeder, tmp_path):
    script = tmp_path / f"{name}.dss"
    unit = f"New PVSystem.sweep pmpp=10 kva=20 %cutin=0 %cutout=0 {ROOFS[name]}\n"
    script.write_text(f'Redirect "{public_feeder(name)}"\n{unit}', encoding="utf-8")
    construct = Construct(script, name, **DAYS.get(name, {}))
    assert compared(construct, solved_plainly(construct.jobs()), tmp_path).wrong == []
