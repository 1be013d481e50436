"""What a fill never gives up: numbers whose run is out of reach or whose log lost rows; and what a check sees."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from journal import config as configuration
from journal.document.blocks import digest
from journal.errors import JournalError
from journal.sources.registry import Sources
from journal.tables import fill
from toys import Toys, block, line

if TYPE_CHECKING:
    from pathlib import Path

    Capsys = pytest.CaptureFixture[str]

E1 = "2026-02-21-one"
BLOCK = """
<!-- journal:table losses
metrics: [train/loss]
stats: [last]
columns: [runs]
-->
<!-- /journal:table -->
"""
RUNS = "{id: plain031, as: short}, {id: large031, as: long}"


@pytest.fixture
def filled(tmp_path: Path, capsys: Capsys) -> Desk:
    desk = Desk.begin(tmp_path)
    desk.entry(E1, BLOCK, runs=RUNS)
    assert desk.call(capsys, "fill-results").code == 0
    assert "| train/loss | 2.14 | 0.883 |" in desk.read(E1)
    return desk


def take_away(desk: Desk) -> None:
    """As on a colleague's machine, which has the repository and not the runs."""
    (desk.root / "wandb").rename(desk.root / ".git/wandb")


def rewrite(desk: Desk, old: str, new: str) -> None:
    text = desk.read(E1)
    assert old in text
    desk.write(f"entries/{E1}.md", text.replace(old, new))


def refill(desk: Desk, capsys: Capsys, *options: str) -> int:
    code = desk.call(capsys, "fill-results", *options).code
    if not options:
        assert "| 2.14 | 0.883 |" in desk.read(E1)
        assert "TBD" not in desk.read(E1)
    return code


