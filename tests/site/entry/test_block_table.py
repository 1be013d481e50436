import re
from pathlib import Path

import pytest
from site_journal import SHA, SiteJournal, make_run

from journal.model.evidence import BlockEvidence, CellEvidence, CellState
from journal.site.entry.block_table import places, shown
from journal.site.entry.leads import Leads
from journal.tables.grid import Grid, sides

TABLE = """\
<!-- journal:table losses
metrics: [train/loss, "<b>|x"]
runs: [base, cand]
stats: [mean]
compare: {ratio: cand/base}
notes: {remark: {train/loss: "see *below*"}}
-->
<!-- /journal:table -->
"""
ALIGN = "<!-- journal:align spikes\nmetric: train/loss\nrun: base\nk: 2\nwith: [lr]\n-->\n<!-- /journal:align -->\n"
DIFF = "<!-- journal:diff two\nruns: [base, cand]\n-->\n<!-- /journal:diff -->\n"
RUNS = "<!-- journal:runs -->\n<!-- /journal:runs -->\n"


def cell(row: str, value: float | None = 1.0) -> CellEvidence:
    state = CellState.VALUE if value is not None else CellState.PENDING
    return CellEvidence(row=row, column="c", expression="mean(x)", state=state, value=value)


def recorded(*cells: CellEvidence) -> BlockEvidence:
    return BlockEvidence(kind="table", spec={}, sum="0", runs={}, cells=cells)


def grid(*lines: tuple[CellEvidence | None, ...]) -> Grid:
    rows = tuple(tuple("1" for _ in line) for line in lines)
    return Grid(head=("a",) * len(lines[0]), rows=rows, aligned=sides(len(lines[0])), cells=lines)


def test_each_cell_leads_to_its_own_evidence_though_others_say_the_same() -> None:
    one, two = cell("r1"), cell("r2")
    assert places(grid((None, one, one), (None, two, None)), recorded(one, one, two)) == [[None, 0, 1], [None, 2, None]]


def test_what_is_recorded_behind_the_cells_does_not_matter() -> None:
    one = cell("r1")
    assert places(grid((None, one)), recorded(one, cell("left out"))) == [[None, 0]]


@pytest.mark.parametrize(
    "known", [None, recorded(), recorded(cell("r1", 2.0)), recorded(cell("other"), cell("r1"))], ids=str
)
def test_no_cell_leads_anywhere_where_the_evidence_is_not_the_table_s(known: BlockEvidence | None) -> None:
    assert places(grid((None, cell("r1"))), known) == [[None, None]]


def filled(root: Path, block: str) -> tuple[SiteJournal, str]:
    """A journal of one entry with one filled block."""
    lab = SiteJournal(root)
    metrics = {"train/loss": [0.1, 0.9, 0.3], "<b>|x": [1.0, 2.0, 3.0], "lr": [0.5, 0.25, 0.125]}
    lab.with_runs(make_run("r1", metrics), make_run("r2", metrics))
    runs = [{"id": "r1", "as": "base"}, {"id": "r2", "as": "cand"}, {"id": "r3", "as": "gone"}]
    path = lab.entry("2026-02-21-a", block, runs=runs)
    lab.fill(path)
    return lab, path


def block_of(lab: SiteJournal, path: str) -> str:
    contents = lab.contents
    view = contents.view(path)
    return shown(view.entry.blocks[0], view, Leads(view, contents))


def test_a_table_has_its_sides_its_notes_and_its_caption_and_foreign_text_stays_text(tmp_path: Path) -> None:
    text = block_of(*filled(tmp_path, TABLE))
    assert text.startswith('<div class="journal-block" id="block.losses">\n<div class="journal-scroll" role="region" ')
    assert 'tabindex="0" aria-label="Table losses">' in text
    assert '<tr><th scope="col">metric</th><th class="n" scope="col">base</th>' in text
    assert "<td>see &#42;below&#42;</td></tr>" in text
    assert '<th scope="row">&#60;b&#62;&#124;x</th>' in text
    assert '<p class="journal-caption">mean over all steps' in text
    assert "\n\n" not in text  # a blank line would end the HTML for some builders


@pytest.mark.parametrize("block", [TABLE, ALIGN, DIFF])
def test_every_link_leads_to_the_cell_whose_row_and_column_it_stands_in(tmp_path: Path, block: str) -> None:
    lab, path = filled(tmp_path, block)
    view = lab.contents.view(path)
    name = view.entry.blocks[0].name
    table = view.grids[name]
    lines = [line for line in block_of(lab, path).splitlines() if line.startswith("<tr><th") and "href" in line]
    found = [int(number) for line in lines for number in re.findall(rf'href="#cell\.{name}\.(\d+)"', line)]
    cells = view.evidence.blocks[name].cells
    assert found == list(range(1, len(found) + 1))
    asked = [
        (row[0], head)
        for row, line in zip(table.rows, table.evidence, strict=True)
        for head, each in zip(table.head, line, strict=True)
        if each is not None
    ]
    assert [(each.row, each.column) for each in cells[: len(found)]] == asked


