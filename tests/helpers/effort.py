"""Less work for the proofs and the polishing of tests whose subject they are not."""

from contextlib import contextmanager

import pytest

from toolkit.exact import polish
from toolkit.exact.program import Effort

#: Has the processes that polish look at few layouts as well.
LITTLE = """
from toolkit.exact import polish
from toolkit.exact.program import Effort
polish.SITES = Effort(gap=0.1, nodes=3)
"""


@contextmanager
def little(begin_inside):
    """Have polishing look at few layouts, in this process and in those that it begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(polish, "SITES", Effort(gap=0.1, nodes=3))
        begin_inside(patch, LITTLE)
        yield
