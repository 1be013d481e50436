import re
from datetime import datetime
from pathlib import Path

from site_journal import SHA, TABLE, SiteJournal, make_run

from journal.site.contents import Committed
from journal.site.entry.leads import Leads
from journal.site.entry.timeline import SHOWN, timeline


def told(lab: SiteJournal, places: dict[int, str] | None = None, filled: Committed | None = None) -> str:
    contents = lab.contents
    view = contents.view(contents.abstracts[0].path)
    return timeline(view, Leads(view, contents), places or {}, filled)


def lines_of(text: str) -> list[str]:
    return [re.sub("<[^>]*>", "", item) for item in re.findall("<li>(.*)</li>", text)]


def test_an_entry_that_was_only_written_has_no_timeline(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", authors=["Ada"])
    assert told(lab) == ""


def test_updates_tell_when_what_changed_and_by_whom_and_lead_to_their_words(tmp_path: Path) -> None:
    updates = [
        {"at": "2026-02-22T10:30+08:00", "by": "A*a", "status": "running", "section": "Update 2026-02-22 10:30 +08:00"},
        {
            "at": "2026-02-23T09:00+08:00",
            "status": "concluded",
            "outcome": "mixed",
            "section": "Update 2026-02-23 09:00 +08:00: the peak is gone",
        },
        {"at": "2026-02-24T09:00", "section": "Later"},
    ]
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", updates=updates)
    text = told(lab, {1: "update.2"})
    assert lines_of(text) == [
        "2026-02-21 19:01 +08:00 written",
        "2026-02-22 10:30 +08:00 update by A&#42;a running",
        "2026-02-23 09:00 +08:00 update concluded mixed the peak is gone",
        "2026-02-24 09:00, zone unknown update Later",
    ]
    assert re.findall(r'href="([^"]*)"', text) == ["#update.2"]
    assert "><summary>Timeline: 4 events</summary>" in text
    assert " open>" not in text


def test_commits_runs_reviews_corrections_and_evidence_stand_in_order_in_one_zone(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}), make_run("r2", {"train/loss": [2.0]}))
    path = lab.entry(
        "2026-02-21-a",
        TABLE,
        created="2026-02-22T09:00+08:00",
        authors=[{"name": "Ada", "kind": "human"}],
        runs=[{"id": "r1", "as": "base"}, {"id": "r2", "as": "cand"}],
        corrections=[{"was": "0.42", "now": "0.24", "by": "Ada", "at": "2026-02-24"}, {"was": "undated"}],
        reviews=[{"by": "codex", "kind": "agent", "verdict": "disputed", "at": "2026-02-23T10:00+08:00"}],
    )
    lab.fill(path)
    text = told(lab, filled=Committed(SHA, datetime.fromisoformat("2026-02-22T02:00+00:00")))
    assert lines_of(text) == [
        "2026-02-21 19:01 +08:00 runs base, cand started",
        "2026-02-22 09:00 +08:00 written by Ada (human)",
        "2026-02-22 10:00 +08:00 evidence recorded in 721e94a",
        "2026-02-23 10:00 +08:00 reviewed by codex (agent): disputed",
        "2026-02-24 corrected by Ada: 0.42 → 0.24",
    ]
    assert "><summary>Timeline: 5 events</summary>" in text


def test_two_events_of_one_minute_tell_their_seconds_where_they_are_known(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    path = lab.entry(
        "2026-02-21-a",
        TABLE,
        created="2026-02-21T11:01:13+00:00",
        runs=[{"id": "r1", "as": "base"}],
        corrections=[{"was": "1", "at": "2026-02-21T12:01+00:00"}, {"was": "2", "at": "2026-02-21T12:01+00:00"}],
        reviews=[{"by": "Ada", "verdict": "verified", "at": "2026-02-22T11:01:30+00:00"}],
    )
    lab.fill(path)
    text = told(lab)
    assert [line.partition(" +")[0] for line in lines_of(text)] == [
        "2026-02-21 11:01:13",
        "2026-02-21 11:01:15",
        "2026-02-21 12:01",
        "2026-02-21 12:01",
        "2026-02-22 11:01",
    ]
    assert re.findall('<time datetime="([^"]*)">', text)[-2:] == ["2026-02-21T12:01+00:00", "2026-02-22T11:01:30+00:00"]


def test_a_commit_leads_to_its_page(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", commits=["b" * 40])
    lab.judge("2026-02-21-a", {}, {"b" * 40: ("b" * 40, "2026-02-20T10:00+08:00")})
    assert f'<a href="../../commits/{"b" * 40}/"><code' in told(lab)


def test_commits_of_which_the_time_is_known_are_told_and_many_are_counted(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    shas = [f"{number:07x}" + "a" * 33 for number in range(SHOWN + 2)]
    lab.entry("2026-02-21-a", commits=[*shas, "b" * 40])
    lab.judge("2026-02-21-a", {}, {sha: (sha, "2026-02-20T10:00+08:00") for sha in shas})
    first, _ = lines_of(told(lab))
    named = ", ".join(sha[:7] for sha in shas[:SHOWN])
    assert first == f"2026-02-20 10:00 +08:00 commits {named} and 2 more"


def test_what_lies_between_keeps_runs_apart(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    lab.fill(lab.entry("2026-02-21-a", TABLE, created="2026-02-21T10:00+00:00", runs=[{"id": "r1", "as": "base"}]))
    assert lines_of(told(lab)) == ["2026-02-21 10:00 +00:00 written", "2026-02-21 11:01 +00:00 run base started"]
