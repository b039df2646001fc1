"""The switches of a study: which lines they are, and what is said of those that cannot be."""

import numpy as np
import pytest
from helpers.switched import HEAD, RING, TAIL, full_load_33, line, load, study_of

from toolkit.common.errors import InputError
from toolkit.exact import proof
from toolkit.model.plan import base_plan
from toolkit.problem.encoding import encode
from toolkit.problem.problem import Problem
from toolkit.problem.setting import check_searchable, prepare


def refusal(study) -> str:
    with pytest.raises(InputError) as caught:
        prepare(study)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_candidates_are_names_patterns_and_ties(tmp_path) -> None:
    setting = prepare(full_load_33(tmp_path, candidates=["TIE*", "line.l7_8", "l7_8", "L1?_1?"]))
    switches = setting.fleet.switches
    assert switches is not None
    assert switches.names[:6] == (
        *("line.tie21_8", "line.tie9_15", "line.tie12_22", "line.tie18_33", "line.tie25_29"),
        "line.l7_8",
    )
    assert switches.base.tolist() == [True] * 5 + [False] * (len(switches.names) - 5)
    assert switches.disabled == switches.names[:5]
    assert setting.space.names == tuple(f"{name}.key" for name in switches.names)
    assert {b.name for b in setting.feeder.branches} >= {*switches.names}


def test_keys_of_a_ring_by_hand(tmp_path) -> None:
    setting = prepare(study_of(tmp_path, RING, candidates=["a", "b", "c", "d"]))
    opened = setting.decode(np.array([[0.1, 0.9, 0.9, 0.9], [0.9, 0.1, 0.8, 0.7]])).further.open
    assert opened is not None
    assert opened.tolist() == [[True, False, False, False], [False, True, False, False]]


def test_a_plan_has_keys_that_decode_to_it(tmp_path) -> None:
    setting = prepare(full_load_33(tmp_path, candidates=["*"]))
    plans = setting.decode(np.random.default_rng(3).random((20, len(setting.space))))
    assert plans.further.open is not None
    for i in range(20):
        x = encode(plans.row(i), setting.operation, setting.space)
        again = setting.decode(x[None]).further.open
        assert again is not None
        assert (again[0] == plans.further.open[i]).all()


def test_the_losses_of_a_ring_by_hand(tmp_path) -> None:
    setting = prepare(study_of(tmp_path, RING, candidates=["b", "c", "d"]))
    problem = Problem(setting)
    is_open = np.array([[False, True, False], [True, False, False], [False, False, True]])
    keys = np.where(is_open, 0.0, 1.0)
    plans = setting.decode(keys)
    assert plans.further.open is not None
    assert (plans.further.open == is_open).all()
    days = problem.grid.days(plans)
    # Power factor 0.894; what flows in each line of R ohm, kW, at about 12.66 kV.
    r = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.5, "e": 1.0}
    flows = [
        {"a": 700, "b": 200, "d": 300, "e": 400},
        {"a": 500, "c": 200, "d": 500, "e": 400},
        {"a": 1000, "b": 500, "c": 300, "e": 400},
    ]
    for day, flow in zip(days.loss_kw[:, 0], flows, strict=True):
        expected = sum(r[k] * 1.25 * p**2 / 12.66**2 / 1000.0 for k, p in flow.items())
        assert day == pytest.approx(expected, rel=0.03)
    best = problem.evaluate(keys)
    assert best.objective == pytest.approx(days.loss_kw[:, 0], rel=1e-9)
    base = problem.grid.day(base_plan(setting.operation))
    assert base.loss_kw[0] == days.loss_kw[0, 0]


@pytest.mark.parametrize("field", ["candidates", "open"])
def test_an_unknown_line(tmp_path, field) -> None:
    text = refusal(full_load_33(tmp_path, **{field: ["tie12_2x"]}))
    assert f"'switches.{field}': found 'tie12_2x'" in text
    assert "Did you mean 'tie12_22'?" in text


def test_a_mesh_that_no_candidate_opens(tmp_path) -> None:
    meshed = RING.replace("enabled=no", "enabled=yes")
    text = refusal(study_of(tmp_path, meshed, candidates=["e"]))
    assert "close a loop" in text
    assert "expected one of these lines among the candidates" in text
    assert all(f"line.{name}" in text for name in "abcd")
    assert prepare(study_of(tmp_path / "two", meshed, candidates=["e", "a"])).space


def test_a_base_case_that_is_meshed_stays_so(tmp_path) -> None:
    meshed = RING.replace("enabled=no", "enabled=yes")
    setting = prepare(study_of(tmp_path, meshed, candidates=["a", "b", "c", "d"]))
    assert setting.fleet.switches is not None
    assert not setting.fleet.switches.base.any()
    problem = Problem(setting)
    assert not problem.grid.day(base_plan(setting.operation)).reason
    with pytest.raises(InputError, match="no line open; expected a radial network"):
        encode(base_plan(setting.operation), setting.operation, setting.space)


