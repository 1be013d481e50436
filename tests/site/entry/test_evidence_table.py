import re
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from site_journal import SHA, SiteJournal, make_run

from journal.site.contents import Committed
from journal.site.entry.evidence_table import CELLS, EvidenceTables
from journal.site.entry.leads import Leads

GROUPS = """\
<!-- journal:table seeds
metrics: [loss]
groups: {all: [a, b]}
stats: [mean]
-->
<!-- /journal:table -->
"""
RATIO = """\
<!-- journal:table ratio
metrics: [loss]
runs: [a, b]
stats: [mean]
window: first 2 rows
compare: {ratio: b/a}
-->
<!-- /journal:table -->
"""
CONFIG = (
    "<!-- journal:table set\nruns: [a]\nvalues: {rate: config(lr), gone: last(absent)}\n-->\n<!-- /journal:table -->\n"
)


def tables_of(root: Path, block: str, filled: Committed | None = None) -> EvidenceTables:
    lab = SiteJournal(root)
    values = {"r1": [1.0, 2.0, 5.0], "r2": [4.0, 8.0, 1.0]}
    runs = [make_run(run, {"loss": values[run]}, sha256=run[1] * 64) for run in values]
    lab.with_runs(*runs)
    path = lab.entry("2026-02-21-a", block, runs=[{"id": "r1", "as": "a"}, {"id": "r2", "as": "b"}])
    lab.fill(path)
    contents = lab.contents
    view = contents.view(path)
    return EvidenceTables(view.evidence, Leads(view, contents), filled)


def facts_of(text: str, anchor: str) -> dict[str, str]:
    """What is told of a number, by the headings, without markup."""
    heads = [re.sub("<[^>]*>", "", head) for head in re.findall(r"<th[^>]*>(.*?)</th>", text.partition("<tbody>")[0])]
    row = next(line for line in text.splitlines() if line.startswith(f'<tr id="{anchor}">'))
    cells = [unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
    return dict(zip(heads, cells, strict=True))


def test_a_number_is_told_with_everything_that_finds_it_again(tmp_path: Path) -> None:
    told = facts_of(tables_of(tmp_path, RATIO).of_block("ratio"), "cell.ratio.2")
    assert tuple(told) == CELLS  # the card beside a number reads them by these names
    assert told == {
        "row": "loss",
        "column": "b",
        "value": "6.0",
        "run": "b",
        "metric": "loss",
        "statistic": "mean",
        "window": "first 2 rows (0..1)",
        "steps used": "0..1",
        "rows": "2",
        "non-finite rows": "0",
        "source SHA-256": "222222222222",
        "expression": "mean(loss)[first 2 rows]@b",
        "made of": "—",
    }


def test_arithmetic_is_told_with_every_call_it_is_made_of(tmp_path: Path) -> None:
    told = facts_of(tables_of(tmp_path, RATIO).of_block("ratio"), "cell.ratio.3")
    assert told["value"] == "4.0"
    assert told["run"] == "b, a"
    assert told["source SHA-256"] == "b 222222222222, a 111111111111"
    assert told["metric"] == "loss"
    assert told["window"] == "—"
    assert told["made of"] == (
        "mean(loss)[first 2 rows]@b = 6.0 (2 rows, 0..1); b, SHA-256 222222222222"
        "mean(loss)[first 2 rows]@a = 1.5 (2 rows, 0..1); a, SHA-256 111111111111"
    )


def test_a_group_is_told_with_how_its_runs_scatter(tmp_path: Path) -> None:
    told = facts_of(tables_of(tmp_path, GROUPS).of_block("seeds"), "cell.seeds.1")
    assert told["made of"].startswith("mean of 2 runs, standard deviation 1.178")
    assert "mean(loss)@a = 2.6666666666666665 (3 rows, 0..2); a, SHA-256 111111111111" in told["made of"]


def test_the_metric_of_a_number_that_is_made_of_several_leads_to_its_page(tmp_path: Path) -> None:
    text = tables_of(tmp_path, RATIO).of_block("ratio")
    row = next(line for line in text.splitlines() if line.startswith('<tr id="cell.ratio.3">'))
    assert re.search(r'<td class="metric"><a href="[^"]*metrics/loss/">loss</a></td>', row)


def test_columns_of_which_nothing_is_known_are_left_out(tmp_path: Path) -> None:
    text = tables_of(tmp_path, CONFIG).of_block("set")
    told = facts_of(text, "cell.set.1")
    assert "made of" not in told
    assert "steps used" not in told
    assert told["value"] == "pending"
    assert "<em>pending</em>" in text


def test_the_sources_tell_what_was_read_in_full(tmp_path: Path) -> None:
    text = tables_of(tmp_path, RATIO).of_block("ratio")
    for run in ("r1", "r2"):
        row = next(line for line in text.splitlines() if f"run-{run}.wandb" in line)
        assert f'<code class="journal-sum">{run[1] * 64}</code>' in row
        assert row.endswith('<td class="sdk">0.31.0</td></tr>')


@pytest.mark.parametrize("known", [True, False])
def test_it_is_told_in_which_commit_the_evidence_was_recorded_where_git_knows(tmp_path: Path, known: bool) -> None:
    filled = Committed(SHA, datetime.fromisoformat("2026-02-22T10:00+08:00")) if known else None
    text = tables_of(tmp_path, RATIO, filled).of_block("ratio")
    commit = f'<a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a>'  # runs recorded it too
    time = '<time datetime="2026-02-22T10:00:00+08:00">2026-02-22 10:00 +08:00</time>'
    said = f"Recorded in commit {commit}, {time}.</p>"
    assert (said in text) == known


def test_a_block_of_which_nothing_is_there_yet_says_so_and_counts_no_numbers(tmp_path: Path) -> None:
    pending = CONFIG.replace("rate: config(lr), ", "")
    assert "<summary>Evidence: no number yet" in tables_of(tmp_path, pending).of_block("set")


def test_a_block_that_rests_on_nothing_has_no_evidence(tmp_path: Path) -> None:
    assert tables_of(tmp_path, RATIO).of_block("other") == ""
    assert tables_of(tmp_path, RATIO).of_values([]) == ""
