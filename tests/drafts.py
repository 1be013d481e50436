"""Generated entries: every kind of line that could mislead a parser, and what in them belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

PATH = "entries/2026-02-21-draft.md"
HEAD = b"---\ntitle: A draft\ncreated: 2026-02-21T19:01:15+08:00\n---\n"

EOLS = (b"\n", b"\r\n", b"\r")

# Lines that begin nothing, wherever they stand.
LINES = (
    b"",
    b"",
    b"Plain text.",
    "注意力在第三层饱和。".encode(),
    "one\u2028line to git, two to others".encode(),
    "a\x85b \N{ROCKET}\ufeff".encode(),
    b"\xff\xfe not UTF-8 \x80",
    b"two spaces at the end  ",
    b"\ta tab",
    b"null \x00 and escape \x1b[31m",
    b"# level one",
    b"### level three",
    b"##no blank",
    b"  ## indented",
    b"    ## code",
    b"\\## escaped",
    b"---",
    b"===",
    b"* * *",
    b"| a | b |",
    b"<b>bold</b> <!-- journal:table inline -->",
    b"text <!-- journal:table",
    b"``` not ``` a fence",
    b"> ## quoted",
    b"> ```",
    b"> <!-- journal:table quoted -->",
    b"- item",
    b"1. one",
)

# Groups of lines that end what they begin. None of their headings and markers counts.
GROUPS = (
    (b"```", b"## code", b"<!-- journal:table code -->", b"```"),
    (b"~~~ yaml", b"```", b"## code", b"~~~~ "),
    (b"`````", b"````", b"<!-- /journal:table -->", b"```", b"`````"),
    (b" ```", b"    ```", b"## code", b" ```"),
    (b"<!-- a note", b"## note", b"```", b"-->"),
    (b"<!-- journal talk -->",),
    (b"<!-->",),
    (b"<details>", b"## raw", b"<!-- journal:table raw -->", b""),
    (b"</DIV >", b"```", b""),
    (b"<pre>", b"", b"## raw", b"</pre> text"),
    (b"<script>", b"<!--", b"</script>"),
    (b"<?php", b"## raw", b"?>"),
    (b"<!DOCTYPE", b"## raw>"),
    (b"<![CDATA[", b"## raw", b"]]>"),
    (b"", b"<br>", b"## raw", b""),
    (b"text", b"<br>", b"text"),
    (b"- ```", b"  ## item", b"  ```"),
    (b"- ~~~ never closed", b"  text"),
    (b"1. <!-- never closed",),
    (b"* item", b"", b"  ```", b"  ## item", b"  <!-- journal:table item -->", b"  ```"),
    # links to runs that are none, or none of ours
    (b"```", b'[1](run:a "b")', b"```"),
    (b"# above code", b'    [1](run:a "b")', b""),
    (b"<div>", b'[1](run:a "b")', b""),
    (b"<!-- a", b'[1](run:a "b")', b"-->"),
    (b"", b'``[1](run:a "b")`` ![1](run:a "b") \\[1](run:a "b") [1\\](run:a "b")', b""),
    (b"", b"[1](run:a) [1](run: 'b') [1](run:a '') [1][run:a 'b'] [1](ran:a 'b')", b""),
    (b"", b"[1](run:a", b"'b')", b""),
)

SEAM = b"\x01"
"""Stands on both sides of a cited value's text, where a draft is not put together yet."""

# Lines of the author's with cited values: what the parser should find in them, then the line.
CITED: tuple[tuple[tuple[tuple[str, str], ...], bytes], ...] = (
    ((("a", "last(x)"),), b'It was [\x010.683\x01](run:a "last(x)").'),
    ((("a", "last(x)"), ("a", "last(x)")), b'[\x01TBD\x01](run:a "last(x)")[\x01TBD\x01](run:a "last(x)")'),
    ((("\u6ce8", 'max("val loss")'),), "注意 - [\x01\x01](<run:注> 'max(\"val loss\")')".encode()),
    ((("e/p/id", "n(x)"),), b"- [\x01**7**\x01]( run:e/p/id\t(n\\(x\\)) ) item"),
    ((("a b", "c"),), b"> quoted [\x013.6%\x01](<run:a b> 'c')  "),
    ((("a", "b"), ("c", "d")), b'| [\x011\x01](run:a "b") | [\x01< 2\x01](run:c "d") |'),
    ((("a", "b"),), b'`[1](run:a "b")` \\[1] ![1](run:a "b") [see [\x011,2\x01](run:a "b") there](x.md)'),
    ((("https://x.y/z", "`|&"),), b'\\\\[\x01?\x01](run:https://x.y/z "&#96;&#124;&amp;")'),
)

# Lines that begin, end or break something when nobody watches.
UNRULY = (
    *LINES,
    *{line for group in GROUPS for line in group},
    b"## A section",
    b"##",
    b"## Closed ## ",
    b"<!-- journal:table -->",
    b"<!-- journal:table one -->",
    b"<!-- journal:table one",
    b"metrics: [loss]",
    b"-->",
    b"<!-- journal:runs",
    b"<!-- /journal:table -->",
    b"<!-- /journal:table 0123abcd -->",
    b"<!-- /journal:runs -->",
    b" <!-- journal:runs -->",
    b"<!-- journal:runs --> text",
    b"<!-- journal:Table -->",
    b"<!--journal:runs-->",
)


