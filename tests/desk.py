"""A journal to test with: a real git repository, real run folders, and the commands called in-process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from conftest import RUNS
from gitrepo import GitRepo
from journal.cli.app import run
from journal.document.document import parse

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

    from journal.model.entry import Entry

CREATED = "2026-02-21T19:01:15+08:00"
BARE = 'sections = []\nentity = "attention-lab"\nproject = "sigma-floor"\n'


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON object; NaN and infinities are no JSON."""
        return json.loads(self.out, parse_constant=_no_constant)


class Desk(GitRepo):
    """A journal in a git repository, with commands that run in it."""

    @classmethod
    def begin(cls, root: Path, settings: str = BARE) -> Desk:
        """A repository with a `journal.toml`, no entries, and a copy of every fixture run in its `wandb` folder."""
        return cls.with_runs(root, None, settings)

    @classmethod
    def with_runs(cls, root: Path, runs: Collection[str] | None, settings: str = BARE) -> Desk:
        """The same with the fixture runs of these ids alone: whoever looks for one reads the logs of all."""
        desk = cls(root)
        desk.init()
        desk.write(".gitignore", "wandb/\n")
        desk.write("journal.toml", settings)
        (root / "entries").mkdir()
        for path, content, modified in _runs():
            if runs is not None and path != "wandb" and path.split("/")[1].rpartition("-")[2] not in runs:
                continue
            if content is None:
                (root / path).mkdir()
            else:
                (root / path).write_bytes(content)
                os.utime(root / path, ns=(modified, modified))
        return desk

    def copied(self, root: Path) -> Desk:
        """The same journal elsewhere, without what is kept of files where they lay."""
        shutil.copytree(self.root, root, symlinks=True, ignore=shutil.ignore_patterns(".journal"))
        return Desk(root)

    def folder(self, run_id: str) -> Path:
        """The folder of a fixture run."""
        (found,) = self.root.glob(f"wandb/*-{run_id}")
        return found

    def log(self, run_id: str) -> Path:
        """The log of a fixture run."""
        return self.folder(run_id) / f"run-{run_id}.wandb"

    def entry(self, stem: str, body: str = "", *, runs: str = "", matter: str = "") -> Path:
        """Write an entry.

        Args:
            stem: Its id.
            body: What stands below the front matter.
            runs: The front matter's runs, as the items of a flow sequence.
            matter: More lines of front matter.
        """
        head = f"title: {stem}\ncreated: {CREATED}\n" + (f"runs: [{runs}]\n" if runs else "") + matter
        return self.write(f"entries/{stem}.md", f"---\n{head}---\n\n{body}")

    def read(self, stem: str) -> str:
        """An entry's text."""
        return (self.root / f"entries/{stem}.md").read_bytes().decode()

    def evidence(self, stem: str) -> Any:
        """An entry's evidence."""
        return json.loads((self.root / f"evidence/{stem}.json").read_bytes())

    def files(self) -> dict[str, bytes]:
        """Every file but git's own, the runs' and the cache's, by its path."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {".git", ".journal", "wandb"} & set(path.relative_to(self.root).parts)
        }

    def call(self, capsys: pytest.CaptureFixture[str], *args: str) -> Said:
        """Run a verb here, in this process."""
        before = Path.cwd()
        os.chdir(self.root)
        capsys.readouterr()
        try:
            code = run(args)
        finally:
            os.chdir(before)
        return Said(code, *capsys.readouterr())

    def made(self, said: Said) -> Entry:
        """The entry that a verb made and named in its last line."""
        assert said.code == 0, said.err
        path = said.out.strip().splitlines()[-1]
        return parse((self.root / path).read_bytes(), path).entry

    def spawn(self, *args: str, **environment: str) -> Said:
        """Run a verb here, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "journal", *args],
            cwd=self.root,
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def refuse_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the folder of runs not be readable, also by the superuser, who is never refused."""
    scandir = os.scandir

    def refuse(path: str = ".") -> Any:
        if str(path).endswith("wandb"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)


def truth(run_id: str) -> dict[str, Any]:
    """What W&B's own reader found in a fixture run."""
    (found,) = (run for run in _expected().values() if run["id"] == run_id)
    return dict(found)


def rows(run_id: str, metric: str) -> list[tuple[int, float]]:
    """Every numeric row of a fixture run's metric: step and value, NaN and infinities included."""
    return [(step, float(value)) for step, value in truth(run_id)["metrics"][metric]]


def cells(text: str) -> list[list[str]]:
    """The cells of the one pipe table in a text, heading first, without the line of rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in (lines[0], *lines[2:])]


@cache
def _runs() -> list[tuple[str, bytes | None, int]]:
    """Every folder and file of the fixture runs: path below the journal, content, and when it was last changed.

    They are written for hundreds of tests: from memory in a fifth of the time of a copy.
    """
    folders: dict[str, tuple[str, bytes | None, int]] = {}
    for sdk in sorted(RUNS.glob("sdk-*")):
        for path in (sdk / "wandb", *sorted((sdk / "wandb").rglob("*"))):
            if not path.is_symlink() and path.name != "latest-run":
                name = str(path.relative_to(sdk))
                folders[name] = name, path.read_bytes() if path.is_file() else None, path.stat().st_mtime_ns
    return list(folders.values())


@cache
def _expected() -> dict[str, dict[str, Any]]:
    return dict(json.loads((RUNS / "expected.json").read_bytes()))


def _no_constant(name: str) -> float:
    raise AssertionError(f"{name} is no JSON")
