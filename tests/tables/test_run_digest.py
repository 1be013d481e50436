from __future__ import annotations

import json
import math
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journal
from conftest import RUNS
from desk import rows, truth
from journal.config import MIN_DIGEST, Config, Settings
from journal.errors import EvidenceError
from journal.model.digest import RunDigest
from journal.model.run import Column, Origin, Run, RunState
from journal.sources.open_run import Loaded, OpenRun
from journal.sources.wandb_folder.folders import WandbFolders
from journal.tables.digest import digest, dump, path_of, read, save, updated

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 100_000


def fixture_run(run_id: str) -> OpenRun:
    (folder,) = RUNS.glob(f"sdk-*/wandb/*-{run_id}")
    return journal.open_run(folder)


def config_at(root: Path) -> Config:
    return Config(root, Settings(), root / "journal.toml")


def made_run(
    columns: dict[str, list[float]],
    *,
    config: dict[str, Any] | None = None,
    summary: dict[str, Any] | None = None,
    about: dict[str, Any] | None = None,
) -> OpenRun:
    """A run in memory whose metrics were logged at the steps 0, 1, 2 and so on."""
    held = {}
    for name, values in columns.items():
        series = pl.Series(values, dtype=pl.Float64)
        held[name] = Column(name, pl.Series(range(len(values)), dtype=pl.Int64), series, series)
    longest = max(map(len, columns.values()), default=0)
    fields: dict[str, Any] = {"id": "abc", "place": "here", "rows": longest, "state": RunState.FINISHED}
    run = Run(**fields | {"config": config or {}} | (about or {}))
    return OpenRun(Loaded(run, Origin(kind="made", path="made", bytes=1, sha256="0" * 64), held, summary or {}))


