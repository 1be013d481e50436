from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import HEAD, PATH
from journal.document.blocks import closing_marker, digest
from journal.document.document import parse
from journal.errors import BlockError
from journal.model.entry import Block

START = HEAD.count(b"\n")
RUNS = ("<!-- journal:runs -->", "<!-- /journal:runs -->")


def blocks(*lines: str, eol: str = "\n") -> tuple[Block, ...]:
    return parse(HEAD + eol.join(lines).encode(), PATH).entry.blocks


def refused(*lines: str | bytes) -> BlockError:
    raw = HEAD + b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    with pytest.raises(BlockError) as error:
        parse(raw, PATH)
    assert (error.value.path, error.value.column) == (PATH, 1)
    return error.value


def line(error: BlockError) -> int:
    """Line below the front matter."""
    return (error.line or 0) - START


def test_a_block_says_what_it_is_and_where() -> None:
    (block,) = blocks(
        "text", "<!-- journal:table matched", "metrics: [a]", "-->", "", "| a |", "", "<!-- /journal:table 0123abcd -->"
    )
    assert block == Block(
        kind="table",
        name="matched",
        line=START + 2,
        spec="metrics: [a]\n",
        spec_line=START + 3,
        body="\n| a |\n\n",
        recorded="0123abcd",
        digest=digest("| a |"),
    )


@pytest.mark.parametrize("marker", ["<!-- journal:runs -->", "<!--journal:runs-->", "<!--\tjournal:runs \t-->  "])
def test_a_marker_on_one_line_has_no_spec(marker: str) -> None:
    (block,) = blocks("text", marker, "<!-- /journal:runs -->")
    assert (block.kind, block.name, block.spec, block.line, block.spec_line) == (
        "runs",
        "runs",
        "",
        START + 2,
        START + 2,
    )


@pytest.mark.parametrize(
    "marker", ["<!-- journal:table a.b-c_1 -->", "<!-- journal:table a.b-c_1-->", "<!-- journal:table \ta.b-c_1"]
)
def test_a_name_stands_behind_the_kind(marker: str) -> None:
    (block,) = blocks(marker, *([] if marker.endswith("-->") else ["-->"]), "<!-- /journal:table -->")
    assert block.name == "a.b-c_1"


def test_blocks_without_a_name_are_named_after_their_kind() -> None:
    table = ("<!-- journal:table -->", "<!-- /journal:table -->")
    assert [block.name for block in blocks(*RUNS, *table, *RUNS, *table, *RUNS)] == [
        "runs",
        "table",
        "runs-2",
        "table-2",
        "runs-3",
    ]


def test_a_made_up_name_avoids_the_names_above_it() -> None:
    named = ("<!-- journal:runs runs-2 -->", "<!-- /journal:runs -->")
    assert [block.name for block in blocks(*named, *RUNS, *RUNS)] == ["runs-2", "runs", "runs-3"]


@pytest.mark.parametrize("end", ["-->", "--> \t", "compare: {ratio: a/b} -->"])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_spec_ends_with_the_comment(end: str, eol: str) -> None:
    (block,) = blocks("<!-- journal:table", "metrics: [a]  ", "", end, "text", "<!-- /journal:table -->", eol=eol)
    assert block.spec == f"metrics: [a]  \n\n{end.rstrip().removesuffix('-->')}"
    assert block.body == "text\n"


def test_a_name_that_stands_twice_is_refused_with_both_lines() -> None:
    one = ("<!-- journal:runs one -->", "<!-- /journal:runs -->")
    error = refused(*one, "", *one)
    assert (line(error), error.message) == (4, f"block 'one' stands already on line {START + 1}")
    assert line(refused(*RUNS, "<!-- journal:table runs -->", "<!-- /journal:table -->")) == 3


@pytest.mark.parametrize(
    "below",
    [
        (),
        ("text",),
        ("<!-- /journal:table -->",),
        RUNS,
        ("```", "<!-- /journal:runs -->"),
        ("<div>", "<!-- /journal:runs -->"),
        ("> <!-- /journal:runs -->",),
    ],
)
def test_a_block_that_is_not_closed_is_refused_at_its_opening(below: tuple[str, ...]) -> None:
    error = refused("text", "<!-- journal:runs -->", *below)
    assert (line(error), error.message) == (2, "this runs block is not closed")
    assert "`<!-- /journal:runs -->`" in str(error.hint)


