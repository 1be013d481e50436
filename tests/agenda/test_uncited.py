from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from desk import BARE
from journal import config as configuration
from journal.agenda import uncited
from journal.errors import EvidenceError
from journal.revisions import Repository
from journal.tables import record, two_trees
from toys import Toys

if TYPE_CHECKING:
    from pathlib import Path

    from journal.config import Config

A, B = "2026-02-21-a", "2026-02-22-b"
ASKED = BARE + "\n[site]\nuncited = true\n"
BLOCK = "<!-- journal:table losses\nmetrics: [loss]\nstats: [last]\n-->\n<!-- /journal:table -->\n"
Capsys = pytest.CaptureFixture[str]


def lab(root: Path, settings: str = ASKED) -> Toys:
    toys = Toys.begin(root, settings)
    for number, name in enumerate(("cited", "old", "young")):
        toys.run(name, {"loss": [(1, 0.5)]}, started=100 - number if name == "old" else 200 + number)
    toys.entry(A, BLOCK, runs="{id: cited, as: it}")
    return toys


def config_of(toys: Toys) -> Config:
    found = configuration.load(toys.root)
    assert found is not None
    return found


def test_filling_all_entries_writes_which_runs_no_entry_cites_oldest_first(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path)
    assert toys.call(capsys, "fill-results").code == 0
    raw = (toys.root / "evidence/uncited.json").read_bytes()
    told = json.loads(raw)
    assert told["schema_version"] == 1
    assert [run["id"] for run in told["runs"]] == ["old", "young"]
    assert told["runs"][0]["place"].startswith("wandb/")
    assert raw.count(b"\n") > 2 * len(told["runs"][0])
    found = uncited.load(config_of(toys))
    assert found is not None
    assert uncited.dump(found) == raw


def test_it_is_written_only_where_it_is_asked_for(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path, BARE)
    toys.call(capsys, "fill-results")
    assert not (toys.root / "evidence/uncited.json").exists()
    assert uncited.load(config_of(toys)) is None


@pytest.mark.parametrize("options", [[A], ["--check"], ["--diff"]])
def test_filling_one_entry_or_none_writes_no_list_of_runs(tmp_path: Path, capsys: Capsys, options: list[str]) -> None:
    toys = lab(tmp_path)
    toys.call(capsys, "fill-results", *options)
    assert not (toys.root / "evidence/uncited.json").exists()


def test_the_list_follows_the_entries_and_is_else_left_alone(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path)
    toys.call(capsys, "fill-results")
    file = toys.root / "evidence/uncited.json"
    before = file.stat().st_mtime_ns
    toys.call(capsys, "fill-results", "--force")
    assert file.stat().st_mtime_ns == before
    toys.entry(B, BLOCK, runs="{id: old, as: it}")
    toys.call(capsys, "fill-results")
    assert [run["id"] for run in json.loads(file.read_bytes())["runs"]] == ["young"]


def test_where_no_run_is_at_hand_the_list_stays(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path / "here")
    toys.call(capsys, "fill-results")
    away = toys.copied(tmp_path / "away")
    for folder in (away.root / "wandb").iterdir():
        folder.rename(tmp_path / folder.name)
    before = (away.root / "evidence/uncited.json").read_bytes()
    away.call(capsys, "fill-results", "--force")
    assert (away.root / "evidence/uncited.json").read_bytes() == before


def test_the_list_tells_no_place_outside_the_journal(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path / "here")
    (toys.root / "wandb").rename(tmp_path / "elsewhere")
    toys.write("journal.toml", f'runs = ["{tmp_path / "elsewhere"}"]\n' + ASKED)
    toys.call(capsys, "fill-results")
    raw = (toys.root / "evidence/uncited.json").read_text()
    assert '"id": "young"' in raw
    assert "elsewhere" not in raw


def test_the_list_is_evidence_of_no_entry_and_a_check_says_nothing_of_it(tmp_path: Path, capsys: Capsys) -> None:
    toys = lab(tmp_path)
    toys.call(capsys, "fill-results")
    findings = toys.call(capsys, "check", "--json").json["findings"]
    assert [each for each in findings if "uncited" in each["path"]] == []
    toys.commit("All of it")
    config, repository = config_of(toys), Repository.find(toys.root)
    (toys.root / "evidence/uncited.json").unlink()
    trees = two_trees.read(config, repository, repository.resolve("HEAD"), [f"entries/{A}.md"])
    assert (trees.before, trees.after) == ({}, {})


def test_no_entry_may_have_the_name_of_the_list(tmp_path: Path) -> None:
    toys = lab(tmp_path)
    with pytest.raises(EvidenceError, match="no entry may be called 'uncited'"):
        record.path_at("entries/uncited.md", config_of(toys))
    assert record.path_at("entries/below/uncited.md", config_of(toys)).name == "uncited.json"


def test_a_list_that_cannot_be_read_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    toys = lab(tmp_path)
    toys.write("evidence/uncited.json", '{"schema_version": 2}')
    with pytest.raises(EvidenceError) as caught:
        uncited.load(config_of(toys))
    assert caught.value.hint == "delete it, then run `journal fill-results`"
