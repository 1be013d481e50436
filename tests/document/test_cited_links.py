from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from drafts import HEAD, PATH
from journal.document.citations import MAX_CITATIONS, MAX_SECTION, find, spelt, writable
from journal.document.document import parse
from journal.errors import EntryError
from journal.model.entry import CitedValue

LINK = '[0.683](run:wide "last(train/loss)")'


def cited(text: str) -> list[CitedValue]:
    raw = text.encode()
    return [citation.value for citation in find(raw, [(0, len(raw))], PATH)]


def runs(text: str) -> list[str]:
    return [value.run for value in cited(text)]


def test_a_cited_value_says_what_its_link_says_and_where_it_stands() -> None:
    (value,) = cited(f"One.\r\n注 {LINK}.\n")
    assert value == CitedValue(run="wide", expression="last(train/loss)", text="0.683", line=2, column=3)


def test_lines_and_columns_count_from_the_beginning_of_the_file() -> None:
    entry = parse(HEAD + f"a\rb\r\n## é {LINK}{LINK}\n\n- {LINK}".encode(), PATH).entry
    start = HEAD.count(b"\n")
    assert [(value.line - start, value.column) for value in entry.citations] == [
        (3, 6),
        (3, 6 + len(LINK)),
        (5, 3),
    ]


@pytest.mark.parametrize(
    ("text", "run", "expression", "shown"),
    [
        ("[1](run:a 'b')", "a", "b", "1"),
        ("[1](run:a (b))", "a", "b", "1"),
        ("[1](<run:a b> 'c')", "a b", "c", "1"),
        ('[1]( run:a\t"b" )', "a", "b", "1"),
        ("[](run:a 'b')", "a", "b", ""),
        ("[**1**](run:a 'b')", "a", "b", "**1**"),
        ("[<0.1](run:a 'b')", "a", "b", "<0.1"),
        ("[—](run:https://wandb.ai/e/p/runs/id 'b')", "https://wandb.ai/e/p/runs/id", "b", "—"),
        ("[1](run:a%20b 'last(\"val loss\")')", "a%20b", 'last("val loss")', "1"),
        ('[1](run:a\\*b "last(\\"x\\\\\\" y\\")")', "a*b", 'last("x\\" y")', "1"),
        ("[1](run:&auml;(b) '&lt;&#42;')", "ä(b)", "<*", "1"),
        ("[1](run:注意 'b')", "注意", "b", "1"),
    ],
)
def test_destinations_and_titles_are_written_as_commonmark_allows(
    text: str, run: str, expression: str, shown: str
) -> None:
    (value,) = cited(f"x {text} y\n")
    assert (value.run, value.expression, value.text) == (run, expression, shown)


@pytest.mark.parametrize(
    "text",
    [
        f"`{LINK}`",
        f"``\n{LINK}``",
        f"!{LINK}",
        f"\\{LINK}",
        f"[a \\{LINK}",
        f"![a {LINK} b](c.png)",
        f"![a {LINK} b][c]\n\n[c]: d.png",
        f"    {LINK}",
        f"- a\n\n      {LINK}",
        f"```\n{LINK}\n```",
        f"- ```\n  {LINK}\n  ```",
        f"<!-- {LINK} -->",
        f"a <!-- {LINK} -->",
        f"<div>\n{LINK}\n</div>",
        f'a <b title="{LINK[1:-2]}>',
        f"[a <b title='['>{LINK[1:]}",
        "[1](run:wide)",
        "[1](run: 'b')",
        "[1](<run:> 'b')",
        "[1](run:a '')",
        "[1](run:a ' ')",
        "[1](run:a\n'b')",
        "[1](run:a 'b\nc')",
        "[1](\nrun:a 'b')",
        "[1\n2](run:a 'b')",
        "[1](run:a 'b'",
        "[1](run:a 'b' c)",
        "[1](run:a'b')",
        "[1](run:a b 'c')",
        "[1] (run:a 'b')",
        "[1][run:a 'b']",
        "[1](ran:a 'b')",
        "[1](RUN:a 'b')",
        "[1\\](run:a 'b')",
        "[`1`](run:a 'b')",
        "[a[1](x)](run:a 'b')",
        "[<i>1</i>](run:a 'b')",
        "<http://x[1](run:a>",
        "[x]: <run:a> 'b'\n\n[x]",
    ],
)
def test_whatever_is_no_link_of_ours_is_left_alone(text: str) -> None:
    assert cited(text) == []


