"""The public door to scores: what plug-ins import."""

from toolkit.optimizer.scores import FEASIBLE, UNSOLVED, Scores, better, joined, sanitised

__all__ = ["FEASIBLE", "UNSOLVED", "Scores", "better", "joined", "sanitised"]
