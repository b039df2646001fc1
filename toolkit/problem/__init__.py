"""A study made ready to be searched: decode a plan, solve its day, measure it."""
