"""Runs that free-form notes name, told apart from everything that looks like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journal.imports.readers.interface import CitedRun, Confidence
from journal.imports.readers.known import Known
from journal.imports.readers.page import Page
from journal.imports.readers.runs import runs
from journal.model.entry import Role
from seeds import needs_the_notes, seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def known(*shas: str, **ids: str) -> Known:
    """A repository with a few commits, and runs that the journal holds."""

    def commits(asked: Sequence[str]) -> Mapping[str, str | None]:
        full = {sha: sha.ljust(40, "0") for sha in shas}
        return {sha: full.get(sha) for sha in asked}

    return Known(runs={**ids, **{run_id: run_id for run_id in ids.values()}}, commits=commits)


def found(text: str, beside: Known | None = None) -> list[CitedRun]:
    """The runs that a note states."""
    return [fact.value for fact in runs(Page("note.md", text), beside or Known()) if fact.confidence == "stated"]


def ids(text: str, beside: Known | None = None) -> list[str]:
    return [run.id for run in found(text, beside)]


def unsure(text: str, beside: Known | None = None) -> list[tuple[str, Confidence]]:
    facts = runs(Page("note.md", text), beside or Known())
    return [(fact.value.id, fact.confidence) for fact in facts if fact.confidence != "stated"]


@pytest.mark.parametrize(
    "text",
    [
        "W&B run: `q7rk2m0v`",
        "- **W&B run**: q7rk2m0v",
        "wandb id = `q7rk2m0v`",
        "Run ID: q7rk2m0v",
        "run_id=`q7rk2m0v`",
        "run_id=q7rk2m0v",
        "In run `q7rk2m0v` the loss fell.",
        "The old run (`q7rk2m0v`) crashed.",
        "It crashed (run `q7rk2m0v`, step 40).",
        "实验ID：`q7rk2m0v`",
        "运行：`q7rk2m0v`",
        "这个运行 `q7rk2m0v` 崩了",
        "Logs are in `wandb/run-20260301_101500-q7rk2m0v`.",
        "Logs: wandb/offline-run-20260301_101500-q7rk2m0v/files",
        "## Runs\n\n- `q7rk2m0v`",
        "Runs compared:\n\n1. `q7rk2m0v`: wide",
        "| Model | W&B ID |\n|---|---|\n| wide | `q7rk2m0v` |",
        "| Model | Run |\n|---|---|\n| wide | q7rk2m0v |",
        "| 名称 | 运行 |\n|---|---|\n| 宽 | `q7rk2m0v` |",
        "> W&B run: `q7rk2m0v`",
        "**W&B run of the long one**: `q7rk2m0v`",
    ],
)
def test_a_cue_makes_an_id_a_run(text: str) -> None:
    assert ids(text) == ["q7rk2m0v"]


@pytest.mark.parametrize(
    "text",
    [
        "colour `#ff8800` and #a1b2c3d4",
        "sha256 `a1b2c3d4`",
        "checksum: a1b2c3d4",
        "md5: `9e107d9d372bb6826bd81d3542a419d6`",
        "dataset `q7rk2m0v`",
        "数据集：`q7rk2m0v`",
        "W&B sweep `q7rk2m0v`",
        "W&B project: `q7rk2m0v`",
        "job id: `q7rk2m0v`",
        "trained `resnet50` on `cifar100`",
        "Compare against:\n\n- `resnet50`\n- `cifar100`",
        "on 20260221 with v1.2.3a4 we run `train.py`",
        "then run `make test` and run `scripts/train/go`",
        "run the decade facade1 deadbeef",
        "W&B `train/loss` falls",
        "commit `a1b2c3d4` (in run order)",
        "550e8400-e29b-41d4-a716-446655440000",
        "see https://github.com/ana/lab/actions/runs/30011903",
        "| Run | Steps |\n|---|---|\n| 1 | 20000000 |",
        "| Run | W&B ID |\n|---|---|\n| wide | — |\n| deep | n/a |\n| both | weight_decay |",
        "W&B run: crashed twice",
        "W&B run name: `quiet-sea-12`",
        "W&B runs are slow",
        "run `30011903540`",
        "```\nW&B run: `q7rk2m0v`\n```",
        "    W&B run: q7rk2m0v\n",
        "<!--\nW&B run: `q7rk2m0v`\n-->",
        "",
    ],
)
def test_what_only_looks_like_a_run_is_none(text: str) -> None:
    assert ids(text) == []


def test_an_address_gives_the_reference() -> None:
    assert ids("[run](https://wandb.ai/ana/folding/runs/q7rk2m0v?nw=x).") == ["ana/folding/q7rk2m0v"]
    assert ids("W&B run: `ana/folding/q7rk2m0v`") == ["ana/folding/q7rk2m0v"]
    assert ids("W&B run: `ana/folding/runs/s-55ea`") == ["ana/folding/s-55ea"]
    assert ids("<https://wandb.lab.org/ana/folding/runs/q7rk2m0v>") == ["ana/folding/q7rk2m0v"]


def test_an_address_and_a_bare_id_are_one_run() -> None:
    text = "W&B run: `q7rk2m0v`\n\nIts curves: https://wandb.ai/ana/folding/runs/q7rk2m0v."
    assert ids(text) == ["ana/folding/q7rk2m0v"]


def test_behind_a_plain_cue_any_text_between_ticks_is_an_id() -> None:
    assert ids("W&B run: `quiet-sea_12`") == ["quiet-sea_12"]
    assert ids("run id: `20260221`") == ["20260221"]
    assert ids("Run ID: exp-042") == ["exp-042"]


def test_a_name_in_front_of_a_bracketed_id_is_its_label() -> None:
    for text in ("W&B run: `wide-nets-long` (`q7rk2m0v`).", "**Run ID**: `wide-nets-long` (W&B: `q7rk2m0v`)"):
        assert found(text) == [CitedRun("q7rk2m0v", label="wide-nets-long")]


def test_a_cue_reaches_over_a_row_of_ids() -> None:
    assert ids("W&B runs: `q7rk2m0v`, `m3xd81zz` (short) and `t5t5t5t5`.") == ["q7rk2m0v", "m3xd81zz", "t5t5t5t5"]


def test_runs_to_compare_need_labels_and_a_note_that_speaks_of_the_tracker() -> None:
    listed = "Compare against:\n\n- Plain: `q7rk2m0v`\n- Wide: `m3xd8z1z`\n"
    assert found(f"{listed}\nW&B has the curves.") == [
        CitedRun("q7rk2m0v", label="Plain"),
        CitedRun("m3xd8z1z", label="Wide"),
    ]
    assert unsure(listed) == [("q7rk2m0v", Confidence.LIKELY), ("m3xd8z1z", Confidence.LIKELY)]


def test_eight_hex_digits_without_a_cue_may_be_a_run() -> None:
    assert unsure("Better than `a1b2c3d4`.") == [("a1b2c3d4", Confidence.POSSIBLE)]
    assert unsure("Better than `a1b2c3d4`.", known("a1b2c3d4")) == []


def test_a_known_run_needs_no_cue() -> None:
    assert ids("Better than `a1b2c3d4`.", known(r="a1b2c3d4")) == ["a1b2c3d4"]
    assert ids("Better than a1b2c3d4.", known(r="a1b2c3d4")) == ["a1b2c3d4"]
    assert ids("Better than `quiet-sea-12`.", known(**{"quiet-sea-12": "q7rk2m0v"})) == ["q7rk2m0v"]
    assert ids("The baseline is better.", known(baseline="baseline")) == []
    assert ids("The `baseline` is better.", known(baseline="baseline")) == ["baseline"]


def test_what_is_known_as_a_run_and_as_a_commit_is_claimed_only_with_a_cue() -> None:
    both = known("a1b2c3d4", r="a1b2c3d4")
    assert unsure("Better than `a1b2c3d4`.", both) == [("a1b2c3d4", Confidence.POSSIBLE)]
    assert ids("Better than run `a1b2c3d4`.", both) == ["a1b2c3d4"]
    assert ids("Better than commit `a1b2c3d4`.", both) == []


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("The baseline run `q7rk2m0v` is flat.", Role.BASELINE),
        ("Worse than the baseline run `q7rk2m0v`.", Role.BASELINE),
        ("In run `q7rk2m0v` (baseline) it is flat.", Role.BASELINE),
        ("In run `q7rk2m0v` (wide baseline, seed 3) it is flat.", Role.BASELINE),
        ("Run id `q7rk2m0v` is the reference.", Role.REFERENCE),
        ("Candidate run: `q7rk2m0v`", Role.CANDIDATE),
        ("基线运行：`q7rk2m0v`", Role.BASELINE),
        ("- Baseline: plain nets\n  - W&B run: `q7rk2m0v`", Role.BASELINE),
        ("| Name | Role | W&B ID |\n|---|---|---|\n| plain | reference | q7rk2m0v |", Role.REFERENCE),
        ("| Name | W&B ID |\n|---|---|\n| Plain baseline | q7rk2m0v |", Role.BASELINE),
        ("In run `q7rk2m0v` we beat the baseline.", None),
        ("In run `q7rk2m0v` (baseline without dropout) it is flat.", None),
        ("In run `q7rk2m0v` (baseline + dropout) it is flat.", None),
        ("Better than baseline: run `q7rk2m0v`", None),
        ("- Wide vs. baseline: run `q7rk2m0v`", None),
        ("- Non-baseline: run `q7rk2m0v`", None),
        ("- Regression: wide nets\n  - W&B run: `q7rk2m0v`", None),
        ("- Baseline: plain nets\n- Wide: run `q7rk2m0v`", None),
        ("| Name | Change | W&B ID |\n|---|---|---|\n| wide | none (reference) | q7rk2m0v |", None),
    ],
)
def test_a_role_stands_only_where_the_word_for_it_does(text: str, role: Role | None) -> None:
    assert [(run.id, run.role) for run in found(text)] == [("q7rk2m0v", role)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("W&B run: `q7rk2m0v`", None),
        ("Example local run: `q7rk2m0v`", None),
        ("- Baseline: run `q7rk2m0v`", None),
        ("| Run | W&B ID |\n|---|---|\n| **Wide, *deep*** | `q7rk2m0v` |", "Wide, deep"),
        ("| # | Run | W&B id |\n|---|---|---|\n| 1 | [wide](wide/) | q7rk2m0v |", "wide"),
        ("| 模型 | 运行ID |\n|---|---|\n| 宽网络 | q7rk2m0v |", "宽网络"),
        ("Runs:\n\n- Wide nets: `q7rk2m0v`", "Wide nets"),
        ("Runs:\n\n- 2026-03-01: `q7rk2m0v`", None),
    ],
)
def test_a_label_is_what_the_note_calls_a_run(text: str, label: str | None) -> None:
    assert [run.label for run in found(text)] == [label]


def test_further_mentions_add_only_what_was_missing() -> None:
    text = "W&B run: `q7rk2m0v`\n\nRuns:\n\n- Plain baseline: `q7rk2m0v`\n- Other: `q7rk2m0v`\n"
    (fact,) = runs(Page("note.md", text), Known())
    assert (fact.value, fact.line) == (CitedRun("q7rk2m0v", Role.BASELINE, "Plain baseline"), 1)


def test_a_fact_tells_where_it_was_read() -> None:
    text = "# Title\n\nSee wandb/run-20260301_101500-q7rk2m0v.\n\n| Name | W&B ID |\n|---|---|\n| a | m3xd8z1z |\n"
    facts = runs(Page("note.md", text), Known())
    assert [(fact.line, fact.source) for fact in facts] == [(3, "run folder"), (7, "column `W&B ID`")]


def test_the_line_is_the_words_own() -> None:
    front = "---\ntitle: Wide\nwandb_run: q7rk2m0v\n---\n\n"
    text = f"{front}It is long and it fell\nin run `m3xd8z1z` and in\nthe run `t5t5t5t5`."
    facts = runs(Page("note.md", text), Known())
    assert [(fact.value, fact.line) for fact in facts] == [
        (CitedRun("q7rk2m0v"), 3),
        (CitedRun("m3xd8z1z"), 7),
        (CitedRun("t5t5t5t5"), 8),
    ]


WORDS = st.sampled_from(
    ["W&B run: `q7rk2m0v`", "run `m3xd8z1z`", "https://wandb.ai/a/b/runs/c", "- Baseline: `q7rk2m0v`", "", "| a | b |"]
)


@pytest.mark.parametrize(
    "text", ["We will not use run `q7rk2m0v`.", "Don't count the W&B run `q7rk2m0v`", "不使用运行 `q7rk2m0v`"]
)
def test_a_run_that_is_not_meant_is_only_possible(text: str) -> None:
    assert unsure(text) == [("q7rk2m0v", Confidence.POSSIBLE)]


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(WORDS | st.text(max_size=20).map(lambda text: " ".join(text.replace("~", "").split()))))
@example(lines=["| W&B ID |", "|---|", "| `q7rk2m0v` |"])
def test_nothing_in_a_fence_is_ever_found(lines: list[str]) -> None:
    fenced = "\n".join(["~~~", *lines, "~~~"])
    assert runs(Page("note.md", f"# Title\n\n{fenced}\n"), known(r="q7rk2m0v")) == []


@settings(max_examples=30, deadline=None)
@given(order=st.permutations(["## One\n\nrun id: `q7rk2m0v`", "## Two\n\nNothing.", "## Three\n\n- run `m3xd8z1z`"]))
def test_the_order_of_sections_does_not_matter(order: list[str]) -> None:
    assert sorted(ids("\n\n".join(order))) == ["m3xd8z1z", "q7rk2m0v"]


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.sampled_from("abcdef0189`|:#-\n> ()[]./_*运行run W&B基线"), max_size=120))
def test_any_text_can_be_read(text: str) -> None:
    lines = len(Page("note.md", text).lines)
    assert all(fact.line is not None and 1 <= fact.line <= lines for fact in runs(Page("note.md", text), Known()))


BASELINE = Role.BASELINE


@needs_the_notes
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, [("fej59g91", BASELINE, None), ("pz2e6c0n", None, None)]),
        (1, [("fej59g91", BASELINE, 60), ("pz2e6c0n", None, 61), ("ybw5vj1q", None, 62)]),
        (2, [("fej59g91", BASELINE, 7), ("4jfw6c1f", None, 8), ("glhqu344", None, 9)]),
        (3, []),
        (4, []),
    ],
)
def test_the_notes_that_we_build_for(number: int, expected: list[tuple[str, Role | None, int | None]]) -> None:
    path = seed(number)
    text = path.read_text("utf-8")
    labels = [re.split("[|:]", line.lstrip("-| "))[0].strip(" *") for line in text.split("\n")]
    assert found(text) == [CitedRun(run_id, role, labels[at - 1] if at else None) for run_id, role, at in expected]
    assert unsure(text) == []