@pytest.mark.parametrize("byte", [b"\xff", b"\xe6\xb3"])
def test_a_link_that_is_not_utf_8_is_left_alone(byte: bytes) -> None:
    raw = b'[1](run:a%s "b") [2](run:c "d") \xff' % byte
    assert [citation.value.run for citation in find(raw, [(0, len(raw))], PATH)] == ["c"]


def test_blocks_and_front_matter_cite_nothing() -> None:
    block = f"<!-- journal:table x\n# {LINK}\n-->\n{LINK}\n<!-- /journal:table -->\n"
    raw = HEAD.replace(b"A draft", f"'{LINK}'".encode()) + f"{LINK}\n{block}{LINK}\n".encode()
    assert [value.line for value in parse(raw, PATH).entry.citations] == [5, 11]


def test_what_is_open_above_a_heading_or_a_block_does_not_reach_below_it() -> None:
    block = "<!-- journal:runs -->\n<!-- /journal:runs -->\n"
    text = f"a `b\n## c\n{LINK}` d\n{block}{LINK} ` e\n"
    assert len(parse(HEAD + text.encode(), PATH).entry.citations) == 2


FRAGMENTS = (
    *("`", "``", "\\", "![", "[", "]", "](x)", "][x]", "(", ")", "<!--", "-->", "<a ", "<b>", ">", "'", '"', "<x:y"),
    *("\n", "\n\n", "\n    ", "\n> ", "\n- ", "\n1. ", "\n\t", "\n```\n", "\n~~~", "\n<div>\n", "\n</pre>", "\n<pre>"),
    *("*", "_", "**", "&", "&amp;", "!", "a", " ", "  \n", "\n---\n", "\n===\n", "\n# h\n", "|", "\n[x]: y\n", "run:"),
)
PLACES = ("[1](run:{} 'b')", '[](run:{} "b")', "[2%](<run:{}> (b))", "[*3*](run:{} 'b')", "[1](run:{})")


@pytest.mark.untraced
@settings(max_examples=300)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.sampled_from(PLACES), max_size=24))
@example(["[", "\\", PLACES[0]])
@example(["![", PLACES[0], "][x]", "\n\n", "\n[x]: y\n"])
def test_what_is_found_is_what_commonmark_calls_a_link(fragments: list[str]) -> None:
    text = "".join(part.format(f"r{number}") if "{}" in part else part for number, part in enumerate(fragments))
    seen = []
    for token in MarkdownIt("commonmark").parse(text):
        children = token.children or []
        for number, child in enumerate(children):
            if child.type == "link_open" and child.attrs.get("title"):
                end = next(i for i in range(number, len(children)) if children[i].type == "link_close")
                shown = "".join(each.content for each in children[number:end])
                if str(child.attrs["href"]).startswith("run:r") and shown in {"1", "", "2%", "3"}:
                    seen.append(str(child.attrs["href"]).removeprefix("run:"))
    assert runs(text) == seen


# --- writing one ------------------------------------------------------------------------------------------------------

ODD = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from([*"`|<>&\\\"'()[]*_#; \t\n\r\f:@$~^{}!"])
names = st.text(ODD, min_size=1, max_size=16) | st.sampled_from(["&amp;", "a&#42;b", "\\", "a\\", '"', "')", "\\'\""])
CONTEXTS = (
    "{}",
    "so ` and {} and",
    "> {}",
    "- {}",
    "| {} | {} |",
    "注 [{}",
    "*{}* _x",
    "a <b {}",
    "x\n{}",
    "[see {} now](y)",
)