def no_constant(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")


def test_a_digest_tells_what_the_run_was(tmp_path: Path) -> None:
    run, known = fixture_run("plain031"), truth("plain031")
    made = digest(run, ["train/loss", "no such metric"], LIMIT)
    assert (made.id, made.entity, made.project, made.commit) == ("plain031", "attention-lab", "sigma-floor", run.commit)
    assert (made.state, made.started, made.rows, made.first_step) == (run.state, run.started, run.rows, 0)
    assert (made.last_step, made.sdk, made.origin) == (run.last_step, "0.31.0", run.origin)
    assert made.config == run.config == known["config"]
    assert made.summary == run.summary
    assert list(made.metrics) == ["train/loss"]
    assert made.omitted == ()
    assert (config_at(tmp_path).evidence / "runs") in path_of(made, config_at(tmp_path)).parents


@pytest.mark.parametrize(("run_id", "metric"), [("plain031", "train/loss"), ("nestd031", "odd"), ("faild016", "loss")])
def test_a_metric_is_identified_at_full_precision(run_id: str, metric: str) -> None:
    found = digest(fixture_run(run_id), [metric], LIMIT).metrics[metric]
    expected = rows(run_id, metric)
    finite = [(step, value) for step, value in expected if math.isfinite(value)]
    odd = [step for step, value in expected if not math.isfinite(value)]
    values = [value for _, value in finite]
    assert (found.n, found.nonfinite) == (len(finite), len(odd))
    assert (found.first_step, found.last_step) == (expected[0][0], expected[-1][0])
    assert (found.min, found.max, found.last) == (min(values), max(values), values[-1])
    assert found.nonfinite_steps == tuple(odd[:5])
    assert list(found.curve.steps) == [step for step, _ in finite]
    assert list(found.curve.values) == pytest.approx(values, rel=5e-7)


def test_a_metric_without_a_finite_row_has_no_numbers_and_no_curve() -> None:
    made = digest(made_run({"loss": [math.nan, math.inf, -math.inf]}), ["loss"], LIMIT)
    metric = made.metrics["loss"]
    assert (metric.n, metric.nonfinite, metric.nonfinite_steps) == (0, 3, (0, 1, 2))
    assert (metric.min, metric.max, metric.last, metric.curve.steps) == (None, None, None, ())
    shown = json.loads(dump(made), parse_constant=no_constant)["metrics"]["loss"]
    assert shown == {"first_step": 0, "last_step": 2, "n": 0, "nonfinite": 3, "nonfinite_steps": [0, 1, 2]}


def test_the_same_run_gives_the_same_bytes_whatever_the_order_of_the_metrics() -> None:
    names = ["train/loss", "train/acc", "epoch"]
    one, other = digest(fixture_run("plain016"), names, LIMIT), digest(fixture_run("plain016"), names[::-1], LIMIT)
    assert dump(one) == dump(other)
    assert RunDigest.model_validate_json(dump(one)) == one


def test_a_curve_takes_a_line_for_its_steps_and_one_for_its_values() -> None:
    lines = dump(digest(made_run({"loss": [0.5, 2.0, 1e-9]}), ["loss"], LIMIT)).decode().splitlines()
    assert '        "steps": [0,1,2],' in lines
    assert '        "values": [0.5,2.0,1e-9]' in lines
    assert lines[-1] == "}"


def test_numbers_that_json_lacks_stand_as_text_and_nothing_is_dropped() -> None:
    config = {"nan": math.nan, "far": -math.inf, "none": None, "big": 2**70, "half": "\ud800", "deep": {"none": None}}
    made = digest(made_run({}, config=config, summary={"loss": math.inf}), [], LIMIT)
    shown = json.loads(dump(made), parse_constant=no_constant)
    assert shown["config"] == {
        "nan": "NaN", "far": "-Infinity", "none": None, "big": 2.0**70, "half": "?", "deep": {"none": None}
    }  # fmt: skip
    assert shown["summary"] == {"loss": "Infinity"}
    assert RunDigest.model_validate_json(dump(made)) == made


def test_a_source_of_ones_own_can_tell_no_more_of_the_machine_than_is_allowed() -> None:
    told = {"host": "canary", "python": "3.12.1", "gpu_count": 8, "email": "canary@lab.example"}
    made = digest(made_run({}, about={"environment": told}), [], LIMIT)
    assert made.environment == {"python": "3.12.1", "gpu_count": 8}
    assert b"canary" not in dump(made)


def test_keys_tokens_and_passwords_are_hidden_and_numbers_stay() -> None:
    token = "hf_" + "q7Rk2m0Vx8Zt4Lw6Ny1Pb3Dc5Fg9Hj" + "Ks2U"
    config: dict[str, Any] = {
        "hf_token": "by its name alone",
        "wandb": {"api-key": ["a", "b"], "token_count": 5, "password": None},
        "credentials": {"login": "mira", "tries": 3},
        "args": ["--lr", 0.1, f"--hub {token}"],
        "store": "https://mira:q7Rk2m@h.example/x",
        "notes": "x" * 5000 + token,
        "tokenizer": "bpe",
        token: 1,
    }
    raw = dump(digest(made_run({}, config=config, summary={"url": token}, about={"name": token}), [], MIN_DIGEST))
    shown = json.loads(raw)
    for secret in ("by its name", "mira", "q7Rk2m", "hf_q"):
        assert secret not in raw.decode()
    assert (shown["name"], shown["summary"]["url"]) == ("(hidden)", "(hidden)")
    assert shown["config"] | {"notes": ""} == {
        "hf_token": "(hidden)",
        "wandb": {"api-key": ["(hidden)", "(hidden)"], "token_count": 5, "password": None},
        "credentials": {"login": "(hidden)", "tries": 3},
        "args": ["--lr", 0.1, "--hub (hidden)"],
        "store": "https://(hidden)@h.example/x",
        "notes": "",
        "tokenizer": "bpe",
        "(hidden)": 1,
    }


def test_the_parts_of_a_run_are_told_each_with_its_sum(tmp_path: Path) -> None:
    settings = Settings(runs=(str(RUNS / "joined-0.31.0/rewind/wandb"),))
    source = WandbFolders(Config(tmp_path, settings, tmp_path / "journal.toml"))
    (run,) = (source.open(head) for head in source.heads())
    assert len(run.segments) > 1
    made = digest(run, run.metric_names, LIMIT)
    assert made.segments is not None
    assert [part.origin for part in made.segments] == [part.origin for part in run.segments]
    assert made.omitted == ()


def test_filling_one_entry_does_not_drop_what_another_cites(tmp_path: Path) -> None:
    run, config = fixture_run("plain031"), config_at(tmp_path)
    assert save(run, ["train/loss"], config)
    assert save(run, ["epoch"], config)
    assert not save(run, ["train/loss"], config)
    found = read(path_of(run.run, config))[0]
    assert found == digest(run, ["epoch", "train/loss"], LIMIT)


def test_the_same_bytes_in_another_folder_make_the_same_digest(tmp_path: Path) -> None:
    (folder,) = RUNS.glob("sdk-*/wandb/*-plain031")
    first = digest(journal.open_run(folder), ["epoch"], LIMIT)
    copy = tmp_path / "elsewhere" / folder.name.replace("10", "11")
    shutil.copytree(folder, copy)
    moved = journal.open_run(copy)
    assert moved.origin.path != first.origin.path
    assert dump(updated(first, moved, [], LIMIT)) == dump(first)


def test_a_digest_of_another_run_is_passed_over() -> None:
    one, other = fixture_run("plain031"), fixture_run("plain016")
    made = updated(digest(one, ["train/loss"], LIMIT), other, ["epoch"], LIMIT)
    assert made == digest(other, ["epoch"], LIMIT)


def test_runs_of_one_id_in_two_projects_have_each_a_file(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    addresses: list[dict[str, str]] = [
        {}, {"project": "a"}, {"entity": "a"}, {"project": "b"}, {"entity": "a", "project": "b"}, {"id": "ABC"},
        {"id": "a/b"}, {"id": "a-b"}, {"id": "a b"}, {"id": ".."}, {"id": "../abc"}, {"id": "x" * 300},
        {"id": "\ud800"},
    ]  # fmt: skip
    paths = [path_of(made_run({}, about=dict(about)).run, config) for about in addresses]
    assert len({str(path).casefold() for path in paths}) == len(addresses)
    assert {path.parent for path in paths} == {tmp_path / "evidence/runs"}
    assert all(len(path.name) < 100 for path in paths)
    assert path_of(fixture_run("plain031").run, config).name.startswith("plain031-")


def test_where_there_is_no_file_there_is_no_digest_and_a_broken_one_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    assert read(path)[0] is None
    for content in (b"", b"{}", b"<<<<<<< ours\n", dump(digest(made_run({}), [], LIMIT)).replace(b'"id"', b'"ID"')):
        path.write_bytes(content)
        with pytest.raises(EvidenceError, match="not a digest"):
            read(path)[0]


def test_of_giant_configs_small_values_stay_and_what_is_cut_is_said() -> None:
    config = {"lr": 0.1, "prompt": "word " * 50_000, "model": {"heads": 8, "vocabulary": list(range(50_000))}}
    made = digest(made_run({"loss": [1.0] * 9}, config=config), ["loss"], LIMIT)
    assert (made.config["lr"], made.config["model"]) == (0.1, {"heads": 8})
    assert made.config["prompt"].startswith("word word")
    assert made.config["prompt"].endswith("…")
    assert made.omitted == ("2 values of the config, or parts of them",)
    assert len(dump(made)) <= LIMIT
    assert made.metrics["loss"].curve.values == (1.0,) * 9


def test_metrics_that_found_no_room_are_not_forgotten_when_others_are_filled() -> None:
    run = made_run({f"metric/{number:03}": [1.0, 2.0] for number in range(300)})
    first = digest(run, run.metric_names[:200], MIN_DIGEST)
    assert first.omitted == ("the curves", "the last metrics by name")
    assert 10 < len(first.metrics) < 100
    again = updated(first, run, run.metric_names[:1], MIN_DIGEST)
    assert dump(again) == dump(first)
    assert set(first.metrics) == set(run.metric_names[: len(first.metrics)])
    assert dump(updated(first, run, run.metric_names[200:], MIN_DIGEST)) == dump(first)


LONG = st.builds(lambda text, times: text * times, st.text(max_size=4), st.integers(1, 500))
VALUES = st.recursive(
    st.none() | st.integers() | st.floats() | LONG,
    lambda below: st.lists(below, max_size=5) | st.dictionaries(st.text(max_size=5), below, max_size=5),
    max_leaves=10,
)
TREES = st.builds(
    lambda tree, times: {f"{key}{number}": value for key, value in tree.items() for number in range(times)},
    st.dictionaries(LONG, VALUES, max_size=5),
    st.integers(1, 500),
)


@pytest.mark.untraced
@settings(max_examples=60)
@given(
    count=st.integers(1, 300),
    values=st.lists(st.floats(), min_size=1, max_size=20),
    times=st.integers(1, 100),
    prefix=LONG,
    config=TREES,
    summary=TREES,
    name=LONG,
    limit=st.integers(MIN_DIGEST, LIMIT) | st.just(MIN_DIGEST),
)
def test_a_digest_is_never_larger_than_the_limit(
    *,
    count: int,
    values: list[float],
    times: int,
    prefix: str,
    config: dict[str, Any],
    summary: dict[str, Any],
    name: str,
    limit: int,
) -> None:
    columns = {f"{prefix}{number}": values * times for number in range(min(count, 20_000 // times))}
    about: dict[str, Any] = dict.fromkeys(("id", "entity", "project", "name", "commit", "sdk"), name)
    about["environment"] = dict.fromkeys(("os", "python", "gpu", "cuda"), name)
    made = digest(made_run(columns, config=config, summary=summary, about=about), columns, limit)
    raw = dump(made)
    assert len(raw) <= limit
    json.loads(raw, parse_constant=no_constant)
    assert dump(RunDigest.model_validate_json(raw)) == raw
    assert made.omitted or set(made.metrics) == set(columns)


def test_a_digest_of_five_metrics_of_a_long_run_keeps_a_spike_and_its_size() -> None:
    values = [math.sin(number / 1000) for number in range(200_000)]
    values[77_777] = 1e6
    run = made_run(dict.fromkeys("abcde", values))
    raw = dump(digest(run, "abcde", LIMIT))
    assert 40_000 < len(raw) <= LIMIT
    assert all(1e6 in metric.curve.values for metric in RunDigest.model_validate_json(raw).metrics.values())


def test_what_is_left_out_for_its_name_is_told_with_the_true_reason() -> None:
    assert digest(made_run({"<b>bold</b>/x": [1.0]}), ["<b>bold</b>/x"], LIMIT).omitted == (
        "metrics whose names look like paths",
    )
    assert digest(made_run({"x" * 600: [1.0]}), ["x" * 600], LIMIT).omitted == ("metrics whose names are too long",)
