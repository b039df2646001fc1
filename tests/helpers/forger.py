"""A forger of results: changes what a folder says, then makes all that follows from it anew.

Nothing here asks how ``toolkit reproduce`` looks for it: sums, scores, shares of a bound, tables,
statistics and checksums are written again as one would who knows how results are made.
"""

import csv
import hashlib
import json
import pickle
from itertools import product
from types import SimpleNamespace

import pandas as pd

from toolkit.commands import reproduce
from toolkit.commands.reproduce import aggregates, compare, integrity, money
from toolkit.commands.reproduce import case as cases_of
from toolkit.exact import proof
from toolkit.grid import opendss
from toolkit.problem.goals import GOALS
from toolkit.problem.sought import goal_of
from toolkit.results import bills, paper_tables, store
from toolkit.results.statistics import comparison, targets

#: The share by which a figure is changed.
SHARE = 1.001
#: Columns of summary.csv that are sums and extremes of hourly.csv, and how.
SUMS = {
    "traded_kwh": ("traded_kwh", "sum"),
    "traded_to_load_kwh": ("traded_to_load_kwh", "sum"),
    "loss_kwh": ("loss_kw", "sum"),
    "v_min_pu": ("v_min_pu", "min"),
    "v_max_pu": ("v_max_pu", "max"),
}


def rows_of(path):
    """Return a CSV as rows of text, the header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def changed(text, number):
    """Return a value a little other than it was; something in the place of nothing."""
    if text in ("True", "False"):
        return "False" if text == "True" else "True"
    try:
        return repr(float(text) * SHARE)
    except ValueError:
        return f"{text}x" if text else "1.5" if number else "x"


def change_column(path, column, every=True):
    """Change a column of a CSV by 0.1 %, or its largest entry alone; say whether it did."""
    header, *rows = rows_of(path)
    at = header.index(column)
    values = [row[at] for row in rows]
    number = any(_size(value) is not None for value in values) or column not in TEXTS
    order = sorted(range(len(values)), key=lambda i: -(_size(values[i]) or 0.0))
    for i in range(len(values)) if every else order[:1]:
        rows[i][at] = changed(values[i], number)
    write_rows(path, [header, *rows])
    same = all(
        _size(a[at]) == _size(b) and _size(b) is not None for a, b in zip(rows, values, strict=True)
    )
    return bool(rows) and not same


TEXTS = ("broken", "ending", "optimizer", "item", "worse_off_buses", "effect", "verdict")


def _size(text):
    try:
        return abs(float(text))
    except ValueError:
        return None


def change_plan(path, field, every=True):
    """Change a field of a plan file by 0.1 %, of each unit or of the first that has any."""
    plan = json.loads(path.read_text(encoding="utf-8"))
    if field == "step_h":
        plan[field] *= SHARE
    for unit in plan["units"] if field != "step_h" else ():
        if field == "p_kw":
            unit[field] = [p * SHARE for p in unit[field]]
        elif field == "vehicles":
            unit[field] += 1 if unit["kind"] == "bev" else 0
        elif isinstance(unit[field], str):
            other = {"pv": "wt", "wt": "pv", "bess": "bev", "bev": "bess"}
            unit[field] = other[unit[field]] if field == "kind" else f"{unit[field]}x"
        else:
            unit[field] *= SHARE
    path.write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")


def read_summary(folder):
    """Read summary.csv so that it is written as it was."""
    names = ("case", "optimizer", "ending", "broken", "seed", "evaluations")
    path = folder / "summary.csv"
    summary = pd.read_csv(path, dtype=dict.fromkeys(names, str))
    return summary.fillna(dict.fromkeys(names, ""))


def from_hourly(folder):
    """Write the sums of summary.csv anew from the days, and the goal's score with them."""
    study, path = store.read_study(folder), folder / "summary.csv"
    summary = read_summary(folder)
    for i, case in enumerate(summary["case"]):
        hourly = pd.read_csv(folder / "cases" / case / "hourly.csv")
        plan = json.loads((folder / "cases" / case / "plan.json").read_text(encoding="utf-8"))
        for name, (column, how) in SUMS.items():
            hours = plan["step_h"] if name == "loss_kwh" else 1.0
            summary.loc[i, name] = getattr(hourly[column], how)() * hours
    summary.to_csv(path, index=False, lineterminator="\n")
    _agree(folder, summary, GOALS[study.market.objective].column)


