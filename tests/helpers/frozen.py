"""Importing this keeps garbage collection away from all that is there by then, also in forks."""

import gc

gc.collect()
gc.freeze()
