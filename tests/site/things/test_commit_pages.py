from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from built_html import Page
from recorded_runs import PAYLOAD, page_of, sheets_of, told, write_run
from site_journal import SHA, SiteJournal

from journal.revisions.links import Links
from journal.site.abstract import Claim
from journal.site.contents import Contents
from journal.site.markup import literal
from journal.site.things import commit_pages
from journal.site.things.known_commits import known_commits

OTHER = "0123456789abcdef0123456789abcdef01234567"


def page_text(contents: Contents, sha: str) -> str:
    return page_of(sheets_of(commit_pages, contents), f"commits/{sha}.md")


class Hosted(Links):
    """Links to a host that needs no repository."""

    def commit(self, sha: str, origin: str | None = None) -> str | None:
        return f"https://git.example/{origin or 'own'}/{sha}"


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """Two entries about a commit, of which one shortens it, and a run that recorded it."""
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", title="Clamp", commits=[{"sha": SHA, "note": "clamp the logits"}], runs=["r1", "r2"])
    lab.judge(
        "2026-02-21-a",
        {"r1": ("consistent", "it ran it"), "r2": ("contradicted", "it ran 123", "and is older")},
        {SHA: (SHA, "2026-02-20T10:00:00+01:00")},
    )
    created = "2026-02-22T10:00:00+01:00"
    lab.entry("2026-02-22-b", title="Again", created=created, commits=[{"sha": SHA[:7].upper()}], status="running")
    write_run(lab, "r9", commit=SHA, dirty=False, name="amber")
    return lab


def test_the_commits_that_other_pages_link_are_those_that_have_a_page(lab: SiteJournal) -> None:
    lab.entry("2026-02-23-c", commits=[{"sha": OTHER, "origin": "github.com/lab/other"}, "abc1234"])
    write_run(lab, "r10", commit="not a sha")
    contents = lab.contents
    pages = {f"commits/{sha}.md" for sha in known_commits(contents)}
    assert pages == sheets_of(commit_pages, contents).keys() - {"commits/index.md"}
    assert pages == {f"commits/{SHA}.md", "commits/abc1234.md"}


def test_a_commit_s_page_says_what_it_is_and_who_knows_it(lab: SiteJournal) -> None:
    page = page_text(replace(lab.contents, links=Hosted()), SHA)
    assert "# Change\n" in page
    text = told(page)
    assert f"Commit {SHA} on git.example" in text
    assert "Authored 2026-02-20 10:00 +01:00" in text
    assert "Known from 2 entries and 1 run" in text
    assert f"git&#46;example&#47;own&#47;{SHA}" in page


def test_it_lists_the_entries_about_it_with_their_notes_also_where_they_shorten_it(lab: SiteJournal) -> None:
    text = told(page_text(lab.contents, SHA))
    assert "2026-02-22 Again running 2026-02-21 Clamp — clamp the logits" in text


def test_two_entries_of_one_id_each_have_their_note_and_their_change_is_seen(lab: SiteJournal) -> None:
    lab.entry("more/2026-02-21-a", title="Clip", commits=[{"sha": SHA, "note": "clip them"}])
    contents = lab.contents
    text = told(page_text(contents, SHA))
    assert "Known from 3 entries" in text
    assert "Clip — clip them" in text
    assert "Clamp — clamp the logits" in text
    before = sheets_of(commit_pages, contents)[f"commits/{SHA}.md"].key
    for path in ("entries/2026-02-21-a.md", "entries/more/2026-02-21-a.md"):
        changed = [each._replace(sum="other") if each.path == path else each for each in contents.abstracts]
        assert sheets_of(commit_pages, replace(contents, abstracts=changed))[f"commits/{SHA}.md"].key != before, path


def with_predictions(contents: Contents, *claims: Claim) -> Contents:
    """The same with predictions in the older of the entries."""
    changed = [each._replace(predictions=claims) if each.id.endswith("-a") else each for each in contents.abstracts]
    return replace(contents, abstracts=changed)


