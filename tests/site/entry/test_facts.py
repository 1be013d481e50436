import html
import re
from pathlib import Path

import pytest
from site_journal import SiteJournal

from gitrepo import GitRepo
from journal.site.entry.facts import facts
from journal.site.entry.leads import Leads

ORIGIN = {"from": "notes/a.md", "sha256": "ab" * 32}


def facts_of(lab: SiteJournal) -> str:
    """The facts of a journal's only entry."""
    contents = lab.contents
    view = contents.view(contents.abstracts[0].path)
    return facts(view, contents, Leads(view, contents))


def lines_of(tmp_path: Path, term: str, **fields: object) -> list[str]:
    """What stands under a term, without markup."""
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", **fields)  # type: ignore[arg-type]
    part = facts_of(lab).partition(f"<dt>{term}</dt>\n")[2].partition("<dt>")[0]
    return [re.sub("<[^>]*>", "", line) for line in re.findall("<dd>(.*)</dd>", part)]


def test_an_entry_of_which_nothing_more_is_known_has_no_facts(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    assert facts_of(lab) == ""


@pytest.mark.parametrize(
    ("review", "line", "tone"),
    [
        ({"kind": "human", "verdict": "verified"}, "verified Ada (human)", "verified"),
        ({"kind": "agent", "verdict": "verified"}, "verified, does not count Ada (agent)", "none"),
        ({"verdict": "verified"}, "verified, does not count Ada (kind unknown)", "none"),
        ({"kind": "agent", "verdict": "disputed"}, "disputed Ada (agent)", "disputed"),
        (
            {"kind": "human", "verdict": "verified", "evidence": "0123abcd"},
            "verified evidence changed since Ada (human)",
            "none",
        ),
        (
            {"kind": "human", "verdict": "corrected", "at": "2026-02-23", "method": "by hand"},
            "corrected Ada (human) 2026-02-23 by hand",
            "corrected",
        ),
    ],
)
def test_a_review_tells_what_was_found_by_whom_and_whether_it_counts(
    tmp_path: Path, review: dict[str, str], line: str, tone: str
) -> None:
    lab = SiteJournal(tmp_path)
    assert lines_of(tmp_path, "Reviews", reviews=[{"by": "Ada", **review}]) == [line]
    text = facts_of(lab)
    assert re.findall("journal-badge--([a-z-]+)", text)[0] == tone


def test_files_that_were_touched_are_named_once(tmp_path: Path) -> None:
    assert lines_of(tmp_path, "Files", files=["a.py", "b c.py", "a.py"]) == ["a.py b c.py"]


ORIGIN_OF_ALL = "https://ada:secret@gitlab.com/lab/models.git"
SHA, LATER, NEWER = "721e94a" + "0" * 33, "5" * 40, "9" * 40
PAGE = "https://gitlab.com/lab/models/-"


def linked(lab: SiteJournal) -> dict[str, str]:
    """Where the facts of a journal's only entry lead, by what stands in the link."""
    GitRepo(lab.root).init().git("remote", "add", "origin", ORIGIN_OF_ALL)
    text = facts_of(lab)
    assert "secret" not in text
    assert "ada" not in text
    found = re.findall('<a[^>]* href="([^"]*)">(.*?)</a>', text)
    return {re.sub("<[^>]*>", "", shown): html.unescape(address) for address, shown in found}


def test_a_commit_is_a_link_to_where_it_can_be_read_and_tells_what_became_of_it(tmp_path: Path) -> None:
    commits = [
        {"sha": SHA[:9], "note": "clamp *it*", "became": LATER},
        {"sha": "abcdef0", "origin": "https://token@github.com/lab/other"},
    ]
    lines = lines_of(tmp_path, "Commits", commits=commits)
    assert lines == ["721e94a clamp &#42;it&#42; became 5555555", "abcdef0 of github.com/lab/other"]
    lab = SiteJournal(tmp_path)
    lab.judge("2026-02-21-a", {}, {SHA[:9]: (SHA, "2026-02-21T10:00+08:00")})
    assert linked(lab) == {
        "721e94a": f"../../commits/{SHA}/",
        "gitlab.com": f"{PAGE}/commit/{SHA}",
        "5555555": f"{PAGE}/commit/{LATER}",
        "abcdef0": "https://github.com/lab/other/commit/abcdef0",
    }
    assert f'title="{SHA}"' in facts_of(lab)


def test_an_origin_that_may_hold_a_secret_is_not_told(tmp_path: Path) -> None:
    commits = [{"sha": "abcdef0", "origin": "https://ada:sec/ret@github.com/lab/other"}]
    assert lines_of(tmp_path, "Commit", commits=commits) == ["abcdef0 of another repository"]


def test_files_are_links_to_what_the_newest_commit_left_of_them(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    commits = [{"sha": NEWER}, {"sha": SHA}, {"sha": LATER, "origin": "git@github.com:lab/other"}]
    lab.entry("2026-02-21-a", commits=commits, files=["src/a b.py", "/etc/passwd", "../x.py"])
    dates = {NEWER: (NEWER, "2026-02-22T10:00+08:00"), SHA: (SHA, "2026-02-21T10:00+08:00")}
    found = linked(lab)
    assert found["src/a b.py"] == f"{PAGE}/blob/{SHA}/src/a%20b.py"  # the one named last, while no date is known
    assert not {"/etc/passwd", "../x.py"} & found.keys()
    lab.judge("2026-02-21-a", {}, dates)
    assert NEWER in facts_of(lab).partition("Files")[2]


def test_an_imported_note_tells_where_it_and_its_time_came_from(tmp_path: Path) -> None:
    imported = {**ORIGIN, "bytes": "10..99", "repaired": "cp1252", "created": "the file's name"}
    assert lines_of(tmp_path, "Imported from", imported=imported) == [
        "notes/a.md, bytes 10..99 of it, its encoding repaired (cp1252)"
    ]
    assert lines_of(tmp_path, "Time from", imported=imported) == ["the file's name"]
    assert lines_of(tmp_path, "Imported from", imported=ORIGIN) == ["notes/a.md"]
