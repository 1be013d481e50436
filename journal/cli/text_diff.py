"""What changes in a file, as `git apply` reads it."""

from __future__ import annotations

import re

# Only these end a line of a diff: a form feed or U+2028 belongs to the text.
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def text_diff(path: str, old: bytes, new: bytes) -> list[str]:
    """The lines of a unified diff, each with its line end; none where nothing changes.

    Args:
        path: The file, relative to the journal.
        old: What stands there.
        new: What shall stand there.
    """
    import difflib

    before, after = (_LINE.findall(raw.decode("utf-8", "replace")) for raw in (old, new))
    found = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
    return [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found]
