"""Abstracts: what other pages say of an entry and of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from site_journal import TABLE, SiteJournal, make_run

from journal.errors import EvidenceError
from journal.site import abstracting, view

if TYPE_CHECKING:
    from pathlib import Path


def test_numbers_name_their_run_metric_and_place_and_change_with_the_file(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [3.0, 1.0]}))
    path = lab.entry("2026-02-20-a", TABLE, runs=[{"id": "r1", "as": "base"}], tags=["x", "y", "x"])
    lab.fill(path)
    config = lab.journal.config
    found = abstracting.of_entry(view.load(config, path), config)
    (key,) = {number.key for number in found.numbers}
    assert [(each.handle, each.metric, each.statistic, each.value) for each in found.numbers] == [
        ("base", "train/loss", "first", 3.0),
        ("base", "train/loss", "mean", 2.0),
        ("base", "train/loss", "last", 1.0),
    ]
    assert len({number.anchor for number in found.numbers}) == 3
    assert (found.runs[0].key, found.tags, found.metrics) == (key, ("x", "y"), ("train/loss",))
    (tmp_path / path).write_bytes((tmp_path / path).read_bytes() + b"\nMore.\n")
    assert abstracting.of_entry(view.load(config, path), config).sum != found.sum


def test_a_run_is_told_from_its_digest_and_what_is_none_is_refused(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"b": [1.0], "a": [2.0]}))
    lab.fill(lab.entry("2026-02-20-a", TABLE.replace("train/loss", "a"), runs=["r1"]))
    config = lab.journal.config
    (path,) = (config.evidence / "runs").glob("*.json")
    found = abstracting.of_run(path, config)
    assert found is not None
    assert (found.key, found.id, found.rows, found.address) == (path.stem, "r1", 1, None)
    assert list(found.metrics) == sorted(found.metrics)
    path.write_text("{}")
    with pytest.raises(EvidenceError):
        abstracting.of_run(path, config)
    path.unlink()
    assert abstracting.of_run(path, config) is None
