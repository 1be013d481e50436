"""Entries filled from a W&B server as from folders: the real SDK, real HTTP, and a server with the same runs."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from desk import Desk
from wandb_server import ServerRun, WandbServer

pytest.importorskip("wandb", reason="servers are asked by the W&B SDK")

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDS = ("plain031", "nestd031", "faild031", "killd031", "large031")
SETTINGS = 'sections = []\nentity = "attention-lab"\nproject = "sigma-floor"\n'
ONLINE = f"{SETTINGS}[online]\nenabled = true\ntimeout = 20\n"
RUNS = ", ".join(f"{{id: {run_id}}}" for run_id in IDS)
TABLES = "\n".join(
    f"""\
<!-- journal:table {run_id}
metrics: [{metrics}]
runs: [{run_id}]
stats: [mean, min, max, std, median, p99, first, last, sum, argmin, nonfinite(x), n]
-->
<!-- /journal:table -->
"""
    for run_id, metrics in {
        "plain031": "epoch, grad.norm, train/acc, train/loss, val loss (ema)",
        "nestd031": "best, big, eval/top/1, far, late",
        "faild031": "loss",
        "killd031": "acc, loss",
        "large031": "tokens, train/loss, train/lr",
    }.items()
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A journal whose entry was filled from folders."""
    desk = Desk.with_runs(tmp_path_factory.mktemp("desk"), set(IDS), SETTINGS)
    desk.entry("2026-02-21-all", TABLES, runs=RUNS)
    said = desk.spawn("fill-results")
    assert said.code == 0, said.err
    return desk


@pytest.fixture(scope="module")
def server(filled: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WandbServer]:
    """A server that has the same runs, some of them exported to parquet files."""
    runs = [
        ServerRun.of_log(filled.folder(run_id), entity="attention-lab", project="sigma-floor", exported=run_id < "l")
        for run_id in IDS
    ]
    with pytest.MonkeyPatch.context() as patch, WandbServer(runs, entity="attention-lab") as made:
        for name, value in made.environment(tmp_path_factory.mktemp("home")).items():
            patch.setenv(name, value)
        yield made


def without_folders(filled: Desk, root: Path, settings: str = ONLINE) -> Desk:
    """The same journal on a machine that has none of the run folders."""
    desk = filled.copied(root)
    shutil.rmtree(desk.root / "wandb")
    desk.write("journal.toml", settings)
    return desk


def numbers(desk: Desk) -> str:
    """Every number of the evidence, to the last digit, with what it rests on."""
    kept = ("row", "column", "state", "value", "text", "n", "nonfinite", "first_step", "last_step", "steps")
    blocks = desk.evidence("2026-02-21-all")["blocks"]
    return json.dumps(
        [[{name: cell.get(name) for name in kept} for cell in block["cells"]] for block in blocks.values()]
    )


def _tables(desk: Desk) -> str:
    """The entry's text without the sums of its blocks."""
    return re.sub(r"(?<=/journal:table )[0-9a-f]+", "", desk.read("2026-02-21-all"))


@pytest.fixture(scope="module")
def online(filled: Desk, server: WandbServer, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same entry, filled from the server alone."""
    desk = without_folders(filled, tmp_path_factory.mktemp("online") / "desk")
    shutil.rmtree(desk.root / "evidence")
    desk.entry("2026-02-21-all", TABLES, runs=RUNS)
    server.requests.clear()
    said = desk.spawn("fill-results")
    assert said.code == 0, said.err
    return desk


def test_a_table_filled_from_the_server_is_the_one_filled_from_folders(filled: Desk, online: Desk) -> None:
    cut = "; problems in reading: killd031 1"  # its log was cut when it was killed; the server was told of all of it
    assert cut in filled.read("2026-02-21-all")
    assert _tables(online) == _tables(filled).replace(cut, "")
    assert numbers(online) == numbers(filled)


def test_the_evidence_says_which_server_gave_the_runs(online: Desk, server: WandbServer) -> None:
    runs = online.evidence("2026-02-21-all")["runs"]
    host = server.url.partition("://")[2]
    assert {run["origin"]["host"] for run in runs.values()} == {host}
    assert {run["origin"]["kind"] for run in runs.values()} == {"wandb-server"}
    assert all(run["origin"]["fetched"] for run in runs.values())


def test_all_runs_of_a_fill_came_in_one_query_and_nothing_else_was_sent(online: Desk, server: WandbServer) -> None:
    assert (online.root / ".journal" / "online").is_dir()
    assert server.operations.count("Runs") == 1
    assert not {"report", "RunFullHistory", "RunSampledHistory", "UpsertBucket"} & set(server.operations)


def test_what_was_filled_from_folders_stands_where_only_the_server_is_at_hand(
    filled: Desk, server: WandbServer, tmp_path: Path
) -> None:
    desk = without_folders(filled, tmp_path / "desk")
    before = desk.files()
    assert desk.spawn("fill-results", "--check").code == 0
    assert desk.spawn("check").code == 0
    assert desk.files() == before
    assert "Runs" in server.operations


def test_what_was_filled_from_the_server_stands_where_the_folders_are_at_hand(
    filled: Desk, online: Desk, tmp_path: Path
) -> None:
    desk = online.copied(tmp_path / "desk")
    shutil.copytree(filled.root / "wandb", desk.root / "wandb", symlinks=True)
    desk.write("journal.toml", SETTINGS)
    before = desk.files()
    said = desk.spawn("fill-results", "--check")
    assert said.code == 0, said.out
    assert desk.files() == before


def test_what_was_fetched_stands_without_any_server(online: Desk, server: WandbServer) -> None:
    server.requests.clear()
    assert online.spawn("fill-results", "--check", "--offline").code == 0
    assert online.spawn("check", "--offline").code == 0
    assert server.operations == []
