"""Feeders that read files outside their folder, below a stated one and never above it."""

import json

import pandas as pd
import pytest

from toolkit.commands import check_feeder, simulate_and_store
from toolkit.commands.reproduce import reproduce
from toolkit.errors import InputError
from toolkit.inputs import study_files

MASTER = """Clear
New Circuit.street bus1=source basekV=0.4 MVAsc3=100 MVAsc1=100
New Line.l1 bus1=source bus2=c r1=0.01 x1=0.01 r0=0.01 x0=0.01 c1=0 c0=0 normamps=200
New Loadshape.year npts=8760 interval=1 mult=(file=../../profiles/year.csv)
New Load.b bus1=c kV=0.4 kW=24 pf=1 yearly=year
New Load.c bus1=c kV=0.4 kW=5 pf=1
New PVSystem.pv1 bus1=c kV=0.4 Pmpp=30 kVA=40
Set voltagebases=[0.4]
Calcvoltagebases
"""


@pytest.fixture
def region(tmp_path, write_day):
    """A feeder two folders below its profiles: 1.0 on day 181, 0.6 at most on all others."""
    for folder in ("region/profiles", "region/sub/feeder"):
        (tmp_path / folder).mkdir(parents=True)
    values = ["1.0" if hour // 24 == 180 else "0.6" for hour in range(8760)]
    (tmp_path / "region/profiles/year.csv").write_text("\n".join(values) + "\n")
    (tmp_path / "region/sub/feeder/Master.dss").write_text(MASTER)
    lines = write_day(tmp_path / "typical.csv").read_text().splitlines()
    full = [",".join([*line.split(",")[:1], "1", *line.split(",")[2:]]) for line in lines[1:]]
    (tmp_path / "DAY.CSV").write_text("\n".join([lines[0], *full]) + "\n")
    return tmp_path


def study(region, root, day="181", script="region/sub/feeder/Master.dss"):
    text = f'name = "s"\nprofiles = "Day.csv"\n[feeder]\nscript = "{script}"\n'
    path = region / "study.toml"
    path.write_text(f'{text}root = "{root}"\n[horizon]\nday = {day}\n')
    return study_files.load(str(path))


@pytest.mark.parametrize(("day", "peak"), [("181", 29.0), ('"2018-06-30"', 29.0), ("1", 19.4)])
def test_a_stated_root_and_a_day_of_the_year(region, day, peak):
    out = region / "out"
    simulate_and_store(study(region, "region", day), None, out, "test")
    assert (region / "out/cases/base/feeder/base/profiles/year.csv").is_file()
    found = reproduce(out)
    assert found.verdict.startswith("reproduced")
    assert pd.read_csv(out / "cases/base/hourly.csv")["load_kw"].max() == pytest.approx(
        peak, abs=1e-3
    )


def test_a_text_is_the_short_form_of_a_section():
    short = study_files.parse(b'name = "s"\nfeeder = "ieee12"\n', "s")
    assert study_files.parse(b'name = "s"\n[feeder]\nscript = "ieee12"\n', "s") == short


@pytest.mark.parametrize("root", ["region/sub", "."])
def test_nothing_above_the_root_is_read(region, root):
    (region / "region/profiles/year.csv").unlink()
    (region / "region/profiles/year.csv").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match=r"outside the feeder's folder.*root ="):
        simulate_and_store(study(region, root), None, region / "out", "test")


@pytest.mark.parametrize(
    ("root", "words"), [("regoin", "no folder"), ("region/profiles", "expected a folder above it")]
)
def test_a_root_that_is_none_is_refused(region, root, words):
    with pytest.raises(InputError, match=f"feeder root: .*{words}"):
        study(region, root)


def test_an_unknown_key_gets_the_nearest_name():
    with pytest.raises(InputError, match=r"'feeder\.rot'\. Did you mean 'root'"):
        study_files.parse(b'name = "s"\n[feeder]\nscript = "x"\nrot = "."\n', "s")


@pytest.mark.parametrize("day", ["0", "-1", "true", '"1 July"', '"2018-02-30"', "1.5"])
def test_a_day_that_is_none_is_refused_once(day):
    text = f'name = "s"\nfeeder = "ieee12"\n[horizon]\nday = {day}\n'
    with pytest.raises(InputError, match=r"'horizon\.day': found .* a date such as") as caught:
        study_files.parse(text.encode(), "s")
    assert "\n" not in str(caught.value)


def test_the_check_names_the_root_and_takes_it(region):
    script = region / "region/sub/feeder/Master.dss"
    (fault,) = [f for f in check_feeder.check(script).findings if f.level == "fault"]
    assert "--root" in fault.text
    assert check_feeder.check(script, root=region / "region").verdict == "ready"


def test_the_day_is_said_with_the_figures(region):
    simulate_and_store(study(region, "region"), None, region / "out", "test")
    said = json.loads((region / "out/manifest.json").read_text())["notices"]
    assert any("begin with day 181" in text for text in said)
    assert "day = 181" in (region / "out/study.toml").read_text()
