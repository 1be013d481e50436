"""The user's own files: which are shown, and what counts as a heading in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from site_journal import SiteJournal

from journal.errors import SiteError
from journal.site import own_files

if TYPE_CHECKING:
    from pathlib import Path


def title(text: str) -> str:
    """The title of a page."""
    return own_files.title("a/guide.md", own_files.sections(text))


@pytest.mark.parametrize(
    "before",
    [
        "```sh\n# a comment\n```\n",
        "~~~~\n~~~\n# a comment\n~~~~\n",
        "```\n```python\n# a comment\n```\n",
        "---\n# a comment\ntags: [a]\n---\n",
        "\ufeff---\r\n# a comment\r\n---\r\n",
        "---\n---\n",
        "---\na: 1\n...\n",
        "## Lower\n",
        "    # code\n",
    ],
)
def test_no_comment_in_code_or_front_matter_is_the_title(before: str) -> None:
    assert title(f"{before}\n# The *real* `one`\n\n---\n\n# Second\n") == "The real one"


def test_without_a_heading_the_file_lends_its_name() -> None:
    assert title("```\n# a comment\n```\n") == "guide"
    assert title("---\n# a comment\n---") == "guide"
    assert title("# <b></b>\n") == "guide"


def test_a_fence_that_is_never_closed_hides_what_follows() -> None:
    assert [each.heading for each in own_files.sections("# A\n```\n# B\n")] == ["", "A"]


def test_hidden_files_and_links_out_of_the_folder_are_not_shown(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path / "lab", 'docs = "pages"\n')
    for path in ("a.md", "b/plot.png", ".hidden.md", ".git/c.md"):
        lab.write(f"pages/{path}", "words\n")
    (tmp_path / "private.md").write_text("private\n")
    (lab.root / "pages/leak.md").symlink_to(tmp_path / "private.md")
    (lab.root / "pages/same.md").symlink_to(lab.root / "pages/a.md")
    config = lab.journal.config
    assert list(own_files.files(config)) == ["a.md", "same.md", "b/plot.png"]
    assert list(own_files.pages(config)) == ["a.md", "same.md"]


def test_a_folder_that_holds_the_journal_is_refused_and_none_is_no_trouble(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="may not be"):
        own_files.files(SiteJournal(tmp_path / "a", 'docs = "."\n').journal.config)
    assert own_files.files(SiteJournal(tmp_path / "b").journal.config) == {}
