from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journal.checks.written import agreement, arithmetic, direction, inline, naming, ownership, reading, shares
from journal.model.window import Window
from journal.stats.expression import parse
from stopwatch import seconds

MILLION = 1_000_000


def numbers(text: str) -> list[tuple[str, str, int, int]]:
    found = reading.read(text)
    cells = [number for table in found.tables for row in table.rows for cell in row for number in cell.numbers]
    return [(number.text, number.unit, number.line, number.column) for number in (*found.numbers, *cells)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Loss is 0.683.", [("0.683", "", 1, 9)]),
        ("It fell\nby **3.6%** to -12.43", [("3.6", "%", 2, 6), ("-12.43", "", 2, 16)]),
        ("about 1.28\u00d7 or 1.9x", [("1.28", "x", 1, 7), ("1.9", "x", 1, 16)]),
        ("up to 1,234.5 and 1e-5", [("1,234.5", "", 1, 7), ("1e-5", "", 1, 19)]),
        ("0.018\u20130.019", [("0.018", "", 1, 1), ("0.019", "", 1, 7)]),
        ("on 2026-02-21 at 18:00:00 with v1.2.3 and 1.2.3", []),
        ("12D, a500-step run4631, 0x1f, 500-step", []),
        ("`sat=1.0` but not `lr(0.5)` nor `a.py:12`", [("1.0", "", 1, 6)]),
        ("see [0.5 here](https://x.org/7.25) and https://y.org/8.25", [("0.5", "", 1, 6)]),
        ('the tool\'s [0.683](run:r "last(train/loss)") stays', []),
        ("<!-- 1.5 --> 2.5 <!-- 3.5 -->, 4.5", []),
        ("say <!-- 1.5 --> 2.5", [("2.5", "", 1, 18)]),
        ("\\`` and 1.5 `` 2.5", [("1.5", "", 1, 9), ("2.5", "", 1, 16)]),
        ("\\``x 1.5` 2.5", [("2.5", "", 1, 11)]),
        ("1" + ",234" * 12, []),
        ("1" + ",234" * 9, [("1" + ",234" * 9, "", 1, 1)]),
        ("1" + ",234" * 50 + "y 1.5", [("1.5", "", 1, 204)]),
        ("```\n1.5\n```\n\n    2.5\n\n3.5", [("3.5", "", 7, 1)]),
        ("| a | b |\n|---|--:|\n| x | **7.5** |\n", [("7.5", "", 3, 9)]),
        ("| a \\| 1.5 | 2.5 |\n|---|---|\n| x \\| y | 7.5 | 8.5 |\n", [("7.5", "", 3, 12)]),
    ],
)
def test_numbers_are_read_where_they_stand(text: str, expected: list[tuple[str, str, int, int]]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "digits"), [("0.0119", 3), ("9084.8", 5), ("1200", 2), ("67.0", 3), ("-32.56", 4), ("0.0", 0), ("1e8", 1)]
)
def test_only_digits_that_say_something_are_significant(text: str, digits: int) -> None:
    number = reading.number(text, 1, 1)
    assert number is not None
    assert number.significant == digits


def test_a_cell_knows_its_column_its_row_what_leads_in_and_the_headings_above() -> None:
    text = "# Top\n\n## Spikes of `r1`\n\nThe *mean*:\n\n| run | max | note |\n|---|---|---|\n| one | 7.5 | two |\n"
    ((row,),) = [table.rows for table in reading.read(text).tables]
    assert [scope.strip() for scope in row[1].numbers[0].scopes] == [
        "max",
        "one",
        "The *mean*:",
        "Spikes of `r1`",
        "Top",
    ]


def test_a_sentence_comes_before_its_paragraph_and_what_leads_in_to_its_list() -> None:
    (number,) = reading.read("## Head\n\nIn run r1:\n\n- First this. Then 7.5 came.\n").numbers
    assert number.scopes == ("Then 7.5 came.", "First this. Then 7.5 came.", "In run r1:", "Head")


