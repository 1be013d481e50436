import re
from pathlib import Path

from site_journal import TABLE, SiteJournal, make_run

from journal.site.entry.commit_verdicts import SHOWN
from journal.site.entry.leads import Leads
from journal.site.entry.notices import notices


def notices_of(lab: SiteJournal, entry_id: str) -> str:
    contents = lab.contents
    view = contents.view(contents.by_id[entry_id].path)
    return "\n\n".join(notices(view, contents, Leads(view, contents)))


def test_an_entry_says_which_ones_replaced_it(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-old")
    lab.entry("2026-02-21-new", title="The new one", supersedes=["2026-02-20-old"], invalidates=["2026-02-20-old"])
    text = notices_of(lab, "2026-02-20-old")
    items = '</p>\n<ul>\n<li><a href="../2026-02-21-new/">The new one</a></li>\n</ul>'
    assert f'<div class="admonition warning">\n<p class="admonition-title">Superseded by{items}' in text
    assert f'<div class="admonition danger">\n<p class="admonition-title">Invalidated by{items}' in text
    assert text.index("Invalidated") < text.index("Superseded")
    assert not notices_of(lab, "2026-02-21-new").strip()


def test_a_correction_shows_what_was_and_what_is_with_reason_name_and_time(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    corrections = [
        {"was": "0.42", "now": "0.24", "reason": "the wrong step", "by": "Ada", "at": "2026-02-23T10:00+08:00"},
        {"was": "**all** is well"},
    ]
    lab.entry("2026-02-21-a", corrections=corrections)
    first, second = (line for line in notices_of(lab, "2026-02-21-a").splitlines() if line.startswith("<li>"))
    assert first.startswith("<li><del>0.42</del> → <strong>0.24</strong><br>the wrong step<br>")
    assert "Ada <time>2026-02-23 10:00 +08:00</time>" in first
    assert second == ("<li><del>&#42;&#42;all&#42;&#42; is well</del> → <em>the right value is not known</em></li>")


def test_runs_that_the_commits_contradict_are_told_above_the_text_with_the_weightiest_reason(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", runs=[{"id": "r1", "as": "base"}, {"id": "r2", "as": "o"}])
    lab.judge("2026-02-21-a", {"r1": ("unknown", "no commit"), "r2": ("contradicted", "it is *older*", "a second")})
    text = notices_of(lab, "2026-02-21-a")
    assert '<p class="admonition-title">1 run contradicts the commits</p>' in text
    assert re.findall("<li>(.*)</li>", text) == ["o: it is &#42;older&#42;"]
    lab.judge("2026-02-21-a", {"r1": ("contradicted", "one"), "r2": ("contradicted", "two")})
    assert "2 runs contradict the commits" in notices_of(lab, "2026-02-21-a")
    lab.judge("2026-02-21-a", {"r1": ("proven", "one"), "r2": ("consistent", "two")})
    assert not notices_of(lab, "2026-02-21-a").strip()


def test_a_notice_of_many_runs_is_short(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [f"r{number}" for number in range(SHOWN + 2)]
    lab.entry("2026-02-21-a", runs=runs)
    lab.judge("2026-02-21-a", dict.fromkeys(runs, ("contradicted", "it is older")))
    found = re.findall("<li>(.*)</li>", notices_of(lab, "2026-02-21-a"))
    assert (len(found), found[-1]) == (SHOWN + 1, "and 2 more")


def test_what_is_waited_for_is_told_with_the_day_since_when_and_where_it_stands(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    runs = [{"id": "r1", "as": "base"}, {"id": "r2", "as": "cand"}]
    lab.fill(lab.entry("2026-02-21-a", TABLE, runs=runs, updates=[{"at": "2026-02-23T10:00+08:00"}]))
    text = notices_of(lab, "2026-02-21-a")
    assert "Waits for results since <time>2026-02-23 10:00 +08:00</time></p>" in text
    assert '<li><a href="#block.losses">table losses</a>: run cand' in text


def test_an_abandoned_entry_waits_for_nothing(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    runs = [{"id": "r1", "as": "base"}, {"id": "r2", "as": "cand"}]
    lab.fill(lab.entry("2026-02-21-a", TABLE, runs=runs, status="abandoned"))
    assert "Waits" not in notices_of(lab, "2026-02-21-a")


def test_numbers_that_are_not_what_their_evidence_says_are_told_above_the_text(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [1.0, 2.0]}))
    path = lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}])
    lab.fill(path)
    assert not notices_of(lab, "2026-02-21-a").strip()
    lab.write(path, (tmp_path / path).read_text().replace("| mean |", "| mode |"))
    text = notices_of(lab, "2026-02-21-a")
    assert "A number here is not what its evidence says" in text
    assert '>edited</span> <a href="#block.losses">table losses</a>: text between the markers' in text


def test_a_dispute_is_told_with_whose_it_is_and_how_it_was_found(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    review = {"by": "*codex*", "kind": "agent", "verdict": "disputed", "at": "2026-02-23", "method": "recomputed"}
    lab.entry("2026-02-21-a", reviews=[review])
    text = notices_of(lab, "2026-02-21-a")
    assert "Disputed</p>\n<ul>\n<li>&#42;codex&#42; (agent) <time>2026-02-23</time> " in text
    assert "recomputed" in text
