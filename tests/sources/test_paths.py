"""What a reference can name, and what runs and origins are called after their paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from run_folders import config_at

from journal.sources.paths import candidates, natural, origin_path, searched, stamp, telling_name


def test_a_reference_starts_at_the_journal_and_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lab" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "lab" / "deep")
    config = config_at(tmp_path / "lab", "runs")
    assert list(candidates(config, "../a")) == [tmp_path / "a", tmp_path / "lab" / "a"]
    monkeypatch.chdir(tmp_path / "lab")
    assert list(candidates(config, "a/")) == [tmp_path / "lab" / "a"]
    assert list(candidates(config, "/a/../b")) == [Path("/b")]
    assert [list(candidates(config, odd)) for odd in ("a\0b", "https://a.example/b")] == [[], []]


def test_a_reference_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert list(candidates(config_at(tmp_path, "runs"), "~/runs")) == [Path("/home/me/runs")]


def test_each_folder_is_searched_once(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "same").symlink_to(tmp_path / "runs")
    assert searched(config_at(tmp_path, "runs", "x/../runs", "same", "other")) == [
        tmp_path / "runs",
        tmp_path / "other",
    ]


def test_an_origin_outside_the_journal_tells_no_more_than_two_names(tmp_path: Path) -> None:
    config = config_at(tmp_path, "runs")
    assert origin_path(config, tmp_path / "runs" / "toy.db") == "runs/toy.db"
    assert origin_path(config, Path("/home/me/far/toy.db")) == "far/toy.db"


@pytest.mark.parametrize(
    ("name", "above", "told"),
    [("warm", "/runs", "warm"), ("7", "/runs/warm", "warm-7"), ("7", "/warm/8", "warm-8-7"), ("7", "/", "7")],
)
def test_a_name_that_says_nothing_stands_behind_those_above(name: str, above: str, told: str) -> None:
    assert telling_name(name, Path(above), re.compile(r"\d+")) == told


def test_numbers_in_paths_are_sorted_by_size() -> None:
    paths = [Path("a/v10"), Path("a/v2"), Path("a/v")]
    assert sorted(paths, key=natural) == [Path("a/v"), Path("a/v2"), Path("a/v10")]


def test_a_file_is_known_by_its_stamp_until_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert stamp(str(file)) == stamp("a\0b") == []
    file.write_text("a")
    before = stamp(str(file))
    assert (before[0], before) == (1, stamp(str(file)))
    file.write_text("ab")
    assert stamp(str(file)) != before
