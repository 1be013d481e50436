import json
from pathlib import Path

import pytest
from site_journal import SHA, TABLE, SiteJournal, make_run

from gitrepo import GitRepo
from journal.site.contents import metric_page
from journal.site.entry.entry_page import render, sheets

STARTED = '<time datetime="2026-02-21T11:01:15+00:00">2026-02-21 11:01 +00:00</time>'


def text_of(lab: SiteJournal, entry_id: str) -> str:
    contents = lab.contents
    return render(contents.view(contents.by_id[entry_id].path), contents).decode()


@pytest.fixture
def lab(tmp_path: Path) -> SiteJournal:
    """An entry with two runs, one of them still missing, and a table."""
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2, float("nan"), 0.7]}, name="amber-sun-1"))
    path = lab.entry(
        "2026-02-21-clamp",
        f"## Results\n\n{TABLE}\nWords.\n",
        authors=["Ada", "codex"],
        status="concluded",
        outcome="mixed",
        tags=["attention"],
        commits=[{"sha": SHA, "note": "clamp the logits"}],
        runs=[{"id": "r1", "as": "base", "role": "baseline"}, {"id": "r2", "as": "cand", "label": "with clamp"}],
        predictions=[{"claim": "it gets better", "expect": "last(train/loss)@cand < 0.5"}],
    )
    lab.fill(path)
    return lab


def test_the_head_says_what_the_entry_says_about_itself(lab: SiteJournal) -> None:
    text = text_of(lab, "2026-02-21-clamp")
    assert "# Clamp the logits\n" in text
    assert 'journal-badge--concluded">concluded</span> <span title="what was tried helped in part" class=' in text
    assert 'class="journal-badge journal-badge--mixed">mixed</span>' in text
    assert '<time datetime="2026-02-21T19:01:15+08:00">2026-02-21 19:01 +08:00</time>' in text
    assert '>Ada</a>, <a href="../../authors/codex/">codex</a></span>' in text
    assert '<a class="journal-tag" href="../../tags/attention/">attention</a>' in text
    commit = f'<a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a> clamp the logits'
    assert f"<dt>Commit</dt>\n<dd>{commit}</dd>" in text
    verdict = '<span class="journal-badge journal-badge--open">open</span>'
    expected = "<code>last(train/<wbr>loss)&#64;cand &#60; 0.5</code>"
    assert f'<th scope="row">it gets better</th><td>{verdict}</td><td>{expected}</td>' in text
    assert 'class="journal-answer"' not in text  # nobody said what it came to


def test_the_head_says_what_authors_are_how_reviews_stand_and_that_a_zone_is_unknown(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    verified = {"by": "Ada", "kind": "human", "verdict": "verified"}
    disputed = {"by": "codex", "kind": "agent", "verdict": "disputed"}
    authors = [{"name": "Ada", "kind": "human"}, {"name": "codex", "kind": "agent"}, "Lin"]
    origin = {"from": "a.md", "sha256": "ab" * 32}
    lab.entry("2026-02-20-a", authors=authors, reviews=[verified], created="2026-02-20T10:00", imported=origin)
    lab.entry("2026-02-21-b", reviews=[verified, disputed])
    heads = [text_of(lab, name).partition("</div>")[0] for name in ("2026-02-20-a", "2026-02-21-b")]
    assert ">Ada</a> (human), " in heads[0]
    assert ">codex</a> (agent), " in heads[0]
    assert ">verified</span> by Ada (human)</span>" in heads[0]
    assert '<time datetime="2026-02-20T10:00">2026-02-20 10:00, zone unknown</time>' in heads[0]
    assert [">verified<" in head for head in heads] == [True, False]
    assert [">disputed<" in head for head in heads] == [False, True]


def test_an_update_s_link_leads_to_the_anchor_above_its_words(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", "## Then\n\n## Later\nWords.\n", updates=[{"at": "2026-02-21", "section": "Later"}])
    text = text_of(lab, "2026-02-20-a")
    assert 'href="#update.1"' in text
    assert text.endswith('id="update.1"></div>\n\n## Later\nWords.\n')


def test_what_the_last_concluding_update_says_stands_first_with_its_numbers(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2]}))
    body = '## Results\n\nSoon.\n\n## Later\n\nIt fell to\n[?](run:a "last(train/loss)").\n\nMore.\n'
    updates = [{"at": "2026-02-21", "status": "concluded", "outcome": "positive", "section": "Later"}]
    path = lab.entry("2026-02-20-a", body, runs=[{"id": "r1", "as": "a"}], updates=updates)
    lab.fill(path)
    text = text_of(lab, "2026-02-20-a")
    box = text.partition('<div class="journal-answer" markdown>\n\n')[2].partition("\n\n</div>")[0]
    link = '<a class="journal-value" href="#value.1">0.200</a>'
    assert box == f"[Concluded 2026-02-21](#update.1): It fell to\n{link}."
    assert lab.contents.view(path).summary == "It fell to 0.200."


