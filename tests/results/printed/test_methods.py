"""The text on methods: of this very run, with every figure from its folder."""

import json
import platform
import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from helpers.places import ROOT

from toolkit.inputs import profiles
from toolkit.inputs.tariff_sections import Tariffs
from toolkit.optimizer import enquiry
from toolkit.results import wording
from toolkit.results.printed import methods
from toolkit.results.printed import origins as origins_of
from toolkit.results.printed.bibliography import WORKS, keys_of
from toolkit.results.printed.sources import CITED
from toolkit.results.printed.tariffs import tariffs_told
from toolkit.results.store import read_results
from toolkit.results.store.manifest import write_manifest


@pytest.fixture(scope="module")
def results(ieee12_results):
    return read_results(ieee12_results)


@pytest.fixture
def unasked(monkeypatch):
    """Ask no optimizer of itself, which takes a process."""
    monkeypatch.setattr(methods, "_portrait", lambda *_: None)


def part(text, name):
    return text.partition(f"\n## {name}\n\n")[2].partition("\n\n## ")[0]


def test_a_comparison_tells_goal_search_tests_and_versions(results, unasked):
    text = methods.to_methods(results)
    problem = part(text, "Problem")
    assert "- Sought: the most energy sold to neighbours over the day." in problem
    assert "- Limits: 0.95 to 1.05 pu at every bus" in problem
    assert "| bev1 | vehicle station | 3 | 8 vehicles, 320 kWh | 0 to 16 vehicles |" in problem
    search = part(text, "Search").splitlines()
    assert search[0].startswith("- random (p2p-der-toolkit ")
    assert search[-2:] == [
        "- Budget: 25 evaluations in each run.",
        "- Runs of each: 2, seeds 1 to 2, the same for each.",
    ]
    tests = part(text, "Statistical tests")
    assert "(1 in all), over 2 seeds" in tests
    assert tests.splitlines()[-1] == f"- {wording.too_few(results.pairs)[0]}"
    assert "Friedman" not in text
    made = results.manifest["versions"]
    versions = part(text, "Versions").splitlines()
    assert f"- numpy: {made['numpy']}" in versions
    assert f"- Python: {platform.python_version()}" in versions
    assert "by the batch solver, many steps and plans at once: " in part(text, "Power flow")
    assert ". Each best plan is solved by OpenDSS." in part(text, "Power flow")
    assert "- Tariffs in EUR: 0.3 per kWh from the grid, of it 0.08 for the network; 0.08" in text
    assert f"version {made['p2p-der-toolkit']} [@p2pdertoolkit]." in part(text, "To cite")


def test_every_figure_of_the_search_is_the_folder_s(results, unasked):
    manifest = results.manifest | {"budget": 77_000, "runs": 1, "seed": 9, "polish": "dispatch"}
    study = results.study.model_copy(update={"optimizers": {"random": {"size": 31}}})
    text = methods.to_methods(replace(results, manifest=manifest, study=study))
    search = part(text, "Search")
    assert "77,000 evaluations" in search
    assert "- Runs of each: 1, seed 9." in search
    assert "with size = 31; other options at the defaults of that version." in search
    assert "polished by the exact model: dispatch." in search


def test_settings_and_defaults_of_an_optimizer_are_told_where_they_are_known(results):
    options = {"cheetah": {"members": 8}}
    study = results.study.model_copy(update={"optimizers": options})
    search = part(methods.to_methods(replace(results, study=study)), "Search")
    assert "Cheetah Optimizer" in search
    assert "doi 10.1038/s41598-022-14338-z" in search
    assert "  - members = 8 (set): cheetahs in the population." in search.splitlines()
    default = {row.name: row.default for row in enquiry.portrait("cheetah").options}["hunters"]
    assert f"hunters = {default} (default)" in search
    assert "[@akbari2022]" in search


def test_an_algorithm_of_mealpy_is_told_by_its_real_name(results):
    manifest = results.manifest | {"optimizers": ["wolves"]}
    manifest["origins"] = methods.origins(["mealpy"])
    study = results.study.model_copy(
        update={"optimizers": {"wolves": {"optimizer": "mealpy", "algorithm": "GWO"}}}
    )
    changed = replace(results, manifest=manifest, study=study)
    search = part(methods.to_methods(changed), "Search").splitlines()
    assert search[0].startswith("- wolves, which is mealpy (mealpy 3.0.2, called by p2p-der-")
    assert "mealpy's OriginalGWO, swarm-based: Grey Wolf Optimizer (GWO)" in search[0]
    assert "mealpy names Mirjalili" in search[0]
    assert "[@vanthieu2023]" in search[0]
    assert search[1:3] == [
        "  - algorithm = GWO (set).",
        "  - population = 50 (default): candidates in the population; epochs follow "
        "from the budget.",
    ]


def test_where_bundled_data_come_from_is_named(results, unasked, monkeypatch, tmp_path):
    data = part(methods.to_methods(results), "Data").splitlines()
    assert "- Sources of the data, feeder: dss/ieee12/README.md of the toolkit." in data
    assert "- Sources of the data, profiles: profiles/README.md of the toolkit." in data
    assert (
        "- Sources of the data, ratings of lines: assumed, since the public data have none." in data
    )
    (system,) = (row for row in data if "public 12-bus system" in row)
    assert 'Das, H. S. Nagi and D. P. Kothari, "Novel method for solving radial' in system
    assert any("typical\\_day.csv: synthetic, no series was measured" in row for row in data)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(profiles.bundled_folder(), tmp_path / "profiles")
    assert part(methods.to_methods(results), "Data").splitlines() == data
    study = results.study.model_copy(update={"profiles": "of_mine.csv", "feeder": "mine"})
    assert "Sources of" not in methods.to_methods(replace(results, study=study))


