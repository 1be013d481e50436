"""Words in pictures: whatever they hold, an XML parser reads them as words; and they keep to their room."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from journal.site import svg_text

if TYPE_CHECKING:
    from collections.abc import Callable

NO_XML = [*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
WAYS = [svg_text.in_file, svg_text.in_page, lambda words: svg_text.text(1, 2, words)]


def drawn(inner: str) -> ET.Element:
    """A picture as an XML parser reads it."""
    return ET.fromstring(f"<svg>{inner}</svg>")  # noqa: S314 - our own


@pytest.mark.parametrize("way", WAYS)
def test_what_xml_lacks_is_shown_as_unknown_in_files_and_in_pages(way: Callable[[str], str]) -> None:
    read = drawn(way("".join(map(chr, NO_XML))))
    assert "".join(read.itertext()) == "\N{REPLACEMENT CHARACTER}" * len(NO_XML)


@pytest.mark.parametrize("way", WAYS)
def test_markup_is_shown_as_it_was_written(way: Callable[[str], str]) -> None:
    payload = "</text><script>alert(1)</script>]]> & &lt; \"x\" 'y' `*_[a](b)\u2028"
    read = drawn(way(payload))
    assert "".join(read.itertext()) == payload
    assert {each.tag for each in read.iter()} <= {"svg", "text"}


def test_words_in_a_file_stay_inside_an_attribute() -> None:
    payload = "\" onload='alert(1)'\n\t"
    assert drawn(f'<g id="{svg_text.in_file(payload)}"/>')[0].attrib == {"id": payload}


@pytest.mark.parametrize("words", ["x" * 90, "測" * 90, "i" * 200, "Words of many " * 9])
def test_cut_words_keep_to_their_room(words: str) -> None:
    found = svg_text.cut(words, 12)
    assert found.endswith("…")
    assert 10 < svg_text.width(found) <= 12
    assert len(svg_text.shortened(words, 12)) == 12


def test_words_that_fit_are_left_alone() -> None:
    assert svg_text.cut("loss", 12) == svg_text.shortened("loss", 12) == "loss"


def test_sentences_are_broken_between_words_and_none_is_lost() -> None:
    lines = svg_text.filled(["One, two.", "Three", "x" * 40], 80)
    assert " ".join(lines) == f"One, two. Three {'x' * 40}"
    assert [svg_text.extent(line) <= 80 for line in lines] == [True, True, False]


def test_heights_are_kept_apart_and_between_their_ends() -> None:
    assert svg_text.apart([50, 50, 50], 0, 60) == [32, 46, 60]
    assert svg_text.apart([-9], 0, 60) == [0]
    assert svg_text.apart([1, 2, 3], 0, 10) == [0, 5, 10]