def test_a_heading_ends_with_the_next_of_its_level() -> None:
    (number,) = reading.read("## One\n\n### Deep\n\n## Two\n\nSo 7.5.\n").numbers
    assert number.scopes[2:] == ("Two",)


@given(st.text(alphabet='ab12.`[]()<>!-|:"\\ \n*%x', max_size=200))
@example("\\``")
@example("\\``1``")
def test_blanked_text_is_as_long_as_its_source_with_the_same_lines(source: str) -> None:
    found = inline.read(source)
    for text in (found.words, found.numbers):
        assert len(text) == len(source)
        assert [place for place, sign in enumerate(text) if sign == "\n"] == [
            place for place, sign in enumerate(source) if sign == "\n"
        ]


@given(st.text(alphabet="ab12.`[]()<>!-|:\\ \n*%x#é", max_size=300))
def test_every_number_stands_where_it_is_said_to(text: str) -> None:
    lines = text.split("\n")
    for said, _, line, column in numbers(text):
        assert lines[line - 1][column - 1 :].startswith(said)


def test_runs_are_named_by_whole_words_and_short_names_alone() -> None:
    runs = naming.Names({"r1": ["glhqu344", "IGA 12D", "b"], "r2": ["iga", "a"]}, {"r2": ["baseline"]})
    assert runs.within("the run `GLHQU344`") == {"r1"}
    assert runs.within("IGA 12D wins") == {"r1"}
    assert runs.within("IGA wins") == {"r2"}
    assert runs.within("a run, b run, iga-like, glhqu3445, the baseline") == frozenset()
    assert runs.within("**a**") == {"r2"}
    assert runs.within("in `b`") == {"r1"}
    assert runs.within(" Baseline ") == {"r2"}


def test_metrics_are_named_whole_or_by_their_last_parts() -> None:
    metrics = naming.Metrics(["train/ellipsoid_scaling_loss", "train/loss", "val/loss", "val loss (ema)", "time/max"])
    assert metrics.within("`scaling_loss` here") == {"train/ellipsoid_scaling_loss"}
    assert metrics.within("the loss") == {"train/loss", "val/loss"}
    assert metrics.within("Val/Loss.") == {"val/loss"}
    assert metrics.within("val loss (ema)") >= {"val loss (ema)"}
    assert metrics.within("max, scaling, ellipsoid") == frozenset()


def test_metrics_may_be_spelt_with_blanks_where_several_words_tell_them() -> None:
    metrics = naming.Metrics(
        ["t/ellipsoid_scaling_loss", "t/local_scaling_loss", "t/loss", "t/loss_max", "u/grad_norm"]
    )
    both = {"t/ellipsoid_scaling_loss", "t/local_scaling_loss"}
    assert metrics.spelt("a maximum of 5 in Scaling loss.") == both | {"t/loss"}
    assert metrics.spelt("grad norm") == metrics.spelt("the grad-norm,") == {"u/grad_norm"}
    assert metrics.spelt("local scaling") == metrics.spelt("gradnorm, grad, norm") == frozenset()
    assert "t/ellipsoid_scaling_loss" not in metrics.spelt("the local scaling loss")
    assert metrics.spelt("the loss max") == {"t/loss"}
    assert metrics.within("scaling loss") == {"t/loss"}


def test_the_names_of_runs_can_be_left_out_of_a_text() -> None:
    runs = naming.Names({"r1": ["glhqu344", "old"], "r2": ["b"]}, {"r2": ["baseline"]})
    assert runs.without("IGA OLD (`glhqu344`) `b` x").split() == ["iga", "(`", "`)", "x"]
    assert runs.without("**Baseline**") == ""
    assert runs.without("a baseline, older") == "a baseline, older"


def test_statistics_and_windows_are_told_apart() -> None:
    assert naming.statistics("Maximum over the last 500 steps") == {"max"}
    assert naming.statistics("P95 of the final") == {"p95", "last"}
    assert naming.windows("mean, steps 3500\u20134000, then step 7762") == (
        Window(first=3500, last=4000),
        Window(first=7762, last=7762),
    )
    assert [str(window) for window in naming.windows("First 500 steps, [10..20]")] == ["first 500 steps", "10..20"]
    assert naming.windows("steps 20..10") == ()


