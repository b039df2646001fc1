"""What is handed in from outside: words, files, names and arguments that no command could use."""

import ast
import io
import json
import os
import pty
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.places import ROOT

import toolkit
from toolkit import InputError, ToolkitError
from toolkit.cli import terminal
from toolkit.common import caps, input_files
from toolkit.common.arguments import checked, plain
from toolkit.common.errors import MESSAGE
from toolkit.common.excerpts import excerpt, line, shown
from toolkit.errors import nearest, unknown_name
from toolkit.inputs import study
from toolkit.model import plan_json

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HEAD = 'name = "mine"\nfeeder = "ieee12"\n'


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\x9b2J", r"\x9b2J"),
        ("a\rb\bc", r"a\rb\x08c"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\udcff", r"\udcff"),
        ("\u200b\ufeff\u2028", r"\u200b\ufeff\u2028"),
        ("é 日本 😀 a\\b", "é 日本 😀 a\\b"),
    ],
)
def test_what_a_screen_obeys_is_written_out(text, written):
    assert shown(text) == line(text) == written
    assert shown(written) == written


def test_an_end_of_line_is_kept_in_text_and_written_out_in_a_line():
    assert shown("a\nb\tc") == "a\nb\tc"
    assert line("a\nb\tc") == r"a\nb\tc"


class Unshowable:
    def __repr__(self):
        raise RuntimeError("no")


ODD = [Unshowable(), 10**5000, "x" * 10**6, [["y"] * 1000] * 1000]


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_an_excerpt_is_one_short_line_of_anything(value):
    assert len(excerpt(value)) < 100
    assert "\n" not in excerpt(value)


def test_no_error_holds_what_a_screen_obeys_or_is_without_end():
    assert not OBEYED.search(str(ToolkitError("\x1b]0;owned\x07 \u202e")))
    assert len(str(InputError("x" * 10**6))) <= MESSAGE
    names = [f"bus{i}" for i in range(5000)]
    assert len(str(unknown_name("bus", "y" * 10**6, names))) < 1000
    assert nearest("bus1" + "z" * 10**6, ["bus1"]) in ("", " Did you mean 'bus1'?")


PRINTERS = {"toolkit/cli/terminal.py", "toolkit/cli/console/__init__.py"}


def test_everything_is_printed_in_one_place():
    """``console`` draws tables and progress by rich; children talk to their parents by print."""
    children = {"toolkit/grid/opendss/plain.py", "toolkit/optimizer/testing/checks.py"}
    for path in sorted((ROOT / "toolkit").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name in PRINTERS | children or "templates" in name:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("print", "typer.echo", "typer.secho", "Console"), name
            assert not called.startswith(("sys.stdout.", "sys.stderr.")), name


def test_tables_and_status_obey_no_markup_and_no_escape(capsys):
    from toolkit.cli import console

    name = "[/x]\x1b[31m\u202e\nVerdict: ok"
    console.print_table(name, ["case", name], [[name, "1"], ["b", name]])
    with console.status(name) as on_phase:
        on_phase("[/y]")
    terminal.say(name)
    terminal.wrapped(name, "- ")
    terminal.complain(name)
    out, err = capsys.readouterr()
    assert not OBEYED.search(out + err)
    assert "[/x]" in out
    assert not [told for told in out.splitlines() if told.startswith("Verdict")]


def test_json_holds_nothing_that_a_terminal_obeys(capsys):
    terminal.say_json({"name": "\x1b\x7f\x9b\u202e"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "\x1b\x7f\x9b\u202e"}
    assert not OBEYED.search(out)


def refusal(call, *words):
    with pytest.raises(InputError) as caught:
        call()
    said = str(caught.value)
    assert len(said) < MESSAGE
    assert not OBEYED.search(said)
    for word in words:
        assert word in said, said
    return said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = " + "[" * 100_000, ["nested too deep"]),
        ("a." * 100_000 + "b = 1", ["line 3", "at most 20 names"]),
        ('"a" . ' * 100_000 + "b = 1", ["line 3", "at most 20 names"]),
        ("x = " + "[" * 50 + "]" * 50, ["at most 20 sections"]),
        ("x = " + "9" * 10_000, ["thousands of digits"]),
        ("x = 0x" + "f" * 10_000, ["'x'", "at most 9223372036854775807"]),
        ("x = 1979-05-27", ["'x'", "1979", "expected text, a number"]),
        ("[limits]\nv_max = inf", ["'limits.v_max'", "inf", "finite"]),
        ("[limits]\nv_max = 1e300", ["'limits.v_max'", "1e+300", "less than or equal to 10"]),
        ("[vehicles]\ncharger_kw = 1e-300", ["'vehicles.charger_kw'", "at least 1e-06"]),
        ("[storage]\neta_charge = 1e-9", ["'storage.eta_charge'", "at least 0.01"]),
        ("[fleet]\nscale = [0, 1e9]", ["'fleet.scale.1'", "less than or equal to 1000000"]),
        ("[tariffs]\nretail = 1e300", ["'tariffs.retail.0'", "less than or equal"]),
        (f"[fleet]\nbuses = {['b'] * 20_000}", ["'fleet.buses'", "at most 10000"]),
        (f"x = {[1] * 40_000}", ["40,000 entries", "35,136"]),
        ("\n".join(f"a{i} = 1" for i in range(500)), ["unknown key 'a0'", "more like these"]),
    ],
)
def test_a_study_out_of_all_proportion_is_refused_in_words(text, words):
    refusal(lambda: study.parse((HEAD + text).encode(), "mine.toml"), "mine.toml", *words)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "a" * 300, "at most 100 characters"),
        ("feeder", "a" * 300, "at most 255 bytes each"),
        ("feeder", "a/" * 3000, "at most 4,096 bytes"),
        ("profiles", "a\\u0000.csv", "without NUL"),
    ],
)
def test_names_that_no_file_system_holds_are_refused(field, value, words):
    fields = {"name": "mine", "feeder": "ieee12", field: value}
    text = "\n".join(f'{key} = "{held}"' for key, held in fields.items())
    refusal(lambda: study.parse(text.encode(), "mine.toml"), f"'{field}'", words)


