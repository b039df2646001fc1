"""The engine's functions bound to one context, each when it is first asked for.

The binding binds all 2,800 of them for every context, which takes longer than the engine itself
does to begin. Reading a feeder takes several contexts, and a context some dozens of functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import dss._cffi_api_util as binding

#: What the binding makes of the whole library.
_Bound: Any = binding.CtxLib
#: Where an error of a context is found; the binding asks for it whatever it binds.
_ERROR = "ctx_Error_Get_NumberPtr"
#: Of a library and a name, the function to which the binding only gives the context first.
_takes_context: dict[tuple[Any, str], Any] = {}


class LazyLibrary:
    """A library of the engine for one context, with the attributes that the binding gives it."""

    def __init__(self, ctx: Any, ffi: Any, lib: Any) -> None:
        self._given = (ctx, ffi, lib)

    def __getattr__(self, name: str) -> Any:
        """Have the binding bind one function, and keep it."""
        ctx, _, lib = self._given
        function = _takes_context.get((lib, name))
        bound = self._bound(name) if function is None else partial(function, ctx)
        setattr(self, name, bound)
        return bound

    def _bound(self, name: str) -> Any:
        """Return what the binding makes of a function."""
        ctx, ffi, lib = self._given
        known = [one for one in (f"ctx_{name}", name, _ERROR) if hasattr(lib, one)]
        part = SimpleNamespace(**{one: getattr(lib, one) for one in known})
        bound = getattr(_Bound(ctx, ffi, part), name)
        if isinstance(bound, partial) and bound.args == (ctx,) and not bound.keywords:
            _takes_context[lib, name] = bound.func
        return bound


@contextmanager
def binding_lazily() -> Iterator[None]:
    """Have contexts that are made meanwhile bind their functions when they are asked for."""
    binding.CtxLib = LazyLibrary
    try:
        yield
    finally:
        binding.CtxLib = _Bound
