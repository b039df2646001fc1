"""A results folder read by csv, json and pandas alone: nothing of the toolkit takes part."""

import json
import tomllib

import pandas as pd

from helpers.places import ROOT

KINDS = ("pv", "wt", "bess", "bev")


def cases(folder):
    return sorted(p.name for p in (folder / "cases").iterdir())


def frame(folder, case, name):
    return pd.read_csv(folder / "cases" / case / f"{name}.csv", dtype={"bus": str, "unit": str})


def plan_of(folder, case):
    return json.loads((folder / "cases" / case / "plan.json").read_text(encoding="utf-8"))


def step_hours(folder, case):
    return 24.0 / frame(folder, case, "hourly")["step"].max()


def asked_of(folder):
    """Return the study's storage and vehicle figures, with the documented defaults filled in."""
    data = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    common = {"soc_max": 1.0, "eta_charge": 0.95, "eta_discharge": 0.95}
    storage = {**common, "soc_min": 0.1, "soc_start": 0.5, **data.get("storage", {})}
    vehicles = {**common, "soc_min": 0.2, "soc_start": 0.6, "v2g": True, "charger_kw": 7.4}
    return data, {"bess": storage, "bev": {**vehicles, **data.get("vehicles", {})}}


def day_of(folder):
    data, _ = asked_of(folder)
    name = data.get("profiles", "typical_day")
    if not name.endswith(".csv"):
        name = ROOT / "profiles" / f"{name}.csv"
    return pd.read_csv(name)
