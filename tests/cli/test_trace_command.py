from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from desk import Desk, rows, truth
from journal.tables.trace import Now

if TYPE_CHECKING:
    from pathlib import Path

RUNS_USED = ("large031", "plain031")
Capsys = pytest.CaptureFixture[str]

STEM = "2026-02-21-one"
BODY = """## Results

<!-- journal:table numbers
metrics: [train/loss]
stats: [mean, last]
window: 10..60
compare: {ratio: a/b}
-->
<!-- /journal:table -->

It ended at [x](run:a "last(train/loss)").

<!-- journal:table later
metrics: [train/loss]
runs: [c]
-->
<!-- /journal:table -->
"""
RUNS = "{id: large031, as: a}, {id: plain031, as: b}, {id: nowhere1, as: c}"
MATTER = "predictions:\n  - {claim: it falls, expect: last(train/loss)@a < 1}\n"


@pytest.fixture
def desk(tmp_path: Path, capsys: Capsys) -> Desk:
    desk = Desk.with_runs(tmp_path, RUNS_USED)
    desk.entry(STEM, BODY.replace("stats:", "runs: [a, b]\nstats:"), runs=RUNS, matter=MATTER)
    said = desk.call(capsys, "fill-results")
    assert said.code == 0, said.err
    return desk


def traced(desk: Desk, capsys: Capsys, *names: str) -> list[dict[str, Any]]:
    said = desk.call(capsys, "trace", STEM, *names, "--json")
    assert (said.code, said.err) == (0, "")
    assert said.json["schema_version"] == 1
    return list(said.json["cells"])


def test_json_leads_from_the_cell_to_the_bytes(desk: Desk, capsys: Capsys) -> None:
    (cell,) = traced(desk, capsys, "numbers", "mean, a")
    within = [value for step, value in rows("large031", "train/loss") if 10 <= step <= 60]
    raw = desk.log("large031").read_bytes()
    source = {
        "kind": "wandb-log",
        "path": desk.log("large031").relative_to(desk.root).as_posix(),
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "now": "the same bytes",
        "segments": None,
        "elsewhere": None,
    }
    one = {
        "expression": "mean(train/loss)[10..60]@a",
        "run": "large031",
        "window": "10..60",
        "n": len(within),
        "value": sum(within) / len(within),
        "state": "value",
        "text": None,
        "source": source,
        "commit": truth("large031")["commit"],
        "verdict": "unknown",
        "reasons": [],
    }
    (part,) = cell.pop("parts")
    assert cell == one | {"block": "numbers", "cell": "mean, a", "group": None, "test": None, "prediction": None}
    assert part == one | {
        "handle": "a",
        "address": "attention-lab/sigma-floor/large031",
        "steps": "10..60",
        "nonfinite": 0,
        "first_step": 10,
        "last_step": 60,
        "filled_from": None,
        "dirty": part["dirty"],
        "sdk": "0.31.0",
        "started": part["started"],
    }
    assert part["started"].startswith("20")


SERVER = {
    "kind": "wandb-server",
    "path": "api.wandb.ai/attention-lab/sigma-floor/runs/large031",
    "bytes": 412,
    "sha256": "5f" * 32,
    "host": "api.wandb.ai",
    "fetched": "2026-03-02T09:00:00Z",
}


def recorded(desk: Desk, **about: Any) -> None:
    """Write something else of a run into the evidence."""
    shape = desk.evidence(STEM)
    shape["runs"]["large031"] |= about
    desk.write(f"evidence/{STEM}.json", json.dumps(shape))


def test_a_run_of_a_server_is_followed_to_what_the_server_said_and_when(desk: Desk, capsys: Capsys) -> None:
    recorded(desk, origin=SERVER)
    (cell,) = traced(desk, capsys, "numbers", "mean, a")
    assert cell["source"] == SERVER | {"now": "not compared", "segments": None, "elsewhere": None}
    lines = desk.call(capsys, "trace", STEM, "numbers", "mean, a").out.splitlines()
    assert [line.split(maxsplit=1) for line in lines[-6:-4]] == [
        ["source", f"wandb-server, {SERVER['path']}"],
        ["fetched", "2026-03-02 09:00:00+00:00"],
    ]
    assert lines[-2].split(maxsplit=1) == ["now", "not compared"]


