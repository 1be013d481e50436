from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drafts import Draft, drafts
from journal.document import body as body_module
from journal.document import spots
from journal.document.body import mentions, struck, with_section
from journal.document.document import parse
from journal.errors import EntryError

PATH = "entries/a.md"
HEAD = "---\ntitle: A 8123.4\ncreated: 2026-02-21T19:01:15+08:00\n---\n"
BLOCK = "<!-- journal:runs -->\n\n8123.4\n\n<!-- /journal:runs -->\n"


def raw(body: str) -> bytes:
    return f"{HEAD}{body}".encode()


def found(body: str, text: str = "8123.4") -> list[int]:
    """Columns of the lines on which a text is mentioned, line by line."""
    return [mention.column for mention in mentions(raw(body), PATH, text)]


def corrected(body: str, text: str = "8123.4", now: str = "2797.5") -> str:
    given = raw(body)
    return struck(given, PATH, mentions(given, PATH, text), now).decode().removeprefix(HEAD)


def refused(body: str, heading: str, text: str) -> EntryError:
    with pytest.raises(EntryError) as error:
        with_section(raw(body), PATH, heading, text)
    return error.value


# --- a section --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "gap"),
    [("", "\n"), ("words", "\n\n"), ("words\n", "\n"), ("words\n\n", ""), ("words\n  \n", ""), ("\n", "")],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_a_section_stands_at_the_end_below_one_blank_line(body: str, gap: str, eol: str) -> None:
    given = raw(body).replace(b"\n", eol.encode())
    text = f"{gap}## Update, May\n\nIt holds.\n\n- so far\n".replace("\n", eol)
    assert with_section(given, PATH, "Update, May", "\nIt holds.\r\n\r\n- so far\n") == given + text.encode()


@pytest.mark.untraced
@settings(max_examples=60)
@given(drafts(), st.sampled_from(["", "It holds.", "```\n## code\n```", "> <!-- journal:table -->\n\n注意"]))
def test_a_section_leaves_every_byte_above_it(draft: Draft, text: str) -> None:
    given = draft.raw
    before = parse(given, PATH).entry
    assume(len(parse(given + b"\n\n## end", PATH).entry.sections) > len(before.sections))  # nothing is left open
    new = with_section(given, PATH, "Update", text)
    assert new.startswith(given)
    after = parse(new, PATH).entry
    *kept, added = after.sections
    assert (added.heading, added.text.strip("\n")) == ("Update", text)
    assert [(section.heading, section.line) for section in kept] == [
        (section.heading, section.line) for section in before.sections
    ]
    assert (after.blocks, after.front_matter) == (before.blocks, before.front_matter)
    assert after.citations == before.citations


@pytest.mark.parametrize("text", ["```\nopen", "<!-- open", "<pre>open"])
def test_a_text_that_leaves_something_open_is_refused_and_so_is_such_a_file(text: str) -> None:
    assert "the text ends in code" in refused("words\n", "Update", text).message
    assert "the file ends in code" in refused(f"words\n\n{text}\n", "Update", "It holds.").message


IMPORTED = f"imported: {{from: a.md, sha256: {'0' * 64}}}\n---\n"


@pytest.mark.parametrize("body", ["```\nopen", "a\n\n~~~~ text\n```\n~~~\n", "````\nopen\n```\n"])
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_code_that_an_imported_note_leaves_open_is_closed_above_the_section(body: str, eol: str) -> None:
    given = (HEAD.removesuffix("---\n") + IMPORTED + body).replace("\n", eol).encode()
    new = with_section(given, PATH, "Update", "It holds.")
    assert new.startswith(given)
    (section,) = parse(new, PATH).entry.sections
    assert (section.heading, section.text.strip()) == ("Update", "It holds.")
    assert new[len(given) :].decode().split()[0] == {"`": "```", "a": "~~~~"}[body[0]] + "`" * body.count("````")


@pytest.mark.parametrize("body", ["<!-- open", "<pre>open"])
def test_what_else_an_imported_note_leaves_open_stays_and_another_way_is_named(body: str) -> None:
    given = (HEAD.removesuffix("---\n") + IMPORTED + body).encode()
    with pytest.raises(EntryError, match="`journal update a --status STATUS`, without text"):
        with_section(given, PATH, "Update", "It holds.")


