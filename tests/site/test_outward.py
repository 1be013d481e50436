"""Links of an entry's text that lead beyond the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from site_journal import SHA, SiteJournal

from gitrepo import GitRepo
from journal.site import outward, pages
from journal.site.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "entries/2026-02-21-a.md"
PICTURE = b"\x89PNG"


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """A journal in a repository with a host, in a folder of it."""
    GitRepo(tmp_path).init().git("remote", "add", "origin", "https://github.com/lab/toy.git")
    lab = SiteJournal(tmp_path / "notes", 'docs = "own"\n')
    lab.write("own/setup.md", "# Setup\n")
    lab.write("runs/curve (1).png", PICTURE)
    lab.write("runs/train.py", "x = 1\n")
    lab.entry("2026-02-20-first")
    return lab


def shown(lab: SiteJournal, text: str, **fields: object) -> str:
    """The words of an entry's text as its page has them."""
    lab.entry("2026-02-21-a", f"Here: {text}\n", title="A", **{"commits": [SHA], **fields})
    page = pages.render(lab.contents)[PAGE].decode()
    return page.partition("Here: ")[2].partition("\n")[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![c](<../runs/curve (1).png>)", "![c](<../files/runs/curve%20%281%29.png>)"),
        ("![c](../runs/curve%20(1).png)", "![c](../files/runs/curve%20%281%29.png)"),
        ("[s](../own/setup.md#part)", "[s](../docs/setup.md#part)"),
        ("[t](../runs/train.py#L10)", f"[t](https://github.com/lab/toy/blob/{SHA}/notes/runs/train.py#L10)"),
        ("[t](../runs)", f"[t](https://github.com/lab/toy/blob/{SHA}/notes/runs)"),
    ],
)
def test_what_lies_in_the_journal_is_led_to(lab: SiteJournal, text: str, expected: str) -> None:
    assert shown(lab, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[f](2026-02-20-first.md) [n](none.md) [n](../none.py) [u](../../../passwd)",
        "[w](https://x.example/runs) [r](/runs) [h](#a)",
        "`[t](../runs/train.py)` <!-- [t](../runs/train.py) -->",
    ],
)
def test_all_other_words_stay_as_they_are(lab: SiteJournal, text: str) -> None:
    assert shown(lab, text) == text


def test_a_page_of_the_user_that_the_site_does_not_show_is_read_at_the_host(lab: SiteJournal) -> None:
    lab.write("own/.drafts/plan.md", "# Plan\n")
    address = f"https://github.com/lab/toy/blob/{SHA}/notes/own/.drafts/plan.md"
    assert shown(lab, "[p](../own/.drafts/plan.md)") == f"[p]({address})"


def test_a_file_of_an_entry_without_a_commit_stays_as_it_is(lab: SiteJournal) -> None:
    assert shown(lab, "[t](../runs/train.py)", commits=[]) == "[t](../runs/train.py)"


def test_a_note_that_was_taken_in_leads_from_where_it_lay(lab: SiteJournal) -> None:
    lab.write("old/deep/fig.png", PICTURE)
    lab.write("entries/near.png", PICTURE)
    taken = {"imported": {"from": "old/deep/log.md", "sha256": "0" * 64}}
    words = "![f](fig.png) ![n](near.png) [e](../../entries/2026-02-20-first.md)"
    expected = "![f](../files/old/deep/fig.png) ![n](near.png) [e](2026-02-20-first.md)"
    assert shown(lab, words, **taken) == expected


def test_only_pictures_that_are_named_come_along_and_they_go_with_the_last_name(lab: SiteJournal) -> None:
    lab.write("runs/other.png", PICTURE)
    lab.entry("2026-02-21-a", "![c](<../runs/curve (1).png>) [t](../runs/train.py)\n")
    made = generate(lab.journal)
    place = made.folder / outward.PLACE
    assert [path.relative_to(place).as_posix() for path in place.rglob("*.*")] == ["runs/curve (1).png"]
    assert (place / "runs/curve (1).png").read_bytes() == PICTURE
    lab.entry("2026-02-21-a", "No picture.\n")
    generate(lab.journal)
    assert not place.exists()


@pytest.mark.parametrize("secret", ["runs/.hidden/a.png", "runs/linked.png"])
def test_what_is_hidden_or_lies_outside_does_not_come_along(lab: SiteJournal, secret: str) -> None:
    outside = lab.root.parent / "outside.png"
    outside.write_bytes(PICTURE)
    (lab.root / "runs/.hidden").mkdir()
    (lab.root / "runs/.hidden/a.png").write_bytes(PICTURE)
    (lab.root / "runs/linked.png").symlink_to(outside)
    shown(lab, f"![a](../{secret}) ![b](../../outside.png)")
    assert not (generate(lab.journal).folder / outward.PLACE).exists()


def test_the_page_is_made_again_when_what_it_links_to_comes(lab: SiteJournal) -> None:
    lab.entry("2026-02-21-a", "![late](../runs/late.png)\n")
    made = generate(lab.journal)
    assert "(../runs/late.png)" in (made.folder / PAGE).read_text()
    lab.write("runs/late.png", PICTURE)
    assert {PAGE, "files/runs/late.png"} <= set(generate(lab.journal).written)
    assert "(../files/runs/late.png)" in (made.folder / PAGE).read_text()
