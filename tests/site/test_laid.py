"""The generated folder: what is written, left, touched and removed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from site_journal import SiteJournal

from journal.document import disk
from journal.errors import JournalError, NotWritable
from journal.site import laid
from journal.site.laid import FILE, Laid, alone, folder_of, make_folder
from journal.site.sheet import finished

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from journal.config import Config

OLD = 1_000_000_000


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A journal's; its derived folder is there."""
    found = SiteJournal(tmp_path / "lab").journal.config
    found.make_derived()
    return found


def lay(
    config: Config, pages: Mapping[str, str], links: Mapping[str, Sequence[str]] | None = None
) -> tuple[list[str], tuple[str, ...]]:
    """Lay pages with these texts, which link to those targets."""
    named, problems = links or {}, list[JournalError]()
    sheets = [finished(path, text.encode()) for path, text in pages.items()]
    found = Laid.of(config).lay({}, sheets, lambda page: named.get(page, ()), problems)
    assert problems == []
    return found


def age(config: Config) -> None:
    """Make all files old, as if the site had been built long ago, and known so."""
    for path in folder_of(config).rglob("*.*"):
        os.utime(path, (OLD, OLD))


def renewed(config: Config) -> set[str]:
    """Files with a new time."""
    folder = folder_of(config)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.stat().st_mtime != OLD}


def test_only_what_differs_is_written_and_the_rest_is_removed(config: Config) -> None:
    assert lay(config, {"a.md": "1", "b/c.md": "1"}) == (["a.md", "b/c.md"], ())
    assert lay(config, {"a.md": "1", "b/c.md": "1"}) == ([], ())
    assert lay(config, {"a.md": "2"}) == (["a.md"], ("b/c.md",))
    assert not (folder_of(config) / "b").exists()


def test_a_page_that_somebody_else_changed_is_made_again(config: Config) -> None:
    lay(config, {"a.md": "1"})
    (folder_of(config) / "a.md").write_text("theirs")
    assert lay(config, {"a.md": "1"}) == (["a.md"], ())
    assert (folder_of(config) / "a.md").read_text() == "1"


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\n\xff", b'{"of": 1, "sum": ""}\n{"a.md": 3}'])
def test_a_damaged_list_of_what_lies_there_costs_time_alone(config: Config, damage: bytes) -> None:
    lay(config, {"a.md": "1", "b.md": "1"})
    age(config)
    (config.derived / FILE).write_bytes(damage)
    assert lay(config, {"a.md": "1", "b.md": "2"}) == (["b.md"], ())
    assert renewed(config) == {"a.md", "b.md"}  # nobody knows what the builder made of them


def test_a_page_is_touched_when_what_its_author_names_comes_or_goes(config: Config) -> None:
    links = {"a.md": ["../x/new.md"], "b.md": ["old.md"], "c.md": ["other.md"]}
    same = {"a.md": "1", "b.md": "1", "c.md": "1"}
    lay(config, {**same, "old.md": "1"}, links)
    age(config)
    lay(config, {**same, "old.md": "1"}, links)  # knows the new times
    age(config)
    lay(config, {**same, "x/new.md": "1"}, links)
    assert renewed(config) == {"a.md", "b.md", "x/new.md"}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("b/index.md", {"b.html": False, "b/index.html": True, "b.md": True, "b/README.md": True}),
        ("b/README.md", {"b/index.html": True, "b/index.md": True, "b.md": True, "b/README.html": False}),
        ("b.md", {"b.html": True, "b/index.html": True, "b/index.md": True, "c.html": False}),
        ("index.md", {"index.html": True, "README.md": True, "b/index.html": False, "b/index.md": False}),
        ("b.html", {"b.md": True, "b/index.md": False, "b/index.html": False}),
        ("b/index.html", {"b.md": True, "b/index.md": True, "b/README.md": True, "b.html": False}),
    ],
)
def test_what_the_builder_makes_the_same_file_of_is_touched_when_one_goes_or_comes(
    config: Config, gone: str, left: dict[str, bool]
) -> None:
    stay, expected = dict.fromkeys(left, "1"), {path for path, touched in left.items() if touched}
    lay(config, {**stay, gone: "1"})
    age(config)
    lay(config, stay)
    assert renewed(config) == expected
    age(config)
    lay(config, {**stay, gone: "1"})
    assert renewed(config) == {*expected, gone}


def test_links_are_removed_and_never_followed(config: Config, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("theirs")
    folder_of(config).symlink_to(outside)
    lay(config, {"a.md": "1"})
    (folder_of(config) / "b.md").symlink_to(outside / "a.md")
    (folder_of(config) / "c").symlink_to(outside)
    assert lay(config, {"a.md": "1", "b.md": "1", "c/a.md": "1"})[1] == ("b.md", "c")
    assert (outside / "a.md").read_text() == "theirs"


def test_only_one_build_at_a_time_makes_pages(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid, "PATIENCE", 0.0)
    other = os.open(make_folder(config), os.O_RDONLY)
    assert disk.lock(other, 0.0)
    try:
        with pytest.raises(NotWritable, match="another build of this journal is running"), alone(config):
            pytest.fail("the other one is still at it")
    finally:
        os.close(other)
    with alone(config), alone(config):
        lay(config, {"a.md": "1"})
    assert (folder_of(config) / "a.md").read_text() == "1"


def test_a_folder_that_refuses_is_told(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    with pytest.raises(NotWritable, match="Permission denied"):
        lay(config, {"a.md": "1"})
