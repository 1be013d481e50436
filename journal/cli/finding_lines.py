"""Findings for people, and for GitHub, which shows them beside the lines of a pull request."""

from __future__ import annotations

import shutil
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from journal.cli.grid import width_of
from journal.cli.output import put, put_styled
from journal.cli.wrapping import room_for, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from journal.model.finding import FindingShape

_STYLES = {"error": "1;31", "warning": "33", "note": "36"}
_PATH, _DIM, _CARET = "1", "2", "1;31"
_INDENT = "      "
_AROUND = 30
"""Characters that stay in sight before a place in a line too long for the terminal."""
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def put_findings(findings: Sequence[FindingShape], root: Path) -> None:
    """Print findings: by file and with their lines on a terminal, one line each that tools can read elsewhere."""
    if not sys.stdout.isatty():
        for finding in findings:
            put(line_of(finding))
        return
    for path, group in groupby(findings, key=lambda finding: str(finding["path"])):
        put_styled((path, _PATH))
        lines = _lines(root, path)
        for finding in group:
            _put_finding(finding, lines)
        put_styled()


def line_of(finding: FindingShape) -> str:
    """A finding on one line, as editors read it: place, code, severity, message, hint."""
    place = ":".join(str(finding[part]) for part in ("path", "line", "column") if finding[part] is not None)
    hint = f" ({finding['hint']})" if finding["hint"] else ""
    return f"{place}: {finding['code']} {finding['severity']}: {finding['message']}{hint}"


def _put_finding(finding: FindingShape, lines: Sequence[str]) -> None:
    severity, line, column = finding["severity"], finding["line"], finding["column"]
    place = f"{line}:{column or 1}" if line is not None else "-"
    head, what = f"{place:>5} ", f"{severity} {finding['code']}"
    room = room_for(len(_INDENT))
    message, *others = wrapped(finding["message"], room, first=room_for(len(head) + len(what) + 2))
    put_styled((head, _DIM), (what, _STYLES[severity]), (f"  {message}", ""))
    for each in others:
        put_styled((f"{_INDENT}{each}", ""))
    if line is not None and 0 < line <= len(lines) and lines[line - 1].strip():
        text, under = _in_sight(lines[line - 1], column or 1)
        put_styled((f"{_INDENT}{text}", ""))
        put_styled((f"{_INDENT}{' ' * under}", ""), ("^", _CARET))
    if finding["hint"]:
        _put_dim(finding["hint"], room)
    if finding["fix"] is not None:
        _put_dim(f"--fix can {finding['fix']['said']}", room)


def _put_dim(text: str, room: int) -> None:
    for line in wrapped(text, room):
        put_styled((f"{_INDENT}{line}", _DIM))


def _in_sight(line: str, column: int) -> tuple[str, int]:
    """As much of a line around a place as the terminal is wide, and how far the place is from its beginning."""
    line = line.expandtabs(1)
    room = max(shutil.get_terminal_size().columns - len(_INDENT) - 1, _AROUND)
    start = 0 if width_of(line) <= room else max(0, min(column - 1 - _AROUND, len(line) - room))
    end = len(line)
    while width_of(line[start:end]) > room:
        end -= 1
    return line[start:end], width_of(line[start : column - 1])


def _lines(root: Path, path: str) -> list[str]:
    from journal.document import store
    from journal.document.lines import plain
    from journal.errors import JournalError

    try:
        return plain(store.read(root / path).raw).split("\n")
    except JournalError:
        return []


def put_annotations(findings: Sequence[FindingShape], before: str) -> None:
    """Print findings as GitHub's workflow commands.

    Args:
        findings: The findings.
        before: What leads from the repository's folder to the journal's: empty, or `notes/`.
    """
    for finding in findings:
        places = {"file": before + finding["path"], "line": finding["line"], "col": finding["column"]}
        properties = {**places, "title": f"{finding['code']} {finding['severity']}"}
        told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
        hint = f" ({finding['hint']})" if finding["hint"] else ""
        put_styled((f"::{_COMMANDS[finding['severity']]} {told}::{_message(finding['message'] + hint)}", ""))


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
