"""JSON values as W&B writes them: read, flattened into leaves, and replayed into config and summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from journal.sources.small_files import is_deep
from journal.sources.stated import MEDIA_MARK, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from journal.sources.wandb_log.records import Change, KeyPath, Value

STEP: KeyPath = ("_step",)
TIMESTAMP: KeyPath = ("_timestamp",)
RUNTIME: KeyPath = ("_runtime",)
"""Keys that the SDK adds to every row."""

INTERNAL = "_wandb"
"""The key under which W&B keeps its own book."""


def read_value(value: Value) -> Any:
    """What an item holds, JSON text read. NaN and the infinities are floats.

    Raises:
        ValueError: The text is not JSON, or is nested beyond measure.
    """
    if not isinstance(value, bytes):
        return value
    try:
        read = json.loads(value, parse_int=_whole)
    except RecursionError:
        raise ValueError("JSON is nested too deep") from None
    if isinstance(read, dict | list) and is_deep(read):
        raise ValueError("JSON is nested too deep")
    return read


def _whole(text: str) -> int | float:
    """A whole number; `-0` is the float that W&B's core spells so."""
    return -0.0 if text == "-0" else int(text)


def numeric_leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, float]]:
    """The numbers in a value and where they stand, dictionaries flattened, media passed over."""
    if isinstance(value, dict):
        if not isinstance(value.get(MEDIA_MARK), str):
            for key, below in value.items():
                yield from numeric_leaves((*path, key), below)
        return
    leaf = number(value)
    if leaf is not None:
        yield path, leaf


class Replay:
    """A dictionary that changes are applied to in the order they were logged.

    JSON text stays unread until the end, or until a change reaches into it: of a long run's summary only the last
    values are ever read.

    Args:
        tree: What there was before the first change.
    """

    def __init__(self, tree: dict[str, Any] | None = None) -> None:
        self._tree: dict[str, Any] = tree if tree is not None else {}

    def apply(self, change: Change) -> None:
        """Set keys, then remove keys."""
        for path, value in change.update:
            if len(path) == 1:
                self._tree[path[0]] = value
            else:
                self._set(path, value)
        for path in change.remove:
            self._remove(path)

    def result(self) -> tuple[dict[str, Any], list[str]]:
        """The dictionary without W&B's own key, and the names of keys whose values could not be read."""
        unreadable: list[str] = []
        plain = _plain({key: value for key, value in self._tree.items() if key != INTERNAL}, "", unreadable)
        return plain, unreadable

    def _set(self, path: KeyPath, value: Value) -> None:
        node = self._tree
        for key in path[:-1]:
            below = _opened(node.get(key))
            node[key] = below = {} if below is None else below
            node = below
        node[path[-1]] = value

    def _remove(self, path: KeyPath) -> None:
        node = self._tree
        for key in path[:-1]:
            below = _opened(node.get(key))
            if below is None:
                return
            node[key] = node = below
        node.pop(path[-1], None)


def _opened(value: Any) -> dict[str, Any] | None:
    """The dictionary that a node is or whose JSON text it is, or None."""
    if isinstance(value, bytes):
        try:
            value = read_value(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def _plain(tree: dict[str, Any], prefix: str, unreadable: list[str]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            plain[key] = _plain(value, f"{prefix}{key}.", unreadable)
            continue
        try:
            plain[key] = read_value(value)
        except ValueError:
            unreadable.append(f"{prefix}{key}")
    return plain