def ratios(*rows: str, heading: str = "m | a | b | ratio") -> list[tuple[str, float]]:
    lines = [f"| {heading} |", "|" + "---|" * (heading.count("|") + 1), *(f"| {row} |" for row in rows)]
    (table,) = reading.read("\n".join(lines)).tables
    return [(found.number.text, round(found.expected, 3)) for found in arithmetic.unfounded(table)]


@pytest.mark.parametrize(
    "row",
    [
        "x | 0.512 | 0.64 | 1.25x",
        "x | 0.64 | 0.512 | **1.25\u00d7**",
        "x | 0.64 | 0.512 | 1.2x faster",
        "x | 0.64 | 0.512 | -20%",
        "x | 0.64 | 0.512 | +0.128",
        "x | 20% | 25% | 5%",
        "x | 2 | 3 | 1.3x",
        "x | 0.0 | 3.5 | 99x",
        "x | 0.64 | 0.512 | much",
        "x | 0.64 | TBD | 7x",
        "x | 0.64 | 5 (of 7) | 7x",
    ],
)
def test_a_ratio_that_follows_in_any_usual_way_is_left_alone(row: str) -> None:
    assert ratios(row) == []


def test_a_ratio_that_does_not_follow_is_found() -> None:
    assert ratios("x | 0.512 | 0.64 | 1.52x") == [("1.52", 1.25)]
    assert ratios("x | 1.5 | 3.0 | 2.0x", "y | 2.5 | 5.0 | 2.0x", "z | 4.0 | 9.0 | 3.0x") == [("3.0", 2.25)]


def test_the_last_digit_of_a_ratio_may_be_rounded_or_cut_off_but_no_other() -> None:
    assert ratios("x | 1.000 | 1.279 | 1.28x") == []
    assert ratios("x | 1.000 | 1.279 | 1.27x") == []
    assert ratios("x | 1.000 | 1.279 | 1.29x") == [("1.29", 1.279)]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        (
            "way | seconds | memory | speedup",
            ["old | 8.0 | 10 | 1.0x", "new | 2.0 | 11 | 4.0x", "best | 1.0 | 12 | 8.0x"],
        ),
        ("way | seconds | speedup", ["old | 8.0 | 1.0x", "new | 2.0 | 4.0x"]),
        ("m | a | b | rate", ["x | 1.5 | 3.0 | 77x"]),
        ("m | a | b | c | ratio", ["x | 1.5 | 3.0 | 4.5 | 77x"]),
    ],
)
def test_a_column_that_compares_other_things_is_left_alone(heading: str, rows: list[str]) -> None:
    assert ratios(*rows, heading=heading) == []


CHANGES = "m | a | b | Δ | %"


def test_differences_and_percentages_beside_them_are_checked_as_such() -> None:
    good = ("p | 1.0 | 1.5 | +0.5 | +50%", "q | 1.0 | 1.2 | 0.2 | 20%", "r | 3.0 | 2.0 | -1.0 | -33%")
    assert ratios(*good, heading=CHANGES) == []
    assert ratios(*good, "s | 1.0 | 1.5 | +0.7 | +50%", heading=CHANGES) == [("0.7", 0.5)]
    assert ratios(*good, "s | 1.0 | 1.5 | +0.5 | +20%", heading=CHANGES) == [("20", 50.0)]
    assert ratios("p | 1.0 | 1.5 | +0.7 | +50%", "q | 1.0 | 1.5 | 0.5 | +20%", heading=CHANGES) == [
        ("0.7", 0.5),
        ("20", 50.0),
    ]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("m | a | b | Δ", ["p | 1.0 | 1.5 | 1.5", "q | 2.0 | 3.0 | 1.5"]),  # a ratio after all
        ("m | a | b | %", ["p | 1.0 | 1.5 | 50%", "q | 1.0 | 1.5 | 20%"]),  # percentages of anything
    ],
)
def test_percentages_alone_and_ratios_headed_as_differences_are_left_alone(heading: str, rows: list[str]) -> None:
    assert ratios(*rows, heading=heading) == []


