"""A proven upper bound on what any plan of a study can trade, and the best dispatch of a layout.

Network limits are left out, which can only raise the bound; docs/bound.md has the model and why the
bound holds.
"""

from toolkit.bound.dispatch import Dispatch, Linear, settled
from toolkit.bound.formulation import Day
from toolkit.bound.program import Effort
from toolkit.bound.search import Bound, Found, Progress, prove

__all__ = ["Bound", "Day", "Dispatch", "Effort", "Found", "Linear", "Progress", "prove", "settled"]