def test_a_block_within_a_block_is_refused_at_the_outer_one() -> None:
    error = refused("<!-- journal:table outer -->", *RUNS, "<!-- /journal:table -->")
    assert (line(error), error.message) == (1, "this table block is not closed")


def test_a_closing_marker_without_a_block_is_refused() -> None:
    error = refused("text", "<!-- /journal:runs 0123abcd -->")
    assert (line(error), error.message) == (2, "closes a runs block that was not opened")
    assert line(refused(*RUNS, RUNS[1])) == 3


@pytest.mark.parametrize("below", [(), ("a: b",), ("a: b", "<!-- /journal:table -->"), ("a: b", "<!-- a comment -->")])
def test_a_spec_that_does_not_end_is_refused(below: tuple[str, ...]) -> None:
    error = refused("<!-- journal:table", *below)
    assert (line(error), error.message) == (1, "this marker's comment does not end")


@pytest.mark.parametrize("end", ["--> text", "a: b --> -->", "--> <!-- x -->"])
def test_text_behind_a_spec_is_refused(end: str) -> None:
    error = refused("<!-- journal:table", end, "<!-- /journal:table -->")
    assert (line(error), error.message) == (1, "text stands behind the end of this marker's comment")


@pytest.mark.parametrize(
    "marker",
    [
        "<!-- journal:runs --> text",
        "<!-- journal:runs a b -->",
        "<!-- journal:runs größe -->",
        "<!-- journal:Runs -->",
        "<!-- journal: -->",
        "<!-- journal:runs; -->",
        "<!-- /journal:runs ABCD -->",
        "<!-- /journal:runs",
        " <!-- journal:runs -->",
        "   <!-- /journal:runs -->",
        b"<!-- journal:runs \xff -->",
    ],
)
def test_a_marker_that_nobody_knows_is_refused(marker: str | bytes) -> None:
    error = refused("text", marker)
    assert (line(error), error.message) == (2, "not a marker that the journal knows")
    assert "`<!-- journal:KIND NAME`" in str(error.hint)


def test_a_spec_that_is_not_utf8_is_refused() -> None:
    error = refused("<!-- journal:runs", b"a: \xff", "-->", RUNS[1])
    assert (line(error), error.message) == (1, "this block's marker is not UTF-8")


def test_text_of_a_block_may_hold_any_bytes() -> None:
    raw = HEAD + b"<!-- journal:runs -->\n\xff\x00\n<!-- /journal:runs -->"
    (block,) = parse(raw, PATH).entry.blocks
    assert block.body == "\N{REPLACEMENT CHARACTER}\x00\n"
    assert block.digest == hashlib.sha256(b"\xff\x00").hexdigest()[:8]


def test_markers_in_code_quotes_lists_and_raw_html_are_none() -> None:
    assert not blocks(
        "```", *RUNS, "```", f"> {RUNS[0]}", f"    {RUNS[0]}", "- a", "", f"  {RUNS[0]}", "", "<div>", *RUNS
    )


def test_the_sum_is_eight_digits_of_sha256() -> None:
    assert digest("| a |") == digest(b"| a |") == hashlib.sha256(b"| a |").hexdigest()[:8]
    assert closing_marker("table", "| a |").decode() == f"<!-- /journal:table {digest('| a |')} -->"


TEXTS = st.text(st.sampled_from("ab |\n注\u2028"), max_size=20)


@given(TEXTS, st.sampled_from(["\r\n", "\r"]), st.text(" \t\r\n", max_size=4), st.text(" \t\r\n", max_size=4))
def test_line_endings_and_outer_blanks_do_not_count(text: str, eol: str, before: str, after: str) -> None:
    assert digest(before + text.replace("\n", eol) + after) == digest(text)


@given(TEXTS, TEXTS)
def test_any_other_difference_counts(one: str, other: str) -> None:
    same = one.strip(" \t\n") == other.strip(" \t\n")
    assert (digest(one) == digest(other)) == same
