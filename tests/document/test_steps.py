from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal.document.steps import Step, steps, words
from seeds import needs_the_notes, seed

MATTER = "---\ntitle: One\ncreated: 2026-02-21T19:01:15+08:00\n---\n\n"


def found(body: str) -> list[tuple[int, str, bool, bool]]:
    """Line below the front matter, words, whether it is done and whether it is a box, of each step."""
    return [(each.line - 5, each.text, each.done, each.is_box) for each in steps((MATTER + body).encode(), "x.md")]


def test_a_box_is_found_wherever_a_list_may_have_one() -> None:
    body = "- [ ] one\n- [x] two\n* [X] three\n\n1. [ ] four\n   - [ ] *five*\n\n> - [ ] six\n- - [ ] seven\n"
    assert found(body) == [
        (1, "one", False, True),
        (2, "two", True, True),
        (3, "three", True, True),
        (5, "four", False, True),
        (6, "five", False, True),
        (8, "six", False, True),
        (9, "seven", False, True),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "```\n- [ ] code\n```\n",
        "    - [ ] indented code\n",
        "<!--\n- [ ] comment\n-->\n",
        "- `[ ]` of no list\n- [ ]\n- [y] other\n- [ ](x.md)\n\n[ ] no item\n",
        "- first\n\n  [ ] not the first thing of its item\n",
        "<!-- journal:table x\nmetrics: [loss]\n-->\n\n- [ ] the tool's\n\n<!-- /journal:table 00000000 -->\n",
    ],
)
def test_what_is_no_box_of_the_author_is_not_found(body: str) -> None:
    assert found(body) == []


def test_items_below_a_heading_that_means_next_steps_are_steps() -> None:
    body = """
## Results

- fine

## To do

Soon:

- run `eval.py` on **all** [seeds](x.md)
  - in order
- ~~plot it~~
- [ ] tidy
- None

### Later

1. write
   it up

Commits:

- 0123abc
"""
    assert found(body) == [
        (10, "run eval.py on all seeds", False, False),
        (12, "plot it", True, False),
        (13, "tidy", False, True),
        (18, "write it up", False, False),
    ]


@pytest.mark.parametrize("heading", ["# Next steps", "## 🚀 **NEXT STEPS**", "### 下一步", "## Follow-up"])
def test_the_heading_may_be_of_any_level_and_of_other_words(heading: str) -> None:
    marks, _, _ = heading.partition(" ")
    assert found(f"{heading}\n\n- sleep\n\n{marks} Other\n\n- wake\n") == [(3, "sleep", False, False)]


def test_a_step_knows_its_section() -> None:
    raw = b"- [ ] a\n\n# Title\n\n- [ ] b\n\n## Plan *A*\n\n### Now\n\n- [ ] c\n"
    assert [(each.section, each.line) for each in steps(raw, "x")] == [(None, 1), ("Title", 5), ("Plan A", 11)]


@pytest.mark.parametrize("eol", ["\r\n", "\r", "\n"])
def test_lines_are_counted_with_any_line_end_and_past_blocks(eol: str) -> None:
    body = "- [ ] a\n\n<!-- journal:runs -->\n\n## Next steps\n\n<!-- /journal:runs -->\n- [ ] b\n\n## Z\n\n- [ ] c\n"
    raw = (MATTER + body).replace("\n", eol).encode()
    assert [(each.text, each.line, each.section) for each in steps(raw, "x")] == [
        ("a", 6, None),
        ("b", 13, None),
        ("c", 17, "Z"),
    ]


def test_a_step_is_a_value() -> None:
    (step,) = steps(b"- [ ] sleep", "x")
    assert step == Step(text="sleep", line=1, done=False, section=None, is_box=True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.from_regex(r"[a-z]{1,8}( [a-z]{1,8})?", fullmatch=True)), max_size=8))
def test_every_box_of_a_list_comes_back(boxes: list[tuple[bool, str]]) -> None:
    body = "".join(f"- [{'x' if done else ' '}] {text}\n" for done, text in boxes)
    assert found(body) == [(number, text, done, True) for number, (done, text) in enumerate(boxes, 1)]


@pytest.mark.parametrize("text", ["plain words", "a\n  b", "`x_y` & ~z~", "<b>bold</b>", "![alt](x.png) end"])
def test_plain_words_hold_no_line_end_and_say_the_same_twice(text: str) -> None:
    plain = words(text)
    assert plain
    assert plain == " ".join(plain.split())


@needs_the_notes
@pytest.mark.parametrize(("number", "boxes"), [(0, 0), (1, 0), (2, 0), (3, 6), (4, 6)])
def test_the_seeds_hold_their_boxes_all_open(number: int, boxes: int) -> None:
    path = seed(number)
    mine = steps(path.read_bytes(), path.name)
    assert [step.done for step in mine if step.is_box] == [False] * boxes
    assert [step for step in mine if not step.is_box]
