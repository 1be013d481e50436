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

Capsys = pytest.CaptureFixture[str]

NOTE = "# Warm up\n\nDate: 2026-03-01 10:00\n\nW&B run: `plain031`, perhaps 0a1b2c3d.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.write("notes/a.md", NOTE)
    return desk


def test_a_dry_run_shows_each_fact_with_its_line_and_writes_nothing(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    said = desk.call(capsys, "import", "notes", "--dry-run")
    assert said.out.splitlines()[:4] == [
        "notes/a.md -> entries/2026-03-01-warm-up.md: 1 run",
        "notes/a.md:1: title: Warm up (title)",
        "notes/a.md:3: time: 2026-03-01 10:00 (line `Date:`)",
        "notes/a.md:5: run: plain031 (known run)",
    ]
    assert said.err.splitlines() == ["1 note: 1 new", "1 time without a zone: unknown until --zone or --map says it"]
    assert (said.code, desk.files()) == (0, before)


def test_an_import_writes_the_entry_and_lists_what_it_left_out(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "import", "notes", "--zone", "+08:00")
    assert said.code == 0
    assert said.out.splitlines()[0] == "notes/a.md -> entries/2026-03-01-warm-up.md: 1 run"
    assert all("left out" in line for line in said.out.splitlines()[1:])
    assert "created: 2026-03-01T10:00+08:00\n" in desk.read("2026-03-01-warm-up")
    assert desk.call(capsys, "check", "--strict").code == 0


def test_json_tells_sure_and_unsure_facts_apart(desk: Desk, capsys: Capsys) -> None:
    answer = desk.call(capsys, "import", "notes", "--json").json
    (note,) = answer["notes"]
    assert (note["fate"], note["id"], note["repair"]) == ("new", "2026-03-01-warm-up", None)
    assert {fact["field"] for fact in note["facts"]} == {"title", "time", "run"}
    assert all(fact["confidence"] != "stated" for fact in note["uncertain"])


def test_a_note_that_cannot_be_taken_in_does_not_stop_the_others(desk: Desk, capsys: Capsys) -> None:
    desk.write("notes/b.md", "# When?\n")
    desk.write("notes/c.md", "# Later\n\nDate: 2026-03-02\n")
    said = desk.call(capsys, "import", "notes")
    assert said.code == 1
    assert "notes/b.md: says no time (give --created, or say it in --map)" in said.out
    assert said.err.splitlines()[0] == "3 notes: 2 new, 1 refused"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["gone.md"], "no such file or folder"),
        (["notes", "--zone", "Mars"], "--zone: 'Mars' is no zone"),
        (["notes", "--created", "soon"], "--created: 'soon' is no moment"),
        (["notes", "--map", "gone.yaml"], "no such file"),
        (["notes", "--map", "journal.toml"], "journal.toml:1"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(desk: Desk, capsys: Capsys, args: list[str], said: str) -> None:
    answer = desk.call(capsys, "import", *args)
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert said in answer.err


def test_a_broken_encoding_is_told_and_repaired_only_when_asked(desk: Desk, capsys: Capsys) -> None:
    whole = "# Größe\n\nDate: 2026-03-01\n\nDer Übergang für größere Schritte ist schön ✅\n"
    desk.write("notes/a.md", whole.encode().decode("mac_roman").encode())
    said = desk.call(capsys, "import", "notes", "--dry-run")
    assert "--repair undoes that in the whole file" in said.out
    desk.call(capsys, "import", "notes", "--repair")
    assert desk.read("2026-03-01-grösse").endswith(whole)


@pytest.mark.parametrize(("typed", "created"), [("+08:00\n", "2026-03-01T10:00+08:00"), ("\n", "2026-03-01T10:00")])
def test_on_a_terminal_the_zone_is_asked_for(desk: Desk, typed: str, created: str) -> None:
    main, side = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "CI"}
    with subprocess.Popen(
        [sys.executable, "-m", "journal", "import", "notes"],
        cwd=desk.root,
        env=environment,
        stdin=side,
        stdout=subprocess.DEVNULL,
        stderr=side,
    ) as process:
        os.close(side)
        os.write(main, typed.encode())
        assert process.wait(timeout=60) == 0
    os.close(main)
    assert f"created: {created}\n" in desk.read("2026-03-01-warm-up")