def test_text_in_other_encodings_is_named_and_a_byte_order_mark_is_taken():
    assert study.parse(b"\xef\xbb\xbf" + HEAD.encode(), "mine.toml").name == "mine"
    for encoding in ("utf-16", "utf-32"):
        refusal(lambda e=encoding: study.parse(HEAD.encode(e), "mine.toml"), "UTF-16")
    refusal(lambda: study.parse(HEAD.encode() + b"# \xff", "m.toml"), "m.toml, line 3", "0xff")


@pytest.fixture
def endless(tmp_path):
    """A pipe that nobody writes into, a device without an end, a folder, and a huge file."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(10**12)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "words"),
    [("pipe", "a pipe"), ("zero", "a device"), ("folder", "a folder"), ("huge", "too large")],
)
def test_only_regular_files_of_a_stated_size_are_read(name, words, endless, command):
    refusal(lambda: input_files.content(endless / name, 1000), name, words)
    os.rename(endless / name, endless / f"{name}.toml")
    code, _, err = command("simulate", f"{name}.toml")
    assert code == 2
    assert words in err or (name == "folder" and "no file" in err)
    os.rename(endless / f"{name}.toml", endless / f"{name}.csv")
    (endless / "x.toml").write_text(HEAD + f'profiles = "{name}.csv"\n')
    code, _, err = command("simulate", "x.toml")
    assert code == 2
    assert words in err or (name == "folder" and "no file" in err)
    code, _, err = command("simulate", "--plan", f"{name}.csv")
    assert code == 2
    assert words in err


def test_a_name_longer_than_any_file_has_is_no_traceback(command):
    for words in (["simulate", "a" * 300 + ".toml"], ["simulate", "b" * 9000]):
        code, out, err = command(*words)
        assert (code, out) == (2, "")
        assert "Error" in err
        assert len(err) < 1000


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"units":' * 100_000, '{"a": ' + "9" * 5000 + "}"]
)
def test_a_plan_nested_too_deep_is_refused(text, ieee12):
    refusal(lambda: plan_json.from_json(text, ieee12.fleet, "plan.json"), "plan.json: not a plan")
    with pytest.raises((ValueError, KeyError, TypeError)):
        plan_json.parsed(text)


def test_a_plan_that_says_a_thing_twice_is_refused(ieee12):
    text = '{"step_h": 1.0, "units": [], "units": []}'
    refusal(
        lambda: plan_json.from_json(text, ieee12.fleet, "plan.json"), "'units' stands there twice"
    )


def test_a_station_of_more_vehicles_than_any_is_refused(make_setting):
    bounds = {"units": {"bev1": {"size": [0, 1e8]}}}
    refusal(lambda: make_setting(fleet=bounds), "bev1", "1e+08 vehicles", "0 to 1,000,000")
    refusal(lambda: make_setting(fleet={"scale": [0, 1e6]}, vehicles={"charger_kw": 0.001}), "bev1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["optimize", "--runs", "1000000000"], "up to 10,000"),
        (["optimize", "--budget", "1000000000000"], "up to 100,000,000"),
        (["optimize", "--budget", "9" * 5000], "budget"),
        (["optimize", "--workers", "1000000"], "up to 1,000"),
        (["optimize", "--seed", str(2**70)], "no run's seed above"),
        (["compare", "--runs", "9999", "--budget", "1"], "at most 10,000 in all"),
        (["bound", "--time", "1e300"], "at most 10,000,000"),
        (["bound", "--gap", "nan"], "--gap"),
        (["optimizers", "test", "random", "-o", "x=1"], "no option 'x'"),
        (["simulate", ""], "no word that is empty"),
        (["simulate", "a\0b"], "without NUL"),
        (["simulate", "\udcff"], "UTF-8"),
    ],
)
def test_a_number_or_word_out_of_all_proportion_is_refused_at_once(words, said, command):
    code, out, err = command(*words)
    assert code == 2, out + err
    assert said in err
    assert len(err) < MESSAGE + 500


@pytest.mark.parametrize("words", [["\x1b[31m"], ["optimize", "--\x1b[31m"], ["report", "\u202e"]])
def test_words_typed_are_shown_not_obeyed(words, command):
    code, _, err = command(*words)
    assert code == 2
    assert not OBEYED.search(err)
    assert "x1b" in err or "202e" in err


def test_a_fault_of_our_own_is_one_message_and_a_traceback_on_demand(command, monkeypatch):
    from toolkit.cli import console

    def broken(*given):
        raise KeyError("\x1b[31m")

    monkeypatch.setattr(console, "print_optimizers", broken)
    monkeypatch.delenv("TOOLKIT_DEBUG", raising=False)
    code, _, err = command("optimizers", "list")
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "KeyError" in err
    assert "--debug" in err
    monkeypatch.setenv("TOOLKIT_DEBUG", "1")
    with pytest.raises(KeyError):
        command("optimizers", "list")


def typed(words, folder, **given):
    """Type a command in a process of its own; return exit code and what it printed as errors."""
    command = [sys.executable, "-m", "toolkit.cli", *words]
    done = subprocess.run(
        command, cwd=folder, stderr=subprocess.PIPE, timeout=120, check=False, **given
    )
    return done.returncode, done.stderr.decode("utf-8", "replace")


def test_a_full_disk_in_the_place_of_a_terminal_is_one_message(tmp_path):
    with open("/dev/full", "wb") as full:
        code, err = typed(["optimizers", "list"], tmp_path, stdout=full)
    assert code == 1
    assert err.count("\n") == 1
    assert "No space left" in err


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    read, write = os.pipe()
    os.close(read)
    code, err = typed(["optimizers", "list"], tmp_path, stdout=write)
    os.close(write)
    assert code in (0, 1)
    assert "Traceback" not in err
    assert "Exception" not in err


def test_a_folder_that_is_gone_is_one_message(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r}); from toolkit.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "feeders", "list"],
        cwd=gone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "environment", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}, {}]
)
def test_any_alphabet_and_no_home_will_do(environment, tmp_path):
    kept = {"PATH": os.environ.get("PATH", ""), **environment}
    code, err = typed(["simulate", "日本\u202e"], tmp_path, env=kept)
    assert code == 2
    assert "Traceback" not in err


def test_on_a_terminal_a_name_is_shown_not_obeyed(tmp_path):
    """What reaches the terminal itself, with the sequences that rich writes for its own ends."""
    main, sub = pty.openpty()
    (tmp_path / "\x1b]0;owned\x07[red]").mkdir()
    command = [sys.executable, "-m", "toolkit.cli", "reproduce", "\x1b]0;owned\x07[red]"]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=sub, stderr=sub, stdin=sub)
    held = io.BytesIO()

    def read():
        try:
            while chunk := os.read(main, 4096):
                held.write(chunk)
        except OSError:
            return

    reader = threading.Thread(target=read)
    reader.start()
    assert running.wait(120) == 2
    os.close(sub)
    reader.join(10)
    os.close(main)
    assert b"\x1b]0;owned" not in held.getvalue()
    assert rb"\x1b]0;owned\x07[red]" in held.getvalue()


class Hostile:
    def __repr__(self):
        raise RuntimeError("no")


def small(x):
    return float(x.sum())


RUN = {"budget": 5, "seed": 1}
CALLS = [
    (lambda: toolkit.optimize(budget=2.5), "budget: found 2.5; expected a whole number from 1"),
    (lambda: toolkit.optimize(budget=1e12), "budget"),
    (lambda: toolkit.optimize(budget=True), "budget: found True"),
    (lambda: toolkit.optimize(budget=np.bool_(True)), "budget"),
    (lambda: toolkit.optimize(budget="100"), "budget: found '100'"),
    (lambda: toolkit.optimize(budget=None), "budget: found None"),
    (lambda: toolkit.optimize(budget=float("nan")), "budget: found nan"),
    (lambda: toolkit.optimize(budget=Decimal(3)), "budget"),
    (lambda: toolkit.optimize(runs=10**9), "runs: found 1000000000; expected a whole number from"),
    (lambda: toolkit.optimize(seed=-1), "seed: found -1"),
    (lambda: toolkit.optimize(seed=2**70), "seed"),
    (lambda: toolkit.optimize(workers=10**6), "from 1 to 1,000"),
    (lambda: toolkit.optimize(optimizer=3), "optimizer: found 3; expected text"),
    (lambda: toolkit.optimize(options=3), "options: found 3; expected a dictionary"),
    (lambda: toolkit.optimize(options={3: 4}), "options"),
    (lambda: toolkit.optimize(bound=1e300), "bound"),
    (lambda: toolkit.optimize(bound="soon"), "bound: found 'soon'; expected seconds"),
    (lambda: toolkit.optimize(polish=pd.NA), "polish"),
    (lambda: toolkit.optimize(out=3), "out: found 3; expected a path"),
    (lambda: toolkit.optimize(out=""), "out: found ''"),
    (lambda: toolkit.optimize(out="a\0"), "without NUL"),
    (lambda: toolkit.optimize(out="\udcff"), "UTF-8"),
    (lambda: toolkit.optimize(out="a" * 300), "at most 255 bytes"),
    (lambda: toolkit.optimize(force="yes"), "force: found 'yes'; expected True or False"),
    (lambda: toolkit.optimize(bugdet=3), "Did you mean 'budget'"),
    (lambda: toolkit.optimize("ieee12", "random"), "optimize()"),
    (lambda: toolkit.optimize(Hostile()), "study: found a value of type Hostile"),
    (lambda: toolkit.compare(optimizers=[3]), "optimizers: found [3]"),
    (lambda: toolkit.compare(optimizers=[]), "expected from 1"),
    (lambda: toolkit.compare(options={"pygad": 3}), "'pygad' has none"),
    (lambda: toolkit.simulate(plan=b"x"), "plan: found b'x'"),
    (lambda: toolkit.simulate(study=3), "study: found 3; expected a study's name"),
    (lambda: toolkit.load_study(None), "source: found None"),
    (lambda: toolkit.load_study("\0"), "study: found"),
    (lambda: toolkit.load_study(limits={"v_min": 10**400}), "limits.v_min"),
    (lambda: toolkit.load_study(limits=Hostile()), "limits"),
    (lambda: toolkit.read_results(None), "folder: found None"),
    (lambda: toolkit.read_results(), "missing a required argument"),
    (lambda: toolkit.read_journal(3), "path: found 3"),
    (lambda: toolkit.read_journal("/dev/zero"), "a device"),
    (lambda: toolkit.write_report(np.array([1])), "folder"),
    (lambda: toolkit.minimize("random", 3, 0, 1, **RUN), "function: found 3; expected a function"),
    (lambda: toolkit.minimize("random", lambda: 1, 0, 1, **RUN), "a function of one vector"),
    (lambda: toolkit.minimize("random", lambda x: "a", 0, 1, **RUN), "function: found 'a'"),
    (lambda: toolkit.minimize("random", lambda x: None, 0, 1, **RUN), "found None as a result"),
    (lambda: toolkit.minimize("random", lambda x: 1j, 0, 1, **RUN), "found 1j as a result"),
    (lambda: toolkit.minimize("random", lambda x: [[1], 2], 0, 1, **RUN), "as a result"),
    (lambda: toolkit.minimize("random", small, "a", 1, **RUN), "lower: found 'a'"),
    (lambda: toolkit.minimize("random", small, 0, [1, "b"], **RUN), "upper"),
    (lambda: toolkit.minimize("random", small, 0, 1j, **RUN), "upper"),
    (lambda: toolkit.minimize("random", small, [], [], **RUN), "bounds"),
    (lambda: toolkit.minimize("random", small, -1e308, 1e308, **RUN), "bounds"),
    (lambda: toolkit.minimize("random", small, 0, float("nan"), **RUN), "bounds"),
    (lambda: toolkit.minimize(int, small, 0, 1, **RUN), "optimizer: found <class 'int'>"),
    (lambda: toolkit.minimize(None, small, 0, 1, **RUN), "optimizer: found None"),
    (lambda: toolkit.minimize("random", small, 0, 1, budget=5, seed="a"), "seed: found 'a'"),
    (lambda: toolkit.minimize("random", small, 0, 1), "missing a required"),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_a_bad_argument_is_named_with_what_was_found(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    call, said = CALLS[number]
    refusal(call, said)
    assert not list(tmp_path.iterdir())


def test_a_loop_in_changes_is_refused():
    looped = {}
    looped["fleet"] = looped
    refusal(lambda: toolkit.load_study("ieee12", fleet=looped), "at most 20 levels")


def test_numbers_of_numpy_do_as_well_as_pythons_own(tmp_path):
    found = toolkit.optimize(
        np.str_("ieee12"),
        optimizer=np.str_("random"),
        budget=np.int64(3),
        runs=1.0,
        seed=np.uint8(7),
        workers=np.array(1),
        options={"batch": np.int32(2)},
        force=np.bool_(False),
        out=tmp_path / "out",
    )
    assert (found.manifest["budget"], found.manifest["seed"]) == (3, 7)
    assert found.study.optimizers["random"] == {"batch": 2}
    other = toolkit.load_study(
        "ieee12", limits={"v_min": np.float64(0.9)}, fleet={"scale": np.array([0.0, 1.0])}
    )
    assert other.limits.v_min == 0.9
    assert other.fleet.scale == (0.0, 1.0)
    low = pd.Series([0.0, 0.0])
    assert toolkit.minimize("random", small, low, 1, budget=1e1, seed=np.int8(1)).evaluations == 10


def test_checked_keeps_a_functions_name_and_turns_the_systems_errors_into_ours():
    @checked
    def reads(path: input_files.Path) -> None:
        """Say so."""
        raise PermissionError(13, "Permission denied", "x")

    assert (reads.__name__, reads.__doc__) == ("reads", "Say so.")
    with pytest.raises(ToolkitError, match="x: Permission denied"):
        reads(Path())


def test_every_public_function_checks_its_arguments():
    import inspect

    functions = [n for n in toolkit.__all__ if inspect.isfunction(getattr(toolkit, n))]
    assert len(functions) >= 8
    for name in functions:
        refusal(lambda n=name: getattr(toolkit, n)(1, 2, 3, 4, 5, 6, 7, 8), name)


def test_plain_leaves_what_it_does_not_know():
    assert plain({"a": (np.int64(1), [np.float32(0.5)])}) == {"a": [1, [0.5]]}
    assert plain(pd.NA) is pd.NA
    assert caps.BUDGET >= 10_000_000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((3, "real", 0, 1), "name: found 3"),
        (("x", "weird", 0, 1), "kind: found 'weird'"),
        (("x", "real", "a", 1), "found 'a'"),
        (("x", "real", None, 1), "found None"),
        (("x", "real", 0, 10**400), "finite"),
        (("x", "real", 0, 1j), "finite"),
    ],
)
def test_a_variable_says_what_it_cannot_be(given, words):
    refusal(lambda: toolkit.Variable(*given), words)
    with pytest.raises(ValueError, match="variable"):
        toolkit.Variable(*given)


def test_a_space_is_of_variables():
    for given in (3, [1, 2], "x", None):
        refusal(lambda g=given: toolkit.Space(g), "expected a tuple of variables")


@pytest.mark.parametrize("columns", ["0", "1", "-3", "x", "40"])
def test_a_terminal_of_any_width_gets_tables_that_can_be_read(columns, monkeypatch, capsys):
    from toolkit.cli import console

    monkeypatch.setenv("COLUMNS", columns)
    console.print_table("Units", ["name", "kW"], [["pv1", "60"]])
    assert "pv1   60" in capsys.readouterr().out
