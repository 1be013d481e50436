"""What is kept between builds is believed only where it is whole and of the same making."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import pytest
from site_journal import SiteJournal

from journal.errors import NotWritable
from journal.site import kept

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config

FILE = "kept.json"


class Pair(NamedTuple):
    """Something plain."""

    one: str
    other: int


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A journal's."""
    return SiteJournal(tmp_path).journal.config


def test_what_was_kept_comes_back_with_tuples_as_lists(config: Config) -> None:
    kept.keep(config, FILE, ["v1", (1, 2)], {"a": Pair("é", 2)})
    assert kept.load(config, FILE, ["v1", (1, 2)]) == {"a": ["é", 2]}


def test_what_was_made_of_something_else_or_never_kept_is_nothing(config: Config) -> None:
    assert kept.load(config, FILE, ["v1"]) is None
    kept.keep(config, FILE, ["v1"], {})
    assert kept.load(config, FILE, ["v2"]) is None
    assert kept.load(config, FILE, ["v1"]) == {}


@pytest.mark.parametrize("place", ["head", "middle", "end", "empty", "binary"])
def test_a_damaged_file_is_nothing(config: Config, place: str) -> None:
    kept.keep(config, FILE, ["v1"], {"a": [1, 2, 3]})
    file = config.derived / FILE
    raw = file.read_bytes()
    head, _, payload = raw.partition(b"\n")
    damaged = {
        "head": raw[5:],
        "middle": head + b"\n" + payload.replace(b"2", b"7"),
        "end": raw[:-1],
        "empty": b"",
        "binary": b"\xff\x00\n{}",
    }
    file.write_bytes(damaged[place])
    assert kept.load(config, FILE, ["v1"]) is None


def test_the_name_of_a_file_that_is_no_utf_8_comes_back(config: Config) -> None:
    name = os.fsdecode(b"own/p\xff.png")
    kept.keep(config, FILE, [name], {name: Pair(name, 1)})
    assert kept.load(config, FILE, [name]) == {name: [name, 1]}
    assert kept.load(config, FILE, []) is None


def test_where_the_disk_refuses_what_was_kept_before_is_not_believed(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NotWritable("cannot be written: No space left on device")

    kept.keep(config, FILE, [], {"a": 1})
    with monkeypatch.context() as patch:
        patch.setattr("journal.document.store.save", refuse)
        kept.keep(config, FILE, [], {"a": 2})
    assert kept.load(config, FILE, []) is None


def test_where_the_disk_refuses_nothing_is_kept_and_nothing_raised(config: Config) -> None:
    (config.derived / FILE).mkdir(parents=True)
    kept.keep(config, FILE, [], {})
    assert kept.load(config, FILE, []) is None
