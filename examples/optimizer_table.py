"""Compare the optimizers on the 12-bus study, with a proven bound, and write docs/comparison.md.

    python examples/optimizer_table.py

takes about an hour on two cores and leaves its results in results/comparison; comparisons already
there are not run again.
"""

import subprocess
import sys
from pathlib import Path

import pandas as pd

from toolkit.results import proof_words
from toolkit.results.store import Results, read_results

ROOT = Path(__file__).parents[1]
#: Each comparison: a title, what to note, and the arguments of `toolkit compare`.
COMPARISONS = {
    "optimizers": (
        "All optimizers",
        "JADE and L_SHADE are mealpy's, with mealpy's defaults.",
        "--runs 15 --solver opendss --bound --optimizer cheetah-plus --optimizer cheetah "
        "--optimizer pygad --optimizer cma --optimizer jade=mealpy --option jade.algorithm=JADE "
        "--optimizer l_shade=mealpy --option l_shade.algorithm=L_SHADE --optimizer random",
    ),
    "parts": (
        "cheetah-plus without one of its parts",
        "Each row but the first has one part switched off.",
        "--runs 15 --solver opendss --bound --optimizer cheetah-plus "
        "--optimizer no-rows=cheetah-plus --option no-rows.rows=false "
        "--optimizer no-choices=cheetah-plus --option no-choices.choices=false "
        "--optimizer no-hunting=cheetah-plus --option no-hunting.hunting=false "
        "--optimizer no-leave=cheetah-plus --option no-leave.leave=false",
    ),
    "polished": (
        "Polished: units may move",
        "The search has 9,950 evaluations, polishing at most 50.",
        "--runs 15 --solver opendss --bound --polish --optimizer cheetah",
    ),
    "dispatch": (
        "Polished: sites and sizes kept",
        "The search has 9,950 evaluations, polishing at most 50.",
        "--runs 15 --solver opendss --bound --polish --keep-sites --optimizer cheetah "
        "--optimizer cheetah-plus",
    ),
}


def run(folder: Path, arguments: str) -> Results:
    """Return the results in a folder, running the comparison first where there are none."""
    if not (folder / "report.html").is_file():
        command = ["compare", *arguments.split(), "--output", str(folder), "--force"]
        subprocess.run([sys.executable, "-m", "toolkit.cli", *command], check=True)
    return read_results(folder)


def page(results: dict[str, Results]) -> str:
    """Return docs/comparison.md."""
    parts = [
        "# Optimizers compared",
        "12-bus study, 10,000 evaluations per run, seeds 1 to 15, energy traded over the day. Made "
        "by `python examples/optimizer_table.py`. p values are two-sided exact signed-rank tests "
        "over the seeds, corrected for the number of pairs (Holm); ranks and tests as in "
        "[what a comparison proves](statistics.md).",
        _bound(results["optimizers"]),
    ]
    for name, (title, note, arguments) in COMPARISONS.items():
        found = results[name]
        parts += [f"## {title}", f"`toolkit compare {arguments}`", note, _table(found)]
        if not found.polish.empty:
            parts.append(proof_words.polish_sentence(found.polish))
        parts += [_p_values(found)] if len(found.statistics) > 1 else []
    return "\n\n".join(parts) + "\n"


def _bound(found: Results) -> str:
    row = found.bound.iloc[0].to_dict()
    return " ".join(proof_words.proof_sentences(row))


def _table(found: Results) -> str:
    header = ["optimizer", "median, kWh", "quartiles", "IQR", "best", "% of bound", "rank"]
    rows = [
        [
            f"`{row.optimizer}`",
            f"{row.median_kwh:.1f}",
            f"{row.lower_quartile_kwh:.1f} to {row.upper_quartile_kwh:.1f}",
            f"{row.iqr_kwh:.1f}",
            f"{row.best_kwh:.1f}",
            f"{row.median_pct_of_bound:.1f}",
            "-" if pd.isna(row.average_rank) else f"{row.average_rank:.2f}",
        ]
        for row in found.statistics.itertuples()
    ]
    return _markdown(header, rows)


def _p_values(found: Results) -> str:
    """Lay the pairs out as a triangle of corrected p values."""
    names = list(found.statistics["optimizer"])
    held = {(row.optimizer_a, row.optimizer_b): row.p_holm for row in found.pairs.itertuples()}
    rows = [
        [f"`{a}`", *(f"{held[a, b]:.2g}" if (a, b) in held else "" for b in names[1:])]
        for a in names[:-1]
    ]
    return _markdown(["p (Holm)", *(f"`{b}`" for b in names[1:])], rows)


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    rule = ["---" if i == 0 else "---:" for i in range(len(header))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def main() -> None:
    """Run what is missing and write the page."""
    folder = ROOT / "results" / "comparison"
    found = {name: run(folder / name, args) for name, (_, _, args) in COMPARISONS.items()}
    (ROOT / "docs" / "comparison.md").write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