FELL = ("p | 4.0 | 2.0 | 2x decrease", "q | 9.0 | 3.0 | 3x decrease")


def wrong_ways(*rows: str, heading: str = "m | a | b | trend") -> list[tuple[str, str]]:
    lines = [f"| {heading} |", "|" + "---|" * (heading.count("|") + 1), *(f"| {row} |" for row in rows)]
    (table,) = reading.read("\n".join(lines)).tables
    return [(found.number.text, found.word) for found in direction.turned(table)]


def test_a_word_that_says_the_wrong_way_is_found() -> None:
    assert wrong_ways(*FELL) == []
    assert wrong_ways(*FELL, "r | 2 | 4 | 2x decrease") == [("2", "decrease")]
    assert wrong_ways(*FELL, "r | 4 | 2 | 2x increase") == [("2", "increase")]
    assert wrong_ways("r | 2 | 4 | 2x decrease", heading="m | First | Last | trend") == [("2", "decrease")]


@pytest.mark.parametrize(
    ("heading", "rows"),
    [
        ("m | a | b | trend", ["r | 2 | 4 | 2x decrease"]),  # from b to a?
        ("m | a | b | trend", ["p | 4 | 2 | 2x decrease", "r | 2 | 4 | 2x decrease"]),
        ("m | new | old | trend", ["p | 2 | 4 | 2x decrease", "q | 3 | 9 | 3x decrease"]),
        ("m | first | last | trend", ["p | 2 | 4 | 2x decrease", "q | 3 | 9 | 3x decrease"]),
        ("m | a | b | trend", [*FELL, "r | 2.0 | 2.0 | 1x increase"]),
        ("m | a | b | trend", [*FELL, "r | -2 | -4 | 2x increase"]),
        ("m | a | b | trend", [*FELL, "r | 2 | 4 | 2x better"]),
        ("m | a | b | trend", [*FELL, "r | 2 | 4% | 2x decrease"]),
        ("m | a | b | c | trend", [f"{row[:3]} | 5 {row[3:]}" for row in (*FELL, "r | 2 | 4 | 2x decrease")]),
        ("m | a | b | note", [*FELL, "r | 2 | 4 | 2x decrease"]),
    ],
)
def test_a_word_that_may_tell_another_way_is_left_alone(heading: str, rows: list[str]) -> None:
    assert wrong_ways(*rows, heading=heading) == []


@given(st.floats(0.001, 1e6), st.floats(0.001, 1e6), st.integers(2, 6), st.integers(2, 6), st.integers(2, 4))
def test_a_ratio_rounded_from_the_numbers_behind_its_cells_always_follows(
    a: float, b: float, digits_a: int, digits_b: int, digits: int
) -> None:
    assert ratios(f"x | {a:.{digits_a}f} | {b:.{digits_b}f} | {a / b:.{digits}f}x") == []


def uneven(*cells: str, label: str = "steps >") -> list[str]:
    rows = [f"| {label} {place} | {cell} |" for place, cell in enumerate(cells)]
    (table,) = reading.read("\n".join(["| what | value |", "|---|---|", *rows])).tables
    return [found.share.count.text for found in shares.contradictions(table)]


def test_shares_of_one_total_agree() -> None:
    assert uneven("78 (3.6%)", "51 (2.35%)") == []
    assert uneven("78 (3.6%)", "51 (2.53%)") == ["51"]
    assert uneven("78 (3.6%)", "51 (2.53%)", label="gain") == []
    assert uneven("+78 (3.6%)", "0.51 (2.53%)", "3 (0%)") == []


def test_a_share_agrees_with_the_total_beside_it() -> None:
    assert uneven("78/2170 (3.6%)", "51 of 2170 (2.35%)", label="part") == []
    assert uneven("78/1000 (3.6%)", label="part") == ["78"]


