"""Small grids in the tables of pandapower, as SimBench's library hands them over."""

import numpy as np
import pandas as pd

#: Tables without rows in most distribution grids.
EMPTY = ("gen", "trafo3w", "shunt", "impedance", "ward", "xward", "dcline")
STORAGE = ["name", "bus", "p_mw", "sn_mva", "soc_percent", "max_e_mwh", "efficiency_percent"]
TRAFO = {
    "name": "T 1",
    "hv_bus": 0,
    "lv_bus": 1,
    "sn_mva": 0.16,
    "vn_hv_kv": 20.0,
    "vn_lv_kv": 0.4,
    "vk_percent": 5.0,
    "vkr_percent": 3.0,
    "pfe_kw": 0.3,
    "i0_percent": 0.3125,
    "shift_degree": 150.0,
    "tap_side": "hv",
    "tap_neutral": 0.0,
    "tap_pos": 0.0,
    "tap_step_percent": 2.5,
    "parallel": 1,
    "max_loading_percent": 100.0,
    "in_service": True,
    "autoTap": 0,
    "autoTapSetp": np.nan,
}
LINE = {
    "r_ohm_per_km": 0.2,
    "x_ohm_per_km": 0.08,
    "c_nf_per_km": 100.0,
    "max_i_ka": 0.27,
    "df": 1.0,
    "parallel": 1,
    "max_loading_percent": 100.0,
    "in_service": True,
}
SWITCH = ["bus", "element", "et", "closed"]


class Net(dict):
    """A net: its tables by name, and as attributes."""

    __getattr__ = dict.__getitem__


def net(switches=(), **changed):
    """Return a grid of four buses, 20 kV and 0.4 kV, a load, a PV plant and a year of two days.

    changed: values of the transformer.
    """
    geo = '{"type":"Point","coordinates":[%s,%s]}'
    bus = pd.DataFrame(
        {
            "name": ["MV1 Bus 4", "LV1.1 Bus 1", "LV1.1 Bus 2", "LV1.1 Bus 3"],
            "vn_kv": [20.0, 0.4, 0.4, 0.4],
            "min_vm_pu": [0.965, 0.9, 0.9, 0.92],
            "max_vm_pu": [1.055, 1.1, 1.1, 1.08],
            "geo": [geo % (11.0 + i / 1000, 53.0) for i in range(4)],
        }
    )
    line = pd.DataFrame(
        [
            {"name": "Line 1", "from_bus": 1, "to_bus": 2, "length_km": 0.1, **LINE},
            {"name": "Line 2", "from_bus": 2, "to_bus": 3, "length_km": 0.2, **LINE},
        ]
    )
    tables = {name: pd.DataFrame() for name in EMPTY}
    tables |= {
        "bus": bus,
        "line": line,
        "trafo": pd.DataFrame([TRAFO | changed]),
        "switch": pd.DataFrame(list(switches), columns=SWITCH),
        "ext_grid": pd.DataFrame({"bus": [0], "vm_pu": [1.025]}),
        "load": pd.DataFrame([_load("LV1.1 Load 1", 2, 0.006, 0.002)]),
        "sgen": pd.DataFrame([_plant("LV1.1 SGen 1", 3, "PV", "PV5", 0.04)]),
        "storage": pd.DataFrame(columns=[*STORAGE, "in_service", "profile"]),
    }
    return Net(**tables, f_hz=50.0, profiles=_profiles())


def _load(name, bus, p, q):
    same = {"scaling": 1.0, "in_service": True, "profile": "H0-A"}
    return {"name": name, "bus": bus, "p_mw": p, "q_mvar": q, **same}


def _plant(name, bus, kind, profile, mw):
    return {
        "name": name,
        "bus": bus,
        "type": kind,
        "p_mw": mw,
        "sn_mva": mw,
        "scaling": 1.0,
        "in_service": True,
        "profile": profile,
    }


def with_plant(found, name, kind, profile, mw=0.03):
    """Return a net with one more generator, at bus 3."""
    more = pd.DataFrame([_plant(name, 3, kind, profile, mw)])
    return Net(found | {"sgen": pd.concat([found.sgen, more], ignore_index=True)})


def with_battery(found):
    """Return a net with a battery of 5 kW and 10 kWh."""
    row = ["LV1.1 Storage 1", 3, -0.005, 0.005, 20.0, 0.01, 0.95, True, "S"]
    return Net(found | {"storage": pd.DataFrame([row], columns=found.storage.columns)})


def _profiles():
    """Return two days on which clocks change: local times, steps that go on evenly."""
    clock = pd.date_range("2016-03-26", periods=192, freq="15min", tz="Etc/GMT-1")
    local = clock.tz_convert("Europe/Berlin").strftime("%d.%m.%Y %H:%M")
    local = [*local[:-4], *["27.03.2016 23:45"] * 4]
    share = np.arange(192) / 192.0
    renewables = {"time": local, "PV5": share - 0.001, "WP4": 1.0 - share}
    return {
        "load": pd.DataFrame({"time": local, "H0-A_pload": share, "H0-A_qload": share - 0.5}),
        "renewables": pd.DataFrame(renewables),
    }


def series(found):
    """Return what the library's ``get_absolute_values`` gives for a net's loads."""
    profiles = found.profiles["load"]
    wanted = (("p_mw", "H0-A_pload"), ("q_mvar", "H0-A_qload"))
    return {
        ("load", column): pd.DataFrame(
            {i: value * profiles[name] for i, value in found.load[column].items()}
        )
        for column, name in wanted
    }
