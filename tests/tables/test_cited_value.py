"""Cited values that are spelt otherwise than when they were filled, and what their links can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from journal import config as configuration
from journal.sources.registry import Sources
from journal.tables.fill import plan, write
from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from pathlib import Path

    from journal.tables.fill import EntryFill

OTHER = "2026-02-21-two"
TABLE = block("metrics: [loss]\nruns: [base]")
LINK = 'It was [9.0](run:base "last(loss)").\n'


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """Runs `aa11` and `bb22`, whose last losses are 9 and 18."""
    desk = Toys.begin(tmp_path)
    desk.run("aa11", {"loss": line(range(10), 1.0)}, config={"odd": "a|b", "path": "c:\\x", "plain": "adam"})
    desk.run("bb22", {"loss": line(range(10), 2.0)})
    return desk


def states(fill: EntryFill) -> list[str]:
    return [report.state.value for report in fill.blocks]


def numbers(toys: Toys) -> list[float]:
    return [cell["value"] for found in toys.found["citations"].values() for cell in found["cells"]]


def test_a_handle_that_is_renamed_everywhere_keeps_its_number_while_the_run_is_away(toys: Toys) -> None:
    toys.ask(TABLE + LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    for part in ("as: {}}", "runs: [{}]", "run:{} "):
        toys.rewrite(part.replace("{}", "base"), part.replace("{}", "wide"))
    first, second = map(said, toys.plan().blocks)
    assert first == second == ("stale", "its spec changed since it was filled")
    toys.fill()
    assert "[9.0](run:wide" in toys.text
    assert states(toys.plan()) == ["unverifiable", "unverifiable"]
    assert list(toys.found["citations"]) == ["wide last(loss)"]
    assert numbers(toys) == [9.0]


def test_handles_of_arithmetic_may_be_renamed_too(toys: Toys) -> None:
    toys.ask('It was [9](run:one "last(loss)@two - last(loss)").\n', "aa11=one", "bb22=two")
    toys.fill()
    toys.take_away()
    toys.write(f"entries/{ENTRY}.md", toys.text.replace("one", "x").replace("two", "y"))
    assert toys.standing() == ("stale", "its spec changed since it was filled")
    toys.fill()
    assert (toys.standing()[0], numbers(toys)) == ("unverifiable", [9.0])


def test_handles_that_change_places_take_their_numbers_along(toys: Toys) -> None:
    toys.ask('[9](run:one "last(loss)") and [18](run:two "last(loss)")\n', "aa11=one", "bb22=two")
    toys.fill()
    toys.take_away()
    toys.ask('[9](run:two "last(loss)") and [18](run:one "last(loss)")\n', "aa11=two", "bb22=one")
    toys.fill()
    assert "[9](run:two" in toys.text
    assert "[18](run:one" in toys.text
    assert states(toys.plan()) == ["unverifiable", "unverifiable"]


@pytest.mark.parametrize("spelt", ["last( loss )", "last(loss)@base", '(last("loss"))'])
def test_the_same_expression_in_other_words_keeps_its_number(toys: Toys, spelt: str) -> None:
    toys.ask(LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    toys.rewrite('"last(loss)"', f"'{spelt}'")
    assert toys.standing()[0] in {"unverifiable", "stale"}
    toys.fill()
    assert (toys.standing()[0], numbers(toys)) == ("unverifiable", [9.0])


@pytest.mark.parametrize("run", ["base", "aa11", "attention-lab/sigma-floor/aa11", "offline-run-19700101_000001-aa11"])
def test_a_run_that_is_named_otherwise_keeps_its_number(toys: Toys, run: str) -> None:
    toys.ask(LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    toys.rewrite("run:base", f"run:{run}")
    toys.fill()
    assert f"[9.0](run:{run}" in toys.text
    assert toys.standing()[0] == "unverifiable"


def test_an_edit_is_still_seen_under_another_handle(toys: Toys) -> None:
    toys.ask(LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    toys.write(f"entries/{ENTRY}.md", toys.text.replace("base", "wide").replace("[9.0]", "[9.1]"))
    assert toys.standing() == ("edited", "the text says 9.1; last(loss)@wide is 9.0")


def test_a_handle_that_is_given_to_another_run_does_not_pass_its_number_on(toys: Toys) -> None:
    toys.ask(LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    toys.ask(LINK, "cc33=base")
    before = toys.files()
    assert toys.standing()[0] != "unverifiable"
    toys.fill()
    assert toys.files() == before


@pytest.mark.parametrize("body", [LINK, TABLE + LINK])
def test_an_entry_that_is_renamed_with_its_evidence_keeps_its_numbers(toys: Toys, body: str) -> None:
    toys.ask(body, "aa11=base")
    toys.fill()
    toys.take_away()
    for folder, end in (("entries", "md"), ("evidence", "json")):
        (toys.root / f"{folder}/{ENTRY}.{end}").rename(toys.root / f"{folder}/{OTHER}.{end}")
    config = configuration.find(toys.root)
    found = plan(config, f"entries/{OTHER}.md", Sources(config))
    assert set(states(found)) == {"unverifiable"}
    write(found, config)
    assert "[9.0](run:base" in toys.read(OTHER)
    assert toys.evidence(OTHER)["entry"] == OTHER


def test_a_number_without_any_evidence_is_not_called_edited_while_its_run_is_away(toys: Toys) -> None:
    toys.ask(TABLE + LINK, "aa11=base")
    toys.fill()
    toys.take_away()
    (toys.root / f"evidence/{ENTRY}.json").unlink()
    before = toys.files()
    first, second = map(said, toys.plan().blocks)
    assert first == second
    assert first[0] == "stale"
    assert first[1].startswith("it has no evidence (was the entry renamed? rename that too), and run base")
    toys.fill()
    assert toys.files() == before
    toys.bring_back()
    toys.fill()
    assert states(toys.plan()) == ["fresh", "fresh"]


def test_a_number_without_evidence_of_a_metric_that_is_not_there_is_the_authors(toys: Toys) -> None:
    toys.ask('[9.0](run:base "last(gone)")\n', "aa11=base")
    before = toys.files()
    assert toys.standing()[0] == "edited"
    toys.fill()
    assert toys.files() == before


@pytest.mark.parametrize(("key", "shown"), [("odd", "…"), ("path", "…"), ("plain", "adam")])
def test_config_text_that_would_break_the_table_around_it_is_not_written(toys: Toys, key: str, shown: str) -> None:
    toys.ask(f'| a | b |\n|---|---|\n| [TBD](run:base "config({key})") | 1 |\n', "aa11=base")
    toys.fill()
    assert f"| [{shown}](run:base" in toys.text
    assert toys.standing() == ("fresh", "")
    assert [len(row.split("|")) for row in toys.text.splitlines() if row.startswith("|")] == [4, 4, 4]


def test_a_bad_expression_of_any_length_is_told_in_a_short_line(toys: Toys) -> None:
    toys.ask(f'[TBD](run:base "last({"x" * 3_000}")\n', "aa11=base")
    with pytest.raises(Exception, match="character") as refused:
        toys.plan()
    assert len(str(refused.value)) < 400
    assert "YAML" not in str(refused.value)
