"""What mealpy promises beyond the suite."""

import pytest
from helpers.batches import batches_of

from toolkit.errors import InputError


@pytest.mark.parametrize(
    ("algorithm", "told"),
    [
        ("jade", "Did you mean 'JADE'?"),
        ("GWO", "Did you mean 'OriginalGWO'?"),
        ("OriginalGW0", "Did you mean 'OriginalGWO'?"),
        ("xyzzyxyzzy", "mealpy has no 'xyzzyxyzzy'."),
    ],
)
def test_mealpy_offers_the_nearest_algorithm(algorithm, told):
    with pytest.raises(InputError) as caught:
        batches_of("mealpy", {"algorithm": algorithm})
    assert told in str(caught.value)


def test_mealpy_tells_what_an_algorithm_refuses():
    with pytest.raises(InputError, match="mealpy refuses OriginalBSO: 'm_clusters'"):
        batches_of("mealpy", {"algorithm": "OriginalBSO", "population": 12})
