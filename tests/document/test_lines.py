from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import HEAD, UNRULY
from journal.document.lines import plain, shaping

START = HEAD.count(b"\n")


def found(*lines: str, eol: bytes = b"\n") -> list[int]:
    """Which of the lines shape a file, from 1."""
    raw = HEAD + eol.join(line.encode() for line in lines)
    return [line.number - START for line in shaping(raw, len(HEAD))]


@pytest.mark.parametrize("eol", [b"\n", b"\r\n", b"\r"])
def test_a_line_knows_its_number_its_text_and_its_ending(eol: bytes) -> None:
    raw = HEAD + b"text" + eol + eol + b"## a" + eol + b"text" + eol + b"## b"
    first, second = shaping(raw, len(HEAD))
    assert (first.number, raw[first.start : first.end], raw[first.end : first.next]) == (START + 3, b"## a", eol)
    assert (second.number, raw[second.start : second.end], raw[second.end : second.next]) == (START + 5, b"## b", b"")


def test_a_lone_carriage_return_ends_a_line_beside_others() -> None:
    raw = HEAD + b"a\r\r\n## b\r## c\n\r## d\r\n"
    assert [(line.number - START, raw[line.start : line.end]) for line in shaping(raw, len(HEAD))] == [
        (3, b"## b"),
        (4, b"## c"),
        (6, b"## d"),
    ]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_other_separators_belong_to_the_text(character: str) -> None:
    assert found(f"text{character}## a", "## b") == [2]


@pytest.mark.parametrize(
    "lines",
    [
        ("```", "## a", "```"),
        ("~~~", "## a", "```", "## a", "~~~"),
        ("````", "```", "## a", "````"),
        ("```", "## a", "`````"),
        ("```", "## a", "   ```  \t"),
        ("```", "    ```", "## a", "```"),
        ("```", "``` x", "## a", "```"),
        ("~~~ `x` ~", "## a", "~~~"),
        ("   ```py", "## a", "```"),
    ],
)
def test_lines_in_a_fence_shape_nothing(lines: tuple[str, ...]) -> None:
    assert found(*lines) == []
    assert found(*lines, "## after") == [len(lines) + 1]
    assert found(*lines[:-1], "## after") == []


@pytest.mark.parametrize(
    "lines", [("``` `", "## a"), ("    ```", "## a"), ("\t~~~", "## a"), ("``", "## a"), ("~~", "## a")]
)
def test_what_looks_like_a_fence_and_is_none_hides_nothing(lines: tuple[str, ...]) -> None:
    assert found(*lines) == [2]


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<!-- x", "x --> y"),
        ("<?php", "?>"),
        ("<!DOCTYPE", ">"),
        ("<!x", "x>"),
        ("<![CDATA[", "]]>"),
        ("<script>", "</script>"),
        ("<PRE", "</style> x"),
        ("<textarea x", "</TextArea>"),
        ("<style", "</pre>"),
        ("   <!--", "-->"),
    ],
)
def test_raw_html_reaches_to_its_mark_over_blank_lines(opening: str, closing: str) -> None:
    assert found("text", opening, "", "## a", closing, "## after") == [6]
    assert found(opening, "", "## a") == []


@pytest.mark.parametrize(
    "opening", ["<div>", "</div>", "<DETAILS open", "<h2", "<hr/>", "<search>", "</td\tx", "  <p>"]
)
def test_raw_html_of_a_block_tag_reaches_to_a_blank_line(opening: str) -> None:
    assert found("text", opening, "## a", "```", " \t", "## after") == [6]