def test_what_is_otherwise_in_another_place_is_told_and_cannot_steer_the_terminal(desk: Desk, capsys: Capsys) -> None:
    unlike = ["80 of 400 rows are missing on the server", "metric a\x1b[2Jb is missing here"]
    other = {"origin": SERVER, "rows": 320, "last_step": 319, "unlike": unlike}
    recorded(desk, elsewhere=other)
    (cell,) = traced(desk, capsys, "numbers", "mean, a")
    assert cell["source"]["elsewhere"] == other
    assert cell["source"]["now"] == "the same bytes"
    out = desk.call(capsys, "trace", STEM, "numbers", "mean, a").out
    assert "\x1b" not in out
    assert [line.split(maxsplit=1) for line in out.splitlines()[-4:-1]] == [
        ["elsewhere", f"wandb-server, {SERVER['path']}, 320 rows"],
        ["fetched", "2026-03-02 09:00:00+00:00"],
        ["otherwise", unlike[0]],
    ]
    recorded(desk, elsewhere=other | {"unlike": []})
    assert desk.call(capsys, "trace", STEM, "numbers", "mean, a").out.split()[-2:] == ["otherwise", "nothing"]


def judged(desk: Desk, **verdicts: tuple[str, ...]) -> None:
    """Write verdicts into the evidence."""
    found = {run: {"verdict": word, "reasons": reasons} for run, (word, *reasons) in verdicts.items()}
    desk.write(f"evidence/{STEM}.json", json.dumps(desk.evidence(STEM) | {"verdicts": found}))


def test_the_verdict_on_the_run_s_commit_is_told_with_its_reasons(desk: Desk, capsys: Capsys) -> None:
    judged(desk, large031=("consistent", "it ran that commit", "nobody noted whether the tree was clean"))
    (cell,) = traced(desk, capsys, "numbers", "mean, a")
    reasons = ["it ran that commit", "nobody noted whether the tree was clean"]
    assert [(each["verdict"], each["reasons"]) for each in (cell, *cell["parts"])] == [("consistent", reasons)] * 2
    lines = desk.call(capsys, "trace", STEM, "numbers", "mean, a").out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.split()[:1] == ["verdict"])
    assert [line.split(maxsplit=1) for line in lines[at : at + 2]] == [
        ["verdict", "consistent"],
        ["because", reasons[0]],
    ]
    assert lines[at + 2].strip() == reasons[1]
    (both,) = traced(desk, capsys, "numbers", "last, a / b")
    assert (both["verdict"], [part["verdict"] for part in both["parts"]]) == ("unknown", ["consistent", "unknown"])
    assert (both["reasons"], both["parts"][1]["reasons"]) == ([], [])


@pytest.mark.parametrize(("dirty", "told"), [(True, "dirty"), (False, "clean"), (None, "not known whether dirty")])
def test_the_chain_tells_the_state_of_the_tree(desk: Desk, capsys: Capsys, dirty: bool | None, told: str) -> None:
    shape = desk.evidence(STEM)
    shape["runs"]["large031"]["dirty"] = dirty
    desk.write(f"evidence/{STEM}.json", json.dumps(shape))
    out = desk.call(capsys, "trace", STEM, "numbers", "mean, a").out
    assert f"{truth('large031')['commit']} ({told})\n" in out


def test_arithmetic_has_parts_and_nothing_of_one_run(desk: Desk, capsys: Capsys) -> None:
    (cell,) = traced(desk, capsys, "numbers", "last, a / b")
    assert [cell[key] for key in ("run", "window", "n", "source", "commit")] == [None] * 5
    assert [part["run"] for part in cell["parts"]] == ["large031", "plain031"]
    first, second = (part["value"] for part in cell["parts"])
    assert cell["value"] == first / second


def test_predictions_and_cited_values_are_followed_too(desk: Desk, capsys: Capsys) -> None:
    (value,) = traced(desk, capsys, "values", "a last(train/loss)")
    assert (value["run"], value["value"]) == ("large031", rows("large031", "train/loss")[-1][1])
    (prediction,) = traced(desk, capsys, "predictions", "it falls")
    assert (prediction["state"], prediction["expression"]) == ("confirmed", "last(train/loss)@a < 1")
    assert prediction["prediction"]["threshold"] == 1
    assert prediction["prediction"]["preregistered"] is not True
    assert [part["run"] for part in prediction["parts"]] == ["large031"]


def test_without_names_everything_is_followed_also_what_is_pending(desk: Desk, capsys: Capsys) -> None:
    cells = {(cell["block"], cell["cell"]): cell for cell in traced(desk, capsys)}
    assert {block for block, _ in cells} == {"numbers", "later", "values", "predictions"}
    (pending,) = (cell for (block, _), cell in cells.items() if block == "later")
    assert (pending["state"], pending["value"], pending["source"]) == ("pending", None, None)


