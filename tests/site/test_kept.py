"""What is kept between builds is believed only where it is whole and of the same making."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from site_journal import SiteJournal

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


def test_where_the_disk_refuses_or_a_name_is_no_text_nothing_is_kept_and_nothing_raised(config: Config) -> None:
    kept.keep(config, FILE, [], {"a\ud800": 1})
    assert kept.load(config, FILE, []) is None
    (config.derived / FILE).mkdir(parents=True)
    kept.keep(config, FILE, [], {})
    assert kept.load(config, FILE, []) is None
