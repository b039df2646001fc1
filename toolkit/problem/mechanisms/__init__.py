"""Mechanisms of settlement: their contract, what they are told, and how the toolkit asks them."""
