from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from desk import Desk, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def caption(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The line under the one table of an entry, filled from real runs."""
    desk = Desk.begin(tmp_path)

    def fill(spec: str, runs: str) -> str:
        desk.entry("2026-02-21-one", f"<!-- journal:table\n{spec}\n-->\n<!-- /journal:table -->\n", runs=runs)
        assert desk.call(capsys, "fill-results").code == 0
        line, _ = desk.read("2026-02-21-one").strip().splitlines()[-3::2]
        return line

    return fill


def counts(run_id: str, metric: str) -> tuple[int, int]:
    """Finite and non-finite rows."""
    values = [value for _, value in rows(run_id, metric)]
    finite = sum(math.isfinite(value) for value in values)
    return finite, len(values) - finite


def test_it_names_what_is_not_in_the_table_and_the_rows_used_of_each_run(caption: Callable[..., str]) -> None:
    line = caption(
        "metrics: [train/loss]\nstats: [mean]\nwindow: 10..50", "{id: plain031, as: ipa}, {id: large031, as: iga}"
    )
    assert line == "*mean over steps 10..50; rows used: ipa 41, iga 41*"


def test_an_open_window_is_shown_as_it_was_asked_for(caption: Callable[..., str]) -> None:
    assert caption("metrics: [loss]\nwindow: 3..", "{id: faild031, as: r}") == (
        "*last over steps 3..; rows used: r 13*"
    )
    assert caption("metrics: [loss]\nwindow: all", "{id: faild031, as: r}") == "*last over all steps; rows used: r 16*"


def test_axes_that_stand_in_the_table_are_not_repeated(caption: Callable[..., str]) -> None:
    spec = "metrics: [train/loss, epoch]\nstats: [mean, last]\nwindows: [..9, 10..19]"
    assert caption(spec, "{id: plain031, as: r}") == "*run r; rows used: r 10*"
    spec = spec.replace(", epoch", "") + "\nrows: [stats, metrics]\ncolumns: [windows, runs]"
    assert caption(spec, "{id: plain031, as: r}") == "*windows as headed; rows used: r 10*"


def test_metrics_with_different_numbers_of_rows_give_a_range(caption: Callable[..., str]) -> None:
    few, many = counts("plain031", "val loss (ema)")[0], counts("plain031", "train/loss")[0]
    assert few < many
    line = caption('metrics: [train/loss, "val loss (ema)"]', "{id: plain031, as: r}")
    assert line == f"*last over all steps; rows used: r {few} to {many}*"


def test_rows_that_are_not_finite_are_counted_and_left_out(caption: Callable[..., str]) -> None:
    used, left = counts("nestd031", "odd")
    assert left > 0
    line = caption("metrics: [odd, train.loss]", "{id: nestd031, as: a}, {id: nestd016, as: b}")
    assert line.endswith(f"; rows used: a {used} to 24, b {used} to 24; non-finite rows left out: a {left}, b {left}*")


def test_a_window_without_rows_says_so(caption: Callable[..., str]) -> None:
    line = caption("metrics: [loss]\nwindow: 900..901", "{id: faild031, as: r}")
    assert line == "*last over steps 900..901; rows used: r 0*"


def test_a_run_that_is_not_there_yet_has_no_rows_to_count(caption: Callable[..., str]) -> None:
    line = caption("metrics: [loss]", "{id: faild031, as: r}, {id: tomorrow}")
    assert line == "*last over all steps; rows used: r 16*"


def test_labels_are_shown_and_harmless(caption: Callable[..., str]) -> None:
    spec = 'metrics: [{"*loss*": loss}]\nstats: [{"<b>": mean}]\nruns: [{"a|b": r}, s]\nwindows: [..5, 6..]'
    line = caption(spec, "{id: faild031, as: r}, {id: faild016, as: s}")
    assert line == "*&#60;b&#62; of &#42;loss&#42;; rows used: a&#124;b 6 to 10, s 6 to 10*"