@pytest.mark.parametrize(
    "text", ["<!-- /journal:runs -->", "<!-- journal:runs -->\n<!-- /journal:runs -->", "<!-- journal:plot -->"]
)
def test_a_text_may_hold_no_markers(text: str) -> None:
    assert "add or change a block" in refused(BLOCK, "Update", text).message


def test_a_text_may_hold_no_sections_and_a_heading_no_lines() -> None:
    assert "sections of its own" in refused("", "Update", "It holds.\n\n## Really\n").message
    assert "not read as it is given" in refused("", "Update ##", "It holds.").message
    assert "one line" in refused("", "Update\nmore", "It holds.").message
    assert "control characters" in refused("", "Update", "a \x1b[31m").message


# --- mentions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("8123.4", "-8123.4, 18123.4, 8123.45, 8123.4e3, 8123.4k, 1,8123.4, 8123.4.1, v8123.4, 8123.4%, \u22128123.4"),
        ("0.77", "0.774 10.77 .0.77 0.77-0.80 0.70-0.77"),
        ("-3.2", "1-3.2 x-3.2 -3.21"),
        ("21", "2026-02-21, #21, &#21; 12:21 1,21 3.21"),
        ("iga", "bigan iga2 _iga"),
        ("...", "..."),
    ],
)
def test_part_of_a_longer_number_or_word_is_no_mention(text: str, line: str) -> None:
    assert found(line, text) == []


@pytest.mark.parametrize(
    ("text", "line", "columns"),
    [
        ("8123.4", "8123.4. (8123.4) =8123.4, 8123.4\u00d7 *8123.4* 是8123.4的", [1, 10, 19, 27, 36, 45]),
        ("-3.2", "-3.2 (-3.2) =-3.2", [1, 7, 14]),
        ("12", "12. twelve, 12", [13]),
        ("12", "of 12. Then 12) and", [4, 13]),
        ("val loss", "The val loss of val losses", [5]),
        ("饱和", "注意力饱和了", [4]),
        ("5%", "5% 5% 15%", [1, 4]),
    ],
)
def test_a_text_that_stands_for_itself_is_a_mention(text: str, line: str, columns: list[int]) -> None:
    assert found(line, text) == columns


@pytest.mark.parametrize(
    "body",
    [
        BLOCK,
        "```\n8123.4\n```\n",
        "~~~ 8123.4\n8123.4",
        "    8123.4\n",
        "<div>\n8123.4\n</div>\n",
        "<!-- 8123.4 -->\n",
        "a <b title='8123.4'>b</b>\n",
        '[8123.4](run:ipa "last(loss)")\n',
        "[a](https://example.org/8123.4 '8123.4') ![8123.4](b.png)\n",
        "<https://example.org/8123.4> https://example.org/8123.4?a\n",
        "<a@8123.4>\n",
        "~~8123.4~~ <del>8123.4</del> <s>a 8123.4</s>\n",
        "- item\n\n  ```\n  8123.4\n  ```\n",
        "> ```\n> 8123.4\n",
        "[a]: 8123.4\n",
    ],
)
def test_code_raw_html_blocks_cited_values_and_addresses_hold_no_mention(body: str) -> None:
    assert found(body) == []
    assert len(found(f"{body}\n\nwords 8123.4\n")) == (0 if body.startswith("~~~") else 1)


