from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafts import HEAD, PATH, UNRULY, Draft, drafts, unruly
from journal.document.citations import MAX_SECTION
from journal.document.document import MAX_SHAPING, Document, parse
from journal.errors import BlockError, EntryError, JournalError
from stopwatch import fastest

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = HEAD + b"## Results\n<!-- journal:runs -->\n<!-- /journal:runs -->\n\nThe end.\n"


def parsed(raw: bytes) -> Document | BlockError:
    try:
        return parse(raw, PATH)
    except BlockError as error:
        return error


def headings(document: Document) -> list[tuple[int, str]]:
    return [(section.line, section.heading) for section in document.entry.sections]


def sum_of(body: str) -> bytes:
    return hashlib.sha256(body.strip().encode()).hexdigest()[:8].encode()


def survives(before: Document, after: Document) -> bool:
    """Whether a document reads back as it was put together, with nothing of the author's changed."""
    found = parsed(after.render())
    return isinstance(found, Document) and found.author == before.author and found.pieces == after.pieces


def refilled(draft: Draft, bodies: dict[int, str], texts: dict[int, str]) -> bytes:
    """The draft's bytes with other text in some of its blocks and cited values, put together without the parser."""
    pieces = list(draft.pieces)
    for number, body in bodies.items():
        eol = draft.eols[number]
        text = eol + body.encode().replace(b"\n", eol) + eol + eol
        closing = b"<!-- /journal:%s %s -->" % (draft.kinds[number].encode(), sum_of(body))
        pieces[draft.blocks[number]] = text + closing
    for number, value in texts.items():
        pieces[draft.values[number]] = value.encode()
    return b"".join(pieces)


def cited(document: Document) -> list[tuple[int, str, str]]:
    return [(value.line, value.run, value.expression) for value in document.entry.citations]


# Bodies such as the tool writes: harmless lines, no outer blank space.
bodies = st.lists(
    st.sampled_from(["", "| a | b |", "|---|--:|", "*mean over all steps*", "注意 ²", "a\u2028b"]), max_size=4
).map(lambda lines: "\n".join(["|", *lines, "|"]))


values = st.sampled_from(["0.683", "−1,234.5e-07", "TBD", "", "< 0.1%", "1.28×", "**2**"])


@pytest.mark.untraced
@settings(max_examples=250)
@given(drafts())
def test_what_is_parsed_renders_to_the_same_bytes(draft: Draft) -> None:
    document = parse(draft.raw, PATH)
    assert document.render() == draft.raw
    assert document.pieces == draft.pieces
    assert document.author == draft.pieces[::2]
    assert cited(document) == list(draft.cited)
    assert [value.text.encode() for value in document.entry.citations] == [draft.pieces[n] for n in draft.values]
    assert [block.kind for block in document.entry.blocks] == list(draft.kinds)
    assert headings(document) == list(draft.headings)


@pytest.mark.untraced
@settings(max_examples=250)
@given(unruly())
def test_lines_in_any_order_render_to_the_same_bytes_or_are_refused_with_their_line(raw: bytes) -> None:
    found = parsed(raw)
    if isinstance(found, Document):
        assert found.render() == raw
        return
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    assert found.path == PATH
    assert found.line is not None
    assert b"journal:" in lines[found.line - 1]
    assert found.hint


@pytest.mark.untraced
@settings(max_examples=250)
@given(drafts(min_blocks=1, min_values=1), st.data())
def test_filling_changes_nothing_outside_the_filled_blocks_and_values(draft: Draft, data: st.DataObject) -> None:
    document = parse(draft.raw, PATH)
    chosen = data.draw(st.dictionaries(st.integers(0, len(draft.kinds) - 1), bodies))
    texts = data.draw(st.dictionaries(st.integers(0, len(draft.values) - 1), values))
    new = document.replaced({document.entry.blocks[number].name: body for number, body in chosen.items()}, texts)
    assert new.render() == refilled(draft, chosen, texts)
    assert new.author == document.author


