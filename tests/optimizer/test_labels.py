"""Several settings of one optimizer in one comparison."""

import pandas as pd
import pytest

from toolkit.cli.options import by_optimizer
from toolkit.commands import search_and_store
from toolkit.commands.request import Request, checked
from toolkit.errors import InputError
from toolkit.inputs import study_files
from toolkit.optimizer import Optimizer, OptimizerOptions, labels, registry

HEAD = 'name = "mine"\nfeeder = "ieee12"\n'
JADE = HEAD + '[optimizers.jade]\noptimizer = "mealpy"\nalgorithm = "JADE"\n'


def ask(*words, text=HEAD, **options):
    """Check a request given as on the command line; return the study and the tasks."""
    names, given = labels.given(words)
    merged = {name: {**given.get(name, {}), **options.get(name, {})} for name in names}
    resolved, request = checked(
        study_files.parse(text.encode(), "mine.toml"), Request(names, 9, 1, 1, 1, merged)
    )
    return resolved, request.tasks()


def refused(*words, text=HEAD, **options):
    with pytest.raises(InputError) as caught:
        ask(*words, text=text, **options)
    return str(caught.value)


def test_one_plug_in_runs_under_two_labels_with_options_of_their_own():
    _, tasks = ask(
        "few=cheetah", "many=cheetah", "random", few={"members": "4"}, many={"members": "9"}
    )
    assert [(t.case, t.optimizer, dict(t.options)) for t in tasks] == [
        ("few-seed1", "cheetah", {"members": 4}),
        ("many-seed1", "cheetah", {"members": 9}),
        ("random-seed1", "random", {}),
    ]


def test_a_label_means_what_the_study_says_and_the_request_wins_over_its_options():
    _, (task,) = ask("jade", text=JADE)
    assert (task.case, task.optimizer, task.options) == (
        "jade-seed1",
        "mealpy",
        {"algorithm": "JADE"},
    )
    _, (task,) = ask("jade", text=JADE, jade={"population": "30"})
    assert task.options == {"algorithm": "JADE", "population": 30}
    _, (task,) = ask("jade=mealpy", text=JADE, jade={"algorithm": "SHADE"})
    assert task.options == {"algorithm": "SHADE"}


@pytest.mark.parametrize("taken", ["exact", "Base", "plan"])
def test_an_optimizer_called_like_a_case_needs_a_label(install, taken):
    install("taken-one", taken)
    assert f"--optimizer mine={taken}" in refused(taken)
    _, (task,) = ask(f"mine={taken}")
    assert (task.case, task.optimizer) == ("mine-seed1", taken)


def test_the_resolved_study_keeps_what_a_label_stands_for():
    resolved, _ = ask("few=cheetah", "same=random", "random", few={"members": "4"})
    again = study_files.parse(study_files.to_toml(resolved).encode(), "study.toml")
    assert again.optimizers == {
        "few": {"optimizer": "cheetah", "members": 4},
        "same": {"optimizer": "random"},
    }
    assert checked(again, Request(("few", "same", "random"), 9, 1))[0] == resolved


def test_the_word_optimizer_under_a_plug_ins_own_name_changes_nothing():
    plain, labelled = (ask(word, random={"batch": "3"}) for word in ("random", "random=random"))
    assert plain == labelled


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a=b=c"], ["unknown optimizer 'b=c'"]),
        (["=cheetah"], ["'=cheetah'", "LABEL=NAME"]),
        (["jade="], ["'jade='", "LABEL=NAME"]),
        (["jade=mealpi"], ["unknown optimizer 'mealpi'", "Did you mean 'mealpy'?"]),
        (["a/b=random"], ["label 'a/b'", "letters, digits"]),
        (["..=random"], ["label '..'", "letters, digits"]),
        (["a.b=random"], ["label 'a.b'", "letters, digits"]),
        (["1=random"], ["label '1'", "a letter"]),
        ([f"{'a' * 41}=random"], ["40 at most"]),
        (["base=random"], ["label 'base'", "of its own"]),
        (["NaN=random"], ["label 'NaN'", "of its own"]),
        (["cheetah=random"], ["label 'cheetah'", "installed optimizer"]),
        (["one=random", "one=cheetah"], ["'one' is named twice"]),
        (["random", "random"], ["'random' is named twice", "--optimizer first=random"]),
        (["one=random", "One=random"], ["'one' and 'One'", "case"]),
    ],
)
def test_a_label_that_cannot_be_used_is_refused(words, told):
    message = refused(*words)
    assert all(word in message for word in told), message


def test_an_error_in_an_option_names_the_label():
    assert "optimizer 'few' has no option 'member'" in refused("few=cheetah", few={"member": "4"})
    assert "option 'members' of optimizer 'few'" in refused("few=cheetah", few={"members": "1"})


def test_a_study_and_a_request_that_disagree_are_told():
    message = refused("jade=cheetah", text=JADE)
    assert "--optimizer jade=cheetah" in message
    assert "the study means 'mealpy'" in message


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("[optimizers.jade]\noptimizer = 3\n", "optimizers.jade.optimizer: found 3"),
        ('[optimizers.jade]\noptimizer = "mealpi"\n', "unknown optimizer 'mealpi'"),
        ('[optimizers.cheetah]\noptimizer = "random"\n', "label 'cheetah'"),
        ('[optimizers."a b"]\noptimizer = "random"\n', "label 'a b'"),
    ],
)
def test_a_label_in_a_study_is_checked_although_it_does_not_run(entry, told):
    assert told in refused("random", text=HEAD + entry)


def test_an_unknown_label_gets_the_nearest_of_the_study():
    assert "Did you mean 'jade'?" in refused("jad", text=JADE)


