"""The example notebooks run from beginning to end, as a reader runs them."""

import shutil
import warnings
from pathlib import Path

import nbformat
import pytest
from helpers import forks
from helpers.places import EXAMPLES
from nbclient import NotebookClient

TESTS = Path(__file__).parent
NOTEBOOKS = sorted((EXAMPLES / "notebooks").glob("*.ipynb"))
#: Seconds a cell may take on a busy machine.
CELL_S = 240
#: Of these the runs begin as forks, for there are many; of the others as they do for a reader.
FORKED = {"researcher"}
#: Carried out by such a notebook before its first cell.
SOONER = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from functools import partial
from helpers import forks
del sys.path[0]
from toolkit.common import processes
processes._started = partial(forks.of_command, processes._started)
"""
#: What each one must have shown.
TELLS = {
    "researcher": ("begin{tabular}", "cheetah-plus", "p_holm", "image/png"),
    "planner": ("shapes, 0 buses without a place", "transformer.t1"),
    "community": ("payback_years", "Nobody is worse off with", "image/png"),
}
HTML, TEXT = "text/html", "text/plain"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A copy of the examples that notebooks read, where they may leave results."""
    folder = tmp_path_factory.mktemp("shelf")
    for name in ("notebooks", "community"):
        shutil.copytree(EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("results"))
    return folder / "notebooks"


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def carried_out(request, shelf):
    """Return the name of a notebook and its cells, carried out; an error ends the test."""
    held = nbformat.read(request.param, as_version=4)
    nbformat.validate(held)
    more = []
    if request.param.stem in FORKED and forks.POSSIBLE:
        (shelf / "sooner.py").write_text(SOONER, encoding="utf-8")
        more = [f"--IPKernelApp.exec_files={shelf / 'sooner.py'}"]
    place = {"metadata": {"path": str(shelf)}}
    client = NotebookClient(held, timeout=CELL_S, resources=place, extra_arguments=more)
    with warnings.catch_warnings():  # those of the client's own libraries
        warnings.simplefilter("ignore")
        client.execute()
    return request.param.stem, [cell for cell in held.cells if cell.cell_type == "code"]


def shown(cells, kind):
    """Return what cells show of a kind, in order."""
    outputs = [output for cell in cells for output in cell.outputs]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def test_a_notebook_runs_and_shows_the_answer_short_and_as_html(carried_out):
    name, cells = carried_out
    assert all(cell.execution_count for cell in cells)
    answers = [text for text in shown(cells, TEXT) if "Results of study" in text]
    assert answers
    assert all(len(text) < 2000 for text in answers)
    pages = [page for page in shown(cells, HTML) if 'class="p2p-told"' in page]
    assert any("<svg" in page and "in the base case" in page for page in pages)
    assert all(len(page.encode()) < 300_000 for page in pages)
    everything = "".join(str(cell.outputs) for cell in cells)
    assert all(words in everything for words in TELLS[name])


def test_progress_is_one_output_of_a_search(carried_out):
    _, cells = carried_out
    bars = [[t for t in shown([cell], TEXT) if " evaluations" in t] for cell in cells]
    told = [bar for bar in bars if any(t.startswith("done: ") for t in bar)]
    assert len(told) == 1
    assert len([t for t in told[0] if t.startswith("done: ")]) == 1
    streams = [o for cell in cells for o in cell.outputs if o.output_type == "stream"]
    assert all(len(o.text) < 5000 for o in streams)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert not [cell for cell in code if cell.outputs or cell.execution_count]


def test_there_is_one_for_every_kind_of_user():
    assert [path.stem for path in NOTEBOOKS] == ["community", "planner", "researcher"]
