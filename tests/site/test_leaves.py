from __future__ import annotations

import pytest

from journal.site.leaves import SIZE, newest_first, oldest_first


def test_a_short_list_stays_on_one_page() -> None:
    (leaf,) = newest_first("tags/x.md", list(range(2 * SIZE - 1)))
    assert (leaf.page, len(leaf.items), leaf.before, leaf.after) == ("tags/x.md", 2 * SIZE - 1, None, None)


@pytest.mark.parametrize("count", [0, 1, SIZE, 2 * SIZE, 3 * SIZE + 7, 5 * SIZE - 1])
def test_the_pages_together_are_the_list(count: int) -> None:
    items = list(range(count))
    for cut in (newest_first, oldest_first):
        leaves = cut("x.md", items)
        assert [each for leaf in leaves for each in leaf.items] == items
        assert len({leaf.page for leaf in leaves}) == len(leaves)
        assert all(len(leaf.items) < 2 * SIZE for leaf in leaves)


def test_older_pages_stay_as_they_are_while_the_list_grows_at_its_beginning() -> None:
    before = {leaf.page: leaf.items for leaf in newest_first("x.md", list(range(4 * SIZE)))}
    after = {leaf.page: leaf.items for leaf in newest_first("x.md", [-1, *range(4 * SIZE)])}
    assert [page for page in after if before.get(page) != after[page]] == ["x.md"]


def test_each_page_leads_to_the_ones_beside_it() -> None:
    first, second, third = newest_first("x.md", list(range(3 * SIZE + SIZE - 1)))
    assert (first.after, second.before, second.after, third.before) == (
        second.page,
        first.page,
        third.page,
        second.page,
    )
