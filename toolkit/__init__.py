"""Site, size and dispatch DERs on a distribution feeder for peer-to-peer energy trading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.api import compare, load_study, optimize, simulate, write_report
    from toolkit.errors import InputError, ToolkitError
    from toolkit.functions import minimize
    from toolkit.optimizer import Optimizer, OptimizerOptions
    from toolkit.runs.journal import read_journal
    from toolkit.scores import Scores
    from toolkit.space import Space, Variable
    from toolkit.store import Results, read_results
    from toolkit.study import Study

#: Public name -> module and attribute it is loaded from on first use, so that `import toolkit`
#: stays quick.
_PUBLIC = {
    "InputError": ("toolkit.errors", "InputError"),
    "Optimizer": ("toolkit.optimizer", "Optimizer"),
    "OptimizerOptions": ("toolkit.optimizer", "OptimizerOptions"),
    "Results": ("toolkit.store", "Results"),
    "Scores": ("toolkit.scores", "Scores"),
    "Space": ("toolkit.space", "Space"),
    "Study": ("toolkit.study", "Study"),
    "ToolkitError": ("toolkit.errors", "ToolkitError"),
    "Variable": ("toolkit.space", "Variable"),
    "compare": ("toolkit.api", "compare"),
    "load_study": ("toolkit.api", "load_study"),
    "minimize": ("toolkit.functions", "minimize"),
    "optimize": ("toolkit.api", "optimize"),
    "read_journal": ("toolkit.runs.journal", "read_journal"),
    "read_results": ("toolkit.store", "read_results"),
    "simulate": ("toolkit.api", "simulate"),
    "write_report": ("toolkit.api", "write_report"),
}

__all__ = [
    "InputError",
    "Optimizer",
    "OptimizerOptions",
    "Results",
    "Scores",
    "Space",
    "Study",
    "ToolkitError",
    "Variable",
    "compare",
    "load_study",
    "minimize",
    "optimize",
    "read_journal",
    "read_results",
    "simulate",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    import importlib

    module, attribute = _PUBLIC[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
