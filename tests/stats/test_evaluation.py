from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, nan

import polars as pl
import pytest

from journal.errors import ExpressionError, NoRows, SourceError
from journal.model.evidence import Estimate
from journal.model.run import Column, Problem
from journal.stats.evaluation import estimate_on, no_rows
from journal.stats.expression import parse


@dataclass
class Columns:
    """A run of a few columns."""

    id: str = "fej59g91"
    held: dict[str, list[float]] = field(default_factory=lambda: {"train/loss": [4.0, nan, 2.0, inf, 1.0], "acc": []})

    @property
    def problems(self) -> tuple[Problem, ...]:
        return ()

    @property
    def metric_names(self) -> tuple[str, ...]:
        return tuple(sorted(self.held))

    def column(self, metric: str) -> Column | None:
        if metric not in self.held:
            return None
        values = pl.Series(self.held[metric], dtype=pl.Float64)
        steps = pl.Series(range(0, 10 * len(values), 10), dtype=pl.Int64)
        return Column(metric, steps, values, pl.repeat(None, len(values), dtype=pl.Float64, eager=True))


def test_an_expression_gives_an_estimate_that_knows_its_window() -> None:
    found = estimate_on(Columns(), parse("mean(train/loss)[5..100]"))
    assert found == Estimate(value=1.5, n=2, nonfinite=2, first_step=20, last_step=40)
    assert found.window == (20, 40)


def test_no_finite_row_is_no_value_and_no_window() -> None:
    expression = parse("last(train/loss)[10..10]")
    found = estimate_on(Columns(), expression)
    assert (found.value, found.n, found.nonfinite, found.window) == (None, 0, 1, None)
    error = no_rows(Columns(), expression, found)
    assert type(error) is NoRows
    assert str(error) == (
        "no data: train/loss of fej59g91 has no finite row in steps 10..10, 1 left out as NaN or infinite"
        " (it has rows from step 0 to 40)"
    )


def test_a_metric_without_any_row_has_nothing_to_hint_at() -> None:
    expression = parse("last(acc)")
    error = no_rows(Columns(), expression, estimate_on(Columns(), expression))
    assert str(error) == "no data: acc of fej59g91 has no finite row in the run"


@pytest.mark.parametrize(
    ("metric", "names", "hint"),
    [
        ("loss", ["train/loss", "acc"], "did you mean train/loss?"),
        ("LOSS", ["train/loss", "val/Loss"], "did you mean train/loss or val/Loss?"),
        ("train/lsos", ["train/loss", "acc"], "did you mean train/loss?"),
        ("zzz", ["a", "b"], "it has a, b"),
        ("zzz", list("abcdef"), "it has a, b, c and 3 more"),
        ("", ["a"], "it has a"),
        ("zzz", [], "it has none"),
    ],
)
def test_a_metric_that_is_not_there_is_answered_with_close_ones(metric: str, names: list[str], hint: str) -> None:
    run = Columns(held={name: [1.0] for name in names})
    with pytest.raises(SourceError) as caught:
        estimate_on(run, parse(f'last("{metric}")'))
    assert caught.value.message == f"run fej59g91 has no metric {metric!r}"
    assert caught.value.hint == hint


def test_a_run_that_is_given_is_not_named_again() -> None:
    with pytest.raises(ExpressionError, match=r"may not name one: @ipa \(leave it out: mean\(x\)\[1\.\.2\]\)"):
        estimate_on(Columns(), parse("mean(x)[1..2]@ipa"))
