"""Long lists, cut into pages that stay as they are while the list grows at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from journal.site.here import Here

T = TypeVar("T")

SIZE = 250
"""Rows of a page of a long list; the page that still grows has up to twice as many."""


class Leaf(NamedTuple, Generic[T]):
    """A page of a list.

    Attributes:
        page: Its path in the generated folder.
        items: Its part of the list.
        before: The page with the part above, where there is one.
        after: The page with the part below.
    """

    page: str
    items: tuple[T, ...]
    before: str | None = None
    after: str | None = None

    def turning(self, here: Here, above: str = "newer", below: str = "older") -> str:
        """Links to the pages with the rest of the list; nothing where there is none."""
        said = [here.link(f"← {above}", self.before)] if self.before else []
        said += [here.link(f"{below} →", self.after)] if self.after else []
        return f'<nav class="journal-turning" aria-label="More of this list">{" ".join(said)}</nav>' if said else ""


def newest_first(page: str, items: Sequence[T]) -> list[Leaf[T]]:
    """A list that grows at its beginning: the first page grows, and all others hold what they held before.

    Args:
        page: The path of the first page.
        items: The whole list.
    """
    full = max(0, len(items) // SIZE - 1)
    names = [page, *(_numbered(page, number) for number in range(full, 0, -1))]
    return cut(names, items, len(items) - full * SIZE, SIZE)


def oldest_first(page: str, items: Sequence[T]) -> list[Leaf[T]]:
    """A list that grows at its end."""
    pages = 1 + max(0, len(items) - 1) // SIZE
    names = [page, *(_numbered(page, number) for number in range(2, pages + 1))]
    return cut(names, items, SIZE, SIZE)


def cut(names: Sequence[str], items: Sequence[T], first: int, size: int) -> list[Leaf[T]]:
    """A list on pages of these names: so many rows on the first, `size` on each other or what is left of them."""
    parts = [tuple(items[:first]), *(tuple(items[start : start + size]) for start in range(first, len(items), size))]
    before, after = [None, *names[:-1]], [*names[1:], None]
    return [Leaf(*each) for each in zip(names, parts, before, after, strict=True)]


def _numbered(page: str, number: int) -> str:
    """No page of a name ends so: those have eight digits behind the line, or none."""
    return f"{page.removesuffix('.md')}_{number}.md"
