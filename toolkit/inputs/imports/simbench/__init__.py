"""Grids of SimBench turned into a feeder, its profiles and a study."""
