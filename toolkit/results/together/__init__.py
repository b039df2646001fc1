"""Several results folders beside each other: what was asked, the best plans and their figures."""
