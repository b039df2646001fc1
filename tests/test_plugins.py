import subprocess
import sys
from typing import Literal

import pytest
from pydantic import Field

from toolkit import plugins
from toolkit.errors import InputError
from toolkit.optimizer import Optimizer, OptimizerOptions

SOURCE = """
from pydantic import BaseModel, Field
from toolkit.optimizer import Optimizer, OptimizerOptions
{top}

class {name}({base}):
    description = {description!r}
    class Options({options}):
        size: int = Field(5, ge=2, description="size")
    def {method}(self, problem, rng):
        pass
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that puts a distribution with one plug-in on the import path."""
    monkeypatch.syspath_prepend(tmp_path)

    def add(distribution, entry, **changes):
        parts = {
            "top": "",
            "name": "Mine",
            "base": "Optimizer",
            "description": "mine",
            "options": "OptimizerOptions",
            "method": "minimize",
            **changes,
        }
        module = distribution.replace("-", "_") + "_module"
        (tmp_path / f"{module}.py").write_text(SOURCE.format(**parts))
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{entry} = {module}:Mine\n")
        return module

    yield add
    for name in [name for name in sys.modules if name.endswith("_module")]:
        del sys.modules[name]


def shown(name):
    return {info.name: info for info in plugins.catalogue()}[name]


def test_the_built_in_optimizers_come_through_the_same_door():
    assert {"cheetah", "pygad", "mealpy", "random"} <= set(plugins.names())
    for name in ("cheetah", "pygad", "mealpy", "random"):
        info = shown(name)
        assert info.distribution == "p2p-der-toolkit"
        assert info.description
        assert info.reference
        assert info.reason == ""


def test_an_outside_plugin_is_found_listed_and_built(install):
    install("out-side", "outer")
    assert "outer" in plugins.names()
    assert shown("outer").distribution == "out-side"
    assert plugins.build("outer", {"size": "7"}).options.size == 7


def test_listing_names_imports_no_plugin(install):
    module = install("lazy-one", "lazy")
    assert "lazy" in plugins.names()
    assert module not in sys.modules
    plugins.load("lazy")
    assert module in sys.modules


def test_listing_and_describing_import_no_heavy_library():
    code = (
        "import sys; from toolkit import plugins; plugins.names(); plugins.catalogue();"
        "heavy = {'pygad', 'mealpy', 'matplotlib', 'scipy', 'opendssdirect', 'dss'};"
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
    ],
)
def test_a_broken_plugin_is_shown_with_its_reason_and_harms_no_other(install, changes, told):
    install("bro-ken", "broken", **changes)
    install("fine-one", "fine")
    assert {"broken", "fine", "random"} <= set(plugins.names())
    info = shown("broken")
    assert told in info.reason
    assert "bro-ken" in info.reason
    assert shown("fine").reason == ""
    assert plugins.build("fine").options.size == 5
    with pytest.raises(InputError, match="cannot be used"):
        plugins.load("broken")


def test_a_name_claimed_twice_names_both_distributions_and_harms_no_other(install):
    install("first-dist", "twice")
    install("second-dist", "twice")
    with pytest.raises(InputError, match="'twice' is claimed by first-dist and second-dist"):
        plugins.load("twice")
    assert plugins.names().count("twice") == 1
    assert "first-dist and second-dist" in shown("twice").reason
    assert shown("random").reason == ""


def test_a_built_in_name_cannot_be_taken_over(install):
    install("pretender", "random")
    with pytest.raises(InputError, match="p2p-der-toolkit and pretender"):
        plugins.build("random")


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"unknown optimizer 'cheeta'. Did you mean 'cheetah'\?"):
        plugins.load("cheeta")


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
    options = plugins.parse_options(Opted, given, "opted")
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
        plugins.parse_options(Opted, {**must, **given}, "opted")
    assert told in str(caught.value)


def test_every_bad_value_is_told_at_once():
    with pytest.raises(InputError) as caught:
        plugins.parse_options(Opted, {"count": 1, "share": 7, "must": 1}, "opted")
    assert "'count'" in str(caught.value)
    assert "'share'" in str(caught.value)


def test_the_option_table_says_all_there_is_to_say():
    rows = {row.name: row for row in plugins.option_table(Opted)}
    assert list(rows) == ["count", "share", "loud", "variant", "label", "must"]
    count = rows["count"]
    assert (count.kind, count.range, count.default) == ("whole number", ">= 2, <= 9", "3")
    assert count.description == "how many"
    assert rows["share"].range == "> 0, < 1"
    assert rows["label"].kind == "text or none"
    assert rows["must"].default == "required"
