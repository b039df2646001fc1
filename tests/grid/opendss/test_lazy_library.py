"""The engine's functions bound when they are asked for: the same as the binding binds at once."""

from functools import partial

import pytest

from toolkit.grid.opendss import engine, lazy_library


def parts(bound):
    """Return what a bound function calls, with what."""
    if isinstance(bound, partial):
        return [parts(bound.func), *map(parts, bound.args)]
    return getattr(bound, "__name__", None) or repr(bound)


def test_every_function_is_bound_as_the_binding_does(monkeypatch):
    monkeypatch.setattr(lazy_library, "_takes_context", {})
    for known in (False, True):
        assert ("Text_Set_Command" in {n for _, n in lazy_library._takes_context}) == known
        util = engine.new_engine()._api_util
        whole = lazy_library._Bound(util.ctx, util.ffi, util.lib_unpatched)
        names = [name for name in vars(whole) if not name.startswith("_")]
        assert len(names) > 1000
        for name in names:
            assert parts(getattr(util.lib, name)) == parts(getattr(whole, name)), name
        with pytest.raises(AttributeError):
            _ = util.lib.nothing_of_that_name


def test_a_function_is_bound_once_and_to_its_own_context():
    one, two = engine.new_engine(), engine.new_engine()
    assert one._api_util.lib.Text_Set_Command is one._api_util.lib.Text_Set_Command
    one.Text.Command("New Circuit.one")
    assert (one.Basic.NumCircuits(), two.Basic.NumCircuits()) == (1, 0)


def test_contexts_that_others_make_are_bound_as_ever():
    others = engine._shared.NewContext()
    assert isinstance(others._api_util.lib, lazy_library._Bound)
