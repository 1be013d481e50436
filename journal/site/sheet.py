"""A page that is to be made: where it goes, what it is made of, and how."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Sheet:
    """A page, or a file beside one, before it is made.

    Attributes:
        path: Its place in the generated folder.
        made_of: Everything that its bytes depend on, in plain values whose `repr` tells all of them: while that stays
            the same, the page is not made again.
        make: Makes its bytes; called at most once.
    """

    path: str
    made_of: Any
    make: Callable[[], bytes]

    @property
    def key(self) -> str:
        """A short sum of what it is made of."""
        return summed(repr(self.made_of).encode("utf-8", "surrogatepass"))


def summed(raw: bytes) -> str:
    """A short sum of bytes, in hex: what the site knows equal things by."""
    return blake2b(raw, digest_size=16).hexdigest()


def finished(path: str, content: bytes) -> Sheet:
    """A page or file whose bytes are known already."""
    return Sheet(path, summed(content), lambda: content)
