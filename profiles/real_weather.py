"""Make real_weather.csv: ``python profiles/real_weather.py FOLDER`` writes it there.

The weather is real, load and charging sessions are made: README.md says how. Needs
``pip install 'p2p-der-toolkit[year]'``, which brings the file of weather.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pvlib

import toolkit

WEATHER = Path(pvlib.__file__).parent / "data" / "723170TYA.CSV"
#: A year whose 1 January is a Monday; dates are not written.
YEAR = 2018
CARS, CHARGER_KW, ETA, KWH_PER_KM = 60, 7.4, 0.95, 0.18
DECIMALS = {
    "load [pu]": 3,
    "irradiance [W/m2]": 0,
    "wind_speed [m/s]": 1,
    "plugged_in [pu]": 3,
    "trip_energy [kWh/vehicle]": 2,
}
#: Degrees C without heating or cooling, and what a degree beyond adds, pu of the day's shape.
HEATED, COOLED, PER_DEGREE = 12.0, 20.0, (0.015, 0.025)


def weather(folder: Path) -> pd.DataFrame:
    """Return irradiance and wind as ``toolkit profiles import weather`` gives them, (8760, 2)."""
    file = folder / "weather.csv"
    toolkit.import_weather(WEATHER, plane="35/180", hub_height=60, year=YEAR, out=file)
    return toolkit.read_profiles(file)


def load(clock: pd.DatetimeIndex) -> np.ndarray:
    """Return the demand: the typical day's shape, later at weekends, plus heating and cooling."""
    frame, _ = pvlib.iotools.read_tmy3(WEATHER, map_variables=True, coerce_year=YEAR)
    air = frame["temp_air"].to_numpy()
    day = toolkit.read_profiles("typical_day")["load [pu]"].to_numpy()
    rest = np.roll(day, 1) * 0.9
    shape = np.where(clock.day_of_week >= 5, rest[clock.hour], day[clock.hour])
    heat = PER_DEGREE[0] * np.maximum(HEATED - air, 0.0)
    cold = PER_DEGREE[1] * np.maximum(air - COOLED, 0.0)
    drawn = shape * (1.0 + heat + cold)
    return drawn / drawn.max()


def sessions(folder: Path) -> pd.DataFrame:
    """Return the columns of a station of commuters as the importer of sessions gives them."""
    rng, rows = np.random.default_rng(1), []
    days = pd.date_range(f"{YEAR - 1}-12-30", f"{YEAR + 1}-01-02")
    for _ in range(CARS):
        back = days[0] + pd.Timedelta(hours=17)
        km = 0.0
        for day in days[1:]:
            free = day.day_of_week >= 5
            if rng.random() > (0.5 if free else 0.85):
                continue
            leave = day + pd.Timedelta(
                minutes=round(rng.normal(*((630, 90) if free else (445, 40))))
            )
            away = max(round(rng.normal(*((240, 90) if free else (590, 60)))), 30)
            rows.append((back, leave, KWH_PER_KM * km / ETA))
            back, km = leave + pd.Timedelta(minutes=away), 2.0 * rng.lognormal(2.9, 0.45)
    table = pd.DataFrame(rows, columns=["arrival", "departure", "energy [kWh]"])
    table.sort_values("arrival", kind="stable").to_csv(folder / "sessions.csv", index=False)
    toolkit.import_sessions(
        folder / "sessions.csv",
        station="home",
        vehicles=CARS,
        charger_kw=CHARGER_KW,
        eta_charge=ETA,
        zone="UTC",
        step=60,
        out=folder / "cars.csv",
    )
    found = toolkit.read_profiles(folder / "cars.csv").loc[str(YEAR)]
    return found.rename(columns=lambda name: name.replace(".home", ""))


def made(folder: Path) -> pd.DataFrame:
    """Return the year, 8760 steps of one hour; folder: for files on the way."""
    sky, cars = weather(folder), sessions(folder)
    columns = {"load [pu]": load(sky.index)}
    columns |= {name: sky[name].to_numpy() for name in sky}
    columns |= {name: cars[name].to_numpy() for name in cars}
    table = pd.DataFrame({name: columns[name].round(d) for name, d in DECIMALS.items()})
    table.insert(0, "hour [h]", np.arange(len(table)))
    return table.astype({"irradiance [W/m2]": int})


def main(target: Path) -> None:
    """Write real_weather.csv to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder)).to_csv(target / "real_weather.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
