from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path

Capsys = pytest.CaptureFixture[str]
E1 = "2026-02-21-one"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk.with_runs(tmp_path, ())
    desk.entry(E1, "## Context\n\nWords.\n")
    return desk


def test_an_entry_is_printed_as_one_html_file(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export", E1, "--html")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("<!DOCTYPE html>\n")
    assert said.out.endswith("</html>\n")
    assert desk.call(capsys, "export", E1).out == said.out


def test_it_is_written_where_the_user_says(desk: Desk, capsys: Capsys) -> None:
    printed = desk.call(capsys, "export", E1).out
    said = desk.call(capsys, "export", E1, "-o", "one.html")
    assert (said.code, said.out, said.err) == (0, "", "wrote one.html\n")
    assert desk.files()["one.html"].decode() == printed


def test_json_tells_the_file_or_holds_the_html(desk: Desk, capsys: Capsys) -> None:
    printed = desk.call(capsys, "export", E1).out
    told = desk.call(capsys, "export", E1, "--json").json
    size = len(printed.encode())
    assert told == {"schema_version": 1, "path": f"entries/{E1}.md", "bytes": size, "html": printed}
    told = desk.call(capsys, "export", E1, "--json", "--output", "one.html").json
    assert told == {"schema_version": 1, "path": f"entries/{E1}.md", "bytes": size, "output": "one.html"}


def test_evidence_and_entries_are_not_overwritten(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export", E1, "-o", f"entries/{E1}.md")
    assert said.code == 1
    assert "would stand among the journal's entries" in said.err
    assert "Words." in desk.files()[f"entries/{E1}.md"].decode()


def test_an_entry_that_is_not_there_is_told(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "export", "nothing")
    assert (said.code, said.out) == (1, "")
    assert "nothing" in said.err
