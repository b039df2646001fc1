"""How large things may be, each limit in one place: far above any use, far below any harm.

A limit that is passed is named by the message that refuses.
"""

from __future__ import annotations

#: Bytes of files that are handed in.
STUDY_BYTES = 5_000_000
PROFILE_BYTES = 200_000_000
IMPORT_BYTES = 500_000_000
PLAN_BYTES = 200_000_000
JOURNAL_BYTES = 20_000_000_000
#: Sections within sections, in a study or a plan.
NESTING = 20
#: Characters of a name that files are called by, of any other, and bytes of a path and its parts.
NAME = 100
ELEMENT = 255
PATH = 4_096
PATH_PART = 255

#: Steps of profiles: a year of quarters of an hour.
STEPS = 35_136
#: Units of a fleet, and entries of any list or section of a study.
ENTRIES = 10_000
#: Evaluations of a run: its history is held in memory.
BUDGET = 100_000_000
RUNS = 10_000
WORKERS = 1_000
#: Points of a sweep, each of which is a search with a folder of its own.
POINTS = 10_000
#: Results folders of one page.
FOLDERS = 200
#: The last seed of all, so that tables can hold it.
SEED = 2**63 - 1
#: Seconds a bound may take: more than a hundred days.
SECONDS = 10_000_000.0
#: Variables of a function that is minimised.
VARIABLES = 1_000_000
#: How far from 0 they may be bounded: squares of it are finite.
FARTHEST = 1e150

#: Power of one unit, kW, and energy, kWh: a country's.
KW = 1e9
KWH = 1e10
#: The least power or energy that is not none, and the most hours a battery lasts.
LEAST = 1e-6
HOURS = 1e5
#: Vehicles of one station; kW and kWh of one vehicle.
VEHICLES = 1_000_000
VEHICLE = 1e5
#: Times the declared size.
SCALE = 1e6
#: Per unit: voltages, and load as a share of what is declared.
VOLTAGE_PU = 10.0
LOAD_PU = 1_000.0
LOADING_PCT = 1e6
#: Metres a second: no wind on earth.
WIND = 1_000.0
#: Money for a kWh, and the weight of a goal.
PRICE = 1e9
#: A figure of a goal, in whatever unit.
FIGURE = 1e15
WEIGHT = 1e12