def test_a_block_that_asks_for_something_else_now_is_out_of_date_and_says_why_it_links_nothing(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2]}))
    path = lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}])
    lab.fill(path)
    lab.write(path, (tmp_path / path).read_text().replace("stats: [first, mean, last]", "stats: [first]"))
    text = text_of(lab, "2026-02-21-a")
    assert (
        '--stale">out of date</span> what the table asks for changed after it was filled, '
        "so its numbers do not lead to their evidence</p>" in text
    )


def test_blocks_of_which_none_was_filled_are_told_in_one_line_and_are_not_stale(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    body = f"{TABLE}\n{TABLE.replace('losses', 'again')}"
    lab.entry("2026-02-21-a", body, runs=[{"id": "r1", "as": "base"}])
    text = text_of(lab, "2026-02-21-a")
    assert "<li>none of its 2 blocks is filled</li>" in text
    assert "journal-state" not in text
    assert "stale" not in text


def test_paper_tells_what_a_run_was_read_from_once(lab: SiteJournal) -> None:
    second = TABLE.replace("losses", "again")
    runs = [{"id": "r1", "as": "base"}]
    lab.fill(lab.entry("2026-02-22-b", f"{TABLE}\n{second}", runs=runs))
    sources = [line for line in text_of(lab, "2026-02-22-b").splitlines() if "run-r1.wandb" in line]
    assert [line.startswith('<tr class="journal-again">') for line in sources] == [False, True]


def test_a_prediction_has_its_verdict_once_it_is_scored(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2]}))
    predictions = [
        {"claim": "low", "expect": "last(train/loss)<0.5"},
        {"claim": "high", "expect": "last(train/loss) > 1"},
    ]
    path = lab.entry("2026-02-21-bet", "Words.\n", runs=[{"id": "r1", "as": "a"}], predictions=predictions)
    assert text_of(lab, "2026-02-21-bet").count("<em>not scored yet</em>") == 2
    lab.fill(path)
    text = text_of(lab, "2026-02-21-bet")
    rows = [
        line for line in text.splitlines() if line.startswith(('<tr><th scope="row">low', '<tr><th scope="row">high'))
    ]
    assert ["confirmed" in row for row in rows] == [True, False]
    assert ["refuted" in row for row in rows] == [False, True]
    number = '<td class="n"><a class="journal-number" href="#prediction.1.value">0.200</a></td>'
    assert rows[0].endswith(f"{number}<td><code>last(train/<wbr>loss)&#60;0.5</code></td></tr>")
    evidence = next(line for line in text.splitlines() if line.startswith('<tr id="prediction.1.value">'))
    assert '<td class="n value">0.2</td>' in evidence
    assert '<td class="expression"><code>last(train/loss)&#64;a</code></td>' in evidence
    assert '<td class="source-sha-256"><code>abababababab</code></td>' in evidence
    assert "prediction.1.threshold" not in text  # nothing is measured there


def test_predictions_that_a_block_shows_are_not_shown_twice(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2]}))
    body = "<!-- journal:predictions -->\n<!-- /journal:predictions -->\n"
    predictions = [{"claim": "low", "expect": "last(train/loss) < 0.5"}]
    lab.fill(lab.entry("2026-02-21-bet", body, runs=[{"id": "r1", "as": "a"}], predictions=predictions))
    text = text_of(lab, "2026-02-21-bet")
    assert text.count('<tr><th scope="row">low</th>') == 1
    assert '<a class="journal-number" href="#prediction.1.value">0.200</a>' in text
    assert text.count('<tr id="prediction.1.value">') == 1


