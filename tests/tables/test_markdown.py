from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import TYPE_CHECKING

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.tables.markdown import plain, table

if TYPE_CHECKING:
    from collections.abc import Callable

# What Material's documentation recommends, and what its users add most; the configuration of `journal init` has fewer.
EXTENSIONS = [
    *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "sane_lists", "tables", "toc"),
    *(
        f"pymdownx.{name}"
        for name in (
            *("arithmatex", "betterem", "caret", "critic", "details", "emoji", "highlight", "inlinehilite", "keys"),
            *("magiclink", "mark", "progressbar", "saneheaders", "smartsymbols", "snippets", "superfences"),
            *("tabbed", "tasklist", "tilde"),
        )
    ),
]
MATERIAL = markdown.Markdown(extensions=EXTENSIONS)
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])

UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
TOKENS = [
    *("*", "**", "_", "__", "`", "``", "[", "]", "](", "[^", "(", ")", "<", ">", "<!--", "-->", "&", "&#", "amp;"),
    *("|", "\\", "!", "#", "~", "~~", "^", "$", "{", "}", "{:", "{#", "{.x}", "{++", "@", ":", "://", "//", "http://"),
    *("https:", "www.", "ftp://", "mailto:", "a", "b1", "x.y", "1", "2", "/", "+", "++", "=", "==", "-", "--", "---"),
    *(".", "...", " ", "  ", "\n", "\r\n", "\t", "\u2028", "\xa0", "\x00", "\x02", "\x03", "\x1b", ";", ":::", "*["),
    *("?", "'", '"', ",", "%", "%%", "c", "o", "tm", "r", "st", "th", "=>", "é", "中", "\u200b", "klzzwxh:0"),
]
HOSTILE = st.lists(st.sampled_from(TOKENS), max_size=12).map("".join) | st.text(max_size=20)

TRAPS = [
    *("train/loss_total", "val loss (ema)", "grad.norm", "a|b", "<script>alert(1)</script>", "<!-- journal:table -->"),
    *("**bold**", "_em_", "__init__", "a _b_ c", "`code`", "\\|", "\\", "![x](y)", "[TOC]", "[^1]", "[[wiki]]"),
    *("~~gone~~", "H~2~O", "x^2^", "$x$", "\\(x\\)", "{.class}", "{{ jinja }}", "{++new++}", "==mark==", "^^ins^^"),
    *("++ctrl+c++", ":smile:", ":+1:", "(c)", "(TM)", "+/-", "=/=", "c/o", "1/2", "1st", "22nd", "11th", "<--", "-->"),
    *("https://example.org/a_b", "www.example.org", "__www.example.org", "//example.org", "a@b.org", "#1", "x#1"),
    *("&amp;", "&#60;", "AT&T", "--8<-- 'x'", "=== 'tab'", "!!! note", "/// x", "::: x", "- x", "1. x", "+ x", "> x"),
    *("\x00", "\x1b[31mred", "\x02klzzwxh:0\x03", "a\nb", "a\r\nb", "a\u2028b", "", " ", "中文 ✓", "TBD", "—"),
]


class Cells(HTMLParser):
    """The text of each cell, and every tag inside one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in {"td", "th"}:
            self.texts.append("")
            self._inside = True
        elif self._inside:
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


def material(text: str) -> str:
    return str(MATERIAL.reset().convert(text))


def commonmark(text: str) -> str:
    return str(COMMONMARK.render(text))


def with_links(text: str) -> str:
    """Like editors and forges that turn addresses into links."""
    engine = MarkdownIt("gfm-like")
    assert engine.linkify is not None
    engine.linkify.set({"fuzzy_link": False})
    return str(engine.render(text))


ENGINES = [material, commonmark]


def assert_shown(text: str, render: Callable[[str], str]) -> None:
    """In a heading and in a cell the text reads as itself, save for outer space and what no page can hold."""
    found = Cells()
    found.feed(render(table(["a", plain(text), "c"], [["x", plain(text), "z"]])))
    wanted = UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text).strip()
    assert [cell.strip() for cell in found.texts] == ["a", wanted, "c", "x", wanted, "z"]
    assert found.tags == []


@pytest.mark.untraced
@pytest.mark.parametrize("render", ENGINES)
@settings(max_examples=400)
@given(text=HOSTILE)
def test_a_hostile_cell_shows_its_own_text_and_no_markup(render: Callable[[str], str], text: str) -> None:
    assert_shown(text, render)


@pytest.mark.parametrize("render", ENGINES)
@pytest.mark.parametrize("text", TRAPS)
def test_known_traps_show_their_own_text(render: Callable[[str], str], text: str) -> None:
    assert_shown(text, render)


@pytest.mark.skipif(find_spec("linkify_it") is None, reason="linkify-it-py is not installed")
def test_what_looks_like_an_address_is_not_made_a_link() -> None:
    for text in TRAPS:
        assert_shown(text, with_links)


@given(HOSTILE)
def test_harmless_text_is_one_line_of_utf8(text: str) -> None:
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.text(st.characters(codec=None, categories=["Cs", "Cc", "L"])))
def test_half_a_surrogate_pair_can_still_be_written(text: str) -> None:
    assert plain(text).encode().decode() == plain(text)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9]*([_./][A-Za-z][A-Za-z0-9]*)*", fullmatch=True))
def test_an_ordinary_metric_name_stays_readable_in_the_source(name: str) -> None:
    if not re.search(r"www\.|\dst|\dnd|\drd|\dth|c/o", name, re.IGNORECASE):
        assert plain(name) == name


def test_a_table_lines_up_its_headings_rules_and_rows() -> None:
    assert table(["a", "b", "c"], [["1", "2", "3"]]) == "| a | b | c |\n|---|--:|--:|\n| 1 | 2 | 3 |"
    assert table(["a", "b", "c"], [], right=1) == "| a | b | c |\n|---|---|--:|"
    assert table(["a", "b", "c"], [], left=1) == "| a | b | c |\n|---|--:|---|"
    assert table(["a", "b"], [], right=0) == "| a | b |\n|---|---|"