def _agree(folder, summary, changed_column):
    """Make score, goal and the ends of histories agree with the column that was changed."""
    goal = GOALS[store.read_study(folder).market.objective]
    before = summary["score"].to_numpy(copy=True)
    if changed_column == "score":
        summary[goal.column] = -goal.sign * summary["score"]
    elif changed_column == goal.column:
        summary["score"] = -goal.sign * summary[goal.column]
    else:
        return
    for case, feasible, old, new in zip(
        summary["case"], summary["feasible"], before, summary["score"], strict=True
    ):
        path = folder / "cases" / case / "history.csv"
        if path.is_file() and feasible and (old != new or changed_column == "score"):
            history = pd.read_csv(path)
            last = history["best_objective"].iloc[-1]
            for name in ("objective", "best_objective"):
                history[name] = history[name].where(history[name] != last, -new)
            history.to_csv(path, index=False, lineterminator="\n")
    summary.to_csv(folder / "summary.csv", index=False, lineterminator="\n")


def rebuild(folder, column=""):
    """Make anew all that follows from the days, summary, histories and bound; checksums last.

    column: that of summary.csv which was changed.
    """
    study, path = store.read_study(folder), folder / "summary.csv"
    summary = read_summary(folder)
    _agree(folder, summary, column)
    ranked = GOALS[study.market.objective].ranked
    kwh = _bound(folder, summary, ranked)
    if kwh is not None and column != "pct_of_bound":
        share = pd.Series([proof.pct(value, kwh) for value in summary[ranked]])
        summary["pct_of_bound"] = share.where(summary["feasible"].astype(bool))
    if column:
        summary.to_csv(path, index=False, lineterminator="\n")
    _tables(folder, study, summary)
    histories = {n: folder / "cases" / n / "history.csv" for n in summary["case"]}
    courses = {n: targets.course(pd.read_csv(p)) for n, p in histories.items() if p.is_file()}
    store.write_comparison(folder, comparison.compare(summary, courses, ranked, kwh))
    markdown(folder)
    checksums(folder)


def _bound(folder, summary, ranked):
    """Make the shares in bound.csv anew; return the bound."""
    path = folder / "bound.csv"
    if not path.is_file():
        return None
    bound = pd.read_csv(path)
    kwh = float(bound["bound_kwh"].iloc[0])
    exact = summary.loc[summary["case"] == "exact", ranked]
    if len(exact):
        bound["exact_kwh"] = float(exact.iloc[0])
    bound["exact_pct_of_bound"] = 100.0 * bound["exact_kwh"] / kwh
    bound["gap_pct"] = 100.0 - bound["exact_pct_of_bound"]
    bound.to_csv(path, index=False, lineterminator="\n")
    return kwh


def _tables(folder, study, summary):
    groups = {}
    for row in summary.to_dict("records"):
        home = folder / "cases" / row["case"]
        solved = SimpleNamespace(
            name=row["case"],
            summary=row,
            hourly=pd.read_csv(home / "hourly.csv"),
            units=pd.read_csv(home / "units.csv"),
        )
        groups.setdefault(row["optimizer"] or row["case"], []).append(solved)
    dt = json.loads((home / "plan.json").read_text(encoding="utf-8"))["step_h"]
    tidy = paper_tables.build(groups, dt, goal_of(study).ranked, paper_tables.is_papers(study))
    store.write_csv(folder / "tables.csv", tidy)


def markdown(folder):
    """Write tables.md anew from tables.csv."""
    tidy = pd.read_csv(folder / "tables.csv").fillna({"item": ""})
    study = store.read_study(folder)
    text = paper_tables.to_markdown(tidy, (folder / "polish.csv").is_file(), goal_of(study))
    (folder / "tables.md").write_text(text, encoding="utf-8")


def checksums(folder, **entries):
    """Write the checksums anew, and other entries of the manifest."""
    path = folder / "manifest.json"
    manifest = {**json.loads(path.read_text(encoding="utf-8")), **entries}
    manifest["files"] = store.checksums(folder)
    path.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def forge(folder, file, column, every=True):
    """Change a column of one file, in all cases, and what follows; say whether anything changed."""
    paths = [folder / file] if (folder / file).is_file() else sorted(folder.glob(f"cases/*/{file}"))
    if file == "plan.json":
        for path in paths:
            change_plan(path, column)
        checksums(folder)
        return True
    effect = [change_column(path, column, every) for path in paths]
    follow(folder, file, column)
    return any(effect)