def test_runs_are_told_from_the_evidence_and_a_missing_one_is_not_filled_yet(lab: SiteJournal) -> None:
    text = text_of(lab, "2026-02-21-clamp")
    rows = [line for line in text.partition('aria-label="Runs"')[2].splitlines() if line.startswith("<tr><th")]
    key = next(iter(lab.contents.runs))
    run = f'<a href="../../runs/{key}/">'
    assert rows[0] == (
        f'<tr><th scope="row">{run}base</a></th><td>{run}<code>r1</code></a></td>'
        '<td><span class="journal-badge journal-badge--baseline">baseline</span></td><td>finished</td>'
        f'<td><a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a> (dirty)</td>'
        f'<td>{STARTED}</td><td class="n">3</td><td>amber-sun-1</td></tr>'
    )
    assert rows[1].startswith('<tr><th scope="row">cand</th><td><code>r2</code></td><td>—</td>')
    assert "<em>not filled yet</em>" in rows[1]
    assert "with clamp" in rows[1]


def test_every_number_leads_to_its_evidence(lab: SiteJournal) -> None:
    text = text_of(lab, "2026-02-21-clamp")
    block = text.index('<div class="journal-block" id="block.losses">')
    evidence = text.index("<summary>Evidence: 3 numbers from 1 run</summary>")
    assert block < evidence < text.index("Words.")
    assert '<td class="n"><a class="journal-number" href="#cell.losses.2">0.333</a></td>' in text
    row = next(line for line in text.splitlines() if line.startswith('<tr id="cell.losses.2">'))
    run = f'<a href="../../runs/{next(iter(lab.contents.runs))}/">base</a>'
    metric = f'<a href="{lab.contents.address("entries/a.md", metric_page("train/loss"))}">train/loss</a>'
    assert row == (
        '<tr id="cell.losses.2"><th scope="row">base</th><td class="column">mean</td>'
        '<td class="n value">0.3333333333333333</td>'
        f'<td class="run">{run}</td><td class="metric">{metric}</td><td class="statistic">mean</td>'
        '<td class="window">all (0..3)</td><td class="n steps-used">0..3</td><td class="n rows">3</td>'
        '<td class="n non-finite-rows">1</td><td class="source-sha-256"><code>abababababab</code></td>'
        '<td class="expression"><code>mean(train/loss)&#64;base</code></td></tr>'
    )
    source = next(line for line in text.splitlines() if "run-r1.wandb" in line)
    assert source == (
        f'<tr><th scope="row">{run}</th>'
        '<td class="read-from"><code>wandb/offline-run-20260221_190115-r1/run-r1.wandb</code></td>'
        f'<td class="n size">12,345 bytes</td><td class="sha-256"><code class="journal-sum">{"ab" * 32}</code></td>'
        f'<td class="commit"><a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a> (dirty)</td>'
        f'<td class="started">{STARTED}</td><td class="sdk">0.31.0</td></tr>'
    )


def test_a_run_of_a_server_is_told_with_when_it_was_fetched_and_what_is_otherwise_elsewhere(lab: SiteJournal) -> None:
    path = lab.root / "evidence/2026-02-21-clamp.json"
    evidence = json.loads(path.read_text())
    log = evidence["runs"]["r1"]["origin"]
    server = {"kind": "wandb-server", "path": "api.wandb.ai/lab/<i>toy/runs/r1", "host": "api.wandb.ai"}
    evidence["runs"]["r1"]["origin"] = log | server | {"fetched": "2026-03-02T09:00:00Z"}
    unlike = ["1 of 4 rows is missing in the folder", "metric <script>alert(1)</script> *b* is missing here"]
    evidence["runs"]["r1"]["elsewhere"] = {"origin": log, "rows": 3, "unlike": unlike}
    path.write_text(json.dumps(evidence))
    source = next(line for line in text_of(lab, "2026-02-21-clamp").splitlines() if "also <code>" in line)
    place, fetched, other = source.partition('</th><td class="read-from">')[2].partition("</td>")[0].split("<br>")
    address = "https&#58;&#47;&#47;wandb&#46;ai&#47;lab&#47;&#37;3Ci&#37;3Etoy&#47;runs&#47;r1"
    assert place == f'<a href="{address}"><code>api.wandb.ai/lab/&#60;i&#62;toy/runs/r1</code></a>'
    assert "bytes" not in source  # of what? the sum is not of a file
    assert '<td class="n size">4 rows</td>' in source
    assert f"{'ab' * 32}</code><br>of what the server says of it</td>" in source
    assert f'<code>r1</code></a> <a class="journal-away" href="{address}">page at W&#38;B</a>' in text_of(
        lab, "2026-02-21-clamp"
    )
    assert fetched == 'fetched <time datetime="2026-03-02T09:00:00+00:00">2026-03-02 09:00 +00:00</time>'
    assert (
        "run-r1.wandb</code>: 1 of 4 rows is missing in the folder; metric &#60;script&#62;"
        in other.partition("</td>")[0]
    )
    assert "<script>" not in source
    assert "*b*" not in source


