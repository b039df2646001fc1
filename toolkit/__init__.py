"""Site, size and dispatch DERs on a distribution feeder for peer-to-peer energy trading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.commands.api import compare, load_study, optimize, simulate, write_report
    from toolkit.commands.diff import Diff
    from toolkit.commands.diff_api import diff
    from toolkit.commands.feeder_api import import_feeder
    from toolkit.commands.front import Front
    from toolkit.commands.front_api import front
    from toolkit.commands.importing import Imported
    from toolkit.commands.joint_api import write_joint_report
    from toolkit.commands.listing_api import list_results
    from toolkit.commands.meter_api import import_meters
    from toolkit.commands.planning import write_geojson, write_reinforcements
    from toolkit.commands.profile_facts import read_profiles
    from toolkit.commands.session_api import import_sessions
    from toolkit.commands.settle_api import settle
    from toolkit.commands.sweep import Sweep
    from toolkit.commands.sweep_api import sweep
    from toolkit.commands.validation_api import validate, validate_runs
    from toolkit.commands.weather_api import import_weather
    from toolkit.common.errors import InputError, ToolkitError
    from toolkit.inputs.study import Study
    from toolkit.optimizer.contract import Optimizer, OptimizerOptions
    from toolkit.optimizer.minimizing import minimize
    from toolkit.optimizer.scores import Scores
    from toolkit.optimizer.several import FrontOptimizer
    from toolkit.optimizer.space import Space, Variable
    from toolkit.problem.goal_plugins.contract import Goal, GoalOptions
    from toolkit.problem.goal_plugins.told import Given, SolvedPlans
    from toolkit.problem.mechanisms.contract import Mechanism, MechanismOptions, Offer, Outcome
    from toolkit.problem.policies.contract import Outlook, Parameter, Policy, PolicyOptions
    from toolkit.problem.policies.known import Known
    from toolkit.results.store import Results, read_results
    from toolkit.runs.journal import read_journal

#: Public name -> module it is loaded from on first use, so that `import toolkit` stays quick.
_PUBLIC = {
    "Diff": "toolkit.commands.diff",
    "Front": "toolkit.commands.front",
    "FrontOptimizer": "toolkit.optimizer.several",
    "Given": "toolkit.problem.goal_plugins.told",
    "Goal": "toolkit.problem.goal_plugins.contract",
    "GoalOptions": "toolkit.problem.goal_plugins.contract",
    "Imported": "toolkit.commands.importing",
    "InputError": "toolkit.common.errors",
    "Known": "toolkit.problem.policies.known",
    "Mechanism": "toolkit.problem.mechanisms.contract",
    "MechanismOptions": "toolkit.problem.mechanisms.contract",
    "Offer": "toolkit.problem.mechanisms.contract",
    "Optimizer": "toolkit.optimizer.contract",
    "OptimizerOptions": "toolkit.optimizer.contract",
    "Outcome": "toolkit.problem.mechanisms.contract",
    "Outlook": "toolkit.problem.policies.contract",
    "Parameter": "toolkit.problem.policies.contract",
    "Policy": "toolkit.problem.policies.contract",
    "PolicyOptions": "toolkit.problem.policies.contract",
    "Results": "toolkit.results.store",
    "Scores": "toolkit.optimizer.scores",
    "SolvedPlans": "toolkit.problem.goal_plugins.told",
    "Space": "toolkit.optimizer.space",
    "Study": "toolkit.inputs.study",
    "Sweep": "toolkit.commands.sweep",
    "ToolkitError": "toolkit.common.errors",
    "Variable": "toolkit.optimizer.space",
    "compare": "toolkit.commands.api",
    "diff": "toolkit.commands.diff_api",
    "front": "toolkit.commands.front_api",
    "import_feeder": "toolkit.commands.feeder_api",
    "import_meters": "toolkit.commands.meter_api",
    "import_sessions": "toolkit.commands.session_api",
    "import_weather": "toolkit.commands.weather_api",
    "list_results": "toolkit.commands.listing_api",
    "load_study": "toolkit.commands.api",
    "minimize": "toolkit.optimizer.minimizing",
    "optimize": "toolkit.commands.api",
    "read_journal": "toolkit.runs.journal",
    "read_profiles": "toolkit.commands.profile_facts",
    "read_results": "toolkit.results.store",
    "settle": "toolkit.commands.settle_api",
    "simulate": "toolkit.commands.api",
    "sweep": "toolkit.commands.sweep_api",
    "validate": "toolkit.commands.validation_api",
    "validate_runs": "toolkit.commands.validation_api",
    "write_joint_report": "toolkit.commands.joint_api",
    "write_geojson": "toolkit.commands.planning",
    "write_reinforcements": "toolkit.commands.planning",
    "write_report": "toolkit.commands.api",
}

__all__ = [
    "Diff",
    "Front",
    "FrontOptimizer",
    "Given",
    "Goal",
    "GoalOptions",
    "Imported",
    "InputError",
    "Known",
    "Mechanism",
    "MechanismOptions",
    "Offer",
    "Optimizer",
    "OptimizerOptions",
    "Outcome",
    "Outlook",
    "Parameter",
    "Policy",
    "PolicyOptions",
    "Results",
    "Scores",
    "SolvedPlans",
    "Space",
    "Study",
    "Sweep",
    "ToolkitError",
    "Variable",
    "__version__",
    "compare",
    "diff",
    "front",
    "import_feeder",
    "import_meters",
    "import_sessions",
    "import_weather",
    "list_results",
    "load_study",
    "minimize",
    "optimize",
    "read_journal",
    "read_profiles",
    "read_results",
    "settle",
    "simulate",
    "sweep",
    "validate",
    "validate_runs",
    "write_geojson",
    "write_joint_report",
    "write_reinforcements",
    "write_report",
]


def __getattr__(name: str) -> Any:
    import importlib

    if name == "__version__":
        value: Any = importlib.import_module("importlib.metadata").version("p2p-der-toolkit")
    elif name in _PUBLIC:
        value = getattr(importlib.import_module(_PUBLIC[name]), name)
    else:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
