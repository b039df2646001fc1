"""Makes the pictures of docs/gallery.md and of README from what the commands there leave.

    python docs/site/gallery.py FOLDER [--only NAME]

It takes some minutes; results that lie in FOLDER already are used again. Pictures of pages need
Chromium, everything else is copied from the folders of results.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

import toolkit

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "gallery"
#: Where the picture's edges are, px: left, top, right, bottom.
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shot:
    """A picture: the command that made its results, and what of them it shows.

    shows: a file of the results folder; ``page``: report.html; ``notebook``: the results as a
    notebook shows them; box: which part of a page, to be looked at again where pages change.
    """

    name: str
    command: str
    shows: str
    box: Box = (0, 0, 0, 0)


COMPARE = "toolkit compare --budget 1000 --runs 5 -o results/compare"
COMMUNITY = "toolkit optimize examples/community/community.toml --budget 60 -o results/street"
YEAR = "toolkit simulate examples/year.toml -o results/year"
SWEEP = "toolkit sweep ieee12 --set storage.hours=1:5:5 --budget 150 -o results/sweep"
FRONT = "toolkit front ieee12 --goal traded --goal losses --points 5 --budget 150 -o results/front"
SHOTS = (
    Shot("answer.png", COMPARE, "page", (0, 0, 1024, 1190)),
    Shot("map.png", COMPARE, "page", (0, 1380, 1024, 2035)),
    Shot("one_line.svg", COMPARE, "figures/figure1_one_line.svg"),
    Shot("convergence.svg", COMPARE, "figures/figure6_convergence.svg"),
    Shot("day.svg", COMPARE, "figures/figure2_traded.svg"),
    Shot("voltages.svg", COMPARE, "figures/figure9_voltage_map.svg"),
    Shot("year.svg", YEAR, "figures/figure2_traded.svg"),
    Shot("sweep.svg", SWEEP, "figures/figure1_sweep.svg"),
    Shot("front.svg", FRONT, "figures/figure1_front.svg"),
    Shot("owners.png", COMMUNITY, "page", (0, 3440, 1024, 4210)),
    Shot("notebook.png", COMPARE, "notebook", (0, 0, 920, 860)),
)


def folder_of(shot: Shot, work: Path) -> Path:
    """Return the results folder that a command leaves, made where it is not there."""
    words = shlex.split(shot.command)
    folder = work / words[-1]
    if not (folder / "manifest.json").is_file() and not list(folder.glob("figures/*.svg")):
        words = [str(ROOT / w) if w.startswith("examples/") else w for w in words]
        command = [sys.executable, "-m", "toolkit", *words[1:-1], str(folder)]
        subprocess.run(command, cwd=work, check=True)
    return folder


def pictured(page: Path, box: Box, picture: Path) -> None:
    """Take a picture of a part of a page, with few colours: it stays small."""
    left, top, right, bottom = box
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place) / "whole.png"
        size = f"--window-size={right},{bottom + 200}"
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        words += ["--virtual-time-budget=8000", size, f"--screenshot={whole}", page.as_uri()]
        subprocess.run(["chromium", *words], check=True, capture_output=True)
        with Image.open(whole) as taken:
            part = taken.convert("RGB").crop((left, top, right, bottom))
    part.quantize(200, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        picture, optimize=True
    )


def page_of(shot: Shot, folder: Path) -> Path:
    """Return the page that a picture is taken of."""
    if shot.shows == "page":
        return folder / "report.html"
    page = folder / "notebook.html"
    shown = toolkit.read_results(folder)._repr_html_()
    style = "margin: 1rem; font: 14px system-ui, sans-serif"
    text = f'<!DOCTYPE html><meta charset="utf-8"><body style="{style}">{shown}</body>'
    page.write_text(text.replace(str(folder), shot.command.split()[-1]), encoding="utf-8")
    return page


def main() -> None:
    """Make all pictures, or one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where results lie, or are left")
    parser.add_argument("--only", help="name of a picture")
    asked = parser.parse_args()
    PICTURES.mkdir(exist_ok=True)
    for shot in SHOTS:
        if asked.only in (None, shot.name):
            folder = folder_of(shot, asked.folder.resolve())
            picture = PICTURES / shot.name
            if shot.shows in ("page", "notebook"):
                pictured(page_of(shot, folder), shot.box, picture)
            else:
                shutil.copyfile(folder / shot.shows, picture)
            print(f"{picture.stat().st_size:8,} {picture}")


if __name__ == "__main__":
    main()