def test_a_block_that_is_not_as_it_should_be_says_so_in_words(lab: SiteJournal) -> None:
    text = text_of(lab, "2026-02-21-clamp")
    assert '<p class="journal-state"><span class="journal-badge journal-badge--pending">pending</span> run cand' in text


def test_markers_are_not_published(lab: SiteJournal) -> None:
    assert "<!--" not in text_of(lab, "2026-02-21-clamp")


def test_runs_stand_open_unless_the_entry_shows_them_itself(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    runs = [{"id": "r1", "as": "base"}]
    lab.entry("2026-02-21-a", runs=runs)
    lab.entry("2026-02-21-b", "<!-- journal:runs -->\n<!-- /journal:runs -->\n", runs=runs)
    assert '<details class="journal-fold journal-runs" open><summary>1 run</summary>' in text_of(lab, "2026-02-21-a")
    assert '<details class="journal-fold journal-runs"><summary>1 run</summary>' in text_of(lab, "2026-02-21-b")


def test_a_block_that_was_never_filled_is_not_empty(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}])
    assert "*not filled yet*" in text_of(lab, "2026-02-21-a")


def test_relations_show_on_both_pages(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-first", title="The first")
    lab.entry(
        "2026/2026-02-21-second",
        title="The second",
        follows=["2026-02-20-first"],
        supersedes=["2026-02-20-first"],
        related=["2026-02-20-first", "2025-01-01-gone"],
    )
    first, second = text_of(lab, "2026-02-20-first"), text_of(lab, "2026-02-21-second")
    link = '<a href="../../2026-02-20-first/">The first</a>'
    assert f"<dt>Follows</dt>\n<dd>{link}</dd>" in second
    assert f"<dt>Supersedes</dt>\n<dd>{link}</dd>" in second
    gone = "<code>2025-01-01-gone</code> (no such entry)"
    assert f"<dt>Related</dt>\n<dd>{link}</dd>\n<dd>{gone}</dd>" in second
    back = '<a href="../2026/2026-02-21-second/">The second</a>'
    assert f"<dt>Followed by</dt>\n<dd>{back}</dd>" in first
    assert f"<dt>Related</dt>\n<dd>{back}</dd>" in first
    assert f"Superseded by</p>\n<ul>\n<li>{back}</li>" in first


def test_the_author_s_text_is_kept_with_its_links(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    body = "See [the other](2026-02-20-first.md), [code](../src/model.py) and <b>this</b>.\n\n```\n<!-- kept -->\n```\n"
    lab.entry("2026-02-21-a", body)
    assert text_of(lab, "2026-02-21-a").endswith(f"\n\n{body}")


def test_an_entry_without_usable_evidence_says_why(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}])
    lab.write("evidence/2026-02-21-a.json", "{")
    assert "Because: evidence/2026-02-21-a.json: is not evidence" in text_of(lab, "2026-02-21-a")


