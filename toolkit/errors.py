"""The public door to errors: what plug-ins and scripts catch or raise."""

from toolkit.common.errors import (
    ArgumentError,
    BudgetSpent,
    EngineError,
    InputError,
    Stopped,
    ToolkitError,
    nearest,
    unknown_name,
)

__all__ = [
    "ArgumentError",
    "BudgetSpent",
    "EngineError",
    "InputError",
    "Stopped",
    "ToolkitError",
    "nearest",
    "unknown_name",
]
