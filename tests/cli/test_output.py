from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.cli.output import answer, failure, problem, put, say, table
from journal.errors import EntryError, JournalError

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]


def test_an_answer_is_one_object_with_its_version(capsys: Capsys) -> None:
    answer({"a": 1, "b": "Größe"})
    out = capsys.readouterr().out
    assert out.endswith("}\n")
    assert json.loads(out) == {"schema_version": 1, "a": 1, "b": "Größe"}


def test_a_number_that_is_no_json_becomes_null(capsys: Capsys) -> None:
    answer({"values": [nan, inf, -inf, 0.1]})
    assert json.loads(capsys.readouterr().out)["values"] == [None, None, None, 0.1]


@given(st.text(st.characters(codec=None)))
def test_a_message_is_one_printable_line(text: str) -> None:
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        put(text)
        say(text)
    assert out.getvalue() == err.getvalue()
    line = out.getvalue()
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in line[:-1])
    line.encode()


def test_a_failure_is_a_line_and_in_json_an_object_too(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    error = EntryError("is wrong", path=tmp_path / "entries/a.md", line=2, hint="mend it")
    failure(error, as_json=False)
    assert capsys.readouterr() == ("", "error: entries/a.md:2: is wrong (mend it)\n")
    failure(error, as_json=True)
    said = capsys.readouterr()
    assert said.err == "error: entries/a.md:2: is wrong (mend it)\n"
    assert json.loads(said.out)["error"] == problem(error)


def test_a_path_elsewhere_is_shown_whole(capsys: Capsys, tmp_path: Path) -> None:
    failure(JournalError("is wrong", path=tmp_path / "a.md"), as_json=False)
    assert capsys.readouterr().err == f"error: {tmp_path}/a.md: is wrong\n"


def test_a_table_lines_up_its_columns_and_leaves_no_space_at_the_ends(capsys: Capsys) -> None:
    table(("id", "title"), [["a", "short"], ["longer", "x" * 300], ["中文", "[bold]no markup[/bold] :smile:"]])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[:2]] == [["id", "title"], ["a", "short"]]
    assert lines[1].index("short") == lines[2].index("xxx")
    assert lines[2].endswith("x" * 300)
    assert lines[3].endswith("[bold]no markup[/bold] :smile:")
    assert all(line == line.rstrip() for line in lines)


def test_a_cell_cannot_colour_the_terminal_or_break_its_line(capsys: Capsys) -> None:
    table(("a", "b"), [["\x1b[31mred", "two\nlines\r\x07\x9b1m"]])
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in out.replace("\n", ""))


def test_no_text_turns_the_line_it_stands_in(capsys: Capsys) -> None:
    turning = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
    table(("a", "b"), [[f"{turning}x", "אב"]])
    put(f"{turning}x")
    said = capsys.readouterr().out
    assert not set(turning) & set(said)
    assert said.count("\ufffd") == 2 * len(turning)
    assert "אב" in said
