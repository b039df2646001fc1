"""Files of weather written to their published formats, from one year that is known.

EPW: EnergyPlus, Auxiliary Programs, Weather Data Format; PVGIS: hourly radiation, CSV and JSON, as
its manual shows them; NSRDB: Standard Time Series Data File Format of SAM.
"""

import json

import numpy as np
import pandas as pd
from pvlib.location import Location

SITE = (52.0, 13.0, 40.0)


def clear_year(begins, zone=None):
    """Return a year of clear sky, mild air and wind, with values of two decimals, by middles."""
    middle = begins + pd.Timedelta(minutes=30)
    place = Location(SITE[0], SITE[1], altitude=SITE[2])
    frame = place.get_clearsky(middle, model="haurwitz")
    zenith = place.get_solarposition(middle)["zenith"]
    frame["dhi"] = frame["ghi"] * 0.3
    beam = (frame["ghi"] - frame["dhi"]) / np.cos(np.radians(zenith))
    frame["dni"] = beam.where(zenith < 85, 0.0).clip(0.0, 1000.0)
    hours = np.arange(len(middle))
    frame["temp_air"] = 10 - 10 * np.cos(2 * np.pi * hours / 8760) + 3 * np.sin(hours / 24)
    frame["wind_speed"] = 5 + 2 * np.sin(hours / 7)
    return frame.round(2)


