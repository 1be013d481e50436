"""Which metrics an entry asks for: in its blocks, and in the values it cites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.document.plain_yaml import Source
from journal.document.typed import load
from journal.errors import BlockError, ExpressionError
from journal.model.expression import calls
from journal.model.table import AlignSpec, PlotSpec, TableSpec
from journal.stats.expression import parse, parse_template
from journal.tables.cells import STORED
from journal.tables.promises import SPECS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

    from journal.model.entry import Block, CitedValue, Entry
    from journal.model.expression import Expression


def metrics(entry: Entry) -> frozenset[str]:
    """The metrics that an entry asks for. What cannot be read is spoken of where it is filled."""
    found = {name for block in entry.blocks for name in _of_spec(_spec(block, entry.path))}
    return frozenset(found | {name for _, expression in cited(entry) for name in _of_calls(expression)})


def cited(entry: Entry) -> Iterator[tuple[CitedValue, Expression]]:
    """The cited values whose expressions can be read, with these."""
    for value in entry.citations:
        expression = _parsed(value.expression, parse)
        if expression is not None:
            yield value, expression


def _spec(block: Block, path: str) -> BaseModel | None:
    try:
        return load(Source(block.spec, block.spec_line, path, BlockError), SPECS[block.kind])
    except (BlockError, KeyError):
        return None


def _of_spec(spec: BaseModel | None) -> Iterator[str]:
    if isinstance(spec, AlignSpec):
        yield spec.metric
        yield from (item.value for item in spec.others)
    elif isinstance(spec, PlotSpec):
        yield from (item.value for item in spec.metrics)
    elif isinstance(spec, TableSpec):
        yield from (item.value for item in spec.metrics)
        for item in (*spec.stats, *spec.values):
            yield from _of_calls(_parsed(item.value, parse_template))


def _of_calls(expression: Expression | None) -> Iterator[str]:
    for call in calls(expression) if expression is not None else ():
        if call.metric is not None and call.statistic.name not in STORED:
            yield call.metric


def _parsed(text: str, how: Callable[[str], Expression]) -> Expression | None:
    try:
        return how(text)
    except ExpressionError:
        return None