def test_a_commit_shows_the_predictions_that_were_first_committed_with_it_and_when(lab: SiteJournal) -> None:
    write_run(lab, "r8", commit=OTHER)
    at = "2026-02-20T18:00:00+00:00"
    scored = Claim("it falls", "last(loss)@r1 < 1", "confirmed", 0.5, True, OTHER, at)
    waits = Claim("it stays", "max(loss)@r1 < 9", None, None, None, OTHER, at)
    contents = with_predictions(lab.contents, Claim("elsewhere", "1 < n(loss)@r1"), scored, waits)
    page = page_text(contents, OTHER)
    text = told(page)
    assert "Committed 2026-02-20 18:00 +00:00 Known from 1 entry and 1 run" in text
    assert "Clamp it falls confirmed preregistered last(loss)@r1 < 1 Clamp it stays open max(loss)@r1 < 9" in text
    assert "elsewhere" not in text
    assert 'href="../../entries/2026-02-21-a/#prediction.2.value">it falls' in page
    assert 'href="../../entries/2026-02-21-a/">it stays' in page
    row = next(line for line in page_text(contents, "index").splitlines() if OTHER[:7] in line)
    assert told(row).endswith("1 1 0")


def test_a_commit_that_only_predictions_know_has_a_page_too(lab: SiteJournal) -> None:
    contents = with_predictions(lab.contents, Claim("it falls", "last(loss)@r1 < 1", commit=OTHER))
    assert f"Commit {OTHER} Known from 1 entry ## Predictions" in told(page_text(contents, OTHER))


def test_what_became_of_a_prediction_changes_the_page_of_its_commit_alone(lab: SiteJournal) -> None:
    claim = Claim("it falls", "last(loss)@r1 < 1", commit=OTHER)
    first = with_predictions(lab.contents, claim)
    entry = first.by_id["2026-02-21-a"]
    scored = entry._replace(predictions=(claim._replace(verdict="refuted"),), sum="other", commits=())
    before = sheets_of(commit_pages, replace(first, abstracts=[entry._replace(commits=()), first.abstracts[0]]))
    after = sheets_of(commit_pages, replace(first, abstracts=[scored, first.abstracts[0]]))
    changed = {path for path in after if after[path].key != before[path].key}
    assert changed == {f"commits/{OTHER}.md"}


def test_tables_are_regions_that_the_keyboard_reaches_and_that_say_what_they_hold(lab: SiteJournal) -> None:
    for sha, label in ((SHA, "Runs that recorded it"), ("index", "Commits, 2026-02")):
        boxes = [line for line in page_text(lab.contents, sha).splitlines() if "journal-things" in line]
        assert all('class="journal-scroll journal-things" role="region" tabindex="0"' in line for line in boxes)
        assert literal(label) in boxes[-1]


def test_runs_that_contradict_the_commits_of_its_entries_come_first(lab: SiteJournal) -> None:
    text = told(page_text(lab.contents, SHA))
    assert "1 run of them contradicts the entry's commits." in text
    assert "Clamp r2 contradicted it ran 123; and is older Clamp r1 consistent it ran it" in text


def test_it_lists_the_runs_that_recorded_it_and_what_entries_found_of_them(lab: SiteJournal) -> None:
    contents = lab.contents
    first = contents.by_id["2026-02-21-a"]
    judged = first._replace(runs=(first.runs[0]._replace(key="r9", verdict="proven"),))
    page = page_text(replace(contents, abstracts=[judged]), SHA)
    row = next(line for line in page.splitlines() if "<code>r9</code>" in line)
    assert 'href="../../runs/r9/"' in row
    assert told(row) == "r9 amber finished 2026-02-21 11:01 +00:00 clean 2 Clamp proven"


