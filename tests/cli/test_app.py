from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import journal
from desk import Desk
from journal.cli.app import VERBS, run
from journal.errors import JournalError

E1 = "2026-02-21-one"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n", runs="faild031")
    return desk


def test_the_version_is_the_packages(capsys: Capsys) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"journal {journal.__version__}\n"


def test_help_lists_every_verb_in_order(capsys: Capsys) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    listed = shown.partition("Commands:")[2]
    places = [listed.index(f"\n  {verb} ") for verb in VERBS]
    assert places == sorted(places)
    assert run(["-h"]) == 0
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_that_begins_with_its_summary(capsys: Capsys, verb: str) -> None:
    assert run([verb, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Usage: journal {verb} " in shown
    assert VERBS[verb] in shown


@pytest.mark.parametrize(
    ("verb", "usage"),
    [
        ("import", "[OPTIONS] PATH..."),
        ("search", "[OPTIONS] WORDS..."),
        ("show", "[OPTIONS] ENTRY"),
        ("new", "[OPTIONS] [TITLE]"),
        ("check", "[OPTIONS] [ENTRY]..."),
    ],
)
def test_usage_names_what_is_needed_without_braces(capsys: Capsys, verb: str, usage: str) -> None:
    assert run([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: journal {verb} {usage}\n")


@pytest.mark.parametrize("verb", ["list", "search"])
def test_help_is_no_wider_than_a_terminal(capsys: Capsys, verb: str) -> None:
    assert run([verb, "--help"]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_the_text_of_an_update_may_begin_with_a_dash(desk: Desk, capsys: Capsys) -> None:
    assert desk.call(capsys, "update", E1, "- [ ] one more step").code == 0
    assert "\n- [ ] one more step\n" in desk.read(E1)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "Missing command"),
        (["frob"], "No such command 'frob'"),
        (["lst"], "No such command 'lst'"),
        (["--frob"], "No such option: --frob"),
        (["list", "--frob"], "No such option: --frob"),
        (["show"], "Missing argument 'ENTRY'"),
        (["list", "--status", "done"], "'done' is not one of"),
        (["new", "--template"], "requires an argument"),
        (["show", "a", "b"], "unexpected extra argument"),
        (["-C", "/nowhere/at/all", "list"], "No such file or directory"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(capsys: Capsys, args: list[str], message: str) -> None:
    assert run(args) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("error: ")
    assert message in line
    assert re.search(r"\(`journal (\S+ )?--help` shows how\)$", line)


def test_a_misspelt_verb_is_answered_with_the_close_one(capsys: Capsys) -> None:
    run(["chekc"])
    assert "'check'" in capsys.readouterr().err


def test_json_gets_an_error_object_too(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "show", "nobody", "--json")
    assert said.code == 1
    assert said.json == {
        "schema_version": 1,
        "error": {
            "code": "entry-not-found",
            "message": "no entry 'nobody'",
            "hint": "`journal list` shows them all",
            "path": None,
            "line": None,
            "column": None,
        },
    }
    assert said.err == "error: no entry 'nobody' (`journal list` shows them all)\n"
    assert desk.call(capsys, "list", "--json", "--frob").json["error"]["code"] == "usage"


def test_an_error_of_a_file_names_it_line_and_column_from_here(desk: Desk, capsys: Capsys) -> None:
    desk.write("entries/2026-02-22-bad.md", "---\ntitle: x\ncreated: y\n---\n")
    said = desk.call(capsys, "show", "2026-02-22-bad", "--json")
    assert said.err.startswith("error: entries/2026-02-22-bad.md:3:1: created: 'y' is no moment")
    error = said.json["error"]
    assert (error["path"], error["line"], error["column"]) == ("entries/2026-02-22-bad.md", 3, 1)
    desk.write("journal.toml", "title = 1\nfrob = 2\n")
    assert desk.call(capsys, "list").err.startswith("error: journal.toml: setting ")


@pytest.mark.parametrize("verb", ["list", "check", "fill-results", "new", "build"])
def test_outside_a_journal_every_verb_says_what_to_run(tmp_path: Path, capsys: Capsys, verb: str) -> None:
    said = Desk(tmp_path).call(capsys, verb, *(["x"] if verb == "new" else []))
    assert said.code == 2
    assert "run `journal init` in your repository" in said.err
    assert len(said.err.splitlines()) == 1


def test_debug_shows_the_traceback(desk: Desk) -> None:
    said = desk.spawn("--debug", "show", "nobody")
    assert said.code == 1
    assert "Traceback (most recent call last)" in said.err
    assert "EntryNotFound" in said.err
    assert "Traceback" not in desk.spawn("show", "nobody").err


def test_debug_may_stand_behind_the_verb_and_wrong_usage_stays_one_line(desk: Desk) -> None:
    assert "EntryNotFound" in desk.spawn("show", "nobody", "--debug").err
    said = desk.spawn("--debug", "list", "--frob")
    assert said.code == 2
    assert len(said.err.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("args", [["list"], ["list", "--json"], ["show", E1]])
def test_a_full_disk_under_the_output_is_one_line(desk: Desk, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "journal", *args], cwd=desk.root, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "error: standard output: No space left on device\n"


def test_another_folder_can_be_named(desk: Desk, capsys: Capsys, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = Desk(tmp_path_factory.mktemp("elsewhere"))
    assert elsewhere.call(capsys, "list").code == 2
    assert E1 in elsewhere.call(capsys, "-C", str(desk.root), "list").out
    assert E1 in elsewhere.call(capsys, "--directory", str(desk.root / "entries"), "list").out


def test_an_interrupt_ends_with_130_and_no_traceback(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("journal.cli.list.open_journal", interrupt)
    said = desk.call(capsys, "list")
    assert said.code == 130
    assert "Traceback" not in said.err


def test_an_interrupt_from_the_keyboard_leaves_the_files_alone(desk: Desk) -> None:
    fifo = desk.root / "wandb/offline-run-20270101_000000-slow"
    fifo.mkdir()
    before = desk.files()
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW, "fill-results"],
        cwd=desk.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Traceback" not in err
    assert desk.files() == before


SLOW = """
import sys, time
from journal.sources.registry import Sources
def wait(*_):
    print("ready", flush=True)
    time.sleep(30)
Sources.open = wait
from journal.__main__ import main
main()
"""


def test_a_bug_is_one_line_that_says_how_to_see_more(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr("journal.cli.list.open_journal", break_down)
    said = desk.call(capsys, "list", "--json")
    assert said.code == 1
    (line,) = said.err.splitlines()
    assert line.startswith("error: ZeroDivisionError: by zero (this is a bug in the journal; `journal --debug`")
    assert said.json["error"]["code"] == "error"


@pytest.mark.parametrize("args", [["list"], ["list", "--json"], ["show", E1], ["check"], ["--help"], ["--version"]])
def test_a_pipe_that_nobody_reads_ends_the_command_quietly(desk: Desk, args: list[str]) -> None:
    desk.write("entries/2026-02-22-bad.md", "bad")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "journal", *args], cwd=desk.root, stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert done.returncode == 141
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_a_long_answer_may_be_cut_by_head(desk: Desk) -> None:
    for number in range(300):
        desk.entry(f"2026-02-22-{number:03}-" + "long" * 20, matter="tags: [" + ", ".join(["tag"] * 60) + "]\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "journal", "list", "--json"],
        cwd=desk.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.read(1)
    child.stdout.close()
    assert child.wait(timeout=30) == 141
    assert child.stderr.read() == b""
    child.stderr.close()


@pytest.mark.parametrize("args", [["list"], ["check"], ["fill-results", "--check"], ["show", E1], ["--help"], ["frob"]])
def test_there_are_no_colours_in_a_pipe(desk: Desk, args: list[str]) -> None:
    said = desk.spawn(*args, TERM="xterm-256color", COLORTERM="truecolor")
    assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize("args", [["list"], ["check"], ["fill-results"]])
def test_a_title_cannot_move_the_cursor_or_break_the_line(desk: Desk, capsys: Capsys, args: list[str]) -> None:
    desk.entry("2026-02-22-x", "<!-- journal:runs -->\n<!-- /journal:runs -->\n", matter='follows: ["a\\tb\\nc"]\n')
    said = desk.call(capsys, *args)
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", said.out + said.err) is None
    assert all(line.strip() for line in said.out.splitlines())


def test_data_goes_to_stdout_and_words_to_stderr(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "fill-results", "--json")
    assert json.loads(said.out)["schema_version"] == 1
    assert "error" not in said.err
    assert desk.call(capsys, "list").err == ""


def every_error(tree: type[JournalError] = JournalError) -> list[type[JournalError]]:
    return [tree, *(below for child in tree.__subclasses__() for below in every_error(child))]


@pytest.mark.parametrize("kind", every_error())
def test_the_exit_code_belongs_to_the_error(
    desk: Desk, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, kind: type[JournalError]
) -> None:
    def fail() -> Any:
        raise kind("it went wrong", hint="do this", path="a/b.md", line=3, column=4)

    monkeypatch.setattr("journal.cli.list.open_journal", fail)
    said = desk.call(capsys, "list")
    assert said.code == kind.exit_code
    assert said.code in {1, 2, 3}
    assert said.err == "error: a/b.md:3:4: it went wrong (do this)\n"


def test_the_module_runs_like_the_command(desk: Desk) -> None:
    assert desk.spawn("--version").out == f"journal {journal.__version__}\n"
    assert desk.spawn("frob").code == 2
