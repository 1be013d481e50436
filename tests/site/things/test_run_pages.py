import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from built_html import Page
from recorded_runs import ORIGIN, PAYLOAD, brief, page_of, sheets_of, told, write_run
from site_journal import SHA, TABLE, SiteJournal, make_run

from journal.model.evidence import SegmentEvidence
from journal.model.run import Origin, RunState
from journal.site.charts import figures
from journal.site.contents import Contents, metric_page
from journal.site.things import run_pages
from journal.tables.digest import path_of


def run_page_text(contents: Contents, key: str) -> str:
    return page_of(sheets_of(run_pages, contents), f"runs/{key}.md")


@pytest.fixture(autouse=True)
def _without_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves have tests of their own."""
    monkeypatch.setattr(figures, "of_run", lambda *_: "")


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """Two entries that cite a run whose digest is there, the second in its table alone."""
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2, float("nan"), 0.7]}, name="amber-sun-1"))
    for name, title in (("2026-02-21-a", "Clamp"), ("2026-02-23-b", "Clamp again")):
        runs = [{"id": "r1", "as": "base", "role": "baseline"}]
        commits = [{"sha": SHA[:7], "note": "clamp the logits"}]
        created = f"{name[:10]}T19:01:15+08:00"
        lab.fill(lab.entry(name, TABLE, title=title, runs=runs, commits=commits, created=created))
    return lab


def key_of(lab: SiteJournal, run_id: str) -> str:
    return path_of(lab.open(run_id).run, lab.journal.config).stem


def test_a_run_s_page_says_where_it_came_from_and_what_code_it_ran(lab: SiteJournal) -> None:
    page = run_page_text(lab.contents, key_of(lab, "r1"))
    text = told(page)
    assert "# amber-sun-1\n" in page
    assert "Started 2026-02-21 11:01 +00:00" in text
    assert "History 4 rows, steps 0..3" in text
    assert f"12,345 bytes, SHA-256 {'ab' * 32}" in text
    assert "SDK 0.31.0" in text
    assert f'<a href="../../commits/{SHA}/"' in page
    assert ">dirty</span>" in page


def test_it_names_every_entry_that_cites_it_newest_first_with_role_and_numbers(lab: SiteJournal) -> None:
    page = run_page_text(lab.contents, key_of(lab, "r1"))
    assert "## Cited by 2 entries" in page
    assert page.index(">Clamp again</a>") < page.index(">Clamp</a>")
    assert page.count("as <code>base</code>") == 2
    assert page.count("<summary>3 numbers</summary>") == 2
    assert page.count(">baseline</span>") == 2
    row = next(line for line in page.splitlines() if "2026-02-21-a/#cell.losses.3" in line)
    assert told(row) == "train/loss last all 0.7 3"


def test_it_tells_each_commit_verdict_with_its_reasons(lab: SiteJournal) -> None:
    contents = lab.contents
    key = key_of(lab, "r1")
    first, second = contents.citing[key]
    judged = [run._replace(verdict="contradicted", reasons=("it ran 123", "<b>")) for run in first.runs]
    changed = replace(contents, abstracts=[first._replace(runs=tuple(judged)), second])
    page = run_page_text(changed, key)
    assert "contradicted</span>" in page
    assert "it ran 123; &#60;b&#62;</span>" in page


def test_the_digest_of_its_metrics_leads_to_their_pages_and_names_steps_without_a_number(lab: SiteJournal) -> None:
    write_run(lab, "r9", metrics={"val/acc": brief(nonfinite=9, nonfinite_steps=(4, 6)), "val/none": brief(min=None)})
    page = run_page_text(lab.contents, "r9")
    rows = [line for line in page.splitlines() if line.startswith("<tr><td><a")]
    assert told(rows[0]) == "val/acc 3 9 at step 4, 6 and 7 more 0..2 0.1 0.7 0.25"
    assert told(rows[1]) == "val/none 3 0 0..2 — 0.7 0.25"
    assert f'href="../../{metric_page("val/acc").removesuffix(".md")}/"' in rows[0]


def test_it_shows_the_parts_of_a_resumed_run_and_what_the_digest_left_out(lab: SiteJournal) -> None:
    parts = [
        SegmentEvidence(origin=ORIGIN.model_copy(update={"path": f"part-{number}"}), kept=number) for number in (7, 8)
    ]
    write_run(lab, "r9", segments=parts, omitted=("the curves",), environment={"gpu": "A100", "gpu_count": 8})
    text = told(run_page_text(lab.contents, "r9"))
    assert "## Parts" in text
    assert "1 part-7 4,321 bytes abababababab 7 2 part-8 4,321 bytes abababababab 8" in text
    assert "Left out here the curves" in text
    assert "gpu A100 , gpu count 8" in text


def test_a_run_from_a_server_leads_to_its_page_there_and_says_when_it_was_asked(lab: SiteJournal) -> None:
    fetched = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
    where = "api.wandb.ai/lab/attention/runs/r9"
    origin = Origin(kind="wandb-server", path=where, bytes=0, sha256="cd" * 32, host="api.wandb.ai", fetched=fetched)
    write_run(lab, "r9", origin=origin)
    page = run_page_text(lab.contents, "r9")
    address = "https&#58;&#47;&#47;wandb&#46;ai&#47;lab&#47;attention&#47;runs&#47;r9"
    assert f'<a href="{address}">page at W&#38;B</a>' in page
    assert "fetched <time>2026-03-04 05:06 +00:00</time>" in page


def test_a_run_that_no_entry_cites_says_so_and_one_without_a_readable_digest_keeps_its_page(lab: SiteJournal) -> None:
    write_run(lab, "r9")
    contents = lab.contents
    assert "## Cited by no entry" in run_page_text(contents, "r9")
    gone = replace(contents, digest=lambda _: None)
    assert "Its digest cannot be read." in run_page_text(gone, "r9")


def test_nothing_that_a_run_says_is_markup(lab: SiteJournal) -> None:
    nested = {PAYLOAD: {PAYLOAD: [PAYLOAD], "x": PAYLOAD}, "plain": PAYLOAD}
    texts = dict.fromkeys(("id", "entity", "project", "name", "sdk"), PAYLOAD)
    origin = Origin(kind="wandb-log", path=PAYLOAD, bytes=1, sha256=PAYLOAD)
    write_run(
        lab,
        "r9",
        **texts,
        commit=f"../../{PAYLOAD}",
        origin=origin,
        segments=[SegmentEvidence(origin=origin, kept=1)],
        config=nested,
        summary=nested,
        environment={"gpu": PAYLOAD},
        metrics={PAYLOAD: brief()},
        omitted=(PAYLOAD,),
    )
    sheets = sheets_of(run_pages, lab.contents)
    for path in ("runs/r9.md", "runs/index.md"):
        text = page_of(sheets, path)
        body = text.partition("\n---\n")[2]
        page = Page(f"<article>{body}</article>")
        assert page.live == []
        assert not [link for link in page.links if "x.example" in link or "javascript" in link]
        assert "\x07" not in text
        assert "<!--" not in text
        assert "**b**" not in text
        assert "{{" not in text
        assert [line for line in body.splitlines() if line.startswith(("#", "- "))] == re.findall(
            r"^#+ .*$", body, re.MULTILINE
        )
    assert "# &#60;img src=x onerror=alert(1)&#62;" in page_of(sheets, "runs/r9.md")


def test_a_file_of_the_name_of_the_list_does_not_take_its_place(lab: SiteJournal) -> None:
    write_run(lab, "index", metrics={"val/acc": brief()})
    assert "# Runs\n" in run_page_text(lab.contents, "index")


def test_the_list_shows_all_runs_newest_first_by_month(lab: SiteJournal) -> None:
    write_run(lab, "late", started=datetime(2026, 3, 1, 0, 30, tzinfo=UTC), last_step=None)
    write_run(lab, "moved", started=datetime.fromisoformat("2026-03-01T04:00:00+05:00"))
    write_run(lab, "never", started=None, state=RunState.UNKNOWN)
    page = run_page_text(lab.contents, "index")
    lines = page.splitlines()
    assert [line for line in lines if line.startswith("## ")] == ["## 2026-03", "## 2026-02", "## Undated"]
    ids = re.findall(r"<tr><td><a[^>]*><code>(\w+)</code>", page)
    assert ids == ["late", "moved", "r1", "never"]
    row = next(line for line in lines if "<code>r1</code>" in line)
    assert told(row) == "r1 amber-sun-1 finished 2026-02-21 11:01 +00:00 721e94a dirty 3 2"


def test_a_project_that_all_runs_share_is_said_once_and_else_of_each(lab: SiteJournal) -> None:
    for path in (lab.root / "evidence/runs").glob("r1*"):
        path.unlink()
    write_run(lab, "one", entity="lab", project="heat")
    page = run_page_text(lab.contents, "index")
    assert "All are of the project lab/heat. Runs by " in page
    assert "project</th>" not in page
    before = sheets_of(run_pages, lab.contents)["runs/index.md"].key
    write_run(lab, "two", entity="lab", project="cold")
    page = run_page_text(lab.contents, "index")
    assert "All are of" not in page
    assert [told(line) for line in page.splitlines() if "lab/" in line and "<td>" in line]
    assert "lab/heat" in page
    assert "lab/cold" in page
    assert sheets_of(run_pages, lab.contents)["runs/index.md"].key != before


def test_a_page_is_made_again_when_its_digest_or_an_entry_that_cites_it_changes_and_no_other_is(
    lab: SiteJournal,
) -> None:
    write_run(lab, "r9")
    before = {path: sheet.key for path, sheet in sheets_of(run_pages, lab.contents).items()}
    entry = lab.root / "entries/2026-02-21-a.md"
    entry.write_text(entry.read_text().replace("Clamp", "Cut"))
    after = {path: sheet.key for path, sheet in sheets_of(run_pages, lab.contents).items()}
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {f"runs/{key_of(lab, 'r1')}.md"}
    write_run(lab, "r9", rows=4)
    last = {path: sheet.key for path, sheet in sheets_of(run_pages, lab.contents).items()}
    assert {path for path in last if last[path] != after[path]} == {"runs/r9.md", "runs/index.md"}


def test_a_run_that_hundreds_of_entries_cite_keeps_a_light_page(lab: SiteJournal) -> None:
    contents = lab.contents
    first = contents.abstracts[0]
    later = timedelta(days=1).total_seconds()
    many = [
        first._replace(id=f"e{number}", page=f"entries/e{number}.md", moment=first.moment - later * number)
        for number in range(500)
    ]
    page = run_page_text(replace(contents, abstracts=many), key_of(lab, "r1"))
    assert "## Cited by 500 entries" in page
    assert page.count('class="journal-cites"') == 200
    assert page.count("<td") <= 300 * 5 + 7
    assert "300 more entries not shown here" in page
