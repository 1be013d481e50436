from __future__ import annotations

import pytest

from journal.document.file_links import in_imported_words, renamed

PATH, OLD = "entries/2026/a.md", "entries/b.md"
HEAD = "---\ntitle: A\ncreated: 2026-02-21T19:01:15+08:00\nsource: ../b.md\n---\n"
BLOCK = "<!-- journal:runs -->\n\n[b](../b.md)\n\n<!-- /journal:runs -->\n"


def after(body: str, name: str = "new.md") -> str:
    return renamed(f"{HEAD}{body}".encode(), PATH, OLD, name).decode().removeprefix(HEAD)


@pytest.mark.parametrize(
    "body",
    [
        "[b](../b.md)",
        "[b](../b.md#results 'title b.md')",
        "[b](<../b.md?x=1>)",
        "# [b](../../entries/b.md)",
        "| [b](./../b.md) |\n|---|\n",
        "> - *[b](../b.md)*\n",
        "[b]\n\n## Next\n\n[b]: ../b.md\n",
        "[`b`](../b.md)\r\n\r\n![b](../b.png)\r\n",
    ],
)
def test_a_link_to_the_file_leads_to_its_new_name(body: str) -> None:
    target = "/b.md"
    assert after(body) == body.replace(target, "/new.md")
    assert after(body) != body


@pytest.mark.parametrize(
    "body",
    [
        "[b](b.md) [b](../../b.md) [b](../b.md/c) [b](../bb.md) [b](../xb.md) ../b.md [b] (../b.md)",
        "[b](https://example.org/entries/b.md) [b](/entries/b.md)",
        "`[b](../b.md)`",
        "```\n[b](../b.md)\n```\n",
        "    [b](../b.md)\n",
        "<a href='../b.md'>b</a>",
        "\\[b](../b.md)",
        "![b](../b.md)",
        BLOCK,
    ],
)
def test_anything_else_stays(body: str) -> None:
    assert after(body) == body


def test_a_name_that_no_link_can_hold_is_written_in_percent_signs() -> None:
    assert after("[b](../b.md)", "a b (c).md") == "[b](../a%20b%20%28c%29.md)"
    assert after("[b](../b.md)", "饱和.md") == "[b](../饱和.md)"


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_link_in_the_words_of_an_imported_note_stays_and_its_line_is_told(eol: str) -> None:
    words = f"One.{eol}[b](../b.md){eol}"
    head = HEAD.replace("source: ../b.md", f"imported: {{from: x.md, sha256: {'0' * 64}, length: {len(words)}}}")
    raw = f"{head}{words}{eol}## Update{eol}{eol}[b](../b.md){eol}".encode()
    assert renamed(raw, PATH, OLD, "new.md") == b"new.md".join(raw.rsplit(b"b.md", 1))
    assert in_imported_words(raw, PATH, OLD) == (7,)


def test_without_a_length_all_below_the_front_matter_is_the_imported_note() -> None:
    head = HEAD.replace("source: ../b.md", f"imported: {{from: x.md, sha256: {'0' * 64}}}")
    raw = f"{head}[b](../b.md)\n".encode()
    assert renamed(raw, PATH, OLD, "new.md") == raw
    assert in_imported_words(raw, PATH, OLD) == (6,)
    assert in_imported_words(f"{HEAD}[b](../b.md)\n".encode(), PATH, OLD) == ()
