"""Progress in a notebook: one output that changes, and nothing where nobody looks."""

import sys
import types

import pytest

from toolkit import optimize
from toolkit.commands import notebook_bar as bars
from toolkit.commands.notebook_bar import Progressed, notebook_bar
from toolkit.common.monitor import SILENT


@pytest.fixture
def notebook(monkeypatch):
    """A kernel's IPython that keeps what it is told to show: first outputs, then changes."""
    shown = {"put up": [], "changed": []}

    def display(value, display_id):
        assert display_id is True
        shown["put up"].append(value)
        return types.SimpleNamespace(update=shown["changed"].append)

    inside = types.ModuleType("IPython")
    inside.get_ipython = lambda: types.SimpleNamespace(kernel=object())
    showing = types.ModuleType("IPython.display")
    showing.display = display
    monkeypatch.setitem(sys.modules, "IPython", inside)
    monkeypatch.setitem(sys.modules, "IPython.display", showing)
    return shown


def test_a_search_puts_up_one_output_and_ends_it_with_what_was_done(
    notebook, tmp_path, undrawn, capfd
):
    optimize("ieee12", optimizer="random", budget=20, out=tmp_path / "a")
    (first,), (*_, last) = notebook["put up"], notebook["changed"]
    assert (first.done, first.total) == (0, 20)
    assert (last.done, last.total) == (20, 20)
    assert repr(last).startswith("done: 20 evaluations, ")
    assert "<progress" in first._repr_html_()
    assert "<progress" not in last._repr_html_()
    assert capfd.readouterr() == ("", "")


def test_nothing_is_shown_to_who_asks_for_quiet(notebook, tmp_path, undrawn, capfd):
    optimize("ieee12", optimizer="random", budget=20, out=tmp_path / "a", quiet=True)
    assert notebook == {"put up": [], "changed": []}
    assert capfd.readouterr() == ("", "")


def test_nothing_is_shown_outside_of_a_notebook(notebook, monkeypatch):
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: None)
    with notebook_bar(10, quiet=False) as monitor:
        assert monitor is SILENT
    monkeypatch.delitem(sys.modules, "IPython")
    with notebook_bar(10, quiet=False) as monitor:
        assert monitor is SILENT


def test_changes_come_now_and_then_and_a_stop_is_told(notebook, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(bars.time, "monotonic", lambda: now[0])

    def search_and_stop():
        with notebook_bar(1000, quiet=False) as monitor:
            monitor.phase("searching <b>")
            for spent in range(100):
                now[0] += 0.01
                monitor.spent([spent, spent])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search_and_stop()
    *between, last = notebook["changed"]
    # A second of searching, two changes a second; 49 and 99 evaluations of both runs.
    assert [each.done for each in between] == [98, 198]
    assert repr(between[0]) == "searching <b>: 98 of 1,000 evaluations, 5 s left"
    assert "searching &lt;b&gt;: 98" in between[0]._repr_html_()
    assert repr(last) == "stopped after 198 evaluations, 1.0 s"


def test_the_first_look_promises_no_time():
    assert repr(Progressed("evaluations", 0, 1000, 0.0)) == "evaluations: 0 of 1,000 evaluations"
