"""`fill-results --accept`: what somebody wrote into the tool's text becomes the author's, and none of it is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import cells
from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

TABLE = "Before.\n\n" + block("metrics: [loss, acc]\nruns: [a]") + "\nAfter.\n"
CITED = 'It was [TBD](run:a "max(loss)"), yes.\n'


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    return begun(tmp_path)


def begun(root: Path) -> Toys:
    desk = Toys.begin(root)
    desk.run("a", {"loss": line(range(10)), "acc": line(range(10), 0.1)})
    return desk


def filled(toys: Toys, body: str = TABLE) -> str:
    toys.ask(body, "a")
    toys.fill()
    return toys.text


def test_words_between_the_tools_lines_go_below_the_block_which_stays(toys: Toys) -> None:
    text = filled(toys)
    toys.rewrite("| loss | 9 |\n", "| loss | 9 |\n| mine | 7 |\n")
    toys.rewrite("rows used: a 10*\n", "rows used: a 10*\n\nMy own words.\nAnd more.\n")
    assert toys.standing()[0] == "edited"
    toys.fill(accept=True)
    closing = re.search(r"<!-- /journal:table .*-->\n", text)
    assert closing is not None
    head, tail = text[: closing.end()], text[closing.end() :]
    assert toys.text.startswith(head)
    assert toys.text.endswith(tail)
    mine = toys.text.removeprefix(head).removesuffix(tail)
    assert [each for each in mine.split("\n") if each] == ["| mine | 7 |", "My own words.", "And more."]
    assert mine.startswith("\n")
    assert toys.standing() == ("fresh", "")
    assert "table" in toys.found["blocks"]


def test_words_are_taken_out_of_a_block_whose_numbers_moved_meanwhile_and_the_next_fill_follows(toys: Toys) -> None:
    toys.run("a", {"loss": line(range(10)), "acc": line(range(10), 0.1)}, code=None)
    filled(toys)
    toys.rewrite("| loss | 9 |\n", "| loss | 9 |\n\nMy words.\n\n")
    toys.run("a", {"loss": line(range(20)), "acc": line(range(20), 0.1)}, code=None)
    toys.fill(accept=True)
    assert "| loss | 9 |\n| acc | 0.900 |" in toys.text
    assert toys.text.endswith("\nMy words.\n\nAfter.\n")
    assert toys.standing()[0] == "drifted"
    toys.fill()
    assert "| loss | 19 |\n| acc | 1.90 |" in toys.text
    assert "\nMy words.\n" in toys.text


def test_words_are_taken_out_of_a_block_whose_run_was_replaced_and_its_numbers_stay(toys: Toys) -> None:
    filled(toys)
    toys.rewrite("| loss | 9 |\n", "| loss | 9 |\nMy words.\n")
    toys.run("a", {"loss": line(range(10), 7.0), "acc": line(range(10), 0.7)})
    toys.fill(accept=True)
    toys.fill()
    assert "| loss | 9 |\n| acc | 0.900 |" in toys.text
    assert toys.standing()[0] == "drifted"


def test_changed_numbers_release_the_block(toys: Toys, capsys: Capsys) -> None:
    text = filled(toys)
    toys.rewrite("| loss | 9 |", "| loss | 9.5 |")
    changed = toys.text
    toys.fill(accept=True)
    start = changed.index("<!-- journal:table")
    end = changed.index("-->\n", start) + 4
    closing = re.search(r"<!-- /journal:table .*-->\n", changed)
    assert closing is not None
    assert toys.text == changed[:start] + changed[end : closing.start()] + changed[closing.end() :]
    assert text != toys.text
    assert "journal:" not in toys.text
    assert toys.found["blocks"] == {}
    assert toys.found["runs"] == {}
    assert toys.call(capsys, "fill-results", "--check").code == 0


def test_a_released_block_leaves_the_others_and_their_runs(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(4))})
    two = block("metrics: [loss]\nruns: [b]").replace("journal:table\n", "journal:table other\n", 1)
    toys.ask(TABLE + "\n" + two, "a", "b")
    toys.fill()
    toys.rewrite("| loss | 9 |", "| loss | 9.5 |")
    toys.fill(accept=True)
    assert list(toys.found["blocks"]) == ["other"]
    assert list(toys.found["runs"]) == ["b"]
    assert toys.standing() == ("fresh", "")


def test_a_released_block_keeps_its_line_endings(toys: Toys) -> None:
    filled(toys)
    path = toys.root / f"entries/{ENTRY}.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").replace(b"| 9 |", b"| 9.5 |"))
    before = path.read_bytes()
    toys.fill(accept=True)
    after = path.read_bytes()
    assert after.count(b"\n") == after.count(b"\r\n")
    assert b"| loss | 9.5 |\r\n" in after
    assert len(after) < len(before)


def test_a_cited_value_loses_its_link_and_keeps_its_words(toys: Toys) -> None:
    filled(toys, CITED)
    assert 'It was [9](run:a "max(loss)"), yes.' in toys.text
    toys.rewrite("[9]", "[10]")
    toys.fill(accept=True)
    assert "It was 10, yes.\n" in toys.text
    assert not toys.found.get("citations")
    assert toys.found["runs"] == {}
    assert toys.plan().blocks == ()


def test_of_two_places_only_the_edited_one_loses_its_link(toys: Toys) -> None:
    filled(toys, CITED + CITED)
    head, _, tail = toys.text.rpartition("[9]")
    toys.write(f"entries/{ENTRY}.md", f"{head}[10]{tail}")
    toys.fill(accept=True)
    assert toys.text.endswith('It was [9](run:a "max(loss)"), yes.\nIt was 10, yes.\n')
    assert list(toys.found["citations"]) == ["a max(loss)"]
    assert toys.standing() == ("fresh", "")


def test_nothing_is_released_that_nobody_changed(toys: Toys) -> None:
    filled(toys, TABLE + CITED)
    before = toys.files()
    assert not toys.plan(accept=True).changed
    toys.fill(accept=True)
    assert toys.files() == before


@pytest.mark.parametrize("change", [("| 9 |", "| 9 |\n\nMine.\n"), ("| 9 |", "| 8 |")])
def test_with_the_runs_away_no_number_is_lost(toys: Toys, capsys: Capsys, change: tuple[str, str]) -> None:
    filled(toys)
    toys.rewrite(*change)
    toys.take_away()
    toys.call(capsys, "fill-results", "--accept")
    assert "TBD" not in toys.text
    assert change[1].strip("\n").splitlines()[0] in toys.text
    assert change[1].strip().splitlines()[-1] in toys.text
    assert "| acc | 0.900 |" in toys.text


def test_force_and_accept_are_not_given_together(toys: Toys, capsys: Capsys) -> None:
    filled(toys)
    toys.rewrite("| 9 |", "| 8 |")
    before = toys.files()
    found = toys.call(capsys, "fill-results", "--force", "--accept")
    assert found.code == 2
    assert found.err.startswith("error: ")
    assert toys.files() == before


def test_accepting_is_shown_before_it_is_done(toys: Toys, capsys: Capsys) -> None:
    filled(toys)
    toys.rewrite("| 9 |", "| 8 |")
    before = toys.files()
    found = toys.call(capsys, "fill-results", "--accept", "--diff")
    assert "-<!-- journal:table" in found.out
    assert toys.files() == before


def test_text_that_would_break_the_entry_is_refused_and_nothing_is_written(toys: Toys, capsys: Capsys) -> None:
    filled(toys)
    toys.rewrite("| acc | 0.900 |\n", "| acc | 0.900 |\n\n```\nnever closed\n\n")
    before = toys.files()
    found = toys.call(capsys, "fill-results", "--accept")
    if toys.files() == before:
        assert found.code == 1
    else:
        assert "```\nnever closed" in toys.text
        assert cells(toys.text)


WORDS = st.lists(
    st.sampled_from(["My words.", "", "- item", "> quoted", "| a | b |", "*emphasis*", "  indented"]),
    min_size=1,
    max_size=4,
)


@pytest.mark.untraced
@settings(max_examples=30)
@given(added=WORDS, at=st.integers(0, 9))
def test_no_line_that_was_written_in_is_lost(
    added: list[str], at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    toys = begun(tmp_path_factory.mktemp("toys"))
    lines = filled(toys).splitlines(keepends=True)
    first = next(number for number, each in enumerate(lines) if each.startswith("-->")) + 1
    last = next(number for number, each in enumerate(lines) if each.startswith("<!-- /"))
    place = first + at % (last - first + 1)
    lines[place:place] = [f"{each}\n" for each in added]
    toys.write(f"entries/{ENTRY}.md", "".join(lines))
    toys.fill(accept=True)
    for each in added:
        assert toys.text.count(each) >= added.count(each)
    assert "| loss | 9 |" in toys.text
    assert toys.text.startswith("".join(lines).partition("<!-- journal")[0])
    assert toys.text.endswith("\nAfter.\n")
    assert not toys.plan(accept=True).changed


def test_blocks_without_names_keep_their_evidence_when_one_before_them_is_given_away(toys: Toys) -> None:
    two = block("metrics: [loss]\nruns: [a]") + "\n" + block("metrics: [acc]\nruns: [a]")
    filled(toys, f"{two}\n" + block("metrics: [acc]\nruns: [a]\nstats: [max]"))
    assert list(toys.found["blocks"]) == ["table", "table-2", "table-3"]
    toys.rewrite("| loss | 9 |", "| loss | 8 |")
    toys.fill(accept=True)
    metrics = {name: found["spec"]["metrics"][0]["value"] for name, found in toys.found["blocks"].items()}
    assert metrics == {"table": "acc", "table-2": "acc"}
    assert {said(report) for report in toys.plan().blocks} == {("fresh", "")}
    assert not toys.plan().changed


def test_what_was_taken_back_is_told_and_is_no_failure(toys: Toys, capsys: Capsys) -> None:
    filled(toys, TABLE + CITED)
    toys.rewrite("| loss | 9 |", "| loss | 8 |")
    toys.rewrite("[9]", "[8]")
    refused = toys.call(capsys, "fill-results")
    assert (refused.code, refused.out.count("edited")) == (1, 2)
    taken = toys.call(capsys, "fill-results", "--accept")
    assert (taken.code, taken.out.count("what was changed by hand is the author's")) == (0, 2)
    assert "It was 8, yes." in toys.text
    assert toys.call(capsys, "fill-results", "--check").code == 0
