from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts import HEAD, PATH, Draft, drafts, unruly
from journal.document.document import loose_links, parse
from journal.document.loose_links import NO_LINK, NO_PLAIN_TEXT, NO_RUN, NO_TITLE, NOT_ON_ONE_LINE, loose
from journal.errors import EntryError


def found(text: str) -> list[tuple[int, int, str]]:
    raw = text.encode()
    return [(link.line, link.column, link.why) for link in loose(raw, [(0, len(raw))], PATH)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[TBD](run:aa11)", NO_TITLE),
        ("[3.0](run:aa11)", NO_TITLE),
        ("[3.0](run:aa11 '')", NO_TITLE),
        ("[3.0](<run:aa11> ' ')", NO_TITLE),
        ('[TBD](run: "last(l)")', NO_RUN),
        ('[TBD](<run:> "last(l)")', NO_RUN),
        ("[TBD](run:aa11 last(l))", NO_LINK),
        ("[TBD](run:aa11 “last(l)”)", NO_LINK),
        ("[**1**](run:aa11 last(l))", NO_LINK),
        ("[1](run:aa11 'last(l)'", NO_LINK),
        ("[`1`](run:aa11 'last(l)')", NO_PLAIN_TEXT),
        ("[<i>1</i>](run:aa11 'last(l)')", NO_PLAIN_TEXT),
        ("[1](run:aa11\n'last(l)')", NOT_ON_ONE_LINE),
        ("[1](\nrun:aa11 'last(l)')", NOT_ON_ONE_LINE),
    ],
)
def test_a_link_that_is_no_cited_value_is_told_with_its_place_and_the_reason(text: str, why: str) -> None:
    assert found(f"One.\n\n注 {text}.\n") == [(3, 3, why)]


@pytest.mark.parametrize(
    "text",
    [
        '[1](run:a "b")',
        "`[1](run:a)`",
        "``[1](run:a b)``",
        "```\n[1](run:a)\n[1](run:a b)\n```",
        "- ```\n  [1](run:a)\n  ```",
        "    [1](run:a)",
        "<!-- [1](run:a) -->",
        "a <b title='[1](run:a)'>",
        "<div>\n[1](run:a)\n</div>",
        "\\[1](run:a)",
        "\\[1\\](run:a b)",
        "![1](run:a)",
        "![1](run:a b)",
        "see (run:a), run: b and c](run:d)",
        "[1](ran:a)",
    ],
)
def test_cited_values_code_comments_images_and_escapes_are_none(text: str) -> None:
    assert found(f"{text}\n") == []


def test_each_is_told_once_in_order_between_cited_values() -> None:
    text = "[1](run:a) [2](run:b 'n(x)')\n\n| [3](run:c d) |\n|---|\n| [4](run: 'e') `[5](run:f)` |\n"
    assert [(line, column) for line, column, _ in found(text)] == [(1, 1), (3, 3), (5, 3)]


def test_only_the_authors_text_is_looked_through() -> None:
    block = "<!-- journal:table x\n# [1](run:a)\n-->\n[1](run:a)\n<!-- /journal:table -->\n"
    raw = HEAD.replace(b"A draft", b"'[1](run:a)'") + f"[1](run:a)\n{block}".encode()
    assert [(link.line, link.column) for link in loose_links(raw, PATH)] == [(HEAD.count(b"\n") + 1, 1)]


@settings(max_examples=60)
@given(drafts(min_values=1))
def test_what_is_found_as_a_cited_value_is_no_loose_link(draft: Draft) -> None:
    places = {(cited.line, cited.column) for cited in parse(draft.raw, PATH).entry.citations}
    assert places.isdisjoint((link.line, link.column) for link in loose_links(draft.raw, PATH))


@settings(max_examples=100)
@given(
    unruly()
    | st.lists(st.sampled_from(["[", "]", "](run:", "](run:a)", "`", "\\", "\n", "!", "<", "x"])).map(
        lambda parts: HEAD + "".join(parts).encode()
    )
)
def test_any_text_is_looked_through_or_refused_as_it_is_when_it_is_read(raw: bytes) -> None:
    try:
        parse(raw, PATH)
    except EntryError:
        with pytest.raises(EntryError):
            loose_links(raw if b"run:" in raw else raw + b"run:", PATH)
    else:
        places = [(link.line, link.column) for link in loose_links(raw, PATH)]
        assert places == sorted(set(places))