def test_load_that_no_choice_feeds(tmp_path) -> None:
    alone = RING.replace(TAIL, load("5", 10.0) + TAIL)
    text = refusal(study_of(tmp_path, alone, candidates=["a", "b", "c", "d"]))
    assert "no source reaches the load at bus 5" in text


def test_lines_of_no_loop(tmp_path) -> None:
    text = refusal(study_of(tmp_path, RING, candidates=["e", "a"]))
    assert "found e, a, none of which can be open" in text


def test_two_sources_are_never_joined(tmp_path) -> None:
    second = RING.replace(TAIL, "New Vsource.two bus1=4 basekV=12.66 pu=1.0\n" + TAIL)
    text = refusal(study_of(tmp_path, second, candidates=["b", "c", "d"]))
    assert "join two sources" in text
    setting = prepare(study_of(tmp_path / "two", second, candidates=["a", "b", "c", "d", "e"]))
    opened = setting.decode(np.random.default_rng(4).random((50, 5))).further.open
    assert opened is not None
    assert (opened.sum(axis=1) == 2).all()


def test_parallel_lines_count_as_one_unless_they_are_candidates(tmp_path) -> None:
    double = RING.replace(TAIL, line("a2", "0", "1") + TAIL)
    setting = prepare(study_of(tmp_path, double, candidates=["b", "c", "d"]))
    assert setting.fleet.switches is not None
    setting = prepare(study_of(tmp_path / "two", double, candidates=["a", "a2", "b", "c", "d"]))
    opened = setting.decode(np.random.default_rng(5).random((50, 5))).further.open
    assert opened is not None
    assert (opened.sum(axis=1) == 2).all()


def test_a_line_of_fewer_phases_in_a_loop(tmp_path) -> None:
    short = "".join(
        [
            HEAD.format(head="0"),
            *(line("a", "0", "1"), line("b", "1", "2"), line("t", "0", "2", phases=".1")),
            *(load("1", 100.0), load("2", 100.0)),
            TAIL,
        ]
    )
    text = refusal(study_of(tmp_path, short, candidates=["*"]))
    assert "line.t has no phase 2" in text
    # As a branch line it is no matter.
    aside = short.replace("bus1=0.1 bus2=2.1", "bus1=2.1 bus2=3.1").replace(
        TAIL, line("c", "0", "2") + TAIL
    )
    assert prepare(study_of(tmp_path / "two", aside, candidates=["*"])).space


def test_lines_that_are_open_in_every_plan(tmp_path) -> None:
    study = full_load_33(tmp_path, candidates=["tie*"], open=["l7_8", *_OTHERS])
    setting = prepare(study)
    assert setting.fleet.switches is not None
    assert not len(setting.space)
    day = Problem(setting).grid.day(base_plan(setting.operation))
    assert day.loss_kw[0] == pytest.approx(139.5523504, rel=1e-8)
    with pytest.raises(InputError, match="searches no switches"):
        check_searchable(setting)


_OTHERS = ["l9_10", "l14_15", "l32_33", "tie25_29"]


def test_lines_that_cut_load_off(tmp_path) -> None:
    text = refusal(full_load_33(tmp_path, open=["l7_8", "l17_18"]))
    assert "'switches.open': no source reaches the load at bus 8" in text


def test_open_is_a_word_or_names(tmp_path) -> None:
    with pytest.raises(InputError, match='expected "optimised" or a list'):
        full_load_33(tmp_path, open="l7_8")


def test_ways_of_trades_do_not_go_with_switches(tmp_path) -> None:
    more = '[settlement]\nmechanism = "bilateral"'
    assert "expected another mechanism" in refusal(full_load_33(tmp_path, more, candidates=["*"]))


def test_the_batch_solver_says_why_it_cannot(tmp_path) -> None:
    more = '[power_flow]\nsolver = "batch"'
    problem = Problem(prepare(full_load_33(tmp_path, more, candidates=["*"])))
    with pytest.raises(InputError, match="switches are decided"):
        problem.search  # noqa: B018
    auto = Problem(prepare(full_load_33(tmp_path / "auto", candidates=["*"])))
    assert auto.search.solver == "opendss"


def test_a_bound_of_a_study_without_units_is_refused(tmp_path) -> None:
    study = full_load_33(tmp_path, candidates=["*"])
    study = study.model_copy(
        update={"market": study.market.model_copy(update={"objective": "traded"})}
    )
    with pytest.raises(InputError, match="has no unit, so nothing is traded"):
        proof.check(Problem(prepare(study)))