@dataclass(frozen=True)
class Draft:
    """An entry, and what a parser should find in it.

    Attributes:
        pieces: Its bytes: by turns the author's, and a block's text with its closing marker or a cited value's text.
        blocks: For each block which piece it is.
        eols: The line ending of each block's opening marker.
        kinds: The kind of each block.
        values: For each cited value which piece it is.
        cited: Line, run and expression of each cited value.
        headings: Line and text of each level-2 heading.
    """

    pieces: tuple[bytes, ...]
    blocks: tuple[int, ...]
    eols: tuple[bytes, ...]
    kinds: tuple[str, ...]
    values: tuple[int, ...]
    cited: tuple[tuple[int, str, str], ...]
    headings: tuple[tuple[int, str], ...]

    @property
    def raw(self) -> bytes:
        """The file."""
        return b"".join(self.pieces)


Text = tuple[str, bytes]
"""What a line is (text, cited, heading, opening, body or closing), and the line."""


def _texts(*lines: bytes) -> list[Text]:
    return [("text", line) for line in lines]


# After a letter, no character begins anything.
_words = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)
_lines = st.sampled_from(LINES) | _words.map(lambda words: b"a" + words.encode())
_headings = st.sampled_from([b"Results", b"", "下一步".encode(), b"`## code` *and* <b>", b"C#", b"\xff"]).map(
    lambda text: [("heading", (b"## " + text).strip())]
)
_cited = st.sampled_from(CITED).map(lambda cited: [("text", b""), ("cited", cited[1]), ("text", b"")])


@st.composite
def _blocks(draw: DrawFn) -> list[Text]:
    kind = draw(st.sampled_from([b"table", b"runs", b"plot"]))
    spec = draw(st.none() | st.lists(st.sampled_from([b"metrics: [loss]", b"", "# 注".encode(), b"## no heading"])))
    begin = b"<!-- journal:" + kind
    opening = [begin + b" -->"] if spec is None else [begin, *spec, b"-->"]
    body = draw(
        st.lists(_lines | st.sampled_from([b"## no section", b"```"]).map(lambda line: b"> " + line), max_size=4)
    )
    closing = b"<!-- /journal:" + kind + draw(st.sampled_from([b"", b" 0123abcd"])) + b" -->"
    return [
        *[("text", line) for line in opening[:-1]],
        ("opening", opening[-1]),
        *[("body", line) for line in body],
        ("closing", closing),
    ]


_front_matters = st.sampled_from(
    [
        [b"---", b"title: Plain", b"created: 2026-02-21T19:01:15+08:00", b"---"],
        [
            b"---  ",
            b"# a comment",
            "title: '注意\u2028力'  # why".encode(),
            b"created:   2026-02-21T19:01:15Z",
            b"",
            b"...",
        ],
        [b"---", b"created: '2026-02-21 19:01:15-03:30'", b"runs:", b"  - 12e4567", b'title: "a: \\"b\\""', b"---\t"],
    ]
)


@st.composite
def drafts(draw: DrawFn, *, min_blocks: int = 0, min_values: int = 0) -> Draft:
    """Entries that parse, with line endings of one or of several kinds, a BOM or none, a final newline or none."""
    author = _lines.map(_texts) | st.sampled_from(GROUPS).map(lambda group: _texts(*group)) | _headings
    parts = draw(st.lists(author, max_size=8)) + draw(st.lists(_blocks(), min_size=min_blocks, max_size=3))
    parts += draw(st.lists(_cited, min_size=min_values, max_size=3))
    lines = _texts(*draw(_front_matters))
    for part in draw(st.permutations(parts)):
        lines += part
    eols = draw(st.sampled_from(EOLS).map(lambda eol: [eol]) | st.lists(st.sampled_from(EOLS), min_size=2, max_size=5))
    begin = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return _assemble(lines, eols, begin, final_newline=draw(st.booleans()))


def _assemble(lines: Sequence[Text], eols: Sequence[bytes], begin: bytes, *, final_newline: bool) -> Draft:
    pieces: list[bytes] = [begin]
    blocks: list[int] = []
    values: list[int] = []
    ends: list[bytes] = []
    cited: list[tuple[int, str, str]] = []
    headings = []
    last = b""
    for number, ((what, line), wanted) in enumerate(zip(lines, cycle(eols), strict=False), start=1):
        # an empty line between CR and LF would be no line
        eol = b"\r\n" if last == b"\r" and not line and wanted == b"\n" else wanted
        eol = eol if final_newline or number < len(lines) else b""
        last = eol
        if what == "heading":
            headings.append((number, line.removeprefix(b"##").strip().decode("utf-8", "replace")))
        if what == "cited":
            first, *others = (line + eol).split(SEAM)
            values += range(len(pieces), len(pieces) + len(others), 2)
            pieces[-1:] = [pieces[-1] + first, *others]
            cited += [(number, *found) for found in {cited: found for found, cited in CITED}[line]]
        elif what == "closing":
            pieces[-1:] = [pieces[-1] + line, eol]
        else:
            pieces[-1] += line + eol
        if what == "opening":
            ends.append(eol)
            blocks.append(len(pieces))
            pieces.append(b"")
    kinds = [pieces[place].split(b"/journal:")[-1].split()[0].decode() for place in blocks]
    return Draft(tuple(pieces), tuple(blocks), tuple(ends), tuple(kinds), tuple(values), tuple(cited), tuple(headings))


@st.composite
def unruly(draw: DrawFn) -> bytes:
    """Front matter that is right, and below it lines in any order."""
    lines = draw(st.lists(st.sampled_from([*UNRULY, *(line.replace(SEAM, b"") for _, line in CITED)]), max_size=14))
    eol = draw(st.sampled_from(EOLS))
    return HEAD + eol.join(lines) + draw(st.sampled_from([b"", eol]))
