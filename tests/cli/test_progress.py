from __future__ import annotations

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
