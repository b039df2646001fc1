"""The optimizers we ship, one module each; each is found through its entry point."""
