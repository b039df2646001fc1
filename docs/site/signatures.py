"""An extension of griffe: parameters that a function gets when it is imported.

``optimize`` and ``compare`` derive their keywords from a table. The text of the module shows only
``**asked: Unpack[Keywords]``; the reference shows each keyword with its default, as ``help`` does.
"""

from __future__ import annotations

import importlib
import inspect

import griffe


class Signatures(griffe.Extension):
    """Give functions with keywords from a table the parameters they have at run time."""

    def on_function(self, *, func, **kwargs):
        """Replace the parameters of one function."""
        if not any("Unpack" in str(parameter.annotation) for parameter in func.parameters):
            return
        function = getattr(importlib.import_module(func.module.path), func.name)
        written = {parameter.name: parameter for parameter in func.parameters}
        func.parameters = griffe.Parameters(
            *(
                written.get(parameter.name) or _described(parameter)
                for parameter in inspect.signature(function).parameters.values()
            )
        )


def _described(parameter):
    """Return a keyword as griffe describes one."""
    annotation = parameter.annotation
    return griffe.Parameter(
        parameter.name,
        annotation=annotation if isinstance(annotation, str) else annotation.__name__,
        kind=griffe.ParameterKind.keyword_only,
        default=repr(parameter.default),
    )
