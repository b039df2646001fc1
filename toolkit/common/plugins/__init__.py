"""Plug-ins of every kind: found by entry point, checked, built, listed, and begun as a package."""