def test_a_commit_that_only_a_run_recorded_has_a_page_and_other_repositories_commits_do_not(lab: SiteJournal) -> None:
    foreign = {"sha": "fe" * 20, "origin": "github.com/lab/other"}
    lab.entry("2026-02-23-c", commits=[foreign, {"sha": OTHER, "origin": "github.com/lab/other"}])
    write_run(lab, "r8", commit=OTHER)
    contents = replace(lab.contents, links=Hosted())
    sheets = sheets_of(commit_pages, contents)
    assert set(sheets) == {"commits/index.md", f"commits/{SHA}.md", f"commits/{OTHER}.md"}
    page = page_of(sheets, f"commits/{OTHER}.md")
    assert "# Commit 0123456\n" in page
    assert "lab&#47;other&#47;0123456" in page
    assert "Entries about it" not in page


def test_the_list_goes_by_month_and_marks_what_is_contradicted(lab: SiteJournal) -> None:
    write_run(lab, "r8", commit=OTHER, started=datetime(2026, 3, 1, tzinfo=UTC))
    page = page_text(lab.contents, "index")
    assert page.index("## 2026-03") < page.index("0123456") < page.index("## 2026-02") < page.index("721e94a")
    row = next(line for line in page.splitlines() if "721e94a" in line)
    assert told(row) == "721e94a Change 2026-02-20 10:00 +01:00 2 1 1"


def test_a_journal_without_commits_says_what_would_stand_there(tmp_path: Path) -> None:
    assert "No commits yet" in page_text(SiteJournal(tmp_path).contents, "index")


def test_what_a_run_calls_its_commit_never_names_a_file(lab: SiteJournal) -> None:
    bad = ("../../x", "721e94a3/../../../../../../../../../../../../../x", "index", "g" * 40, "", PAYLOAD)
    for number, commit in enumerate(bad):
        write_run(lab, f"bad{number}", commit=commit)
    assert set(sheets_of(commit_pages, lab.contents)) == {"commits/index.md", f"commits/{SHA}.md"}


def test_subjects_notes_names_and_reasons_are_never_markup(lab: SiteJournal) -> None:
    write_run(lab, "r9", commit=SHA, name=PAYLOAD, id=PAYLOAD)
    contents = lab.contents
    first = contents.by_id["2026-02-21-a"]
    runs = tuple(run._replace(reasons=(PAYLOAD,), handle=PAYLOAD, key="r9") for run in first.runs)
    commits = tuple(own._replace(subject=PAYLOAD, note=PAYLOAD) for own in first.commits)
    changed = replace(contents, abstracts=[first._replace(title=PAYLOAD, runs=runs, commits=commits)])
    sheets = sheets_of(commit_pages, changed)
    for path, sheet in sheets.items():
        text = sheet.make().decode()
        page = Page(f"<article>{text.partition(chr(10) + '---' + chr(10))[2]}</article>")
        assert page.live == [], path
        assert "<!--" not in text
        assert "**b**" not in text
        assert "\x07" not in text
        assert "\n- i" not in text


def test_a_page_is_made_again_when_what_it_tells_changes_and_no_other_is(lab: SiteJournal) -> None:
    write_run(lab, "r8", commit=OTHER)
    before = {path: sheet.key for path, sheet in sheets_of(commit_pages, lab.contents).items()}
    entry = lab.root / "entries/2026-02-22-b.md"
    entry.write_text(entry.read_text().replace("Again", "Once more"))
    after = {path: sheet.key for path, sheet in sheets_of(commit_pages, lab.contents).items()}
    assert {path for path in after if after[path] != before[path]} == {f"commits/{SHA}.md"}
    write_run(lab, "r8", commit=OTHER, dirty=True)
    last = {path: sheet.key for path, sheet in sheets_of(commit_pages, lab.contents).items()}
    assert {path for path in last if last[path] != after[path]} == {f"commits/{OTHER}.md"}


def test_a_commit_of_thousands_of_entries_keeps_a_light_page(lab: SiteJournal) -> None:
    contents = lab.contents
    first = contents.by_id["2026-02-21-a"]
    many = [first._replace(id=f"e{number}", page=f"entries/e{number}.md") for number in range(1000)]
    page = page_text(replace(contents, abstracts=many), SHA)
    assert "Known from 1,000 entries" in told(page)
    assert page.count("<tr>") <= 3 + 150 + 150 + 1
    assert "850 more entries not shown here" in page
