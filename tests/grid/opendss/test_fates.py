"""Every property of a unit is honoured, announced, harmless for a reason, or refused."""

import pytest
from helpers.declared import script_of, setting_of
from helpers.places import ROOT

from toolkit.errors import InputError
from toolkit.grid.opendss import read_feeder
from toolkit.grid.opendss.engine import vocabulary
from toolkit.grid.opendss.fates import fates, table
from toolkit.model.notices import gathered

RATINGS = {
    "pvsystem": "Pmpp=20 kVA=20",
    "generator": "kW=20 pf=1",
    "storage": "kWrated=20 kWhrated=80",
}
#: A value for each property that is announced which no one would take for what it is set to.
ODD = {
    "kv": "11",
    "model": "2",
    "vminpu": "0.8",
    "vmaxpu": "1.1",
    "limitcurrent": "yes",
    "%pminnovars": "10",
    "%pminkvarmax": "30",
    "kvarmax": "5",
    "kvarmaxabs": "5",
    "controlmode": "GFM",
    "dispmode": "price",
    "dispvalue": "10",
    "usefuel": "yes",
    "kw": "7",
    "kvar": "5",
    "pf": "0.9",
    "%cutin": "5",
    "%cutout": "5",
    "effcurve": "eff",
    "state": "discharging",
    "%discharge": "50",
    "%charge": "50",
    "%idlingkw": "2",
    "dischargetrigger": "0.5",
    "chargetrigger": "0.2",
    "timechargetrig": "3",
    "yearly": "day",
    "daily": "day",
}
ANNOUNCED = [
    (cls, name)
    for cls, known in fates().items()
    for name, fate in known.items()
    if fate.fate == "announced" and name != "%idlingkvar"
]


def unit_with(cls, said):
    return f"New {cls}.u bus1=b kV=0.4 {RATINGS[cls]} {said}"


@pytest.mark.parametrize("cls", RATINGS)
def test_the_engine_has_no_property_that_the_table_lacks(cls):
    assert tuple(fates()[cls]) == vocabulary()[cls]
    for name, fate in fates()[cls].items():
        assert (fate.fate in ("honoured",)) == (not fate.reason), name


@pytest.mark.parametrize(("cls", "name"), ANNOUNCED)
def test_what_is_set_anew_is_said_with_its_line(cls, name, tmp_path):
    setting = setting_of(tmp_path, unit_with(cls, f"{name}={ODD[name]}"))
    said = f"{name}=" if name not in ("daily", "yearly") else "the shape declared is not used"
    mine = [n for n in setting.feeder.notices if said in n.text.lower()]
    assert mine, setting.feeder.notices
    assert "u" in mine[0].about
    assert mine[0].file.endswith("street.dss")
    assert "New" in (tmp_path / "street.dss").read_text().splitlines()[mine[0].line - 1]


@pytest.mark.parametrize("cls", RATINGS)
def test_what_is_declared_as_it_is_set_is_not_worth_a_word(cls, tmp_path):
    said = "vminpu=0.5 vmaxpu=1.5 model=1"
    said += " %IdlingkW=0 state=idle" if cls == "storage" else ""
    assert setting_of(tmp_path, unit_with(cls, said)).feeder.notices == ()


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ("New PVSystem.u bus1=b kV=0.4 Pmpp=20", "no kVA is given"),
        ("New PVSystem.u bus1=b kV=0.4 Pmpp=20 kVA=20 %cutin=5", "%cutout=20 is above"),
        ("New PVSystem.u bus1=b kV=0.4 Pmpp=20 kVA=20 kvar=3 pfpriority=yes", "pfpriority=yes"),
        ("New PVSystem.u bus1=b kV=0.4 Pmpp=20 kVA=0", "kVA=0 is not used"),
        ("New Generator.u bus1=b kV=0.4 kW=20", "OpenDSS's own pf=0.88"),
        ("New Storage.u bus1=b kV=0.4 kWrated=20", "no %IdlingkW is given"),
        ("New Storage.ev bus1=b kV=0.4 kWrated=7.4 kWhrated=40", "no %IdlingkW is given"),
        ("New Generator.u bus1=b.1.2 phases=2 conn=delta kV=0.4 kW=9 pf=1", "conn=delta of two"),
        ("New Generator.u bus1=b.1.2 phases=1 kV=0.4 kW=9 pf=1", "between phases 1 and 2"),
    ],
)
def test_gaps_that_are_filled_are_said(units, words, tmp_path):
    (notice,) = setting_of(tmp_path, units).feeder.notices
    assert words in notice.text
    assert notice.line


def test_the_same_of_many_units_is_said_once(tmp_path):
    units = "\n".join(f"New PVSystem.u{k} bus1=b kV=0.4 Pmpp=2 kVA=2 model=2" for k in range(5))
    script = tmp_path / "street.dss"
    script.write_text(script_of(units), encoding="utf-8")
    notices = read_feeder(script).notices
    assert [notice.about for notice in notices] == [f"PVSystem.u{k}" for k in range(5)]
    (line,) = gathered(list(map(str, notices)))
    assert ": PVSystem.u0, PVSystem.u1, PVSystem.u2 and 2 more: " in line


@pytest.mark.parametrize(
    ("cls", "name"),
    [(c, n) for c, known in fates().items() for n, f in known.items() if f.fate == "refused"],
)
def test_what_loads_a_library_is_refused(cls, name, tmp_path):
    with pytest.raises(InputError, match=name):
        setting_of(tmp_path, unit_with(cls, f"{name}=lib.so"))


def test_the_page_holds_the_table():
    page = (ROOT / "docs" / "reference" / "units.md").read_text(encoding="utf-8")
    assert "\n".join(table()) in page
