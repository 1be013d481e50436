"""An entry's card, made from the entry; or that of a file that is no entry, from the error that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from journal.document import plain_yaml
from journal.document.plain_yaml import Source
from journal.errors import BlockError, ExpressionError
from journal.index.card import Card
from journal.model.expression import Expectation, calls
from journal.stats.expression import parse, parse_expectation, parse_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from journal.errors import JournalError
    from journal.model.entry import Block, Entry
    from journal.model.expression import Expression

_METRICS = ("metric", "metrics", "with")
_EXPRESSIONS = ("values", "stats")


def card_of(entry: Entry) -> Card:
    """The card of an entry."""
    matter = entry.front_matter.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return Card(
        path=entry.path,
        id=entry.id,
        matter=matter,
        metrics=list(dict.fromkeys(_metrics(entry))),
        cited=list(dict.fromkeys(cited.run for cited in entry.citations)),
        promises=bool(entry.blocks or entry.citations or entry.front_matter.predictions),
    )


def card_without_entry(path: str, id_: str, error: JournalError) -> Card:
    """The card of a file that is no entry."""
    told = {name: getattr(error, name) for name in ("code", "message", "hint", "line", "column")}
    return Card(path=path, id=id_, problem={**told, "path": None if error.path is None else str(error.path)})


def _metrics(entry: Entry) -> Iterator[str]:
    for block in entry.blocks:
        yield from _metrics_of(block)
    for cited in entry.citations:
        yield from _named(cited.expression, parse)
    for prediction in entry.front_matter.predictions:
        yield from _named(prediction.expect, parse_expectation)


def _metrics_of(block: Block) -> Iterator[str]:
    """The metrics that a block's spec names; what cannot be read is for `check` to tell."""
    try:
        spec = plain_yaml.read(Source(block.spec, block.spec_line, "", BlockError)).plain()
    except BlockError:
        return
    for key in _METRICS:
        yield from _items(spec.get(key))
    for text in (text for key in _EXPRESSIONS for text in _items(spec.get(key))):
        yield from _named(text, parse_template)


def _items(value: object) -> Iterable[str]:
    """The texts of an axis: one, a list, or under labels."""
    match value:
        case str():
            return (value,)
        case list():
            return tuple(text for item in value for text in _items(item))
        case dict():
            return tuple(text for item in value.values() for text in _items(item))
    return ()


def _named(text: str, read: Callable[[str], Expression | Expectation]) -> Iterator[str]:
    try:
        found = read(text)
    except ExpressionError:
        return
    sides = (found.left, found.right) if isinstance(found, Expectation) else (found,)
    for side in sides:
        yield from (call.metric for call in calls(side) if call.metric is not None)
