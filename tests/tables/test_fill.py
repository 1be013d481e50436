from __future__ import annotations

import hashlib
import json
import math
import re
import statistics
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk, cells, refuse_runs, rows, truth
from journal import config as configuration
from journal.errors import ChangedOnDisk
from journal.model.evidence import BlockState
from journal.sources.registry import Sources
from journal.tables import fill
from journal.tables.standing import worst
from toys import Toys, block
from toys import line as sloped

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN_IDS = [f"{kind}{sdk}" for kind in ("plain", "nestd", "faild", "killd", "large") for sdk in ("016", "031")]
STATS = ("first", "last", "min", "max", "mean", "median")
WINDOWS = {
    "all": (0, 10**9),
    "5..15": (5, 15),
    "..7": (0, 7),
    "10..": (10, 10**9),
    "23..23": (23, 23),
    "900..": (900, 10**9),
}
MATCHED = """
<!-- journal:table matched
metrics: [train/loss]
runs: [ipa, iga]
stats: [mean]
window: 10..50
compare: {ratio: iga/ipa, delta: iga/ipa, percent: iga/ipa}
-->
<!-- /journal:table -->
"""
TWO_RUNS = "{id: plain031, as: ipa, role: baseline}, {id: large031, as: iga, role: candidate}"
E1 = "2026-02-21-one"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.begin(tmp_path)


def value_of(points: list[tuple[int, float]], statistic: str) -> float | None:
    """A statistic in exact arithmetic, rounded to a double once."""
    exact = [Fraction(value) for _, value in points if math.isfinite(value)]
    if not exact:
        return None
    functions: dict[str, Callable[[], Fraction]] = {
        "first": lambda: exact[0],
        "last": lambda: exact[-1],
        "min": lambda: min(exact),
        "max": lambda: max(exact),
        "mean": lambda: sum(exact, Fraction()) / len(exact),
        "median": lambda: statistics.median(exact),
    }
    return float(functions[statistic]())


def printed(value: float | None, digits: int) -> str:
    """A number as a table should show it, by decimal arithmetic."""
    if value is None:
        return "—"
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(value))
    exponent = rounded.adjusted()
    if exponent < -4 or abs(value) >= 1e9:
        mantissa = rounded.scaleb(-exponent).quantize(Decimal(1).scaleb(1 - digits))
        return f"{mantissa}e{exponent:+03d}"
    places = max(0, digits - 1 - exponent)
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))


def is_ahead(run_id: str, step: int) -> bool:
    """Whether a run may still log the step, as far as its log tells."""
    expected = truth(run_id)
    last = max(points[-1][0] for points in expected["metrics"].values())
    return bool(expected["state"] == "crashed or running" and step > last)


