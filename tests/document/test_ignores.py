from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document.document import ignores, parse
from journal.errors import BlockError, JournalError

HEAD = b"---\ntitle: x\ncreated: 2026-02-21T19:01:15+08:00\n---\n"
BODY = 5
"""The line on which the body begins."""
PATH = "entries/x.md"


def found(body: str | bytes) -> list[tuple[tuple[str, ...], str, int, int]]:
    raw = HEAD + (body.encode() if isinstance(body, str) else body)
    assert parse(raw, PATH).render() == raw
    return [(each.codes, each.reason, each.line - BODY, each.last - BODY) for each in ignores(raw, PATH)]


def test_a_comment_behind_words_speaks_of_its_own_line() -> None:
    assert found("one\ntwo <!-- journal:ignore NUM001: it is rounded -->\nthree\n") == [
        (("NUM001",), "it is rounded", 1, 1)
    ]


@pytest.mark.parametrize("blank", ["", "\n", "  \n\n"])
@pytest.mark.parametrize("indent", ["", "   "])
def test_a_comment_alone_speaks_of_the_next_line_as_well(indent: str, blank: str) -> None:
    ((codes, reason, line, last),) = found(f"{indent}<!-- journal:ignore NUM001: why -->\n{blank}text\nmore\n")
    assert (codes, reason, line, last) == (("NUM001",), "why", 0, 1 + blank.count("\n"))


def test_comments_that_stand_above_one_another_speak_of_the_same_line() -> None:
    text = "<!-- journal:ignore NUM001: a -->\n<!-- journal:ignore NUM002: b -->\ntext\n"
    assert [last for *_, last in found(text)] == [2, 2]


def test_one_comment_may_name_several_rules_and_go_on_over_lines() -> None:
    assert found("<!-- journal:ignore NUM001, NUM002:\n  it is\n  so -->\ntext\n") == [
        (("NUM001", "NUM002"), "it is so", 0, 3)
    ]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("NUM001", ("NUM001",)),
        ("NUM001:", ("NUM001",)),
        ("", ()),
        (": why", ()),
        ("NUM001 NUM002", ("NUM001", "NUM002")),
    ],
)
def test_what_is_left_out_is_left_out(comment: str, codes: tuple[str, ...]) -> None:
    ((named, reason, _, _),) = found(f"<!-- journal:ignore {comment} -->\n")
    assert (named, reason) == (codes, "why" if "why" in comment else "")


@pytest.mark.parametrize(
    "text",
    [
        "```\n<!-- journal:ignore NUM001: why -->\n```\n",
        "    <!-- journal:ignore NUM001: why -->\n",
        "as in `<!-- journal:ignore NUM001: why -->`\n",
        "<!-- journal:table\nmetrics: [x]\n-->\n<!-- journal:ignore NUM001: why -->\n<!-- /journal:table -->\n",
    ],
)
def test_code_and_the_text_of_blocks_ask_for_nothing(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("eol", ["\r\n", "\r", "\n"])
def test_lines_are_counted_whatever_ends_them(eol: str) -> None:
    body = "a\n\n<!-- journal:ignore NUM001: why -->\n\n| x |\n|---|\n| 1 <!-- journal:ignore NUM002: so --> |\n"
    assert [(line, last) for _, _, line, last in found(body.replace("\n", eol))] == [(2, 4), (6, 6)]


def test_a_comment_above_a_block_leaves_it_a_block() -> None:
    body = b"<!-- journal:ignore TAB003: later -->\n<!-- journal:table t\nmetrics: [x]\n-->\n<!-- /journal:table -->\n"
    assert [block.line for block in parse(HEAD + body, PATH).entry.blocks] == [BODY + 1]
    assert found(body) == [(("TAB003",), "later", 0, 1)]


def test_what_only_begins_alike_is_still_a_marker_that_nobody_knows() -> None:
    with pytest.raises(BlockError):
        parse(HEAD + b"<!-- journal:ignored NUM001 -->\n", PATH)


@pytest.mark.parametrize("below", ["", "\n## Results\n", "\n<!-- journal:runs -->\n<!-- /journal:runs -->\n"])
def test_a_comment_that_does_not_end_is_told_of_before_it_swallows_what_is_below(below: str) -> None:
    with pytest.raises(BlockError) as broken:
        parse(HEAD + b"text\n\n<!-- journal:ignore NUM001: why\n" + below.encode(), PATH)
    assert (broken.value.line, broken.value.message) == (BODY + 2, "this comment does not end")


PARTS = st.sampled_from(
    [
        "<!-- journal:ignore ",
        "NUM001",
        ": why",
        " -->",
        "\n",
        "text ",
        "```\n",
        "<!--",
        "-->",
        "    ",
        "\r",
        "\x00",
        "é",
    ]
)


@settings(max_examples=80)
@given(st.lists(PARTS, max_size=14).map("".join))
def test_any_text_is_read_and_each_comment_stands_where_it_says(body: str) -> None:
    raw = HEAD + body.encode()
    try:
        parse(raw, PATH)
    except JournalError:  # markers that are broken are told elsewhere
        return
    lines = raw.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for each in ignores(raw, PATH):
        assert lines[each.line - 1][each.column - 1 :].startswith("<!-- journal:ignore")
        assert each.line <= each.last <= len(lines)
