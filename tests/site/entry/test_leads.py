import re
from pathlib import Path

from recorded_runs import write_run
from site_journal import SHA, TABLE, SiteJournal, make_run

from gitrepo import GitRepo
from journal.site.contents import metric_page
from journal.site.entry.leads import Leads


def leads_of(lab: SiteJournal, entry_id: str) -> Leads:
    contents = lab.contents
    return Leads(contents.view(contents.by_id[entry_id].path), contents)


def filled(root: Path) -> SiteJournal:
    lab = SiteJournal(root)
    lab.with_runs(make_run("r1", {"train/loss": [1.0]}))
    runs = [{"id": "r1", "as": "base"}, {"id": "r2", "as": "gone"}]
    lab.fill(lab.entry("2026-02-21-a", TABLE, runs=runs, commits=[SHA[:9]]))
    return lab


def test_a_run_and_a_metric_lead_to_their_pages_where_there_are_any(tmp_path: Path) -> None:
    lab = filled(tmp_path)
    leads, key = leads_of(lab, "2026-02-21-a"), next(iter(lab.contents.runs))
    assert leads.run("r1") == f'<a href="../../runs/{key}/">base</a>'
    assert leads.run("r2") == "gone"
    assert leads.run(None) == ""
    address = lab.contents.address("entries/a.md", metric_page("train/loss"))
    assert leads.metric("train/loss") == f'<a href="{address}">train/loss</a>'
    assert leads.metric("<b>") == "&#60;b&#62;"


def test_a_run_whose_digest_is_gone_leads_nowhere(tmp_path: Path) -> None:
    lab = filled(tmp_path)
    for digest in tmp_path.glob("evidence/runs/*.json"):
        digest.unlink()
    assert leads_of(lab, "2026-02-21-a").run("r1") == "base"


def test_a_commit_of_the_entry_leads_to_its_page_and_to_its_host_any_other_only_to_the_host(tmp_path: Path) -> None:
    lab = filled(tmp_path)
    GitRepo(tmp_path).init().git("remote", "add", "origin", "https://github.com/lab/models.git")
    leads = leads_of(lab, "2026-02-21-a")
    own = leads.commit(SHA[:9], own=True)  # a run's digest knows the full sha
    assert re.findall('href="([^"]*)"', own)[0] == f"../../commits/{SHA}/"
    assert own.endswith(">github.com</a>")
    assert "github" not in leads.commit(SHA)  # where it is only named, its page is enough
    other = leads.commit("5" * 40)
    assert other.startswith('<a href="https')
    assert "commits/" not in other
    assert "lab&#47;other" in leads.commit(SHA, "https://github.com/lab/other")


def test_a_commit_leads_to_the_page_that_it_has_for_another_entry_s_sake(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    lab.entry("2026-02-22-b", commits=["c" * 40])
    leads = leads_of(lab, "2026-02-21-a")
    assert leads.commit("c" * 40) == f'<a href="../../commits/{"c" * 40}/"><code title="{"c" * 40}">ccccccc</code></a>'
    assert leads.commit("d" * 40) == f'<code title="{"d" * 40}">ddddddd</code>'


def test_a_commit_that_only_a_file_without_a_page_recorded_leads_nowhere(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a")
    write_run(lab, "index", commit="c" * 40)  # the list of runs stands in its place
    assert leads_of(lab, "2026-02-21-a").commit("c" * 40) == f'<code title="{"c" * 40}">ccccccc</code>'


def test_a_tag_an_author_and_an_entry_are_named_as_text(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", title="<b>", authors=[{"name": "<i>", "kind": "agent"}], tags=["<u>", "<u>"])
    leads, contents = leads_of(lab, "2026-02-21-a"), lab.contents
    author = contents.view("entries/2026-02-21-a.md").entry.front_matter.authors[0]
    shown = [*leads.tags(["<u>", "<u>"]), leads.author(author), leads.entry("2026-02-21-a"), leads.entry("<s>")]
    assert [re.sub("<[^>]*>", "", each) for each in shown] == [
        "&#60;u&#62;",
        "&#60;i&#62; (agent)",
        "&#60;b&#62;",
        "&#60;s&#62; (no such entry)",
    ]
