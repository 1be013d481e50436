"""Scripts that only hand over values: whatever stands in a value, it neither ends the script nor begins another."""

from __future__ import annotations

import json
from typing import Any

_ACTIVE = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def call(function: str, *values: Any) -> bytes:
    r"""A script that calls a function of ours.

    Args:
        function: Its name, as in `journal.curves`.
        values: What JSON can tell.

    Examples:
        >>> call("journal.curves", "</script>", [1, None])
        b'journal.curves("\\u003c/script>",[1,null]);\n'
    """
    return _script(f"{function}({','.join(map(_told, values))})")


def assignment(name: str, value: Any) -> bytes:
    """A script that leaves a value under a name of ours, as in `window.journalLineage`."""
    return _script(f"{name}={_told(value)}")


def _told(value: Any) -> str:
    """A value on one line, without `<`: no end of a script, no comment of HTML."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ACTIVE)


def _script(text: str) -> bytes:
    """In UTF-8, as all pages are: words of most of the world's scripts would be twice as long in ASCII."""
    return f"{text};\n".encode("utf-8", "replace")
