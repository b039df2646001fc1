"""An optimizer for p2p-der-toolkit, found through its entry point in pyproject.toml."""