def disagreements(text: str, *cited: tuple[str, str]) -> list[tuple[str, str, str]]:
    from journal.model.entry import CitedValue

    values = [
        (CitedValue(run="r1", expression=expression, text=said, line=100 + place, column=1), parse(expression))
        for place, (said, expression) in enumerate(cited)
    ]
    runs = naming.Names({"R": ["r1", "wide"], "S": ["s1"]})
    metrics = naming.Metrics(["train/loss"])
    found = agreement.disagreements(reading.read(text), values, runs, metrics)
    return [(each.number.text, each.other.text, f"{each.what} of {each.run}") for each in found]


def test_one_expression_cited_twice_has_one_value() -> None:
    assert disagreements("", ("0.683", "last(train/loss)"), ("0.68", "last(train/loss)[all]")) == []
    assert disagreements("", ("0.683", "last(train/loss)"), ("0.71", "max(train/loss)")) == []
    assert disagreements("", ("0.683", "last(train/loss)"), ("0.71", "last( train/loss )")) == [
        ("0.71", "0.683", "last(train/loss) of R")
    ]


def test_what_hundreds_of_places_say_of_one_thing_is_compared_with_the_first_few() -> None:
    values = [("0.5", "last(train/loss)")] * 5000
    found = []
    taken = seconds(lambda: found.extend(disagreements("", *values, ("0.7", "last(train/loss)"))))
    assert found == [("0.7", "0.5", "last(train/loss) of R")]
    assert taken < 5


def table(cell: str, *, heading: str = "max", row: str = "loss", above: str = "Run wide") -> str:
    return f"## {above}\n\n| what | {heading} |\n|---|---|\n| {row} | {cell} |\n\n"


def test_a_cell_that_says_what_it_is_agrees_with_what_is_cited() -> None:
    cited = ("0.71", "max(train/loss)")
    assert disagreements(table("0.712"), cited) == []
    assert disagreements(table("0.683"), cited) == [("0.71", "0.683", "max(train/loss) of R")]
    for other in (table("0.683", heading="min"), table("0.683", row="x"), table("0.683", above="Run s1")):
        assert disagreements(other, cited) == []
    assert disagreements(table("0.683", above="Run wide at step 5"), cited) == []


def test_two_tables_that_say_the_same_agree() -> None:
    assert disagreements(table("0.712") + table("0.71")) == []
    assert [found[:2] for found in disagreements(table("0.712") + table("0.683"))] == [("0.683", "0.712")]


def layers(*cells: str, first: int = 0) -> str:
    rows = [f"| L{5 * place + first} | loss | {cell} |\n" for place, cell in enumerate(cells)]
    return "## Run wide\n\n| layer | what | max |\n|---|---|---|\n" + "".join(rows) + "\n"


def test_tables_with_the_same_rows_of_one_meaning_agree_row_by_row() -> None:
    assert disagreements(layers("0.712", "0.9") + layers("0.712", "0.9")) == []
    assert disagreements(layers("0.712", "0.9") + layers("0.4", "0.5", first=1)) == []
    assert disagreements(layers("0.712", "0.9"), ("0.4", "max(train/loss)")) == []
    cited = [("0.4", "max(train/loss)"), ("0.2", "max(train/loss)")]
    assert [each[:2] for each in disagreements(layers("0.712", "0.9"), *cited)] == [("0.2", "0.4")]
    found = disagreements(layers("0.712", "0.9") + layers("0.712", "0.6"))
    assert [each[:2] for each in found] == [("0.6", "0.9")]
    assert disagreements(layers("0.712", "0.2").replace("L5", "L0")) == []
    many = [str(place) for place in range(1, 30)]
    assert disagreements(layers(*many) + layers(*many)) == []


def test_a_number_that_agrees_with_one_of_the_earlier_ones_is_left_alone() -> None:
    cited = [(said, "max(train/loss)") for said in ("0.7", "0.9", "0.7", "0.9", "0.2")]
    assert [each[:2] for each in disagreements("", *cited)] == [("0.9", "0.7"), ("0.2", "0.7")]