def test_no_plug_in_may_have_an_option_of_the_reserved_name():
    class Greedy(Optimizer):
        description = "none"

        class Options(OptimizerOptions):
            optimizer: str = "x"

        def minimize(self, problem, rng):
            pass

    assert "'optimizer' has a reserved name" in registry.OPTIMIZERS.flaw(Greedy)


def test_results_go_by_label_and_the_stored_study_gives_them_again(command, tmp_path):
    words = ["--optimizer", "few=cheetah", "--option", "few.members=3", "--optimizer", "cheetah"]
    numbers = ["--budget", "40", "--runs", "1", "--seed", "4", "--workers", "1", "--out"]
    code, out, err = command("compare", *words, *numbers, "first")
    assert code == 0, err
    summary = pd.read_csv(tmp_path / "first" / "summary.csv").set_index("case")
    assert list(summary.index) == ["base", "few-seed4", "cheetah-seed4"]
    assert summary["optimizer"].tolist()[1:] == ["few", "cheetah"]
    assert (tmp_path / "first" / "cases" / "few-seed4" / "plan.json").is_file()
    assert set(pd.read_csv(tmp_path / "first" / "tables.csv")["case"]) == {"base", "few", "cheetah"}
    assert "few" in out
    assert summary.loc["few-seed4", "traded_kwh"] != summary.loc["cheetah-seed4", "traded_kwh"]
    words = ["compare", "first/study.toml", "--optimizer", "few", "--optimizer", "cheetah"]
    code, _, err = command(*words, *numbers, "again")
    assert code == 0, err
    for name in ("summary.csv", "study.toml", "tables.csv"):
        first, again = (tmp_path / folder / name for folder in ("first", "again"))
        assert first.read_bytes() == again.read_bytes()


def test_a_label_runs_alone_and_in_other_processes(command, tmp_path):
    words = ["--option", "batch=5", "--runs", "2", "--workers", "2", "--budget", "9"]
    code, _, err = command("optimize", "--optimizer", "five=random", *words, "--out", "out")
    assert code == 0, err
    assert (tmp_path / "out" / "cases" / "five-seed2").is_dir()


def test_a_bad_label_or_option_ends_with_one_message(command, tmp_path):
    code, _, err = command("compare", "--optimizer", "a=cheetah", "--option", "b.members=5")
    assert code == 2
    assert "unknown optimizer in --option 'b'" in err
    code, _, err = command("compare", "--optimizer", "a=cheetah", "--option", "a.member=5")
    assert code == 2
    assert "optimizer 'a' has no option 'member'" in err
    assert not (tmp_path / "results").exists()


def test_what_a_library_refuses_is_told_before_anything_is_written(tmp_path):
    asked = Request(("j",), 9, 1, options={"j": {"optimizer": "mealpy", "algorithm": "JAED"}})
    with pytest.raises(InputError, match="JAED"):
        search_and_store(study_files.load("ieee12"), asked, tmp_path / "out", "toolkit")
    assert not (tmp_path / "out").exists()


def test_an_algorithm_named_with_a_colon_is_called_by_it_in_results():
    study, tasks = ask(
        "mealpy:GWO", "g=mealpy:pso", "mealpy", **{"mealpy-GWO": {"population": "20"}}
    )
    assert [(t.case, t.optimizer, dict(t.options)) for t in tasks] == [
        ("mealpy-GWO-seed1", "mealpy", {"algorithm": "GWO", "population": 20}),
        ("g-seed1", "mealpy", {"algorithm": "pso"}),
        ("mealpy-seed1", "mealpy", {}),
    ]
    assert study.optimizers["g"] == {"optimizer": "mealpy", "algorithm": "pso"}


def test_an_algorithm_in_a_study_and_one_asked_for_besides():
    text = HEAD + '[optimizers.g]\noptimizer = "mealpy:GWO"\npopulation = 30\n'
    _, (task,) = ask("g", text=text)
    assert task.options == {"algorithm": "GWO", "population": 30}
    _, (task,) = ask("g=mealpy:PSO", text=text)
    assert task.options == {"algorithm": "PSO", "population": 30}
    # One that does not run stays as it is written.
    study, _ = ask("random", text=text)
    assert study.optimizers["g"]["optimizer"] == "mealpy:GWO"


def test_parameters_of_an_algorithm_are_kept_as_numbers():
    study, (task,) = ask("mealpy:PSO", **{"mealpy-PSO": {"c1": "1.5", "w": "0.7"}})
    assert task.options == {"algorithm": "PSO", "c1": 1.5, "w": 0.7}
    assert study.optimizers["mealpy-PSO"] == {"optimizer": "mealpy", **task.options}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["cheetah:text"], "'cheetah:text': expected its name alone and --option cheetah.KEY=VAL"),
        (["mealpy:"], "optimizer 'mealpy:': expected NAME:ALGORITHM."),
        (["mealpi:GWO"], "unknown optimizer 'mealpi'. Did you mean 'mealpy'?"),
        (["mealpy:GWO", "mealpy:gwo"], "'mealpy-GWO' and 'mealpy-gwo' differ in case only."),
    ],
)
def test_a_colon_that_means_nothing_is_refused(words, told):
    assert told in refused(*words)


def test_a_colon_and_an_option_that_differ_are_refused():
    told = refused("mealpy:GWO", **{"mealpy-GWO": {"algorithm": "PSO"}})
    assert "optimizer 'mealpy:GWO': its option says algorithm='PSO'; give one of them." in told


def test_options_on_the_command_line_go_by_the_name_or_the_label():
    names, _ = labels.given(["mealpy:GWO", "random"])
    for word in ("mealpy:GWO", "mealpy-GWO"):
        assert by_optimizer([f"{word}.population=20"], names) == {
            "mealpy-GWO": {"population": "20"}
        }
