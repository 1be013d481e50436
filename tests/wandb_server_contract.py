"""The shape of what goes between the W&B client and its server: fields and kinds of values, never the values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Shape = Any
"""Of an object, its fields with their shapes; of a list, the shape of all it holds; otherwise kinds of values, in
words, joined by a bar. A text that is JSON is an object with the one field `JSON`."""

ANY = "*"
"""The field under which those fields are put together whose names somebody chose."""

_OURS = frozenset({"_step", "_runtime", "_timestamp", "_wandb"})
_CHOSEN = frozenset({"config", "summaryMetrics", "systemMetrics", "keys", "history", "sampledHistory", "rows"})
_JSON = frozenset({"config", "summaryMetrics", "systemMetrics", "history", "events", "spec", "specs", "filters"})
_MOMENTS = frozenset({"createdAt", "heartbeatAt", "updatedAt"})
_PUBLIC = frozenset({"type"})
"""Fields whose values are W&B's own words, and are kept."""

_KINDS = frozenset({"null", "yes or no", "whole number", "number", "text", "object", "list"})
_UNKNOWN_TO_JSON = frozenset({"NaN", "Infinity", "-Infinity"})
_NAMES = (
    frozenset({"data", "errors", "message", "path", "extensions", "locations", "line", "column", "code"})
    | frozenset({"keys", "sets", "lastStep", "typeCounts", "monotonic", "previousValue", "type", "count"})
    | frozenset({"desc", "value", "samples", "minStep", "maxStep", "$in", ANY, "JSON"})
    | _OURS
)
"""Fields that stand in no document: those of errors, of what is JSON itself, and of a shape."""


def shape(value: Any, name: str = "", *, chosen: bool = False) -> Shape:
    """The shape of a value.

    Args:
        value: JSON, decoded.
        name: The field it stands in.
        chosen: Whether the names of its fields are somebody's own.
    """
    chosen = chosen or name in _CHOSEN
    if isinstance(value, dict):
        return _of_fields(value, chosen=chosen)
    if isinstance(value, list):
        return [merged([shape(each, name, chosen=chosen) for each in value])] if value else []
    if isinstance(value, str) and name in _JSON:
        return {"JSON": shape(json.loads(value), name, chosen=chosen)}
    return _kind(value, name)


def merged(shapes: Iterable[Shape]) -> Shape:
    """One shape for all that several values may be; an object and something else become kinds."""
    found = [each for each in shapes if each is not None]
    if not found:
        return None
    if all(isinstance(each, dict) for each in found):
        names = sorted({name for each in found for name in each})
        return {name: merged(each.get(name) for each in found) for name in names}
    if all(isinstance(each, list) for each in found):
        inside = [each for listed in found for each in listed]
        return [merged(inside)] if inside else []
    plain = {kind for each in found if isinstance(each, str) for kind in each.split(" | ")}
    nested = [each for each in found if not isinstance(each, str)]
    if nested and plain <= {"null"} and len({type(each) for each in nested}) == 1:
        return merged(nested)
    return " | ".join(sorted(plain | {"object" if isinstance(each, dict) else "list" for each in nested}))


def differences(recorded: Shape, ours: Shape, place: str = "") -> Iterator[str]:
    """In words, each place where two shapes cannot be those of one contract.

    A null or an empty list agrees with anything, and one kind in common is enough: two runs are never alike.
    """
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for name in sorted(recorded.keys() | ours.keys()):
            if name in recorded and name in ours:
                yield from differences(recorded[name], ours[name], f"{place}.{name}")
            elif ANY not in {**recorded, **ours}:
                yield f"{place}.{name} is only {'recorded' if name in recorded else 'ours'}"
    elif isinstance(recorded, list) and isinstance(ours, list):
        if recorded and ours:
            yield from differences(recorded[0], ours[0], f"{place}[]")
    elif not _agree(recorded, ours):
        yield f"{place} was {recorded!r} and is {ours!r}"


def strangers(found: Shape, documents: str, name: str = "") -> Iterator[str]:
    """Each word in a shape that is neither a field of W&B's nor a kind, and so may be somebody's own.

    Args:
        found: The shape.
        documents: The GraphQL documents whose fields are known.
        name: The field it stands in.
    """
    if isinstance(found, dict):
        for key, each in found.items():
            if key not in _NAMES and not re.search(rf"\b{re.escape(key)}\b", documents):
                yield key
            yield from strangers(each, documents, key)
    elif isinstance(found, list):
        for each in found:
            yield from strangers(each, documents, name)
    elif found is not None and not (name in _PUBLIC and re.fullmatch(r"[a-z -]+", found.replace("|", " "))):
        yield from (
            kind
            for kind in found.split(" | ")
            if kind not in _KINDS | _UNKNOWN_TO_JSON and not re.fullmatch(r"[0TZ:.+-]+", kind)
        )


def _of_fields(value: Mapping[str, Any], *, chosen: bool) -> Shape:
    if not chosen:
        return {name: shape(each, name) for name, each in value.items()}
    kept = {name: _shallow(each) for name, each in value.items() if name in _OURS}
    own = [_shallow(each) for name, each in value.items() if name not in _OURS]
    return kept | ({ANY: merged(own)} if own else {})


def _shallow(value: Any) -> Shape:
    """The shape of a value that somebody chose: W&B's wrapping, and of the rest the kind."""
    if isinstance(value, dict) and value.keys() & {"typeCounts", "value"}:
        return {
            name: _shallow(each) if name in {"value", "desc"} else shape(each, name) for name, each in value.items()
        }
    if isinstance(value, (dict, list)):
        return "object" if isinstance(value, dict) else "list"
    return _kind(value, "")


def _kind(value: Any, name: str) -> str:
    if isinstance(value, str):
        if name in _PUBLIC:
            return value
        if name in _MOMENTS:
            return re.sub(r"\d", "0", value)
        return value if value in _UNKNOWN_TO_JSON else "text"
    kinds = {bool: "yes or no", int: "whole number", float: "number", type(None): "null"}
    return kinds[type(value)]


def _agree(recorded: Shape, ours: Shape) -> bool:
    empty: tuple[Shape, ...] = (None, "null", [], {})
    if recorded in empty or ours in empty:
        return True
    if not isinstance(recorded, str) or not isinstance(ours, str):
        return False
    kinds = [set(each.replace("whole number", "number").split(" | ")) - {"null"} for each in (recorded, ours)]
    return not all(kinds) or bool(kinds[0] & kinds[1])