def test_among_too_many_values_of_one_thing_no_more_is_said() -> None:
    cited = [(f"{place}.5", "max(train/loss)") for place in range(100)]
    assert 0 < len(disagreements("", *cited)) < 10


def test_a_change_told_twice_ends_alike() -> None:
    row = "| logits | {} | Geometry works (was 142 before) |"
    text = "The geometry shrank (142 → 65).\n\n| what | value | note |\n|---|---|---|\n" + row
    assert disagreements(text.format("65.2")) == []
    assert disagreements(text.format("67.0")) == [("67.0", "65", "what was 142 before of None")]
    assert disagreements(text.format("67.0").replace("geometry shrank", "cost fell")) == []


VALUES = {("one", "max"): 9084.8, ("two", "max"): 2797.5, ("one", "mean"): 12.5, ("two", "mean"): 12.7}


def value_of(run: str, metric: str, statistic: str, window: Window) -> float | None:
    return VALUES.get((run, statistic)) if metric == "train/loss" and window == Window() else None


def strays(text: str) -> list[tuple[str, str, str, float]]:
    runs = naming.Names({"one": ["one1"], "two": ["two2", "old run"]})
    metrics = naming.Metrics(["train/loss"])
    found = []
    for candidate in ownership.candidates(reading.read(text), runs):
        others = [run for run in ("one", "two") if run != candidate.run]
        stray = ownership.stray(candidate, others, metrics, frozenset(), value_of)
        if stray is not None:
            found.append((stray.number.text, stray.of.run, stray.of.statistic, stray.instead))
    return found


@pytest.mark.parametrize(
    "text",
    [
        "The max loss of two2 is 9084.8.",
        "## two2\n\nThe loss has its max at 9084.8.",
        "## Loss of two2\n\n| what | value |\n|---|---|\n| max | 9084.8 |\n",
        "| max | one1 | two2 |\n|---|---|---|\n| loss | 9084.8 | 9084.8 |\n",
        "| run | loss |\n|---|---|\n| two2 | 9085 |\n",
        "## Loss of two2\n\n| what | value | note |\n|---|---|---|\n| max | 9084.8 | high |\n",
        "## Loss, max\n\n| run | two2 baseline |\n|---|---|\n| max | 9084.8 |\n",
        "## Loss, max\n\n| what | old run |\n|---|---|\n| max | 9084.8 |\n",
    ],
)
def test_a_number_of_another_run_is_found(text: str) -> None:
    assert strays(text) == [
        (text.partition("908")[1] + text.rpartition("908")[2][:3].strip(" |\n"), "one", "max", 2797.5)
    ]


TABLE = "## Loss of two2\n\n| what | {} | note |\n|---|---|---|\n| {} | 9084.8 | {} |\n"


@pytest.mark.parametrize(
    "text",
    [
        "The max loss of two2 is 2797.5.",
        "The max loss of two2 is 2797.",
        "The max loss of two2 is 2798.",
        "The max loss of two2 is 1234.5.",
        "The max loss of two2 and one1 is 9084.8.",
        "## two2\n\nThe old max of loss was 9084.8.",
        "The max loss of two2 is 9084.8 steps.",
        "The max loss of two2 is 9084.8%.",
        "The min loss of two2 is 9084.8.",
        "The max accuracy of two2 is 9084.8.",
        "The max loss is 9084.8.",
        "The mean loss of two2 is 12.",
        "## two2\n\n| what | step |\n|---|---|\n| max loss | 9084.8 |\n",
        "## two2\n\n| what | max loss | ratio |\n|---|---|---|\n| x | 1 | 9084.8 |\n",
        "## two2\n\n| what | max loss |\n|---|---|\n| x | 1 (was 9084.8) |\n",
        TABLE.format("value", "max before the fix", ""),
        TABLE.format("value", "previous max", ""),
        TABLE.format("before", "max", ""),
        TABLE.format("formerly", "max", ""),
        TABLE.format("value", "max", "before the fix"),
        TABLE.format("value", "max, set to", ""),
        TABLE.format("limit", "max", ""),
        TABLE.format("value", "clip at max", ""),
        "## Loss of two2\n\n### Before\n\n| what | value |\n|---|---|\n| max | 9084.8 |\n",
        "## Loss of two2\n\n| threshold | value |\n|---|---|\n| max | 9084.8 |\n",
        "## Settings of two2\n\n| what | value |\n|---|---|\n| max loss | 9084.8 |\n",
        "two2 no longer reaches max loss 9084.8.",
        "two2 used to reach max loss 9084.8.",
        "The max loss of two2 was 9084.8.",
        "two2 doesn't reach the max loss of 9084.8.",
        "two2: clip loss at max 9084.8",
        "In two2 the max loss is set to 9084.8.",
        "two2 caps loss at max 9084.8.",
        "In two2 max loss stays below 9084.8.",
        "In two2 max loss halved, 9084.8 to 2797.5.",
    ],
)
def test_a_number_that_may_be_anything_else_is_left_alone(text: str) -> None:
    assert strays(text) == []


