import os
import re
import subprocess
import sys
from typing import Literal

import pytest
from pydantic import Field

from toolkit.cli.console import plugins
from toolkit.common.plugins import groups
from toolkit.common.plugins.options import option_table
from toolkit.errors import InputError, ToolkitError
from toolkit.optimizer import Optimizer, OptimizerOptions, enquiry, registry
from toolkit.testing import check_optimizer


def shown(name):
    return {info.name: info for info in enquiry.catalogue()}[name]


def test_the_built_in_optimizers_come_through_the_same_door():
    assert {"cheetah", "pygad", "mealpy", "cma", "random"} <= set(registry.names())
    for name in ("cheetah", "pygad", "mealpy", "cma", "random"):
        info = shown(name)
        assert info.distribution == "p2p-der-toolkit"
        assert info.description
        assert info.reference
        assert info.reason == ""


def test_an_outside_plugin_is_found_listed_and_built(install):
    install("out-side", "outer")
    assert "outer" in registry.names()
    assert shown("outer").distribution == "out-side"
    assert registry.build("outer", {"size": "7"}).options.size == 7


def test_listing_names_imports_no_plugin(install):
    module = install("lazy-one", "lazy")
    assert "lazy" in registry.names()
    assert module not in sys.modules
    registry.load("lazy")
    assert module in sys.modules


def test_listing_and_describing_import_no_heavy_library():
    code = (
        "import sys; from toolkit.optimizer import registry; registry.names();"
        "[(registry.info(name), registry.load(name)) for name in registry.names()];"
        "heavy = {'pygad', 'mealpy', 'cma', 'matplotlib', 'scipy', 'opendssdirect', 'dss'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"top": "import no_such_library"}, "ModuleNotFoundError: No module named"),
        ({"top": "raise SystemExit(3)"}, "SystemExit: 3"),
        ({"top": "1 / 0"}, "ZeroDivisionError"),
        ({"name": "Other"}, "Mine"),
        ({"base": "object"}, "not a subclass of toolkit.Optimizer"),
        ({"options": "BaseModel"}, "Options is not a subclass of toolkit.OptimizerOptions"),
        ({"description": " "}, "no description"),
        ({"method": "minimise"}, "does not define minimize"),
        ({"extra": "requires = 'no_such_library'"}, "its requires is not a mapping"),
    ],
)
def test_a_broken_plugin_is_shown_with_its_reason_and_harms_no_other(install, changes, told):
    install("bro-ken", "broken", **changes)
    install("fine-one", "fine")
    assert {"broken", "fine", "random"} <= set(registry.names())
    info = shown("broken")
    assert told in info.reason
    assert "bro-ken" in info.reason
    assert shown("fine").reason == ""
    assert registry.build("fine").options.size == 5
    with pytest.raises(InputError, match="cannot be used"):
        registry.load("broken")


def test_a_name_claimed_twice_names_both_distributions_and_harms_no_other(install):
    install("first-dist", "twice")
    install("second-dist", "twice")
    with pytest.raises(InputError, match="'twice' is claimed by first-dist and second-dist"):
        registry.load("twice")
    assert registry.names().count("twice") == 1
    assert "first-dist and second-dist" in shown("twice").reason
    assert shown("random").reason == ""


def test_a_built_in_name_cannot_be_taken_over(install):
    install("pretender", "random")
    with pytest.raises(InputError, match="p2p-der-toolkit and pretender"):
        registry.build("random")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown optimizer 'cheeta'. Did you mean 'cheetah'\?"):
        registry.load("cheeta")


class Opted(Optimizer):
    description = "for its options"

    class Options(OptimizerOptions):
        count: int = Field(3, ge=2, le=9, description="how many")
        share: float = Field(0.5, gt=0, lt=1, description="which part")
        loud: bool = Field(False, description="whether")
        variant: Literal["a", "b"] = Field("a", description="which one")
        label: str | None = Field(None, description="what name")
        must: int = Field(description="no default")

    def minimize(self, problem, rng):
        pass


