"""Whole commands as library calls, each of which leaves a results folder."""

from toolkit.commands.storing import bound_and_store, search_and_store, simulate_and_store

__all__ = ["bound_and_store", "search_and_store", "simulate_and_store"]
