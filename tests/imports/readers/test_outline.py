"""Paragraphs, items and cells of a note, and what leads into them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.outline import Block, blocks, cells
from journal.imports.readers.page import LineKind, Page


def read(text: str) -> tuple[Block, ...]:
    return blocks(Page("note.md", text))


def test_lines_of_a_paragraph_are_one_block_that_tells_their_numbers() -> None:
    (block,) = read("\n> one **two**\n> three\n")
    assert (block.text, block.words, block.lines) == ("one **two** three", "one two three", (2, 3))
    assert [block.line_at(block.text.index(word)) for word in ("one", "two", "three")] == [2, 2, 3]


def test_a_label_begins_a_block_of_its_own() -> None:
    assert [block.text for block in read("**Date:** today\nRun: one\nand two\n")] == [
        "**Date:** today",
        "Run: one and two",
    ]


def test_an_item_knows_the_items_around_it_and_the_line_above_its_list() -> None:
    *_, item = read("# Title\n\n## Change\n\nWhat changed:\n\n- one\n  - [x] two\n")
    assert (item.text, item.parents, item.headings) == ("two", ("one", "What changed:"), ("Change", "Title"))
    assert (item.is_item, item.depth, item.lead) == (True, 1, "one")


def test_a_sentence_leads_into_no_list() -> None:
    *_, item = read("## Change\n\nWe thought about it for a while.\n\n- one\n")
    assert (item.parents, item.lead) == ((), "Change")


def test_code_between_a_line_and_a_list_parts_them() -> None:
    *_, item = read("## Change\n\nSee this:\n\n```\ncode\n```\n\n- one\n")
    assert item.parents == ()


def test_a_cell_knows_its_column_and_its_row() -> None:
    head, _, cell, link = read("| A | B |\n|---|:-:|\n| `one` | [two](x.md) |\n")
    assert (head.is_head, cell.is_head) == (True, False)
    assert (cell.column, cell.text, cell.row) == ("A", "`one`", {"A": "one", "B": "two"})
    assert (link.column, link.words, link.cell, link.lines) == ("B", "two", 1, (3,))


def test_escaped_bars_part_no_cells() -> None:
    assert cells(r"| a \| b | c |") == [r"a \| b", "c"]


@settings(max_examples=80, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab:|-`#>*~ \n1.[]："), max_size=100))
def test_every_line_of_prose_stands_in_one_block(text: str) -> None:
    page = Page("note.md", text)
    kinds = {line.number: line.kind for line in page.lines}
    inside = [(block.cell, number) for block in blocks(page) for number in block.lines]
    assert len(inside) == len(set(inside))
    assert all(kinds[number] in {LineKind.PROSE, LineKind.HEADING} for _, number in inside)
    words = {line.number for line in page.prose if any(map(str.isalnum, line.text))}
    assert words <= {number for _, number in inside}
