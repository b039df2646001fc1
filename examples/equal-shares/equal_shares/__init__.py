"""Everybody saves the same, found through its entry point in pyproject.toml."""
