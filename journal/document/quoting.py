"""Text and lists as YAML that the journal's loader reads back as they were: quoted only where they must be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"
"""What front matter is made of."""

# What needs no quotes inside `[...]` and `{...}`; the loader resolves no types, so words and numbers are safe.
_BARE = re.compile(r"-?[^\W_](?:(?:[\w ./+()@-]|:(?=\w))*[\w./+()@-])?")
# What JSON leaves as it is and YAML takes for a line break or refuses.
_UNPRINTABLE = re.compile(r"[\u2028\u2029\ufeff\ufffe\uffff]")
# What front matter may not hold, in whatever spelling.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def quoted(text: str) -> str:
    """`text` as one YAML scalar that reads back as it was, quoted only where it must be.

    Control characters and halves of surrogate pairs, which front matter may not hold, become U+FFFD.

    Examples:
        >>> quoted("Clamp the logits"), quoted("fix: clamp, then log")
        ('Clamp the logits', '"fix: clamp, then log"')
    """
    return text if _BARE.fullmatch(text) else _in_double_quotes(text)


def flow(value: Value) -> str:
    """A value on one line, as it may stand inside `[...]` and `{...}` and anywhere else.

    Examples:
        >>> flow([{"id": "fej59g91", "as": "ipa"}, "a, b"])
        '[{id: fej59g91, as: ipa}, "a, b"]'
    """
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(key)}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def like(text: str, style: str, *, inside_flow: bool) -> str:
    """`text` as one scalar in the style of another, where that can hold it.

    Args:
        text: What it shall say.
        style: The style of the other: `plain`, `'`, `"`, or any other, which is taken for plain.
        inside_flow: Whether it stands inside `[...]` or `{...}`.

    Examples:
        >>> like("it's", "'", inside_flow=False), like("it's", "plain", inside_flow=False)
        ("'it''s'", "it's")
    """
    if style == '"':
        return _in_double_quotes(text)
    if style == "'" and not re.search(r"[\t\n]", text) and not _NO_TEXT.search(text) and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    return text if style == "plain" and not inside_flow and _reads_back(text) else quoted(text)


def holdable(text: str) -> bool:
    """Whether front matter may hold this text."""
    return _NO_TEXT.search(text) is None


def made_holdable(text: str) -> str:
    """A text with U+FFFD in place of what front matter may not hold."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def _in_double_quotes(text: str) -> str:
    import orjson

    json = orjson.dumps(made_holdable(text)).decode()
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


def _reads_back(text: str) -> bool:
    """Whether a text needs no quotes behind a key on a line of its own."""
    from journal.document import plain_yaml
    from journal.errors import EntryError

    if not text or re.search(r"[\t\n]", text) or _UNPRINTABLE.search(text) or not text[0].isalnum():
        return False
    try:
        read = plain_yaml.read(plain_yaml.Source(f"a: {text}\n", 1, "")).plain()
    except EntryError:
        return False
    return bool(read == {"a": text})
