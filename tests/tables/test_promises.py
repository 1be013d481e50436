"""Values cited in running text: filled, kept in their author's form, and checked like cells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from toys import ENTRY, Toys, block, line, said

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

EXACT = "mean(loss)"
MEAN = 1234.5678


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    """A run `a` with a loss of 1234.5678 throughout, of which a fifth of another metric is above 0.5."""
    desk = Toys.begin(tmp_path)
    desk.run(
        "a",
        {"loss": line(range(10), 0, MEAN), "sat": line(range(10), 0.125, -0.375), "low": line(range(4), 0, -0.25)},
        config={"name": "adam", "lr": 0.001},
    )
    return desk


def link(text: str, expression: str = EXACT, run: str = "a") -> str:
    return f'[{text}](run:{run} "{expression}")'


def cite(toys: Toys, text: str, expression: str = EXACT, run: str = "a") -> str:
    """What a cited value says after a fill."""
    toys.ask(f"It was {link(text, expression, run)}.\n", "a")
    toys.fill()
    return shown(toys)


def shown(toys: Toys) -> str:
    return toys.text.partition("It was [")[2].partition("]")[0]


@pytest.mark.parametrize(
    ("text", "expression", "filled"),
    [
        ("TBD", "mean(loss)", "1235"),
        ("?", "mean(loss) / 1000", "1.23"),
        ("", "mean(loss)", "1235"),
        ("TBD%", "share(sat > 0.2)", "50%"),
        ("TBD", "count(sat > 0.2)", "5"),
        ("TBD×", "mean(loss) / mean(low)", "-4938×"),
        ("TBD", "config(name)", "adam"),
        ("TBD", "config(lr)", "0.00100"),
        ("TBD", "last(gone)", "TBD"),
        ("TBD", "mean(loss)[50..60]", "—"),
    ],
)
def test_what_is_still_to_be_filled_gets_its_number(toys: Toys, text: str, expression: str, filled: str) -> None:
    assert cite(toys, text, expression) == filled
    again = toys.files()
    toys.fill()
    assert toys.files() == again


@pytest.mark.parametrize(
    "text", ["1234.5678", "1234.568", "1,234.6", "1235", "1235.", "1.23e3", "1.2346E+03", "+1234.6", "1234.567800"]
)
def test_the_authors_precision_is_kept_and_the_number_is_fresh_in_it(toys: Toys, text: str) -> None:
    if text == "1235.":
        text = "1235"
    assert cite(toys, text) == text
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize("text", ["1234.57", "1235", "1.2e3"])
def test_another_precision_is_no_edit(toys: Toys, text: str) -> None:
    cite(toys, "TBD")
    before = toys.found
    toys.rewrite(link("1235"), link(text))
    assert toys.standing() == ("fresh", "")
    toys.fill()
    assert (shown(toys), toys.found) == (text, before)


@pytest.mark.parametrize(
    "text", ["1234", "1236", "1234.5679", "1.24e3", "12.3", "-1235", "1235%", "about 1235", "many"]
)
def test_a_number_that_was_edited_by_hand_is_kept_and_told_with_both(toys: Toys, capsys: Capsys, text: str) -> None:
    cite(toys, "TBD")
    toys.rewrite(link("1235"), link(text))
    before = toys.files()
    state, message = toys.standing()
    assert state == "edited"
    assert f"the text says {text};" in message
    assert "mean(loss)@a is 123" in message or "mean(loss)@a is 1.23e3" in message or "is -123" in message
    assert toys.call(capsys, "fill-results").code == 1
    assert toys.files() == before
    found = toys.call(capsys, "check")
    assert found.code == 1
    assert f"entries/{ENTRY}.md:7:" in found.out
    toys.fill(force=True)
    assert toys.standing() == ("fresh", "")


@pytest.mark.parametrize(
    ("expression", "filled"),
    [
        ("mean(loss)[50..60]", "—"),
        ("first_nonfinite(loss)", "—"),
        ("at(odd, 0)", "NaN"),
        ("at(odd, 1)", "∞"),
        ("last(odd)", "—"),
        ("config(on)", "true"),
        ("config(bracketed)", "…"),
        ("config(empty)", "…"),
    ],
)
def test_what_is_no_number_is_fresh_as_well(toys: Toys, expression: str, filled: str) -> None:
    toys.run(
        "a",
        {"loss": line(range(10)), "odd": [(0, math.nan), (1, math.inf)]},
        config={"on": True, "bracketed": "x [y]", "empty": ""},
    )
    assert cite(toys, "TBD", expression) == filled
    before = toys.files()
    assert toys.standing() == ("fresh", "")
    toys.take_away()
    assert toys.standing()[0] == "unverifiable"
    toys.fill()
    assert toys.files() == before


def test_an_edit_is_seen_with_the_runs_away_too(toys: Toys) -> None:
    cite(toys, "TBD")
    toys.rewrite(link("1235"), link("1236"))
    toys.take_away()
    assert toys.standing()[0] == "edited"


def test_a_number_that_an_author_wrote_before_any_fill_is_not_overwritten_when_it_is_wrong(toys: Toys) -> None:
    assert cite(toys, "999") == "999"
    assert toys.standing()[0] == "edited"
    assert cite(toys, "1235") == "1235"
    assert toys.standing() == ("fresh", "")


def test_a_number_drifts_when_the_log_grows_and_keeps_its_form(toys: Toys) -> None:
    toys.run("a", {"loss": line(range(10), 1.0)}, code=None)
    cite(toys, "TBD", "max(loss)")
    toys.rewrite("[9]", "[9.0]")
    assert toys.standing() == ("fresh", "")
    toys.run("a", {"loss": line(range(20), 1.0)}, code=None)
    state, message = toys.standing()
    assert (state, message) == ("drifted", "max(loss)@a: 9.0 is now 19.0 (the log of run a grew from 10 to 20 rows)")
    toys.fill()
    assert shown(toys) == "19.0"
    assert toys.standing() == ("fresh", "")


def test_a_number_out_of_reach_is_unverifiable_and_stays(toys: Toys, capsys: Capsys) -> None:
    cite(toys, "TBD")
    before = toys.files()
    toys.take_away()
    assert toys.standing() == ("unverifiable", "run a is out of reach")
    assert toys.call(capsys, "fill-results").code == 3
    assert toys.files() == before


def test_another_expression_out_of_reach_does_not_take_the_number_along(toys: Toys) -> None:
    cite(toys, "TBD")
    toys.take_away()
    toys.rewrite("mean(loss)", "max(loss)")
    before = toys.text
    toys.fill()
    assert toys.text == before


def test_a_run_that_is_not_there_yet_leaves_the_value_open(toys: Toys) -> None:
    assert cite(toys, "TBD", run="later") == "TBD"
    assert toys.standing() == ("pending", "run later is not there yet")
    toys.run("later", {"loss": line(range(3))})
    assert toys.standing()[0] == "stale"
    toys.fill()
    assert shown(toys) == "1"


@pytest.mark.parametrize("run", ["a", "offline-run-19700101_000001-a", "wandb/offline-run-19700101_000001-a"])
def test_a_value_may_be_of_a_run_that_the_front_matter_does_not_name(toys: Toys, run: str) -> None:
    toys.ask(f"It was {link('TBD', EXACT, run)}.\n")
    toys.fill()
    assert shown(toys) == "1235"
    assert toys.standing() == ("fresh", "")


def test_two_places_may_show_one_expression_with_different_digits(toys: Toys) -> None:
    toys.ask(f"{link('1235')} or {link('1234.57')} or {link('TBD')}, and {link('1235')}\n", "a")
    toys.fill()
    assert f"{link('1235')} or {link('1234.57')} or {link('1235')}, and {link('1235')}\n" in toys.text
    assert {said(report) for report in toys.plan().blocks} == {("fresh", "")}
    assert (
        list(toys.found["citations"].values()) == [toys.found["citations"]["a mean(loss)"]]
        or len(toys.found["citations"]) == 1
    )


def test_one_of_two_places_that_is_edited_is_told_alone(toys: Toys) -> None:
    toys.ask(f"{link('1235')} or {link('1234.57')}\n", "a")
    toys.fill()
    before = toys.found
    toys.rewrite("1234.57", "1234.58")
    assert sorted(report.state.value for report in toys.plan().blocks) == ["edited", "fresh"]
    toys.fill()
    assert toys.found == before
    assert "1234.58" in toys.text


def test_the_evidence_of_a_cited_value_is_a_block_of_one_cell(toys: Toys) -> None:
    cite(toys, "TBD")
    ((name, found),) = toys.found["citations"].items()
    assert "mean(loss)" in name
    assert (found["kind"], list(found["runs"])) == ("value", ["a"])
    (cell,) = found["cells"]
    assert (cell["expression"], cell["row"], cell["n"], cell["run"]) == ("mean(loss)@a", "a", 10, "a")
    assert cell["value"] == pytest.approx(MEAN, rel=1e-15)


def test_a_cited_value_that_is_taken_out_leaves_the_evidence(toys: Toys) -> None:
    cite(toys, "TBD")
    toys.rewrite(link("1235"), "1235")
    toys.fill()
    assert not toys.found.get("citations")
    assert not toys.found.get("runs")


def test_arithmetic_across_runs_is_cited_too(toys: Toys) -> None:
    toys.run("b", {"loss": line(range(10), 0, 2.0)})
    toys.ask(f"It was {link('TBD', 'mean(loss) - mean(loss)@b')}.\n", "a", "b")
    toys.fill()
    assert shown(toys) == "1233"
    (found,) = toys.found["citations"].values()
    assert list(found["runs"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [("meen(loss)", "no statistic 'meen'"), ("mean(loss", "expected"), ("config(name) + 1", "config(name)")],
)
def test_an_expression_that_is_none_is_a_one_line_error_at_its_line(
    toys: Toys, capsys: Capsys, expression: str, message: str
) -> None:
    toys.ask(f"\nIt was {link('TBD', expression)}.\n", "a")
    before = toys.files()
    found = toys.call(capsys, "fill-results")
    assert found.code == 1
    assert found.err.startswith(f"error: entries/{ENTRY}.md:8:")
    assert message in found.err.splitlines()[0]
    assert toys.files() == before


def test_config_text_is_checked_as_well(toys: Toys) -> None:
    assert cite(toys, "TBD", "config(name)") == "adam"
    assert toys.standing() == ("fresh", "")
    toys.rewrite("[adam]", "[adamw]")
    assert toys.standing() == ("edited", "the text says adamw; config(name)@a is adam")


def test_a_renamed_block_is_still_known_by_its_sum(toys: Toys) -> None:
    toys.table("metrics: [loss]\nruns: [a]", "a")
    toys.take_away()
    toys.rewrite("journal:table\n", "journal:table losses\n")
    toys.fill()
    assert "| loss | 1235 |" in toys.text
    assert list(toys.found["blocks"]) == ["losses"]


def test_blocks_and_values_of_an_entry_stand_apart(toys: Toys) -> None:
    toys.ask(block("metrics: [loss]\nruns: [a]") + f"\nIt was {link('TBD')}.\n", "a")
    toys.fill()
    toys.rewrite(link("1235"), link("1236"))
    assert [said(report)[0] for report in toys.plan().blocks] == ["fresh", "edited"]
    assert set(toys.found) >= {"blocks", "citations"}
