"""Files that free-form notes say they touched; those that they only mention are none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.imports.readers.files import files
from journal.imports.readers.interface import Confidence
from journal.imports.readers.known import Known
from journal.imports.readers.page import Page
from seeds import needs_the_notes, seed

STATED, LIKELY, POSSIBLE = Confidence


def found(text: str, known: Known | None = None, confidence: Confidence = STATED) -> list[str]:
    facts = files(Page("note.md", text), known or Known())
    return [fact.value for fact in facts if fact.confidence is confidence]


@pytest.mark.parametrize(
    "text",
    [
        "Files touched:\n\n- `nets/wide.py`\n- `train.py`",
        "- Files touched:\n  - `nets/wide.py`\n  - `train.py`",
        "## Files Modified\n\n1. `nets/wide.py`\n2. `train.py`",
        "## \N{MEMO} **FILES CHANGED**\n\n### **1. `nets/wide.py`**\n- a\n\n### 2. `train.py`\n- `x.py` is not",
        "Files changed: `nets/wide.py`, `train.py`",
        "**Modified files**: nets/wide.py, train.py",
        "Files modified/added:\n* nets/wide.py: faster\n* **train.py** — shorter",
        "Files touched (2):\n- `nets/wide.py` (docs + `width`)\n- `train.py:88-120` and what not",
        "Files touched:\n- \N{WHITE HEAVY CHECK MARK} `nets/wide.py`:\n  - `x.py`\n- Modified: [train.py](a)",
        "Files touched:\n- M nets/wide.py\n- `train.py`, since `other.py` is fine",
        "修改的文件：\n- `nets/wide.py`（更快）\n- train.py",
        "## 修改文件\n\n- `nets/wide.py`、`train.py`",
        "## Files changed\n\n| File | Change |\n|---|---|\n| `nets/wide.py` | faster |\n| train.py | `other.py` |",
        "## Files changed\n\nCore:\n- nets/wide.py\n\n**Scripts**\n- train.py",
        "## Files changed\n\n### Core\n\n- nets/wide.py\n\n### Scripts\n\n- train.py",
        "Files changed:\n- Modified:\n  - nets/wide.py\n- New:\n  - train.py",
        "## What was fixed\n\n**File:** `nets/wide.py` lines 6-8\n\nFile: train.py\n**What changed:** all of it",
    ],
)
def test_the_files_of_a_list_are_touched(text: str) -> None:
    assert found(text) == ["nets/wide.py", "train.py"]


@pytest.mark.parametrize(
    "text",
    [
        "See `train.py`, which needs `nets/wide.py`.",
        "- `train.py`\n- `nets/wide.py`",
        "Files:\n\n- `train.py`",
        "Key files:\n\n- `train.py`",
        "New files:\n\n- `train.py`",
        "Files to change next:\n\n- `train.py`",
        "Files not touched:\n\n- `train.py`",
        "Files touched:\n\n- `DEBUG`\n- width = 3\n- e.g. none",
        "Files touched: none",
        "## Files changed\n\n- `WIDTH` in `train.py`",
        "## Files changed\n\nWe left alone and did not look at these in the end:\n\n- `train.py`",
        "## Files changed\n\n### Not changed\n\n- `train.py`",
        "## Files changed\n\nNothing, but `train.py` is next.",
        "| File | Size |\n|---|---|\n| train.py | 3 |",
        "```\nFiles touched:\n- train.py\n```",
        "Files touched:\n\n```\n- train.py\n```",
        "Files touched:\n\n- https://example.org/train.py",
        "",
    ],
)
def test_a_file_that_is_only_mentioned_is_none(text: str) -> None:
    assert found(text) == []


def test_each_file_stands_once_and_in_order() -> None:
    assert found("Files touched:\n- b.py\n- a.py\n- b.py\n\nFiles changed: c.py, a.py") == ["b.py", "a.py", "c.py"]


def test_a_name_without_folders_stands_for_the_one_path_that_ends_in_it() -> None:
    text = "Files touched:\n- train.py\n- nets/train.py\n"
    assert found(text) == ["nets/train.py"]
    assert found(text, Known(files={"train.py"}.__contains__)) == ["train.py", "nets/train.py"]
    assert found(f"{text}- old/train.py\n") == ["train.py", "nets/train.py", "old/train.py"]


def test_a_name_without_an_ending_needs_the_repository() -> None:
    text = "Files touched:\n- `Makefile`\n- `launch`\n- `.gitignore`\n"
    assert found(text) == ["Makefile", ".gitignore"]
    assert found(text, Known(files={"launch"}.__contains__)) == ["Makefile", "launch", ".gitignore"]


def test_folders_and_patterns_are_only_possible() -> None:
    text = "Files touched:\n- `nets/`\n- `configs/*.yaml`\n- `a.py`\n"
    assert (found(text), found(text, confidence=POSSIBLE)) == (["a.py"], ["nets/", "configs/*.yaml"])


def test_an_absolute_path_is_kept_in_a_list_and_doubted_elsewhere() -> None:
    assert found("Files touched:\n- `/srv/lab/train.py`\n") == ["/srv/lab/train.py"]
    assert found("## Fix\n\n**File:** `/srv/lab/train.py`", confidence=POSSIBLE) == ["/srv/lab/train.py"]


def test_a_file_of_which_nobody_says_that_it_changed_is_only_likely() -> None:
    assert found("# Layout\n\n**File:** `train.py`", confidence=LIKELY) == ["train.py"]
    assert found("# Update the reader\n\nFiles: `train.py`", confidence=LIKELY) == ["train.py"]
    assert found("# Fix 1\n\nFile: `train.py`\n**What changed:** all", confidence=STATED) == ["train.py"]
    assert found("## Code changes\n\n- **train.py**: faster", confidence=LIKELY) == ["train.py"]


def test_a_heading_in_broken_encoding_still_counts() -> None:
    heading = "\N{MEMO} FILES MODIFIED".encode().decode("mac_roman")
    ticked = "\N{WHITE HEAVY CHECK MARK} `train.py`:".encode().decode("cp1252", "replace")
    assert found(f"## {heading}\n\n1. {ticked}\n") == ["train.py"]


def test_the_line_is_the_files_own() -> None:
    facts = files(Page("note.md", "Files touched:\n\n- `a.py`,\n  `b.py`\n- `c.py`\n"), Known())
    assert [(fact.value, fact.line) for fact in facts] == [("a.py", 3), ("b.py", 4), ("c.py", 5)]


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(["Files touched:", "- `a.py`", "## Files changed", "File: b.py", ""])))
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    fenced = "\n".join(["```", *lines, "```"])
    assert files(Page("note.md", f"# Fix\n\n{fenced}\n"), Known()) == []


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("ab.py`|:#-\n> ()[]./_*Files touched修改的文件"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    facts = files(Page("note.md", f"Files touched:\n{text}"), Known())
    assert len({fact.value for fact in facts}) == len(facts)


@needs_the_notes
@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (0, (17, 18, 19, 20)),
        (1, (20, 21, 22, 23)),
        (2, ()),
        (3, (360, 371, 377, 382)),
        (4, (200, 206, 211, 214)),
    ],
)
def test_the_notes_that_we_build_for(number: int, lines: tuple[int, ...]) -> None:
    path = seed(number)
    text = path.read_text("utf-8").split("\n")
    assert found("\n".join(text)) == [re.findall(r"`([^`]+)`", text[line - 1])[0] for line in lines]
