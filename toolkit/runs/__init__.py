"""Carrying out searches: one run, its journal, and many runs on many processes or machines."""