def test_few_digits_among_many_values_are_taken_for_chance() -> None:
    assert strays("The mean loss of two2 is 12.5.") == [("12.5", "one", "mean", 12.7)]
    assert strays("The loss of two2 is 12.5.") == []
    assert strays("The loss of two2 is 12.50.") == [("12.50", "one", "mean", 12.7)]
    number = reading.number("1.280", 1, 1)
    assert number is not None
    many = ownership.Candidate(number, "two")
    others = [f"run {place}" for place in range(50)]
    assert (
        ownership.stray(
            many, others, naming.Metrics(["m"]), frozenset({"m"}), lambda run, *_: 1.28 if run != "two" else 5
        )
        is None
    )
    few = ownership.stray(many, others[:1], naming.Metrics(["m"]), frozenset({"m"}), _only_the_maximum)
    assert few is not None
    assert isfinite(few.instead)


def test_a_number_that_may_be_too_many_things_is_left_alone() -> None:
    text = "The max loss of two2 is 9084.8, and at "
    some, many = (", ".join(f"step {step}" for step in range(count)) for count in (5, 40))
    assert strays(text + some + ".") == strays(text + "last.") != []
    assert strays(text + many + ".") == []
    assert len(naming.windows(many)) == naming.MOST_WINDOWS + 1
    number = reading.number("9084.8123", 1, 1)
    assert number is not None
    for count, found in ((100, True), (300, False)):
        metrics = naming.Metrics(f"m/{place}" for place in range(count))
        stray = ownership.stray(
            ownership.Candidate(number, "two"),
            ["one"],
            metrics,
            frozenset(f"m/{place}" for place in range(count)),
            lambda run, metric, *_: (9084.8123 if metric == "m/1" else 3.0) if run == "one" else 5.0,
        )
        assert (stray is not None) is found


def _only_the_maximum(run: str, metric: str, statistic: str, window: Window) -> float | None:
    assert (metric, window) == ("m", Window())
    return (5.0 if run == "two" else 1.28) if statistic == "max" else None


@pytest.mark.parametrize(
    "text",
    [
        "1234567890" * (MILLION // 10),
        "12.34 " * (MILLION // 6),
        "1,234" * (MILLION // 5),
        "1." * (MILLION // 2),
        "|" * MILLION,
        "a|b\n-|-\n" + "|" * MILLION,
        "`" * MILLION,
        "` " * (MILLION // 2),
        " ".join("`" * length for length in range(1400)),
        "<!--" * (MILLION // 4),
        '](run:x "' * (MILLION // 9),
        "[" * MILLION,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_reading_takes_time_in_proportion_to_the_text(text: str) -> None:
    def read() -> None:
        for each in reading.read(text).tables:
            assert list(arithmetic.unfounded(each)) == []
            assert list(shares.contradictions(each)) == []

    # Quadratic time would be hours.
    assert seconds(read) < 20
