"""Config and summary as JSON can hold them, cut to the room there is."""

from __future__ import annotations

import re
from math import isinf, isnan
from types import NoneType
from typing import TYPE_CHECKING, Any

from journal.model.base import written
from journal.model.secrets import hidden, is_secret_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DEEPEST = 20
# The folders of an absolute path: of POSIX, of a home, of Windows, or of a file's address.
_PLACE = re.compile(r"""(?<![\w.:/\\-])(?:file://|~|[A-Za-z]:)?[/\\]+(?:[^\s/\\:'",;=]+[/\\]+)+(?=[^\s/\\])""")
_WHOLE = range(-(2**63), 2**64)
_SMALL = 200
_INDENT = 2
_MARK = "…"
_HIDDEN = "(hidden)"


def plain(value: Any, depth: int = 0) -> Any:
    """A value as JSON can hold it, which reads back as it is written.

    NaN and infinities become the texts `NaN`, `Infinity` and `-Infinity`; whole numbers beyond 64 bits the nearest
    float; what YAML knows and JSON does not, text; what is nested beyond twenty levels, `…`.
    """
    if isinstance(value, dict | list | tuple) and depth == _DEEPEST:
        return _MARK
    if isinstance(value, dict):
        return {written(str(key)): plain(below, depth + 1) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [plain(below, depth + 1) for below in value]
    return _SCALARS.get(type(value), _other)(value)


def placeless(text: str) -> str:
    """The text with absolute paths cut to their last part: where things lie on somebody's machine is nobody's business.

    Examples:
        >>> placeless("/home/ada/data/train.csv"), placeless("--out ~/runs/a"), placeless("https://a.org/b/c")
        ('…/train.csv', '--out …/a', 'https://a.org/b/c')
    """
    return _PLACE.sub("…/", text)


def _whole(value: int) -> int | float | str:
    if value in _WHOLE:
        return value
    try:
        return float(value)
    except OverflowError:
        return hex(value)


def _real(value: float) -> float | str:
    if isnan(value):
        return "NaN"
    return f"{'-' if value < 0 else ''}Infinity" if isinf(value) else value


def _other(value: Any) -> Any:
    """What YAML knows and JSON does not: moments, bytes, and sets, whose order must not depend on the day."""
    if isinstance(value, set):
        return sorted(written(str(each)) for each in value)
    return written(str(value))


_SCALARS: dict[type, Callable[[Any], Any]] = {
    NoneType: lambda value: value,
    bool: lambda value: value,
    int: _whole,
    float: _real,
    str: lambda value: placeless(written(value)),
}


def without_secrets(value: Any, *, is_secret: bool = False) -> Any:
    """A plain value without keys, tokens and passwords, which a config easily holds: a digest is committed to git.

    Args:
        value: The value.
        is_secret: Whether it stands under a name such as `hf_token`; every text is hidden then.
    """
    if isinstance(value, dict):
        return {
            hidden(key, _HIDDEN): without_secrets(below, is_secret=is_secret or is_secret_key(key))
            for key, below in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(below, is_secret=is_secret) for below in value]
    if isinstance(value, str) and value:
        return _HIDDEN if is_secret else hidden(value, _HIDDEN)
    return value


def fitted(tree: Mapping[str, Any], room: int, depth: int = 1) -> tuple[dict[str, Any], int]:
    """As much of a plain dictionary as there is room for.

    Small values go before large ones. Of what is too large, long texts are cut and dictionaries fitted in turn;
    anything else is left out whole.

    Args:
        tree: The dictionary.
        room: Bytes that it may take, as an indented file has it.
        depth: Level of nesting that it stands at.

    Returns:
        What fits, and how many values were cut or left out.
    """
    costs = {key: _cost(key, value, depth) for key, value in tree.items()}
    left = room - _cost("", {}, depth)
    if sum(costs.values()) <= left:
        return dict(tree), 0
    kept: dict[str, Any] = {}
    lost = 0
    ordered = sorted(tree, key=lambda key: (costs[key], key))
    for place, key in enumerate(ordered):
        share = max(left // (len(ordered) - place), min(left, _SMALL))
        part, missing = (tree[key], 0) if costs[key] <= share else _part(key, tree[key], share, depth)
        lost += missing
        if part is not None or not missing:
            kept[key] = part
            left -= _cost(key, part, depth)
    return kept, lost


def _part(key: str, value: Any, room: int, depth: int) -> tuple[Any, int]:
    """What of one value fits, and how many values were cut or left out; None for nothing."""
    below = room - _cost(key, "", depth)
    if isinstance(value, dict):
        part, missing = fitted(value, below, depth + 1)
        return part or None, max(missing, 1)
    text = shortened(value, below) if isinstance(value, str) and below > _SMALL // 2 else None
    return text, 1


def shortened(text: str, room: int) -> str:
    """A text that takes no more bytes in JSON than there is room for, with a mark where it was cut."""
    if _size(text) <= room:
        return text
    low, high = 0, min(len(text), room)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle] + _MARK) <= room else (low, middle - 1)
    return text[:low] + _MARK


def _cost(key: str, value: Any, depth: int) -> int:
    """Bytes that a key and its value take in an indented file, at a level of nesting."""
    import orjson

    raw = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    indent = _INDENT * (depth + 1)
    return _size(key) + len(": ,\n") + indent + len(raw) + indent * raw.count(b"\n")


def _size(text: str) -> int:
    import orjson

    return len(orjson.dumps(text))
