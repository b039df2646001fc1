"""Charging sessions: energy and power kept, and one message for what cannot have been."""

import datetime

import numpy as np
import pytest
from helpers import meters as make

from toolkit.errors import InputError
from toolkit.inputs.imports.axis import Axis
from toolkit.inputs.imports.session_files import Layout
from toolkit.inputs.imports.sessions import StationSize, Wish, import_sessions

HEAD = ("station", "arrival", "departure", "energy [kWh]", "power [kW]")
BERLIN = Layout(zone="Europe/Berlin")
#: By hand: two vehicles at work, one at home over midnight.
ROWS = [
    ("work", "2025-03-01 08:00", "2025-03-01 12:00", 20, 11),
    ("work", "2025-03-01 09:30", "2025-03-01 10:30", 10, 22),
    ("home", "2025-03-01 18:00", "2025-03-02 06:00", 30, 7.4),
]


def imported(tmp_path, rows=ROWS, head=HEAD, layout=BERLIN, **wish):
    path = make.write(tmp_path / "s.csv", head, rows, ",")
    return import_sessions(path, Wish(layout, **wish))


def test_sessions_by_hand(tmp_path):
    found = imported(tmp_path, step=60.0, eta=0.9)
    assert found.axis.start.isoformat() == "2025-03-01T00:00:00+01:00"
    assert found.axis.days == 2
    plugged = found.values["plugged_in.work [pu]"]
    # Two vehicles with chargers of 22 kW: 11 of 44 kW, and 22 more for half of two hours.
    assert plugged[7:13].tolist() == pytest.approx([0.0, 0.25, 0.5, 0.5, 0.25, 0.0])
    trip = found.values["trip_energy.work [kWh/vehicle]"]
    assert {int(t): trip[t] for t in np.flatnonzero(trip)} == pytest.approx({8: 9.0, 9: 4.5})
    home = found.values["plugged_in.home [pu]"]
    assert np.flatnonzero(home).tolist() == list(range(18, 30))
    told = " ".join(found.done)
    assert "2 vehicles, the most that were there at once" in told
    assert "chargers of 22 kW" in told


def year_of_sessions(count=5000):
    """Return sessions of a year whose energy is known, in local time with offsets."""
    random = np.random.default_rng(3)
    begin = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
    minutes = np.sort(random.integers(0, 363 * 1440, count))
    hours, kwh = random.integers(60, 600, count), random.integers(1, 3000, count) / 1000.0
    rows = []
    for at, length, energy in zip(minutes.tolist(), hours.tolist(), kwh, strict=True):
        first = begin + datetime.timedelta(minutes=at)
        last = first + datetime.timedelta(minutes=length)
        form = "%Y-%m-%dT%H:%M%z"
        rows.append(("s", make.local(first, form), make.local(last, form), energy, 11))
    return rows, kwh, hours


def test_the_energy_of_a_year_is_kept(tmp_path):
    rows, kwh, minutes = year_of_sessions()
    found = imported(tmp_path, rows, layout=Layout())
    vehicles = int(next(t for t in found.done if "vehicles" in t).split(" vehicles")[0].split()[-1])
    trip = found.values["trip_energy.s [kWh/vehicle]"]
    assert abs(trip.sum() * vehicles / 0.95 - kwh.sum()) < 1e-9
    plugged = found.values["plugged_in.s [pu]"]
    assert plugged.sum() * found.axis.dt * vehicles == pytest.approx(minutes.sum() / 60.0, rel=1e-9)
    assert (plugged.min(), plugged.max() <= 1.0) == (0.0, True)


def test_sessions_stand_on_the_steps_of_profiles(tmp_path):
    start = datetime.datetime.fromisoformat("2025-03-01T00:00+01:00")
    found = imported(tmp_path, axis=Axis(start, 0.25, 96))
    assert found.axis.steps == 96
    assert found.values["plugged_in.home [pu]"][72:].tolist() == [1.0] * 24
    later = Axis(start + datetime.timedelta(days=1), 0.25, 96)
    found = imported(tmp_path, axis=later)
    told = " ".join(found.done)
    assert "0 with 0 kWh arrive within the days, 1 with 30 kWh do not" in told
    assert found.values["plugged_in.home [pu]"][:25].tolist() == [1.0] * 24 + [0.0]