def test_cited_values_have_their_evidence_at_the_end_of_the_page(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2, float("nan"), 0.7]}))
    cited = '[?](run:base "mean(train/loss)")'
    body = f"Once {cited}, twice {cited}, [?](run:r1 'max(train/loss) - min(train/loss)').\n\n## End\n\nWords.\n"
    lab.fill(lab.entry("2026-02-21-a", body, runs=[{"id": "r1", "as": "base"}]))
    text = text_of(lab, "2026-02-21-a")
    fold = text[text.index("<summary>Cited values: 2 numbers from 1 run</summary>") :]
    assert "Words." not in fold
    assert text.count('href="#value.1"') == 2
    row = next(line for line in fold.splitlines() if line.startswith('<tr id="value.1">'))
    assert row.startswith('<tr id="value.1"><th scope="row">0.333</th><td class="n value">0.3333333333333333</td>')
    end = '<td class="expression"><code>mean(train/loss)&#64;base</code></td><td class="made-of unknown">—</td></tr>'
    assert row.endswith(end)
    parts = (
        "<code>max(train/loss)&#64;r1</code> = 0.7 (3 rows, 0..3)<br><code>min(train/loss)&#64;r1</code> = 0.1 (3 rows"
    )
    assert parts in fold
    assert '<tr id="value.2"><th scope="row">0.6' in fold
    assert fold.count("run-r1.wandb") == 1


def test_a_page_without_cited_values_has_no_such_fold(lab: SiteJournal) -> None:
    assert "Cited values" not in text_of(lab, "2026-02-21-clamp")


def test_foreign_text_in_a_cited_value_is_harmless(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    metric = "<i>x|{y}"
    lab.with_runs(make_run("r1", {metric: [1.5]}))
    body = f"Once [?](run:base 'last(\"{metric}\")') and [*a* | 1 & {{b}}](run:<b> 'last(x)').\n"
    path = lab.entry("2026-02-21-a", body.replace("run:<b>", "run:b"), runs=[{"id": "r1", "as": "base"}])
    lab.fill(path)
    text = text_of(lab, "2026-02-21-a")
    assert "<i>" not in text
    assert "*a*" not in text
    assert "{y}" not in text


def test_a_block_that_was_edited_by_hand_shows_what_stands_there_and_links_no_number(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2, 0.7]}))
    path = lab.entry("2026-02-21-a", TABLE, runs=[{"id": "r1", "as": "base"}])
    lab.fill(path)
    assert text_of(lab, "2026-02-21-a").count('class="journal-number"') == 3
    lab.write(path, (tmp_path / path).read_text().replace("| 0.7 |", "| 0.9 |").replace("| 0.700 |", "| 0.9 |"))
    text = text_of(lab, "2026-02-21-a")
    assert "| 0.9 |" in text
    assert 'class="journal-number"' not in text
    assert '<p class="journal-state"><span class="journal-badge journal-badge--edited">edited</span>' in text
    assert '<tr id="cell.losses.1">' in text  # what was recorded is still told


