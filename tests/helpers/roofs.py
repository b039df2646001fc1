"""A street of three buses with a roof of 40 kW at its end: 17 kW of load, 8 hours of full sun."""

from toolkit.inputs import study_files

SCRIPT = """Clear
New Circuit.street bus1=source phases=3 basekV=0.4 pu=1.0 MVAsc3=100 MVAsc1=100
New LineCode.cable nphases=3 units=km r1=0.206 x1=0.080 r0=0.825 x0=0.302 normamps=200
New Line.l1 bus1=source bus2=a linecode=cable length=0.5 units=km
New Line.l2 bus1=a bus2=b linecode=cable length=0.5 units=km
New Line.l3 bus1=b bus2=c linecode=cable length=0.5 units=km
New Load.a bus1=a phases=3 kV=0.4 kW=10 pf=1 vminpu=0.5 vmaxpu=1.5
New Load.b bus1=b phases=3 kV=0.4 kW=5 pf=1 vminpu=0.5 vmaxpu=1.5
New Load.c bus1=c phases=3 kV=0.4 kW=2 pf=1 vminpu=0.5 vmaxpu=1.5
New PVSystem.pv1 bus1=c phases=3 kV=0.4 kVA=60 Pmpp=40 pf=1
{units}
Set voltagebases=[0.4]
Calcvoltagebases
"""
BATTERY = "New Storage.bess1 bus1={bus} phases=3 kV=0.4 kWrated=20 kWhrated={kwh} %stored=50"
#: The roof keeps its size and its bus.
FIXED = '[fleet.units.pv1]\nsize = [40.0, 40.0]\nbuses = ["c"]\n'


def written(folder, text, units=""):
    """Write the street and a study of it, and return the study loaded."""
    rows = [f"{t},1,{1000 * (8 <= t < 16)},0,1,0" for t in range(24)]
    head = "hour [h],load [pu],irradiance [W/m2],wind_speed [m/s],plugged_in [pu]"
    lines = [f"{head},trip_energy [kWh/vehicle]", *rows]
    (folder / "sun.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "street.dss").write_text(SCRIPT.format(units=units), encoding="utf-8")
    study = 'name = "street"\nfeeder = "street.dss"\nprofiles = "sun.csv"\n' + text
    (folder / "street.toml").write_text(study, encoding="utf-8")
    return study_files.load(str(folder / "street.toml"))
