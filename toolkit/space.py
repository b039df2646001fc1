"""The public door to the search space: what plug-ins import."""

from toolkit.common.types import BoolArray, FloatArray, IndexArray
from toolkit.optimizer.space import Kind, Space, Variable

__all__ = ["BoolArray", "FloatArray", "IndexArray", "Kind", "Space", "Variable"]
