import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from journal.sources import small_files
from journal.sources.wandb_folder.side_files import SideFiles

SHA = "f" * 40
LAUGHS = "a0: &a0 [1]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 8)
)
"""A few hundred bytes of YAML that unfold to ten million values."""


def side(folder: Path, **files: str | bytes) -> SideFiles:
    """The side files of a folder with these files; `_` in a name stands for its dot."""
    (folder / "files").mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / "files" / name.replace("__", "-").replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SideFiles(folder)


def messages(files: SideFiles) -> list[str]:
    return [problem.message for problem in files.problems]


def test_a_folder_without_side_files_says_nothing(tmp_path: Path) -> None:
    files = SideFiles(tmp_path)
    assert (files.commit, files.remote, files.started, files.sdk, files.dirty(SHA)) == (None,) * 5
    assert (files.summary(), files.config(), files.problems) == ({}, {}, [])


def test_metadata_names_commit_and_remote_and_start(tmp_path: Path) -> None:
    git = {"commit": "f" * 40, "remote": "https://host/o/r.git"}
    files = side(tmp_path, wandb__metadata_json=json.dumps({"git": git, "startedAt": "2026-11-20T10:19:52.856864"}))
    assert (files.commit, files.remote) == ("f" * 40, "https://host/o/r.git")
    assert files.started == datetime(2026, 11, 20, 10, 19, 52, 856864, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "offset"), [("2026-11-20T10:19:52Z", UTC), ("2026-11-20T10:19:52+08:00", timezone(timedelta(hours=8)))]
)
def test_a_start_with_an_offset_keeps_it(written: str, offset: timezone, tmp_path: Path) -> None:
    files = side(tmp_path, wandb__metadata_json=json.dumps({"startedAt": written}))
    assert files.started == datetime(2026, 11, 20, 10, 19, 52, tzinfo=offset)


@pytest.mark.parametrize("metadata", [{"startedAt": "soon"}, {"startedAt": 5}, {"git": None}, {"git": {"commit": ""}}])
def test_metadata_of_another_kind_says_nothing(metadata: dict[str, Any], tmp_path: Path) -> None:
    files = side(tmp_path, wandb__metadata_json=json.dumps(metadata))
    assert (files.commit, files.remote, files.started, files.problems) == (None, None, None, [])


def test_the_summary_is_read_with_odd_numbers_and_without_the_trackers_own_key(tmp_path: Path) -> None:
    files = side(tmp_path, wandb__summary_json='{"loss": Infinity, "_wandb": {"runtime": 0}, "_step": 3}')
    assert files.summary() == {"loss": float("inf"), "_step": 3}


def test_the_config_is_unwrapped_whichever_sdk_wrote_it(tmp_path: Path) -> None:
    python = (
        "wandb_version: 1\n\n_wandb:\n  desc: null\n  value:\n    cli_version: 0.16.6\n"
        "lr:\n  desc: null\n  value: 1.0e-05\n"
    )
    assert side(tmp_path, config_yaml=python).config() == {"lr": 1e-05}
    assert side(tmp_path, config_yaml=python).sdk == "0.16.6"
    core = "lr:\n    value: 1e-05\nopt:\n    value:\n        eps: 1E-8\n        name: 'yes'\n        big: -2e+10\n"
    assert side(tmp_path, config_yaml=core).config() == {"lr": 1e-05, "opt": {"eps": 1e-8, "name": "yes", "big": -2e10}}


def test_text_that_only_resembles_a_number_stays_text(tmp_path: Path) -> None:
    written = "a:\n  value: 1e5x\nb:\n  value: e5\nc:\n  value: 12e\n"
    assert side(tmp_path, config_yaml=written).config() == {"a": "1e5x", "b": "e5", "c": "12e"}


@pytest.mark.parametrize(
    "written",
    [
        "a: [",
        "a: !!python/object/apply:os.getcwd []",
        "- a list",
        b"\xff\xfe\xff",
        "a:\n  value: " + "[" * 150 + "]" * 150,
        LAUGHS,
        "a: &a [*a]",
        "a: 2026-99-99",
    ],
)
def test_a_config_that_is_not_what_the_tracker_writes_is_a_problem(written: str | bytes, tmp_path: Path) -> None:
    files = side(tmp_path, config_yaml=written)
    assert files.config() == {}
    assert len(files.problems) == 1
    assert messages(files)[0].startswith("files/config.yaml ")


@pytest.mark.parametrize("written", ["", "[1]", "{", "[" * 100_000, b"\xff", "9" * 5000])
def test_a_summary_that_is_not_what_the_tracker_writes_is_a_problem(written: str | bytes, tmp_path: Path) -> None:
    files = side(tmp_path, wandb__summary_json=written)
    assert files.summary() == {}
    assert len(files.problems) == 1


def test_a_file_beyond_the_bound_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_files, "MAX_JSON", 1 << 20)
    files = side(tmp_path, wandb__summary_json='{"x": "' + "y" * (1 << 20) + '"}')
    assert files.summary() == {}
    assert messages(files) == ["files/wandb-summary.json is larger than 1 MiB"]


def test_a_file_that_may_not_be_read_is_a_problem(tmp_path: Path) -> None:
    files = side(tmp_path)
    (tmp_path / "files" / "wandb-summary.json").mkdir()
    assert files.summary() == {}
    assert messages(files) == [f"files/wandb-summary.json cannot be read: {os.strerror(21)}"]


def test_a_patch_means_dirty_and_code_without_a_patch_clean(tmp_path: Path) -> None:
    assert side(tmp_path).dirty(SHA) is None
    (tmp_path / "files" / "code").mkdir()
    assert side(tmp_path).dirty(SHA) is False
    (tmp_path / "files" / "diff.patch").write_text("")
    assert side(tmp_path).dirty(SHA) is False
    (tmp_path / "files" / "diff.patch").write_text("--- a\n+++ b\n")
    assert side(tmp_path).dirty(SHA) is True


def test_without_a_commit_there_is_nothing_that_a_tree_could_be_clean_against(tmp_path: Path) -> None:
    (tmp_path / "files" / "code").mkdir(parents=True)
    assert SideFiles(tmp_path).dirty(None) is None