@pytest.mark.parametrize(
    ("body", "new"),
    [
        ("It was 8123.4.", "It was ~~8123.4~~ 2797.5."),
        ("# At 8123.4\n\n- 8123.4\n", "# At ~~8123.4~~ 2797.5\n\n- ~~8123.4~~ 2797.5\n"),
        ("| a |\n|--:|\n| 8123.4 |\n", "| a |\n|--:|\n| ~~8123.4~~ 2797.5 |\n"),
        ("`8123.4`", "~~`8123.4`~~ `2797.5`"),
        ("``a ` 8123.4, 8123.4``", "~~``a ` 8123.4, 8123.4``~~ ``a ` 2797.5, 2797.5``"),
        ("值`8123.4`", "值<del>`8123.4`</del> `2797.5`"),
        ("~8123.4", "~<del>8123.4</del> 2797.5"),
        ("**8123.4** [8123.4](b.md)", "**~~8123.4~~ 2797.5** [~~8123.4~~ 2797.5](b.md)"),
        ("> so\n> 8123.4\n", "> so\n> ~~8123.4~~ 2797.5\n"),
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_a_mention_is_struck_and_the_new_value_stands_behind_it(body: str, new: str, eol: str) -> None:
    assert corrected(body.replace("\n", eol)) == new.replace("\n", eol)
    assert mentions(raw(new), PATH, "8123.4") == ()


def test_a_pipe_does_not_end_a_cell() -> None:
    assert corrected("| a |\n|--:|\n| 8123.4 |\n", now="a|b").endswith("| ~~8123.4~~ a\\|b |\n")
    assert corrected("8123.4", now="a|b") == "~~8123.4~~ a|b"


def test_only_the_chosen_mentions_are_struck() -> None:
    given = raw("8123.4 `a 8123.4, 8123.4` 8123.4")
    first, _, third, _ = mentions(given, PATH, "8123.4")
    new = struck(given, PATH, [third, first], "1").decode().removeprefix(HEAD)
    assert new == "~~8123.4~~ 1 ~~`a 8123.4, 8123.4`~~ `a 8123.4, 1` 8123.4"


def test_the_name_of_a_tag_is_no_mention() -> None:
    assert found("<table>\n<tr>a table\n</table>\n\na table\n", "table") == [3]


def test_a_section_too_long_to_be_looked_through_is_refused_where_it_may_hold_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spots, "MAX_SECTION", 20)
    long = f"{'words ' * 9}\n\n"
    assert found(f"{long}## A\n\n8123.4\n") == [1]
    with pytest.raises(EntryError, match="split it"):
        found(f"{long}8123.4")


def test_what_would_not_be_struck_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "_strike", lambda *_: (b"", b""))
    with pytest.raises(EntryError, match="cannot be struck"):
        corrected("8123.4")


def test_a_mention_of_another_file_is_refused() -> None:
    (other,) = mentions(raw("A 8123.4"), PATH, "8123.4")
    with pytest.raises(EntryError, match="no value to strike"):
        struck(raw("8123.4 B"), PATH, [other], "1")


@pytest.mark.parametrize("now", ["", " 1", "1\n2", "\x1b[31m"])
def test_a_new_value_is_text_on_one_line(now: str) -> None:
    with pytest.raises(EntryError, match="on one line"):
        corrected("8123.4", now=now)


@pytest.mark.parametrize("now", ["*3*", "[3](b.md)", "&amp;", "3*", "3`", "3\\"])
def test_a_new_value_reads_as_it_is_given(now: str) -> None:
    with pytest.raises(EntryError, match="would not read as it is given"):
        corrected("*It was 8123.4*, `so`\nand more\n", now=now)


def test_a_value_in_a_formula_is_not_struck_and_a_price_is_none() -> None:
    assert found("$x = 8123.4$ and $$\n8123.4\n$$, `$8123.4$`") == [7]
    assert found("from $5 to 8123.4, or $7") == [12]


def test_a_new_value_with_a_backtick_cannot_stand_in_a_code_span() -> None:
    with pytest.raises(EntryError, match="backtick"):
        corrected("`8123.4`", now="a`b")


@pytest.mark.untraced
@settings(max_examples=60)
@given(drafts(), st.lists(st.sampled_from(["8123.4", "`x 8123.4`", "18123.4"]), min_size=1, max_size=3))
def test_striking_changes_nothing_but_the_mentions(draft: Draft, words: list[str]) -> None:
    given = draft.raw
    given += b"\n\n" + " ".join(words).encode()
    where = mentions(given, PATH, "8123.4")
    assert len(where) in {0, sum("18123" not in word for word in words)}
    new = struck(given, PATH, where, "1")
    assert new.startswith(draft.raw)
    assert mentions(new, PATH, "8123.4") == ()
    before, after = parse(given, PATH), parse(new, PATH)
    assert (after.entry.blocks, after.entry.citations) == (before.entry.blocks, before.entry.citations)
