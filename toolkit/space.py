"""The public door to the search space: what plug-ins import."""

from toolkit.optimizer.space import Kind, Space, Variable

__all__ = ["Kind", "Space", "Variable"]
