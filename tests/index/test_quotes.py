from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal.index.journal import Journal
from journal.index.quotes import Quotes

if TYPE_CHECKING:
    from pathlib import Path

ONE = "2026-02-21-one"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("journal.toml", "")
    desk.entry(ONE, "It was 4127.8.\n", runs="own1, base1", matter="follows: [before]\n")
    return desk


def found(desk: Desk, was: str = "4127.8") -> list[tuple[str, int, int, tuple[str, ...]]]:
    journal = Journal.open(desk.root)
    (entry,) = (each for each in journal.entries if each.id == ONE)
    quotes = Quotes(journal)
    everywhere = quotes.of(entry, was)
    near = quotes.of(entry, was, related=True)
    assert [quote for quote in near if quote.related] == [quote for quote in everywhere if quote.related]
    return [(quote.id, quote.line, quote.column, quote.related_by) for quote in everywhere]


def test_related_entries_come_first_and_equal_numbers_after_them(desk: Desk) -> None:
    desk.entry("a", "Once 4127.8.\n")
    desk.entry("z", "| max |\n|---|\n| 4127.8 |\n\nAs in 2026-02-21-one: 4127.8\n", runs="lab/toy/own1")
    assert found(desk) == [
        ("z", 9, 3, ("same run own1", "names its id")),
        ("z", 11, 23, ("same run own1", "names its id")),
        ("a", 6, 6, ()),
    ]


@pytest.mark.parametrize(
    ("stem", "matter", "tie"),
    [
        ("after", f"follows: [{ONE}]\n", "follows it"),
        ("after", f"results_of: [{ONE}]\n", "results of it"),
        ("after", f"related: [{ONE}]\n", "related to it"),
        ("before", "", "followed by it"),
    ],
)
def test_a_relation_from_either_end_ties_two_entries(desk: Desk, stem: str, matter: str, tie: str) -> None:
    desk.entry(stem, "4127.8\n", matter=matter)
    assert [ties for _, _, _, ties in found(desk)] == [(tie,)]


@pytest.mark.parametrize(
    "text",
    [
        "14127.8 and 4127.85 and 4127.8e3",
        "~~4127.8~~ 12.1",
        "```\n4127.8\n```",
        '[4127.8](run:own1 "max(x)")',
        "<!-- journal:table x\nmetrics: [a]\n-->\n4127.8\n<!-- /journal:table -->",
    ],
)
def test_other_numbers_struck_ones_code_and_the_tools_own_are_no_quotes(desk: Desk, text: str) -> None:
    desk.entry("a", f"{text}\n")
    assert found(desk) == []


def test_an_entry_that_corrects_the_same_value_has_dealt_with_it(desk: Desk) -> None:
    desk.entry("a", "4127.8\n", matter='corrections: [{was: "4127.8"}]\n')
    assert found(desk) == []


def test_the_beginning_of_another_id_does_not_name_the_entry(desk: Desk) -> None:
    desk.entry("a", f"4127.8 in {ONE}-2 and x-{ONE}\n")
    assert [ties for _, _, _, ties in found(desk)] == [()]


def test_bytes_can_be_given_by_who_has_read_them(desk: Desk) -> None:
    desk.entry("a", "4127.8\n")
    journal = Journal.open(desk.root)
    (entry,) = (each for each in journal.entries if each.id == ONE)
    given = b"---\ntitle: a\ncreated: 2026-02-21T19:01:15+08:00\n---\nNow 4127.8.\n"
    (quote,) = Quotes(journal, lambda _: given).of(entry, "4127.8")
    assert (quote.path, quote.line, quote.column, quote.related) == ("entries/a.md", 5, 5, False)


@pytest.mark.parametrize(
    ("was", "text"),
    [
        ("12,345", "12345"),
        ("12345", "12,345.0"),
        ("0.99", "0.990"),
        ("45.2 %", "45.2%"),
        ("45.2%", "45.2"),
        ("1e-4", "0.0001"),
        ("0.0001", "1E-04"),
        ("\N{MINUS SIGN}39", "-39"),
        ("-39", "\N{MINUS SIGN}39"),
        ("0.99", "$x = 0.99$"),
    ],
)
def test_a_number_in_another_spelling_is_quoted_too(desk: Desk, was: str, text: str) -> None:
    desk.entry("a", f"It is {text} there.\n", matter=f"follows: [{ONE}]\n")
    assert [column for _, _, column, _ in found(desk, was)] == [12 if "$" in text else 7]


@pytest.mark.parametrize(
    ("was", "text"),
    [
        ("0.990", "0.99"),
        ("5%", "5"),
        ("39", "-39"),
        ("39", "38-39"),
        ("12345", "12,3456"),
        ("1e4", "1e4x"),
        ("a1", "1"),
    ],
)
def test_another_value_and_one_told_less_exactly_are_no_quotes(desk: Desk, was: str, text: str) -> None:
    desk.entry("a", f"It is {text} there.\n", matter=f"follows: [{ONE}]\n")
    assert found(desk, was) == []
