from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("plain031",)
Capsys = pytest.CaptureFixture[str]
ONE, TWO = "2026-02-21-one", "2026-02-22-two"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(ONE, "## Context\n\nThe sigma floor bounds it.\n", matter="tags: [attention]\nstatus: running\n")
    desk.entry(TWO, "注意力饱和, sigma too.\n", matter="tags: [speed]\nauthors: Ada\n")
    return desk


def test_each_hit_has_its_id_its_title_and_the_line(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "search", "floor")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{ONE}: {ONE}\n  entries/{ONE}.md:10: The sigma floor bounds it.\n"
    assert desk.call(capsys, "search", "注意力").out == f"{TWO}: {TWO}\n  entries/{TWO}.md:8: 注意力饱和, sigma too.\n"


def test_words_may_be_given_apart(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "search", "sigma", "floor").out == desk.call(capsys, "search", "sigma floor").out != ""


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (["-39"], {TWO}),
        (["--tag", "speed", "-39"], {TWO}),
        (["-floor", "sigma"], {TWO}),
        (["sigma", "-shape"], {ONE, TWO}),
        (["-a=b", "floor"], {ONE}),
        (["--", "-floor", "sigma"], {TWO}),
    ],
)
def test_words_may_begin_with_a_dash(desk: Desk, capsys: Capsys, words: list[str], ids: set[str]) -> None:
    desk.entry(TWO, "sigma fell to -39.\n", matter="tags: [speed]\n")
    assert {entry["id"] for entry in desk.call(capsys, "search", "--json", *words).json["entries"]} == ids


def test_an_option_that_there_is_not_is_no_word(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "search", "-39", "--limt", "3")
    assert (said.code, "No such option: --limt" in said.err) == (2, True)
    assert desk.call(capsys, "search", "-h").out == desk.call(capsys, "search", "--help").out
    assert desk.call(capsys, "search", "-39", "-h").out.startswith("Usage: journal search [OPTIONS] WORDS...\n")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ([], {ONE, TWO}),
        (["--tag", "speed"], {TWO}),
        (["--status", "running"], {ONE}),
        (["--author", "ada"], {TWO}),
        (["--run", "x"], set()),
        (["--commit", "ffff"], set()),
        (["--metric", "loss"], set()),
        (["--since", "2026-02-22"], set()),
        (["--until", "2026-02-21"], {ONE, TWO}),
    ],
)
def test_filters_narrow_the_search(desk: Desk, capsys: Capsys, options: list[str], ids: set[str]) -> None:
    said = desk.call(capsys, "search", "sigma", "--json", *options)
    assert {entry["id"] for entry in said.json["entries"]} == ids


def test_json_is_the_shape_of_the_list_with_score_and_line(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "search", "sigma floor", "--json").json
    listed = desk.call(capsys, "list", "--json").json
    (found,) = answer["entries"]
    assert found.pop("score") > 0
    assert (found.pop("line"), found.pop("text")) == (10, "The sigma floor bounds it.")
    assert found | {"score": None} in listed["entries"]
    assert answer["problems"] == []
    (hit,) = desk.call(capsys, "search", "--regex", "fl..r", "--json").json["entries"]
    assert (hit["score"], hit["line"]) == (None, 10)


def test_more_than_the_limit_is_said(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "search", "sigma", "--limit", "1")
    assert (said.code, len(said.out.splitlines())) == (0, 2)
    assert said.err == "the first 1; `--limit` shows more\n"
    assert desk.call(capsys, "search", "sigma", "--limit", "2").err == ""
    assert desk.call(capsys, "search", "sigma", "--limit", "0").code == 2


def test_nothing_found_is_no_failure(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "search", "nobody")
    assert (said.code, said.out, said.err) == (0, "", "nothing found\n")
    assert desk.call(capsys, "search", "nobody", "--json").json["entries"] == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["!?"], "nothing to look for in '!?': there is no word in it (`--regex` looks for signs)"),
        (["--regex", "(a"], "no regular expression: missing ), unterminated subpattern"),
        (["a", "--since", "x"], "--since: 'x' is no day"),
    ],
)
def test_what_cannot_be_looked_for_is_one_line(desk: Desk, capsys: Capsys, args: list[str], message: str) -> None:
    said = desk.call(capsys, "search", *args)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert message in line
    assert desk.call(capsys, "search", *args, "--json").json["error"]["code"] == "usage"


def test_a_file_that_is_no_entry_is_found_and_told_of(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/bad.md", "---\ntitle: [\n---\n\nsigma ceiling\n")
    said = desk.call(capsys, "search", "ceiling")
    assert said.code == 1
    assert said.out == "bad: bad\n  entries/bad.md:5: sigma ceiling\n"
    assert said.err.startswith("error: entries/bad.md:2:")
    answer = desk.call(capsys, "search", "ceiling", "--json").json
    (found,) = answer["entries"]
    assert (found["id"], found["created"], found["tags"], found["states"]) == ("bad", None, [], [])
    assert [problem["path"] for problem in answer["problems"]] == ["entries/bad.md"]


def test_no_text_of_an_entry_steers_the_terminal(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-23-three", "red \x1b[31m alert\x07\n")
    assert desk.call(capsys, "search", "alert").out.endswith(":6: red \ufffd[31m alert\ufffd\n")


def test_on_a_terminal_the_words_are_marked(desk: Desk) -> None:
    def shown(*args: str, **environment: str) -> str:
        mother, child = pty.openpty()
        try:
            command = [sys.executable, "-m", "journal", "search", *args]
            surroundings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
            surroundings |= {"TERM": "xterm", **environment}
            subprocess.run(
                command, cwd=desk.root, stdout=child, stderr=child, env=surroundings, check=False, timeout=30
            )
            return os.read(mother, 100_000).decode().replace("\r\n", "\n")
        finally:
            os.close(child)
            os.close(mother)

    assert ":10: The \x1b[1;31msigma\x1b[0m floor \x1b[1;31mbounds\x1b[0m it.\n" in shown("bounds SIGMA")
    assert ":10: The sigma floor bounds it.\n" in shown("bounds SIGMA", NO_COLOR="1")
    assert shown("--regex", "(a") == (
        "  (a\n  ^\nerror: column 1: no regular expression: missing ), unterminated subpattern"
        " (a backslash before a sign makes it stand for itself)\n"
    )
