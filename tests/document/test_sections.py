from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from drafts import HEAD, PATH
from journal.document.document import parse

START = HEAD.count(b"\n")
COMMONMARK = MarkdownIt("commonmark")

# Everything that begins or ends something at the top level, besides lists and quotes.
LINES = [
    *["", "", "text", "  text", "     deep", "\u2028", "\xa0", "|a|b|", "|-|-|", "\\## e", "# one", "#", "### three"],
    *["## a", "## b ##", "##", "## ##", "## c #d", "## e \\#", "##\ttab\t"],
    *["   ## x", "    ## code", "##x", "##\xa0x", "## `"],
    *["---", "--", "===", "***", "* * *", "_ _ _", "-->## z"],
    *["```", "````", "~~~", "~~~~~", "``` a`b", "```py", "~~~ `x", "  ```", "   ~~~", "    ```", "~~", "``"],
    *["<!-- c", "-->", "<!-- c -->", "<!-->", "<?php", "?>", "<!DOCTYPE", "<!X>", "<![CDATA[", "]]>", "<1>", "<b"],
    *["<div>", "</div>", "<DIV class='a'", "<h2>", "<source>", "<search>", "<pre>", "</pre>", "<script", "</script>"],
    *["</style>", "<textarea>", "<br>", "<br/>\t", "</span>", "</br >", "</br a>", "<a href='x' b=c>", "<a href=x>y"],
    *["<a\tb>  ", "<a b='>", '<x-y z:w.q="1">'],
]  # fmt: skip
# What begins inside a list or a quote, and ends there at the latest.
NESTED = [
    ("- item", "  ```", "  ## a", "  ```"),
    ("- ```", "  ## a", "  ```"),
    ("- ~~~", "", "  text"),
    ("- <div>", "  ## a"),
    ("1. <!-- x", "", "   y"),
    ("1) text", "", "   <?"),
    ("* text", "", "", "  ~~~", ""),
    ("+\t```", "\tx"),
    ("-     code", "  ```"),
    ("- - ```", "    x"),
    ("* ## a", "  ## b"),
    ("> ```", "> ## a"),
    ("> <!-- x",),
    ("> - ```", ">   x"),
    ("> text",),
    ("- item",),
]


def ours(lines: list[str]) -> list[tuple[int, str]]:
    sections = parse(HEAD + "\n".join(lines).encode(), PATH).entry.sections
    return [(section.line - START, section.heading) for section in sections]


def theirs(lines: list[str]) -> list[tuple[int, str]]:
    """Line and text of each level-2 heading at the top level and at the beginning of its line, by markdown-it."""
    tokens = COMMONMARK.parse("\n".join(lines))
    return [
        (token.map[0] + 1, tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup == "##" and token.level == 0
        if token.map is not None and lines[token.map[0]].startswith("##")
    ]


@pytest.mark.untraced
@settings(max_examples=500)
@given(st.lists(st.sampled_from(LINES), max_size=9))
@example(["<br>", "## a"])
@example(["text", "<br>", "## a"])
def test_sections_are_the_headings_that_commonmark_sees(lines: list[str]) -> None:
    assert ours(lines) == theirs(lines)


# A tag alone may go on with a paragraph of a list, and an indented fence may go on with the list below a lazy line.
CALM = [line for line in LINES if line.startswith(("<!", "<?", "<div", "<DIV")) or line[:1] not in {"<", " "}]


@pytest.mark.untraced
@settings(max_examples=500)
@given(st.lists(st.sampled_from(CALM).map(lambda line: (line,)) | st.sampled_from(NESTED), max_size=7))
def test_lists_and_quotes_hide_no_section_outside_them(groups: list[tuple[str, ...]]) -> None:
    lines = [line for group in groups for line in group]
    assert ours(lines) == theirs(lines)


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("## Results", "Results"),
        ("##   Next steps \t", "Next steps"),
        ("## Closed ##", "Closed"),
        ("## Closed ####### ", "Closed"),
        ("##\tTab", "Tab"),
        ("## C#", "C#"),
        ("## C #\\#", "C #\\#"),
        ("## # #", "#"),
        ("## 下一步", "下一步"),
        ("## *Markup* stays", "*Markup* stays"),
        ("##", ""),
        ("## ##", ""),
        ("## a\u2028b", "a\u2028b"),
    ],
)
def test_the_text_of_a_heading(line: str, heading: str) -> None:
    assert ours([line]) == [(1, heading)]


def test_a_heading_that_is_not_utf8_is_a_heading() -> None:
    (section,) = parse(HEAD + b"## \xff", PATH).entry.sections
    assert section.heading == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_section_reaches_to_the_next_one_with_line_feeds(eol: str) -> None:
    lines = ["before", "## a", "one", "", "### deeper", "```", "## code", "```", "## b", "## c", "end"]
    sections = parse(HEAD + eol.join(lines).encode(), PATH).entry.sections
    assert [section.text for section in sections] == ["one\n\n### deeper\n```\n## code\n```\n", "", "end"]
