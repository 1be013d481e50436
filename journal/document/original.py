"""The words of an imported note: which bytes of its entry they are, and whether they are still what was imported."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from journal.document import front_matter
from journal.document.lines import plain

if TYPE_CHECKING:
    from journal.model.entry import FrontMatter
    from journal.model.life import Imported


def is_original(raw: bytes, matter: FrontMatter) -> bool | None:
    """Whether the words of an imported note are those that were imported; None where nothing tells.

    Args:
        raw: The entry's file.
        matter: Its front matter.
    """
    recorded = _recorded(matter.imported) if matter.imported is not None else None
    return None if recorded is None else hashlib.sha256(body_of(raw, matter)).hexdigest() == recorded


def body_of(raw: bytes, matter: FrontMatter) -> bytes:
    """What stands below the front matter; of an imported note, without what was added here later.

    Args:
        raw: The entry's file.
        matter: Its front matter.
    """
    start = front_matter.yaml_of(raw, "")[1]
    length = matter.imported.length if matter.imported is not None else None
    return raw[start:] if length is None else raw[start : start + length]


def holds(raw: bytes, matter: FrontMatter, line: int) -> bool:
    """Whether a line of an entry belongs to the words of an imported note, which are not to be changed.

    Args:
        raw: The entry's file.
        matter: Its front matter.
        line: Line, from 1.
    """
    if matter.imported is None:
        return False
    end = front_matter.yaml_of(raw, "")[1] + len(body_of(raw, matter))
    text = plain(raw[:end])
    return line <= text.count("\n") + (not text.endswith("\n"))


def _recorded(imported: Imported) -> str | None:
    """The sum of the words that stand here, where it is known."""
    whole = imported.bytes_ is None and imported.repaired is None
    return imported.words or (imported.sha256 if whole else None)