@pytest.mark.parametrize(
    ("feeder", "cited"),
    [("ieee33", ["baran1989"]), ("ieee69", ["baran1989capacitor", "das2008"])],
)
def test_the_paper_of_a_bundled_feeder_is_cited(feeder, cited):
    said = (ROOT / "dss" / feeder / "README.md").read_text(encoding="utf-8")
    system, ratings = origins_of.of_feeder(said)
    assert keys_of(system) == cited
    assert "`" not in system
    assert "](" not in system
    assert ratings.startswith("ratings of lines: assumed")


def test_prices_that_change_are_told_by_their_range():
    tariffs = Tariffs(retail=(0.2, 0.4), feed_in=0.1, network=0.05, standing=60.0)
    assert tariffs_told(tariffs) == (
        "0.2 to 0.4 (by step) per kWh from the grid, of it 0.05 for the network; 0.1 per kWh given "
        "to the grid; 60 per meter and year"
    )


def test_the_version_of_numba_is_kept_where_its_kernel_searched(tmp_path):
    for solver, more in (("compiled", ["numba"]), ("batch", [])):
        write_manifest(tmp_path, {"searched_by": solver})
        kept = json.loads((tmp_path / "manifest.json").read_text("utf-8"))["runtime"]
        assert [*kept] == ["Python", "platform", *more]


def test_limits_variables_and_alpha_are_told(results, unasked):
    text = methods.to_methods(results)
    problem = part(text, "Problem")
    assert "- Decision variables that are free: 112 (8 sites, 8 sizes, 96 values" in problem
    assert "there is no penalty weight" in problem
    assert "a store ends the day with at least what it held" in problem
    assert "at most alpha = 0.05" in part(text, "Statistical tests")
    gone = results.manifest | {"study_hash": "of another"}
    text = methods.to_methods(replace(results, manifest=gone))
    assert "free: not known: study, scripts or profiles have changed" in part(text, "Problem")


def test_every_work_cited_is_in_the_bibliography_and_no_other(results, unasked):
    text = methods.to_methods(results)
    held = methods.works(text, results)
    entries = re.findall(r"^@[a-z]+{([a-z0-9]+),$", held, re.MULTILINE)
    assert entries == [*dict.fromkeys(re.findall(r"\[@([a-z0-9]+)\]", text))]
    assert {"wilcoxon1945", "holm1979", "stalin2026", "dugan2011", "p2pdertoolkit"} <= {*entries}
    assert "friedman1937" not in entries
    assert held.count("{") == held.count("}")
    assert "Software, version 0.1.0" in held
    assert results.to_bibtex() == held


def test_dois_of_works_are_those_that_the_repository_names():
    named = " ".join(
        path.read_text(encoding="utf-8")
        for path in [
            *ROOT.glob("plugins/*.py"),
            *ROOT.glob("dss/*/README.md"),
            ROOT / "docs/statistics.md",
            ROOT / "CITATION.cff",
        ]
    )
    dois = {work.fields["doi"] for work in WORKS.values() if "doi" in work.fields}
    assert {doi for doi in dois if doi not in named} == {"10.1109/PES.2011.6039829"}


def test_another_version_s_defaults_are_not_guessed(results):
    origins = dict.fromkeys(("random", "cheetah"), "p2p-der-toolkit 0.0.9")
    manifest = results.manifest | {"origins": origins}
    search = part(methods.to_methods(replace(results, manifest=manifest)), "Search")
    assert search.count("other options at the defaults of that version.") == 2


def test_a_simulation_tells_of_no_search_and_no_tests(two_days):
    text = methods.to_methods(read_results(two_days))
    assert "Nothing was searched" in part(text, "Problem")
    assert "2 days" in part(text, "Data")
    for name in ("Search", "Statistical tests", "Proven bound", "Other days"):
        assert f"## {name}" not in text
    assert "Searched" not in part(text, "Power flow")


def test_friedman_and_a_bound_are_told_where_they_are(results, unasked):
    row = {"optimizers": 3, "seeds": 5, "chi2": 6.0, "p": 0.01, "method": "exact"}
    test = pd.DataFrame([row | {"critical_difference": 1.4}])
    text = methods.to_methods(replace(results, friedman=test))
    told = part(text, "Statistical tests")
    assert "All 3 optimizers together, over 5 seeds: Friedman's test [@friedman1937]" in told
    assert "p by its exact distribution, alpha = 0.05" in told


def test_a_name_cannot_change_the_page(results, unasked):
    network = results.network | {"feeder": "x\n# <b>|`y`\x1b"}
    text = methods.to_methods(replace(results, network=network))
    assert "- Feeder: x\\\\n\\# \\<b\\>\\|\\`y\\`\\\\x1b, 12 buses" in text


def test_what_is_cited_agrees_with_the_citation_file():
    text = " ".join((ROOT / "CITATION.cff").read_text(encoding="utf-8").split())
    doi = text.partition("doi: ")[2].split()[0]
    title = text.partition("type: article title: >- ")[2].partition(" authors:")[0]
    assert f"doi {doi}" in CITED[1]
    assert title in CITED[1]