def quoted(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(json.dumps(name) for name in names)


@pytest.mark.untraced
@pytest.mark.parametrize("run_id", RUN_IDS)
@pytest.mark.parametrize("digits", [3, 5])
def test_every_number_of_a_filled_table_is_the_number_in_the_log(
    desk: Desk, capsys: pytest.CaptureFixture[str], run_id: str, digits: int
) -> None:
    metrics = list(truth(run_id)["metrics"])
    spec = f"metrics: [{quoted(metrics)}]\nstats: [{quoted(STATS)}]\nwindows: [{quoted(list(WINDOWS))}]\n"
    spec += f"digits: {digits}\nrows: [metrics, windows]\ncolumns: [stats]\n"
    desk.entry(E1, f"<!-- journal:table\n{spec}-->\n<!-- /journal:table -->\n", runs=f"{{id: {run_id}, as: r}}")
    assert desk.call(capsys, "fill-results").code == 0

    head, *lines = cells(desk.read(E1))
    assert head == ["metric · window", *STATS]
    wanted = [(metric, window) for metric in metrics for window in WINDOWS]
    assert [unescape(line[0]) for line in lines] == [f"{metric} · {window}" for metric, window in wanted]
    evidence = iter(desk.evidence(E1)["blocks"]["table"]["cells"])
    for line, (metric, window) in zip(lines, wanted, strict=True):
        low, high = WINDOWS[window]
        inside = [(step, value) for step, value in rows(run_id, metric) if low <= step <= high]
        if not inside and is_ahead(run_id, low):
            assert line[1:] == ["TBD"] * len(STATS)
            assert {next(evidence)["state"] for _ in STATS} == {"pending"}
            continue
        finite = [step for step, value in inside if math.isfinite(value)]
        for text, statistic in zip(line[1:], STATS, strict=True):
            value = value_of(inside, statistic)
            assert text == printed(value, digits)
            cell = next(evidence)
            assert cell.get("value") == value
            assert (cell["n"], cell["nonfinite"]) == (len(finite), len(inside) - len(finite))
            assert cell.get("first_step") == (finite[0] if finite else None)
            assert cell.get("last_step") == (finite[-1] if finite else None)
            assert cell["state"] == ("no data" if value is None else "value")
            assert cell["run"] == run_id
    assert next(evidence, None) is None


def test_comparisons_are_computed_from_the_full_numbers(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    ipa, iga = (
        value_of([(step, value) for step, value in rows(run, "train/loss") if 10 <= step <= 50], "mean")
        for run in ("plain031", "large031")
    )
    assert ipa is not None
    assert iga is not None
    wanted = {"iga / ipa": iga / ipa, "iga − ipa": iga - ipa, "iga vs ipa": (iga - ipa) / ipa * 100}
    head, line = cells(desk.read(E1))
    assert head == ["metric", "ipa", "iga", *wanted]
    ratio, delta, percent = (printed(value, 3) for value in wanted.values())
    assert line == ["train/loss", printed(ipa, 3), printed(iga, 3), f"{ratio}×", f"+{delta}", f"+{percent}%"]
    found = {cell["column"]: cell for cell in desk.evidence(E1)["blocks"]["matched"]["cells"]}
    assert {name: found[name]["value"] for name in wanted} == pytest.approx(wanted, rel=1e-15)
    assert found["iga / ipa"]["expression"] == "mean(train/loss)[10..50]@iga / mean(train/loss)[10..50]@ipa"
    assert "run" not in found["iga / ipa"]


def test_the_evidence_says_where_each_number_came_from(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    evidence = desk.evidence(E1)
    assert evidence["schema_version"] == 1
    assert evidence["entry"] == E1
    block = evidence["blocks"]["matched"]
    assert list(block["runs"]) == ["large031", "plain031"]
    assert block["spec"]["windows"] == [{"value": "10..50"}]
    for run_id in block["runs"]:
        expected, found = truth(run_id), evidence["runs"][run_id]
        for name in ("id", "entity", "project", "commit", "state", "rows"):
            assert found[name] == expected[name], name
        assert found.get("name") == expected["name"]
        log = (desk.root / found["origin"]["path"]).read_bytes()
        assert found["origin"]["bytes"] == len(log)
        assert found["origin"]["sha256"] == block["runs"][run_id] == hashlib.sha256(log).hexdigest()
        assert found["sdk"] == "0.31.0"


def test_evidence_is_sorted_one_value_a_line_and_ends_with_a_newline(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    raw = (desk.root / f"evidence/{E1}.json").read_text()
    assert raw == json.dumps(json.loads(raw), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_an_entry_in_a_subfolder_has_its_evidence_in_the_same_subfolder(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.entry(f"2026/02/{E1}", MATCHED, runs=TWO_RUNS)
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.evidence(f"2026/02/{E1}")["entry"] == E1


def test_filling_twice_changes_no_byte(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED + "\n<!-- journal:runs -->\n<!-- /journal:runs -->\n", runs=TWO_RUNS)
    desk.entry("2026-02-22-two", MATCHED.replace("iga, ", ""), runs=TWO_RUNS + ", {id: nobody}")
    desk.call(capsys, "fill-results")
    before = desk.files()
    said = desk.call(capsys, "fill-results", "--json")
    assert desk.files() == before
    assert [entry["changed"] for entry in said.json["entries"]] == [False, False]
    assert desk.call(capsys, "fill-results", "--check").code == 0


def test_place_language_and_hash_seed_change_no_byte(desk: Desk) -> None:
    desk.entry(E1, MATCHED + "\n<!-- journal:runs -->\n<!-- /journal:runs -->\n", runs=TWO_RUNS)
    early, late = [*range(0, 50, 7), *range(50, 101)], [*range(50), *range(50, 101, 3)]
    Toys(desk.root).run("s", {"loss": sloped(range(101)), "rare": sloped(early), "seldom": sloped(late)})
    windows = ", ".join(f"{first}..{first + 24}" for first in range(0, 100, 25))
    spec = "runs: [s]\nmetrics: [loss, rare, seldom]\nstats: [mean, max]\nrows: [metrics]\n"
    desk.entry("2026-02-22-two", block(f"{spec}windows: [{windows}, matched, all]"), runs="{id: s}")
    found = []
    for zone, locale, seed in (("UTC", "C", "0"), ("Asia/Kathmandu", "de_DE.UTF-8", "42")):
        said = desk.spawn("fill-results", "--force", TZ=zone, LC_ALL=locale, PYTHONHASHSEED=seed)
        assert said.code == 0, said.err
        found.append(desk.files())
    assert found[0] == found[1]
    assert "logged more sparsely" in desk.read("2026-02-22-two")


def test_a_line_ending_stays_what_it_is(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.entry(E1, MATCHED + "\nafter\n", runs=TWO_RUNS)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    desk.call(capsys, "fill-results")
    raw = path.read_bytes()
    assert b"| train/loss |" in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert desk.call(capsys, "fill-results", "--check").code == 0


def test_text_outside_the_blocks_is_kept_byte_for_byte(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    body = (
        "\t trailing \t \n\n```\n<!-- journal:table -->\n<!-- /journal:table -->\n```\n"
        + MATCHED
        + "\x0b\x0c caf\xe9 \u2028 no newline at the end"
    )
    path = desk.entry(E1, body, runs=TWO_RUNS)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace("\xe9".encode(), b"\xe9"))
    before = path.read_bytes()
    desk.call(capsys, "fill-results")
    after = path.read_bytes()
    head, _, tail = before.rpartition(b"<!-- /journal:table -->")
    assert after.startswith(head)
    assert after.endswith(tail)
    middle = after.removeprefix(head).removesuffix(tail)
    assert re.fullmatch(rb"\n\| metric .*\n\n<!-- /journal:table [0-9a-f]{8} -->", middle, re.DOTALL)


def states(desk: Desk, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[Any]]:
    """What `fill-results --check --json` says: its exit code, and state and message of each block."""
    said = desk.call(capsys, "fill-results", "--check", "--json", *options)
    return said.code, [(b["state"], b["message"]) for entry in said.json["entries"] for b in entry["blocks"]]


def test_a_block_that_was_never_filled_is_stale(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    before = desk.files()
    assert states(desk, capsys) == (1, [("stale", "not filled yet")])
    assert desk.files() == before


def test_a_block_whose_spec_changed_is_stale_until_it_is_filled(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    assert states(desk, capsys) == (0, [("fresh", "")])
    path.write_text(desk.read(E1).replace("window: 10..50", "window: 10..60"))
    assert states(desk, capsys) == (1, [("stale", "its spec changed since it was filled")])
    assert desk.call(capsys, "fill-results").code == 0
    assert "over steps 10..60" in desk.read(E1)
    assert states(desk, capsys) == (0, [("fresh", "")])


def test_a_comment_or_another_order_in_the_spec_asks_for_nothing_else(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    spec = desk.read(E1)
    path.write_text(
        spec.replace("stats: [mean]\nwindow: 10..50\n", 'window: "10..50" # matched\ndigits: 3\nstats: mean\n')
    )
    assert states(desk, capsys) == (0, [("fresh", "")])


def test_an_edit_outside_the_block_leaves_it_fresh(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    path.write_text(desk.read(E1).replace("title: ", "tags: [x]\ntitle: ") + "\nMore.\n")
    assert states(desk, capsys) == (0, [("fresh", "")])


def test_cells_of_a_run_that_is_not_there_yet_are_pending(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs="{id: plain031, as: ipa}, {id: tomorrow, as: iga}")
    said = desk.call(capsys, "fill-results", "--json")
    (block,) = said.json["entries"][0]["blocks"]
    assert said.code == 0
    assert block["state"] == "pending"
    assert block["message"] == "run iga (tomorrow) is not there yet"
    assert cells(desk.read(E1))[1] == ["train/loss", "3.53", "TBD", "TBD", "TBD", "TBD"]
    assert states(desk, capsys) == (0, [("pending", "run iga (tomorrow) is not there yet")])
    assert [cell["state"] for cell in desk.evidence(E1)["blocks"]["matched"]["cells"]] == ["value", *["pending"] * 4]


def test_a_pending_run_that_comes_is_filled_in(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = desk.root.glob("wandb/*-large031")
    away = folder.rename(desk.root / ".git/away")
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    away.rename(folder)
    code, [(state, message)] = states(desk, capsys)
    assert (code, state) == (1, "stale"), message
    assert desk.call(capsys, "fill-results").code == 0
    assert "TBD" not in desk.read(E1)
    assert states(desk, capsys) == (0, [("fresh", "")])


def test_a_metric_that_is_not_there_is_pending_and_a_close_name_is_offered(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.entry(E1, MATCHED.replace("train/loss", "train/los"), runs="{id: plain031, as: ipa}, {id: faild031, as: iga}")
    desk.call(capsys, "fill-results")
    code, [(state, message)] = states(desk, capsys)
    assert (code, state) == (0, "pending")
    assert message == (
        "run ipa has no metric 'train/los' (did you mean train/loss or train/acc?); run iga has no metric 'train/los'"
    )


def test_a_table_of_an_entry_without_runs_is_pending(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, LOSS.replace("loss", "a, b") + "<!-- journal:runs -->\n<!-- /journal:runs -->\n")
    assert desk.call(capsys, "fill-results").code == 0
    assert states(desk, capsys) == (0, [("pending", "no runs yet")] * 2)
    assert cells(desk.read(E1)) == [["metric", "last"], ["a", "TBD"], ["b", "TBD"]]
    assert "*no runs yet*" in desk.read(E1)


def test_a_log_that_another_run_took_the_place_of_changes_nothing(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    place = desk.folder("faild031").relative_to(desk.root)
    desk.entry(E1, LOSS, runs=f"{{id: {place}, as: ipa}}")
    desk.call(capsys, "fill-results")
    desk.log("faild031").write_bytes(desk.log("killd031").read_bytes())
    before = desk.files()
    code, [(state, message)] = states(desk, capsys)
    assert (code, state) == (1, "drifted")
    assert message.startswith(f"run ipa ({place}) here is attention-lab/sigma-floor/killd031, started 2026-")
    assert "; the numbers are of attention-lab/sigma-floor/faild031, started 2026-" in message
    assert desk.call(capsys, "fill-results").code == 1
    assert desk.files() == before
    assert desk.call(capsys, "fill-results", "--force").code == 0
    assert cells(desk.read(E1))[1] == ["loss", printed(value_of(rows("killd031", "loss"), "last"), 3)]
    assert states(desk, capsys) == (0, [("fresh", "")])


def test_a_log_that_grew_is_drift_where_the_value_moved(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    log = desk.log("large031")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    desk.entry(E1, LOSS.replace("loss", "train/loss"), runs="{id: large031, as: r}")
    desk.call(capsys, "fill-results")
    half = desk.evidence(E1)["blocks"]["table"]["cells"][0]
    assert half["value"] == dict(rows("large031", "train/loss"))[half["last_step"]]
    log.write_bytes(whole)
    code, [(state, message)] = states(desk, capsys)
    assert (code, state) == (1, "drifted")
    moved = f"train/loss, r: {half['value']!r} is now {rows('large031', 'train/loss')[-1][1]!r}"
    assert message == f"{moved} (the log of run r (large031) grew from {half['n']} to {truth('large031')['rows']} rows)"


def test_a_log_that_grew_outside_the_window_leaves_the_block_fresh_and_only_the_evidence_follows(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    log = desk.log("large031")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    desk.entry(
        E1, LOSS.replace("loss", "train/loss").replace("-->", "window: 0..20\n-->", 1), runs="{id: large031, as: r}"
    )
    desk.call(capsys, "fill-results")
    text = desk.read(E1).replace("; problems in reading: r 1", "")
    log.write_bytes(whole)
    code, found = states(desk, capsys)
    assert code == 1
    assert [state for state, _ in found] == ["stale"]  # the caption said that the log was cut
    desk.call(capsys, "fill-results")
    assert desk.evidence(E1)["runs"]["large031"]["origin"]["bytes"] == len(whole)
    assert [line for line in text.splitlines() if "/journal" not in line] == [
        line for line in desk.read(E1).splitlines() if "/journal" not in line
    ]


def test_evidence_alone_is_mended_where_only_it_is_wrong(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, LOSS.replace("loss", "train/loss"), runs="{id: plain031, as: r}")
    desk.call(capsys, "fill-results")
    right = desk.files()
    evidence = desk.evidence(E1)
    evidence["runs"]["plain031"]["sdk"] = "0.30.0"
    desk.write(f"evidence/{E1}.json", json.dumps(evidence))
    said = "its evidence of run r (plain031) is not what the log says now: sdk"
    assert states(desk, capsys) == (1, [("stale", said)])
    assert "only its evidence changes" in desk.call(capsys, "fill-results", "--diff").err
    assert desk.call(capsys, "fill-results", "--json").json["entries"][0]["changed"] is True
    assert desk.files() == right
    assert states(desk, capsys) == (0, [("fresh", "")])


def edit_by_hand(desk: Desk) -> bytes:
    path = desk.root / f"entries/{E1}.md"
    path.write_text(desk.read(E1).replace("| 3.53 |", "| 3.50 |"))
    return path.read_bytes()


def test_text_edited_by_hand_is_kept_and_reported(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    edited = edit_by_hand(desk)
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert "edited: text between the markers was changed by hand" in said.out
    assert desk.files() == before
    assert before[f"entries/{E1}.md"] == edited
    assert states(desk, capsys) == (1, [("edited", "text between the markers was changed by hand")])


def test_force_overwrites_text_edited_by_hand(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    before = desk.files()
    edit_by_hand(desk)
    assert states(desk, capsys, "--force")[0] == 1
    assert desk.call(capsys, "fill-results", "--force").code == 0
    assert desk.files() == before


def test_words_written_into_an_unfilled_block_are_kept(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED.replace("-->\n<!-- /", "-->\n\nmy own table\n\n<!-- /"), runs=TWO_RUNS)
    before = desk.files()
    assert desk.call(capsys, "fill-results").code == 1
    assert desk.files() == before


def test_other_blocks_of_an_entry_are_filled_beside_one_edited_by_hand(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    kept = desk.evidence(E1)["blocks"]["matched"]
    edit_by_hand(desk)
    path.write_text(desk.read(E1) + "\n<!-- journal:runs -->\n<!-- /journal:runs -->\n")
    assert desk.call(capsys, "fill-results").code == 1
    assert "| 3.50 |" in desk.read(E1)
    assert "| run | id |" in desk.read(E1)
    evidence = desk.evidence(E1)
    assert evidence["blocks"]["matched"] == kept
    assert set(evidence["blocks"]) == {"matched", "runs"}
    assert set(evidence["runs"]) == {"plain031", "large031"}


def test_line_endings_and_blank_lines_are_no_edit(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert states(desk, capsys)[1] == [("fresh", "")]


def test_with_the_runs_gone_the_numbers_stay_and_the_exit_code_says_it_could_not_look(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.entry(E1, MATCHED + "\n<!-- journal:runs -->\n<!-- /journal:runs -->\n", runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    before = desk.files()
    (desk.root / "wandb").rename(desk.root / ".git/wandb")
    lost = "run ipa (plain031) is out of reach; run iga (large031) is out of reach"
    assert desk.call(capsys, "fill-results").code == 3
    assert states(desk, capsys) == (3, [("unverifiable", lost)] * 2)
    assert desk.files() == before
    (desk.root / ".git/wandb").rename(desk.root / "wandb")
    assert states(desk, capsys) == (0, [("fresh", "")] * 2)


def test_what_evidence_remembers_fills_a_changed_spec_too_and_the_exit_code_still_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    (desk.root / "wandb").rename(desk.root / ".git/wandb")
    path.write_text(desk.read(E1).replace("compare: {ratio: iga/ipa, delta: iga/ipa, percent: iga/ipa}", "digits: 5"))
    assert desk.call(capsys, "fill-results").code == 3
    assert cells(desk.read(E1))[1:] == [["ipa", "3.5312"], ["iga", "3.7656"]]
    found = desk.evidence(E1)["blocks"]["matched"]["cells"]
    assert [(cell["row"], cell["column"]) for cell in found] == [("ipa", "train/loss"), ("iga", "train/loss")]
    path.write_text(desk.read(E1).replace("stats: [mean]", "stats: [mean, max]"))
    asked = desk.files()
    said = desk.call(capsys, "fill-results")
    assert said.code == 3
    assert "stale: its spec changed since it was filled, and run ipa (plain031) is out of reach" in said.out
    assert desk.files() == asked
    assert desk.call(capsys, "fill-results", "--force").code == 3
    assert cells(desk.read(E1))[1:] == [["ipa", "3.5312", "TBD"], ["iga", "3.7656", "TBD"]]


def test_a_folder_of_runs_that_may_not_be_read_is_out_of_reach_too(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    before = desk.files()
    refuse_runs(monkeypatch)
    assert desk.call(capsys, "fill-results").code == 3
    assert states(desk, capsys)[1][0][0] == "unverifiable"
    monkeypatch.undo()
    assert desk.files() == before


def test_evidence_that_was_deleted_makes_the_block_stale_and_is_written_again(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    before = desk.files()
    (desk.root / f"evidence/{E1}.json").unlink()
    assert states(desk, capsys) == (1, [("stale", "it has no evidence")])
    assert desk.call(capsys, "fill-results").code == 0
    assert desk.files() == before


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is not evidence that this version reads"),
        (b"{", "is not evidence that this version reads"),
        (b"[]", "is not evidence that this version reads"),
        (b"\xff\xfe", "is not evidence that this version reads"),
        (b'{"schema_version": 2, "entry": "2026-02-21-one"}', "is not evidence that this version reads"),
        (b'{"schema_version": 1, "entry": "2026-02-21-one", "more": 1}', "is not evidence that this version reads"),
        (b'{"schema_version": 1, "entry": "another"}', "belongs to entry 'another', not to '2026-02-21-one'"),
        (b"<<<<<<< HEAD\n{", "has a merge conflict"),
    ],
)
def test_evidence_that_cannot_be_believed_is_a_one_line_error_and_stays(
    desk: Desk, capsys: pytest.CaptureFixture[str], raw: bytes, why: str
) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.write(f"evidence/{E1}.json", raw)
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    lines = said.err.splitlines()
    assert lines[0].startswith(f"error: evidence/{E1}.json: {why} (")
    assert ("restore it from git" in lines[0]) is (why != "has a merge conflict")
    assert len(lines) == 2
    assert desk.files() == before
    assert desk.call(capsys, "fill-results", "--force").code == 1


def test_a_folder_in_the_place_of_evidence_is_a_one_line_error(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    (desk.root / f"evidence/{E1}.json").mkdir(parents=True)
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert said.err.startswith(f"error: evidence/{E1}.json: is a folder, not a file (")


def test_evidence_whose_value_was_changed_by_hand_is_drift(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, LOSS, runs="{id: faild031, as: ipa}")
    desk.call(capsys, "fill-results")
    path = desk.root / f"evidence/{E1}.json"
    path.write_text(path.read_text().replace("4.75", "4.5"))
    why = "the logs are what they were, so its evidence was changed, or the way of computing was"
    assert states(desk, capsys) == (1, [("drifted", f"loss, ipa: 4.5 is now 4.75 ({why})")])


def test_a_truncated_log_gives_its_whole_rows_and_the_caption_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    log = desk.log("large016")
    log.write_bytes(log.read_bytes()[:9000])
    desk.entry(E1, LOSS.replace("loss", "train/loss"), runs="{id: large016, as: r}")
    assert desk.call(capsys, "fill-results").code == 0
    cell = desk.evidence(E1)["blocks"]["table"]["cells"][0]
    assert cell["value"] == dict(rows("large016", "train/loss"))[cell["last_step"]]
    assert cell["n"] < len(rows("large016", "train/loss"))
    assert "problems in reading: r 1*" in desk.read(E1)
    assert desk.evidence(E1)["runs"]["large016"]["problems"] == 1


def test_a_log_that_is_no_log_is_a_one_line_error_and_nothing_is_written(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.log("large031").write_bytes(b"no log at all\n" * 100)
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    place = desk.log("large031").relative_to(desk.root)
    assert said.err.startswith(f"error: entries/{E1}.md:8:1: {place}: is not a W&B log")
    assert len(said.err.splitlines()) == 2
    assert desk.files() == before


@pytest.mark.parametrize(
    ("change", "message", "line"),
    [
        (("stats: [mean]", "stats: [meen]"), "no statistic 'meen'", 7),
        (("runs: [ipa, iga]", "runs: [ipa, iag]"), "no run 'iag' in this entry", 7),
        (("ratio: iga/ipa", "ratio: iga/ibis"), "compare: 'iga/ibis' does not name two columns", 7),
        (("window: 10..50", "window: 50..10"), "window 50..10 ends before it begins", 11),
        (("window: 10..50", "window: sometimes"), "is not one of", 11),
        (("metrics: [train/loss]", "metric: [train/loss]"), "'metric' is not known here", 8),
        (("metrics: [train/loss]\n", ""), "name `metrics`, or give `values`", 8),
        (("stats: [mean]", "stats: [mean]\nfrobs: 1"), "'frobs' is not known here", 11),
        (("stats: [mean]", "stats: [mean"), "not YAML", 11),
        (("stats: [mean]", "stats: [mean]\nstats: [last]"), "key 'stats' stands twice", 11),
        (("stats: [mean]", "digits: 0"), "digits", 10),
        (("journal:table", "journal:x"), "no kind of block 'x'; known: table, runs, align, plot, diff, predictions", 7),
    ],
)
def test_a_block_that_asks_for_what_cannot_be_is_a_one_line_error_at_its_place(
    desk: Desk, capsys: pytest.CaptureFixture[str], change: tuple[str, str], message: str, line: int
) -> None:
    desk.entry(E1, MATCHED.lstrip().replace(*change), runs=TWO_RUNS)
    before = desk.files()
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    place, first = f"error: entries/{E1}.md:", said.err.splitlines()[0]
    assert first.startswith(place)
    assert message in first
    assert first.removeprefix(place).split(":")[0] == str(line)
    assert desk.files() == before


def test_two_runs_with_one_handle_are_never_mixed_up(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, LOSS, runs="{id: faild031, as: ipa}, {id: killd031, as: ipa}")
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert "two runs are called 'ipa'" in said.err


def test_a_failing_entry_does_not_stop_the_others(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry("2026-02-20-broken", "<!-- journal:table\nmetrics: [x]\n-->\n")
    desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.write("entries/2026-02-22-no-entry.md", "nothing\n")
    said = desk.call(capsys, "fill-results")
    assert said.code == 1
    assert "| 3.53 |" in desk.read(E1)
    assert f"entries/{E1}.md:8: table matched, filled" in said.out
    errors = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 2
    assert errors[0].startswith("error: entries/2026-02-20-broken.md:6:1: this table block is not closed")
    assert errors[1].startswith("error: entries/2026-02-22-no-entry.md:1: the entry has no front matter")


def test_blocks_that_were_taken_out_leave_the_evidence(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    desk.call(capsys, "fill-results")
    path.write_text(desk.read(E1).partition("<!--")[0])
    assert desk.call(capsys, "fill-results", "--json").json["entries"][0]["changed"] is True
    assert desk.evidence(E1) == {"schema_version": 1, "entry": E1, "blocks": {}, "runs": {}}
    assert desk.call(capsys, "fill-results", "--json").json["entries"][0]["changed"] is False


def test_an_entry_without_blocks_gets_no_evidence(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.entry(E1, "Only words.\n", runs=TWO_RUNS)
    assert desk.call(capsys, "fill-results").code == 0
    assert not (desk.root / "evidence").exists()


def test_an_entry_that_was_saved_meanwhile_is_not_overwritten(desk: Desk) -> None:
    path = desk.entry(E1, MATCHED, runs=TWO_RUNS)
    config = configuration.load(desk.root)
    assert config is not None
    planned = fill.plan(config, f"entries/{E1}.md", Sources(config))
    saved = path.read_bytes() + b"\nOne more thought.\n"
    path.write_bytes(saved)
    with pytest.raises(ChangedOnDisk):
        fill.write(planned, config)
    assert path.read_bytes() == saved
    assert not (desk.root / f"evidence/{E1}.json").exists()


def test_the_worst_state_speaks_for_the_entry() -> None:
    assert worst([]) is BlockState.FRESH
    assert worst([BlockState.FRESH, BlockState.PENDING]) is BlockState.PENDING
    assert worst(BlockState) is BlockState.EDITED


LOSS = "<!-- journal:table\nmetrics: [loss]\n-->\n<!-- /journal:table -->\n"


def test_a_block_or_cited_value_in_the_words_of_an_imported_note_is_never_filled(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    cited = '[TBD](run:plain031 "last(train/loss)")'
    words = f"<!-- journal:table theirs\nmetrics: [train/loss]\n-->\n<!-- /journal:table -->\n\n{cited}\n"
    origin = f"imported: {{from: a.md, sha256: {hashlib.sha256(words.encode()).hexdigest()}, length: {len(words)}}}\n"
    path = desk.entry(E1, runs=TWO_RUNS, matter=origin)
    path.write_text(path.read_text().removesuffix("\n") + words)
    assert desk.call(capsys, "fill-results").err == "1 entry, 0 changed\n"
    path.write_text(path.read_text() + f"{cited}\n{MATCHED}")
    assert desk.call(capsys, "fill-results").code == 0
    below = path.read_text().partition(words)[2]
    assert set(desk.evidence(E1)["blocks"]) == {"matched"}
    assert "| train/loss" in below
    assert "TBD" not in below
    assert "LIF009" not in desk.call(capsys, "check").out