def test_a_page_is_made_again_when_what_it_takes_from_others_changes_and_only_then(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a")
    lab.entry("2026-02-21-b", follows=["2026-02-20-a"])
    lab.entry("2026-02-22-c")

    def keys() -> list[str]:
        return [sheet.key for sheet in sorted(sheets(lab.contents), key=lambda sheet: sheet.path)]

    before = keys()
    assert keys() == before
    lab.entry("2026-02-20-a", title="Another title")
    assert [now == then for now, then in zip(keys(), before, strict=True)] == [False, False, True]
    lab.entry("2026-02-22-c", supersedes=["2026-02-21-b"])
    assert keys()[1] != before[1]


def bet(tmp_path: Path, body: str, runs: int = 1, **found: object) -> str:
    """The page of an entry with a scored prediction, of which the evidence says this."""
    lab = SiteJournal(tmp_path)
    lab.with_runs(*(make_run(f"r{number}", {"train/loss": [0.1, 0.2]}) for number in range(runs)))
    refs = [{"id": f"r{number}", "as": f"s{number}"} for number in range(runs)]
    expect = "last(train/loss)@s0 < 0.5" if runs == 1 else "last(train/loss)@s0 < last(train/loss)@s1"
    path = lab.entry("2026-02-21-bet", body, runs=refs, predictions=[{"claim": "low", "expect": expect}])
    record = tmp_path / "evidence/2026-02-21-bet.json"
    for again in (False, True):  # the text of a block says what is known
        lab.fill(path)
        evidence = json.loads(record.read_text())
        evidence["predictions"][0] |= found
        record.write_text(json.dumps(evidence))
        if again or "journal:" not in body:
            break
    return text_of(lab, "2026-02-21-bet")


COMMITTED = {"commit": SHA, "committed": "2026-02-21T19:01:13+08:00", "preregistered": True}


@pytest.mark.parametrize(
    ("runs", "day", "word"),
    [(1, 21, "its run"), (2, 21, "the first of its runs"), (1, 20, "its run")],
)
def test_a_prediction_tells_to_the_second_that_it_was_committed_before_its_runs_began(
    tmp_path: Path, runs: int, day: int, word: str
) -> None:
    text = bet(tmp_path, "Words.\n", runs, **COMMITTED | {"committed": f"2026-02-{day}T19:01:13+08:00"})
    commit = f'<a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a>'  # its run recorded it
    committed = f'<time datetime="2026-02-{day}T19:01:13+08:00">2026-02-{day} 19:01:13 +08:00</time>'
    when = "19:01:15" if day == 21 else "2026-02-21 19:01:15 +08:00"
    began = f'<time datetime="2026-02-21T19:01:15+08:00">{when}</time>'
    told = f'<span class="journal-aside">committed {committed} ({commit}), {word} began {began}</span></td></tr>'
    assert f"<td>preregistered<br>{told}" in text


def test_a_block_of_predictions_tells_both_times_too(tmp_path: Path) -> None:
    text = bet(tmp_path, "<!-- journal:predictions -->\n<!-- /journal:predictions -->\n", 1, **COMMITTED)
    assert "preregistered<br>" in text
    assert ">19:01:15</time></span></td></tr>" in text


def test_a_prediction_that_is_not_known_to_have_been_first_says_so_in_words(tmp_path: Path) -> None:
    told = '<td>not preregistered<br><span class="journal-aside">not known to have been committed before its run began'
    assert told in bet(tmp_path, "Words.\n", preregistered=False)


def test_a_page_is_made_again_when_a_commit_that_it_names_gets_a_page_and_not_for_another(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"train/loss": [0.1, 0.2]}))
    lab.fill(lab.entry("2026-02-20-a", TABLE, runs=[{"id": "r1", "as": "a"}]))
    for digest in tmp_path.glob("evidence/runs/*.json"):
        digest.unlink()

    def page() -> tuple[str, str]:
        contents = lab.contents
        sheet = next(each for each in sheets(contents) if each.path == "entries/2026-02-20-a.md")
        return sheet.key, sheet.make().decode()

    before = page()
    assert f"commits/{SHA}" not in before[1]
    lab.entry("2026-02-22-b", commits=["c" * 40])
    assert page() == before
    lab.entry("2026-02-23-c", commits=[SHA])
    key, text = page()
    assert key != before[0]
    assert f'href="../../commits/{SHA}/"' in text


def test_a_page_is_made_again_when_its_files_can_be_read_elsewhere(tmp_path: Path) -> None:
    file = 'file = "https://git.lab.example/{path}/{sha}/{file}"'
    lab = SiteJournal(tmp_path, f'title = "A"\n[hosts."git.lab.example"]\n{file}\n')
    lab.entry("2026-02-20-a", files=["src/a.py"], commits=["721e94a"])
    repo = GitRepo(tmp_path).init()
    repo.git("remote", "add", "origin", "https://git.lab.example/lab/one.git")
    (before,), (same,) = sheets(lab.contents), sheets(lab.contents)
    assert same.key == before.key
    repo.git("remote", "set-url", "origin", "https://git.lab.example/lab/two.git")
    (after,) = sheets(lab.contents)
    assert after.key != before.key


def test_the_verdict_on_a_run_stands_beside_it_with_its_reasons_below(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-21-a", runs=[{"id": "r1", "as": "base"}])
    lab.judge("2026-02-21-a", {"r1": ("contradicted", "it is older")})
    table, _, below = text_of(lab, "2026-02-21-a").partition("<summary>1 run</summary>")[2].partition("</table>")
    assert '<td><span class="journal-badge journal-badge--contradicted">contradicted</span></td>' in table
    assert '<span class="journal-aside">it is older</span>' in below


def test_a_note_that_begins_with_its_title_has_it_once(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.entry("2026-02-20-a", "# A *note*\n\n## Method\n\nWords.\n", title="A note")
    lines = text_of(lab, "2026-02-20-a").splitlines()
    assert [line for line in lines if line.startswith("#")] == ["# A note", "## Method"]