def test_a_number_that_is_not_there_yet_leads_to_what_it_waits_for(tmp_path: Path) -> None:
    text = block_of(*filled(tmp_path, TABLE.replace("base, cand]", "base, gone]").replace("cand/base", "gone/base")))
    assert '<a class="journal-number journal-number--none" href="#cell.losses.2">TBD</a>' in text


@pytest.mark.parametrize(
    ("old", "new"), [("| 0.433 |", "| 0.4 |"), ("metrics: [train/loss", "metrics: [lr, train/loss")]
)
def test_a_text_that_is_not_just_what_the_evidence_says_is_shown_as_it_stands(
    tmp_path: Path, old: str, new: str
) -> None:
    lab, path = filled(tmp_path, TABLE)
    before = (tmp_path / path).read_text()
    assert old in before
    lab.write(path, before.replace(old, new))
    text = block_of(lab, path)
    assert text.startswith('<div class="journal-block" id="block.losses" markdown>\n\n| metric |')
    assert "journal-number" not in text


def test_a_run_in_a_block_of_runs_leads_to_its_page(tmp_path: Path) -> None:
    lab, path = filled(tmp_path, RUNS + TABLE)
    key = next(run.key for run in lab.contents.abstracts[0].runs if run.handle == "base")
    assert f'<th scope="row"><a href="../../runs/{key}/">base</a></th>' in block_of(lab, path)
    assert '<th scope="row">gone</th>' in block_of(lab, path)


def test_the_id_and_the_commit_in_a_block_of_runs_lead_to_their_pages(tmp_path: Path) -> None:
    lab, path = filled(tmp_path, RUNS)
    key = next(run.key for run in lab.contents.abstracts[0].runs if run.handle == "base")
    commit = f'<a href="../../commits/{SHA}/"><code title="{SHA}">721e94a</code></a>'
    assert f'<td><a href="../../runs/{key}/">r1</a></td><td>—</td><td>{commit}</td>' in block_of(lab, path)


def test_a_column_of_long_texts_is_given_room(tmp_path: Path) -> None:
    lab = SiteJournal(tmp_path)
    lab.with_runs(make_run("r1", {"loss": [1.0]}))
    path = lab.entry("2026-02-21-a", RUNS, runs=[{"id": "r1", "as": "base", "label": "y" * 19}])
    lab.fill(path)
    text = block_of(lab, path)
    assert '<th scope="col">id</th>' in text
    assert '<th class="wide" scope="col">label</th>' in text
    assert f'<td class="wide">{"y" * 19}</td></tr>' in text


@pytest.mark.parametrize(("length", "style"), [(18, "n"), (19, "n long")])
def test_a_column_with_a_long_heading_is_given_room(tmp_path: Path, length: int, style: str) -> None:
    lab = SiteJournal(tmp_path)
    metric = "x" * length
    lab.with_runs(make_run("r1", {metric: [1.0]}), make_run("r2", {metric: [1.0]}))
    block = f"<!-- journal:table losses\nmetrics: [{metric}]\nstats: [mean]\n-->\n<!-- /journal:table -->\n"
    path = lab.entry("2026-02-21-a", block, runs=["r1", "r2"])
    lab.fill(path)
    assert f'<th class="{style}" scope="col">{metric}</th></tr>' in block_of(lab, path)


@pytest.mark.parametrize(("length", "style"), [(18, ""), (19, ' class="long"')])
def test_labels_of_rows_that_are_long_are_given_room(tmp_path: Path, length: int, style: str) -> None:
    lab = SiteJournal(tmp_path)
    metric = "x" * length
    lab.with_runs(make_run("r1", {metric: [1.0], "y": [1.0]}))
    spec = f"metrics: [{metric}, y]\nstats: [mean, min]"
    block = f"<!-- journal:table losses\n{spec}\n-->\n<!-- /journal:table -->\n"
    path = lab.entry("2026-02-21-a", block, runs=["r1"])
    lab.fill(path)
    assert f'<tr><th{style} scope="col">metric</th>' in block_of(lab, path)


def test_a_picture_stands_above_its_table(tmp_path: Path) -> None:
    lab, path = filled(tmp_path, TABLE)
    contents = lab.contents
    view = contents.view(path)
    text = shown(view.entry.blocks[0], view, Leads(view, contents), "<svg></svg>")
    assert text.index("<svg>") < text.index("<table")
