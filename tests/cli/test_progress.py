from __future__ import annotations

import re
import subprocess
import sys

import pytest

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