def forge_each(folder, file, names):
    """Change several columns of one file, and what follows; return those of which any changed."""
    if file == "bound.csv":
        # What follows from the bound would write over the others.
        return [column for column in names if forge(folder, file, column)]
    own = _with_consequences(folder) if file == "summary.csv" else set()
    shared = [column for column in names if column not in own]
    paths = [folder / file] if (folder / file).is_file() else sorted(folder.glob(f"cases/*/{file}"))
    if file == "plan.json":
        for path, column in product(paths, shared):
            change_plan(path, column)
        checksums(folder)
        return shared
    effect = {column: [change_column(path, column) for path in paths] for column in shared}
    forged = [column for column in shared if any(effect[column])]
    if forged:
        follow(folder, file, forged[-1])
    # What follows from one of these would write over others.
    return forged + [column for column in names if column in own and forge(folder, file, column)]


def _with_consequences(folder):
    """Return the columns of summary.csv from which others of it follow."""
    goal = GOALS[store.read_study(folder).market.objective]
    return {"score", goal.column, "pct_of_bound"}


def follow(folder, file, column):
    """Make anew what follows from a changed column of a file, as far as it still can be read."""
    if file == "bound.csv" and column != "bound_kwh":
        checksums(folder)
        return
    try:
        if file == "hourly.csv":
            from_hourly(folder)
        if file in ("hourly.csv", "units.csv", "summary.csv", "history.csv", "bound.csv"):
            rebuild(folder, column if file == "summary.csv" else "")
        elif file == "tables.csv":
            markdown(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        # A forger who breaks a file cannot make anything of it either.
        pass
    checksums(folder)


def remember(patch):
    """Have ``reproduce`` look at each case, and at all, once as long as they are the same."""

    def of_case(folder, name, study, setting):
        return content(folder / "cases" / name), name, repr(study), setting is None

    def of_feeder(master, steps, capacitors):
        return content(master.parent), steps, capacitors

    def of_lines(home, setting):
        return content(home / "feeder"), (home / "plan.json").read_bytes(), home.name, id(setting)

    def of_solution(home, given, day, rows, study, setting):
        # Without its study, the order of rows is taken from the files.
        here = content(home) if setting is None else (home / "plan.json").read_bytes()
        return here, home.name, id(day), rows.tobytes(), repr(study), id(setting)

    def of_study(study, manifest):
        return repr(study), repr(manifest.get("study_hash")), repr(manifest.get("study"))

    def of_sums(cases, histories, summary, study, *more):
        # A case is the same object as long as it is remembered.
        known = {name: id(case) for name, case in cases.items()}
        return hashlib.sha256(pickle.dumps((known, histories, summary))).digest(), repr(study), more

    def of_account(setting, case):
        return id(setting), id(case)

    def of_table(home, case, file, solved, keys):
        # What is solved is the same object as long as it is remembered.
        path = compare.form_of(home / file)
        held_there = path.read_bytes() if path.is_file() else None
        return path.name, held_there, case, file, id(solved), tuple(keys)

    def of_trades(home, case, solved):
        path = home / "trades.csv"
        return path.read_bytes() if path.is_file() else None, case, id(solved)

    patch.setattr(opendss, "replay", held(opendss.replay, of_feeder))
    patch.setattr(reproduce, "check_case", held(reproduce.check_case, of_case))
    patch.setattr(cases_of, "changed_lines", held(cases_of.changed_lines, of_lines))
    patch.setattr(cases_of, "_solved", held(cases_of._solved, of_solution))
    patch.setattr(integrity, "sources", held(integrity.sources, of_study))
    patch.setattr(aggregates, "over_cases", held(aggregates.over_cases, of_sums))
    patch.setattr(bills, "account", held(bills.account, of_account))
    patch.setattr(compare, "table", held(compare.table, of_table))
    patch.setattr(money, "_trades", held(money._trades, of_trades))


def held(function, key):
    """Return a function that remembers what it gave by a key of what it was given."""
    known = {}

    def remembering(*given):
        at = key(*given)
        if at not in known:
            # With what it was given, so that no other object gets the identity of that.
            known[at] = given, function(*given)
        return known[at][1]

    return remembering


def content(folder):
    """Return a hash over all files below a folder."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()
