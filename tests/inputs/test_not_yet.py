"""What a study cannot ask for yet is told by name; typing errors stay unknown keys."""

import pytest

from toolkit.errors import InputError
from toolkit.inputs import study_files


def refusal(text):
    with pytest.raises(InputError) as caught:
        study_files.parse(f'name = "mine"\nfeeder = "ieee12"\n{text}'.encode(), "mine.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[limits]\npv_total = 5.0\n", "'limits': found 'pv_total', but no limit on units tog"),
        ("[fleet]\nmax_units = 5\n", "'fleet': found 'max_units', but no limit on units toge"),
    ],
)
def test_what_is_not_there_yet_is_told_with_what_to_do(text, start):
    message = refusal(text)
    assert message.startswith(f"mine.toml: {start}")
    assert "is there yet; expected bounds of each unit" in message


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("[limits]\nvmax = 1.1\n", "v_max"),
        ("[tariffs]\nfeedin = 0.1\n", "feed_in"),
        ("[fleet]\nscales = [0, 1]\n", "scale"),
    ],
)
def test_a_typing_error_is_an_unknown_key(text, nearest):
    message = refusal(text)
    assert "unknown key" in message
    assert f"Did you mean '{nearest}'?" in message