def test_names_of_columns_units_and_local_times_are_found(tmp_path):
    head = ("evseId", "connectionTime", "disconnectTime", "kWhDelivered")
    rows = [("a", "01.03.2025 08:00", "01.03.2025 09:00", "3,25")]
    path = make.write(tmp_path / "s.csv", head, rows)
    found = import_sessions(path, Wish(BERLIN))
    assert found.values["trip_energy.a [kWh/vehicle]"].sum() == pytest.approx(3.25 * 0.95)
    assert "all chargers alike" in " ".join(found.done)


def test_an_hour_that_occurs_twice_and_a_row_that_does(tmp_path):
    rows = [("a", "2025-10-26 02:30", "2025-10-26 02:30", 1, 11)] * 2
    found = imported(tmp_path, rows, step=30.0)
    told = " ".join(found.done)
    assert "taken as the first" in told
    assert "taken as the second" in told
    assert "1 rows that repeat others left out" in told
    assert found.values["plugged_in.a [pu]"].sum() == pytest.approx(2.0)


def case(row=(), head=HEAD, layout=BERLIN, words=(), **wish):
    return row, head, layout, wish, words


def row(arrival="2025-03-01 08:00", departure="2025-03-01 12:00", kwh=20, kw=11, station="work"):
    return (station, arrival, departure, kwh, kw)


CASES = {
    "ends before it begins": case(row(departure="2025-03-01 07:00"), words=["row 2", "departure"]),
    "ends as it begins": case(row(departure="2025-03-01 08:00"), words=["row 2", "after"]),
    "lasts a year": case(row(departure="2026-03-01 08:00"), words=["row 2", "31 days"]),
    "more than its power gives": case(row(kwh=60), words=["row 2", "60 kWh", "at 11 kW"]),
    "in Wh": case(row(kwh=20000), words=["row 2", "--unit Wh"]),
    "in W": case(row(kw=11000), words=["row 2", "1000 kW"]),
    "negative": case(row(kwh=-3), words=["row 2", "'energy [kWh]'", "'-3'"]),
    "blank": case(row(kwh=""), words=["row 2", "'energy [kWh]'"]),
    "text": case(row(kwh="lots"), words=["row 2", "'lots'"]),
    "no station": case(row(station=""), words=["row 2", "blank cell"]),
    "no departure": case(row(departure=""), words=["row 2", "'departure'"]),
    "mixed zones": case(row("2025-03-01 08:00+01:00"), words=["row 3", "lacks"]),
    "no zone": case(row(), layout=Layout(), words=["without a zone", "--zone"]),
    "an hour that is none": case(
        row("2025-03-30 02:30", "2025-03-30 12:00"), words=["row 2", "leaves out"]
    ),
    "no unit": case(row(), head=(*HEAD[:3], "energy", HEAD[4]), words=["row 1", "--unit"]),
    "no unit of power": case(row(), head=(*HEAD[:4], "power"), words=["row 1", "power [kW]"]),
    "no column of energy": case(row(), head=(*HEAD[:3], "x", "y"), words=["row 1", "--column"]),
    "no column of stations": case(
        row(), head=("vehicle", *HEAD[1:]), words=["row 1", "--station NAME"]
    ),
    "an unknown column": case(
        row(), layout=Layout("UTC", {"energy": "engy [kWh]"}), words=["Did you mean 'energy [kWh]"]
    ),
    "an unknown part": case(row(), layout=Layout("UTC", {"end": "departure"}), words=["--column"]),
    "too many at once": case(
        row(), sizes={"work": StationSize(1, 22.0)}, words=["row 4", "2 vehicles", "its 1"]
    ),
    "more power than the chargers": case(
        row(), sizes={"": StationSize(2, 11.0)}, words=["row 4", "22 kW", "11 kW"]
    ),
    "a size of nobody": case(row(), sizes={"wrk": StationSize(2)}, words=["Did you mean 'work'"]),
    "profiles without dates": case(row(), axis=Axis(None, 1.0, 24), words=["without", "'time'"]),
    "a share above 1": case(row(), eta=1.2, words=["--eta-charge"]),
}


@pytest.mark.parametrize("name", CASES)
def test_wrong_input_gets_one_message_with_file_row_and_cure(tmp_path, name):
    first, head, layout, wish, words = CASES[name]
    with pytest.raises(InputError) as caught:
        imported(tmp_path, [first, *ROWS], head, layout, **wish)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message, message


def test_a_station_without_power_is_held_to_the_chargers_told(tmp_path):
    head, rows = HEAD[:4], [("work", "2025-03-01 08:00", "2025-03-01 09:00", 20)]
    with pytest.raises(InputError, match=r"row 2: found 20 kWh in 1 h; .* 11 kW"):
        imported(tmp_path, rows, head, sizes={"": StationSize(1, 11.0)})
