from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from paper import contents_of, entry, pages

from journal.site.abstract import Event, Person
from journal.site.lists import feed
from journal.site.lists.feed import MOST

if TYPE_CHECKING:
    from journal.site.contents import Contents

ATOM = "{http://www.w3.org/2005/Atom}"
UPDATE = Event("2026-02-02 09:00 +00:00", 1_770_022_800.0, "update.1", "Bo", "running", None, "Second look")


def read(contents: Contents) -> ET.Element:
    return ET.fromstring(pages(feed, contents)["feed.xml"])  # noqa: S314 - our own


def said(of: ET.Element, name: str) -> str:
    found = of.find(ATOM + name)
    assert found is not None
    return found.text or ""


def links(of: ET.Element) -> dict[str | None, str | None]:
    return {link.get("rel"): link.get("href") for link in of.findall(f"{ATOM}link")}


@pytest.mark.parametrize("address", [None, "https://lab.example/j/"])
@pytest.mark.parametrize("count", [0, 1, 60])
def test_the_feed_has_all_that_rfc_4287_requires(address: str | None, count: int) -> None:
    many = [entry(f"2026-01-01-{number:03}", updates=(UPDATE,), summary="Words.") for number in range(count)]
    top = read(contents_of(*many, address=address))
    entries = top.findall(f"{ATOM}entry")
    assert top.tag == f"{ATOM}feed"
    assert len(entries) == min(MOST, 2 * count)
    assert top.find(f"{ATOM}author/{ATOM}name") is not None
    for each in (top, *entries):
        assert said(each, "id").startswith("urn:uuid:")
        assert said(each, "title")
        assert datetime.fromisoformat(said(each, "updated")).tzinfo is not None
        assert len(each.findall(f"{ATOM}id")) == 1
        assert links(each)["alternate"]
    ids = [said(each, "id") for each in (top, *entries)]
    assert len(set(ids)) == len(ids)


def test_links_are_absolute_where_the_site_s_address_is_known() -> None:
    shown = entry("2026-01-01-a", updates=(UPDATE,))
    top = read(contents_of(shown, address="https://lab.example/j/"))
    assert links(top) == {"alternate": "https://lab.example/j/", "self": "https://lab.example/j/feed.xml"}
    update, written = top.findall(f"{ATOM}entry")
    assert links(written) == {"alternate": "https://lab.example/j/entries/2026-01-01-a/"}
    assert links(update) == {"alternate": "https://lab.example/j/entries/2026-01-01-a/#update.1"}
    near = read(contents_of(shown))
    assert [links(each)["alternate"] for each in near.iter(f"{ATOM}entry")] == [
        "entries/2026-01-01-a/#update.1",
        "entries/2026-01-01-a/",
    ]
    assert "self" not in links(near)


def test_ids_stay_when_the_site_moves_and_an_entry_is_called_otherwise() -> None:
    def ids(title: str, address: str | None) -> list[str]:
        top = read(contents_of(entry("2026-01-01-a", title=title, updates=(UPDATE,)), address=address))
        return [said(each, "id") for each in (top, *top.findall(f"{ATOM}entry"))]

    assert ids("New", "https://lab.example/j/") == ids("Old", None)


def test_an_entry_tells_title_words_authors_tags_and_when_it_last_changed() -> None:
    people = (Person("Ana", "human"), Person("Codex"))
    shown = entry("2026-01-01-a", title="A & B", summary="x < y", authors=people, tags=("t1", "t2"), updates=(UPDATE,))
    update, written = read(contents_of(shown)).findall(f"{ATOM}entry")
    assert (said(written, "title"), said(written, "summary")) == ("A & B", "x < y")
    assert [name.text for name in written.iter(f"{ATOM}name")] == ["Ana", "Codex"]
    assert [each.get("term") for each in written.findall(f"{ATOM}category")] == ["t1", "t2"]
    assert (said(written, "published"), said(written, "updated")) == (
        "2026-01-01T00:00:00+00:00",
        "2026-02-02T09:00:00+00:00",
    )
    assert (said(update, "title"), said(update, "summary")) == ("Update: A & B", "Second look. running")
    assert [name.text for name in update.iter(f"{ATOM}name")] == ["Bo"]


def test_ids_stay_while_words_change_and_are_another_journal_s_own() -> None:
    def ids(title: str = "Attention", **fields: str) -> list[str]:
        shown = entry("2026-01-01-a", updates=(UPDATE, UPDATE), **fields)
        return [said(each, "id") for each in read(contents_of(shown, title=title)).iter(f"{ATOM}entry")]

    assert ids() == ids(title="Attention", summary="other words", sum="2")
    assert not set(ids()) & set(ids(title="Another"))


def test_what_xml_cannot_hold_is_replaced() -> None:
    bad = "a\x00b\x1b\ud800\ufffe]]>"
    top = read(
        contents_of(entry("2026-01-01-a", title=bad, summary=bad, tags=(bad,), authors=(Person(bad),)), title=bad)
    )
    (written,) = top.iter(f"{ATOM}entry")
    assert said(top, "title") == said(written, "title") == "a\ufffdb\ufffd\ufffd\ufffd]]>"
