from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checked import Checked
from desk import Desk
from journal.checks.mending import mended
from journal.index.journal import Journal
from stopwatch import seconds

if TYPE_CHECKING:
    from pathlib import Path

A, B = "2026-02-21-a", "2026-02-21-b"


RUNS_USED = ("plain031",)


@pytest.fixture
def shelf(tmp_path: Path) -> Checked:
    made = Checked.begin(tmp_path)
    made.entry(B, "# Loss\n\n## What came of it: 2 runs\n\nUnder\n-----\n<a id='kept'></a>\n")
    made.write("docs/plan.md", "# Plan\n")
    return made


def mend(shelf: Checked) -> str:
    """The first entry with every fix of a dead link done."""
    fixes = [each.fix for each in shelf.found("LNK001") if each.fix is not None]
    path = f"entries/{A}.md"
    raw = Journal.open(shelf.root).document(path).render()
    text = mended(fixes, {path: raw}).texts.get(path, raw)
    return text.decode().partition("---\n")[2].partition("---\n")[2]


def test_links_and_images_that_lead_nowhere_are_found_at_their_lines(shelf: Checked) -> None:
    shelf.entry(
        A,
        "See [it](gone.md), [here](2026-02-21-b.md) and\n![loss](plots/loss.png).\n\n"
        "| a | b |\n|---|---|\n| [x](./x/y.py) | é [deep](<a b.md>) |\n\n[one][two]\n\n[two]: ../three.md 'title'\n",
    )
    assert [(each.line, each.column, each.message) for each in shelf.found("LNK001")] == [
        (5, 10, "the link to gone.md leads nowhere"),
        (6, 9, "the link to plots/loss.png leads nowhere"),
        (10, 7, "the link to ./x/y.py leads nowhere"),
        (10, 29, "the link to a b.md leads nowhere"),
        (14, 8, "the link to ../three.md leads nowhere"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[it](https://a.org/x.md) [it](mailto:a@b.c) [it](//a.org/x) [it](/x/y.md) [it](#)",
        "`[it](gone.md)` and\n\n```\n[it](gone.md)\n```\n\n    [it](gone.md)\n\n<!-- [it](gone.md) -->\n",
        "f[i](x) and \\[it](gone.md) and [it]: x",
        "[it](2026-02-21-b.md?x=1#loss) [it](2026-02-21-b) [it](2026-02-21-b/) [it](./2026-02-21-b.html)",
        "[it](../docs/plan.md:12) [it](../docs/) [it](%2E%2E/docs/plan.md)",
        '[TBD](run:plain031 "last(loss)")',
        "[unused]: gone.md",
    ],
)
def test_the_web_code_what_is_there_and_what_may_be_no_link_are_fine(shelf: Checked, text: str) -> None:
    shelf.entry(A, f"{text}\n")
    assert shelf.found("LNK001") == []


def test_a_link_out_of_the_repository_is_told_as_that(shelf: Checked) -> None:
    shelf.entry(A, "[it](../../other/x.md)\n")
    assert shelf.said("LNK001") == ["the link to ../../other/x.md leads out of the repository"]


def test_a_path_from_the_top_and_one_in_other_letters_are_mended(shelf: Checked) -> None:
    shelf.entry(A, "[a](docs/plan.md) and [b](../Docs/PLAN.md#plan 'x')\n".replace(" 'x'", ""))
    assert shelf.said("LNK001") == [
        "the link to docs/plan.md leads nowhere from here",
        "the link to ../Docs/PLAN.md#plan is spelt ../docs/plan.md on disk",
    ]
    assert mend(shelf) == "[a](../docs/plan.md) and [b](../docs/plan.md#plan)\n"


def test_a_link_to_a_renamed_entry_is_led_to_its_new_name(shelf: Checked) -> None:
    shelf.entry(A, f"[it]({B}.md#loss) [other](2026-02-20-never.md)\n")
    shelf.commit("Write")
    for old, new in ((B, "2026-02-21-c"), ("2026-02-21-c", "2026-02-21-d e")):
        shelf.git("mv", f"entries/{old}.md", f"entries/{new}.md")
        shelf.commit("Rename")
    assert shelf.said("LNK001") == [
        f"the link to {B}.md#loss leads nowhere: that entry is called 2026-02-21-d e.md now",
        "the link to 2026-02-20-never.md leads nowhere",
    ]
    assert mend(shelf) == "[it](2026-02-21-d%20e.md#loss) [other](2026-02-20-never.md)\n"


def test_an_imported_note_may_lead_from_where_it_lay_and_its_words_are_not_mended(shelf: Checked) -> None:
    shelf.write("notes/y.md", "x\n")
    shelf.imported(A, "[y](y.md) [b](2026-02-21-b.md) [plan](docs/plan.md) [z](z.md)\n")
    found = shelf.found("LNK001")
    assert [each.message for each in found] == [
        "the link to docs/plan.md leads nowhere from here",
        "the link to z.md leads nowhere",
    ]
    assert {each.fix for each in found} == {None}
    assert "ignore: {LNK001: WHY}" in str(found[0].hint)
    shelf.imported(A, "[z](z.md)\n", source="x.md")
    assert shelf.found("LNK001") == []


def test_a_file_that_comes_and_goes_is_noticed_although_the_entry_stays(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    settled: None,  # noqa: ARG001
) -> None:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(A, "[plan](../docs/plan.md)\n")
    desk.commit("Write")

    def codes() -> list[str]:
        return [each["code"] for each in desk.call(capsys, "check", "--json").json["findings"]]

    assert codes() == codes() == ["LNK001"]
    desk.write("docs/plan.md", "# Plan\n")
    assert codes() == []
    (desk.root / "docs/plan.md").unlink()
    assert codes() == ["LNK001"]


# --- headings ---------------------------------------------------------------------------------------------------------


def test_a_link_to_a_heading_that_is_not_there_is_found(shelf: Checked) -> None:
    shelf.entry(A, f"# Mine\n\n[a](#mine) [b](#yours) [c]({B}.md#loss) [d]({B}.md#lass)\n")
    assert [(each.line, each.message) for each in shelf.found("LNK002")] == [
        (7, "no heading answers to the link to #yours"),
        (7, f"no heading answers to the link to {B}.md#lass"),
    ]


@pytest.mark.parametrize("heading", ["what-came-of-it-2-runs", "What_came_of_it:_2_runs", "under", "kept", "loss-1"])
def test_headings_are_found_however_a_site_spells_their_addresses(shelf: Checked, heading: str) -> None:
    shelf.entry(A, f"[a]({B}.md#{heading})\n")
    assert shelf.found("LNK002") == []


def test_lines_of_code_and_pages_that_make_their_headings_are_left_alone(shelf: Checked) -> None:
    shelf.write("docs/api.md", "# API\n\n::: lab.train\n")
    shelf.write("x.py", "")
    shelf.entry(A, "[a](../x.py#L12) [b](../docs/api.md#lab.train) [c](gone.md#x)\n")
    assert shelf.found("LNK002") == []


def hostile(size: int) -> list[str]:
    """Texts of about so many characters, in which whoever goes back again and again takes long."""
    return [
        "[a](#b) " + "{" * size,
        "[a](#b) " + "{#" * (size // 2),
        "[a](b.md) " * (size // 10),
        "[" * (size // 2) + "](b.md)",
        "[a]: b.md\n" * (size // 10) + "[a]",
        "[a](b" + "(x)" * (size // 3) + ".md)",
        "[ ] " * (size // 4),
        "ssh -a b " * (size // 9),
        "/home/mlee/x " * (size // 13),
        "https://a:b" * (size // 11),
        "-----BEGIN " + "A " * (size // 2),
        "| pending " * (size // 10),
    ]


@pytest.mark.untraced
def test_hostile_text_takes_time_in_proportion_to_its_length(shelf: Checked) -> None:
    def taken(size: int) -> float:
        for number, text in enumerate(hostile(size)):
            shelf.entry(f"2026-02-22-{number}", f"## Results\n\n{text}\n", "status: concluded\n")
        return seconds(lambda: shelf.found("LNK001"))

    taken(10)
    small, large = taken(15_000), taken(60_000)
    # Four times the text: quadratic time would be sixteen times as long.
    assert large < 6 * small
