"""Names of entries: the readable part made of a title, and the first id that is free."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

MAX_SLUG = 60


def slug(title: str) -> str:
    """A title as the readable part of a file name, in any script.

    Examples:
        >>> slug("Clamp: attention logits to ±8!")
        'clamp-attention-logits-to-8'
    """
    plain = unicodedata.normalize("NFKC", title).casefold()
    words = re.sub(r"[\W_]+", "-", plain).strip("-")
    if len(words) > MAX_SLUG:
        words = words[: MAX_SLUG + 1].rpartition("-")[0] or words[:MAX_SLUG]
    return words or "entry"


def free_stem(stem: str, taken: Container[str]) -> str:
    """The id itself, or with the first number that no entry has taken."""
    number, free = 2, stem
    while free in taken:
        free, number = f"{stem}-{number}", number + 1
    return free
