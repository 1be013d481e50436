import posixpath
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_journal import SiteJournal

from journal.document.published import Site
from journal.model.life import Status
from journal.site.contents import author_page, between, metric_page, tag_page


@pytest.mark.untraced
@given(st.text(min_size=1))
def test_the_page_of_any_tag_is_one_plain_lower_case_file_below_tags(tag: str) -> None:
    folder, _, name = tag_page(tag).partition("/")
    assert folder == "tags"
    assert name.endswith(".md")
    assert name != "index.md"
    assert len(name) < 80
    assert name.isascii()
    assert name == name.lower()
    assert set(name.removesuffix(".md")) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.untraced
@given(st.lists(st.text(min_size=1), unique=True))
def test_no_two_tags_share_a_page(tags: list[str]) -> None:
    assert len({tag_page(tag) for tag in tags}) == len(tags)


def test_a_simple_tag_has_a_page_of_its_own_name() -> None:
    assert tag_page("stability") == "tags/stability.md"
    assert tag_page("Stability") != tag_page("stability")
    assert tag_page("index") != "tags/index.md"


@pytest.mark.parametrize(
    ("start", "target", "expected"),
    [
        ("index.md", "tags/a.md", "tags/a.md"),
        ("tags/index.md", "tags/a.md", "a.md"),
        ("entries/2026/a.md", "tags/a.md", "../../tags/a.md"),
        ("entries/a.md", "entries/b.md", "b.md"),
    ],
)
def test_pages_name_one_another_by_relative_paths(start: str, target: str, expected: str) -> None:
    assert between(start, target) == expected


PLACES = st.lists(st.sampled_from(["a", "b", "c d", "é.md"]), min_size=1, max_size=4).map("/".join)


@given(PLACES, PLACES)
def test_they_are_those_that_the_standard_library_gives(start: str, target: str) -> None:
    assert between(start, target) == posixpath.relpath(target, posixpath.dirname(start) or ".")


def test_relations_are_known_from_both_sides(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-first")
    lab.entry("2026-02-21-second", follows=["2026-02-20-first"], supersedes=["2026-02-20-first"])
    contents = lab.contents
    assert contents.relations.by("follows", "2026-02-20-first") == ("2026-02-21-second",)
    assert contents.relations.by("supersedes", "2026-02-20-first") == ("2026-02-21-second",)
    assert set(contents.by_id) == {"2026-02-20-first", "2026-02-21-second"}


def test_an_entry_is_replaced_where_another_says_so_and_its_own_status_does_not(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    for name, status in (("a", "running"), ("b", "concluded"), ("c", "superseded"), ("d", "concluded")):
        lab.entry(f"2026-02-20-{name}", status=status)
    named = [f"2026-02-20-{name}" for name in "abc"]
    lab.entry("2026-02-21-new", supersedes=named, invalidates=["2026-02-20-b"])
    contents = lab.contents
    found = {each.id[-1]: contents.replaced(each) for each in contents.abstracts}
    assert found == {"a": Status.SUPERSEDED, "b": Status.INVALID, "c": None, "d": None, "w": None}


def test_tags_are_sorted_without_regard_to_case(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", tags=["beta", "Alpha"])
    lab.entry("2026-02-21-b", tags=["alpha", "beta", "beta"])
    assert list(lab.contents.tags) == ["Alpha", "alpha", "beta"]
    assert len(lab.contents.tags["beta"]) == 2


@pytest.mark.parametrize("page_of", [author_page, metric_page])
def test_authors_and_metrics_have_pages_like_tags(page_of: Callable[[str], str]) -> None:
    assert page_of("train/loss") != page_of("train loss") != page_of("train.loss")
    assert page_of("index").rpartition("/")[2] != "index.md"


@pytest.mark.parametrize(
    ("here", "target", "in_files", "in_folders"),
    [
        ("index.md", "runs/a.md", "runs/a.html", "runs/a/"),
        ("entries/b.md", "runs/a.md", "../runs/a.html", "../../runs/a/"),
        ("entries/b.md", "entries/index.md", "index.html", "../"),
        ("entries/b.md", "index.md", "../index.html", "../../"),
        ("entries/b.md", "entries/b.md", "b.html", "./"),
        ("entries/index.md", "entries/b.svg", "b.svg", "b.svg"),
        ("entries/b.md", "entries/b é.csv", "b%20%C3%A9.csv", "../b%20%C3%A9.csv"),
    ],
)
def test_an_address_is_right_for_pages_that_are_files_and_for_those_that_are_folders(
    tmp_path: Path, here: str, target: str, in_files: str, in_folders: str
) -> None:
    contents = SiteJournal(tmp_path).contents
    for folders, expected in ((False, in_files), (True, in_folders)):
        found = replace(contents, site=Site(None, folders))
        assert found.address(here, target) == expected
        assert found.address(here, target, "cell.a.1") == f"{expected}#cell.a.1"


def test_a_short_sha_is_the_one_that_it_begins_where_only_one_is_known(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    shas = ["abcdef0" + "1" * 33, "abcdef1" + "2" * 33]
    lab.entry("2026-02-20-a", commits=[{"sha": sha} for sha in shas])
    lab.entry("2026-02-21-b", commits=[{"sha": "abcdef0"}, {"sha": "abcdef"}, {"sha": "0123"}])
    contents = lab.contents
    assert [contents.full(own.sha) for own in contents.abstracts[0].commits] == [shas[0], "abcdef", "0123"]
    assert [contents.full("ABCDEF1"), contents.full("abcdef")] == [shas[1], "abcdef"]
