"""Notes come from anywhere: no line and no number of lines may keep a reader busy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from journal.imports.encoding import decode, repair, unrepairable
from journal.imports.readers.commits import commits, shas
from journal.imports.readers.created import created
from journal.imports.readers.dated import dated_sections, parts
from journal.imports.readers.files import files
from journal.imports.readers.headline import outcomes, statuses, tags, title, unclear
from journal.imports.readers.known import Known
from journal.imports.readers.page import Page
from journal.imports.readers.runs import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SIZE = 12_000
ENOUGH = 1.0  # seconds of processor time; a few hundredths are usual, and minutes where a pattern goes round in circles


def read(text: str) -> dict[str, float]:
    """How long each reader takes for a note, in seconds."""
    page, known = Page("note.md", text), Known()
    readers: dict[str, Callable[[], object]] = {
        "encoding": lambda: (decode(text.encode()), repair(text), unrepairable(text)),
        "lines": lambda: [line.words for line in page.lines],
        "runs": lambda: runs(page, known),
        "commits": lambda: (shas(page), commits(page, known, ())),
        "files": lambda: files(page, known),
        "dates": lambda: (created(page), dated_sections(page), parts(page)),
        "headline": lambda: (title(page), tags(page), statuses(page), outcomes(page), unclear(page)),
    }
    taken = {}
    for name, reader in readers.items():
        start = time.process_time()
        reader()
        taken[name] = time.process_time() - start
    return taken


def slow(texts: Iterable[str]) -> list[str]:
    found = [(text, name, took) for text in texts for name, took in read(text).items()]
    return [f"{name}: {took:.1f} s for {text[:40]!r}" for text, name, took in found if took > ENOUGH]


@pytest.mark.untraced
@pytest.mark.parametrize(
    "atom",
    [
        *("* ", "_", "** ", "**a ", "~~a ", "`a", "`` ` ", "[ ", "[](", "((", "12 ", "a1b2c3d ", "中、", "| ", "> "),
        *("2026-01-01 ", "a/", "a: ", " ", "Ã©", "new ", "commit ", "run-", "- ", "a::", '"', "：", "😀 "),
    ],
)
def test_a_long_line_keeps_no_reader_busy(atom: str) -> None:
    line = atom * (SIZE // len(atom))
    heads = ("", "# ", "Files touched:\n\n- ", "File: [", "| Commit | Run |\n|---|---|\n| ", "Tags:\n- ")
    assert slow(f"{head}{line}!\n" for head in heads) == []


@pytest.mark.untraced
def test_many_lines_keep_no_reader_busy() -> None:
    notes = [
        ["# Log", "", *(f"## 2026-01-{n % 28 + 1:02} Update {n}\n\nStatus: done\n" for n in range(1000))],
        ["- item", *(f"  word{n} and commit `{n:07x}`" for n in range(4000))],
        ["Files touched:", "", *(f"- `models/{n}/net.py`" for n in range(3000))],
        ["Commits:", "", *(f"- {n * 7919:07x} (words)" for n in range(3000))],
        ["| a | b |", "|---|---|", *(f"| {n} | `{n:08x}` |" for n in range(2000))],
        ["".join(f"| c{n} " for n in range(2000)), "|---" * 2000, "| `a1b2c3d` " * 2000],
    ]
    assert slow("\n".join(lines) for lines in notes) == []
