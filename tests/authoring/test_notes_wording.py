import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from journal.authoring.first_paragraph import first_paragraph
from journal.authoring.notes_wording import Pointer, Said, harmless
from journal.authoring.run_notes import noted
from journal.document.document import parse
from journal.model.entry import RunRef
from journal.model.life import Status

LINK = "https://lab.example/journal/entries/2026-02-21-floor.html"
NEWER = Pointer("A floor that learns", "2026-03-01-newer", "https://lab.example/journal/entries/2026-03-01-newer.html")
CANDIDATE = RunRef.model_validate({"id": "fej59g91", "as": "iga", "role": "candidate"})
BASELINE = RunRef.model_validate({"id": "fej59g91", "as": "base", "role": "baseline"})


def said(
    matter: str = "",
    *,
    title: str = "A floor for sigma",
    link: str | None = LINK,
    replaced: Status | None = None,
    by: Pointer | None = None,
    summary: str = "",
) -> Said:
    raw = f"---\ntitle: x\ncreated: 2026-02-21T19:01:15+08:00\n{matter}---\n".encode()
    entry = parse(raw, "entries/2026-02-21-floor.md").entry
    return Said(entry, Pointer(title, entry.id, link), replaced, by, summary)


def test_an_entry_is_told_with_its_link_its_standing_the_runs_part_and_its_summary() -> None:
    found = said("status: concluded\noutcome: positive\n", summary="Saturation falls to 0.68.").to([CANDIDATE])
    assert found == (
        f"Journal entry [A floor for sigma]({LINK}): concluded, positive outcome. "
        "In it, this run is the candidate `iga`.\n\nSaturation falls to 0.68."
    )


def test_a_run_with_two_handles_has_both_told() -> None:
    assert said().to([CANDIDATE, BASELINE]).endswith("this run is the candidate `iga` and the baseline `base`.")


def test_a_run_without_handle_and_role_has_nothing_told_of_its_part() -> None:
    folder = RunRef.model_validate({"id": "/home/ada/wandb/run-20260101_120000-abcd"})
    assert said().to([folder]) == f"Journal entry [A floor for sigma]({LINK})."


def test_without_a_link_the_entry_is_named_by_its_id() -> None:
    assert said(link=None).to([]) == "Journal entry **A floor for sigma** (2026-02-21-floor)."


def test_an_invalid_entry_says_so_first_and_its_results_are_not_repeated() -> None:
    found = said("status: concluded\n", replaced=Status.INVALID, by=NEWER, summary="It works.").to([CANDIDATE])
    assert found.startswith("**Invalid:** what is concluded below does not hold. See [A floor that learns](")
    assert "It works." not in found
    assert "]: invalid." not in found
    assert f"]({LINK}): invalid. In it" in found


def test_a_superseded_entry_says_so_first_and_names_the_one_in_its_place() -> None:
    found = said(replaced=Status.SUPERSEDED, by=NEWER, summary="It works.").to([])
    assert found.startswith("**Superseded:** another entry took its place. See [A floor that learns](")
    assert "It works." not in found


def test_corrections_come_before_the_entry_the_last_ones_in_full() -> None:
    matter = 'corrections: [{was: "1"}, {was: "0.7", now: "0.8"}, {was: "12 %"}]\n'
    found = said(matter, summary="It works.").to([])
    assert found.startswith("**Corrected:** 0.7 was wrong, it is 0.8; 12 % was wrong; 1 more before.\n\nJournal entry")
    assert found.endswith("It works.")


@pytest.mark.parametrize(
    "secret",
    ["ghp_" + "a1B2" * 9, "https://ada:hunter2pass@git.lab.example/model.git", "/home/ada/keys/a.pem", "~/keys/a.pem"],
)
def test_no_secret_and_no_folder_of_a_machine_is_told(secret: str) -> None:
    told = said(title=f"Push {secret}", summary=f"With {secret} it works.").to([])
    assert not re.search("a1B2|hunter2|/home|keys/", told)


@settings(max_examples=60)
@given(st.text(), st.text(), st.text(min_size=1).filter(str.strip))
@example("", "-", "+ 0")
@example("", "1. first", "2) second")
def test_nothing_from_elsewhere_is_markup_in_the_notes(title: str, summary: str, was: str) -> None:
    entry = said(title=title, summary=summary)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds = [token.type for token in reader.parse(entry.to([CANDIDATE]))]
    assert set(kinds) == {"paragraph_open", "inline", "paragraph_close"}
    told = f"a {harmless(was, 80)}"
    inside = [child.type for token in reader.parse(told) for child in token.children or ()]
    assert set(inside) <= {"text", "text_special"}
    assert len(html.unescape(told)) <= 82


@settings(max_examples=60)
@given(st.text(), st.text(), st.text(max_size=200))
def test_a_part_is_short_and_can_be_pushed_twice(title: str, summary: str, notes: str) -> None:
    matter = 'corrections: [{was: "0.7", now: "0.8"}, {was: "0.71", now: "0.81"}]\n'
    text = said(matter, title=title, summary=summary).to([CANDIDATE])
    assert len(html.unescape(text)) < 700
    once = noted(notes, "2026-02-21-floor", text)
    assert noted(once, "2026-02-21-floor", text) == once


def test_a_long_summary_ends_with_a_sentence_or_with_a_word() -> None:
    sentences = "The floor holds for every seed. " * 20
    assert said(summary=sentences).to([]).endswith("every seed.")
    assert said(summary="word " * 200).to([]).endswith(" word…")
    assert len(harmless("x" * 500, 40)) == 40


RESULTS = """
## Context

Not this.

## Results

<!-- journal:table a
metrics: [loss]
runs: [x]
stats: [last]
-->

| a | b |
|---|--:|
| loss | 1 |

*last; rows used: 1*

<!-- /journal:table 00000000 -->

- a point

{paragraph}

Not this either.

## Next steps

Nor this.
"""


def paragraph(text: str, *, body: str = RESULTS) -> str:
    raw = f"---\ntitle: x\ncreated: 2026-02-21T19:01:15+08:00\n---\n{body.format(paragraph=text)}".encode()
    return first_paragraph(parse(raw, "entries/2026-02-21-floor.md"))


def test_the_summary_is_the_first_paragraph_of_the_results_that_the_author_wrote() -> None:
    text = 'Saturation *falls* to [0.68](run:x "last(loss)"),\nsee `loss` ![a curve](b.png)<!-- no -->.'
    assert paragraph(text) == "Saturation falls to 0.68, see loss a curve."


def test_windows_line_ends_make_no_difference() -> None:
    assert paragraph("It\nholds.", body=RESULTS.replace("\n", "\r\n")) == "It holds."


@pytest.mark.parametrize("body", ["", "## Results\n", "## Results\n\n## Next steps\n\nNo.\n", "No.\n"])
def test_without_a_paragraph_of_results_there_is_no_summary(body: str) -> None:
    assert paragraph("", body=body) == ""


def test_a_paragraph_that_waits_to_be_written_is_no_summary() -> None:
    assert paragraph("TBD. A table stands here.") == ""
