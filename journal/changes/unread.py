"""What every comparison needs of a file: both its versions within limits, or why they cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 1 << 20
"""Files above this size, in bytes, are not compared."""

_Reading = TypeVar("_Reading")


class Unread(ValueError):
    """Why a file is not compared; what it says goes behind the file's name."""


def text_of(content: bytes) -> str:
    """The text of a file, without a mark of byte order.

    Raises:
        Unread: It is too large, or not UTF-8.
    """
    if len(content) > MAX_BYTES:
        raise Unread(f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unread("is not UTF-8") from None


def read_both(
    read: Callable[[str], _Reading], before: bytes | None, after: bytes | None
) -> tuple[_Reading | None, _Reading | None]:
    """Two versions of a file as `read` understands their text; None for a version that is not there.

    Raises:
        Unread: One of them cannot be read, or both; it says which.
    """
    found: list[_Reading | None] = []
    reasons: dict[str, str] = {}
    for content, when in ((before, "before"), (after, "after")):
        try:
            found.append(None if content is None else read(text_of(content)))
        except Unread as reason:
            reasons[when] = str(reason)
    if reasons:
        raise Unread(_joined(reasons))
    return found[0], found[1]


def _joined(reasons: dict[str, str]) -> str:
    if len(reasons) == 2 and len(set(reasons.values())) == 1:  # noqa: PLR2004 - before and after
        return next(iter(reasons.values()))
    return " and ".join(f"{reason} {when} the change" for when, reason in reasons.items())
