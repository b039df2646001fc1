"""The toolkit's conformance suite; add tests of what your optimizer promises beyond it."""

from toolkit.testing import check_optimizer

from pattern_search.optimizer import PatternSearch


def test_conformance():
    assert [check for check in check_optimizer(PatternSearch) if not check.passed] == []


def test_it_is_installed_under_its_name():
    from toolkit.optimizer import registry

    assert registry.load("pattern-search") is PatternSearch
