from __future__ import annotations

import re
import subprocess
import sys

import pytest

from journal.cli.progress import lasting
from terminal import watched

SCRIPT = """
import sys
from journal.cli.progress import tracked
for number in tracked(range({count}), "counting things"):
    print(number)
"""


def drawn(count: int, **environment: str) -> tuple[str, str]:
    """What stdout gets, and what a terminal at stderr sees."""
    return watched("-c", SCRIPT.format(count=count), cwd=None, **environment)


def test_on_a_terminal_a_bar_is_drawn_and_taken_away_and_the_output_is_left_alone() -> None:
    out, seen = drawn(3)
    assert out == "0\n1\n2\n"
    assert "counting things" in seen
    assert "3/3" in seen
    assert seen.endswith("\x1b[2K")
    assert seen.rfind("\x1b[?25h") > seen.rfind("\x1b[?25l")  # the cursor is back


@pytest.mark.parametrize("environment", [{"CI": "1"}, {"TERM": "dumb"}])
def test_nothing_is_drawn_where_nobody_looks(environment: dict[str, str]) -> None:
    assert drawn(3, **environment) == ("0\n1\n2\n", "")


def test_one_thing_needs_no_bar() -> None:
    assert drawn(1) == ("0\n", "")


def test_without_colour_the_bar_has_none() -> None:
    _, seen = drawn(3, NO_COLOR="1")
    assert "counting things" in seen
    assert "\x1b[3" not in seen


def test_in_a_pipe_nothing_is_drawn() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT.format(count=3)], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"0\n1\n2\n", b"")


NESTED = """
import sys, time
from journal.cli.progress import reading_shown, tracked
from journal.sources.watch import teller
with reading_shown():
    for number in tracked(range(3), "counting things"):
        tell = teller(f"log-{number}.wandb", 80 << 20)
        for part in range(4 if number != 1 else 2):  # the second is never read to its end
            tell(20 << 20)
            time.sleep(0.06)
        print(number)
"""


def test_the_reading_of_a_log_is_a_line_of_the_one_display_that_is_there() -> None:
    out, seen = watched("-c", NESTED)
    assert out == "0\n1\n2\n"
    assert (seen.count("\x1b[?25l"), seen.count("\x1b[?25h")) == (1, 1)
    for number in range(3):
        assert f"reading log-{number}.wandb" in seen
    assert re.search(r"counting things[^\n]*1/3[^\n]*\n[^\n]*reading log-1\.wandb[^\n]*\d+/84 MB", seen)
    assert not re.search(r"reading log-0[^\n\r]*\n[^\n\r]*reading log-1", seen)
    assert seen.endswith("\x1b[2K")


def test_the_reading_of_one_log_has_a_bar_that_is_taken_away() -> None:
    script = NESTED.replace('tracked(range(3), "counting things")', "range(1)")
    _, seen = watched("-c", script)
    assert "reading log-0.wandb" in seen
    assert seen.endswith("\x1b[2K")
    assert seen.rfind("\x1b[?25h") > seen.rfind("\x1b[?25l")


FETCHING = """
import time
from journal.cli.progress import reading_shown
from journal.sources.watch import teller
with reading_shown():
    for name, rows in (("fej59g91", 200_000), ("bunuc9ei", 1_500)):
        tell = teller(name, rows, "rows")
        tell(0)
        for part in range(0, rows, 10_000):
            tell(min(10_000, rows - part))
            time.sleep(0.03)
print("done")
"""


def test_fetching_a_run_shows_its_rows_and_how_long_the_rest_takes_unless_one_answer_is_enough() -> None:
    out, seen = watched("-c", FETCHING)
    assert out == "done\n"
    assert re.search(r"fetching run fej59g91 [^\n]*\d0,000 of 200,000 rows, about \d s left", seen)
    assert "bunuc9ei" not in seen
    assert seen.endswith("\x1b[2K")


def test_in_a_pipe_the_fetching_of_a_run_is_silent() -> None:
    done = subprocess.run([sys.executable, "-c", FETCHING.replace("0.03", "0")], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"done\n", b"")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 s"),
        (39.6, "40 s"),
        (59.4, "59 s"),
        (59.7, "60 s"),
        (60, "1 min"),
        (100, "2 min"),
        (3599, "1 h 0 min"),
        (7800, "2 h 10 min"),
    ],
)
def test_how_long_something_lasts_is_told_roughly(seconds: float, words: str) -> None:
    assert lasting(seconds) == words
