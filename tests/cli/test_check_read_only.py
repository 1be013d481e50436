"""A check that writes nothing, as hooks need it: also while pre-commit has put unstaged changes aside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asked import traces
from desk import Desk
from four_entries import E1, begin

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
REFUSING = """
import os, sys
root, *args = sys.argv[1:]
PLACES = {"open": 1, "os.mkdir": 1, "os.rename": 2, "os.remove": 1, "os.rmdir": 1, "os.utime": 1, "os.link": 2}
def refuse(event, given):
    paths = given[: PLACES.get(event, 0)]
    reads = event == "open" and not given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    inside = [path for path in paths if isinstance(path, str) and os.path.abspath(path).startswith(root + os.sep)]
    if inside and not reads:
        os._exit(99)
sys.addaudithook(refuse)
from journal.cli.app import run
sys.exit(run(args))
"""
"""Runs a command that ends at once, with 99, where it writes in a folder."""


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys) -> Desk:
    begin(tmp_path, capsys)
    return Desk(tmp_path)


def hook(desk: Desk, capsys: Capsys) -> int:
    """What the hook of `.pre-commit-hooks.yaml` ends with; nothing of the journal may change meanwhile."""
    before = traces(desk.root)
    code = desk.call(capsys, "check", "--read-only").code
    assert traces(desk.root) == before
    return code


def aside(desk: Desk, capsys: Capsys) -> int:
    """What the hook ends with under pre-commit: unstaged changes are a patch, and are put back afterwards."""
    patch = desk.git("diff", "--binary", "--no-color", "--no-ext-diff", "--ignore-submodules")
    desk.git("checkout", "--", ".")
    code = hook(desk, capsys)
    desk.git("apply", "--whitespace=nowarn", given=f"{patch}\n")
    return code


def spoil(desk: Desk) -> None:
    text = desk.read(E1)
    number = next(line for line in text.splitlines() if line.startswith("| loss")).split("|")[2].strip()
    desk.write(f"entries/{E1}.md", text.replace(f"| {number} |", "| 123 |"))


def test_it_writes_nothing_where_nothing_is_remembered(desk: Desk, capsys: Capsys) -> None:
    desk = desk.copied(desk.root.with_name("elsewhere"))  # without what is remembered
    assert hook(desk, capsys) == 0
    spoil(desk)
    assert hook(desk, capsys) == 1


@pytest.mark.usefixtures("settled")
def test_it_writes_nothing_to_what_is_remembered(desk: Desk, capsys: Capsys) -> None:
    desk.call(capsys, "check")
    for path in (desk.root / ".journal").rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # whoever uses a store that old notes that it is in use
    assert hook(desk, capsys) == 0
    spoil(desk)
    assert hook(desk, capsys) == 1


def test_a_folder_that_refuses_every_write_is_checked(desk: Desk) -> None:
    shutil.rmtree(desk.root / ".journal")
    program = [sys.executable, "-c", REFUSING, str(desk.root), "check", "--read-only"]
    done = subprocess.run(program, cwd=desk.root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "4 entries: 0 errors, 0 warnings\n")
    done = subprocess.run(program[:-1], cwd=desk.root, capture_output=True, text=True, check=False)
    assert done.returncode == 99, "the folder refuses nothing"


@pytest.mark.usefixtures("settled")
def test_what_is_staged_is_checked_while_the_rest_is_put_aside(desk: Desk, capsys: Capsys) -> None:
    sound = desk.read(E1)
    spoil(desk)
    desk.git("add", ".")
    desk.write(f"entries/{E1}.md", sound)
    assert desk.call(capsys, "check").code == 0  # and is remembered
    assert aside(desk, capsys) == 1
    assert desk.call(capsys, "check").code == 0


@pytest.mark.usefixtures("settled")
def test_what_is_put_aside_is_not_checked(desk: Desk, capsys: Capsys) -> None:
    desk.write(f"entries/{E1}.md", desk.read(E1) + "\nMore words.\n")
    desk.git("add", ".")
    spoil(desk)
    assert desk.call(capsys, "check").code == 1  # and is remembered
    assert aside(desk, capsys) == 0
    assert desk.call(capsys, "check").code == 1


def test_read_only_and_writing_exclude_one_another(desk: Desk, capsys: Capsys) -> None:
    for writing in ("--fix", "--write-baseline"):
        said = desk.call(capsys, "check", "--read-only", writing)
        assert (said.code, f"and {writing} does" in said.err) == (2, True)
    assert desk.call(capsys, "check", "--read-only", "--diff").code == 0


def test_what_is_out_of_reach_may_pass(desk: Desk, capsys: Capsys) -> None:
    (desk.root / "wandb").rename(desk.root / ".git" / "elsewhere")
    assert desk.call(capsys, "check").code == 3
    assert desk.call(capsys, "check", "--unreached-ok").code == 0
    spoil(desk)
    assert desk.call(capsys, "check", "--unreached-ok").code == 1
