"""What must not reach a screen, and a call that is refused in one short message."""

import re

import pytest

from toolkit import InputError
from toolkit.common.errors import MESSAGE

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


HEAD = 'name = "mine"\nfeeder = "ieee12"\n'


def refusal(call, *words):
    with pytest.raises(InputError) as caught:
        call()
    said = str(caught.value)
    assert len(said) < MESSAGE
    assert not OBEYED.search(said)
    for word in words:
        assert word in said, said
    return said