def epw(path, years=None):
    """Write an EPW file of local standard time, UTC+1; years: of each month, for a typical one."""
    begins = pd.date_range("2023-01-01", periods=8760, freq="h", tz="Etc/GMT-1")
    frame = clear_year(begins)
    lines = [
        f"LOCATION,Berlin,-,DEU,TMYx,103840,{SITE[0]},{SITE[1]},1.0,{SITE[2]}",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,made for a test",
        "COMMENTS 2,",
        "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31",
    ]
    for at, row in zip(begins, frame.itertuples(), strict=True):
        year = years[at.month - 1] if years else at.year
        # 35 fields: what is not used holds the value that marks it as missing.
        head = [year, at.month, at.day, at.hour + 1, 0, "?9"]
        air = [row.temp_air, 99.9, 999, 101325, 0, 0, 9999]
        sky = [row.ghi, row.dni, row.dhi, 999999, 999999, 999999, 9999]
        rest = [180, row.wind_speed, 5, 5, 9999, 99999, 9, 999999999, 999, 0.999, 999, 99]
        lines.append(",".join(map(str, [*head, *air, *sky, *rest, 999, 0, 1])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return frame


def pvgis(path, slope=0.0, azimuth=0.0, year=2023):
    """Write hourly data of PVGIS, CSV or JSON by the name's end, azimuth counted from south."""
    begins = pd.date_range(f"{year}-01-01", f"{year}-12-31 23:00", freq="h", tz="UTC")
    stamps = begins + pd.Timedelta(minutes=10)
    frame = clear_year(begins)
    frame.index = stamps
    zenith = Location(*SITE[:2], altitude=SITE[2]).get_solarposition(stamps)["zenith"]
    beam = (frame["dni"] * np.cos(np.radians(zenith))).clip(lower=0.0).round(2)
    rows = [
        {
            "time": at.strftime("%Y%m%d:%H%M"),
            "Gb(i)": float(b),
            "Gd(i)": float(row.dhi),
            "Gr(i)": 0.0,
            "H_sun": round(float(90 - z), 2),
            "T2m": float(row.temp_air),
            "WS10m": float(row.wind_speed),
            "Int": 0.0,
        }
        for at, b, z, row in zip(stamps, beam, zenith, frame.itertuples(), strict=True)
    ]
    if path.suffix == ".json":
        fixed = {"slope": {"value": slope}, "azimuth": {"value": azimuth}}
        place = dict(zip(("latitude", "longitude", "elevation"), SITE, strict=True))
        inputs = {"location": place, "mounting_system": {"fixed": fixed}}
        held = {"inputs": inputs, "outputs": {"hourly": rows}, "meta": {"inputs": {}}}
        path.write_text(json.dumps(held), encoding="utf-8")
    else:
        head = [
            f"Latitude (decimal degrees):\t{SITE[0]}",
            f"Longitude (decimal degrees):\t{SITE[1]}",
            f"Elevation (m):\t{SITE[2]}",
            "Radiation database:\tPVGIS-SARAH3",
            "",
            f"Slope: {slope} deg. ",
            f"Azimuth: {azimuth} deg. ",
            ",".join(rows[0]),
        ]
        body = [",".join(map(str, row.values())) for row in rows]
        foot = ["", "Gb(i): Beam (direct) irradiance on the inclined plane (W/m2)"]
        path.write_text("\r\n".join([*head, *body, *foot]) + "\r\n", encoding="utf-8")
    return frame.assign(beam=beam, zenith=zenith)


def nsrdb(path):
    """Write a file of the NSRDB in steps of half an hour, stamped at :15 and :45."""
    stamps = pd.date_range("2023-01-01 00:15", periods=17520, freq="30min", tz="Etc/GMT+7")
    frame = clear_year(stamps - pd.Timedelta(minutes=30))
    place = Location(40.0, -105.0, altitude=1600.0)
    frame["ghi"] = place.get_clearsky(stamps, model="haurwitz")["ghi"].to_numpy().round(1)
    frame["dhi"] = (frame["ghi"] * 0.3).round(1)
    zenith = place.get_solarposition(stamps)["zenith"].to_numpy()
    beam = (frame["ghi"] - frame["dhi"]) / np.cos(np.radians(zenith))
    frame["dni"] = beam.where(zenith < 85, 0.0).clip(0.0, 1000.0).round(1)
    frame.index = stamps
    head = [
        "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,"
        "Local Time Zone",
        "NSRDB,1,-,-,-,40.0,-105.0,-7,1600,-7",
        "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature,Wind Speed",
    ]
    body = [
        f"{t.year},{t.month},{t.day},{t.hour},{t.minute},{r.ghi},{r.dni},{r.dhi},{r.temp_air},"
        f"{r.wind_speed}"
        for t, r in zip(stamps, frame.itertuples(), strict=True)
    ]
    path.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")
    return frame


def chain(frame, site, tilt, azimuth, gamma=-0.4):
    """Return PVWatts' DC power per kW, W, step by step through pvlib's single functions."""
    import pvlib

    lat, lon, alt = site
    pressure = pvlib.atmosphere.alt2pres(alt)
    sun = pvlib.solarposition.get_solarposition(
        frame.index, lat, lon, alt, pressure=pressure, temperature=frame["temp_air"]
    )
    extra = pvlib.irradiance.get_extra_radiation(frame.index)
    aoi = pvlib.irradiance.aoi(tilt, azimuth, sun["apparent_zenith"], sun["azimuth"])
    poa = pvlib.irradiance.get_total_irradiance(
        tilt,
        azimuth,
        sun["apparent_zenith"],
        sun["azimuth"],
        frame["dni"],
        frame["ghi"],
        frame["dhi"],
        dni_extra=extra,
        model="haydavies",
        albedo=0.25,
    )
    effective = poa["poa_direct"] * pvlib.iam.physical(aoi) + poa["poa_diffuse"]
    parameters = pvlib.temperature.TEMPERATURE_MODEL_PARAMETERS["sapm"]["open_rack_glass_glass"]
    cell = pvlib.temperature.sapm_cell(
        poa["poa_global"], frame["temp_air"], frame["wind_speed"], **parameters
    )
    return pvlib.pvsystem.pvwatts_dc(effective, cell, 1000.0, gamma / 100.0).fillna(0.0).to_numpy()


def pvgis_tmy(path, offset):
    """Write a typical year of PVGIS, CSV or JSON, its sun so many hours after each hour begins."""
    years = [2005, 2011, 2007, 2016, 2008, 2009, 2010, 2015, 2014, 2013, 2012, 2006]
    begins = pd.date_range("2023-01-01", periods=8760, freq="h", tz="UTC")
    frame = clear_year(begins)
    frame.index = pd.DatetimeIndex(
        [t.replace(year=years[t.month - 1]) for t in begins]
    ) + pd.Timedelta(hours=offset)
    rows = [
        {
            "time(UTC)": t.strftime("%Y%m%d:%H00"),
            "T2m": r.temp_air,
            "RH": 80.0,
            "G(h)": r.ghi,
            "Gb(n)": r.dni,
            "Gd(h)": r.dhi,
            "IR(h)": 300.0,
            "WS10m": r.wind_speed,
            "WD10m": 180.0,
            "SP": 101000.0,
        }
        for t, r in zip(frame.index, frame.itertuples(), strict=True)
    ]
    months = [{"month": i + 1, "year": year} for i, year in enumerate(years)]
    if path.suffix == ".json":
        place = dict(zip(("latitude", "longitude", "elevation"), SITE, strict=True))
        held = {
            "inputs": {"location": {**place, "irradiance_time_offset": offset}},
            "outputs": {"months_selected": months, "tmy_hourly": rows},
            "meta": {"inputs": {}},
        }
        path.write_text(json.dumps(held), encoding="utf-8")
        return frame
    head = [
        f"Latitude (decimal degrees): {SITE[0]}",
        f"Longitude (decimal degrees): {SITE[1]}",
        f"Elevation (m): {SITE[2]}",
        f"Irradiance Time Offset (h): {offset}",
        "month,year",
        *(f"{m['month']},{m['year']}" for m in months),
        ",".join(rows[0]),
    ]
    body = [",".join(map(str, row.values())) for row in rows]
    text = "\r\n".join([*head, *body, "", "T2m: 2-m air temperature (degree Celsius)"])
    path.write_text(text + "\r\n", encoding="utf-8")
    return frame