def test_strings_are_parsed_to_the_declared_types():
    given = {"count": "4", "share": "0.25", "loud": "true", "variant": "b", "must": "1"}
    options = registry.OPTIMIZERS.parsed(Opted, given, "opted")
    assert options.model_dump() == {
        "count": 4,
        "share": 0.25,
        "loud": True,
        "variant": "b",
        "label": None,
        "must": 1,
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cuont": 1}, "has no option 'cuont'. Did you mean 'count'?"),
        ({"zzz": 1}, "Options: count, label, loud, must, share, variant"),
        ({"count": "1"}, "option 'count' of optimizer 'opted': found '1', expected whole number"),
        ({"count": "4.5"}, "expected whole number >= 2, <= 9"),
        ({"share": 1.0}, "found 1.0, expected number > 0, < 1"),
        ({"loud": "perhaps"}, "found 'perhaps', expected true or false"),
        ({"variant": "c"}, "found 'c', expected one of a, b"),
        ({}, "needs the option 'must': whole number"),
    ],
)
def test_a_bad_option_says_what_was_found_and_expected(given, told):
    must = {} if not given else {"must": 1}
    with pytest.raises(InputError) as caught:
        registry.OPTIMIZERS.parsed(Opted, {**must, **given}, "opted")
    assert told in str(caught.value)


def test_every_bad_value_is_told_at_once():
    with pytest.raises(InputError) as caught:
        registry.OPTIMIZERS.parsed(Opted, {"count": 1, "share": 7, "must": 1}, "opted")
    assert "'count'" in str(caught.value)
    assert "'share'" in str(caught.value)


def test_the_option_table_says_all_there_is_to_say():
    rows = {row.name: row for row in option_table(Opted)}
    assert list(rows) == ["count", "share", "loud", "variant", "label", "must"]
    count = rows["count"]
    assert (count.kind, count.range, count.default) == ("whole number", ">= 2, <= 9", "3")
    assert count.description == "how many"
    assert rows["share"].range == "> 0, < 1"
    assert rows["label"].kind == "text or none"
    assert rows["must"].default == "required"


LACKING = "requires = {'no_such_library': 'pip install it', 'json': 'never asked for'}"


def test_a_library_that_is_missing_is_the_reason_and_its_command_the_way_out(install):
    install("lack-ing", "lacking", extra=LACKING)
    told = "it needs the library 'no_such_library', which is not installed. Install it with: pip"
    assert shown("lacking").reason == told + " install it"
    assert shown("random").reason == ""
    assert [row.name for row in option_table(registry.load("lacking"))] == ["size"]
    with pytest.raises(InputError, match="optimizer 'lacking' cannot be used: it needs"):
        registry.build("lacking")
    with pytest.raises(InputError, match="no_such_library"):
        check_optimizer("lacking")


def test_cma_without_its_library_is_listed_shown_and_refused(monkeypatch, capsys):
    monkeypatch.setattr(groups, "find_spec", lambda name: None if name == "cma" else True)
    command = 'pip install "p2p-der-toolkit[cma]"'
    assert registry.info("cma").reason.endswith(f"Install it with: {command}")
    plugins.print_plugins([registry.info("cma")])
    listed = " ".join(capsys.readouterr().out.split())
    assert "cma cannot be used: it needs the library 'cma'" in listed
    assert command in listed
    plugins.print_optimizer(registry.portrait("cma"))
    printed = capsys.readouterr().out
    assert "It cannot be used: it needs the library 'cma'" in printed
    assert "sigma (number" in printed
    with pytest.raises(InputError, match=r"p2p-der-toolkit\[cma\]"):
        registry.build("cma")


def test_a_broken_hook_is_told_in_one_message(install):
    extra = "choices = classmethod(lambda cls: 1 / 0)"
    install("hook-less", "hooked", extra=extra)
    with pytest.raises(ToolkitError, match=r"'hooked' cannot say .* ZeroDivisionError"):
        registry.choices(registry.load("hooked"), "hooked")


