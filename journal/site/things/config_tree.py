"""Config and summary of a run as a tree to read and fold: nested and dotted keys alike, long values cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.model.wording import counted
from journal.site.things.name_tree import DEEPEST, grown, lines, parts
from journal.tables.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from journal.site.things.name_tree import Node

LONG = 96
"""Characters of a value that are shown at once."""
OPEN = 60
"""Values that a group may hold to stand open."""

_WORDS = {"true", "false", "null"}


def tree(values: Mapping[str, Any]) -> str:
    """The tree as HTML, every key and value harmless; nothing where there are no values.

    A key `optim.lr` and a key `lr` in a group `optim` stand in the same place, as expressions name both alike.
    """
    if not values:
        return ""
    root = grown(_flat(values, ()))
    return "\n".join(lines(root, ".", _leaf, _group, OPEN))


def _flat(values: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in values.items():
        path = (*above, *parts(key, "."))
        if isinstance(value, dict) and value and len(path) < DEEPEST:
            yield from _flat(value, path)
        elif len(path) > DEEPEST:
            yield (*path[: DEEPEST - 1], ".".join(path[DEEPEST - 1 :])), value
        else:
            yield path, value


def _group(name: str, node: Node[Any]) -> str:
    return f'<code class="journal-key">{plain(name)}</code> <span>{counted(node.size, "value")}</span>'


def _leaf(name: str, value: Any) -> str:
    key = f'<code class="journal-key">{plain(name)}</code>'
    text = spelt(value)
    if len(text) <= LONG:
        return f"{key} <code>{plain(text)}</code>"
    start = f"{key} <code>{plain(text[:LONG])}…</code> <span>{len(text):,} characters</span>"
    return f"<details><summary>{start}</summary><pre><code>{plain(_whole(value))}</code></pre></details>"


def spelt(value: Any) -> str:
    """A value in one line: text as it is where nobody can take it for anything else, else as JSON has it."""
    if isinstance(value, str) and value.strip() == value and value.isprintable() and not _seems_other(value):
        return value
    return _json(value)


def _seems_other(text: str) -> bool:
    """Whether a text reads like a number, a word of JSON's, or something with brackets or quotes around it."""
    if not text or text in _WORDS or text[0] in '[{"':
        return True
    try:
        float(text)
    except ValueError:
        return False
    return text.lower().lstrip("+-") not in {"nan", "inf", "infinity"}


def _whole(value: Any) -> str:
    return value if isinstance(value, str) else _json(value, indented=True)


def _json(value: Any, *, indented: bool = False) -> str:
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 if indented else None).decode()
    except TypeError:  # nested beyond what it writes, or half a character
        return ascii(value)
