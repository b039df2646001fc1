"""How uneven what the feeder draws is, found through its entry point in pyproject.toml."""
