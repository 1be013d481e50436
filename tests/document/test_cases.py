"""Whole files, and what is in them: a new case is a `.md` in `cases/` and a `.json` beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from journal.document.document import parse
from journal.errors import EntryError

CASES = sorted((Path(__file__).parent / "cases").glob("*.md"))


def answer(raw: bytes) -> dict[str, object]:
    try:
        document = parse(raw, "entries/case.md")
    except EntryError as error:
        return {"error": error.code, "line": error.line, "column": error.column, "message": error.message}
    assert document.render() == raw
    entry = document.entry
    return {
        "sections": [[section.line, section.heading] for section in entry.sections],
        "blocks": [
            {name: getattr(block, name) for name in ("kind", "name", "line", "spec_line", "edited")}
            for block in entry.blocks
        ],
        "unknown": entry.front_matter.unknown,
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_file_holds_what_is_written_beside_it(case: Path) -> None:
    assert answer(case.read_bytes()) == json.loads(case.with_suffix(".json").read_text(encoding="utf-8"))


def test_there_are_cases_of_both_kinds() -> None:
    refused = [case for case in CASES if '"error"' in case.with_suffix(".json").read_text(encoding="utf-8")]
    assert min(len(refused), len(CASES) - len(refused)) >= 3