def test_mealpys_algorithms_are_listed_by_family_within_80_columns(monkeypatch):
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "optimizers", "show", "mealpy"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80"},
    )
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    import mealpy

    known = mealpy.get_all_optimizers(verbose=False)
    listed = re.findall(r"\w+", done.stdout)
    assert len(known) > 200
    assert set(known) <= set(listed)
    families = dict(re.findall(r"^      ([a-z-]+) \((\d+)\):$", done.stdout, re.MULTILINE))
    assert {"swarm-based", "evolutionary-based"} <= set(families)
    assert sum(map(int, families.values())) == len(known)


def test_an_optimizer_without_choices_shows_none():
    assert registry.choices(registry.load("random"), "random") == {}


#: Plug-ins that break where they are looked at, and what is said of them.
BREAKS = {
    "init": ({"extra": "def __init__(self, options=None): raise RuntimeError('no')"}, "when it is"),
    "requires": ({"extra": "requires = {1: None}"}, "its requires is not a mapping"),
    "raises": (
        {
            "top": "class Meta(type(Optimizer)):\n"
            "    description = property(lambda cls: 1 / 0)\n"
            "    requires = property(lambda cls: 1 / 0)",
            "base": "Optimizer, metaclass=Meta",
            "extra": "",
        },
        "ZeroDivisionError",
    ),
    "options": (
        {
            "top": "from pydantic import model_validator\n"
            "class Strange(OptimizerOptions):\n"
            "    @model_validator(mode='before')\n"
            "    def _break(cls, given):\n"
            "        raise KeyError('no')",
            "options": "Strange",
        },
        "KeyError",
    ),
    "exits": ({"top": "import os; os._exit(0)"}, "ended by itself with exit code 0"),
    "crashes": ({"top": "import ctypes; ctypes.string_at(0)"}, "ended by SIGSEGV"),
    "interrupts": ({"top": "raise KeyboardInterrupt"}, "KeyboardInterrupt"),
    "mute": ({"top": "class E(Exception):\n    __str__ = None\nraise E"}, "E: (it cannot say why)"),
}
#: Names that could be paths, devices, markup, or no name at all.
NAMES = ["../../x", "a/b", "x" * 300, "[/x]", "con", "Lpt1", "ends.", "-x", "a b", "\x1b[31mred"]


def test_whatever_breaks_is_listed_with_its_reason_and_harms_no_other(install, capsys):
    for name, (changes, _) in BREAKS.items():
        install(f"breaks-{name}", f"b-{name}", **changes)
    for i, name in enumerate(NAMES):
        install(f"named-{i}", name)
    install("fine-one", "fine")
    found = enquiry.catalogue()
    reasons = {info.name: info.reason for info in found}
    for name, (_, told) in BREAKS.items():
        assert told in reasons[f"b-{name}"], name
    for i, name in enumerate(NAMES):
        reason = next(info.reason for info in found if info.distribution == f"named-{i}")
        assert "a name is a letter, then letters" in reason, name
    assert reasons["fine"] == reasons["random"] == reasons["mealpy"] == ""
    plugins.print_plugins(found)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "x" * 60 not in shown.replace("\n", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_could_be_a_path_is_refused_before_anything_is_written(name, install, command):
    install("named-so", name)
    code, out, err = command("optimize", "--optimizer", name, "--budget", "2", "--out", "out")
    assert code == 2
    assert "Traceback" not in out + err
    assert "\x1b" not in err


@pytest.mark.parametrize("name", ["init", "options", "exits", "crashes"])
def test_what_breaks_is_refused_and_shown_in_one_message(name, install):
    changes, told = BREAKS[name]
    install("bro-ken", "broken", **changes)
    with pytest.raises(InputError, match=r"'broken'") as caught:
        enquiry.resolved(("broken", "random"), {}, {})
    assert told in str(caught.value)


def test_the_suite_survives_a_plug_in_that_ends_its_process(install):
    install("exit-ing", "exiting", top="import os", body="os._exit(7)")
    results = check_optimizer("exiting")
    assert results[1].passed
    assert "ended by itself with exit code 7" in results[2].reason
    assert all("not run" in r.reason for r in results[3:])
    assert len(results) > 10
