"""What is told of the machine a run was made on, and what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from run_folders import config_at, log_folder
from wandb_writer import ENVIRONMENT, end, field, frame, git, history, record, run, timestamp

import journal
from conftest import RUNS
from journal.model.run import ENVIRONMENT as ALLOWED
from journal.sources.wandb_folder import folders
from journal.sources.wandb_folder.folders import WandbFolders
from journal.tables.digest import digest, dump

if TYPE_CHECKING:
    from pathlib import Path

    from journal.sources.open_run import OpenRun

CANARY = "canary"
SHA = "f" * 40

TOLD: dict[str, Any] = {
    "os": "Linux-6.1.0-x86_64-with-glibc2.36",
    "python": "CPython 3.12.1",
    "gpu": "NVIDIA H100 80GB HBM3",
    "gpu_count": 8,
    "cpu_count": 64,
    "cuda": "12.4",
}
TEXTS = {1: TOLD["os"], 2: TOLD["python"], 16: TOLD["cpu_count"], 18: TOLD["gpu"], 19: TOLD["gpu_count"], 25: "12.4"}
# Docker image, arguments, program, paths, mail, root, host, user, executable, notebook and writer.
NAMES = (4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 199)
# Disks, memory, processor, Apple, NVIDIA, AMD, Slurm, Trainium, TPU and cluster: messages of their own.
MESSAGES = (20, 21, 22, 23, 24, 26, 27, 28, 29, 30)

METADATA: dict[str, Any] = {
    "os": TOLD["os"], "python": TOLD["python"], "gpu": TOLD["gpu"], "gpu_count": 8, "cpu_count": 64,
    "cpu_count_logical": 128, "heartbeatAt": CANARY, "startedAt": "2026-11-20T10:40:32.940316", "docker": CANARY,
    "args": [CANARY, f"--token={CANARY}"], "state": CANARY, "program": f"/home/{CANARY}/train.py",
    "codePath": CANARY, "codePathLocal": CANARY, "git": {"remote": f"https://me:{CANARY}@host/o/r.git", "commit": SHA},
    "email": f"{CANARY}@lab.example", "root": f"/home/{CANARY}", "host": CANARY, "username": CANARY,
    "executable": f"/home/{CANARY}/bin/python", "colab": CANARY, "disk": {f"/{CANARY}": {"used": CANARY}},
    "memory": {"total": CANARY}, "cpu": {"count": 64, "model": CANARY}, "gpu_nvidia": [{"name": CANARY}],
    "gpu_devices": [{"name": CANARY}], "slurm": {"job_id": CANARY}, "writerId": CANARY, CANARY: CANARY,
}  # fmt: skip


def environment_record() -> bytes:
    """A record with all that the SDK's definition of it has, and a canary wherever nothing may be told."""
    message = b"".join(field(number, value) for number, value in TEXTS.items())
    message += field(3, timestamp(1.0)) + field(9, git(SHA, f"https://me:{CANARY}@host/o/r.git")) + field(17, 128)
    message += b"".join(field(number, CANARY) for number in NAMES)
    return record(ENVIRONMENT, message + b"".join(field(number, field(1, CANARY)) for number in MESSAGES))


def opened(folder: Path) -> OpenRun:
    return journal.open_run(folder)


