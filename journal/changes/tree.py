"""Nested values of any kind of file as one kind of tree, and the places at which two trees differ."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

from journal.changes import wording
from journal.changes.nodes import Leaf, Tagged
from journal.changes.unread import Unread
from journal.model.change import KeyChange

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from journal.changes.nodes import Tree

_MAX_TOLD = 16 << 20  # characters of keys and values: long keys above many values would multiply

BRIEF = 100
"""A list of plain values that takes no more characters than this is one value, not one for each item."""


def key_changes(one: Tree | None, other: Tree | None) -> tuple[KeyChange, ...]:
    """The keys in which two trees differ; None for a tree that is not there.

    Raises:
        Unread: There is too much to tell.
    """
    found, told = [], 0
    for key, before, after in _Comparison().places("", one, other):
        if _is_computed(before) and _is_computed(after):
            continue
        shown = wording.pair(key, before, after)
        change = KeyChange(key=key, before=shown[0], after=shown[1])
        told += len(change.key) + len(change.before or "") + len(change.after or "")
        if told > _MAX_TOLD:
            raise Unread("holds more than anybody would read")
        found.append(change)
    return tuple(found)


def _is_computed(tree: Tree | None) -> bool:
    """Whether there is nothing, or nothing that could be told."""
    return tree is None or (isinstance(tree, Leaf) and tree.computed)


def leaves(key: str, tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Every value that has no others below it, or is a brief list, with its key; tags of what has others, too."""
    return _leaves(key, tree, is_brief)


def _leaves(key: str, tree: Tree, is_one: Callable[[Tree], bool]) -> Iterator[tuple[str, Tree]]:
    inner = tree.value if isinstance(tree, Tagged) else tree
    if isinstance(inner, Leaf) or not inner or is_one(inner):
        yield key, tree
    elif isinstance(tree, Tagged):
        yield key, Leaf(("tag", tree.tag), tree.tag)
        yield from _leaves(key, tree.value, is_one)
    else:
        for below, value in _below(key, tree):
            yield from _leaves(below, value, is_one)


def _is_plain_list(tree: Tree) -> bool:
    """Whether a tree is a list of plain values: where it is new or gone, nobody wants it item by item."""
    return isinstance(tree, list) and all(isinstance(each, Leaf) for each in tree)


def is_brief(tree: Tree) -> bool:
    """Whether a tree is a list of a few plain values."""
    if not isinstance(tree, list) or len(tree) > BRIEF:
        return False
    return sum(len(each.written) + 2 if isinstance(each, Leaf) else BRIEF + 1 for each in tree) <= BRIEF


def _below(key: str, tree: Tree) -> Iterable[tuple[str, Tree]]:
    if isinstance(tree, dict):
        return ((wording.member(key, name), value) for name, value in tree.items())
    return ((wording.item(key, place), value) for place, value in enumerate(tree)) if isinstance(tree, list) else ()


_Place: TypeAlias = "tuple[str, Tree | None, Tree | None]"


class _Comparison:
    """Walks two trees at once; equal subtrees are known by one number, so that none is looked at again and again."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._known: dict[int, int] = {}  # by id(): the trees outlive the comparison

    def _number(self, tree: Tree) -> int:
        known = self._known.get(id(tree))
        if known is None:
            known = self._numbers.setdefault(self._content(tree), len(self._numbers))
            self._known[id(tree)] = known
        return known

    def _content(self, tree: Tree) -> Hashable:
        if isinstance(tree, Leaf):
            return tree.meaning
        if isinstance(tree, Tagged):
            return "tagged", tree.tag, self._number(tree.value)
        if isinstance(tree, dict):
            return "mapping", frozenset((name, self._number(value)) for name, value in tree.items())
        return "list", tuple(map(self._number, tree))

    def places(self, key: str, one: Tree | None, other: Tree | None) -> Iterator[_Place]:
        """Where two trees differ: what stands there in the one and in the other."""
        if one is None:
            yield from (
                ((at, None, value) for at, value in _leaves(key, other, _is_plain_list)) if other is not None else ()
            )
        elif other is None:
            yield from ((at, value, None) for at, value in _leaves(key, one, _is_plain_list))
        elif self._number(one) != self._number(other):
            yield from self._differing(key, one, other)

    def _differing(self, key: str, one: Tree, other: Tree) -> Iterator[_Place]:
        if isinstance(one, dict) and isinstance(other, dict):
            for name in dict.fromkeys([*one, *other]):
                before, after = one.get(name), other.get(name)
                if before is None or after is None or self._number(before) != self._number(after):
                    yield from self.places(wording.member(key, name), before, after)
        elif isinstance(one, list) and isinstance(other, list) and not (is_brief(one) and is_brief(other)):
            yield from self._items(key, one, other)
        elif isinstance(one, Tagged) and isinstance(other, Tagged) and one.tag == other.tag:
            yield from self.places(key, one.value, other.value)
        else:
            yield key, one, other

    def _items(self, key: str, one: list[Tree], other: list[Tree]) -> Iterator[_Place]:
        pairs = list(zip_longest(one, other))
        differing = [
            (place, before, after)
            for place, (before, after) in enumerate(pairs)
            if before is None or after is None or self._number(before) != self._number(after)
        ]
        aligned = self._aligned(one, other)
        shorter = aligned if 0 < len(aligned) < len(differing) else differing
        for place, before, after in shorter:
            yield from self.places(wording.item(key, place), before, after)

    def _aligned(self, one: list[Tree], other: list[Tree]) -> list[tuple[int, Tree | None, Tree | None]]:
        """What is in one list only, side by side where it stands between the same neighbours; none where places clash.

        It is the same whichever list comes first. The place of a pair is that in the longer list.
        """
        marks = [self._number(each) for each in one], [self._number(each) for each in other]
        common = Counter(marks[0]) & Counter(marks[1])
        gaps = _alone(marks[0], common), _alone(marks[1], common)
        found: dict[int, tuple[int, Tree | None, Tree | None]] = {}
        count = 0
        for gap in sorted({*gaps[0], *gaps[1]}):
            for here, there in zip_longest(gaps[0].get(gap, ()), gaps[1].get(gap, ())):
                place = _place(here, there, len(one) - len(other))
                found[place] = (
                    place,
                    None if here is None else one[here],
                    None if there is None else other[there],
                )
                count += 1
        return [found[place] for place in sorted(found)] if len(found) == count else []


def _alone(marks: list[int], common: Counter[int]) -> dict[int, list[int]]:
    """The places of items that are not common, by the number of common items before them."""
    left, gaps, passed = Counter(common), dict[int, list[int]](), 0
    for place, mark in enumerate(marks):
        if left[mark] > 0:
            left[mark] -= 1
            passed += 1
        else:
            gaps.setdefault(passed, []).append(place)
    return gaps


def _place(here: int | None, there: int | None, longer: int) -> int:
    if here is None or there is None:
        return (here if there is None else there) or 0
    return min(here, there) if longer == 0 else here if longer > 0 else there
