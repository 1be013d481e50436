"""Every example in the documentation runs, and prints what the page says."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from conftest import RUNS
from gitrepo import GitRepo
from journal.cli import app
from stopwatch import untraced

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHOWN = "sdk-*/wandb/*-plain031", "sdk-*/wandb/*-large031"
SHOWN_BY_PAGE = {"gallery.md": ("gallery/wandb/*run-*",)}
"""Run folders that a page is about, where they are others."""
SPAWNED = {"from-commits.md"}
"""Pages whose commands are all run as processes, as a proof that `journal` is the command that is tested here."""
GALLERY = ROOT / "docs" / "gallery.md"

AUTHOR = {
    f"GIT_{role}_{key}": text
    for role in ("AUTHOR", "COMMITTER")
    for key, text in {"NAME": "Ada", "EMAIL": "ada@example.org", "DATE": "1772440200 +0100"}.items()
}
"""Who commits on a page, and when: before every run began."""

_EXIT = '; echo "exit $?"'
_MARKER = re.compile(r"^<!-- /?journal:.*?-->$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """A fenced block of a page."""

    kind: str
    title: str | None
    text: str
    line: int
    behind: str
    """What stands on the page behind the block."""


def examples(page: Path) -> list[Example]:
    text = page.read_text("utf-8")
    return [
        Example(
            match["kind"],
            match["title"],
            match["text"],
            text.count("\n", 0, match.start()) + 1,
            text[match.end() :].lstrip(),
        )
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


def run(command: str, folder: Path, *, spawned: bool = False) -> str:
    """What a command prints, stdout and stderr together, as a reader with this `journal` on the path would see it.

    A command of the journal alone is run in this process, in a third of the time, unless it shall be `spawned`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        for name, text in {**AUTHOR, "SOURCE_DATE_EPOCH": "1772440200", "PAGER": "cat"}.items():
            patch.setenv(name, text)
        patch.chdir(folder)
        words = None if spawned else words_of(command.removesuffix(_EXIT))
        if words is not None:
            code, printed = called(words, patch)
            return f"{printed}exit {code}\n" if command.endswith(_EXIT) else printed
        done = subprocess.run(command, shell=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S602  (the page's own command)
        return done.stdout.decode()


def words_of(command: str) -> list[str] | None:
    """What `journal` is called with, or None if a command is another one or has something that only a shell can do."""
    lexer = shlex.shlex(command, posix=False, punctuation_chars=True)
    lexer.commenters = ""
    lexer.whitespace_split = True
    first, *rest = lexer
    plain = all(re.fullmatch(r"""'[^']*'|"[^"$`\\]*"|[\w./:=,@+-]+""", word) for word in rest)
    return shlex.split(command)[1:] if first == "journal" and plain else None


def called(words: list[str], patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Exit code and output of `journal`, buffered as where both streams go into one pipe."""
    with tempfile.TemporaryFile("a+b") as pipe, untraced():
        with open(pipe.fileno(), "w", closefd=False) as out, open(pipe.fileno(), "w", 1, closefd=False) as err:
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = app.run(words)
        pipe.seek(0)
        return code, pipe.read().decode()


@pytest.fixture
def scene(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with real runs in `wandb/`, in which the test stands."""
    GitRepo(tmp_path).init()
    for pattern in SHOWN_BY_PAGE.get(page.name, SHOWN):
        for folder in RUNS.glob(pattern):
            shutil.copytree(folder, tmp_path / "wandb" / folder.name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_print_what_it_says(page: Path, scene: Path) -> None:
    checker = doctest.OutputChecker()
    names: dict[str, object] = {}  # what a page calls something is still called so further down
    for example in examples(page):
        if example.kind == "markdown" and example.title:
            add(scene / example.title, example.text)
        elif example.kind == "console":
            for command, expected in steps(example.text):
                printed = run(command, scene, spawned=page.name in SPAWNED)
                assert checker.check_output(expected, printed, doctest.ELLIPSIS), (
                    f"{page.name}:{example.line}: $ {command}\nexpected:\n{expected}\nprinted:\n{printed}"
                )
        elif example.kind == "pycon":
            test = doctest.DocTestParser().get_doctest(example.text, names, page.name, str(page), example.line)
            failed = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False).failed
            names = test.globs
            assert not failed, f"{page.name}:{example.line}"


def add(path: Path, text: str) -> None:
    """Write a file, or write more of it: what a page shows under one title twice belongs together."""
    before = path.read_text("utf-8") + "\n" if path.exists() else ""
    path.write_text(before + text, "utf-8")


def results(page: Path, folder: Path) -> list[tuple[Example, str]]:
    """What the tool writes in place of each block or cited value that a page adds to an entry."""
    added: dict[str, list[Example]] = {}
    for example in examples(page):
        if example.kind == "console":
            for command, _ in steps(example.text):
                run(command, folder)
        elif example.title:
            more = example.title in added
            add(folder / example.title, f"<!-- {example.line} -->\n\n{example.text}" if more else example.text)
            added.setdefault(example.title, []).append(example)
    run("journal fill-results", folder)
    return [
        (example, _MARKER.sub("", part).strip())
        for title, (_, *below) in added.items()
        for example, part in zip(below, _parts(folder / title), strict=True)
    ]


def _parts(path: Path) -> list[str]:
    return re.split(r"^<!-- \d+ -->$", path.read_text("utf-8"), flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("page", [GALLERY], ids=lambda page: page.name)
def test_below_each_spec_of_the_gallery_stands_what_the_tool_makes_of_it(page: Path, scene: Path) -> None:
    for example, result in results(page, scene):
        assert result, f"{page.name}:{example.line}: nothing was filled"
        shown = f"```text\n{result}\n```" if "](run:" in result else result  # its link leads nowhere on this page
        assert example.behind.startswith(f"{shown}\n"), f"{page.name}:{example.line}:\n{result}"


def test_the_pages_do_hold_examples() -> None:
    kinds = {example.kind for page in PAGES for example in examples(page)}
    assert {"console", "pycon", "markdown"} <= kinds


def test_the_pages_name_every_verb() -> None:
    from journal.cli.app import VERBS

    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert [verb for verb in VERBS if f"`journal {verb}" not in page] == []


def test_every_setting_stands_in_the_table_of_settings() -> None:
    from journal.config import Settings

    page = (ROOT / "docs" / "format.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"`{name}`" not in page] == []
