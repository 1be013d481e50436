"""Runs as a server gives them page by page, some of them more than once."""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, Any

import pytest

from journal.sources.sdk_child.failures import Refusal
from journal.sources.wandb_api.answers import MOST_RUNS, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    Page = tuple[list[dict[str, Any]], bool]
    Pages = Iterator[Page]


def page(*names: object, follows: bool = True) -> Page:
    return [{"name": str(name), "id": f"of {name}"} for name in names], follows


def without_end() -> Pages:
    """Pages of new runs for as long as somebody asks."""
    return (page(*range(first, first + 100)) for first in count(0, 100))


def given(pages: Pages, most: int | None = None) -> list[list[str]]:
    return [[run["id"] for run in each] for each in runs(pages, most)]


def test_a_run_that_slips_to_the_next_page_comes_once() -> None:
    assert given(iter([page("a", "b"), page("b", "c"), page("c", follows=False)])) == [["a", "b"], ["c"]]


@pytest.mark.parametrize("stuck", [page("a", "b"), page()])
def test_a_page_without_anything_new_that_is_not_the_last_is_no_answer(
    stuck: tuple[list[dict[str, Any]], bool],
) -> None:
    found = runs(iter([page("a", "b"), stuck]), None)
    assert [run["id"] for run in next(found)] == ["a", "b"]
    with pytest.raises(Refusal, match="garbled"):
        next(found)


def test_a_question_without_a_bound_does_not_take_runs_without_end() -> None:
    found = runs(without_end(), None)
    assert sum(len(each) for each in islice(found, MOST_RUNS // 100)) == MOST_RUNS
    with pytest.raises(Refusal, match=r"detail='10,000'"):
        next(found)


@pytest.mark.parametrize("most", [1, 100, 101, MOST_RUNS + 50])
def test_no_more_are_given_and_no_more_pages_asked_for_than_are_wanted(most: int) -> None:
    pages, asked = without_end(), count(1)
    assert sum(len(each) for each in given(((next(asked), page)[1] for page in pages), most)) == most
    assert next(asked) == -(-most // 100) + 1
