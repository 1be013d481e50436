from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.checks.written import block_structure

PIECES = [
    *("a", "b c", "1", "10", " ", "  ", "    ", "\t", "\n", "\n\n", "- ", "* ", "+ ", "1. ", "2) ", "> ", ">", "# "),
    *("## x", "###", "---", "===", "--", "=", "***", "___", "```", "~~~", "```py", "<div>", "</div>", "<!-- x", "-->"),
    *("<pre>", "|", "| a | b |\n|---|---|\n| 1 | 2 |\n", "a | b\n--- | ---\n", "-|-", "[x]: /u", "\xe9", "\xa0", "\\"),
    *("`", "=\n", "\n- a\n\n  b\n", "\n1) x\n   - y\n", "\n> q\nlazy\n", "<?", "?>", "\x0b", "\u2028", "\0"),
]


@pytest.mark.untraced
@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
@example("words\n- item\n\n> quote\n1. one\n")
@example("a heading\n=========\n\nwords\n---\n")
def test_blocks_are_those_that_markdown_it_finds(text: str) -> None:
    whole = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"])
    assert [token.as_dict() for token in block_structure.tokens(text)] == [
        token.as_dict() for token in whole.parse(text)
    ]