def test_a_log_that_grew_changed_or_went_is_told(desk: Desk, capsys: Capsys) -> None:
    log = desk.log("large031")
    raw = log.read_bytes()
    for content, now in ((raw + b"\0", Now.GROWN), (raw[:-1], Now.OTHER), (b"x" + raw[1:], Now.OTHER)):
        log.write_bytes(content)
        assert traced(desk, capsys, "numbers", "mean, a")[0]["source"]["now"] == now.value
    log.unlink()
    (cell,) = traced(desk, capsys, "numbers", "mean, a")
    assert cell["source"]["now"] == Now.ABSENT.value
    assert cell["value"] is not None


def test_people_get_a_chain_for_one_number(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "trace", STEM, "numbers", "mean, a")
    raw = desk.log("large031").read_bytes()
    lines = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert lines[:2] == ["numbers: mean, a", "  expression  mean(train/loss)[10..60]@a"]
    assert "  run        a, large031, attention-lab/sigma-floor/large031" in lines
    assert f"    source  wandb-log, {desk.log('large031').relative_to(desk.root).as_posix()}" in lines
    assert lines[-3:] == [
        f"      bytes   {len(raw)}",
        f"      sha256  {hashlib.sha256(raw).hexdigest()}",
        "      now     the same bytes",
    ]


def test_a_chain_of_a_prediction_says_what_became_of_it(desk: Desk, capsys: Capsys) -> None:
    out = desk.call(capsys, "trace", STEM, "predictions").out
    assert "  verdict     confirmed\n  threshold   1.0\n  written     not before its run\n" in out
    desk.commit("late", date="2035-02-21T19:01:15+08:00")
    assert desk.call(capsys, "fill-results", "--check").code == 0
    assert desk.call(capsys, "trace", STEM, "predictions").out == out


def test_people_get_a_table_for_several_numbers(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "trace", STEM, "numbers", "last")
    head, *lines = said.out.splitlines()
    assert head.split() == ["block", "cell", "value", "expression", "runs", "n", "bytes", "now"]
    assert [line.split("  ")[1].strip() for line in lines] == ["last, a", "last, b", "last, a / b"]
    assert all(line.endswith("the same bytes") for line in lines)
    assert "a, b" in lines[-1]


def test_a_block_that_is_not_what_was_filled_in_is_told(desk: Desk, capsys: Capsys) -> None:
    path = desk.root / f"entries/{STEM}.md"
    path.write_text(desk.read(STEM).replace("| mean |", "| average |"))
    said = desk.call(capsys, "trace", STEM, "numbers", "mean, a")
    assert said.code == 0
    assert said.err.endswith(": block 'numbers' is not what was filled in; see `journal check`\n")
    assert desk.call(capsys, "trace", STEM, "values").err == ""


def test_an_entry_without_numbers_says_so(desk: Desk, capsys: Capsys) -> None:
    desk.entry("2026-02-22-two")
    said = desk.call(capsys, "trace", "2026-02-22-two")
    assert (said.code, said.out) == (0, "")
    assert said.err == "2026-02-22-two has no numbers yet: `journal fill-results 2026-02-22-two` fills its blocks\n"
    assert desk.call(capsys, "trace", "2026-02-22-two", "--json").json == {"schema_version": 1, "cells": []}


def test_a_wrong_name_fails_with_what_there_is(desk: Desk, capsys: Capsys) -> None:
    said = desk.call(capsys, "trace", STEM, "numbers", "median, a", "--json")
    assert said.code == 1
    assert said.json["error"]["message"] == "block 'numbers' has no cell 'median, a'"
    assert said.json["error"]["hint"].startswith("there are: mean, a; mean, b; mean, a / b; last, a")
    assert desk.call(capsys, "trace", STEM, "nope").code == 1


def test_nothing_is_written(desk: Desk, capsys: Capsys) -> None:
    before = desk.files()
    desk.call(capsys, "trace", STEM)
    desk.call(capsys, "trace", STEM, "--json")
    assert desk.files() == before


def test_a_run_of_two_segments_names_both(desk: Desk, capsys: Capsys) -> None:
    evidence = desk.root / f"evidence/{STEM}.json"
    shape = json.loads(evidence.read_bytes())
    run = shape["runs"]["large031"]
    run["segments"] = [{"origin": run["origin"], "kept": 1}, {"origin": run["origin"] | {"path": "wandb/x"}, "kept": 2}]
    evidence.write_text(json.dumps(shape))
    (cell,) = traced(desk, capsys, "values")
    assert [part["now"] for part in cell["source"]["segments"]] == ["the same bytes", "not here"]
    assert cell["source"]["now"] == "not here"
    assert desk.call(capsys, "trace", STEM, "values").out.count("source") == 2