@pytest.mark.untraced
@settings(max_examples=300)
@given(names, names.filter(str.strip), st.sampled_from(["0.683", "TBD", "3.6%", "", "−1"]), st.sampled_from(CONTEXTS))
def test_what_is_written_reads_back_wherever_it_is_put(run: str, expression: str, text: str, context: str) -> None:
    link = spelt(text, run, expression)
    found = [(value.run, value.expression, value.text) for value in cited(context.replace("{}", link))]
    assert found == [(run, expression, text)] * context.count("{}")
    assert len(link.splitlines()) == 1 or set("\u2028\u2029") & set(link)
    assert not {"`", "|"} & set(link)


def test_a_link_is_as_plain_as_it_can_be() -> None:
    assert spelt("1", "e/p/id", "n(x)") == '[1](run:e/p/id "n(x)")'
    assert spelt("1", "a b", 'n("x y")') == "[1](<run:a b> 'n(\"x y\")')"
    assert spelt("1", "a", 'n("x\'s")') == '[1](run:a "n(\\"x\'s\\")")'


@pytest.mark.parametrize(
    "parts",
    [("[1", "a", "b"), ("1", "", "b"), ("1", "a", " "), ("1", "a\x1b", "b"), ("1", "a", "\ud800"), ("`", "a", "b")],
)
def test_what_no_link_can_hold_is_refused(parts: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be cited"):
        spelt(*parts)


def test_texts_that_reach_out_of_their_brackets_are_not_writable() -> None:
    assert all(map(writable, ["", "0.683", "< 0.1", "−1,2e-05 %", "(1)", "a*b_c"]))
    assert not any(map(writable, ["[", "]", "\\", "`", "\n", "\r", "<b", "<!", "</", "<?"]))


@pytest.mark.parametrize("text", ["a|b", "|", "a\u2028b", "\x1b[31m", "\x00", "a\x85", "\ud800", "a\n|"])
def test_texts_that_end_a_cell_or_a_line_or_that_no_file_holds_are_not_writable(text: str) -> None:
    assert not writable(text)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_cited_values_without_end_are_refused() -> None:
    section = b"## A section\n" + f"{LINK}\n".encode() * 100
    assert len(parse(HEAD + section * (MAX_CITATIONS // 100), PATH).entry.citations) == MAX_CITATIONS
    with pytest.raises(EntryError, match="more than 10000 cited values") as refused:
        parse(HEAD + section * (MAX_CITATIONS // 100 + 1), PATH)
    assert refused.value.line == HEAD.count(b"\n") + 101 * (MAX_CITATIONS // 100) + 2


def test_a_section_too_long_to_be_looked_through_is_refused_where_it_cites() -> None:
    prose = b"words " * (MAX_SECTION // 6 + 1)
    assert parse(HEAD + prose, PATH).entry.citations == ()
    with pytest.raises(EntryError, match="split the section") as refused:
        parse(HEAD + b"## One\n" + prose + b"\n" + LINK.encode(), PATH)
    assert refused.value.line == HEAD.count(b"\n") + 3
    assert len(parse(HEAD + b"## One\n" + prose + b"\n## Two\n" + LINK.encode(), PATH).entry.citations) == 1


def test_an_entry_without_cited_values_costs_no_reader_of_markdown() -> None:
    source = (
        "import sys\n"
        "from journal.document.document import parse\n"
        f"parse({HEAD + b'run: [a](b) `run:`'!r}, 'entries/a.md')\n"
        "assert 'markdown_it' not in sys.modules\n"
        f"parse({HEAD + LINK.encode()!r}, 'entries/a.md')\n"
        "assert 'markdown_it' in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0


def test_values_of_the_same_run_and_expression_share_the_name_of_their_evidence() -> None:
    text = "[1](run:a 'n(x)') [TBD](run:a 'n(x)') [1](run:b 'n(x)')\n"
    assert parse(HEAD + text.encode(), PATH).entry.citation_names == ("a n(x)", "a n(x)", "b n(x)")
