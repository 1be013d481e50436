"""Tables of groups of runs, such as seeds."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import pytest

from desk import cells
from toys import ENTRY, Toys, block, line

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

RUNS = {  # id: width, seed, value of the loss at every step
    "a1": (32, 1, 1.0),
    "a2": (32, 2, 2.0),
    "a3": (32, 3, 4.0),
    "b1": (64, 1, 2.0),
    "b2": (64, 2, 4.0),
    "b3": (64, 3, 4.5),
    "c1": (128, 1, 7.0),
}
BY_WIDTH = "groups: width\nrows: [metrics]\nmetrics: [loss]\nstats: [mean]\n"
BY_HAND = "groups: {narrow: [a1, a2, a3], wide: [b1, b2, b3]}\nrows: [metrics]\nmetrics: [loss]\nstats: [mean]\n"
TESTED = "compare: {test: wide/narrow}"


def put(toys: Toys, run_id: str, width: int | None, seed: object, value: float, **more: object) -> None:
    config = {name: each for name, each in {"width": width, "seed": seed, **more}.items() if each is not None}
    toys.run(run_id, {"loss": line(range(10), 0, value)}, config=config)


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    desk = Toys.begin(tmp_path)
    for run_id, (width, seed, value) in RUNS.items():
        put(desk, run_id, width, seed, value)
    return desk


def found(toys: Toys) -> dict[str, dict[str, object]]:
    """The evidence of each column."""
    return {cell["column"]: cell for cell in toys.found["blocks"]["table"]["cells"]}


def test_runs_are_grouped_by_a_key_of_their_config(toys: Toys) -> None:
    table = toys.table(BY_WIDTH, *RUNS)
    assert table == [
        ["metric", "width=32", "width=64", "width=128"],
        ["loss", "2.33 ± 1.5 (n = 3)", "3.50 ± 1.3 (n = 3)", "7.00 (n = 1)"],
    ]
    cell = found(toys)["width=32"]
    values = [1.0, 2.0, 4.0]
    assert cell["value"] == pytest.approx(statistics.mean(values), rel=1e-15)
    assert cell["group"] == {"n": 3, "std": pytest.approx(statistics.stdev(values), rel=1e-12)}
    assert toys.found["blocks"]["table"]["spec"]["groups"] == {
        "width=32": ["a1", "a2", "a3"],
        "width=64": ["b1", "b2", "b3"],
        "width=128": ["c1"],
    }
    assert toys.standing() == ("fresh", "")


def test_the_evidence_of_a_group_holds_every_run_of_it_and_what_put_it_there(toys: Toys) -> None:
    toys.table(BY_WIDTH, *RUNS)
    parts = found(toys)["width=64"]["parts"]
    assert isinstance(parts, list)
    assert [part["expression"] for part in parts] == [
        each for run_id in ("b1", "b2", "b3") for each in (f"config(width)@{run_id}", f"mean(loss)@{run_id}")
    ]
    assert [part["value"] for part in parts] == [64, 2, 64, 4, 64, 4.5]


@pytest.mark.parametrize("key", ["width", "config(width)"])
def test_the_key_may_be_spelt_as_an_expression(toys: Toys, key: str) -> None:
    assert toys.table(BY_WIDTH.replace("width", key), *RUNS)[0][1:] == ["width=32", "width=64", "width=128"]


def test_a_group_of_one_run_is_marked(toys: Toys) -> None:
    toys.table(BY_WIDTH, *RUNS)
    assert "n = 1: one run tells nothing of how runs scatter" in toys.caption
    toys.table(BY_HAND, *RUNS)
    assert "n = 1" not in toys.caption
    assert "mean ± sample standard deviation over runs" in toys.caption


def test_groups_can_be_named_by_hand(toys: Toys) -> None:
    table = toys.table(BY_HAND + "compare: {ratio: wide/narrow, delta: wide/narrow, percent: wide/narrow}", *RUNS)
    assert table[0] == ["metric", "narrow", "wide", "wide / narrow", "wide − narrow", "wide vs narrow"]
    assert table[1][3:] == ["1.50×", "+1.17", "+50.0%"]
    assert found(toys)["wide / narrow"]["expression"] == "mean(loss)@wide / mean(loss)@narrow"


def test_values_are_made_for_each_run_and_then_averaged(toys: Toys) -> None:
    spec = "groups: {narrow: [a1, a2, a3]}\nvalues: {twice: mean(loss) + last(loss), width: config(width)}"
    table = toys.table(spec, *RUNS)
    assert sorted(row[1] for row in table[1:]) == ["32.0 ± 0 (n = 3)", "4.67 ± 3.1 (n = 3)"]


@pytest.mark.parametrize(("interval", "words"), [("t", "95% t interval"), ("bootstrap", "95% BCa bootstrap interval")])
def test_an_interval_stands_beside_the_mean_and_is_named(toys: Toys, interval: str, words: str) -> None:
    put(toys, "a4", 32, 4, 2.25)
    put(toys, "a5", 32, 5, 2.75)
    toys.table(BY_HAND.replace("a3]", "a3, a4, a5]") + f"interval: {interval}", *RUNS, "a4", "a5")
    assert f"; {words}; " in toys.caption
    group = found(toys)["narrow"]["group"]
    assert isinstance(group, dict)
    assert group["low"] < 2.4 < group["high"]
    assert f"[{group['low']:.2f}, {group['high']:.2f}]" in toys.text.replace("&#91;", "[").replace("&#93;", "]")
    before = toys.files()
    toys.fill(force=True)
    assert toys.files() == before  # the same random numbers every time


def test_runs_of_one_seed_are_paired_for_the_test(toys: Toys) -> None:
    table = toys.table(BY_HAND + TESTED, *RUNS)
    cell = found(toys)["wide − narrow, tested"]
    test = cell["test"]
    assert isinstance(test, dict)
    assert (test["name"], test["n"], test["paired"]) == ("paired t-test", 3, True)
    differences = [1.0, 2.0, 0.5]
    assert cell["value"] == pytest.approx(statistics.mean(differences), rel=1e-12)
    assert "paired t-test, 3 pairs, two-sided" in toys.caption
    assert table[1][-1].startswith("+1.17 (p = 0.")
    parts = cell["parts"]
    assert isinstance(parts, list)
    assert {part["expression"] for part in parts} >= {f"config(seed)@{run_id}" for run_id in ("a1", "b3")}


def test_another_key_may_pair(toys: Toys) -> None:
    for run_id, (width, seed, value) in RUNS.items():
        put(toys, run_id, width, None, value, fold=seed)
    toys.table(BY_HAND + TESTED + "\npair: fold", *RUNS)
    assert "paired t-test, 3 pairs" in toys.caption


@pytest.mark.parametrize("kind", ["none", "doubled", "unlike"])
def test_runs_that_cannot_be_paired_are_tested_unpaired(toys: Toys, kind: str) -> None:
    for run_id, (width, seed, value) in RUNS.items():
        seeds = {"none": None, "doubled": 1 if run_id in {"a1", "a2"} else seed, "unlike": f"{run_id}"}
        put(toys, run_id, width, seeds[kind], value)
    toys.table(BY_HAND + TESTED, *RUNS)
    test = found(toys)["wide − narrow, tested"]["test"]
    assert isinstance(test, dict)
    assert not test["paired"]
    assert test["n"] == 6
    assert toys.standing() == ("fresh", "")


def test_a_run_without_a_partner_is_not_paired_with_another(toys: Toys) -> None:
    put(toys, "b3", 64, 9, 4.5)
    toys.table(BY_HAND + TESTED, *RUNS)
    cell = found(toys)["wide − narrow, tested"]
    test = cell["test"]
    assert isinstance(test, dict)
    if test["paired"]:
        assert (test["n"], cell["value"]) == (2, 1.5)
    else:
        assert test["n"] == 6


def test_a_member_that_is_not_there_yet_is_left_out_and_waited_for(toys: Toys) -> None:
    spec = BY_HAND.replace("b3]", "b3, later]")
    assert toys.table(spec, *RUNS, "later")[1][1:] == ["2.33 ± 1.5 (n = 3)", "3.50 ± 1.3 (n = 3 of 4)"]
    assert "; without a value: later of wide; " in toys.caption
    assert toys.standing() == ("pending", "run later is not there yet")
    put(toys, "later", 64, 4, 3.5)
    state, message = toys.standing()
    assert state in {"drifted", "stale"}
    assert "has arrived" in message
    assert "its evidence was changed" not in message
    toys.fill()
    assert cells(toys.text)[1][2] == "3.50 ± 1.1 (n = 4)"
    assert "without a value" not in toys.caption
    assert toys.standing() == ("fresh", "")


def test_a_run_that_comes_may_bring_a_group_of_its_own(toys: Toys) -> None:
    assert toys.table(BY_WIDTH, *RUNS, "later")[0][1:] == ["width=32", "width=64", "width=128"]
    assert toys.standing() == ("pending", "run later is not there yet")
    assert "; without a value: later, whose width is not known; " in toys.caption
    put(toys, "later", 256, 4, 3.5)
    state, message = toys.standing()
    assert state in {"drifted", "stale"}
    assert message != "its text is not what its evidence says"
    toys.fill()
    assert cells(toys.text)[0][1:] == ["width=32", "width=64", "width=128", "width=256"]
    assert "without a value" not in toys.caption


def test_a_group_of_which_nobody_is_there_is_pending(toys: Toys) -> None:
    table = toys.table("groups: {now: [a1], then: [later]}\nmetrics: [loss]\nrows: [metrics]", "a1", "later")
    assert table[1] == ["loss", "1.00 (n = 1)", "TBD"]


@pytest.mark.parametrize("compare", ["", "compare: {test: width=64/width=32, delta: width=64/width=32}"])
def test_a_table_that_was_planned_before_its_runs_is_pending_until_they_come(toys: Toys, compare: str) -> None:
    toys.take_away()
    spec = BY_WIDTH.replace("rows: [metrics]\nmetrics: [loss]", "metrics: [loss, acc]") + compare
    assert toys.table(spec)[1:] == [["loss", "TBD"], ["acc", "TBD"]]
    assert toys.standing() == ("pending", "no runs yet")
    assert toys.table(spec, *RUNS)[1:] == [["loss", "TBD"], ["acc", "TBD"]]
    state, message = toys.standing()
    assert (state, message.partition(";")[0]) == ("pending", "run a1 is not there yet")
    toys.bring_back()
    assert toys.standing()[0] in {"stale", "drifted"}
    toys.fill()
    assert len(cells(toys.text)[0]) == (6 if compare else 4)


def test_a_group_without_runs_is_waited_for(toys: Toys) -> None:
    assert toys.table("groups: {now: [a1], then: []}\nmetrics: [loss]\nrows: [metrics]", *RUNS)[1][2] == "TBD"
    assert toys.standing() == ("pending", "group then has no runs yet")


def test_a_comparison_with_a_group_that_never_was_is_an_error_once_every_run_is_there(
    toys: Toys, capsys: Capsys
) -> None:
    toys.ask(block(BY_WIDTH + "compare: {delta: width=65/width=32}"), *RUNS)
    assert "compare: 'width=65/width=32' does not name two columns" in toys.call(capsys, "fill-results").err


def test_a_member_without_rows_is_left_out_and_not_waited_for(toys: Toys) -> None:
    toys.run("a3", {"other": line(range(3))}, config={"width": 32})
    assert toys.table(BY_HAND, *RUNS)[1][1] == "1.50 ± 0.71 (n = 2 of 3)"
    assert "; without a value: a3 of narrow; " in toys.caption
    assert toys.standing() == ("fresh", "")
    before = toys.files()
    toys.take_away()
    toys.fill()
    assert toys.files() == before


def test_one_of_two_is_not_taken_for_one_alone(toys: Toys) -> None:
    table = toys.table("groups: {now: [c1, later]}\nmetrics: [loss]\nrows: [metrics]", "c1", "later")
    assert table[1] == ["loss", "7.00 (n = 1 of 2)"]
    assert found(toys)["now"]["group"] == {"n": 1, "missing": 1}
    assert "; without a value: later of now; " in toys.caption


@pytest.mark.parametrize("groups", ["{both: [c1, again, a1]}", "width"])
@pytest.mark.parametrize("away", [False, True])
def test_a_run_under_two_handles_counts_once(toys: Toys, capsys: Capsys, groups: str, away: bool) -> None:
    put(toys, "c1-longer-id", 128, 1, 7.0)
    spec = f"groups: {groups}\nmetrics: [loss]"
    toys.table("metrics: [loss]", "a1", "c1-longer-id=c1", "c1-l=again")
    if away:
        toys.take_away()
    for named in ("c1-l=again", "c1-longer-id=again"):
        toys.ask(block(spec), "a1", "c1-longer-id=c1", named)
        if away and groups == "width":
            continue  # nobody knows their config, so that there are no groups
        said = toys.call(capsys, "fill-results")
        assert said.code == 1
        assert "'c1' and 'again' are the same run (a run counts once: name one)" in said.err


def test_a_run_may_be_of_two_groups_and_a_handle_stand_twice_in_one(toys: Toys) -> None:
    spec = "groups: {one: [a1, a1], both: [a1, a2]}\nmetrics: [loss]\nrows: [metrics]"
    assert toys.table(spec, *RUNS)[1][1:] == ["1.00 (n = 1)", "1.50 ± 0.71 (n = 2)"]


def test_of_a_bootstrap_of_few_runs_it_is_told_why_there_is_none(toys: Toys) -> None:
    assert toys.table(BY_HAND + "interval: bootstrap", *RUNS)[1][1] == "2.33 ± 1.5 (n = 3)"
    assert "; no 95% BCa bootstrap interval of fewer than 5 runs; " in toys.caption


def test_the_mean_of_counts_stands_with_what_each_is_out_of(toys: Toys) -> None:
    toys.run("a2", {"loss": line(range(14), 0, 2.0)}, config={"width": 32, "seed": 2})
    spec = BY_HAND.replace("[mean]", "[count(x > 1.5), mean]")
    toys.table(spec, *RUNS)
    assert "; count(x &#62; 1.5) of loss: out of 10, 14 rows; " in toys.caption
    toys.table("runs: [a1]\n" + spec[spec.index("rows") :], *RUNS)
    assert "out of" not in toys.caption


def test_unlike_tests_are_told_with_the_rows_that_each_is_of(toys: Toys) -> None:
    for run_id, (width, seed, value) in RUNS.items():
        rows = {"loss": line(range(10), 0, value)} | ({"acc": line(range(10), 0, value)} if run_id != "b3" else {})
        toys.run(run_id, rows, config={"width": width, "seed": seed})
    toys.table(BY_HAND.replace("[loss]", "[loss, acc, other]") + TESTED, *RUNS)
    assert "; paired t-test, 3 pairs, two-sided (loss); Welch's t-test, 5 runs, two-sided (acc); " in toys.caption
    toys.table(
        BY_HAND.replace("wide: [", "few: [b1, b2], wide: [") + "compare: {test: [wide/narrow, few/narrow]}", *RUNS
    )
    told = "paired t-test, 3 pairs, two-sided (wide − narrow, tested); Welch's t-test, 5 runs, two-sided (few − narrow"
    assert told in toys.caption


def test_no_test_is_told_of_where_none_was_made(toys: Toys) -> None:
    table = toys.table(
        "groups: {one: [c1], narrow: [a1, a2]}\nrows: [metrics]\nmetrics: [loss]\ncompare: {test: one/narrow}", *RUNS
    )
    assert table[1][-1] == "+5.50 (p unknown)"
    assert "t-test" not in toys.caption


@pytest.mark.parametrize("spec", [BY_WIDTH, BY_HAND + TESTED, BY_HAND + "interval: t\ncompare: {ratio: wide/narrow}"])
@pytest.mark.parametrize("away", ["*-a2", "*"])
def test_runs_out_of_reach_are_recalled(toys: Toys, capsys: Capsys, spec: str, away: str) -> None:
    toys.table(spec, *RUNS)
    before = toys.files()
    toys.take_away(away)
    state, message = toys.standing()
    assert state == "unverifiable"
    assert "is out of reach" in message
    assert toys.call(capsys, "fill-results").code == 3
    assert toys.files() == before
    toys.bring_back()
    assert toys.standing() == ("fresh", "")


def test_a_seed_that_is_not_there_is_not_waited_for_with_the_runs_away(toys: Toys) -> None:
    for run_id, (width, _, value) in RUNS.items():
        put(toys, run_id, width, None, value)
    toys.table(BY_HAND + TESTED, *RUNS)
    before = toys.files()
    toys.take_away()
    assert toys.standing()[0] == "unverifiable"
    toys.fill()
    assert toys.files() == before


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("groups: {a: [a1, nobody]}\nmetrics: [loss]", "no run 'nobody' in this entry"),
        ("groups: {}\nmetrics: [loss]", "groups: there are none"),
        ("metrics: [loss]\ncompare: {test: a1/a2}", "an interval or a test needs `groups`"),
        ("metrics: [loss]\ninterval: t", "an interval or a test needs `groups`"),
        (BY_HAND + "compare: {ratio: wide/middle}", "does not name two columns"),
    ],
)
def test_groups_that_cannot_be_are_a_one_line_error(toys: Toys, capsys: Capsys, spec: str, message: str) -> None:
    toys.ask(block(spec), *RUNS)
    said = toys.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.startswith(f"error: entries/{ENTRY}.md:")
    assert message in said.err.splitlines()[0]


def test_a_run_without_the_key_that_groups_belongs_to_none(toys: Toys) -> None:
    toys.run("w1", {"loss": line(range(3))}, config={"width": 1})
    toys.run("w2", {"loss": line(range(5))}, config={"other": 1})
    found = toys.table("groups: width\nmetrics: [loss]", "w1", "w2")
    assert found == [["metric", "width=1"], ["loss", "2.00 (n = 1)"]]
    assert "without a value: w2, whose width is not known" in toys.caption