def test_numbers_stay_where_the_runs_are_not(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    before = filled.files()
    assert refill(filled, capsys) == 3
    assert filled.files() == before


def test_numbers_stay_when_an_entry_was_renamed_without_its_evidence(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    (filled.root / f"evidence/{E1}.json").rename(filled.root / "evidence/2026-02-21-two.json")
    before = filled.files()
    said = filled.call(capsys, "fill-results")
    assert (said.code, filled.files()) == (3, before)
    assert "was the entry renamed?" in said.out


def test_numbers_stay_when_a_reference_is_spelt_another_way(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    rewrite(filled, "{id: plain031,", "{id: attention-lab/sigma-floor/plain031,")
    assert refill(filled, capsys) == 3


def test_numbers_stay_when_a_handle_is_renamed(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    rewrite(filled, "as: short", "as: brief")
    assert refill(filled, capsys) == 3
    assert "| metric | brief | long |" in filled.read(E1)


def test_numbers_stay_when_a_table_asks_for_what_no_evidence_holds(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    rewrite(filled, "stats: [last]", "stats: [last]\nwindow: 0..10")
    before = filled.files()
    said = filled.call(capsys, "fill-results")
    assert (said.code, filled.files()) == (3, before)
    assert "stale: its spec changed since it was filled, and run short (plain031) is out of reach" in said.out
    assert refill(filled, capsys, "--force") == 3
    assert "| train/loss | TBD | TBD |" in filled.read(E1)


def test_a_run_that_never_was_is_pending_beside_numbers_that_stay(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    rewrite(filled, "as: long}", "as: long}, {id: tomorrow, as: next}")
    assert filled.call(capsys, "fill-results").code == 3
    assert "| train/loss | 2.14 | 0.883 | TBD |" in filled.read(E1)


@pytest.mark.parametrize("size", [0, 7, 20_000])
def test_a_log_that_lost_rows_does_not_replace_what_it_gave(filled: Desk, capsys: Capsys, size: int) -> None:
    log = filled.log("plain031")
    log.write_bytes(log.read_bytes()[:size])
    before = filled.files()
    said = filled.call(capsys, "fill-results")
    assert (said.code, filled.files()) == (1, before)
    assert "drifted: the log of run short (plain031) held 120 rows in 49482 bytes, and now" in said.out
    assert filled.call(capsys, "check").code == 1


def test_a_log_that_lost_rows_is_believed_by_force(filled: Desk, capsys: Capsys) -> None:
    log = filled.log("plain031")
    log.write_bytes(log.read_bytes()[:20_000])
    assert filled.call(capsys, "fill-results", "--force").code == 0
    assert "2.14" not in filled.read(E1)
    assert filled.call(capsys, "fill-results", "--check").code == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", 7), ("last_step", 118), ("first_step", 1), ("value", 2.1406250000000004)],
)
def test_evidence_of_a_cell_that_the_log_does_not_bear_out_is_drift(
    filled: Desk, capsys: Capsys, name: str, value: float
) -> None:
    evidence = filled.evidence(E1)
    evidence["blocks"]["losses"]["cells"][0][name] = value
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = filled.call(capsys, "check")
    assert said.code == 1
    assert "TAB004 error: table 'losses' is drifted: train/loss, short: " in said.out


@pytest.mark.parametrize(("name", "value"), [("commit", "d" * 40), ("rows", 119), ("state", "failed")])
def test_evidence_of_a_run_that_the_log_does_not_bear_out_is_stale(
    filled: Desk, capsys: Capsys, name: str, value: object
) -> None:
    evidence = filled.evidence(E1)
    evidence["runs"]["plain031"][name] = value
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = filled.call(capsys, "check")
    assert said.code == 1
    assert f"is stale: its evidence of run short (plain031) is not what the log says now: {name}" in said.out


def test_the_same_bytes_in_another_folder_are_the_same_evidence(filled: Desk, capsys: Capsys) -> None:
    before = filled.files()
    (filled.root / "more").mkdir()
    (filled.root / "wandb").rename(filled.root / "more/wandb")
    filled.write("journal.toml", before["journal.toml"].decode() + 'runs = ["more"]\n')
    assert filled.call(capsys, "fill-results", "--check").code == 0
    assert filled.call(capsys, "fill-results").code == 0
    assert filled.read(E1) == before[f"entries/{E1}.md"].decode()
    assert filled.files()[f"evidence/{E1}.json"] == before[f"evidence/{E1}.json"]


def test_a_kept_block_keeps_the_sum_of_the_bytes_that_its_numbers_came_from(filled: Desk, capsys: Capsys) -> None:
    old = filled.evidence(E1)["runs"]["plain031"]["origin"]["sha256"]
    rewrite(filled, "| 2.14 |", "| 2.41 |")
    shutil.copy(filled.log("plain016"), filled.log("plain031").with_name("other"))
    log = filled.log("plain031")
    log.write_bytes(log.read_bytes() + b"\0" * 7)
    filled.call(capsys, "fill-results")
    evidence = filled.evidence(E1)
    assert evidence["blocks"]["losses"]["runs"]["plain031"] == old
    assert evidence["runs"]["plain031"]["origin"]["sha256"] == old


def test_evidence_goes_back_when_the_entry_cannot_be_written(filled: Desk) -> None:
    rewrite(filled, "stats: [last]", "stats: [mean]")
    config = configuration.find(filled.root)
    planned = fill.plan(config, f"entries/{E1}.md", Sources(config))
    rewrite(filled, "title: 2026-02-21-one", "title: The author's new words")
    before = filled.files()
    with pytest.raises(JournalError):
        fill.write(planned, config)
    assert filled.files() == before


def test_evidence_that_somebody_else_wrote_meanwhile_is_not_overwritten(filled: Desk) -> None:
    rewrite(filled, "stats: [last]", "stats: [mean]")
    config = configuration.find(filled.root)
    planned = fill.plan(config, f"entries/{E1}.md", Sources(config))
    filled.write(f"evidence/{E1}.json", "{}")
    before = filled.files()
    with pytest.raises(JournalError):
        fill.write(planned, config)
    assert filled.files() == before


def test_first_evidence_is_taken_back_when_the_entry_cannot_be_written(tmp_path: Path) -> None:
    desk = Desk.begin(tmp_path)
    path = desk.entry(E1, BLOCK, runs=RUNS)
    config = configuration.find(desk.root)
    planned = fill.plan(config, f"entries/{E1}.md", Sources(config))
    path.chmod(0o444)
    with pytest.raises(JournalError):
        fill.write(planned, config)
    assert not (desk.root / f"evidence/{E1}.json").exists()


def test_a_metric_that_an_ended_run_never_logged_is_no_data_where_another_logged_it(
    filled: Desk, capsys: Capsys
) -> None:
    rewrite(filled, "[train/loss]", "[train/loss, train/acc]")
    filled.call(capsys, "fill-results")
    assert "| train/acc | 0.930 | — |" in filled.read(E1)
    assert filled.call(capsys, "check").code == 0


def test_a_metric_that_no_run_logged_is_pending_with_a_guess(filled: Desk, capsys: Capsys) -> None:
    rewrite(filled, "[train/loss]", "[train/los]")
    said = filled.call(capsys, "fill-results")
    assert (
        "pending: run short has no metric 'train/los' (did you mean train/loss or train/acc?)"
        in filled.call(capsys, "check").out + said.out
    )


def test_a_window_that_an_unfinished_run_has_not_reached_is_pending(tmp_path: Path, capsys: Capsys) -> None:
    desk = Desk.begin(tmp_path)
    block = BLOCK.replace("train/loss", "loss").replace("stats: [last]", "stats: [last]\nwindow: 5000..6000")
    desk.entry(E1, block, runs="{id: killd031, as: it}")
    desk.call(capsys, "fill-results")
    assert "| loss | TBD |" in desk.read(E1)
    assert "run it has not reached step 5000" in desk.call(capsys, "check").out


def test_evidence_that_no_block_or_no_entry_owns_is_a_warning(filled: Desk, capsys: Capsys) -> None:
    filled.write("evidence/2020-01-01-gone.json", "{}")
    rewrite(filled, "losses", "other")
    said = filled.call(capsys, "check")
    assert "evidence/2020-01-01-gone.json: TAB007 warning: belongs to no entry" in said.out
    assert f"evidence/{E1}.json: TAB007 warning: holds a block 'losses' that entries/{E1}.md does not have" in said.out


@pytest.mark.parametrize(
    "reference",
    [
        "https://wandb.ai/attention-lab/sigma-floor/runs/plain031?nw=x",
        "sigma-floor/plain031",
        "plai",
        "wandb/FOLDER",
        "wandb/FOLDER/run-plain031.wandb",
    ],
)
def test_numbers_stay_however_a_reference_is_spelt(filled: Desk, capsys: Capsys, reference: str) -> None:
    folder = filled.folder("plain031").name
    take_away(filled)
    rewrite(filled, "{id: plain031,", f'{{id: "{reference.replace("FOLDER", folder)}",')
    assert refill(filled, capsys) == 3


def test_a_kept_block_stays_kept_when_a_new_one_is_filled_beside_it(filled: Desk, capsys: Capsys) -> None:
    log = filled.log("plain031")
    log.write_bytes(log.read_bytes()[:20_000])
    filled.write(f"entries/{E1}.md", filled.read(E1) + BLOCK.replace("losses", "more"))
    for _ in range(3):
        assert filled.call(capsys, "fill-results").code == 1
        assert filled.read(E1).count("| 2.14 | 0.883 |") == 1


@pytest.mark.parametrize("cut", [False, True], ids=["runs away", "log cut"])
def test_a_renamed_block_keeps_its_evidence(filled: Desk, capsys: Capsys, cut: bool) -> None:
    if cut:
        log = filled.log("plain031")
        log.write_bytes(log.read_bytes()[:20_000])
    else:
        take_away(filled)
    rewrite(filled, "journal:table losses", "journal:table renamed")
    for _ in range(3):
        filled.call(capsys, "fill-results")
        assert "| 2.14 | 0.883 |" in filled.read(E1)
    assert "plain031" in filled.evidence(E1)["runs"]


def test_an_entry_renamed_with_its_evidence_goes_on_as_before(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    for folder, ending in (("entries", "md"), ("evidence", "json")):
        (filled.root / folder / f"{E1}.{ending}").rename(filled.root / folder / f"2026-02-21-two.{ending}")
    assert filled.call(capsys, "fill-results").code == 3
    assert filled.evidence("2026-02-21-two")["entry"] == "2026-02-21-two"
    assert "| 2.14 | 0.883 |" in filled.read("2026-02-21-two")


def test_evidence_that_was_altered_does_not_get_into_a_text_that_nobody_can_check(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    evidence = filled.evidence(E1)
    evidence["blocks"]["losses"]["cells"][0]["value"] = 99.0
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = filled.call(capsys, "fill-results")
    assert said.code == 3
    assert "its text is not what its evidence says, and run short (plain031) is out of reach" in said.out
    assert "| 2.14 | 0.883 |" in filled.read(E1)


def test_evidence_that_lost_a_run_does_not_take_its_numbers_along(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    evidence = filled.evidence(E1)
    del evidence["runs"]["plain031"]
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    assert refill(filled, capsys) == 3


def test_a_namesake_of_another_project_does_not_stand_in(filled: Desk, capsys: Capsys) -> None:
    evidence = filled.evidence(E1)
    evidence["runs"]["plain031"]["project"] = "another"
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = filled.call(capsys, "fill-results")
    assert said.code == 1
    assert "here is attention-lab/sigma-floor/plain031, started" in said.out
    assert "the numbers are of attention-lab/another/plain031, started" in said.out


def test_results_that_arrive_are_filled_while_another_run_is_away(filled: Desk, capsys: Capsys) -> None:
    rewrite(filled, "{id: large031, as: long}", "{id: tomorrow, as: long}")
    filled.call(capsys, "fill-results", "--force")
    assert "| 2.14 | TBD |" in filled.read(E1)
    shutil.move(filled.folder("plain031"), filled.root / ".git/plain")
    rewrite(filled, "tomorrow", "large031")
    assert filled.call(capsys, "fill-results").code == 3
    assert "| 2.14 | 0.883 |" in filled.read(E1)


def test_the_cells_of_a_kept_block_are_not_taken_for_those_of_a_newer_fill(filled: Desk, capsys: Capsys) -> None:
    log = filled.log("large031")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    filled.entry(E1, BLOCK.replace("losses", "a") + BLOCK.replace("losses", "z"), runs="{id: large031, as: long}")
    filled.call(capsys, "fill-results", "--force")
    head, mark, tail = filled.read(E1).rpartition("| train/loss | ")
    filled.write(f"entries/{E1}.md", f"{head}{mark}7 |{tail.partition(' |')[2]}")
    log.write_bytes(whole)
    filled.call(capsys, "fill-results")
    before = filled.read(E1)
    assert before.count("| train/loss | 0.883 |") == before.count("| train/loss | 7 |") == 1
    take_away(filled)
    filled.call(capsys, "fill-results")
    assert filled.read(E1) == before


@pytest.mark.parametrize("change", ["drop a cell", "row", "sum", "kind"])
def test_evidence_that_its_text_does_not_bear_out_is_found(filled: Desk, capsys: Capsys, change: str) -> None:
    evidence = filled.evidence(E1)
    block = evidence["blocks"]["losses"]
    if change == "drop a cell":
        del block["cells"][1]
    elif change == "row":
        block["cells"][0]["row"] = "train/gain"
    else:
        block[change] = "runs" if change == "kind" else "00000000"
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = filled.call(capsys, "check")
    assert said.code == 1
    assert "TAB003 error: table 'losses' is stale: " in said.out


def test_a_block_that_is_emptied_is_filled_anew(filled: Desk, capsys: Capsys) -> None:
    text = filled.read(E1)
    start, end = text.index("-->\n") + 4, text.index("<!-- /journal")
    filled.write(f"entries/{E1}.md", text[:start] + text[end:])
    assert filled.call(capsys, "fill-results").code == 0
    assert filled.read(E1) == text


def test_a_metric_that_is_gone_from_a_log_does_not_take_its_number_along(filled: Desk, capsys: Capsys) -> None:
    """As if the log had once held `train/gone` and now, no shorter, does not."""
    evidence = filled.evidence(E1)
    block = evidence["blocks"]["losses"]
    for cell in block["cells"]:
        cell |= {name: cell[name].replace("loss", "gone") for name in ("metric", "row", "expression")}
    block["spec"]["metrics"] = [{"value": "train/gone"}]
    text = filled.read(E1).replace("train/loss", "train/gone")
    body = text.partition("-->")[2].partition("<!-- /journal")[0]
    filled.write(f"entries/{E1}.md", text.replace(block["sum"], digest(body)))
    block["sum"] = digest(body)
    filled.write(f"evidence/{E1}.json", json.dumps(evidence))
    before = filled.read(E1)
    said = filled.call(capsys, "fill-results")
    assert (said.code, filled.read(E1)) == (1, before)
    assert "drifted: train/gone of run plain031 had 120 rows, and now 0" in said.out


def test_a_handle_that_stands_for_another_run_is_told_as_that(filled: Desk, capsys: Capsys) -> None:
    rewrite(filled, "{id: plain031, as: short}", "{id: large031, as: short}")
    said = filled.call(capsys, "check")
    assert said.code == 1
    assert "stale: last(train/loss)@short was of run plain031, and is of run large031 now" in said.out


def test_a_handle_that_stands_for_another_run_is_told_though_no_run_is_at_hand(filled: Desk, capsys: Capsys) -> None:
    take_away(filled)
    rewrite(filled, "{id: plain031, as: short}", "{id: other031, as: short}")
    said = filled.call(capsys, "check")
    assert said.code == 1
    assert "stale: last(train/loss)@short was of run plain031, and is of run other031 now" in said.out
    before = filled.read(E1)
    filled.call(capsys, "fill-results")
    assert filled.read(E1) == before


def test_a_log_that_grew_behind_a_closed_window_makes_nothing_stale(tmp_path: Path, capsys: Capsys) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"loss": line(range(10))}, code=None)
    toys.ask(block("metrics: [loss]\nwindow: 0..5") + '\n[TBD](run:a "max(loss)[..5]")\n', "a")
    toys.fill()
    files = toys.files()
    toys.run("a", {"loss": line(range(20))}, code=None)
    assert toys.call(capsys, "fill-results", "--check").code == 0
    assert "stale" not in toys.call(capsys, "check").out
    toys.fill()
    assert toys.files() == files
    evidence = files[f"evidence/{E1}.json"]
    toys.write(
        f"evidence/{E1}.json", evidence.replace(b'"first_step": 0,\n      "id"', b'"first_step": 1,\n      "id"', 1)
    )
    assert "is not what the log says now: first_step" in toys.call(capsys, "check").out


def test_a_number_that_moved_takes_the_evidence_of_all_numbers_of_its_run_along(tmp_path: Path) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"loss": line(range(10))}, code=None)
    toys.ask(block("metrics: [loss]\nwindow: 0..5") + "\n" + block("metrics: [loss]"), "a")
    toys.fill()
    toys.run("a", {"loss": line(range(20))}, code=None)
    toys.fill()
    sums = {found["runs"]["a"] for found in toys.found["blocks"].values()}
    assert sums == {toys.found["runs"]["a"]["origin"]["sha256"]}
    assert not toys.plan().changed


def test_a_sum_that_was_changed_in_the_evidence_is_told_and_the_next_fill_mends_it(tmp_path: Path) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"loss": line(range(10))}, code=None)
    toys.ask(block("metrics: [loss]\nwindow: 0..5"), "a")
    toys.fill()
    files = toys.files()
    evidence = toys.found
    evidence["blocks"]["table"]["runs"]["a"] = "0" * 64
    toys.write(f"evidence/{E1}.json", json.dumps(evidence))
    assert toys.standing() == ("stale", "its evidence is not what its text says: runs")
    toys.fill()
    assert toys.files() == files


def test_a_list_of_runs_says_why_it_is_stale(tmp_path: Path) -> None:
    toys = Toys.begin(tmp_path)
    toys.run("a", {"loss": line(range(10))}, code=None)
    toys.ask("<!-- journal:runs -->\n<!-- /journal:runs -->\n", "a")
    toys.fill()
    toys.run("a", {"loss": line(range(20))}, code=None)
    assert toys.standing() == ("stale", "its text is not what its runs say (the log of run a grew from 10 to 20 rows)")
