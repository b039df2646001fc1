"""Site, size and dispatch DERs on a distribution feeder for peer-to-peer energy trading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.functions import minimize
    from toolkit.journal import read_journal
    from toolkit.optimizer import Optimizer, OptimizerOptions
    from toolkit.scores import Scores
    from toolkit.space import Space, Variable
    from toolkit.store import read_results
    from toolkit.study import load as load_study

#: Public name -> module and attribute it is loaded from on first use, so that `import toolkit`
#: stays quick.
_PUBLIC = {
    "Optimizer": ("toolkit.optimizer", "Optimizer"),
    "OptimizerOptions": ("toolkit.optimizer", "OptimizerOptions"),
    "Scores": ("toolkit.scores", "Scores"),
    "Space": ("toolkit.space", "Space"),
    "Variable": ("toolkit.space", "Variable"),
    "load_study": ("toolkit.study", "load"),
    "minimize": ("toolkit.functions", "minimize"),
    "read_journal": ("toolkit.journal", "read_journal"),
    "read_results": ("toolkit.store", "read_results"),
}

__all__ = [
    "Optimizer",
    "OptimizerOptions",
    "Scores",
    "Space",
    "Variable",
    "load_study",
    "minimize",
    "read_journal",
    "read_results",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    import importlib

    module, attribute = _PUBLIC[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value