def folder_with(parent: Path, *records: bytes, metadata: Any = None, day: int = 1) -> Path:
    """A run folder whose log has these records beside the usual ones."""
    host = record(17, field(1, "abc") + field(13, CANARY))
    payloads = [run("abc", entity="lab", project="toy"), host, *records, history({"x": 0.5}, step=0), end(0)]
    folder = log_folder(parent, "abc", frame(payloads), day=day)
    if metadata is not None:
        (folder / "files/wandb-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    return folder


def test_of_the_logs_own_record_nothing_but_the_allowed_is_told(tmp_path: Path) -> None:
    found = opened(folder_with(tmp_path, environment_record()))
    assert found.run.environment == TOLD
    assert set(TOLD) == set(ALLOWED)
    assert found.commit == SHA
    raw = dump(digest(found, ["x"], 100_000))
    assert json.loads(raw)["environment"] == TOLD
    assert CANARY.encode() not in raw


@pytest.mark.parametrize("cuda", ["cuda", "cudaVersion"])
def test_of_the_file_beside_an_older_log_nothing_but_the_allowed_is_told(cuda: str, tmp_path: Path) -> None:
    found = opened(folder_with(tmp_path, metadata=METADATA | {cuda: "12.4"}))
    assert found.run.environment == TOLD
    assert found.commit == SHA
    assert CANARY.encode() not in dump(digest(found, ["x"], 100_000))


def test_the_log_goes_before_the_file_beside_it(tmp_path: Path) -> None:
    found = opened(folder_with(tmp_path, record(ENVIRONMENT, field(2, "CPython 3.11.7")), metadata=METADATA))
    assert found.run.environment == {"python": "CPython 3.11.7"}


def test_records_add_up_and_the_first_to_name_a_thing_is_believed(tmp_path: Path) -> None:
    first = record(ENVIRONMENT, field(2, "CPython 3.11.7"))
    second = record(ENVIRONMENT, field(2, "CPython 3.12.1") + field(18, "NVIDIA L4") + field(19, 0) + field(25, ""))
    found = opened(folder_with(tmp_path, first, second))
    assert found.run.environment == {"python": "CPython 3.11.7", "gpu": "NVIDIA L4"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"os": 5, "python": None, "gpu": ["NVIDIA L4"], "cuda": {"version": "12"}},
        {"gpu_count": "8", "cpu_count": 2.5},
        {"gpu_count": True, "cpu_count": -1},
        {"gpu_count": 10**30, "cpu_count": 0, "os": ""},
    ],
)
def test_facts_of_another_type_than_wandb_gives_them_are_not_told(metadata: dict[str, Any], tmp_path: Path) -> None:
    assert opened(folder_with(tmp_path, metadata=metadata)).run.environment == {}


def test_of_a_run_in_several_folders_the_newest_machine_is_told(tmp_path: Path) -> None:
    wandb = tmp_path / "wandb"
    for day, version in enumerate(("3.11.7", "3.12.1"), 1):
        log = [
            run("abc", entity="lab", project="toy", started=float(day), resume=day > 1),
            record(ENVIRONMENT, field(2, version)),
            history({"x": 0.5}, step=day),
            end(0),
        ]
        log_folder(wandb, "abc", frame(log), day=day)
    source = WandbFolders(config_at(tmp_path))
    (found,) = (source.open(head) for head in source.heads())
    assert len(found.segments) == 2
    assert found.run.environment == {"python": "3.12.1"}


def test_what_is_told_stays_the_same_when_the_log_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_WORTH_KEEPING", 0)
    (tmp_path / "journal.toml").touch()
    folder_with(tmp_path / "wandb", environment_record())
    for _ in range(2):
        source = WandbFolders(config_at(tmp_path))
        (found,) = (source.open(head) for head in source.heads())
        assert found.run.environment == TOLD
    assert len(list((tmp_path / ".journal/logs").glob("*/columns.manifest"))) == 1


@pytest.mark.parametrize(
    ("run_id", "expected"),
    [
        ("plain016", {"os": "Linux-6.1.0-x86_64-with-glibc2.36", "python": "3.11.7", "cpu_count": 2}),
        ("plain031", {"os": "Linux-6.1.0-x86_64-with-glibc2.36", "python": "CPython 3.11.7"}),
    ],
)
def test_real_sdks_tell_of_the_machine(run_id: str, expected: dict[str, Any]) -> None:
    (folder,) = RUNS.glob(f"sdk-*/wandb/*-{run_id}")
    assert opened(folder).run.environment == expected