@pytest.mark.untraced
@settings(max_examples=150)
@given(drafts(min_blocks=1, min_values=1), st.data())
def test_filling_twice_is_filling_once(draft: Draft, data: st.DataObject) -> None:
    document = parse(draft.raw, PATH)
    texts = {block.name: data.draw(bodies) for block in document.entry.blocks}
    numbers = {number: data.draw(values) for number in range(len(document.entry.citations))}
    once = document.replaced(texts, numbers)
    assert once.replaced(texts, numbers) == once
    again = parse(once.render(), PATH)
    assert (again.pieces, again.slots) == (once.pieces, once.slots)
    assert again.replaced(texts, numbers).render() == once.render()
    assert not any(block.edited for block in again.entry.blocks)
    assert [(value.run, value.expression, value.text) for value in again.entry.citations] == [
        (value.run, value.expression, value.text) for value in once.entry.citations
    ]


@pytest.mark.parametrize("text", ["[1", "1]", "a\\", "`", "1\n2", "1\r", "<b>", "<!-- a", "</a"])
def test_a_text_that_could_reach_out_of_its_brackets_is_refused(text: str) -> None:
    document = parse(HEAD + b'[1](run:a "last(x)")\n', PATH)
    with pytest.raises(ValueError, match="no text for a cited value"):
        document.replaced({}, {0: text})


@pytest.mark.untraced
@settings(max_examples=150)
@given(drafts(min_blocks=1), st.data())
def test_released_blocks_lose_their_markers_and_keep_their_text(draft: Draft, data: st.DataObject) -> None:
    document = parse(draft.raw, PATH)
    chosen = data.draw(st.sets(st.integers(0, len(draft.kinds) - 1)))
    pieces = list(draft.pieces)
    for number in chosen:
        place, marker = draft.blocks[number], b"<!-- journal:"
        pieces[place - 1] = pieces[place - 1][: pieces[place - 1].rindex(marker)]
        pieces[place] = pieces[place][: pieces[place].rindex(b"<!-- /journal:")]
        end = next((eol for eol in (b"\r\n", b"\n", b"\r") if pieces[place + 1].startswith(eol)), b"")
        pieces[place + 1] = pieces[place + 1].removeprefix(end)
    found = document.released([document.entry.blocks[number].name for number in chosen])
    assert found.render() == b"".join(pieces)
    assert len(found.entry.blocks) == len(draft.kinds) - len(chosen)


def test_what_is_released_is_read_as_the_author_s() -> None:
    block = b"<!-- journal:table x\nmetrics: [a]\n-->\n\n## Mine\n[1](run:a 'b')\n\n<!-- /journal:table 0123abcd -->\n"
    found = parse(HEAD + b"above\n" + block + b"below\n", PATH).released(["x", "other"])
    assert found.render() == HEAD + b"above\n\n## Mine\n[1](run:a 'b')\n\nbelow\n"
    assert (found.entry.blocks, headings(found), cited(found)) == ((), [(7, "Mine")], [(8, "a", "b")])


@pytest.mark.untraced
@settings(max_examples=200)
@given(drafts(min_values=1), st.data())
def test_an_unlinked_value_keeps_its_text_and_loses_its_link(draft: Draft, data: st.DataObject) -> None:
    document = parse(draft.raw, PATH)
    names, texts = document.entry.citation_names, [value.text for value in document.entry.citations]
    number = data.draw(st.integers(0, len(names) - 1))
    found = document.unlinked(names[number], texts[number])
    gone = [place for place, name in enumerate(names) if (name, texts[place]) == (names[number], texts[number])]
    assert len(found.entry.citations) == len(names) - len(gone)
    pieces = list(draft.pieces)
    for place in (draft.values[each] for each in gone):
        pieces[place - 1] = pieces[place - 1][:-1]
        slot = document.slots[place // 2]
        link, pieces[place + 1] = pieces[place + 1][: slot.behind], pieces[place + 1][slot.behind :]
        assert (link[:2], link[-1:]) == (b"](", b")")
    assert found.render() == b"".join(pieces)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("behind", "after"),
    [
        ("", "\n\na\nb"),
        ("\n", "\n\na\nb\n"),
        ("\n\n", "\n\na\nb\n\n"),
        ("\nbelow", "\n\na\nb\n\nbelow"),
        ("\n\nbelow\n", "\n\na\nb\n\nbelow\n"),
    ],
)
def test_a_text_of_the_author_s_is_put_below_a_block_with_blank_lines_around(eol: str, behind: str, after: str) -> None:
    block = "<!-- journal:runs -->\n<!-- /journal:runs -->"
    raw, expected = (HEAD.decode() + block + rest for rest in (behind, after))
    document = parse(raw.replace("\n", eol).encode(), PATH)
    assert document.with_text_behind("runs", "a\nb").render() == expected.replace("\n", eol).encode()


