"""Every example in the documentation runs, and prints what the page says."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import RUNS
from gitrepo import GitRepo

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHOWN = ("plain031", "large031")

_FENCE = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A fenced block of a page."""

    kind: str
    title: str | None
    text: str
    line: int


def examples(page: Path) -> list[Example]:
    text = page.read_text("utf-8")
    return [
        Example(match["kind"], match["title"], match["text"], text.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(text)
    ]


def steps(text: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output it promises."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found:
            command, output = found[-1]
            found[-1] = (command, f"{output}{line}\n")
    return found


def run(command: str, folder: Path) -> str:
    """What a command prints, stdout and stderr together, as a reader with this `journal` on the path would see it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SOURCE_DATE_EPOCH": "1772440200", "PAGER": "cat"}
    done = subprocess.run(  # noqa: S602  (the page's own command)
        command, shell=True, cwd=folder, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return done.stdout.decode()


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A git repository with two real runs in `wandb/`."""
    GitRepo(tmp_path).init()
    for run_id in SHOWN:
        (folder,) = RUNS.glob(f"sdk-*/wandb/*-{run_id}")
        shutil.copytree(folder, tmp_path / "wandb" / folder.name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_it_says(page: Path, scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scene)
    checker = doctest.OutputChecker()
    names: dict[str, object] = {}  # what a page calls something is still called so further down
    for example in examples(page):
        if example.kind == "markdown" and example.title:
            (scene / example.title).write_text(example.text, "utf-8")
        elif example.kind == "console":
            for command, expected in steps(example.text):
                printed = run(command, scene)
                assert checker.check_output(expected, printed, doctest.ELLIPSIS), (
                    f"{page.name}:{example.line}: $ {command}\nexpected:\n{expected}\nprinted:\n{printed}"
                )
        elif example.kind == "pycon":
            test = doctest.DocTestParser().get_doctest(example.text, names, page.name, str(page), example.line)
            failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False).failed
            names = test.globs
            assert not failed, f"{page.name}:{example.line}"


def test_the_pages_do_hold_examples() -> None:
    kinds = {example.kind for page in PAGES for example in examples(page)}
    assert {"console", "pycon", "markdown"} <= kinds


def test_the_page_of_commands_lists_every_rule_as_it_is() -> None:
    from journal.checks.check import RULES

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    told = re.findall(r"^\| ([A-Z]{3}\d{3}) \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert told == [(rule.code, rule.severity.value, rule.summary) for rule in RULES]


def test_the_pages_name_every_verb() -> None:
    from journal.cli.app import VERBS

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"`journal {verb}" not in page] == []


def test_every_setting_stands_in_the_table_of_settings() -> None:
    from journal.config import Settings

    page = (ROOT / "docs" / "format.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in page] == []
