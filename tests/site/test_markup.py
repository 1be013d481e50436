from datetime import datetime
from html import unescape

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from journal.site.markup import badge, clock, code, html_table, link, literal, page, section

# HTML reads some numeric references as other characters, or, of code points that are no characters, as none; those are
# no text that anybody logs.
NONE = [chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)] + [*map(chr, range(0xFDD0, 0xFDF0))]
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=NONE))


@given(TEXT)
def test_literal_text_reads_back_and_is_nothing_but_letters_digits_and_references(text: str) -> None:
    assert unescape(literal(text)) == text
    assert all(character.isascii() and (character.isalnum() or character in " _&#;") for character in literal(text))


@given(st.text())
def test_front_matter_of_any_title_is_yaml_whose_title_is_harmless(title: str) -> None:
    matter = page(title, "Words.").decode().split("---\n")[1]
    found = yaml.safe_load(matter)
    assert found == {"title": literal(title), "hide": ["navigation"]}


@given(st.text())
def test_a_title_stays_on_the_line_of_its_heading(title: str) -> None:
    after = page(title, "Words.").decode().split("\n---\n\n", 1)[1]
    heading, rest = after.split("\n", 1)
    assert heading.startswith("# ")
    assert rest == "\nWords.\n"


def test_a_listing_is_kept_out_of_the_search() -> None:
    assert b"search: {exclude: true}" in page("Tags", listing=True)
    assert b"search" not in page("An entry")


def test_empty_parts_leave_no_trace_on_a_page() -> None:
    assert page("T", "", "a\n", "\n\n", "b").decode().endswith("# T\n\na\n\nb\n")
    assert section("x", "", "") == ""


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("plain", "a/b.md", "[plain](a/b.md)"),
        ("a]b", "x y.md", "[a&#93;b](x%20y.md)"),
        ("q", "../a(1)#2.md", "[q](../a%281%29%232.md)"),
        ("q", 'a"<b>.md', "[q](a%22%3Cb%3E.md)"),
    ],
)
def test_links_hold_any_text_and_any_file_name(text: str, target: str, expected: str) -> None:
    assert link(text, target) == expected


def test_a_link_may_lead_to_a_place_on_the_page() -> None:
    assert link("q", "a.md", anchor="block.t") == "[q](a.md#block.t)"


def test_a_styled_link_carries_its_class() -> None:
    assert link("a", "b.md", style="journal-tag") == "[a](b.md){ .journal-tag }"


def test_code_and_its_title_are_harmless() -> None:
    assert code("a<b>", title='"x"') == '<code title="&#34;x&#34;">a&#60;b&#62;</code>'


def test_a_badge_of_two_words_has_one_class() -> None:
    assert badge("no data") == '<span class="journal-badge journal-badge--no-data">no data</span>'


def test_an_html_table_holds_no_blank_line_that_would_end_it() -> None:
    table = html_table(("a", "b"), [["x", "1"], ["y", "2"]], right=frozenset({1}))
    assert "\n\n" not in table
    assert '<td>x</td><td class="n">1</td>' in table


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-02-21T19:01:15+08:00", "2026-02-21 19:01 +08:00"),
        ("2026-02-21T19:01:15-03:30", "2026-02-21 19:01 -03:30"),
        ("2026-02-21T19:01:15+00:00", "2026-02-21 19:01 +00:00"),
        ("2026-02-21T19:01:15", "2026-02-21 19:01"),
    ],
)
def test_a_clock_keeps_the_zone_it_was_written_in(moment: str, expected: str) -> None:
    assert clock(datetime.fromisoformat(moment)) == expected
