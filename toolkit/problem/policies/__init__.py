"""Dispatch policies: their contract, what they are told, and how the toolkit follows them."""