@pytest.mark.parametrize(
    "tag", ["<br>", "<br />", "</span>", "<a href='x' b=c d>  ", '<x-y z="<">', "</b\t>", "</pre>"]
)
def test_any_tag_alone_begins_raw_html_unless_it_goes_on_with_a_paragraph(tag: str) -> None:
    assert found(tag, "## a", "", "## after") == [4]
    assert found("", tag, "## a", "", "## after") == [5]
    assert found("# title", tag, "## a", "", "## after") == [5]
    assert found("***", tag, "## a", "", "## after") == [5]
    assert found("```", "```", tag, "## a", "", "## after") == [6]
    assert found("text", "===", tag, "## a", "", "## after") == [6]
    assert found("", "    code", tag, "## a", "", "## after") == [6]
    assert found("text", tag, "## a", "", "## after") == [3, 5]
    assert found("text", "    more", tag, "## a", "", "## after") == [4, 6]
    assert found("===", tag, "## a", "", "## after") == [3, 5]


@pytest.mark.parametrize(
    "line", ["<div", "<b>x</b>", "<br> text", "<1>", "<a b=>", "<a 'x'>", "< div>", "<a/ >", "</a b>", "<>"]
)
def test_an_unfinished_tag_is_text(line: str) -> None:
    assert found(line, "## a") == ([2] if line != "<div" else [])


@pytest.mark.parametrize(
    "lines",
    [
        ("- ```", "  ## a", "  ```"),
        ("- ~~~", "  text"),
        ("1. <!-- x",),
        ("12) text", "", "    <div>"),
        ("+ text", "  ```"),
        ("* text", "", "", "  ~~~", "", "  ## a"),
        ("-\ttext", "\t```"),
        ("-     code", "  ```"),
        ("-", "  ```"),
        ("- a", "  - ```", "- b", "  <!--"),
        ("  -  text", "     ```"),
    ],
)
def test_what_an_item_of_a_list_begins_ends_with_it(lines: tuple[str, ...]) -> None:
    assert found(*lines, "## after") == [len(lines) + 1]


@pytest.mark.parametrize(
    "lines",
    [
        ("- text", " ```"),
        ("10. text", "   ```"),
        ("-\ttext", "  ```"),
        ("* * *", "  ```"),
        ("- - -", "  <!--"),
        ("___", "  ```"),
        ("-text", "  ```"),
    ],
)
def test_what_begins_beside_a_list_does_not_end_with_it(lines: tuple[str, ...]) -> None:
    assert found(*lines, "## after") == []


@pytest.mark.parametrize("line", ["> ## a", "> ```", "> <!-- x", ">", " > <div>"])
def test_a_quote_hides_nothing_outside(line: str) -> None:
    assert found(line, "## after") == [2]


@pytest.mark.parametrize(
    "line", ["## a", "##", "##\ta", "## ", "<!-- journal:runs -->", "<!--/journal:x -->", "   <!--\tjournal:"]
)
def test_headings_and_markers_are_found(line: str) -> None:
    assert found("text", line) == [2]


@pytest.mark.parametrize(
    "line",
    [
        "##a",
        "# a",
        "### a",
        " ## a",
        "\t## a",
        "\\## a",
        "a ## b",
        "<!-- journal -->",
        "    <!-- journal:x -->",
        "x <!-- journal:x",
    ],
)
def test_other_lines_are_left_alone(line: str) -> None:
    assert found(line) == []


def test_a_marker_hides_the_lines_of_its_own_comment() -> None:
    assert found("<!-- journal:runs", "## a", "<!-- journal:x", "-->", "## after") == [1, 5]


@given(st.lists(st.sampled_from(UNRULY), max_size=10), st.sampled_from([b"\r\n", b"\r"]))
def test_the_kind_of_line_ending_makes_no_difference(lines: list[bytes], eol: bytes) -> None:
    other = HEAD + eol.join(lines)
    assert [line.number for line in shaping(other, len(HEAD))] == [
        line.number for line in shaping(HEAD + b"\n".join(lines), len(HEAD))
    ]


def test_text_has_line_feeds_and_marks_what_is_not_utf8() -> None:
    assert plain(b"a\r\nb\rc\n\xff") == "a\nb\nc\n\N{REPLACEMENT CHARACTER}"
    with pytest.raises(UnicodeDecodeError):
        plain(b"\xff", errors="strict")
