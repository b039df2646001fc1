"""A word that the command line does not know gets one message, in the toolkit's own words."""

import json

import pytest

from toolkit.common.phrases import in_words, no_json


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("optimize --budget x", "--budget: found 'x'; expected a whole number."),
        ("optimize -b 1.5", "--budget: found '1.5'; expected a whole number."),
        ("optimize -bx", "--budget: found 'x'; expected a whole number."),
        ("optimize --budget=x", "--budget: found 'x'; expected a whole number."),
        ("bound --time abc", "--time: found 'abc'; expected a number."),
        (
            "optimize --solver x",
            "--solver: found 'x'; expected one of 'auto', 'batch', 'opendss', '",
        ),
        ("optimize --bugdet 3", "unknown option '--bugdet'. Did you mean '--budget'? 'toolkit opt"),
        ("optimize --budget", "--budget: expected a value after it."),
        ("optimize --force=3", "--force: found a value; expected none."),
        ("optimize a b", "found 'b'; expected no more than study. 'toolkit optimize --help' has"),
        ("optimise", "unknown command 'optimise'. Did you mean 'optimize'? Commands: bound,"),
        ("feeders lst", "unknown command 'lst'. Did you mean 'list'? Commands: check, "),
        (
            "report",
            "'folders' is missing: A results folder; several for one page that compares them",
        ),
    ],
)
def test_a_word_that_is_none_gets_one_message(words, told, command):
    code, out, err = command(*words.split())
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {told}")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Input should be a valid boolean, unable to interpret input", "expected true or false"),
        ("'x' is not a valid integer.", "expected a whole number"),
        ("Input should be greater than 0", "expected greater than 0"),
        ("List should have at least 1 item after validation, not 0", "expected at least 1 item"),
        ("Value error, found 3; expected 4", "found 3; expected 4"),
    ],
)
def test_phrases_of_libraries(said, meant):
    assert in_words(said) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is empty"),
        ('{"a": 1', "it ends early, at line 1"),
        ('{"a":', "it ends early, at line 1"),
        ('{\n"a": x}', "at line 2, column 6: expected a value, found 'x}'"),
        ("[1] [2]", "at line 1, column 5: expected nothing more, found '[2]'"),
        ("{a: 1}", "at line 1, column 2: expected a name in double quotes, found 'a: 1}'"),
    ],
)
def test_where_json_breaks(text, told):
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads(text)
    assert no_json(caught.value) == told
