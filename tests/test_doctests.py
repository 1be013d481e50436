from __future__ import annotations

import doctest
import importlib
import pkgutil

import journal


def test_the_examples_in_the_docstrings_of_every_module_hold() -> None:
    names = [module.name for module in pkgutil.walk_packages(journal.__path__, "journal.")]
    results = {name: doctest.testmod(importlib.import_module(name)) for name in ["journal", *names]}
    assert {name: result.failed for name, result in results.items() if result.failed} == {}
    tried = {name for name, result in results.items() if result.attempted}
    assert tried >= {"journal.stats.expression", "journal.tables.markdown", "journal.tables.numbers"}