def test_lone_carriage_returns_and_line_feeds_do_not_become_one_line_ending() -> None:
    raw = HEAD + b"<!-- journal:runs -->\n<!-- /journal:runs -->\r"
    found = parse(raw + b"\nbelow", PATH)  # one line ending, as it stands
    assert found.with_text_behind("runs", "a").render() == raw + b"\n\r\na\r\n\r\nbelow"
    assert parse(raw + b"below", PATH).with_text_behind("runs", "a").render() == raw + b"\ra\r\rbelow"


@pytest.mark.parametrize(
    "text", ["```", "<!-- a", "<!-- journal:runs -->", "<!-- journal:table x -->\n<!-- /journal:table -->"]
)
def test_a_text_that_would_change_the_blocks_around_it_is_refused(text: str) -> None:
    block = b"<!-- journal:runs %s -->\n<!-- /journal:runs -->\n"
    document = parse(HEAD + block % b"one" + block % b"two", PATH)
    with pytest.raises(EntryError):
        document.with_text_behind("one", text)


def test_prose_is_the_author_s_text_without_blocks_and_links() -> None:
    block = b"<!-- journal:table x\nmetrics: [a]\n-->\nbody\n<!-- /journal:table 0123abcd -->\n"
    raw = HEAD + b"above [1](run:a 'b'), [2](run:a 'b')\r\n" + block + b"[3](run:c 'd')" + b"\xff"
    assert parse(raw, PATH).prose() == (("above ", 0, ", ", 1, "\n"), ("\n", 2, "\N{REPLACEMENT CHARACTER}"))
    assert parse(HEAD, PATH).prose() == (("",),)


@pytest.mark.untraced
@given(drafts(min_blocks=1), bodies)
def test_a_filled_document_knows_what_it_says_without_being_parsed_again(draft: Draft, body: str) -> None:
    document = parse(draft.raw, PATH)
    new = document.replaced({document.entry.blocks[0].name: body}, {})
    block = new.entry.blocks[0]
    assert (block.body, block.edited) == (f"\n{body}\n\n", False)
    assert block == parse(new.render(), PATH).entry.blocks[0]


@given(st.sampled_from(["\n", "\r\n", "\r"]), bodies)
def test_a_filled_block_has_the_line_endings_of_the_document(eol: str, body: str) -> None:
    raw = ONE.replace(b"\n", eol.encode())
    filled = parse(raw, PATH).replaced({"runs": body}, {}).render()
    assert filled == filled.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", eol.encode())
    assert body.encode().replace(b"\n", eol.encode()) in filled


def test_each_block_follows_its_own_marker_where_line_endings_are_mixed() -> None:
    block = b"<!-- journal:runs -->\n<!-- /journal:runs -->\n"
    raw = HEAD + block.replace(b"\n", b"\r\n") + block + block.replace(b"\n", b"\r")
    filled = parse(raw, PATH).replaced({"runs": "a\nb", "runs-2": "a\nb", "runs-3": "a\nb"}, {}).render()
    assert [text in filled for text in (b"\r\na\r\nb\r\n\r\n<", b"\na\nb\n\n<", b"\ra\rb\r\r<")] == [True] * 3
    assert filled.count(b"\na\nb\n\n") == filled.count(b"\ra\rb\r\r") == 1


def test_bodies_for_blocks_that_are_not_there_are_left_alone() -> None:
    assert parse(ONE, PATH).replaced({"other": "text"}, {}).render() == ONE


@pytest.mark.parametrize("eol", [b"\n", b"\r\n", b"\r"])
def test_conversion_of_line_endings_by_git_is_no_edit(eol: bytes) -> None:
    filled = parse(ONE, PATH).replaced({"runs": "| a |\n|---|\n| 1 |"}, {}).render()
    assert not parse(filled.replace(b"\n", eol), PATH).entry.blocks[0].edited


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"| 1 |", b"| 2 |"),
        (b"|---|", b"|---| "),
        (b"|---|\n", b"|---|\n\n"),
        (b"| 1 |", b"| \xff |"),
        (b"| 1 |\n", b""),
    ],
)
def test_an_edit_between_the_markers_is_seen(old: bytes, new: bytes) -> None:
    filled = parse(ONE, PATH).replaced({"runs": "| a |\n|---|\n| 1 |"}, {}).render()
    assert filled.count(old) == 1
    assert parse(filled.replace(old, new), PATH).entry.blocks[0].edited


