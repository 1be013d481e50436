"""Every rule has a page, and what the page shows is what the rule finds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from wandb_writer import end, frame, history, run

from desk import Desk, refuse_runs
from journal.checks import pages
from journal.checks.check import RULES
from journal.checks.families import FAMILIES, by_family, family_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from journal.checks.interface import Rule

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "rules"
WRONG, MENDED = "Wrong", "Mended"

_TOKEN = re.compile(
    r"^(?P<ticks>`{3,})(?P<kind>\w+)(?P<options>[^\n]*)\n(?P<text>.*?)^(?P=ticks)$|^## (?P<heading>[^\n]+)$"
    r"|^<!-- step: (?P<step>[^\n]+) -->$",
    re.MULTILINE | re.DOTALL,
)
_OPTION = re.compile(r'(\w+)="([^"]*)"')
_SCENE = re.compile(r"^<!-- scene: (\w+) -->$", re.MULTILINE)
_ALSO = re.compile(r"^<!-- also: ([\w, ]+) -->$", re.MULTILINE)
"""Rules that rightly say something of the same lines, as that a result is pending and that it is so for long."""

SCENES: dict[str, Callable[[Desk, pytest.MonkeyPatch], None]] = {
    "unreadable_runs": lambda _, monkeypatch: refuse_runs(monkeypatch),
    "named_run": lambda desk, _: named_run(desk),
}
"""What a page cannot show, and what it is like."""

Capsys = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Example:
    """A fenced block of a page: a file of the journal, or commands."""

    section: str
    kind: str
    title: str | None
    text: str
    lines: tuple[int, ...]


def named_run(desk: Desk) -> None:
    """Write a run with a display name."""
    log = frame([run("k3v9x2mq", name="warm-up", started=1.77e9), history({"loss": 1.0}, step=1), end(0)])
    desk.write("wandb/offline-run-20260201_100000-k3v9x2mq/run-k3v9x2mq.wandb", log)


def written(code: str) -> str:
    return (FOLDER / f"{code}.md").read_text("utf-8")


def examples(code: str) -> list[Example]:
    found, section = [], ""
    for token in _TOKEN.finditer(written(code)):
        if token["heading"]:
            section = token["heading"]
            continue
        if token["step"]:
            found.append(Example(section, "console", None, token["step"], ()))
            continue
        options = dict(_OPTION.findall(token["options"]))
        lines = tuple(map(int, options.get("hl_lines", "").split()))
        found.append(Example(section, token["kind"], options.get("title"), token["text"], lines))
    return found


def do(desk: Desk, shown: list[Example], capsys: Capsys) -> None:
    """Write the files and run the commands of a page."""
    for example in shown:
        if example.title is not None:
            desk.write(example.title, example.text)
        elif example.kind == "console":
            for line in example.text.splitlines():
                call(desk, line.removeprefix("$ "), capsys)


def call(desk: Desk, line: str, capsys: Capsys) -> None:
    command, *words = line.split()
    if command == "journal" and not set(line) & set("'\"|&;<>"):
        desk.call(capsys, *words)
        return
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    author = {f"GIT_{role}_{key}": "ada@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    environment = {**os.environ, **author, "PATH": path}
    subprocess.run(line, shell=True, cwd=desk.root, env=environment, check=True, capture_output=True)  # noqa: S602


def findings(desk: Desk, capsys: Capsys) -> list[tuple[str, str, int | None]]:
    said = desk.call(capsys, "check", "--anew", "--json")
    return [(each["code"], each["path"], each["line"]) for each in said.json["findings"]]


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted([*(rule.code for rule in RULES), "index"])


def test_the_list_of_rules_says_what_they_are() -> None:
    index = (FOLDER / "index.md").read_text("utf-8")
    told = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| (\w+) \| (\w*) ?\| (.+) \|$", index, re.MULTILINE)
    assert told == [
        (rule.code, rule.code, rule.severity.value, "yes" if rule.fixable else "", rule.summary) for rule in by_family()
    ]
    assert re.findall(r"^## (\w+): (.+)$", index, re.MULTILINE) == list(FAMILIES.items())


def test_rules_are_told_by_family_and_number_and_each_family_has_some() -> None:
    rules = by_family()
    assert sorted(rule.code for rule in RULES) == sorted(rule.code for rule in rules)
    assert list(dict.fromkeys(family_of(rule.code) for rule in rules)) == list(FAMILIES)
    assert [rule.code for rule in rules if family_of(rule.code) == "LIF"][-1] == "LIF013"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_leads_back_to_the_list_and_shows_no_scaffolding(rule: Rule) -> None:
    assert written(rule.code).endswith("\n[All rules](index.md)\n")
    shown = pages.page(rule.code)
    assert not re.search(r"<!-- (?:step|also|scene)|\bSHA\b|index\.md|git rev-parse|\n\n\n", shown)


def test_the_pages_are_packed_where_the_programme_looks_for_them() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["force-include"] == {"docs/rules": "journal/checks/rules"}
    assert "/docs/rules" in build["sdist"]["include"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_is_called_as_its_rule_and_says_why_it_is_there(rule: Rule) -> None:
    text = pages.page(rule.code)
    assert text.startswith(f"# {rule.code}: {rule.summary}\n\n## Why\n")
    assert [match[1] for match in re.finditer(r"^## (Why|Wrong|Mended)$", text, re.MULTILINE)] == ["Why", WRONG, MENDED]


@pytest.mark.untraced
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_page_is_found_where_it_says_and_mended_as_it_says(
    rule: Rule, tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = examples(rule.code)
    desk = Desk.with_runs(tmp_path, re.findall(r"\w+031", written(rule.code)))
    wrong = [example for example in shown if example.section == WRONG]
    do(desk, wrong, capsys)
    scene = _SCENE.search(written(rule.code))
    with monkeypatch.context() as patch:
        if scene is not None:
            SCENES[scene[1]](desk, patch)
        found = findings(desk, capsys)
    told = [(example.title, line) for example in wrong for line in example.lines]
    assert [(path, line) for code, path, line in found if code == rule.code and line] == sorted(told), found
    also = _ALSO.search(written(rule.code))
    others = {rule.code, *(also[1].split(", ") if also else ())}
    assert [each for each in found if each[1:] in told and each[0] not in others] == []
    assert told or rule.code in {code for code, _, _ in found}, found
    do(desk, [example for example in shown if example.section == MENDED], capsys)
    left = findings(desk, capsys)
    assert [each for each in left if each[0] == rule.code] == []
