"""Read by workers of a test's cluster as they begin, before they have threads of their own.

The processes of their runs begin as forks: also on a worker that takes the place of one killed.
"""

from helpers import forks

forks.of_itself(())