def test_text_in_a_block_that_was_never_filled_counts_as_an_edit() -> None:
    assert not parse(ONE, PATH).entry.blocks[0].edited
    assert not parse(ONE.replace(b"-->\n<!-- /", b"-->\n \t\n\n<!-- /"), PATH).entry.blocks[0].edited
    assert parse(ONE.replace(b"-->\n<!-- /", b"-->\nmine\n<!-- /"), PATH).entry.blocks[0].edited


HOSTILE = {
    "its own closing marker": "a\n\n<!-- /journal:runs 0123abcd -->\n\nb",
    "its closing marker and another opening": "<!-- /journal:runs -->\n<!-- journal:runs other -->",
    "an opening marker": "<!-- journal:table x -->",
    "a comment that does not end": "<!-- a",
    "a fence that does not end": "```",
    "a longer fence": "````\n```",
    "a script": "<script>",
    "a processing instruction": "<?",
    "a malformed marker": "<!-- journal:runs x y z -->",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_body_that_would_break_out_of_its_block_is_refused(body: str) -> None:
    document = parse(ONE, PATH)
    assert not survives(document, document.replaced({"runs": body}, {}))


@settings(max_examples=250)
@given(st.lists(st.sampled_from(UNRULY).map(lambda line: line.decode("utf-8", "replace")), max_size=6))
def test_no_body_changes_what_the_author_wrote(lines: list[str]) -> None:
    document = parse(ONE, PATH)
    new = document.replaced({"runs": "\n".join(lines)}, {})
    raw = new.render()
    if not survives(document, new):
        return
    start, end = ONE.split(b"<!-- /journal:runs -->")
    assert raw.startswith(start)
    assert raw.endswith(end)
    again = parse(raw, PATH)
    assert len(again.entry.blocks) == 1
    assert headings(again) == headings(document)


@pytest.mark.parametrize("body", ["## Results", "## New\n\ntext", "text\n## New ##"])
def test_a_heading_in_a_body_makes_no_section(body: str) -> None:
    document = parse(ONE, PATH)
    new = document.replaced({"runs": body}, {})
    assert survives(document, new)
    again = parse(new.render(), PATH)
    assert headings(again) == headings(document) == [(5, "Results")]
    assert again.entry.sections[0].text.endswith("-->\n\nThe end.\n")


def test_every_line_ending_may_stand_in_one_file() -> None:
    raw = (
        b"\xef\xbb\xbf---\r\ntitle: \xe6\xb3\xa8\xe2\x80\xa8\xe5\x8a\x9b\r\n"
        b"created: 2026-02-21 19:01:15-03:30\r\n---\r\n\r\n## One\r\r\n##\ttwo ##\r"
        b"<!-- journal:runs -->\r\n<!-- /journal:runs -->\n\xff\xfe \xe2\x80\xa8## none\n## last"
    )
    document = parse(raw, PATH)
    assert document.render() == raw
    assert document.entry.title == "注\u2028力"
    assert headings(document) == [(6, "One"), (8, "two"), (12, "last")]
    assert [(block.line, block.spec_line, block.edited) for block in document.entry.blocks] == [(9, 9, False)]


def test_id_and_path_come_from_the_file() -> None:
    entry = parse(ONE, "entries/2026/2026-02-21-some.slug.md").entry
    assert (entry.id, entry.path) == ("2026-02-21-some.slug", "entries/2026/2026-02-21-some.slug.md")


def test_an_entry_without_sections_is_an_entry() -> None:
    for raw in (HEAD, HEAD.strip(), HEAD + b"text", HEAD + b"# One\n### Three\n"):
        document = parse(raw, PATH)
        assert (document.entry.sections, document.render()) == ((), raw)


@pytest.mark.parametrize("line", [b"## a\n", b"<!-- journal:runs -->\n<!-- /journal:runs -->\n"])
def test_headings_without_end_are_refused(line: bytes) -> None:
    enough = MAX_SHAPING // line.count(b"\n")
    assert parse(HEAD + line * enough, PATH).entry.title == "A draft"
    with pytest.raises(EntryError, match="split the entry") as refused:
        parse(HEAD + line * enough + b"## a\n" * 5, PATH)
    assert refused.value.line == HEAD.count(b"\n") + MAX_SHAPING + 1


# What a scanner could go over again and again; each makes about so many bytes.
SHAPES: dict[str, Callable[[int], bytes]] = {
    "empty lines": lambda n: b"\n" * n,
    "carriage returns": lambda n: b"\r" * n,
    "one line": lambda n: b"x" * n,
    "fences": lambda n: b"```\n```\n" * (n // 8),
    "fences that do not end": lambda n: b"```a\n~~~\n" * (n // 9),
    "fences of every length": lambda n: b"".join(b"`" * k + b"\n" for k in range(3, int((2 * n) ** 0.5))),
    "backticks": lambda n: b"`" * (n // 2) + b"a" + b"`" * (n // 2),
    "less-than signs": lambda n: b"<" * n,
    "lines of a less-than sign": lambda n: b"<\n" * (n // 2),
    "comments": lambda n: b"<!-- a -->\n" * (n // 11),
    "comments that do not end": lambda n: b"<!--\n" * (n // 5),
    "comments on one line": lambda n: b"<!--" * (n // 4),
    "number signs": lambda n: b"## " + b"#" * n,
    "blanks in a heading": lambda n: b"## a" + b" " * n + b"b",
    "number signs and blanks": lambda n: b"## a" + b" #" * (n // 2) + b" b",
    "tags in paragraphs": lambda n: b"text\n    more\n<br>\n" * (n // 19),
    "attributes": lambda n: b"<a" + b" a" * (n // 4) + b" a='" * (n // 8) + b" " * (n // 4) + b"!",
    "list items": lambda n: b"- a\n" * (n // 4),
    "rules": lambda n: b"- " * (n // 2) + b"a",
    "a marker's name": lambda n: b"<!-- journal:runs a" + b"-" * (n // 2) + b" " * (n // 2) + b"!",
    "a spec": lambda n: b"<!-- journal:runs\n" + b"a: b\n" * (n // 5) + b"-->\n<!-- /journal:runs -->\n",
}


def beside_a_cited_value(shape: bytes) -> Callable[[int], bytes]:
    return lambda n: b'[1](run:a "b") ' + shape * (n // len(shape))


# The same for whoever reads Markdown, which nobody does before something is cited.
SHAPES |= {
    f"cited values and {name}": beside_a_cited_value(shape)
    for name, shape in {
        "brackets": b"[",
        "pictures": b"![",
        "half a link": b"](run:",
        "empty links": b"[](run:",
        "titles that do not end": b"[](run:a \"[](run:b '[](run:c (",
        "backticks": b"`` ` ",
        "brackets and backticks": b"[`",
        "inline comments": b"<!--",
        "lines": b"text\n",
        "items": b"- a\n",
        "links": b"[1](run:a) ",
    }.items()
}


BRIEF = 0.02
"""Seconds that are too few to compare."""


def attempt(raw: bytes) -> None:
    with suppress(JournalError):
        parse(raw, PATH)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_time_grows_with_the_size_and_with_nothing_else(shape: Callable[[int], bytes]) -> None:
    cites = b"](run:" in shape(1 << 10)  # a longer section that cites is refused
    size, largest = 1 << 13, MAX_SECTION // 5 if cites else 4_000_000
    while (once := fastest(partial(attempt, HEAD + shape(size)), BRIEF, 5 * BRIEF)) < BRIEF:
        size *= 2
        if size > largest:
            return  # next to no time for all of it
    # Four times the size: four times the time when it is linear, sixteen times when it is quadratic.
    assert fastest(partial(attempt, HEAD + shape(4 * size)), 9 * once) < 9 * once


def test_unnamed_blocks_are_numbered_without_counting_from_the_start() -> None:
    block = b"<!-- journal:runs -->\n<!-- /journal:runs -->\n"
    counted: list[int] = []
    for number in (500, 1000):
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            document = parse(HEAD + block * number, PATH)
        finally:
            sys.setprofile(None)
        counted.append(calls)
        assert [block.name for block in document.entry.blocks[:2]] == ["runs", "runs-2"]
        assert document.entry.blocks[-1].name == f"runs-{number}"
    assert counted[1] < 2.2 * counted[0]
